from __future__ import annotations

import gzip
import hashlib
import io
import json
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from lightgate.adapters.host.instance_lock import Instance
from lightgate.adapters.keys.installation_keys import seal_key
from lightgate.adapters.sqlite import SqliteStore
from lightgate.adapters.sqlite.revision import newest_revision
from lightgate.adapters.website.catalogue.sql import SqlCatalogue
from lightgate.errors import AlreadyRunning, InputInvalid, NotFound
from lightgate.files.data_folder import KEEPING, DataFolder, Keeping, parts
from lightgate.installation.backup import back_up, restore
from support.catalogue_rows import ROW
from support.permits import FREE
from support.stores import add_photos, make_store


@pytest.fixture
def home(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "data")
    folder.home.mkdir()
    return folder


@pytest.fixture
def store(home: DataFolder) -> Iterator[SqliteStore]:
    with closing(make_store(home.home)) as made:
        yield made


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "kept.tar.gz"


def photo_count(home: DataFolder) -> int:
    with closing(SqliteStore(home.database)) as store, store.reading() as tx:
        return sum(tx.photos.count_by_status().values())


def test_what_was_backed_up_in_use_comes_back(home: DataFolder, store: SqliteStore, archive: Path) -> None:
    add_photos(store, 3)
    key = seal_key(home.secrets)
    back_up(home, archive)
    add_photos(store, 4, label="later")
    (home.secrets / "seal.key").write_bytes(b"x" * 32)
    store.close()
    restore(home, archive)
    assert photo_count(home) == 3
    assert seal_key(home.secrets) == key


def test_what_stood_there_is_kept(home: DataFolder, store: SqliteStore, archive: Path) -> None:
    back_up(home, archive)
    add_photos(store, 2)
    store.close()
    _, aside = restore(home, archive)
    assert aside is not None
    assert photo_count(DataFolder(aside)) == 2


def test_an_archive_with_keys_is_for_its_owner_alone(home: DataFolder, store: SqliteStore, archive: Path) -> None:
    seal_key(home.secrets)
    back_up(home, archive)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    store.close()
    restore(home, archive)
    assert stat.S_IMODE((home.secrets / "seal.key").stat().st_mode) == 0o600


def test_working_copies_are_kept_on_request(home: DataFolder, store: SqliteStore, archive: Path) -> None:
    copy = home.original("ab" * 32, ".jpg")
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"a picture")
    assert not back_up(home, archive.with_name("without.tar.gz")).has_photos
    assert back_up(home, archive, with_photos=True).has_photos
    copy.unlink()
    store.close()
    restore(home, archive)
    assert copy.read_bytes() == b"a picture"


#: what a person or a run leaves in the data folder, and nothing makes again
PRECIOUS = {
    "words/praise.en.txt": b"-charming\n",
    "words/names/places.txt": b"Bled\n",
    "prompts/caption.v2.txt": b"Describe.",
    "labels.txt": b"boat\n",
    "calibration.json": b"{}",
    "replaced/" + "ab" * 32: b"the published file of before",
    "lightgate.toml": b"[naming]\n",
    "used_filenames.json": b"[]",
}


def test_all_that_nothing_makes_again_comes_back(home: DataFolder, store: SqliteStore, archive: Path) -> None:
    for name, content in PRECIOUS.items():
        (home.home / name).parent.mkdir(parents=True, exist_ok=True)
        (home.home / name).write_bytes(content)
    back_up(home, archive)
    for name in PRECIOUS:
        (home.home / name).unlink()
    home.labels.write_bytes(b"of another day")
    store.close()
    _, aside = restore(home, archive)
    assert {name: (home.home / name).read_bytes() for name in PRECIOUS} == PRECIOUS
    assert aside is not None
    assert (aside / "labels.txt").read_bytes() == b"of another day"


def test_what_is_made_again_or_of_a_run_is_in_no_archive(home: DataFolder, store: SqliteStore, archive: Path) -> None:
    left_out = parts(Keeping.MADE_AGAIN, Keeping.RUN_TIME)
    for name in left_out:
        (home.home / name).mkdir(exist_ok=True)
        (home.home / name / "file").write_bytes(b"x")
    kept = back_up(home, archive, with_photos=True).files
    assert {name.partition("/")[0] for name in kept}.isdisjoint(left_out)


def test_of_every_path_in_the_data_folder_it_is_said_whether_it_is_kept(home: DataFolder) -> None:
    paths = [getattr(home, name) for name, each in vars(DataFolder).items() if isinstance(each, property)]
    assert len(paths) > 20
    assert {path.relative_to(home.home).parts[0] for path in paths} <= set(KEEPING)
    places = [home.original("ab", ".jpg"), home.set_aside("ab", ".jpg"), home.proxy_files("ab").view]
    assert {path.relative_to(home.home).parts[0] for path in places} <= set(KEEPING)


