"""Photos a second through queue and database, with stages that do nothing, beside Celery's own no-op task."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path

from celery import Celery

from lightgate import bootstrap
from lightgate.adapters.queue.celery import configuration, task_name
from lightgate.bootstrap import House
from lightgate.settings import load
from support.noop import belt
from support.servers import redis_in
from support.waiting import eventually
from support.workers import Works, put_photos, works_on

PHOTOS = 2000
BARE_TASKS = 3000
ROUNDS = 3
_APP = "support.noop.belt"
#: of /proc/PID/stat, counted from the field behind the name
_UTIME, _STIME = 11, 12


def run(photos: int = PHOTOS, bare_tasks: int = BARE_TASKS) -> list[dict[str, object]]:
    """Measure in one run, with the same worker processes; give the medians."""
    with tempfile.TemporaryDirectory(prefix="lightgate-bench-") as folder:
        broker = Path(folder) / "broker"
        broker.mkdir()
        with redis_in(broker) as server, works_on(Path(folder) / "data", server.url) as works:
            settings = load({name: value for name, value in works.environ.items() if name.startswith("LIGHTGATE_")})
            bootstrap.migrate(settings)
            house = belt.house(settings)
            for stage in belt.STAGES:
                works.worker(stage, processes=getattr(settings.workers, stage, 1), app=_APP)
            client = Celery("bench", set_as_current=False)
            client.conf.update(configuration(server.url, tuple(belt.STAGES)))
            bare = statistics.median(_bare_rate(client, house, bare_tasks) for _ in range(ROUNDS))
            rates = [_photo_rate(house, photos, 0)]
            warm, spent_s = _resident_mb(works), _processor_s(works)
            rates += [_photo_rate(house, photos, number) for number in range(1, ROUNDS)]
            grown, spent_s = _resident_mb(works) - warm, _processor_s(works) - spent_s
            house.close()
    rate = statistics.median(rates)
    return [
        _line("bare Celery no-op tasks, one process", bare, "tasks/s"),
        _line(
            f"{photos} photos through four no-op stages, claims of {belt.BATCH}",
            rate,
            "photos/s",
            rate / 400,
            "the target",
        ),
        _line("the same, each stage counted", 4 * rate, "stages/s", 4 * rate / bare, "bare Celery tasks"),
        _line("processor time of all workers a photo", 1000 * spent_s / ((ROUNDS - 1) * photos), "ms"),
        _line(f"memory that the workers gained over the last {(ROUNDS - 1) * photos} photos", grown, "MB"),
    ]


def _line(
    name: str, value: float, unit: str, ratio: float | None = None, against: str | None = None
) -> dict[str, object]:
    rounded = None if ratio is None else round(ratio, 2)
    return {"name": name, "value": round(value, 1), "unit": unit, "ratio": rounded, "against": against}


def _bare_rate(client: Celery, house: House, count: int) -> float:
    """Fill the queue first, then let one worker process drain it: how Celery is usually measured."""
    client.control.cancel_consumer("exif", reply=True)
    for _ in range(count):
        client.send_task(task_name("bare"), queue="exif", ignore_result=True)
    began = time.perf_counter()
    client.control.add_consumer("exif", reply=True)
    eventually(lambda: house.dispatch.backlog("exif") == 0, within_s=120, every_s=0.005)
    return count / (time.perf_counter() - began)


def _photo_rate(house: House, count: int, number: int) -> float:
    ids = put_photos(house, [f"photo{each}.jpg" for each in range(count)], label=f"round{number}-")
    began = time.perf_counter()
    house.dispatch.wake("exif")
    eventually(lambda: _delivered(house, ids[0]) == count, within_s=300, every_s=0.1)
    return count / (time.perf_counter() - began)


def _delivered(house: House, first: int) -> int:
    with house.store.reading() as tx:
        set_id = tx.photos.get(first).set_id
        return tx.photos.count_by_position(set_id).get((belt.END, "waiting"), 0)


def _resident_mb(works: Works) -> float:
    """Memory of all worker processes, MB."""
    pages = (int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) for pid in _pids(works))
    return sum(pages) * 4096 / 1e6


def _processor_s(works: Works) -> float:
    """Processor time that all worker processes have taken so far; unlike a rate, it says the same on a busy machine."""
    stats = (Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split() for pid in _pids(works))
    ticks = sum(int(stat[_UTIME]) + int(stat[_STIME]) for stat in stats)
    return ticks / os.sysconf("SC_CLK_TCK")


def _pids(works: Works) -> set[int]:
    return {pid for worker in works.workers for pid in {worker.process.pid, *worker.children()}}
