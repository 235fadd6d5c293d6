"""A house with real photographs on disk, a real store, and a website that is a folder and a SQLite file."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lightgate.adapters.keys.installation_keys import seal_key
from lightgate.adapters.pixels.renditions import renditions
from lightgate.adapters.sqlite import SqliteStore
from lightgate.adapters.website.open import open_website
from lightgate.domain.photo import Exif, ExifFacts, Photo, QualityFacts, Rights, Scores
from lightgate.domain.route.pipeline import Result, advance, start
from lightgate.engine.claims import lapse
from lightgate.engine.runner import DrainReport, RunnerContext, drain
from lightgate.files.data_folder import DataFolder
from lightgate.ports.website import CatalogueRow, Renderer, Website
from lightgate.settings import Publish, Settings
from lightgate.steps import release as release_step
from lightgate.steps.publish import STAGE, Publisher
from lightgate.steps.release import ReleaseDesk
from lightgate.store import NewPhoto
from lightgate.website.approval import approve, withdraw
from support.pictures import jpeg_bytes
from support.stores import NOON, ROUTE, Clock, Sent, add_set, bring_to, make_store, write_row

WORKER = "publish@test"
EXIF = Exif(date_time="2026:05:04 12:00:00", camera="Canon EOS R5", exposure="1/250 sec", aperture="f/5.6", iso=100)


@dataclass
class House:
    home: Path
    store: SqliteStore
    website: Website
    clock: Clock = field(default_factory=Clock)
    sent: Sent = field(default_factory=Sent)

    @property
    def folder(self) -> DataFolder:
        return DataFolder(self.home)

    @property
    def key(self) -> bytes:
        return seal_key(self.folder.secrets)

    @property
    def context(self) -> RunnerContext:
        return RunnerContext(self.store, ROUTE, self.sent, self.clock)

    def photo(self, photo_id: int) -> Photo:
        with self.store.reading() as tx:
            return tx.photos.get(photo_id)

    def row(self, photo_id: int) -> CatalogueRow | None:
        return self.website.catalogue.find(self.photo(photo_id).file_name or "")

    def published(self) -> dict[str, tuple[str, int, int]]:
        """Everything below the site's root, hidden files too: hash, inode and time of writing by path."""
        root = self.folder.published
        found = (file for file in root.rglob("*") if file.is_file())
        return {
            str(file.relative_to(root)): (
                hashlib.sha256(file.read_bytes()).hexdigest(),
                file.stat().st_ino,
                file.stat().st_mtime_ns,
            )
            for file in found
        }

    def take_in(self, content: bytes | None = None, label: str = "a") -> int:
        """Put a photo with facts, name and texts before the reviewer."""
        content = jpeg_bytes() + label.encode() if content is None else content
        content_hash = hashlib.sha256(content).hexdigest()
        original = self.folder.original(content_hash, ".jpg")
        original.parent.mkdir(parents=True, exist_ok=True)
        original.write_bytes(content)
        set_id = add_set(self.store).id
        new = NewPhoto(f"{label}.jpg", f"{label}.jpg", f"/card/{label}.jpg", content_hash, len(content), ".jpg")
        with self.store.writing() as tx:
            photo_id = tx.photos.add(set_id, new, start(ROUTE), NOON)
            tx.photos.write_facts(photo_id, ExifFacts(EXIF, Rights("Ann", "© Ann")), NOON)
            tx.photos.write_facts(photo_id, QualityFacts(Scores(qr=7.5, band="Top"), 60, 40), NOON)
        bring_to(self.store, photo_id, "review")
        return photo_id

    def approve(self, photo_id: int) -> None:
        with self.store.writing() as tx:
            photo = tx.photos.get(photo_id)
            approval_id = approve(tx, photo, photo.version + 1, self.key, "ann", NOON)
            write_row(tx, photo_id, {"approval_id": approval_id})
            tx.photos.move(photo, advance(photo.position, Result.APPROVED, ROUTE), NOON, raise_version=True)

    def back_to_review(self, photo_id: int) -> None:
        with self.store.writing() as tx:
            photo = tx.photos.get(photo_id)
            tx.photos.move(photo, advance(photo.position, Result.REOPENED, ROUTE), NOON, raise_version=True)
            withdraw(tx, photo, self.key, NOON)

    def reject(self, photo_id: int) -> None:
        with self.store.writing() as tx:
            photo = tx.photos.get(photo_id)
            tx.photos.move(photo, advance(photo.position, Result.REJECTED, ROUTE), NOON, raise_version=True)
            withdraw(tx, photo, self.key, NOON)

    def release(self, *ids: int) -> release_step.ReleaseReport:
        return release_step.release(self.desk, ids, "ann")

    @property
    def desk(self) -> ReleaseDesk:
        return ReleaseDesk(self.store, self.folder, ROUTE, self.website, self.clock, self.sent.wake, self.key)

    def unpublish(self, *ids: int) -> Sequence[release_step.Outcome]:
        return release_step.unpublish(self.desk, ids, "ann")

    def undo(self) -> Sequence[release_step.Outcome]:
        return release_step.undo_release(self.desk, "ann")

    def work(self, renderer: Renderer | None = None, kill_at: str | None = None) -> Publisher:
        return Publisher(
            self.store,
            self.folder,
            renderer or renditions(Publish()),
            self.website,
            self.key,
            self.clock,
            kill_at,
        )

    def publish(self, work: Publisher | None = None) -> DrainReport:
        """Run a worker until its queue is empty."""
        self.clock.forward(120)
        return drain(self.context, STAGE, work or self.work(), WORKER)

    def bring_live(self, photo_id: int) -> None:
        """Approve, release and publish."""
        self.approve(photo_id)
        self.release(photo_id)
        assert self.publish().done == [photo_id]

    def bury_worker(self) -> None:
        """Take back what a worker held when it died."""
        lapse(self.context, WORKER)

    def close(self) -> None:
        self.store.close()
        self.website.catalogue.close()


def house_in(home: Path) -> House:
    """Build a house in a folder, new or as a killed process left it."""
    settings = Settings(home=home)
    return House(home, make_store(home), open_website(settings.publish, DataFolder(home)))
