"""Targets and the website's database in the settings: tables in the file, variables, secrets from files."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightgate.adapters.website.open import open_targets
from lightgate.adapters.website.targets.folder import FolderTarget
from lightgate.adapters.website.targets.remote import RemoteTarget
from lightgate.errors import SettingInvalid, SettingUnknown
from lightgate.files.data_folder import DataFolder
from lightgate.settings import Settings, load

WEB = "LIGHTGATE_PUBLISH__TARGETS__WEB__"


def config(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "lightgate.toml"
    file.write_text(text, "utf-8")
    return file


def names(settings: Settings, tmp_path: Path) -> list[tuple[str, type]]:
    return [(each.name, type(each)) for each in open_targets(settings.publish, DataFolder(tmp_path))]


def test_without_targets_files_go_into_the_data_folder(tmp_path: Path) -> None:
    assert names(load({}, config(tmp_path, "")), tmp_path) == [("folder", FolderTarget)]
    assert (tmp_path / "published").is_dir()


def test_targets_stand_in_tables_in_their_order(tmp_path: Path) -> None:
    file = config(
        tmp_path,
        '[publish.targets.web]\nkind = "ftps"\nhost = "h"\nuser = "u"\n'
        '[publish.targets.copy]\nkind = "folder"\npath = "/mnt/copy"\n',
    )
    assert names(load({}, file), tmp_path) == [("web", RemoteTarget), ("copy", FolderTarget)]
    assert not (tmp_path / "published").exists()


def test_variables_make_a_target_or_complete_one_of_the_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("12345\n", "utf-8")
    file = config(tmp_path, '[publish.targets.web]\nkind = "ftp"\nhost = "h"\nuser = "u"\nport = 21\n')
    told = {f"{WEB}PORT": "2121", f"{WEB}PASSWORD_FILE": str(secret)}
    told |= {f"LIGHTGATE_PUBLISH__TARGETS__OLD_SITE__{name}": value for name, value in
             (("KIND", "sftp"), ("HOST", "127.0.0.1"), ("USER", "007"), ("PASSWORD", "true"))}  # fmt: skip
    targets = load(told, file).publish.targets
    web, old = targets["web"], targets["old-site"]
    assert (web.port, web.host) == (2121, "h")
    assert web.password is not None
    assert web.password.get_secret_value() == "12345"
    assert old.password is not None
    assert (old.user, old.password.get_secret_value()) == ("007", "true")
    assert "12345" not in repr(targets)


def test_a_secret_that_is_no_text_is_named(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(SettingInvalid, match=r"PASSWORD_FILE .*no text"):
        load({"LIGHTGATE_MYSQL__PASSWORD_FILE": str(secret)}, config(tmp_path, ""))


def test_a_misspelt_variable_of_a_target_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingUnknown, match="Did you mean LIGHTGATE_PUBLISH__TARGETS__WEB__PASSWORD"):
        load({f"{WEB}PASWORD": "x"}, config(tmp_path, ""))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[publish.targets.web]\nkind = "ftp"\n', "needs host and user"),
        ('[publish.targets.web]\nkind = "gopher"\n', "kind"),
        ('[publish.targets."My Web"]\nkind = "folder"\npath = "/x"\n', "publish.targets"),
        ('[mysql]\nhost = "db"\nuser = "u"\n', "database must be set"),
    ],
)
def test_half_a_target_or_database_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(SettingInvalid, match=reason):
        load({}, config(tmp_path, text))


def test_the_columns_of_the_website_can_come_from_a_variable(tmp_path: Path) -> None:
    told = {"LIGHTGATE_MYSQL__COLUMNS": '{"Caption": "title", "QR": ""}'}
    assert load(told, config(tmp_path, "")).mysql.columns == {"Caption": "title", "QR": ""}


def test_a_profile_for_a_target_can_come_from_variables(tmp_path: Path) -> None:
    told = {f"{WEB}KIND": "folder", f"{WEB}PATH": "/mnt", f"{WEB}PROFILE": "large"}
    large = "LIGHTGATE_PUBLISH__PROFILES__LARGE__"
    told |= {f"{large}QUALITY": "95", f"{large}RESPONSIVE": "[320, 640]", f"{large}WATERMARK__TEXT": "Ann"}
    told[f"{large}DISCLOSE"] = '["place"]'
    profile = load(told, config(tmp_path, "")).publish.profiles["large"]
    assert (profile.quality, profile.responsive, profile.watermark.text) == (95, (320, 640), "Ann")
    assert profile.disclose == ("place",)
    with pytest.raises(SettingInvalid, match="wants the profile small"):
        load({**told, f"{WEB}PROFILE": "small"}, config(tmp_path, ""))
