"""A photographer's own keywords: reading lists of them, and holding a model's against them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.keywords.keyword_file import read_keywords
from lightgate.domain.keywords.vocabulary import Term, TermState, sort_keywords
from lightgate.errors import InputInvalid, NotFound
from lightgate.texts.vocabulary_file import import_file
from support.stores import NOON, make_store

LIGHTROOM = (
    "[ANIMALS]\n\tbird\n\t\t{fowl}\n\t\theron\n\t\t\t{grey heron}\n\t\t\t{Ardea cinerea}\n\tdog\n\t\t{hound}\n"
    "place\n\tAmsterdam\n\t\tJordaan\nwater\n\tcanal\n\t\t{gracht}\n"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


def listed(store: SqliteStore, text: str, language: str = "en") -> None:
    with store.writing() as tx:
        tx.vocabulary.add(language, read_keywords(text).terms, NOON)


def kept(
    store: SqliteStore, *keywords: str, language: str = "en"
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    with store.reading() as tx:
        found = sort_keywords(keywords, language, partial(tx.vocabulary.find, language))
    return found.kept, found.unknown, found.dropped


class TestReading:
    def test_a_lightroom_list_keeps_hierarchy_synonyms_and_headings(self) -> None:
        terms = {term.name: term for term in read_keywords(LIGHTROOM).terms}
        assert terms["ANIMALS"] == Term("ANIMALS", (), (), is_published=False)
        assert terms["heron"] == Term("heron", ("ANIMALS", "bird"), ("grey heron", "Ardea cinerea"))
        assert terms["bird"].synonyms == ("fowl",)
        assert terms["Jordaan"].path == ("place", "Amsterdam")
        assert terms["water"].path == ()

    def test_a_csv_file_has_synonyms_and_a_path(self) -> None:
        text = 'keyword,synonyms,path\nheron,"grey heron; Ardea",animals|bird\n"canal, wide",,\n'
        assert list(read_keywords(text).terms) == [
            Term("heron", ("animals", "bird"), ("grey heron", "Ardea")),
            Term("canal, wide"),
        ]

    def test_a_plain_list_has_one_keyword_a_line(self) -> None:
        assert list(read_keywords("\ufeffheron\r\n\r\n# mine\r\nanimals | dog\r\n").terms) == [
            Term("heron"),
            Term("dog", ("animals",)),
        ]

    def test_what_is_no_list_is_refused(self, tmp_path: Path, store: SqliteStore) -> None:
        for content in (b"\x89PNG\x00\x01", b"", b"bo\x07at\n", b"x" * 300, b"<html>\n<p>a</p>\n"):
            (tmp_path / "odd.txt").write_bytes(content)
            with pytest.raises(InputInvalid):
                import_file(store, tmp_path / "odd.txt", "en", NOON)

    @given(st.text(alphabet="ab\t{}[]\n,|; ", max_size=60))
    def test_no_text_breaks_the_reader(self, text: str) -> None:
        with contextlib.suppress(ValueError):
            read_keywords(text)


class TestSorting:
    def test_synonyms_plurals_and_spellings_become_the_preferred_term(self, store: SqliteStore) -> None:
        listed(store, LIGHTROOM)
        assert kept(store, "Grey Heron", "AMSTERDAM", "dogs", "gracht", "hound") == (
            ("heron", "Amsterdam", "dog", "canal"),
            (),
            (),
        )

    def test_unknown_words_are_set_apart_and_headings_go(self, store: SqliteStore) -> None:
        listed(store, LIGHTROOM)
        assert kept(store, "heron", "drone", "animals") == (("heron",), ("drone",), ("animals",))

    def test_a_banned_word_goes_and_its_synonym_too(self, store: SqliteStore) -> None:
        listed(store, LIGHTROOM)
        with store.writing() as tx:
            dog = next(each for each in tx.vocabulary.entries(TermState.LISTED) if each.name == "dog")
            tx.vocabulary.decide(dog.id, TermState.BANNED, NOON)
        assert kept(store, "dog", "dogs")[2] == ("dog", "dogs")

    def test_a_synonym_of_two_terms_says_neither(self, store: SqliteStore) -> None:
        listed(store, "cat\n\t{jaguar}\ncar\n\t{jaguar}\n")
        assert kept(store, "jaguar") == ((), ("jaguar",), ())

    def test_a_word_itself_comes_before_another_word_for_something_else(self, store: SqliteStore) -> None:
        listed(store, "bank\nriverside\n\t{bank}\n")
        assert kept(store, "bank")[0] == ("bank",)


class TestTray:
    def test_a_word_nobody_judged_waits_once_and_is_counted(self, store: SqliteStore) -> None:
        for _ in range(3):
            with store.writing() as tx:
                tx.vocabulary.propose("en", ["Drone"], NOON)
        with store.reading() as tx:
            [found] = tx.vocabulary.entries(TermState.PROPOSED)
        assert (found.name, found.seen) == ("Drone", 3)
        assert kept(store, "drone")[1] == ("drone",)

    def test_what_is_accepted_is_used_from_then_on(self, store: SqliteStore) -> None:
        with store.writing() as tx:
            tx.vocabulary.propose("en", ["drone"], NOON)
            tx.vocabulary.decide(tx.vocabulary.entries(TermState.PROPOSED)[0].id, TermState.LISTED, NOON)
        assert kept(store, "Drones")[0] == ("drone",)

    def test_an_import_lists_what_was_proposed(self, store: SqliteStore) -> None:
        with store.writing() as tx:
            tx.vocabulary.propose("en", ["heron"], NOON)
        listed(store, LIGHTROOM)
        with store.reading() as tx:
            assert tx.vocabulary.count(TermState.PROPOSED) == 0
            # what Lightroom does not export stays at home
            assert tx.vocabulary.path_of("en", "HERON") == ("bird", "heron")

    def test_a_word_in_two_branches_has_no_one_place(self, store: SqliteStore) -> None:
        listed(store, "cats\n\tjaguar\ncars\n\tjaguar\n")
        with store.reading() as tx:
            assert tx.vocabulary.path_of("en", "jaguar") == ()
            assert tx.vocabulary.paths_of("en", ["Jaguar", "CATS", "lion"]) == {"CATS": ("cats",)}
        assert kept(store, "jaguar")[0] == ("jaguar",)

    def test_an_unknown_term_cannot_be_decided(self, store: SqliteStore) -> None:
        with store.writing() as tx, pytest.raises(NotFound):
            tx.vocabulary.decide(9, TermState.BANNED, NOON)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "mac_roman", "cp850"]
)
def test_a_list_is_read_in_the_encodings_that_programs_write(store: SqliteStore, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "keywords.txt"
    file.write_bytes("Städte\r\n\tZürich\r\n\t\t{Zurich}\r\n\t[Köln]\r\n".encode(encoding))
    import_file(store, file, "en", NOON)
    assert kept(store, "zurich", "Köln") == (("Zürich",), (), ("Köln",))
    with store.reading() as tx:
        assert tx.vocabulary.path_of("en", "zürich") == ("Städte", "Zürich")


def test_lines_from_another_program_are_read_and_named(store: SqliteStore, tmp_path: Path) -> None:
    file = tmp_path / "keywords.txt"
    file.write_bytes("Städte\nKöln\nGröße\n".encode() + "Zürich\n".encode("cp1252"))
    done = import_file(store, file, "de", NOON)
    assert (done.encoding, done.other_lines) == ("UTF-8", (4,))
    assert kept(store, "Zürich", "Köln", language="de")[0] == ("Zürich", "Köln")


def test_what_is_left_out_of_a_list_is_named_with_its_reason(store: SqliteStore, tmp_path: Path) -> None:
    file = tmp_path / "keywords.txt"
    lines = ["{nobody's}", "birds", "\theron", "\t" + "x" * 201, "\t\t{}", "", "\tbo\x07at", "\theron", "boats"]
    file.write_bytes("\r\n".join(lines).encode())
    done = import_file(store, file, "en", NOON)
    assert [(each.line, each.reason) for each in done.skipped] == [
        (1, "it is empty"),
        (4, "it has 201 characters; at most 200 are a keyword"),
        (7, "it holds control characters"),
    ]
    assert (done.new, done.repeated) == (3, 1)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Tiere\n    Vogel\n        Möwe\n\tHund\n", ["Tiere", "Tiere>Vogel", "Tiere>Vogel>Möwe", "Tiere>Hund"]),
        ("Tiere\nTiere/Vogel\nTiere/Vogel/Möwe\n", ["Tiere", "Tiere>Vogel", "Tiere>Vogel>Möwe"]),
        ("schwarz/weiß\nMöwe\n", ["schwarz/weiß", "Möwe"]),
        ("Keyword;Synonyms;Path\nMöwe;gull,Larus;Tiere|Vogel\n", ["Tiere>Vogel>Möwe"]),
        ("Keyword\tSynonyms\nMöwe\tgull\n", ["Möwe"]),
        ("boat, harbour, sea, sand\nrope, net\n", ["boat", "harbour", "sea", "sand", "rope", "net"]),
    ],
)
def test_lists_of_other_programs_are_read(text: str, places: list[str]) -> None:
    assert [">".join([*term.path, term.name]) for term in read_keywords(text).terms] == places


def test_each_language_has_a_list_of_its_own(store: SqliteStore) -> None:
    listed(store, "harbour\n\t{port}\n\t{Hafen}\n")
    listed(store, "Orte\n\tHafen\n", "de")
    assert kept(store, "Hafen", "port", language="en-GB")[0] == ("harbour",)
    assert kept(store, "Häfen", "harbour", language="de") == (("Hafen",), ("harbour",), ())
    with store.writing() as tx:
        assert tx.vocabulary.path_of("de", "hafen") == ("Orte", "Hafen")
        assert (tx.vocabulary.count(TermState.LISTED), tx.vocabulary.count(TermState.LISTED, "de")) == (3, 2)
        tx.vocabulary.clear("de")
        assert tx.vocabulary.count(TermState.LISTED, "en") == 1


def test_a_file_of_bytes_is_no_list(store: SqliteStore, tmp_path: Path) -> None:
    file = tmp_path / "keywords.txt"
    file.write_bytes(b"boat\x00\x01\x02harbour")
    with pytest.raises(InputInvalid):
        import_file(store, file, "en", NOON)


def test_five_thousand_terms_are_imported_and_again_without_doubles(store: SqliteStore, tmp_path: Path) -> None:
    file = tmp_path / "keywords.txt"
    file.write_text(
        "".join(f"group {n}\n\tterm {n}a\n\t\t{{other {n}}}\n\t\tterm {n}b\n" for n in range(1700)), "utf-8"
    )
    assert import_file(store, file, "en", NOON).new == 5100
    assert import_file(store, file, "en", NOON).new == 0
    assert kept(store, "other 7")[0] == ("term 7a",)
    file.write_text("heron\n", "utf-8")
    assert import_file(store, file, "en", NOON, replace=True).listed == 1
