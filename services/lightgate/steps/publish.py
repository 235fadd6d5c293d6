"""The ``publish`` stage: what a person approved and released goes live, exactly so, exactly once.

Order: files first, row second, our own record last (the runner's). Before the first byte the ledger notes that we
are sending, what was live until then, and who writes, so that after a crash at any point the next run knows these files
and this row as ours and finishes. Right before anything can be seen, the person's word is asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from lightgate.domain.approval.seal import seal_replaced
from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import Claim, LedgerState, Photo, Publication, PublishFacts
from lightgate.domain.route.pipeline import PUBLISH, Route, Step
from lightgate.engine.kill_point import kill_point
from lightgate.engine.stage import Stage
from lightgate.errors import BeingRemoved, HoldLost, LightgateError, Rejected, SealBroken, WorkerLost
from lightgate.files.data_folder import DataFolder
from lightgate.ports.website import Catalogue, Permit, QualityRow, Renderer, SiteCheck, Target, Website
from lightgate.settings import Settings
from lightgate.store import Store, Transaction
from lightgate.website import restored
from lightgate.website.approval import as_published, is_approved, is_released, owe
from lightgate.website.debts import Books, make_good, settle_due
from lightgate.website.diff import Change, Delivery, compare, compare_row
from lightgate.website.live_hold import Hold, held
from lightgate.website.package import PublishPackage, pack
from lightgate.website.quality_row import quality_row
from lightgate.website.render_ahead import RenderAhead
from lightgate.website.rollback_copy import Kept, keep_before

#: why nothing is published at present, for the review site; absent while all is well
STATUS_NOTE = "publish.status"


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
    #: how photos are named
    rule: Rule = field(default_factory=Rule)
    #: None where the website has no address
    site_check: SiteCheck | None = None
    #: what the note says, so that it is written only when that changes
    noted: list[str | None] = field(default_factory=list)
    #: true between a question whether we are ready and the photos that follow it, if any do
    idle: list[bool] = field(default_factory=list)
    ahead: RenderAhead = field(default_factory=RenderAhead)

    def __repr__(self) -> str:
        return f"Publisher({self.folder.home})"

    def why_not_ready(self) -> str | None:
        """Say why nothing can go live now; a site or a catalogue that is away costs no photo an attempt."""
        places: tuple[Target | Catalogue, ...] = (*self.website.targets, self.website.catalogue)
        reason = next(filter(None, (place.why_not_ready() for place in places)), None)
        if self.noted != [reason]:
            with self.store.writing() as tx:
                tx.notes.put(STATUS_NOTE, reason, self.now())
            self.noted[:] = [reason]
        self.idle[:] = [True]
        return reason

    def settle_debts(self, route: Route, owner: str) -> Sequence[int]:
        """Take off what was withdrawn half-sent, or put back what was live before; give the photos that owe nothing.

        First of all, nothing is claimed on the word of a database that is older than what was done with it.
        """
        restored.require_newest(self.store, self.folder, route, self.now())
        while restored.compare_some(self._books, route, self.rule):
            pass
        return settle_due(self._books, owner)

    @property
    def _books(self) -> Books:
        return Books(self.store, self.folder, self.website, self.now, self.key)

    def do(self, claims: Sequence[Claim]) -> Sequence[PublishFacts]:
        self.idle[:] = [False]
        return [self.publish(claim) for claim in claims]

    def close(self) -> None:
        """Keep the connections while photos wait for them; hosts that allow few want them back."""
        if self.idle == [True]:
            for target in self.website.targets:
                target.close()

    def publish(self, claim: Claim) -> PublishFacts:
        """Bring one photo to every target and into the catalogue.

        Raises:
            SealBroken: not approved, or not as it is now.
            OriginalMissing: the working copy is gone or changed.
            NameTaken: a file or row in the way is not ours.
            RowRefused: the catalogue cannot hold the row.
            BeingRemoved: somebody else changes what is live of it right now.
            WorkerLost: the claim is another's, who stood still less long than we did.
            Transient: a target or the catalogue failed; what is done so far is found done the next time.
        """
        photo_id, owner = claim.photo.id, claim.owner
        with held(self.store, photo_id, owner, self.now, claim_token=claim.token) as hold:
            if hold is None:
                raise BeingRemoved
            return self._publish(claim, hold)

    def _publish(self, claim: Claim, hold: Hold) -> PublishFacts:
        photo, quality = self._approved(claim.photo.id)
        self._forget_earlier_writers(photo)
        package = self.ahead.take(photo, quality) or self._packed(photo, quality)
        kill_point(self.kill_at, "after_render")
        ledger = {publication.target: publication for publication in photo.publications}
        deliveries = [compare(package, target, ledger.get(target.name)) for target in self.website.targets]
        row_change = compare_row(package, self.website.catalogue, is_ours=bool(ledger))
        kept = keep_before(self.folder, self.website, photo, deliveries, self.key)
        kill_point(self.kill_at, "after_keeping")
        announced = _announced(photo, package, deliveries, kept, hold, is_row_same=row_change is Change.SAME)
        word = [self._announce(claim, hold, photo, announced, kept)]
        kill_point(self.kill_at, "after_announcing")
        self._look_ahead()
        permit = Permit(hold.writer, lambda: self._require_word(claim, hold, photo, word))
        try:
            row_id = self._send(claim, hold, photo, package, deliveries, permit)
        except (WorkerLost, HoldLost, SealBroken) as error:
            self._own_up(photo, announced, error)
            raise
        # one moment for all targets: what is younger somewhere else is another version
        at = self.now()
        published = tuple(self._published(each, package, ledger, row_id, at) for each in deliveries)
        return PublishFacts(published, tuple(_moved(deliveries[0])))

    def _send(
        self,
        claim: Claim,
        hold: Hold,
        photo: Photo,
        package: PublishPackage,
        deliveries: Sequence[Delivery],
        permit: Permit,
    ) -> int | None:
        for delivery in deliveries:
            for file in delivery.to_put:
                delivery.target.put(file.path, file.rendition.content, permit)
                kill_point(self.kill_at, f"after_{file.rendition.kind}")
        kill_point(self.kill_at, "after_files")
        with self.store.reading() as tx:
            self._require_unchanged(tx, claim, hold, photo)
        row_id = self._written(photo, package, permit)
        kill_point(self.kill_at, "after_row")
        for delivery in deliveries:
            for path in delivery.to_remove:
                delivery.target.remove(path, permit)
        kill_point(self.kill_at, "after_removing")
        # what became visible between the last answer and now is told of before anything else is
        permit.ask()
        return row_id

    def _forget_earlier_writers(self, photo: Photo) -> None:
        """Take away the temporary files of those who may wake up yet, before anything is compared."""
        targets = {target.name: target for target in self.website.targets}
        for publication in photo.publications:
            target = targets.get(publication.target)
            if target is not None:
                for path in publication.touched.values():
                    for writer in publication.writers:
                        target.forget(path, writer)

    def _own_up(self, photo: Photo, announced: Sequence[Publication], error: LightgateError) -> None:
        """Tell the ledger of what may have become visible against the word: it is owed, and settled by itself."""
        at = self.now()
        with self.store.writing() as tx:
            known = {each.target for each in tx.publications.of_photo(photo.id)}
            for each in announced:
                if each.target not in known:
                    owed = replace(each, state=LedgerState.TAKING_OFF, earlier=None)
                    tx.publications.put(photo.id, owed, at)
            if isinstance(error, SealBroken):
                owe(tx, photo.id, at)
        make_good(self._books, photo.id)

    def _packed(self, photo: Photo, quality: QualityRow) -> PublishPackage:
        original = self.folder.original(photo.content_hash, photo.suffix)
        return pack(photo, original, self.renderer, self.website, quality)

    def _look_ahead(self) -> None:
        """Make the next photo's files while this one's are on their way."""
        with self.store.reading() as tx:
            coming = tx.queue.coming(STAGE.step, self.now())
            found = None if coming is None else tx.photos.get(coming)
            if found is None or not self._is_wanted(tx, found):
                return
            photo = as_published(tx, found)
            quality = quality_row(tx, photo)
        self.ahead.start(photo, quality, lambda: self._packed(photo, quality))

    def _is_wanted(self, tx: Transaction, photo: Photo) -> bool:
        return is_approved(tx, photo, self.key) and is_released(tx, photo, self.key)

    def _written(self, photo: Photo, package: PublishPackage, permit: Permit) -> int | None:
        """Write the row; one that is refused now, after it was rehearsed, leaves files that the ledger tells of."""
        try:
            return self.website.catalogue.upsert(package.row, permit, package.quality)
        except SealBroken:
            raise
        except Rejected:
            with self.store.writing() as tx:
                for each in tx.publications.of_photo(photo.id):
                    if each.state is LedgerState.SENDING:
                        tx.publications.put(photo.id, replace(each, state=LedgerState.FAILED), self.now())
            raise

    def _approved(self, photo_id: int) -> tuple[Photo, QualityRow]:
        """Read the photo as it is now: the claim's copy may be older than its approval."""
        with self.store.reading() as tx:
            photo = tx.photos.get(photo_id)
            if not self._is_wanted(tx, photo):
                raise SealBroken
            return as_published(tx, photo), quality_row(tx, photo)

    def _require_unchanged(self, tx: Transaction, claim: Claim, hold: Hold, photo: Photo) -> None:
        """Check everything anew: claim, hold, content, approval and release."""
        if not tx.queue.is_held(claim):
            raise WorkerLost
        hold.require(tx)
        fresh = tx.photos.get(photo.id)
        # the seal covers the content; the version also rises where somebody only locks a text
        if fresh.approval_id != photo.approval_id or not self._is_wanted(tx, fresh):
            raise SealBroken

    def _require_word(self, claim: Claim, hold: Hold, photo: Photo, word: list[tuple[object, ...]]) -> None:
        """Ask in one statement whether all still is as it was announced; where it is not, look at everything anew."""
        with self.store.reading() as tx:
            now = tx.holds.word(claim.photo.id)
            if now != word[0]:
                self._require_unchanged(tx, claim, hold, photo)
                word[0] = now

    def _announce(
        self, claim: Claim, hold: Hold, photo: Photo, announced: Sequence[Publication], kept: Kept
    ) -> tuple[object, ...]:
        """Note, right before the first byte, where it goes; from here on the name is spent.

        Gives what the word rests on: version, approval, release, claim and hold.
        """
        at = self.now()
        with self.store.writing() as tx:
            self._require_unchanged(tx, claim, hold, photo)
            tx.names.publish(photo.id, at)
            act = tx.releases.act(photo.id)
            if act is not None:
                sealed = seal_replaced(act.number, photo.id, kept.whole, self.key)
                tx.releases.keep(photo.id, replace(kept.whole, seal=sealed))
            for each in announced:
                tx.publications.put(photo.id, each, at)
            return tx.holds.word(photo.id)

    def _published(
        self,
        delivery: Delivery,
        package: PublishPackage,
        ledger: Mapping[str, Publication],
        row_id: int | None,
        now: datetime,
    ) -> Publication:
        name = delivery.target.name
        before = ledger.get(name)
        is_as_before = before is not None and before.state is LedgerState.LIVE and before.hashes == delivery.hashes
        at = before.published_at if before and is_as_before else now
        made = [file.rendition for file, _ in delivery.changes]
        return Publication(
            name,
            LedgerState.LIVE,
            package.file_name,
            delivery.paths,
            delivery.hashes,
            at,
            row_id,
            profile=made[0].profile,
            pixels={each.kind: each.pixels for each in made},
            checks=self._checks(delivery),
        )

    def _checks(self, delivery: Delivery) -> dict[str, dict[str, str | int | bool | None]]:
        """Look at a target's files through the website, where it has an address."""
        found = {}
        remark = delivery.target.remark()
        for file, _ in delivery.changes:
            address = self.website.address_of(delivery.target.name, file.path)
            if self.site_check is not None and address is not None:
                look = self.site_check.look(address, file.rendition.hash)
                found[file.rendition.kind] = look if look.get("is_same") or not remark else {**look, "remark": remark}
            elif remark:
                found[file.rendition.kind] = {"remark": remark}
        return found


