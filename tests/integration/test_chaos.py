"""What real worker processes go through while a set is on its way leaves no trace in it: rows, names, history."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from lightgate.adapters.sqlite.engine import sqlite_library
from lightgate.adapters.sqlite.soundness import fault_of
from lightgate.bootstrap import House
from lightgate.engine.reconcile import reconcile
from support.servers import RedisServer
from support.waiting import eventually
from support.workers import Works, put_photos, steps_of, works_on

pytestmark = pytest.mark.integration

STAGES = ("exif", "exif.2", "quality", "caption")
PHOTOS = 40
END = "review:waiting"
#: short, so that a frozen worker loses its photos within the test
LEASE_S = "4"
FAULTS = 10
#: which evils come, and when
SEED = 1


@dataclass
class Chaos:
    """Does harm to workers and broker, at random but from a seed."""

    works: Works
    redis: RedisServer
    chance: random.Random

    def strike(self) -> None:
        """Do one of all evils."""
        self.chance.choice(self._evils())()

    def _evils(self) -> tuple[Callable[[], object], ...]:
        return (
            self.kill_child, self.kill_worker, self.freeze, self.thaw, self.forget_messages, self.kill_broker,
            self.repeat_messages, self.lock_database,
        )  # fmt: skip

    def kill_child(self) -> None:
        if children := self._children():
            _signal(self.chance.choice(children), signal.SIGKILL)

    def kill_worker(self) -> None:
        """Kill a whole worker; its supervisor would start the next."""
        worker = self.chance.choice(self.works.workers)
        worker.stop(signal.SIGKILL)
        self.works.workers.remove(worker)
        name = worker.heartbeat.name.removeprefix("heartbeat-").partition("@")[0]
        self.works.worker(name.partition(".")[0], name=name)

    def freeze(self) -> None:
        if children := self._children():
            _signal(self.chance.choice(children), signal.SIGSTOP)

    def thaw(self) -> None:
        for child in self._children():
            _signal(child, signal.SIGCONT)

    def forget_messages(self) -> None:
        with closing(self.redis.client()) as client:
            client.flushall()

    def kill_broker(self) -> None:
        self.redis.kill()
        self.redis.start()

    def repeat_messages(self) -> None:
        with closing(self.works.house()) as house:
            for step in ("exif", "quality", "caption"):
                for _ in range(5):
                    house.dispatch.wake(step)

    def lock_database(self) -> None:
        """Hold the one lock for longer than the workers' main processes wait for it."""
        with closing(sqlite_library.connect(self.works.home / "review.db", timeout=30)) as database:
            database.isolation_level = None
            database.execute("BEGIN EXCLUSIVE")
            threading.Event().wait(3)
            database.execute("ROLLBACK")

    def _children(self) -> list[int]:
        return sorted(pid for worker in self.works.workers for pid in worker.children())


def _signal(pid: int, how: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, how)


def walk(home: Path, server: RedisServer, seed: int | None) -> Mapping[str, str | None]:
    """Bring a set to review, with evils where a seed is given; make sure that all is well, and give the names."""
    with works_on(home, server.url, WORKERS__SOFT_STOP_S="1", WORKERS__LEASE_S=LEASE_S) as works:
        house = works.house()
        with closing(house):
            ids = put_photos(house, [f"steady{number}.jpg" for number in range(PHOTOS)])
            for name in STAGES:
                works.worker(name.partition(".")[0], name=name)
            _bring_to_review(house, ids, None if seed is None else Chaos(works, server, random.Random(seed)))
            for worker in works.workers:
                worker.stop()
            _expect_all_well(house, ids)
            with house.store.reading() as tx:
                return {photo.original_file_name: photo.file_name for photo in tx.photos.many(ids)}


def _bring_to_review(house: House, ids: list[int], chaos: Chaos | None) -> None:
    context, strikes = house.reconciler_context(), 0

    def look() -> bool:
        nonlocal strikes
        reconcile(context)
        if chaos and strikes < FAULTS:
            chaos.strike()
            strikes += 1
            return False
        if chaos:
            chaos.thaw()
        return set(steps_of(house, ids)) == {END}

    eventually(look, within_s=240, every_s=0.25)


def _expect_all_well(house: House, ids: list[int]) -> None:
    assert fault_of(house.folder.database) is None
    with house.store.reading() as tx:
        histories = [tx.events.of_photo(photo_id) for photo_id in ids]
    for history in histories:
        passed = Counter(
            event.name
            for event in history
            if event.kind == "position" and event.new and not event.new.startswith(f"{event.name}:")
        )
        assert passed == {"exif": 1, "naming": 1, "quality": 1, "caption": 1}
        assert sum(event.kind == "name" for event in history) == 1


@pytest.mark.timeout(600)
def test_a_set_comes_through_kills_freezes_locks_and_lost_messages_as_it_would_have_without(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    undisturbed = walk(tmp_path / "calm", redis_server, None)
    assert len(set(undisturbed.values())) == PHOTOS
    assert walk(tmp_path / "chaos", redis_server, SEED) == undisturbed
