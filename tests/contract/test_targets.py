"""What a publishing target promises."""

from __future__ import annotations

import errno
import fcntl
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from lightgate.adapters.website.open import open_target
from lightgate.adapters.website.targets.folder import FolderTarget
from lightgate.errors import (
    LightgateError,
    NameTooLong,
    Rejected,
    StorageFull,
    TargetRefused,
    TargetUnreachable,
    WorkerLost,
)
from lightgate.ports.website import Permit, RemoteFile, Target
from lightgate.settings import Target as TargetSettings
from lightgate.settings.target_kinds import KINDS
from support.file_servers import PASSWORD, USER, certificate_in, ftp_site, sftp_site
from support.permits import FREE, refused

PATH = "2026/harbour/Harbour_001.JPG"
#: above what the log of a test run reaches, which is a file of this process too
LARGEST_BYTES = 20_000_000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "site"
    made.mkdir()
    return made


@pytest.fixture
def folder(root: Path) -> Target:
    return FolderTarget(root)


@pytest.fixture(
    params=[
        "folder",
        *(pytest.param(kind, marks=pytest.mark.integration) for kind in KINDS if kind != "folder"),
    ]
)
def target(request: pytest.FixtureRequest, root: Path, tmp_path: Path) -> Iterator[Target]:
    if request.param == "folder":
        yield FolderTarget(root)
        return
    with opened(request.param, tmp_path) as made:
        yield made


@contextmanager
def opened(kind: str, folder: Path) -> Iterator[Target]:
    """Run a server of a kind over ``folder / "site"``, and give the target that publishes there."""
    told: dict[str, object] = {"kind": kind, "host": "localhost", "user": USER, "password": PASSWORD, "timeout_s": 5}
    if kind == "sftp":
        with sftp_site(folder) as site:
            told |= {"host": "127.0.0.1", "port": site.port, "known_hosts": site.known_hosts, "path": str(site.root)}
            made = open_target("site", TargetSettings.model_validate(told))
            yield made
            made.close()
        return
    assert kind in {"ftp", "ftps"}, f"start what serves a {kind} target over a folder in opened() of this file"
    certificate = certificate_in(folder) if kind == "ftps" else None
    with ftp_site(folder, certificate) as server:
        made = open_target("site", TargetSettings.model_validate(told | {"port": server.port, "ca_file": certificate}))
        yield made
        made.close()


def files(root: Path) -> list[str]:
    return sorted(str(file.relative_to(root)) for file in root.rglob("*") if not file.is_dir())


def drafts(root: Path) -> list[Path]:
    return list(root.rglob("*.part"))


def test_a_file_that_was_put_is_there_whole(target: Target, root: Path) -> None:
    target.put(PATH, b"picture", FREE)
    assert (root / PATH).read_bytes() == b"picture"
    assert target.digest(PATH) == sha256(b"picture").hexdigest()
    assert files(root) == [PATH]


def test_what_was_put_can_be_read_by_a_web_server_whatever_the_umask(target: Target, root: Path) -> None:
    before = os.umask(0o077)
    try:
        target.put(PATH, b"picture", FREE)
    finally:
        os.umask(before)
    assert stat.S_IMODE((root / PATH).stat().st_mode) == 0o644
    assert stat.S_IMODE((root / PATH).parent.stat().st_mode) == 0o755


def test_putting_again_replaces_the_whole_file(target: Target, root: Path) -> None:
    target.put(PATH, b"a long first version", FREE)
    target.put(PATH, b"second", FREE)
    assert (root / PATH).read_bytes() == b"second"
    assert files(root) == [PATH]


def test_an_absent_file_has_neither_digest_nor_bytes(target: Target) -> None:
    assert target.digest(PATH) is None
    assert target.look(PATH) is None
    assert target.read(PATH) is None


def test_a_file_can_be_looked_at_and_read_back(target: Target) -> None:
    target.put(PATH, b"picture", FREE)
    assert target.look(PATH) in {RemoteFile(7), RemoteFile(7, sha256(b"picture").hexdigest())}
    assert target.read(PATH) == b"picture"


