"""A real, migrated store in a test's folder, and photos at any place of the route."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from lightgate.adapters.sqlite import SqliteStore
from lightgate.adapters.sqlite.migrate import migrate
from lightgate.domain.photo import Field, Photo, PhotoSet, Source, Text
from lightgate.domain.route.pipeline import Position, Result, Route, Status, Step, advance, start
from lightgate.errors import StorageFull
from lightgate.files.data_folder import DataFolder
from lightgate.files.picture_proof import hashes_of
from lightgate.store import NewPhoto, NewSet, Reservation, Store, Transaction

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)

ROUTE: Route = (
    Step("exif", max_attempts=3),
    Step("naming", opened_by=Result.NAMED),
    Step("quality", max_attempts=3, can_be_skipped=True),
    Step("caption", max_attempts=3, can_be_skipped=True),
    Step("review", opened_by=Result.APPROVED),
    Step("release", opened_by=Result.RELEASED),
    Step("publish", max_attempts=3),
)


class Clock:
    """A clock that a test moves by hand."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Sent:
    """A dispatch that only remembers."""

    def __init__(self) -> None:
        self.steps: list[str] = []

    def wake(self, step: str) -> bool:
        self.steps.append(step)
        return True

    def backlog(self, step: str) -> int | None:
        return self.steps.count(step)


def make_store(folder: Path) -> SqliteStore:
    """Make a migrated database: a copy of one that was migrated once; what is there already is opened."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "review.db").exists():
        shutil.copyfile(_template(), folder / "review.db")
    return SqliteStore(folder / "review.db", durable=False)


@cache
def _template() -> Path:
    """Migrate a database in a folder that goes with this process."""
    folder = tempfile.mkdtemp(prefix="lightgate-template-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = Path(folder, "review.db")
    migrate(file, Path(folder, "backups"))
    return file


def write_row(tx: Transaction, photo_id: int, values: Mapping[str, Any]) -> None:
    """Write columns of a photo that no move and no decision of the product would write so."""
    tx.photos._write({photo_id: values})  # type: ignore[attr-defined]


def add_set(store: Store, title: str = "Harbour", languages: tuple[str, ...] = ("en",)) -> PhotoSet:
    """Add a set without photos."""
    new = NewSet(title, "Harbour", "Rotterdam", "city", "The old harbour in May", "/card", languages)
    with store.writing() as tx:
        return tx.sets.add(new, NOON)


def add_photos(store: Store, count: int, photo_set: PhotoSet | None = None, label: str = "a") -> Sequence[int]:
    """Add photos at the start of the route."""
    set_id = (photo_set or add_set(store)).id
    with store.writing() as tx:
        return [tx.photos.add(set_id, new_photo(f"{label}{number}"), start(ROUTE), NOON) for number in range(count)]


def new_photo(label: str) -> NewPhoto:
    """Describe a photo whose content hash follows from its label."""
    content_hash = sha256(label.encode()).hexdigest()
    return NewPhoto(f"{label}.jpg", f"{label}.jpg", f"/card/{label}.jpg", content_hash, 1000, ".jpg")


def bring_to(store: Store, photo_id: int, step: str) -> Photo:
    """Walk a photo along the route by the moves it would make; it has a name and texts where it should."""
    while True:
        with store.reading() as tx:
            photo = tx.photos.get(photo_id)
        if photo.position.step == step:
            return photo
        _pass_step(store, photo)


_OPENS = {"naming": Result.NAMED, "review": Result.APPROVED, "release": Result.RELEASED}


def _pass_step(store: Store, photo: Photo) -> None:
    step = photo.position.step
    hashes = _develop(store, photo) if step == "quality" and not photo.pictures else photo.pictures
    with store.writing() as tx:
        tx.photos.put_pictures(photo.id, photo.content_hash, hashes)
        if step == "naming":
            name = f"Harbour_{photo.id:03}.JPG"
            tx.names.reserve(Reservation(name[:-4].lower(), name, "harbour", photo.id, photo.id), NOON)
            write_row(tx, photo.id, {"file_name": name})
        if step == "caption":
            for text in good_texts():
                tx.photos.put_text(photo.id, text, NOON)
        if step == "review":
            approval = tx.approvals.add(photo.id, photo.version, "0" * 64, 1, "somebody", NOON)
            write_row(tx, photo.id, {"approval_id": approval})
        before = tx.photos.get(photo.id)
        if step in _OPENS:
            after = advance(before.position, _OPENS[step], ROUTE)
        else:
            after = advance(replace(before.position, status=Status.RUNNING, attempt=1), Result.DONE, ROUTE)
        tx.photos.move(before, after, NOON)


def _develop(store: Store, photo: Photo) -> dict[str, str]:
    """Leave a view in the folder of the store, as small as can be."""
    assert isinstance(store, SqliteStore)
    files = DataFolder(store.path.parent).proxy_files(photo.content_hash)
    files.view.parent.mkdir(parents=True, exist_ok=True)
    files.view.write_bytes(photo.content_hash.encode())
    return hashes_of(files)


def good_texts(language: str = "en") -> Sequence[Text]:
    """Texts that the proof has nothing to say about."""
    return (
        Text(
            language,
            Field.CAPTION,
            "Two red cranes stand above moored boats in the old harbour.",
            Source.MODEL,
            model="m",
        ),
        Text(
            language,
            Field.ALT_TEXT,
            "Cranes painted red rise over small boats tied to a stone quay.",
            Source.MODEL,
            model="m",
        ),
        Text(language, Field.KEYWORDS, ("crane", "harbour", "boat", "quay", "water"), Source.MODEL, model="m"),
    )


def failed(step: str) -> Position:
    """A position where a step gave up."""
    return Position(step, Status.FAILED, 3)


class FullDisk:
    """A store that can be read, and has no room for so many writes as a test says."""

    def __init__(self, store: Store) -> None:
        self.store = store
        #: writes that are still to fail
        self.fails = 0

    def reading(self) -> AbstractContextManager[Transaction]:
        return self.store.reading()

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        if self.fails:
            self.fails -= 1
            raise StorageFull(path="/data")
        with self.store.writing() as tx:
            yield tx

    def close(self) -> None:
        self.store.close()
