"""Real worker processes on a real broker: wake-ups, crashes, lost messages, stops."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from lightgate.bootstrap import House
from support.noop.stages import GPU_DIARY, SLOW_START_FILE
from support.servers import RedisServer
from support.waiting import eventually
from support.workers import Works, put_photos, reconciled_until, steps_of, works_on

pytestmark = pytest.mark.integration

PAST_EXIF = "quality:queued"


@pytest.fixture
def works(tmp_path: Path, redis_server: RedisServer) -> Iterator[Works]:
    with works_on(tmp_path, redis_server.url, WORKERS__SOFT_STOP_S="1") as made:
        yield made


@pytest.fixture
def house(works: Works) -> Iterator[House]:
    made = works.house()
    yield made
    made.close()


def attempts(house: House, photo_id: int) -> int:
    """How often the photo was claimed."""
    with house.store.reading() as tx:
        return sum(event.new == "exif:running" for event in tx.events.of_photo(photo_id))


def crashes(house: House, photo_id: int) -> int:
    with house.store.reading() as tx:
        return tx.photos.get(photo_id).crashes


def test_one_wake_up_drains_the_whole_stage(works: Works, house: House) -> None:
    ids = put_photos(house, [f"photo{number}.jpg" for number in range(50)])
    works.worker("exif")
    assert house.dispatch.wake("exif")
    eventually(lambda: set(steps_of(house, ids)) == {PAST_EXIF}, within_s=20)


def test_twenty_wake_ups_do_the_work_of_one(works: Works, house: House) -> None:
    ids = put_photos(house, [f"photo{number}.jpg" for number in range(20)])
    for _ in range(20):
        house.dispatch.wake("exif")
    assert house.dispatch.backlog("exif") == 20
    works.worker("exif", processes=2)
    eventually(lambda: set(steps_of(house, ids)) == {PAST_EXIF} and house.dispatch.backlog("exif") == 0, within_s=20)
    assert [attempts(house, photo_id) for photo_id in ids] == [1] * 20


def test_a_photo_whose_process_is_killed_is_tried_again_and_its_neighbours_lose_nothing(
    works: Works, house: House
) -> None:
    ids = put_photos(house, ["a.jpg", "kill_once.jpg", "b.jpg"])
    works.worker("exif")
    house.dispatch.wake("exif")
    reconciled_until(house, ids, {PAST_EXIF}, within_s=30)
    assert [attempts(house, photo_id) for photo_id in ids] == [2, 2, 2]


def test_a_dead_process_gives_its_photos_up_at_once_and_not_after_the_lease(works: Works, house: House) -> None:
    ids = put_photos(house, ["kill_once.jpg"])
    works.worker("exif")
    house.dispatch.wake("exif")
    eventually(lambda: crashes(house, ids[0]) == 1, within_s=10)
    assert steps_of(house, ids) == ["exif:queued"]


def test_a_photo_that_always_kills_its_process_is_quarantined_and_the_rest_go_on(works: Works, house: House) -> None:
    ids = put_photos(house, ["a.jpg", "kill_always.jpg", "b.jpg"])
    works.worker("exif")
    house.dispatch.wake("exif")
    reconciled_until(house, ids, {PAST_EXIF, "exif:failed"}, within_s=90)
    assert steps_of(house, ids) == [PAST_EXIF, "exif:failed", PAST_EXIF]


@pytest.mark.parametrize("fault", ["exit", "interrupt", "recursion", "memory", "os_exit", "segfault"])
def test_a_photo_that_breaks_its_stage_every_time_is_quarantined_and_the_rest_go_on(
    works: Works, house: House, fault: str
) -> None:
    ids = put_photos(house, ["a.jpg", f"{fault}.jpg", "b.jpg"])
    worker = works.worker("exif")
    house.dispatch.wake("exif")
    reconciled_until(house, ids, {PAST_EXIF, "exif:failed"}, within_s=90)
    assert steps_of(house, ids) == [PAST_EXIF, "exif:failed", PAST_EXIF]
    assert worker.process.poll() is None


@pytest.mark.parametrize("fault", ["slow", "hang"])
def test_a_photo_that_takes_longer_than_a_worker_may_spend_is_quarantined_and_the_rest_go_on(
    works: Works, house: House, fault: str
) -> None:
    ids = put_photos(house, ["a.jpg", f"{fault}.jpg", "b.jpg"], step="quality")
    works.worker("quality")
    house.dispatch.wake("quality")
    past = "caption:queued"
    # where the worker's main process cannot take the photo back at once, its lease runs out
    reconciled_until(house, ids, {past, "quality:failed"}, within_s=90)
    assert steps_of(house, ids) == [past, "quality:failed", past]


def test_a_process_that_starts_slowly_comes_back_after_a_crash(works: Works, house: House) -> None:
    (works.home / SLOW_START_FILE).touch()
    ids = put_photos(house, ["kill_once.jpg"])
    worker = works.worker("exif", method="spawn")
    house.dispatch.wake("exif")
    reconciled_until(house, ids, {PAST_EXIF}, within_s=60)
    assert worker.process.poll() is None


def test_losing_every_message_costs_only_time(works: Works, house: House, redis_server: RedisServer) -> None:
    ids = put_photos(house, [f"photo{number}.jpg" for number in range(20)])
    house.dispatch.wake("exif")
    redis_server.client().flushall()
    works.worker("exif")
    assert set(steps_of(house, ids)) == {"exif:queued"}
    reconciled_until(house, ids, {PAST_EXIF}, within_s=20)


def test_a_worker_goes_on_after_the_broker_was_killed(works: Works, house: House, redis_server: RedisServer) -> None:
    worker = works.worker("exif")
    redis_server.kill()
    redis_server.start()
    ids = put_photos(house, ["a.jpg"])
    reconciled_until(house, ids, {PAST_EXIF}, within_s=40)
    assert worker.process.poll() is None


def test_a_stopped_worker_gives_its_photo_back_uncharged(works: Works, house: House) -> None:
    ids = put_photos(house, ["sleep.jpg"])
    worker = works.worker("exif")
    house.dispatch.wake("exif")
    eventually(lambda: steps_of(house, ids) == ["exif:running"], within_s=10)
    worker.stop()
    assert steps_of(house, ids) == ["exif:queued"]
    with house.store.reading() as tx:
        assert tx.photos.get(ids[0]).position.attempt == 0
    assert not worker.heartbeat.exists()


def test_a_killed_worker_leaves_no_process_behind(works: Works, house: House) -> None:
    worker = works.worker("exif", processes=2)
    children = worker.children()
    assert len(children) == 2
    worker.stop(signal.SIGKILL)
    eventually(lambda: not any(is_alive(pid) for pid in children), within_s=10)


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def test_two_caption_workers_never_use_the_gpu_at_once(works: Works, house: House) -> None:
    names = [f"photo{number}.jpg" for number in range(24)]
    ids = put_photos(house, names, step="caption")
    works.worker("caption")
    works.worker("caption", name="caption.2")
    for _ in range(4):
        house.dispatch.wake("caption")
    reconciled_until(house, ids, {"review:waiting"}, within_s=40)
    spans = sorted(
        (float(began), float(ended)) for _, began, ended in map(str.split, read_lines(works.home / GPU_DIARY))
    )
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def read_lines(file: Path) -> list[str]:
    return file.read_text("ascii").splitlines()


def test_the_log_names_the_photos_that_a_message_did(works: Works, house: House) -> None:
    ids = put_photos(house, ["a.jpg", "b.jpg"])
    worker = works.worker("exif")
    house.dispatch.wake("exif")
    eventually(lambda: f"'done': {ids}" in worker.log.read_text("utf-8"), within_s=10)
    assert Counter(steps_of(house, ids)) == {PAST_EXIF: 2}


def test_what_a_killed_worker_held_is_taken_back_by_the_one_that_is_started_in_its_place(
    works: Works, house: House
) -> None:
    """Its lease would last for another minute."""
    ids = put_photos(house, ["slow.jpg"])
    worker = works.worker("exif")
    house.dispatch.wake("exif")
    eventually(lambda: steps_of(house, ids) == ["exif:running"], within_s=10)
    worker.stop(signal.SIGKILL)
    with house.store.reading() as tx:
        [owner] = tx.queue.owners()
    works.worker("exif")
    with house.store.reading() as tx:
        assert owner not in tx.queue.owners()
