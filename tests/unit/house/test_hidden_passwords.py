"""A password that stands in an address is shown nowhere."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as some

from lightgate.adapters.captions.pull import pull_model
from lightgate.adapters.host.gpu_lock import gpu_lock_file
from lightgate.adapters.host.logs import set_up_logs
from lightgate.adapters.queue.celery import configuration
from lightgate.adapters.queue.private_redis import why_silent
from lightgate.cli import lightgate
from lightgate.domain.addresses import shown_address, without_secrets
from lightgate.engine.attempt import _named
from lightgate.errors import LightgateError, SettingInvalid
from lightgate.settings import Settings, load

SECRET = "hush4711"
BROKER = f"redis://me:{SECRET}@127.0.0.1:1/0"
OLLAMA = f"http://me:{SECRET}@127.0.0.1:1"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("redis://127.0.0.1:6379/0", "redis://127.0.0.1:6379/0"),
        (BROKER, "redis://***@127.0.0.1:1/0"),
        (f"redis://:{SECRET}@redis", "redis://***@redis"),
        (f"https://{SECRET}@gpu", "https://***@gpu"),
        (f"me:{SECRET}@gpu:11434", "***@gpu:11434"),
        (f"redis://:a/{SECRET}?#@{SECRET}@redis:6379", "redis://***@redis:6379"),
        (f"redis+socket:///run/b.sock?virtual_host=2&password={SECRET}", "redis+socket:///run/b.sock?virtual_host=2&password=***"),
        ("gpu:11434", "gpu:11434"),
    ],
)  # fmt: skip
def test_an_address_is_shown_without_its_secrets(address: str, shown: str) -> None:
    assert shown_address(address) == shown


@given(some.text("abc:/?#%&=.-[]@", max_size=12))
def test_whatever_a_password_is_made_of(rest: str) -> None:
    assert SECRET not in without_secrets(f"cannot reach redis://me:{rest}{SECRET}{rest}@redis:6379, says it")


def test_words_around_an_address_stay() -> None:
    said = f"cannot reach {BROKER} and mira@example.org waits"
    assert without_secrets(said) == "cannot reach redis://***@127.0.0.1:1/0 and mira@example.org waits"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({
        "LIGHTGATE_HOME": str(tmp_path),
        "LIGHTGATE_BROKER_URL": BROKER,
        "LIGHTGATE_OLLAMA__HOST": OLLAMA,
    })  # fmt: skip


def test_settings_do_not_show_it(settings: Settings) -> None:
    shown = (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump()))
    assert not [text for text in shown if SECRET in text]
    assert "http://***@127.0.0.1:1" in settings.model_dump_json()
    assert settings.ollama.host.get_secret_value() == OLLAMA


@pytest.mark.parametrize("command", [
    "config", "config --json", "doctor", "doctor --json", "status", "status --json", "models list",
    "models pull ollama",
])  # fmt: skip
def test_no_command_shows_it(settings: Settings, command: str) -> None:
    environ = {
        "LIGHTGATE_HOME": str(settings.home),
        "LIGHTGATE_BROKER_URL": BROKER,
        "LIGHTGATE_OLLAMA__HOST": OLLAMA,
        "LIGHTGATE_CLIP__ENABLED": "false",
    }
    done = CliRunner().invoke(lightgate, command.split(), env=environ)
    assert SECRET not in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
    if command.startswith("config"):
        assert "redis://***@127.0.0.1:1/0" in done.output


@pytest.mark.parametrize("url", [BROKER, f"redis://:a/{SECRET}@127.0.0.1:1", f"redis://:{SECRET}%20x@127.0.0.1:1",
                                 f"redis://127.0.0.1:{SECRET}", f"redis://127.0.0.1:1/?password={SECRET}"])  # fmt: skip
def test_a_silent_broker_is_told_of_without_it(url: str) -> None:
    assert SECRET not in (why_silent(url) or "")


def test_an_address_that_cannot_be_read_is_a_wrong_setting_that_is_not_quoted() -> None:
    with pytest.raises(SettingInvalid, match="broker_url") as caught:
        configuration(f"redis://:{SECRET}/a@127.0.0.1:1", ["exif"])
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("host", [OLLAMA, f"http://me:{SECRET}@gpu:99999"])
def test_fetching_a_model_does_not_show_it(host: str) -> None:
    with pytest.raises(LightgateError) as caught:
        list(pull_model(host, "llava", 0.5))
    assert SECRET not in caught.value.message


def test_the_name_of_a_lock_does_not_show_it(settings: Settings) -> None:
    assert SECRET not in str(gpu_lock_file(Path("locks"), str(settings.ollama.host)))


def test_a_photo_that_fails_does_not_show_it() -> None:
    assert SECRET not in _named(ValueError(f"bad answer of {OLLAMA}")).message


def test_a_log_does_not_show_it(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        set_up_logs("INFO")
        try:
            raise ValueError(f"no {BROKER}")
        except ValueError:
            logging.getLogger("any").exception("cannot reach %s", OLLAMA)
    finally:
        root.handlers[:], root.level = before, level
    said = capsys.readouterr().err
    assert "cannot reach http://***@127.0.0.1:1" in said
    assert "ValueError" in said
    assert SECRET not in said


@pytest.mark.parametrize("toml", [
    f'[mysql]\nhost = "mysql://me:{SECRET}@db/photos"\nuser = "me"\ndatabase = "photos"\n',
    f'[mysql]\nhost = "me:{SECRET}@db"\nuser = "me"\ndatabase = "photos"\n',
    f'[publish.targets.web]\nkind = "ftp"\nhost = "ftp://me:{SECRET}@web"\nuser = "me"\n',
    f'[publish.targets.web]\nkind = "ftp"\nhost = "web"\nuser = "me"\npublic_url = "https://me:{SECRET}@web"\n',
    f'[publish]\npublic_url = "https://me:{SECRET}@web"\n',
    f'[publish.rights]\nweb_statement = "https://me:{SECRET}@web"\n',
    f'[review]\nhost = "http://me:{SECRET}@localhost"\n',
])  # fmt: skip
def test_where_no_password_belongs_it_is_refused_and_not_quoted(tmp_path: Path, toml: str) -> None:
    (tmp_path / "lightgate.toml").write_text(toml, "utf-8")
    done = CliRunner().invoke(lightgate, ["--config", str(tmp_path / "lightgate.toml"), "config"])
    assert done.exit_code == 2
    assert SECRET not in done.output
    assert "user and password have settings of their own" in done.output or "everybody may read" in done.output
