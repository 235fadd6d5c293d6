"""No page of the site, nor an answer to a script, reads a large table without an index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from lightgate.adapters.sqlite import SqliteStore
from lightgate.bootstrap import House
from support.crowd import fill
from support.gallery import add_person, site_house
from support.site_client import visitor
from support.site_walk import addresses

#: enough for every state and kind of photo to be there
PHOTOS = 300
#: tables that grow with every photo
LARGE = (
    "review_queue",
    "photo_text",
    "photo_event",
    "metadata_quality",
    "publication",
    "name_reservation",
    "approval",
    "text_request",
    "release_item",
    "known_text",
)
_BARE = re.compile(rf"SCAN ({'|'.join(LARGE)})(?! USING)")
#: statements on one page: reading each photo by itself would be more
MOST_STATEMENTS = 40

Statement = tuple[str, Any]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = site_house(tmp_path_factory.mktemp("plans"))
    add_person(made)
    fill(made, PHOTOS, PHOTOS // 3)
    yield made
    made.close()


@pytest.fixture(scope="module")
def asked(house: House) -> dict[str, list[Statement]]:
    """Every statement by the address that it was made for."""
    assert isinstance(house.store, SqliteStore)
    found: dict[str, list[Statement]] = {}
    one = visitor(house)
    made: list[Statement] = []

    @event.listens_for(house.store.engine, "before_cursor_execute")
    def note(connection: object, cursor: object, statement: str, parameters: Any, *_: object) -> None:
        made.append((statement, parameters))

    for address in (each for of_view in addresses(one.app, PHOTOS).values() for each in of_view):
        made.clear()
        assert one.get(address).status_code < 500, address
        found[address] = list(made)
    return found


def _plan(store: SqliteStore, statement: Statement) -> list[str]:
    with store.reading() as tx:
        rows = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement[0]}", statement[1])
        return [row[3] for row in rows]


def test_every_question_has_its_index(house: House, asked: dict[str, list[Statement]]) -> None:
    assert isinstance(house.store, SqliteStore)
    statements = {text: (text, given) for made in asked.values() for text, given in made if "BEGIN" not in text}
    bare = {text: plan for text, each in statements.items() if (plan := _bare(_plan(house.store, each)))}
    assert bare == {}


def _bare(plan: list[str]) -> list[str]:
    return [line for line in plan if _BARE.match(line) or "AUTOMATIC" in line]


def test_no_page_asks_photo_by_photo(asked: dict[str, list[Statement]]) -> None:
    assert {address: len(made) for address, made in asked.items() if len(made) > MOST_STATEMENTS} == {}


def test_the_walk_finds_what_it_looks_for(asked: dict[str, list[Statement]]) -> None:
    assert len(asked) > 300
    assert any("photo_words" in text for made in asked.values() for text, _ in made)


def test_who_looks_for_series_reads_no_photo_whose_series_is_known(house: House) -> None:
    assert isinstance(house.store, SqliteStore)
    made: list[Statement] = []

    @event.listens_for(house.store.engine, "before_cursor_execute")
    def note(connection: object, cursor: object, statement: str, parameters: Any, *_: object) -> None:
        made.append((statement, parameters))

    with house.store.reading() as tx:
        tx.pictures.sets_without_series(["caption", "review"])
    event.remove(house.store.engine, "before_cursor_execute", note)
    statement, parameters = made[-1]
    with house.store.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
    assert "ix_review_queue_rated_lately" in plan[0][-1]