def test_an_archive_is_never_written_over(home: DataFolder, store: SqliteStore, archive: Path) -> None:
    archive.write_bytes(b"precious")
    with pytest.raises(InputInvalid, match="there already"):
        back_up(home, archive)
    assert archive.read_bytes() == b"precious"


def test_there_is_nothing_to_back_up_before_the_first_run(home: DataFolder, archive: Path) -> None:
    with pytest.raises(NotFound):
        back_up(home, archive)
    assert not archive.exists()


def test_a_running_installation_is_not_restored_over(home: DataFolder, store: SqliteStore, archive: Path) -> None:
    back_up(home, archive)
    running = Instance(home)
    running.take(patience_s=0)
    with pytest.raises(AlreadyRunning, match="lightgate down"):
        restore(home, archive)
    running.release()


BECOME_ANOTHER_PROGRAM = """
import os, pathlib, sys
from lightgate.files.locks import share_for_good
share_for_good(pathlib.Path(sys.argv[1]))
os.execvp("cat", ["cat"])
"""


def test_what_runs_on_its_own_as_in_containers_is_not_restored_over(
    home: DataFolder, store: SqliteStore, archive: Path
) -> None:
    back_up(home, archive)
    store.close()
    command = [sys.executable, "-c", BECOME_ANOTHER_PROGRAM, str(home.use_lock)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(b"x\n")
        running.stdin.flush()
        assert running.stdout.readline() == b"x\n"
        with pytest.raises(AlreadyRunning, match="docker compose stop"):
            restore(home, archive)
        running.stdin.close()
        running.wait()
    restore(home, archive)


def packed(archive: Path, *members: tuple[str, bytes]) -> Path:
    with tarfile.open(archive, "w:gz") as tar:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return archive


def damaged(archive: Path) -> Path:
    content = bytearray(archive.read_bytes())
    archive.write_bytes(bytes(content[: len(content) // 2]))
    return archive


@pytest.mark.parametrize("name", ["../../outside", "/etc/outside", "secrets/../../outside", "something.else"])
def test_an_archive_that_reaches_outside_is_refused_untouched(
    home: DataFolder, store: SqliteStore, archive: Path, name: str
) -> None:
    add_photos(store, 1)
    store.close()
    with pytest.raises(InputInvalid, match="not a readable backup"):
        restore(home, packed(archive, (name, b"x")))
    assert photo_count(home) == 1
    assert not list(home.home.parent.glob("**/outside"))


def test_a_damaged_archive_is_refused_untouched(home: DataFolder, store: SqliteStore, archive: Path) -> None:
    add_photos(store, 1)
    back_up(home, archive)
    store.close()
    with pytest.raises(InputInvalid):
        restore(home, damaged(archive))
    assert photo_count(home) == 1


@pytest.mark.parametrize("content", [b"", b"not an archive"])
def test_a_file_that_is_no_archive_is_refused(
    home: DataFolder, store: SqliteStore, archive: Path, content: bytes
) -> None:
    archive.write_bytes(content)
    with pytest.raises(InputInvalid, match="not a readable backup"):
        restore(home, archive)


def test_an_archive_of_a_newer_version_is_refused(home: DataFolder, store: SqliteStore, archive: Path) -> None:
    manifest = b'{"format": 1, "version": "9", "revision": "9999", "at": "", "has_photos": false, "files": {}}'
    with pytest.raises(InputInvalid, match="newer version"):
        restore(home, packed(archive, ("lightgate-backup.json", manifest)))


GOOD_LIST: dict[str, object] = {
    "format": 1, "version": "1", "revision": newest_revision(), "at": "2026-01-01T00:00:00+00:00", "has_photos": False,
}  # fmt: skip


def listed(**told: object) -> tuple[str, bytes]:
    return "lightgate-backup.json", json.dumps({**GOOD_LIST, **told}).encode()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("content", [
    b"[" * 100_000, b"[]", b"5", b"null", b"\xff", b"", b"{}",
    listed()[1], listed(files={})[1], listed(files=[])[1], listed(files={"labels.txt": digest(b"x")})[1],
    listed(files={"review.db": 5})[1], listed(files={"review.db": "short"})[1], listed(files={"review.db": None})[1],
    listed(files={"review.db": digest(b"x")}, format="1")[1], listed(files={"review.db": digest(b"x")}, at="soon")[1],
    listed(files={"review.db": digest(b"x")}, revision=["a"])[1], listed(files={"review.db": digest(b"x")}, more=1)[1],
    listed(files={"review.db": digest(b"x")}, sizes={"review.db": -1})[1],
    listed(files={"review.db": digest(b"x")}, sizes={"review.db": "1"})[1],
    listed(files={"review.db": digest(b"x")}, sizes={"labels.txt": 1})[1],
])  # fmt: skip
@pytest.mark.parametrize("comes_first", [True, False])
def test_a_list_that_is_none_is_a_sentence(
    home: DataFolder, store: SqliteStore, archive: Path, content: bytes, comes_first: bool
) -> None:
    add_photos(store, 1)
    store.close()
    members = [("lightgate-backup.json", content), ("review.db", b"x")]
    packed(archive, *(members if comes_first else members[::-1]))
    with pytest.raises(InputInvalid, match="not a backup that Lightgate made"):
        restore(home, archive)
    assert photo_count(home) == 1


def test_what_the_list_does_not_name_is_not_put_in_place(home: DataFolder, store: SqliteStore, archive: Path) -> None:
    files = {"review.db": digest(b"x")}
    store.close()
    stowaway = ("secrets/seal.key", b"k" * 32)
    with pytest.raises(InputInvalid, match="not in its list"):
        restore(home, packed(archive, listed(files=files), ("review.db", b"x"), stowaway))
    with pytest.raises(InputInvalid, match="which its list of files does not name"):
        restore(home, packed(archive, ("review.db", b"x"), stowaway, listed(files=files)))
    with pytest.raises(InputInvalid, match=r"'words/a\.txt' is missing"):
        restore(home, packed(archive, listed(files=files | {"words/a.txt": digest(b"")}), ("review.db", b"x")))


def test_two_that_want_one_place_are_refused(home: DataFolder, store: SqliteStore, archive: Path) -> None:
    store.close()
    whole = listed(files={"review.db": digest(b"x")})
    for other in ("review.db", "./review.db", "review.db/deeper"):
        with pytest.raises(InputInvalid, match="not a readable backup"):
            restore(home, packed(archive, ("review.db", b"x"), (other, b"y"), whole))


def test_nothing_is_unpacked_that_the_disk_or_the_list_has_no_room_for(
    home: DataFolder, store: SqliteStore, archive: Path
) -> None:
    store.close()
    files = {"review.db": digest(b"x")}
    with pytest.raises(InputInvalid, match="needs more room"):
        restore(home, packed(archive, listed(files=files, sizes={"review.db": 10**18}), ("review.db", b"x")))
    with pytest.raises(InputInvalid, match="not as large as its list says"):
        restore(home, packed(archive, listed(files=files, sizes={"review.db": 1}), ("review.db", b"x" * 5000)))
    entry = tarfile.TarInfo("review.db")
    entry.size = 10**15
    with gzip.open(archive, "wb") as opened:
        opened.write(entry.tobuf())
    with pytest.raises(InputInvalid, match="needs more room"):
        restore(home, archive)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_additions_of_entries_are_not_read_into_memory(
    home: DataFolder, store: SqliteStore, archive: Path, kind: bytes
) -> None:
    store.close()
    entry = tarfile.TarInfo("review.db")
    entry.type, entry.size = kind, 10**12
    with gzip.open(archive, "wb") as opened:
        opened.write(entry.tobuf() + b"0" * 4096)
    with pytest.raises(InputInvalid, match="not a readable backup"):
        restore(home, archive)


def test_an_archive_of_before_has_its_list_at_the_end(home: DataFolder, store: SqliteStore, archive: Path) -> None:
    add_photos(store, 2)
    back_up(home, archive)
    store.close()
    with tarfile.open(archive) as tar:
        members = [(each.name, opened.read()) for each in tar if (opened := tar.extractfile(each))]
    told = json.loads(members[0][1])
    assert told.pop("sizes").keys() == told["files"].keys()
    restore(home, packed(archive, *members[1:], (members[0][0], json.dumps(told).encode())))
    assert photo_count(home) == 2


def catalogue_of(home: DataFolder) -> dict[str, str]:
    with closing(SqlCatalogue.in_file(home.catalogue)) as catalogue:
        rows = [catalogue.find(name) for name in catalogue.file_names()]
    return {row.File_Name: row.Caption for row in rows if row}


def publish(home: DataFolder, **captions: str) -> None:
    with closing(SqlCatalogue.in_file(home.catalogue)) as catalogue:
        for name, caption in captions.items():
            catalogue.upsert(replace(ROW, File_Name=name, Caption=caption), FREE)


def test_what_went_live_since_stays_in_the_local_catalogue(home: DataFolder, store: SqliteStore, archive: Path) -> None:
    publish(home, stays="The first words.", changed="The first words.", gone="The first words.")
    back_up(home, archive)
    publish(home, changed="Other words.", later="New.")
    with closing(SqlCatalogue.in_file(home.catalogue)) as catalogue:
        catalogue.remove("gone", FREE)
    store.close()
    restore(home, archive)
    # a look at the website finds out what is there no more
    first = "The first words."
    assert catalogue_of(home) == {"stays": first, "changed": "Other words.", "later": "New.", "gone": first}


def test_a_damaged_local_catalogue_is_replaced_by_the_backup_s(
    home: DataFolder, store: SqliteStore, archive: Path
) -> None:
    publish(home, stays="The first words.")
    back_up(home, archive)
    home.catalogue.write_bytes(b"no database" * 999)
    store.close()
    restore(home, archive)
    assert catalogue_of(home) == {"stays": "The first words."}
