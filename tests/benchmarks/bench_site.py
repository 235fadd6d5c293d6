"""The review site with 50,000 photos in the queue, one set of 5,000: every page, and a decision's round trip.

Server time is the CPU time of the thread that answers, which other work on the machine shows in least; wall time
stands beside it. ``bench_browser`` measures what a browser makes of it.
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from lightgate.adapters.sqlite import SqliteStore
from lightgate.bootstrap import House
from lightgate.domain.photo import QualityFacts, Scores
from lightgate_web.wsgi import settle
from support.crowd import fill, show
from support.crowd_around import surround
from support.gallery import add_person, site_house
from support.measuring import p95, result
from support.site_client import Visitor, visitor
from support.site_walk import addresses
from support.stores import NOON

PHOTOS = 50_000
#: rows of the website's table, in its copy
CATALOGUE = 45_000
BIG_SET = 5_000
ROUNDS = 3
DECISIONS = 60
#: photos that are approved in one go
AT_ONCE = 1000
#: the limits of the plan: server time of a page, and of a decision; a page's size without pictures
PAGE_MS, DECISION_MS, PAGE_KB = 50, 30, 150
#: what a busy worker leaves in the database
FACTS_PER_S = 200

_WORST_SHOWN = 15
#: last digits of the photos that wait for a decision, see ``support.crowd``
_WAITING = frozenset({2, 3, 5, 7})


class Took(NamedTuple):
    cpu_ms: float
    wall_ms: float


def run() -> list[dict[str, object]]:
    """Fill a queue, and time what a reviewer asks for."""
    with tempfile.TemporaryDirectory() as folder:
        house = site_house(Path(folder))
        add_person(house)
        took = timed(lambda: fill(house, PHOTOS, BIG_SET))
        surround(house, CATALOGUE)
        one = visitor(house)
        # as the site's own process does
        settle()
        found = [
            result(f"filling {PHOTOS} rows", took.wall_ms / 1000, "s"),
            *_pages(one),
            *_first_event(one),
            *_decided(house),
        ]
        house.close()
    return found


def _pages(one: Visitor) -> Iterator[dict[str, object]]:
    every: dict[str, list[Took]] = {}
    sizes: dict[str, float] = {}
    # before anything is kept in memory
    first: dict[str, Took] = {}
    for view, found in addresses(one.app, PHOTOS).items():
        of_view: list[Took] = []
        for address in found:
            bodies: list[bytes] = []
            first[address] = timed(lambda at=address, to=bodies: to.append(one.get(at).data))  # type: ignore[misc] # mypy: a default in a lambda
            sizes[address] = len(gzip.compress(bodies[0])) / 1000
            every[address] = [timed(lambda at=address: one.get(at)) for _ in range(ROUNDS)]  # type: ignore[misc] # mypy: a default in a lambda
            of_view += every[address]
        if of_view:
            yield from _summed(f"{view}, {len(found)} addresses", of_view, PAGE_MS)
    worst = sorted(every, key=lambda address: -median(took.cpu_ms for took in every[address]))[:_WORST_SHOWN]
    for address in worst:
        yield from _summed(f"slowest: {address}", every[address], PAGE_MS)
    yield from _summed("first look at each address", list(first.values()), PAGE_MS)
    slowest = max(first, key=lambda address: first[address].cpu_ms)
    yield from _summed(f"slowest first look: {slowest}", [first[slowest]], PAGE_MS)
    largest = max((each for each in sizes if not each.startswith("/api")), key=lambda each: sizes[each])
    size = sizes[largest]
    yield result(f"largest page, gzipped: {largest}", size, "kB", size / PAGE_KB, f"{PAGE_KB} kB")


def _summed(name: str, took: Sequence[Took], limit_ms: float) -> Iterator[dict[str, object]]:
    cpu, wall = sorted(each.cpu_ms for each in took), [each.wall_ms for each in took]
    high = p95(cpu)
    yield result(f"{name}: p95 of server time", high, "ms", high / limit_ms, f"{limit_ms} ms")
    yield result(f"{name}: p50, and p95 by the wall clock {p95(wall):.0f} ms", median(cpu), "ms")


def _first_event(one: Visitor) -> Iterator[dict[str, object]]:
    """Open a stream, and close it after it told how things stand."""
    yield from _summed("first answer of a stream of events", [timed(lambda: _listen(one)) for _ in range(20)], PAGE_MS)


def _listen(one: Visitor) -> None:
    answer = one.client.get("/api/v1/events")
    parts = iter(answer.response)
    next(parts), next(parts)
    answer.close()


def _decided(house: House) -> Iterator[dict[str, object]]:
    assert isinstance(house.store, SqliteStore)
    durable = replace(house, store=SqliteStore(house.store.path, durable=True))
    one = visitor(durable)
    show(durable, [each for each in range(3000, 14_000) if each % 10 in _WAITING])
    yield from _summed("a decision", _decisions(one, 3000), DECISION_MS)
    yield from _summed("a decision by the form", _decisions(one, 6000, _approve_by_form), DECISION_MS)
    ids = [each for each in range(10_000, 14_000) if each % 10 in _WAITING][:AT_ONCE]
    last_event = one.api("GET", "/photos?limit=1").json["last_event"]
    took = timed(lambda: one.api("POST", "/bulk", {"ids": ids, "action": "approve", "last_event": last_event}))
    yield result(f"approving {len(ids)} photos at once", took.wall_ms / 1000, "s")
    yield result(f"approving {len(ids)} photos at once: server time", took.cpu_ms / 1000, "s")
    spawn = multiprocessing.get_context("spawn")
    stop = spawn.Event()
    worker = spawn.Process(target=write_facts, args=(house.store.path, stop))
    worker.start()
    took = _decisions(one, 4000)
    stop.set()
    worker.join()
    high = p95([each.wall_ms for each in took])
    name = f"a decision while a worker writes {FACTS_PER_S} facts/s: p95 by the wall clock"
    yield result(name, high, "ms", high / DECISION_MS, f"{DECISION_MS} ms")
    durable.close()


def _decisions(one: Visitor, start: int, decide: Callable[[Visitor, int], None] | None = None) -> list[Took]:
    waiting = [each for each in range(start, start + 1000) if each % 10 in _WAITING][:DECISIONS]
    how = decide or _approve
    return [timed(lambda at=each: how(one, at)) for each in waiting]  # type: ignore[misc] # mypy: a default in a lambda


def _approve_by_form(one: Visitor, photo_id: int) -> None:
    # the part that the reviewer waits for before the next photo opens
    form = {"version": "1", "override_reason": "measured"}
    assert one.post(f"/photos/{photo_id}/approve?state=undecided&at=0", form).status_code == 303


def _approve(one: Visitor, photo_id: int) -> None:
    body = {"version": 1, "override_reason": "measured"}
    answer = one.api("POST", f"/photos/{photo_id}/approve", body)
    assert answer.status_code == 200, answer.text


def write_facts(path: Path, stop: Event) -> None:
    """Record what a rating leaves, photo by photo, as a worker does."""
    store = SqliteStore(path, durable=False)
    photo_id, started, done = 20_000, time.monotonic(), 0
    while not stop.is_set():
        with store.writing() as tx:
            tx.photos.write_facts(photo_id + done, QualityFacts(Scores(qr=6.0, band="Good"), 6000, 4000), NOON)
        done += 1
        time.sleep(max(0.0, started + done / FACTS_PER_S - time.monotonic()))
    store.close()


def timed(work: Callable[[], object]) -> Took:
    """Time one call."""
    wall, cpu = time.perf_counter(), time.thread_time()
    work()
    return Took(1000 * (time.thread_time() - cpu), 1000 * (time.perf_counter() - wall))


if __name__ == "__main__":
    for line in run():
        print(json.dumps(line))  # noqa: T201 - a benchmark's answer
