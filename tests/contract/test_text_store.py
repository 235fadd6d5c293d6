"""What a state store promises about texts: those written before, and requests for new ones; over a real SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lightgate.adapters.sqlite import SqliteStore
from lightgate.adapters.sqlite.facets.known_texts import KnownTexts
from lightgate.adapters.website.catalogue.texts import read_texts
from lightgate.domain.photo import Field, Source, Text
from lightgate.domain.route.pipeline import Position, Status
from lightgate.errors import AlreadyRequested, NotFound
from lightgate.store import CatalogueText, RequestClaim, RequestStatus
from lightgate.texts.proofreader import learn
from support.stores import NOON, add_photos, bring_to, make_store

CAPTION = "Two red cranes stand above moored boats in the old stone harbour."
OTHER = "Four brown horses graze behind wooden fences on the wide green meadow."
LEASE = NOON + timedelta(seconds=60)
MOST = 3


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


def text(value: str, field: Field = Field.CAPTION, language: str = "en") -> Text:
    return Text(language, field, value, Source.MODEL, model="m", prompt_hash="p")


class TestKnownTexts:
    def put(self, store: SqliteStore, photo_id: int, value: str, field: Field = Field.CAPTION) -> None:
        with store.writing() as tx:
            tx.photos.put_text(photo_id, text(value, field), NOON)

    def alike(self, store: SqliteStore, value: str, before: int | None = None, **more: str) -> list[float]:
        with store.reading() as tx:
            return [round(each.likeness, 2) for each in tx.known_texts.alike(text(value), before=before, **more)]

    def test_the_same_and_a_nearly_same_caption_are_found(self, store: SqliteStore) -> None:
        one, other = add_photos(store, 2)
        self.put(store, one, CAPTION)
        self.put(store, other, CAPTION.replace("old", "old grey"))
        assert self.alike(store, CAPTION) == [1.0, 0.92]

    def test_another_text_field_or_language_is_none(self, store: SqliteStore) -> None:
        [one] = add_photos(store, 1)
        self.put(store, one, CAPTION, Field.ALT_TEXT)
        assert self.alike(store, CAPTION) == []
        assert self.alike(store, "A dog runs along the water on a beach.") == []

    def test_of_two_the_first_stays(self, store: SqliteStore) -> None:
        one, other = add_photos(store, 2)
        self.put(store, one, CAPTION)
        self.put(store, other, CAPTION)
        assert self.alike(store, CAPTION, before=one) == []
        assert self.alike(store, CAPTION, before=other) == [1.0]

    def test_an_edit_forgets_the_old_text(self, store: SqliteStore) -> None:
        [one] = add_photos(store, 1)
        self.put(store, one, CAPTION)
        self.put(store, one, "A dog runs along the water on a beach.")
        assert self.alike(store, CAPTION) == []

    def test_a_rejected_photo_does_not_count(self, store: SqliteStore) -> None:
        [one] = add_photos(store, 1)
        self.put(store, one, CAPTION)
        with store.writing() as tx:
            tx.photos.move(tx.photos.get(one), Position("exif", Status.REJECTED), NOON)
        assert self.alike(store, CAPTION) == []

    def test_a_photo_that_goes_takes_its_texts_along(self, store: SqliteStore) -> None:
        [one] = add_photos(store, 1)
        self.put(store, one, CAPTION)
        with store.writing() as tx:
            tx.photos.delete(one)
        assert self.alike(store, CAPTION) == []

    def test_the_website_counts_except_for_the_photos_own_row(self, store: SqliteStore) -> None:
        with store.writing() as tx:
            tx.known_texts.put_catalogue([CatalogueText("Harbour_001.JPG", "en", CAPTION, "Cranes.")])
        assert self.alike(store, CAPTION, before=1) == [1.0]
        assert self.alike(store, CAPTION, before=1, file_name="Harbour_001.JPG") == []

    def test_a_crowd_with_one_caption_takes_no_longer_to_ask_than_a_few(self, store: SqliteStore) -> None:
        with store.writing() as tx:
            for value, count in ((OTHER, 200), (CAPTION, 2000)):
                crowd = [CatalogueText(f"{value[:3]}{number}.JPG", "en", value, value) for number in range(count)]
                tx.known_texts.put_catalogue(crowd)
        few, many = (self.steps(store, value) for value in (OTHER, CAPTION))
        assert many < 2 * few

    def steps(self, store: SqliteStore, value: str) -> int:
        """Count, in tens, what SQLite does to find one text that is the same."""
        with store.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            done: list[int] = []
            driver.set_progress_handler(lambda: done.append(1), 10)
            found = KnownTexts(connection).alike(text(value), before=None, limit=1)
            driver.set_progress_handler(None, 10)
        assert [each.likeness for each in found] == [1]
        return len(done)

    def test_learning_knows_what_is_new_and_forgets_what_is_gone(self, store: SqliteStore) -> None:
        ours = bring_to(store, add_photos(store, 1)[0], "review").file_name or ""
        rows = [CatalogueText(name, "en", CAPTION, "") for name in ("Old_001.JPG", "Old_002.JPG", ours)]
        assert learn(store, lambda: rows) == 2
        assert learn(store, lambda: rows) == 0
        assert len(self.alike(store, CAPTION, before=1)) == 2
        learn(store, lambda: rows[:1])
        assert len(self.alike(store, CAPTION, before=1)) == 1

    def test_a_catalogue_that_is_not_there_or_no_database_has_no_texts(self, tmp_path: Path) -> None:
        assert read_texts(tmp_path / "absent.db", "en") == ()
        (tmp_path / "odd.db").write_text("no database at all, but long enough to look like one" * 40)
        assert read_texts(tmp_path / "odd.db", "en") == ()


class TestRequests:
    def ask(self, store: SqliteStore, photo_id: int, *fields: Field, language: str = "en") -> int:
        with store.writing() as tx:
            return tx.requests.add(photo_id, language, fields or tuple(Field), "ann", NOON, hint="name the boat").id

    def claim(self, store: SqliteStore, owner: str = "me", seconds: float = 0) -> RequestClaim | None:
        at = NOON + timedelta(seconds=seconds)
        with store.writing() as tx:
            return tx.requests.claim(owner, at, at + timedelta(seconds=60))

    def held(self, store: SqliteStore, photo_id: int) -> RequestClaim:
        self.ask(store, photo_id)
        claim = self.claim(store)
        assert claim is not None
        return claim

    def status(self, store: SqliteStore, request_id: int) -> RequestStatus:
        with store.reading() as tx:
            return tx.requests.get(request_id).status

    def test_a_request_keeps_what_was_asked(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        self.ask(store, photo_id, Field.KEYWORDS, Field.CAPTION)
        with store.reading() as tx:
            [found] = tx.requests.of_photo(photo_id)
            assert tx.requests.count_ready(NOON) == 1
        assert found.fields == (Field.CAPTION, Field.KEYWORDS)
        assert (found.hint, found.requested_by, found.language) == ("name the boat", "ann", "en")

    def test_a_second_wish_for_the_same_field_is_refused_while_the_first_waits(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        self.ask(store, photo_id, Field.CAPTION)
        with pytest.raises(AlreadyRequested):
            self.ask(store, photo_id)
        self.claim(store)
        with pytest.raises(AlreadyRequested):
            self.ask(store, photo_id, Field.CAPTION)
        self.ask(store, photo_id, Field.ALT_TEXT)
        self.ask(store, photo_id, Field.CAPTION, language="de")

    def test_racing_claims_never_share_a_request(self, store: SqliteStore) -> None:
        for photo_id in add_photos(store, 5):
            self.ask(store, photo_id)
        with ThreadPoolExecutor(6) as pool:
            claims = [claim for claim in pool.map(lambda n: self.claim(store, f"w{n}"), range(12)) if claim]
        assert sorted(claim.request.id for claim in claims) == [1, 2, 3, 4, 5]

    def test_a_proposal_is_stored_with_its_source(self, store: SqliteStore) -> None:
        claim = self.held(store, add_photos(store, 1)[0])
        proposed = (text(CAPTION), Text("en", Field.KEYWORDS, ("boat", "crane"), Source.MODEL))
        with store.writing() as tx:
            assert tx.requests.finish(claim, proposed, NOON)
            found = tx.requests.get(claim.request.id)
        assert (found.status, found.texts) == (RequestStatus.PROPOSED, proposed)
        assert found.proposal(Field.ALT_TEXT) is None

    def test_a_late_worker_cannot_write_a_proposal(self, store: SqliteStore) -> None:
        claim = self.held(store, add_photos(store, 1)[0])
        with store.writing() as tx:
            assert tx.requests.is_any_lost(NOON + timedelta(seconds=61), 60)
            assert tx.requests.expire(NOON + timedelta(seconds=61), 60, MOST) == 1
        assert self.claim(store, "other", seconds=62)
        with store.writing() as tx:
            assert not tx.requests.finish(claim, [text(CAPTION)], NOON)
            assert not tx.requests.renew(claim, LEASE)

    def test_a_request_that_loses_its_workers_too_often_fails(self, store: SqliteStore) -> None:
        [photo_id] = add_photos(store, 1)
        request_id = self.ask(store, photo_id)
        for attempt in range(MOST):
            assert self.claim(store, seconds=attempt * 100)
            with store.writing() as tx:
                tx.requests.expire(NOON + timedelta(seconds=attempt * 100 + 61), 60, MOST)
        assert self.status(store, request_id) is RequestStatus.FAILED

    def test_what_is_handed_back_costs_no_attempt(self, store: SqliteStore) -> None:
        claim = self.held(store, add_photos(store, 1)[0])
        with store.writing() as tx:
            assert tx.requests.holds("me")
            assert tx.requests.give_back("me", NOON + timedelta(seconds=10)) == 1
            assert tx.requests.get(claim.request.id).attempt == 0
        assert self.claim(store) is None
        assert self.claim(store, seconds=11)

    def test_a_failure_may_be_tried_again_later(self, store: SqliteStore) -> None:
        claim = self.held(store, add_photos(store, 1)[0])
        with store.writing() as tx:
            assert tx.requests.fail(claim, "It was empty.", NOON, again_at=NOON + timedelta(seconds=5))
        assert self.claim(store, seconds=6)

    def test_a_request_is_over_when_every_field_is_decided(self, store: SqliteStore) -> None:
        claim = self.held(store, add_photos(store, 1)[0])
        with store.writing() as tx:
            tx.requests.finish(claim, [text(CAPTION), text("Cranes.", Field.ALT_TEXT)], NOON)
            tx.requests.decide(claim.request.id, Field.CAPTION, "taken", NOON)
            assert tx.requests.get(claim.request.id).proposal(Field.CAPTION) is None
        assert self.status(store, claim.request.id) is RequestStatus.PROPOSED
        with store.writing() as tx:
            tx.requests.decide(claim.request.id, Field.ALT_TEXT, "left", NOON)
        assert self.status(store, claim.request.id) is RequestStatus.DECIDED

    def test_a_new_wish_replaces_an_open_proposal(self, store: SqliteStore) -> None:
        claim = self.held(store, add_photos(store, 1)[0])
        with store.writing() as tx:
            tx.requests.finish(claim, [text(CAPTION)], NOON)
        self.ask(store, claim.request.photo_id)
        assert self.status(store, claim.request.id) is RequestStatus.REPLACED

    def test_an_unknown_request_is_not_found(self, store: SqliteStore) -> None:
        with store.reading() as tx, pytest.raises(NotFound):
            tx.requests.get(7)
