"""Keys are made once, whole, and for their owner's eyes."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lightgate.adapters.keys.installation_keys import KEY_BYTES, secret
from lightgate.errors import SettingInvalid


def test_a_key_is_made_once_and_read_ever_after(tmp_path: Path) -> None:
    first = secret(tmp_path / "secrets", "seal.key")
    assert len(first) == KEY_BYTES
    assert secret(tmp_path / "secrets", "seal.key") == first
    assert secret(tmp_path / "secrets", "session.key") != first


def test_only_the_owner_can_read_a_key(tmp_path: Path) -> None:
    secret(tmp_path / "secrets", "seal.key")
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "secrets" / "seal.key").stat().st_mode) == 0o600


def test_all_who_ask_at_once_get_the_same_key_and_leave_nothing_behind(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = list(pool.map(lambda _: secret(tmp_path / "secrets", "seal.key"), range(64)))
    assert len(set(keys)) == 1
    assert [file.name for file in (tmp_path / "secrets").iterdir()] == ["seal.key"]


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_key_is_reported_and_never_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "seal.key").write_bytes(content)
    with pytest.raises(SettingInvalid, match="damaged"):
        secret(tmp_path, "seal.key")
    assert (tmp_path / "seal.key").read_bytes() == content
