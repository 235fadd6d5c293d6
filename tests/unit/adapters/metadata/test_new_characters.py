"""Characters that are newer than Python's tables stay, in files, on the page and in names."""

from __future__ import annotations

from pathlib import Path

import pytest

from lightgate.adapters.metadata.containers.values import clean
from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.domain.language.characters import is_letter, is_noncharacter, is_printable, is_unknown
from lightgate.domain.language.tokens import printable
from lightgate.domain.names.slug import slug
from support.pictures import jpeg, quarters

READER = PillowHeaders(max_megapixels=200, max_file_mb=1024)
#: of Unicode 15 (2022) and 16 (2024); and places that are still empty
IDEOGRAPH, HEART, GOOSE, GARAY, LATER = "\U00031350", "\U0001fa77", "\U0001fabf", "\U00010d40", "\U0001fadf"


def test_they_stay_in_what_a_file_says(tmp_path: Path) -> None:
    packet = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description
    xmlns:dc="http://purl.org/dc/elements/1.1/">
    <dc:creator><rdf:Seq><rdf:li>王{IDEOGRAPH}</rdf:li></rdf:Seq></dc:creator>
    <dc:description><rdf:Alt><rdf:li xml:lang="x-default">A heart {HEART} here</rdf:li></rdf:Alt></dc:description>
    <dc:subject><rdf:Bag><rdf:li>goose {GOOSE}</rdf:li></rdf:Bag></dc:subject>
    </rdf:Description></rdf:RDF>""".encode()
    header = READER.read(jpeg(tmp_path / "a.jpg", quarters(16, 16), xmp=packet))
    assert header.rights.creator == f"王{IDEOGRAPH}"
    assert (header.caption, header.keywords) == (f"A heart {HEART} here", (f"goose {GOOSE}",))


@pytest.mark.parametrize("char", [IDEOGRAPH, HEART, GOOSE, GARAY, LATER, "\u1c8a", "\u2fff", "\U000e01ff"])
def test_what_may_be_a_character_is_kept(char: str) -> None:
    assert clean(f"a{char}b") == f"a{char}b"
    assert printable(f"a{char}b") in {f"a{char}b", "ab"}
    assert is_printable(char) or not is_unknown(char)


@pytest.mark.parametrize(
    "char",
    ["\ufdd0", "\ufdef", "\ufffe", "\uffff", "\U0001fffe", "\U0010ffff", "\x00", "\x85", "\x1b", "\ud83d"],
)
def test_what_is_none_still_goes(char: str) -> None:
    assert (clean(f"a{char}b") or "").replace(" ", "") == "ab"
    assert printable(f"a{char}b").replace(" ", "") == "ab"
    assert not is_printable(char)


def test_an_ideograph_of_any_year_is_a_letter() -> None:
    assert is_letter(IDEOGRAPH)
    assert is_letter("\U0003fff0")
    assert not is_letter(GOOSE)
    assert not is_letter("\U0003ffff")
    assert is_noncharacter("\U0003ffff")
    assert slug(f"王{IDEOGRAPH} lake") == f"王{IDEOGRAPH}_lake"


def test_names_with_private_signs_are_told_from_them() -> None:
    assert clean("a\ue000b") == "ab"
