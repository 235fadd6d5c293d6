"""Captions and alternative texts in several languages: each language of a set gets its own entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.adapters.metadata.sidecar import read_sidecar
from lightgate.adapters.sqlite.rows import _sidecar
from lightgate.domain.photo import ExifFacts, Field, Sidecar
from lightgate.pictures.file_facts import facts_of
from support.pictures import jpeg, quarters

READER = PillowHeaders(max_megapixels=200, max_file_mb=1024)


def packet(*entries: tuple[str, str], name: str = "dc:description", kind: str = "Alt") -> bytes:
    items = "".join(f"<rdf:li{f' xml:lang={tag!r}' if tag else ''}>{text}</rdf:li>" for tag, text in entries)
    return f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
    xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/">
    <{name}><rdf:{kind}>{items}</rdf:{kind}></{name}></rdf:Description></rdf:RDF>""".encode()


def texts_of(facts: ExifFacts, field: Field = Field.CAPTION) -> dict[str, object]:
    return {text.language: text.value for text in facts.texts if text.field is field}


def read(tmp_path: Path, xmp: bytes, *languages: str, sidecar: Sidecar | None = None) -> ExifFacts:
    header = READER.read(jpeg(tmp_path / "a.jpg", quarters(16, 16), xmp=xmp))
    return facts_of(header, sidecar, languages)


BOTH = (("x-default", "A rower."), ("de-DE", "Ein Ruderer."), ("en-US", "A rower."))


@pytest.mark.parametrize(
    ("name", "field"),
    [("dc:description", Field.CAPTION), ("Iptc4xmpCore:AltTextAccessibility", Field.ALT_TEXT)],
)
def test_each_language_of_the_set_gets_its_own_entry(tmp_path: Path, name: str, field: Field) -> None:
    xmp = packet(*BOTH, name=name)
    assert texts_of(read(tmp_path, xmp, "de"), field) == {"de": "Ein Ruderer."}
    assert texts_of(read(tmp_path, xmp, "en"), field) == {"en": "A rower."}
    both = {"de": "Ein Ruderer.", "en": "A rower."}
    assert texts_of(read(tmp_path, xmp, "de", "en"), field) == both
    assert texts_of(read(tmp_path, xmp, "en", "de"), field) == both


def test_copyright_is_taken_in_the_sets_language(tmp_path: Path) -> None:
    xmp = packet(("x-default", "© Ann, all rights reserved"), ("de", "© Ann, alle Rechte"), name="dc:rights")
    assert read(tmp_path, xmp, "de-AT", "en").rights.copyright == "© Ann, alle Rechte"
    assert read(tmp_path, xmp, "fr").rights.copyright == "© Ann, all rights reserved"


@pytest.mark.parametrize("kind", ["Alt", "Bag", "Seq"])
def test_an_entry_without_a_language_is_for_any(tmp_path: Path, kind: str) -> None:
    assert texts_of(read(tmp_path, packet(("", "A rower."), kind=kind), "de")) == {"de": "A rower."}


def test_a_camera_s_own_words_are_none_in_any_language(tmp_path: Path) -> None:
    xmp = packet(("x-default", "OLYMPUS DIGITAL CAMERA"), ("de", "Ein Ruderer."))
    assert texts_of(read(tmp_path, xmp, "de", "en")) == {"de": "Ein Ruderer."}


def test_a_sidecar_has_languages_too_and_goes_first(tmp_path: Path) -> None:
    (tmp_path / "a.jpg.xmp").write_bytes(packet(("x-default", "A boat."), ("de", "Ein Boot.")))
    sidecar = read_sidecar(tmp_path / "a.jpg")
    found = read(tmp_path, packet(*BOTH), "de", "en", sidecar=sidecar)
    assert texts_of(found) == {"de": "Ein Boot.", "en": "A boat."}
    assert texts_of(read(tmp_path, packet(*BOTH), "fr", sidecar=sidecar)) == {"fr": "A boat."}


def test_a_sidecar_of_an_older_row_is_read(tmp_path: Path) -> None:
    told = {"caption": "A boat.", "alt_text": None, "keywords": ["boat"], "creator": None, "copyright": None,
            "stars": 4}  # fmt: skip
    sidecar = _sidecar(told)
    assert sidecar == Sidecar("A boat.", keywords=("boat",), stars=4)
    assert texts_of(read(tmp_path, packet(*BOTH), "de", "en", sidecar=sidecar)) == {"de": "A boat.", "en": "A rower."}
