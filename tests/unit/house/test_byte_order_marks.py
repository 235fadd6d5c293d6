"""A byte order mark, which some editors write in front of a text, is read over wherever a person gives a text."""

from __future__ import annotations

import codecs
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from lightgate.adapters.captions.prompts import CAPTION, read_prompt
from lightgate.adapters.captions.word_lists import word_lists
from lightgate.adapters.clip.labels import labels_from
from lightgate.adapters.metadata.sidecar import read_sidecar
from lightgate.adapters.sqlite import SqliteStore
from lightgate.cli import lightgate
from lightgate.domain.names.naming import Rule
from lightgate.files.text_file import read_text
from lightgate.intake.manifest import read_manifest
from lightgate.intake.request import read_brief
from lightgate.names import ledger
from lightgate.people import accounts
from lightgate.settings import load
from lightgate.texts.vocabulary_file import import_file as import_keywords
from support.stores import NOON, make_store


def _write(file: Path, text: str, encoding: str) -> Path:
    marks = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(marks[encoding] + text.encode(encoding))
    return file


@pytest.fixture(params=["utf-8", "utf-16-le", "utf-16-be"])
def encoding(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_text_is_read_as_its_mark_says_with_plain_line_ends(tmp_path: Path, encoding: str) -> None:
    assert read_text(_write(tmp_path / "any.txt", "één\r\ntwo\rthree\n", encoding)) == "één\ntwo\nthree\n"


@pytest.mark.parametrize("encoding", ["utf-32", "utf-16-le", "utf-16-be"])
def test_a_wide_text_is_read_with_another_mark_or_none(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "lightgate.toml"
    file.write_bytes('captioner = "draft"\r\n'.encode(encoding))
    assert load({}, file).captioner == "draft"
    file.write_bytes(("\ufeff" * 2 + 'captioner = "draft"').encode("utf-8"))
    assert load({}, file).captioner == "draft"


def test_a_sidecar(tmp_path: Path, encoding: str) -> None:
    packet = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:description="Zoë at the quay"/></rdf:RDF>"""
    _write(tmp_path / "a.jpg.xmp", packet, encoding)
    sidecar = read_sidecar(tmp_path / "a.jpg")
    assert sidecar is not None
    assert sidecar.caption == "Zoë at the quay"


def test_settings(tmp_path: Path, encoding: str) -> None:
    file = _write(tmp_path / "lightgate.toml", 'captioner = "draft"\r\n', encoding)
    assert load({}, file).captioner == "draft"


def test_a_secret_in_a_file(tmp_path: Path, encoding: str) -> None:
    file = _write(tmp_path / "password", "open-sesame-42\r\n", encoding)
    password = load({"LIGHTGATE_REVIEW__PASSWORD_FILE": str(file)}).review.password
    assert password is not None
    assert password.get_secret_value() == "open-sesame-42"


def test_a_password_that_was_kept(tmp_path: Path, encoding: str) -> None:
    _write(tmp_path / accounts.FIRST_PASSWORD_FILE, "open-sesame-42\n", encoding)
    assert accounts.first_password(tmp_path) == "open-sesame-42"
    assert accounts.kept_password(tmp_path / accounts.FIRST_PASSWORD_FILE) == "open-sesame-42"


def test_a_password_on_standard_input(tmp_path: Path) -> None:
    environ = {"LIGHTGATE_HOME": str(tmp_path / "data")}
    typed = codecs.BOM_UTF8 + b"a-long-password\n"
    assert CliRunner().invoke(lightgate, ["user", "add", "mira", "--password-stdin"], typed, environ).exit_code == 0
    with closing(SqliteStore(tmp_path / "data" / "review.db")) as store, store.reading() as tx:
        mira = tx.users.find("mira")
    assert mira is not None
    assert accounts.Passwords().is_right(mira.password_hash, "a-long-password")


def test_a_manifest_and_its_brief(tmp_path: Path, encoding: str) -> None:
    _write(tmp_path / "canals.txt", "Boats\r\nand houses", encoding)
    sets = '[[set]]\npath = "canals"\nsubject = "Canals"\nbrief = "@canals.txt"\n'
    [request] = read_manifest(_write(tmp_path / "sets.toml", sets, encoding))
    assert request.subject == "Canals"
    assert request.brief == "Boats\nand houses"


def test_a_brief(tmp_path: Path, encoding: str) -> None:
    _write(tmp_path / "brief.txt", "The mayor", encoding)
    assert read_brief("@brief.txt", tmp_path) == "The mayor"


def test_labels(tmp_path: Path, encoding: str) -> None:
    file = _write(tmp_path / "labels.txt", "# mine\nheron\n", encoding)
    assert [label.name for label in labels_from(file)] == ["heron"]


def test_word_lists(tmp_path: Path, encoding: str) -> None:
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / "times.en.txt").write_text("gloaming\n", "utf-8")
    _write(tmp_path / "marked" / "times.en.txt", "gloaming\n", encoding)
    assert word_lists(tmp_path / "marked") == word_lists(plain)


def test_prompts(tmp_path: Path, encoding: str) -> None:
    _write(tmp_path / CAPTION, "Describe it.\r\n", encoding)
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / CAPTION).write_text("Describe it.\n", "utf-8")
    assert read_prompt(CAPTION, tmp_path) == read_prompt(CAPTION, plain)


def test_keyword_files(tmp_path: Path, encoding: str) -> None:
    file = _write(tmp_path / "keywords.txt", "heron\r\n", encoding)
    with closing(make_store(tmp_path)) as store:
        assert import_keywords(store, file, "en", NOON).listed == 1


def test_names_ledgers(tmp_path: Path, encoding: str) -> None:
    file = _write(tmp_path / "used.json", '["Canal_004.JPG"]', encoding)
    with closing(make_store(tmp_path)) as store:
        assert ledger.import_file(store, file, Rule(), NOON).new == 1