@pytest.mark.parametrize("old", [None, b"what is live"], ids=["first", "replacement"])
@pytest.mark.parametrize("question", [1, 2])
def test_nothing_is_put_against_a_permit(target: Target, root: Path, question: int, old: bytes | None) -> None:
    """The second question is asked between the check of the temporary file and its renaming."""
    if old is not None:
        target.put(PATH, old, FREE)
    permit = refused(from_question=question)
    with pytest.raises(WorkerLost):
        target.put(PATH, b"never", permit)
    assert target.read(PATH) == old
    assert files(root) == ([PATH] if old is not None else [])


def test_a_permit_is_asked_when_the_whole_file_is_there_and_nothing_is_visible_yet(target: Target, root: Path) -> None:
    seen = []

    def look() -> None:
        seen.append((bool(drafts(root)), (root / PATH).exists()))

    target.put(PATH, b"picture", Permit("7-3", look))
    assert seen == [(False, False), (True, False)]


def test_nothing_is_removed_against_a_permit(target: Target) -> None:
    target.put(PATH, b"picture", FREE)
    with pytest.raises(WorkerLost):
        target.remove(PATH, refused())
    assert target.read(PATH) == b"picture"


def test_a_writer_whose_temporary_file_was_forgotten_renames_nothing(target: Target, root: Path) -> None:
    """It stood still between the answer and the renaming: its successor has forgotten it and put its own."""
    asked = []

    def superseded() -> None:
        asked.append(1)
        if len(asked) == 2:
            other = drafts(root)
            assert len(other) == 1
            for each in other:
                each.unlink()
            (root / PATH).write_bytes(b"of the successor")

    with pytest.raises(LightgateError):
        target.put(PATH, b"of the sleeper", Permit("7-4", superseded))
    assert files(root) == [PATH]
    assert target.read(PATH) == b"of the successor"


def test_writers_have_temporary_files_of_their_own(target: Target, root: Path) -> None:
    names = []

    def look() -> None:
        names.extend(each.name for each in drafts(root))

    for writer in ("7-5", "8-1"):
        target.put(PATH, b"picture", Permit(writer, look))
    assert len(set(names)) == 2


def test_nothing_is_published_through_a_link(folder: Target, root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / "2026").symlink_to(elsewhere)
    for act in (
        lambda: folder.put(PATH, b"x", FREE),
        lambda: folder.look(PATH),
        lambda: folder.remove(PATH, FREE),
    ):
        with pytest.raises(TargetRefused, match="is a link"):
            act()
    assert list(elsewhere.iterdir()) == []


def test_a_large_file_arrives_whole(target: Target, root: Path) -> None:
    content = bytes(range(256)) * 12_345
    target.put(PATH, content, FREE)
    assert (root / PATH).read_bytes() == content


def test_a_closed_target_opens_again_by_itself(target: Target, root: Path) -> None:
    target.put(PATH, b"first", FREE)
    target.close()
    target.put(PATH, b"second", FREE)
    assert (root / PATH).read_bytes() == b"second"


def test_removing_prunes_the_folders_it_empties_and_no_other(target: Target, root: Path) -> None:
    target.put(PATH, b"a", FREE)
    target.put("2026/Other_001.JPG", b"b", FREE)
    target.remove(PATH, FREE)
    assert not (root / "2026/harbour").exists()
    target.remove("2026/Other_001.JPG", FREE)
    target.remove("2026/Other_001.JPG", FREE)
    assert root.is_dir()
    assert not list(root.iterdir())


@pytest.mark.parametrize(
    "path",
    [
        "../a",
        "a/../../b",
        "/etc/passwd",
        "a//b",
        "",
        ".",
        "a/./b",
        "a\0b",
        "a\nb",
        "a\\..\\b",
        "a/",
        ".lightgate-1.part",
    ],
)
def test_no_path_leads_out_of_the_target(target: Target, root: Path, path: str) -> None:
    for act in (lambda: target.put(path, b"x", FREE), lambda: target.digest(path), lambda: target.remove(path, FREE)):
        with pytest.raises(Rejected):
            act()
    assert [file for file in files(root.parent) if not file.startswith("server/")] == []


