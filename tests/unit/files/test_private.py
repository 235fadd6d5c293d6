"""The data folder is its owner's alone from the start; what is published follows a mode of its own."""

from __future__ import annotations

import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from lightgate import bootstrap
from lightgate.adapters.website.open import open_website
from lightgate.adapters.website.targets.folder import FolderTarget
from lightgate.cli import lightgate
from lightgate.domain.modes import Modes
from lightgate.errors import SettingInvalid
from lightgate.files.data_folder import DataFolder
from lightgate.files.private import gid_of, keep_private, mend, open_parts
from lightgate.installation.doctor import Level, examine
from lightgate.intake import rollback
from lightgate.settings import Publish, load
from support.permits import FREE

GROUP = grp.getgrgid(os.getgid()).gr_name


@pytest.fixture(autouse=True)
def open_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def opened(home: Path, allowed: int = 0o700) -> list[str]:
    parts = [home, *(each for each in home.rglob("*") if "published" not in each.parts)]
    return [f"{each} {mode(each):o}" for each in parts if mode(each) & ~allowed & 0o777]


def photo(folder: Path, permissions: int = 0o644) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / "IMG_1.jpg"
    Image.new("RGB", (40, 30), "green").save(file)
    file.chmod(permissions)
    return file


def run(home: Path, *command: str, **told: str) -> str:
    environ = {"LIGHTGATE_HOME": str(home), **told}
    done = CliRunner().invoke(lightgate, list(command), env=environ, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def submitted(home: Path, source: Path, *more: str, **told: str) -> None:
    run(home, "submit", str(source), "--subject", "Canal", "--location", "Delft", "--folder", "Streets", *more, **told)


def test_everything_that_a_command_makes_is_its_owners_alone(tmp_path: Path) -> None:
    source = photo(tmp_path / "card").parent
    home = tmp_path / "data"
    submitted(home, source)
    run(home, "names", "export", str(home / "used_filenames.json"))
    assert (home / "review.db").exists()
    assert list((home / "incoming").rglob("*.jpg"))
    assert opened(home) == []


def test_a_group_may_read_all_but_the_secrets(tmp_path: Path) -> None:
    source = photo(tmp_path / "card").parent
    home = tmp_path / "data"
    submitted(home, source, LIGHTGATE_PRIVATE_GROUP=GROUP)
    assert opened(home, 0o750) == []
    assert mode(home) & 0o777 == 0o750
    assert home.stat().st_mode & stat.S_ISGID
    assert mode(home / "review.db") == 0o640
    [original] = (home / "incoming").rglob("*.jpg")
    assert mode(original) == 0o640
    assert opened(home / "secrets") == []


def test_a_group_that_is_not_there_is_a_wrong_setting() -> None:
    with pytest.raises(SettingInvalid, match="private_group"):
        gid_of("no-such-group")


def test_an_upgrade_mends_what_is_there_once(tmp_path: Path) -> None:
    home = tmp_path / "data"
    run(home, "migrate")
    for name in ("incoming/ab/abc.jpg", "logs/up.log", "flower/memory.db", "secrets/extra", "published/2024/a.jpg"):
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x")
        file.chmod(0o644)
        file.parent.chmod(0o755)
    (home / "review.db").chmod(0o644)
    home.chmod(0o755)
    assert opened(home) != []
    run(home, "migrate")
    assert opened(home) == []
    assert mode(home / "published/2024/a.jpg") == 0o644


def test_nothing_is_followed_out_of_the_folder(tmp_path: Path) -> None:
    outside = photo(tmp_path / "card")
    home = tmp_path / "data"
    home.mkdir()
    (home / "incoming").symlink_to(outside.parent)
    mend(DataFolder(home), None)
    assert mode(outside) == 0o644
    assert mode(outside.parent) == 0o755


def test_the_doctor_looks_at_what_it_claims(tmp_path: Path) -> None:
    home = tmp_path / "data"
    run(home, "migrate")
    settings = load({"LIGHTGATE_HOME": str(home)})

    def permissions() -> tuple[Level, str]:
        return next((each.level, each.message) for each in examine(settings) if each.name == "Permissions")

    assert permissions()[0] is Level.OK
    for name in ("", "review.db", "secrets/seal.key"):
        before = mode(home / name)
        (home / name).chmod(0o755)
        level, said = permissions()
        assert level is Level.WARN
        assert str(home / name) in said
        (home / name).chmod(before)


def test_open_parts_are_found_two_folders_deep(tmp_path: Path) -> None:
    keep_private(None)
    home = tmp_path / "data"
    (home / "incoming" / "ab").mkdir(parents=True)
    (home / "incoming" / "ab").chmod(0o755)
    assert list(open_parts(DataFolder(home), None)) == [home / "incoming" / "ab"]


@pytest.mark.parametrize("permissions", [0o644, 0o600, 0o664, 0o755])
def test_what_rollback_puts_back_has_the_mode_that_the_source_had(tmp_path: Path, permissions: int) -> None:
    source = photo(tmp_path / "card", permissions)
    home = tmp_path / "data"
    submitted(home, source.parent, "--move")
    assert not source.exists()
    settings = load({"LIGHTGATE_HOME": str(home)})
    house = bootstrap.build(settings)
    try:
        rollback(house.intake_desk(), 1, "me")
    finally:
        house.close()
    assert mode(source) == permissions


def test_the_mode_of_an_older_source_is_kept_when_its_copy_becomes_private(tmp_path: Path) -> None:
    source = photo(tmp_path / "card", 0o664)
    home = tmp_path / "data"
    submitted(home, source.parent, "--move")
    settings = load({"LIGHTGATE_HOME": str(home)})
    house = bootstrap.build(settings)
    try:
        [copy] = house.folder.incoming.rglob("*.jpg")
        copy.chmod(0o664)
        # as it was before folders were private
        copy.parent.chmod(0o755)
        with house.store.writing() as tx:
            tx.connection.exec_driver_sql("UPDATE review_queue SET source_mode = NULL")  # type: ignore[attr-defined]
        bootstrap.migrate(settings)
        assert mode(copy) == 0o600
        rollback(house.intake_desk(), 1, "me")
    finally:
        house.close()
    assert mode(source) == 0o664


@pytest.mark.parametrize("umask", [0o077, 0o022])
def test_published_files_can_be_read_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    os.umask(umask)
    target = FolderTarget(tmp_path)
    target.put("2024/streets/a.jpg", b"one", FREE)
    assert mode(tmp_path / "2024/streets/a.jpg") == 0o644
    assert mode(tmp_path / "2024/streets") == mode(tmp_path / "2024") == 0o755


def test_published_files_follow_the_setting(tmp_path: Path) -> None:
    os.umask(0o077)
    publish = Publish(file_mode="0640", folder_mode="0750")
    website = open_website(publish, DataFolder(tmp_path))
    website.targets[0].put("2024/a.jpg", b"one", FREE)
    assert mode(tmp_path / "published/2024/a.jpg") == 0o640
    assert mode(tmp_path / "published/2024") == mode(tmp_path / "published") == 0o750
    website.catalogue.close()


@pytest.mark.parametrize("wrong", ["rw-r--r--", "999", "0o644", "1777", "0044"])
def test_a_mode_is_three_octal_digits_that_leave_it_to_its_owner(wrong: str) -> None:
    with pytest.raises(SettingInvalid, match="file_mode"):
        load({"LIGHTGATE_PUBLISH__FILE_MODE": wrong})
    assert Modes.of("644", "0755") == Modes(0o644, 0o755)
