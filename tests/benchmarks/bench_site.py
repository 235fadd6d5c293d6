"""The review site with 50,000 photos in the queue, one set of 5,000: page times, and a decision's round trip."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any

from sqlalchemy import insert
from sqlalchemy import text as sql

sys.path.insert(0, str(Path(__file__).parents[1]))

from lightgate.adapters.sqlite import SqliteTransaction
from lightgate.adapters.sqlite.schema import photo_event, photo_text, review_queue
from lightgate.bootstrap import House
from lightgate.domain.risk import rank
from support.gallery import add_person, site_house
from support.measuring import result
from support.site_client import Visitor, visitor
from support.stores import NOON, add_set

PHOTOS = 50_000
BIG_SET = 5_000
SETS = 46
ROUNDS = 40
#: the limits of the plan: server time of a page, and of a decision
PAGE_MS, DECISION_MS = 50, 30

_BANDS = ("Top", "Good", "Good", "Average", "Average", "Low", "Very Low", "NA")
_CAMERAS = ("Canon EOS 5D Mark IV", "NIKON D850", "SONY ILCE-7M3", "FUJIFILM X-T5", "OLYMPUS E-M1", "Apple iPhone 15")
_WORDS = ("harbour", "crane", "boat", "quay", "bridge", "gull", "sunrise", "ferry", "warehouse", "canal", "lantern")


def run() -> list[dict[str, object]]:
    """Fill a queue, and time what a reviewer asks for."""
    with tempfile.TemporaryDirectory() as folder:
        house = site_house(Path(folder))
        add_person(house)
        took_s = _timed(lambda: _fill(house))
        found = [result(f"filling {PHOTOS} rows", took_s, "s"), *_pages(visitor(house)), *_decisions(house)]
        house.close()
    return found


PAGES = {
    "sets": "/",
    "set of 5,000": "/sets/big",
    "list to review, by risk": "/photos?state=undecided",
    "list, deep in the set of 5,000": "/photos?set=big&state=undecided&after=-100.2500",
    "list, all": "/photos?state=all",
    "list, a rare word": "/photos?state=all&q=zeppelin",
    "list, two common words": "/photos?state=undecided&q=harbour+crane",
    "list, filters": "/photos?state=undecided&q=band:low,very-low+-keyword:boat+alt:%3E40",
    "list, nothing found": "/photos?state=all&q=keyword:nowhere",
    "photo": "/photos/2600?state=undecided&at=-200",
    "dashboard": "/dashboard",
    "release": "/release",
}


def _pages(one: Visitor) -> Iterator[dict[str, object]]:
    for name, path in PAGES.items():
        times = [_timed_ms(lambda path=path: _seen(one, path)) for _ in range(ROUNDS)]  # type: ignore[misc]
        p95 = quantiles(times, n=20)[-1]
        yield result(f"page, p95: {name}", p95, "ms", p95 / PAGE_MS, f"{PAGE_MS} ms")
    size = len(gzip.compress(one.get("/photos?state=undecided").data)) / 1000
    yield result("first list, HTML gzipped", size, "kB", size / 150, "150 kB")


def _decisions(house: House) -> Iterator[dict[str, object]]:
    one = visitor(house)
    times = []
    for photo_id in (each for each in range(3000, 3000 + 2 * ROUNDS) if (each - 1) % 10 < 7):
        body = {"version": 1, "override_reason": "measured"}
        times.append(_timed_ms(lambda at=photo_id, body=body: _done(one, at, body)))  # type: ignore[misc]
    p95 = quantiles(times, n=20)[-1]
    yield result("decision round trip, p95", p95, "ms", p95 / DECISION_MS, f"{DECISION_MS} ms")


def _seen(one: Visitor, path: str) -> None:
    assert one.get(path).status_code == 200, path


def _done(one: Visitor, photo_id: int, body: dict[str, Any]) -> None:
    assert one.api("POST", f"/photos/{photo_id}/approve", body).status_code == 200


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _timed_ms(work: Callable[[], object]) -> float:
    return 1000 * _timed(work)


def _fill(house: House) -> None:
    store = house.store
    add_set(store, "Big")
    for number in range(SETS - 1):
        add_set(store, f"Set {number}")
    with store.writing() as tx:
        assert isinstance(tx, SqliteTransaction)
        triggers = _without_triggers(tx)
        for start in range(0, PHOTOS, 5000):
            numbers = range(start, min(PHOTOS, start + 5000))
            tx.connection.execute(insert(review_queue), [_photo(number) for number in numbers])
            tx.connection.execute(insert(photo_text), [each for number in numbers for each in _texts(number)])
            tx.connection.execute(insert(photo_event), [_event(number) for number in numbers])
        # the index in one go; the triggers do the same, a photo at a time
        tx.connection.execute(
            sql(
                "INSERT INTO photo_words (rowid, names, texts) SELECT r.id, r.original_file_name || char(10) ||"
                " r.subject, (SELECT group_concat(t.value, char(10)) FROM photo_text t WHERE t.photo_id = r.id)"
                " FROM review_queue r"
            )
        )
        for statement in triggers:
            tx.connection.exec_driver_sql(statement)
    with store.writing() as tx:
        assert isinstance(tx, SqliteTransaction)
        tx.connection.execute(sql("ANALYZE"))


def _without_triggers(tx: SqliteTransaction) -> list[str]:
    found = tx.connection.execute(sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _ in found:
        tx.connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    return [statement for _, statement in found]


def _photo(number: int) -> dict[str, object]:
    is_in_big = number < BIG_SET
    band = _BANDS[number % len(_BANDS)]
    step, status = ("review", "waiting") if number % 10 < 7 else ("quality", "failed" if number % 10 == 7 else "queued")
    needs_work = number % 5 == 0
    return {
        "set_id": 1 if is_in_big else 2 + number % (SETS - 1),
        "step": step,
        "status": status,
        "original_file_name": f"IMG_{number:06}.JPG",
        "relative_path": f"IMG_{number:06}.JPG",
        "source_path": f"/card/IMG_{number:06}.JPG",
        "content_hash": hashlib.sha256(str(number).encode()).hexdigest(),
        "size_bytes": 8_000_000 + number,
        "suffix": ".jpg",
        "subject": "Zeppelin" if number % 9973 == 0 else "Harbour",
        "location": "Rotterdam",
        "folder": "city",
        "file_name": f"Harbour_{number:06}.JPG",
        "camera": _CAMERAS[number % len(_CAMERAS)],
        "date_time": f"{2010 + number % 16}:05:04 11:32:07",
        "band": band,
        "qr": 3.0 + number % 60 / 10,
        "needs_work": needs_work,
        "is_blocked": False,
        "rank": rank(is_blocked=False, needs_work=needs_work, confidence=None, band=band),
        "created_at": NOON,
        "updated_at": NOON,
    }


def _texts(number: int) -> Iterator[dict[str, object]]:
    first, second, third = (_WORDS[(number * step + step) % len(_WORDS)] for step in (1, 3, 7))
    for field, value in (
        ("caption", f"A {first} lies beside the {second} in the early light of number {number}."),
        ("alt_text", f"A {first} and a {second} under a wide sky, with a {third} in front."),
        ("keywords", [first, second, third, "water", "city"]),
    ):
        yield {
            "photo_id": number + 1,
            "language": "en",
            "field": field,
            "value": value,
            "source": "model",
            "model": "m",
            "updated_at": NOON,
        }


def _event(number: int) -> dict[str, object]:
    return {
        "photo_id": number + 1,
        "set_id": 1 if number < BIG_SET else 2 + number % (SETS - 1),
        "at": NOON - timedelta(days=number % 400, hours=2),
        "actor_kind": "person",
        "actor": "submit",
        "kind": "position",
        "name": "exif",
        "new": "exif:queued",
    }


if __name__ == "__main__":
    for line in run():
        print(json.dumps(line))  # noqa: T201
