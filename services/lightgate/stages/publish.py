"""The ``publish`` stage: what a person approved and released goes live, exactly so, exactly once.

Order: files first, row second, our own record last (the runner's). Before the first byte the ledger notes that we
are sending, so that after a crash at any point the next run knows these files and this row as ours and finishes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from lightgate.approved import is_approved
from lightgate.delivery import LIVE, Delivery, Parcel, Website, compare, compare_row, pack
from lightgate.domain.photo import Claim, Photo, Publication, PublishFacts
from lightgate.domain.pipeline import PUBLISH, Step
from lightgate.errors import SealBroken, WorkerLost
from lightgate.folder import DataFolder
from lightgate.kill_point import kill_point
from lightgate.ports import Renderer
from lightgate.settings import Settings
from lightgate.stage import Stage
from lightgate.store import Store, Transaction

#: ledger state before the first byte
SENDING = "sending"


@dataclass(frozen=True, slots=True)
class Publisher:
    """The stage's work in one process."""

    store: Store
    folder: DataFolder
    renderer: Renderer
    website: Website
    #: seals approvals
    key: bytes
    now: Callable[[], datetime]
    kill_at: str | None = None

    def __repr__(self) -> str:
        return f"Publisher({self.folder.home})"

    def why_not_ready(self) -> str | None:
        reasons = (target.why_not_ready() for target in self.website.targets)
        return next((reason for reason in reasons if reason), None)

    def do(self, claims: Sequence[Claim]) -> Sequence[PublishFacts]:
        return [self.publish(claim) for claim in claims]

    def close(self) -> None:
        """Nothing is held between photos."""

    def publish(self, claim: Claim) -> PublishFacts:
        """Bring one photo to every target and into the catalogue.

        Raises:
            SealBroken: not approved, or not as it is now.
            OriginalMissing: the working copy is gone or changed.
            NameTaken: a file or row in the way is not ours.
            Transient: a target or the catalogue failed; what is done so far is found done the next time.
        """
        photo = self._approved(claim.photo.id)
        parcel = pack(photo, self.folder.original(photo.content_hash, photo.suffix), self.renderer, self.website)
        kill_point(self.kill_at, "after_render")
        ledger = {publication.target: publication for publication in photo.publications}
        deliveries = [compare(parcel, target, ledger.get(target.name)) for target in self.website.targets]
        compare_row(parcel, self.website.catalogue, is_ours=bool(ledger))
        self._announce(claim, photo, parcel, deliveries, ledger)
        for delivery in deliveries:
            for file in delivery.to_put:
                delivery.target.put(file.path, file.rendition.content)
        kill_point(self.kill_at, "after_files")
        with self.store.reading() as tx:
            self._require_unchanged(tx, claim, photo)
        row_id = self.website.catalogue.upsert(parcel.row)
        kill_point(self.kill_at, "after_row")
        for delivery in deliveries:
            for path in delivery.to_remove:
                delivery.target.remove(path)
        return PublishFacts(tuple(self._published(each, parcel, ledger, row_id) for each in deliveries))

    def _approved(self, photo_id: int) -> Photo:
        """Read the photo as it is now: the claim's copy may be older than its approval."""
        with self.store.reading() as tx:
            photo = tx.photos.get(photo_id)
            if not is_approved(tx, photo, self.key):
                raise SealBroken
        return photo

    def _require_unchanged(self, tx: Transaction, claim: Claim, photo: Photo) -> None:
        if not tx.queue.is_held(claim):
            raise WorkerLost
        fresh = tx.photos.get(photo.id)
        if fresh.version != photo.version or not is_approved(tx, fresh, self.key):
            raise SealBroken

    def _announce(
        self,
        claim: Claim,
        photo: Photo,
        parcel: Parcel,
        deliveries: Sequence[Delivery],
        ledger: Mapping[str, Publication],
    ) -> None:
        """Note, right before the first byte, where it goes; from here on the name is spent."""
        at = self.now()
        with self.store.writing() as tx:
            self._require_unchanged(tx, claim, photo)
            tx.names.publish(photo.id, at)
            for delivery in deliveries:
                stale = {f"old {number}": path for number, path in enumerate(delivery.to_remove)}
                paths = {**parcel.paths, **stale}
                name = delivery.target.name
                before = ledger.get(name) or Publication(name, SENDING, parcel.file_name, paths)
                tx.publications.put(photo.id, replace(before, paths=paths), at)

    def _published(
        self, delivery: Delivery, parcel: Parcel, ledger: Mapping[str, Publication], row_id: int
    ) -> Publication:
        name = delivery.target.name
        before = ledger.get(name)
        is_as_before = before is not None and before.state == LIVE and before.hashes == parcel.hashes
        at = before.published_at if before and is_as_before else self.now()
        return Publication(name, LIVE, parcel.file_name, parcel.paths, parcel.hashes, at, row_id)


def build(settings: Settings, store: Store) -> Publisher:
    """Open the website and its key, and clear away what a killed worker left half-written there."""
    # libvips must not be loaded before a worker forks
    from lightgate.adapters.renditions import renditions
    from lightgate.adapters.secrets import seal_key
    from lightgate.adapters.website import open_website

    folder = DataFolder(settings.home)
    website = open_website(settings.publish, folder, settings.mysql)
    for target in website.targets:
        target.sweep()
    renderer, key = renditions(settings.publish), seal_key(folder.secrets)
    return Publisher(store, folder, renderer, website, key, lambda: datetime.now(UTC), settings.kill_at)


STAGE = Stage(
    step=Step(PUBLISH, max_attempts=5),
    build=build,
    batch=1,
    soft_limit_s=120,
    hard_limit_s=150,
)