def _announced(
    photo: Photo, package: PublishPackage, deliveries: Sequence[Delivery], kept: Kept, hold: Hold, *, is_row_same: bool
) -> Sequence[Publication]:
    """Say what the ledger has to know from the first byte on."""
    ledger = {each.target: each for each in photo.publications}
    announced = []
    for delivery in deliveries:
        name = delivery.target.name
        stale = {f"old {number} {kind}": path for number, (kind, path) in enumerate(delivery.stale)}
        paths = {**delivery.paths, **stale}
        before = ledger.get(name) or Publication(name, LedgerState.SENDING, package.file_name, paths)
        if before.state is LedgerState.LIVE and is_row_same and not delivery.to_put and not stale:
            # nothing here changes
            announced.append(before)
            continue
        # earlier writers' files are forgotten by now
        earlier = kept.at.get(name) or kept.nothing.get(name)
        announced.append(
            replace(before, state=LedgerState.SENDING, paths=paths, earlier=earlier, writers=(hold.writer,))
        )
    return announced


def _moved(delivery: Delivery) -> Iterator[tuple[str, str]]:
    """Yield old and new path of every file that is elsewhere now."""
    for kind, path in delivery.stale:
        if kind in delivery.paths:
            yield path, delivery.paths[kind]


def build(settings: Settings, store: Store) -> Publisher:
    """Open the website and its key, and clear away what a killed worker left half-written there."""
    # libvips must not be loaded before a worker forks
    from lightgate.adapters.keys.installation_keys import seal_key
    from lightgate.adapters.pixels.renditions import renditions
    from lightgate.adapters.website.live_check import LiveCheck
    from lightgate.adapters.website.open import open_website

    folder, publish = DataFolder(settings.home), settings.publish
    website = open_website(publish, folder, settings.mysql)
    for target in website.targets:
        target.sweep()
    renderer, key = renditions(publish), seal_key(folder.secrets)
    check = LiveCheck() if publish.check_live and website.addresses else None
    return Publisher(
        store,
        folder,
        renderer,
        website,
        key,
        lambda: datetime.now(UTC),
        settings.kill_at,
        rule=settings.naming.rule,
        site_check=check,
    )


STAGE = Stage(
    step=Step(PUBLISH, max_attempts=5),
    build=build,
    batch=1,
    # a slow line may need minutes for a photo; each answer of a server has its own limit
    soft_limit_s=900,
    hard_limit_s=960,
    # what was published must survive a power cut
    is_durable=True,
)