def test_names_of_any_script_are_kept(target: Target, root: Path) -> None:
    target.put("2026/Zürich 日本/Été_001.JPG", b"x", FREE)
    assert files(root) == ["2026/Zürich 日本/Été_001.JPG"]


def test_a_name_too_long_for_the_disk_is_refused_in_words(folder: Target) -> None:
    with pytest.raises(NameTooLong, match="255"):
        folder.put("x" * 300, b"x", FREE)


def test_what_a_killed_writer_left_is_forgotten_by_its_name(folder: Target, root: Path) -> None:
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from lightgate.adapters.website.targets import folder\n"
        "target = folder.FolderTarget(Path(sys.argv[1]))\n"
        "with folder._draft(target._file(sys.argv[2]), '7-1') as (draft, handle):\n"
        "    os.write(handle, b'half a pic')\n"
        "    os._exit(9)\n"
    )
    (root / PATH).parent.mkdir(parents=True)
    assert subprocess.run([sys.executable, "-c", script, root, PATH], check=False).returncode == 9
    assert len(drafts(root)) == 1
    folder.put(PATH, b"x", FREE)
    assert (root / PATH).read_bytes() == b"x"
    folder.forget(PATH, "7-2")
    assert len(drafts(root)) == 1
    folder.forget(PATH, "7-1")
    folder.forget(PATH, "7-1")
    assert drafts(root) == []


def test_sweeping_removes_abandoned_files_and_spares_the_one_being_written(folder: Target, root: Path) -> None:
    abandoned, written = root / ".lightgate-a.part", root / ".lightgate-b.part"
    abandoned.write_bytes(b"half")
    written.write_bytes(b"half")
    folder.put(PATH, b"x", FREE)
    with written.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert folder.sweep() == 1
    assert not abandoned.exists()
    assert written.exists()
    assert (root / PATH).exists()


def test_a_second_writer_of_a_file_is_sent_away_and_harms_nothing(folder: Target, root: Path) -> None:
    contents = [bytes([number]) * 2_000_000 for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        outcomes = [pool.submit(folder.put, PATH, content, FREE) for content in contents]
    errors = [outcome.exception() for outcome in outcomes if outcome.exception()]
    assert len(errors) < 8
    assert all(isinstance(error, TargetUnreachable) for error in errors)
    assert (root / PATH).read_bytes() in contents
    assert drafts(root) == []


def test_a_missing_root_is_not_made_up(tmp_path: Path) -> None:
    target = FolderTarget(tmp_path / "unmounted")
    assert "does not exist" in (target.why_not_ready() or "")
    with pytest.raises(TargetUnreachable, match="does not exist"):
        target.put(PATH, b"x", FREE)
    assert not (tmp_path / "unmounted").exists()


def test_a_target_that_works_is_ready(target: Target) -> None:
    assert target.why_not_ready() is None


def test_a_file_where_a_folder_should_be_is_an_unreachable_target(target: Target, root: Path) -> None:
    (root / "2026").write_bytes(b"in the way")
    with pytest.raises(TargetUnreachable):
        target.put(PATH, b"x", FREE)
    assert (root / "2026").read_bytes() == b"in the way"


@pytest.fixture
def small_files() -> Iterator[None]:
    """Let no file of this process grow beyond a limit: the nearest thing to a full disk that needs no root."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_BYTES, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("small_files")
def test_a_write_that_fails_half_way_leaves_the_old_file_and_no_draft(folder: Target, root: Path) -> None:
    folder.put(PATH, b"old", FREE)
    with pytest.raises(TargetUnreachable):
        folder.put(PATH, b"n" * (LARGEST_BYTES + 1), FREE)
    assert (root / PATH).read_bytes() == b"old"
    assert drafts(root) == []


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, StorageFull), (errno.EDQUOT, StorageFull), (errno.EACCES, TargetUnreachable)],
)
def test_errors_of_the_disk_are_told_apart(root: Path, number: int, kind: type[LightgateError]) -> None:
    with pytest.raises(kind), FolderTarget(root)._translated(root / PATH):
        raise OSError(number, os.strerror(number))
