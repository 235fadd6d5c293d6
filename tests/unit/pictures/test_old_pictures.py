"""Pictures of before their hashes were kept: hashed once at the upgrade, and never again."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from lightgate import bootstrap
from lightgate.adapters.sqlite import SqliteStore
from lightgate.adapters.sqlite.migrate import migrate
from lightgate.files.data_folder import DataFolder
from lightgate.files.picture_proof import TO_PROVE_NOTE
from lightgate.pictures import old_pictures
from lightgate.pictures.old_pictures import prove_old_pictures
from lightgate.settings import Settings
from support.stores import NOON, Clock, add_photos, make_store
from support.upgrades import old_database


def view_of(folder: DataFolder, content_hash: str, content: bytes = b"as it lay there") -> Path:
    file = folder.proxy_files(content_hash).view
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def hashes_in(store: SqliteStore, photo_id: int) -> dict[str, str]:
    with store.reading() as tx:
        return tx.photos.get(photo_id).pictures


def begin(store: SqliteStore, up_to: int) -> None:
    with store.writing() as tx:
        tx.notes.put(TO_PROVE_NOTE, f"0 {up_to}", NOON)


def content_hash_of(store: SqliteStore, photo_id: int) -> str:
    with store.reading() as tx:
        return tx.photos.get(photo_id).content_hash


def test_an_upgrade_from_before_proves_what_lies_there_and_says_how_many(tmp_path: Path) -> None:
    old_database(tmp_path / "review.db", revision="0010")
    folder, told = DataFolder(tmp_path), list[str]()
    view_of(folder, f"{3:064}")
    bootstrap.migrate(Settings(home=tmp_path), tell=told.append)
    assert told == ["The pictures of 8 photos are hashed, once; many thousands take some minutes."]
    store = SqliteStore(folder.database, durable=False)
    assert hashes_in(store, 3) == {"view": sha256(b"as it lay there").hexdigest()}
    assert hashes_in(store, 4) == {}
    store.close()


def test_a_hash_that_is_lost_later_is_not_taken_from_what_lies_there_then(tmp_path: Path) -> None:
    old_database(tmp_path / "review.db", revision="0010")
    folder, told = DataFolder(tmp_path), list[str]()
    view_of(folder, f"{3:064}")
    bootstrap.migrate(Settings(home=tmp_path))
    store = SqliteStore(folder.database, durable=False)
    with store.writing() as tx:
        tx.photos.put_pictures(3, f"{3:064}", {})
    view_of(folder, f"{3:064}", b"another photo")
    bootstrap.migrate(Settings(home=tmp_path), tell=told.append)
    assert (told, hashes_in(store, 3)) == ([], {})
    store.close()


def test_a_new_database_trusts_no_file_by_itself(tmp_path: Path) -> None:
    migrate(tmp_path / "review.db", tmp_path / "backups")
    store = SqliteStore(tmp_path / "review.db", durable=False)
    with store.reading() as tx:
        assert tx.notes.get(TO_PROVE_NOTE) is None
    store.close()


def test_what_was_interrupted_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old_pictures, "_AT_ONCE", 2)
    store, folder, clock = make_store(tmp_path), DataFolder(tmp_path), Clock()
    ids = add_photos(store, 6)
    for photo_id in ids:
        view_of(folder, content_hash_of(store, photo_id))
    # the last came after the upgrade
    begin(store, ids[4])

    def is_interrupted() -> object:
        if hashes_in(store, ids[1]):
            raise KeyboardInterrupt
        return clock()

    with pytest.raises(KeyboardInterrupt):
        prove_old_pictures(store, folder, is_interrupted, print)  # type: ignore[arg-type]
    # what was done is done for good
    with store.writing() as tx:
        tx.photos.put_pictures(ids[0], content_hash_of(store, ids[0]), {})
    assert prove_old_pictures(store, folder, clock, print) == 3
    assert [bool(hashes_in(store, each)) for each in ids] == [False, True, True, True, True, False]
    assert prove_old_pictures(store, folder, clock, print) == 0
    store.close()


def test_hashes_that_are_there_already_stay(tmp_path: Path) -> None:
    store, folder = make_store(tmp_path), DataFolder(tmp_path)
    [photo_id] = add_photos(store, 1)
    content_hash = content_hash_of(store, photo_id)
    with store.writing() as tx:
        tx.photos.put_pictures(photo_id, content_hash, {"view": "ab" * 32})
    view_of(folder, content_hash)
    begin(store, photo_id)
    assert prove_old_pictures(store, folder, Clock(), print) == 0
    assert hashes_in(store, photo_id) == {"view": "ab" * 32}
    store.close()
