"""Real worker processes over stages without work, on a broker and a data folder of a test's own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from lightgate.adapters.host import command_lines
from lightgate.bootstrap import House, build
from lightgate.bootstrap import migrate as migrate_house
from lightgate.domain.route.pipeline import start
from lightgate.engine.pipeline import Pipeline
from lightgate.engine.reconcile import reconcile
from lightgate.settings import load
from lightgate.store import NewPhoto, NewSet
from support.noop.app import PIPELINE
from support.waiting import eventually

TESTS = Path(__file__).resolve().parent.parent
NOOP_APP = "support.noop.app"


@dataclass
class WorkerProcess:
    """One ``celery worker`` with its children."""

    process: subprocess.Popen[bytes]
    heartbeat: Path
    log: Path

    @property
    def is_ready(self) -> bool:
        try:
            said = json.loads(self.heartbeat.read_text("ascii"))
        except (OSError, ValueError):
            return False
        return bool(said["pid"] == self.process.pid and said["is_connected"])

    def stop(self, how: signal.Signals = signal.SIGTERM, within_s: float = 40) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            return self.process.wait(10)

    def children(self) -> set[int]:
        """The pool's processes."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text("ascii")
        return {int(pid) for pid in listed.split()}


@dataclass
class Works:
    """A data folder, its house, and workers on it."""

    home: Path
    broker_url: str
    settings: dict[str, str] = field(default_factory=dict)
    #: where modules of the test's own lie
    modules: Sequence[Path] = ()
    workers: list[WorkerProcess] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        named = {
            "LIGHTGATE_HOME": str(self.home),
            "LIGHTGATE_BROKER_URL": self.broker_url,
            "LIGHTGATE_CAPTIONER": "draft",
            **self.settings,
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("LIGHTGATE_")}
        path = os.pathsep.join(map(str, (TESTS, *self.modules)))
        return {**inherited, **named, "PYTHONPATH": path, "REMAP_SIGTERM": "SIGQUIT"}

    def house(self, pipeline: Pipeline = PIPELINE) -> House:
        given = {name: value for name, value in self.environ.items() if name.startswith("LIGHTGATE_")}
        settings = load(given, config=None)
        migrate_house(settings)
        return build(settings, durable=False, pipeline=pipeline)

    def worker(
        self, stage: str, *, name: str = "", processes: int = 1, method: str = "fork", app: str = NOOP_APP
    ) -> WorkerProcess:
        """Start a worker and wait until it is connected."""
        name = name or stage
        line = command_lines.worker(
            stage, name=name, processes=processes, start_method=method, log_level="INFO", app=app
        )
        log = self.home / f"{name}.log"
        with log.open("ab") as opened:
            process = subprocess.Popen(line, stdout=opened, stderr=opened, env=self.environ, process_group=0)
        made = WorkerProcess(process, self.home / "run" / f"heartbeat-{name}@{os.uname().nodename}.json", log)
        self.workers.append(made)
        try:
            eventually(lambda: made.is_ready, within_s=60)
        except AssertionError as error:
            raise AssertionError(log.read_text("utf-8", "replace")[-3000:]) from error
        return made


@contextmanager
def works_on(home: Path, broker_url: str, **settings: str) -> Iterator[Works]:
    """Give a data folder whose workers all end with the block."""
    made = Works(home, broker_url, {f"LIGHTGATE_{name}": value for name, value in settings.items()})
    try:
        yield made
    finally:
        for worker in made.workers:
            worker.stop(signal.SIGKILL)


def put_photos(house: House, names: Sequence[str], step: str = "exif", label: str = "") -> list[int]:
    """Put a set of photos at a stage of the route before review; with another label they are other pictures."""
    at = house.now()
    with house.store.writing() as tx:
        wanted = tx.sets.add(NewSet("Works", "Works", "Here", "there", "", "/card", ("en",)), at)
        return [
            tx.photos.add(
                wanted.id,
                NewPhoto(name, name, f"/card/{name}", sha256(f"{label}{number}".encode()).hexdigest(), 1000, ".jpg"),
                start(tuple(each for each in house.route if each.name == step)),
                at,
            )
            for number, name in enumerate(names, 1)
        ]


def steps_of(house: House, ids: Sequence[int]) -> list[str]:
    """Where photos stand, as ``step:status``."""
    with house.store.reading() as tx:
        return [f"{photo.position.step}:{photo.position.status}" for photo in tx.photos.many(ids)]


def reconciled_until(house: House, ids: Sequence[int], wanted: set[str], within_s: float = 40) -> list[str]:
    """Reconcile, as its own process would, until every photo stands at one of the wanted places."""
    context = house.reconciler_context()

    def look() -> list[str] | None:
        reconcile(context)
        found = steps_of(house, ids)
        return found if set(found) <= wanted else None

    return eventually(look, within_s=within_s, every_s=0.25)
