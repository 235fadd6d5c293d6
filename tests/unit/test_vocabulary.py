"""A photographer's own keywords: reading lists of them, and holding a model's against them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.vocabulary import Term, TermState, read_vocabulary, sort_keywords
from lightgate.errors import InputInvalid, NotFound
from lightgate.vocabularies import import_file
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


def listed(store: SqliteStore, text: str) -> None:
    with store.writing() as tx:
        tx.vocabulary.add(read_vocabulary(text), NOON)


def kept(store: SqliteStore, *keywords: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    with store.reading() as tx:
        found = sort_keywords(keywords, tx.vocabulary.find)
    return found.kept, found.unknown, found.dropped


class TestReading:
    def test_a_lightroom_list_keeps_hierarchy_synonyms_and_headings(self) -> None:
        terms = {term.name: term for term in read_vocabulary(LIGHTROOM)}
        assert terms["ANIMALS"] == Term("ANIMALS", (), (), is_published=False)
        assert terms["heron"] == Term("heron", ("ANIMALS", "bird"), ("grey heron", "Ardea cinerea"))
        assert terms["bird"].synonyms == ("fowl",)
        assert terms["Jordaan"].path == ("place", "Amsterdam")
        assert terms["water"].path == ()

    def test_a_csv_file_has_synonyms_and_a_path(self) -> None:
        text = 'keyword,synonyms,path\nheron,"grey heron; Ardea",animals|bird\n"canal, wide",,\n'
        assert read_vocabulary(text) == [
            Term("heron", ("animals", "bird"), ("grey heron", "Ardea")),
            Term("canal, wide"),
        ]

    def test_a_plain_list_has_one_keyword_a_line(self) -> None:
        assert read_vocabulary("\ufeffheron\r\n\r\n# mine\r\nanimals | dog\r\n") == [
            Term("heron"),
            Term("dog", ("animals",)),
        ]

    def test_what_is_no_list_is_refused(self, tmp_path: Path, store: SqliteStore) -> None:
        for content in (b"\x89PNG\x00\x01", b"", b"bo\x07at\n", b"x" * 300):
            (tmp_path / "odd.txt").write_bytes(content)
            with pytest.raises(InputInvalid):
                import_file(store, tmp_path / "odd.txt", NOON)

    @given(st.text(alphabet="ab\t{}[]\n,|; ", max_size=60))
    def test_no_text_breaks_the_reader(self, text: str) -> None:
        with contextlib.suppress(ValueError):
            read_vocabulary(text)


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
                tx.vocabulary.propose(["Drone"], NOON)
        with store.reading() as tx:
            [found] = tx.vocabulary.entries(TermState.PROPOSED)
        assert (found.name, found.seen) == ("Drone", 3)
        assert kept(store, "drone")[1] == ("drone",)

    def test_what_is_accepted_is_used_from_then_on(self, store: SqliteStore) -> None:
        with store.writing() as tx:
            tx.vocabulary.propose(["drone"], NOON)
            tx.vocabulary.decide(tx.vocabulary.entries(TermState.PROPOSED)[0].id, TermState.LISTED, NOON)
        assert kept(store, "Drones")[0] == ("drone",)

    def test_an_import_lists_what_was_proposed(self, store: SqliteStore) -> None:
        with store.writing() as tx:
            tx.vocabulary.propose(["heron"], NOON)
        listed(store, LIGHTROOM)
        with store.reading() as tx:
            assert tx.vocabulary.count(TermState.PROPOSED) == 0
            # what Lightroom does not export stays at home
            assert tx.vocabulary.path_of("HERON") == ("bird", "heron")

    def test_a_word_in_two_branches_has_no_one_place(self, store: SqliteStore) -> None:
        listed(store, "cats\n\tjaguar\ncars\n\tjaguar\n")
        with store.reading() as tx:
            assert tx.vocabulary.path_of("jaguar") == ()
            assert tx.vocabulary.paths_of(["Jaguar", "CATS", "lion"]) == {"CATS": ("cats",)}
        assert kept(store, "jaguar")[0] == ("jaguar",)

    def test_an_unknown_term_cannot_be_decided(self, store: SqliteStore) -> None:
        with store.writing() as tx, pytest.raises(NotFound):
            tx.vocabulary.decide(9, TermState.BANNED, NOON)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_list_is_read_in_the_encodings_that_programs_write(store: SqliteStore, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "keywords.txt"
    file.write_bytes("Städte\r\n\tZürich\r\n\t\t{Zurich}\r\n\t[Köln]\r\n".encode(encoding))
    import_file(store, file, NOON)
    assert kept(store, "zurich", "Köln") == (("Zürich",), (), ("Köln",))
    with store.reading() as tx:
        assert tx.vocabulary.path_of("zürich") == ("Städte", "Zürich")


def test_a_file_of_bytes_is_no_list(store: SqliteStore, tmp_path: Path) -> None:
    file = tmp_path / "keywords.txt"
    file.write_bytes(b"boat\x00\x01\x02harbour")
    with pytest.raises(InputInvalid):
        import_file(store, file, NOON)


def test_five_thousand_terms_are_imported_and_again_without_doubles(store: SqliteStore, tmp_path: Path) -> None:
    file = tmp_path / "keywords.txt"
    file.write_text(
        "".join(f"group {n}\n\tterm {n}a\n\t\t{{other {n}}}\n\t\tterm {n}b\n" for n in range(1700)), "utf-8"
    )
    assert import_file(store, file, NOON).new == 5100
    assert import_file(store, file, NOON).new == 0
    assert kept(store, "other 7")[0] == ("term 7a",)
    file.write_text("heron\n", "utf-8")
    assert import_file(store, file, NOON, replace=True).listed == 1
