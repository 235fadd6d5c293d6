"""The reviewer's lists on a real database: order, filters, search, and that every question has its index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from lightgate.adapters.sqlite import SqliteStore
from lightgate.domain.photo import CaptionFacts, Field, Issue, Source, Text
from lightgate.domain.query import parse
from lightgate.domain.route.status_words import ReviewStatus
from lightgate.store import Order, PhotoFilter, Place
from support.stores import NOON, add_photos, add_set, bring_to, failed, make_store, write_row

BLOCK = (Issue("too_long", "block", "Too long.", "en", Field.CAPTION),)
WARN = (Issue("filler", "warn", "A filler.", "en", Field.CAPTION),)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = make_store(tmp_path)
    yield made
    made.close()


@pytest.fixture
def ids(store: SqliteStore) -> list[int]:
    """Six photos at review: plain, low, blocked, warned, unsure, plain."""
    made = list(add_photos(store, 6))
    for each in made:
        bring_to(store, each, "review")
    with store.writing() as tx:
        for each in made:
            write_row(tx, each, {"band": "Good"})
        write_row(tx, made[1], {"band": "Low"})
        tx.photos.put_proof(made[2], BLOCK, 10.0, NOON)
        tx.photos.put_proof(made[3], WARN, 60.0, NOON)
        tx.photos.write_facts(made[4], CaptionFacts((), confidence=40), NOON)
    return made


def found(store: SqliteStore, query: str, **wanted: object) -> list[int]:
    with store.reading() as tx:
        return [each.id for each in tx.photos.page(PhotoFilter(query=parse(query), **wanted))]  # type: ignore[arg-type]


def test_what_is_most_likely_wrong_comes_first(store: SqliteStore, ids: list[int]) -> None:
    by_risk = [ids[2], ids[3], ids[4], ids[1], ids[0], ids[5]]
    assert found(store, "", undecided=True, order=Order.RISK) == by_risk


def test_a_list_by_risk_is_walked_in_both_directions(store: SqliteStore, ids: list[int]) -> None:
    wanted = PhotoFilter(undecided=True, order=Order.RISK)
    with store.reading() as tx:
        every = [each.id for each in tx.photos.page(wanted)]
        for place, each in enumerate(every):
            assert [p.id for p in tx.photos.page(wanted, after=each, limit=1)] == every[place + 1 : place + 2]
            assert [p.id for p in tx.photos.page(wanted, before=each, limit=1)] == every[max(0, place - 1) : place]


def test_a_place_outlives_the_photo_that_moved_away_from_it(store: SqliteStore, ids: list[int]) -> None:
    wanted = PhotoFilter(undecided=True, order=Order.RISK)
    with store.writing() as tx:
        at = Place(ids[2], tx.photos.get(ids[2]).rank)
        tx.photos.put_proof(ids[2], (), 100.0, NOON)
        assert [p.id for p in tx.photos.page(wanted, after=at, limit=1)] == [ids[3]]


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("is:blocked", [2]),
        ("is:warned", [2, 3]),
        ("-is:warned band:good", [0, 4, 5]),
        ("confidence:<60", [4]),
        ("issue:filler", [3]),
        ("keyword:BOAT", [0, 1, 2, 3, 4, 5]),
        ("-keyword:boat", []),
        ("keyword:boa", []),
        ("alt:>125", []),
        ("alt:none", []),
        ("keywords:5", [0, 1, 2, 3, 4, 5]),
        ("cranes moored", [0, 1, 2, 3, 4, 5]),
        ("original:a3", [3]),
        ("a3.jpg", [3]),
        ("source:person", []),
        ("set:harbour name:003", [2]),
        ("set:nowhere", []),
        ("is:live", []),
        ("is:locked", []),
        ("taken:2026", []),
        ("iso:>800", []),
        ("qx", []),
        ("qu", [0, 1, 2, 3, 4, 5]),
    ],
)
def test_a_query_finds(store: SqliteStore, ids: list[int], query: str, places: list[int]) -> None:
    assert found(store, query) == [ids[place] for place in places]


def test_a_nul_in_a_question_is_no_fault(store: SqliteStore, ids: list[int]) -> None:
    with store.reading() as tx:
        assert tx.photos.ids(PhotoFilter(search="ab\0cd")) == []


def test_search_follows_every_edit(store: SqliteStore, ids: list[int]) -> None:
    with store.writing() as tx:
        tx.photos.put_text(ids[0], Text("en", Field.CAPTION, "Élan vital 港町の朝", Source.PERSON), NOON)
        write_row(tx, ids[1], {"subject": "Zeppelin"})
    assert found(store, "élan") == [ids[0]]
    assert found(store, "港町の") == [ids[0]]
    assert found(store, "港町") == [ids[0]]
    assert found(store, "zeppelin") == [ids[1]]
    with store.writing() as tx:
        tx.photos.put_text(ids[0], Text("en", Field.CAPTION, "Something else", Source.PERSON), NOON)
        tx.photos.delete(ids[1])
    assert found(store, "élan") == found(store, "zeppelin") == []


def test_the_counters_follow_every_move(store: SqliteStore, ids: list[int]) -> None:
    other = add_photos(store, 3, add_set(store, "Winter"), "w")
    bring_to(store, ids[0], "publish")
    bring_to(store, ids[5], "release")
    with store.writing() as tx:
        tx.photos.put_proof(ids[0], WARN, 60.0, NOON)
        tx.photos.delete(ids[3])
        tx.photos.move(tx.photos.get(other[1]), failed("exif"), NOON)
    key = "set_id, step, status, needs_work"
    with store.reading() as tx:
        counted = f"SELECT {key}, count(*) FROM review_queue GROUP BY {key} ORDER BY {key}"
        kept = f"SELECT {key}, number FROM photo_count WHERE number <> 0 ORDER BY {key}"
        found, wanted = (tx.connection.exec_driver_sql(each).all() for each in (kept, counted))
        assert found == wanted
        assert tx.photos.count(PhotoFilter()) == len(ids) + 2
        assert tx.photos.count(PhotoFilter(review_status=ReviewStatus.ERROR)) == 1
        assert tx.photos.count_by_set()[2] == {"Queued": 2, "Error": 1}


QUERIES = ("", "crane", "-crane", "is:blocked", "alt:none", "keyword:boat", "set:harbour", "qr:<5", "taken:2026", "ab")


@pytest.mark.parametrize("query", QUERIES)
def test_no_list_is_read_without_an_index(store: SqliteStore, ids: list[int], query: str) -> None:
    add_set(store, "Other")
    plans: list[str] = []

    @event.listens_for(store.engine, "before_cursor_execute")
    def explain(connection, cursor, statement, parameters, context, executemany) -> None:  # type: ignore[no-untyped-def]
        if statement.startswith(("SELECT", "WITH")):
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in rows)

    with store.reading() as tx:
        for state in (*ReviewStatus, None):
            for set_id in (None, 1):
                order = Order.RISK if state in {ReviewStatus.PENDING, ReviewStatus.NEEDS_WORK} else Order.ID
                wanted = PhotoFilter(set_id=set_id, review_status=state, query=parse(query), order=order)
                tx.photos.page(wanted, after=3)
                tx.photos.page(wanted)
                tx.photos.count(wanted)
        tx.photos.count_by_status()
        tx.photos.count_by_set()
        tx.photos.count_by_position(1)
        tx.events.of_photo(ids[0])
        tx.events.last_id()
        tx.audit.newest()
    bare = {plan for plan in plans if plan.startswith("SCAN") and "INDEX" not in plan and "json_each" not in plan}
    # the full-text index is a table of its own kind; the others are what a part of the same statement found
    passing = ("photo_words", "CONSTANT", "SCAN candidate", "SCAN found", "SCAN some", "SCAN 2")
    assert {plan for plan in bare if not any(each in plan for each in passing)} == set()
