"""Puts a worker together: tasks, what happens when a process starts or dies, the dead-man switch, the log."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from celery import Celery, signals
from celery.exceptions import TimeLimitExceeded, WorkerLostError

from lightgate.adapters.host.logs import set_up_logs
from lightgate.bootstrap import House
from lightgate.engine import claims
from lightgate.engine.stage import Stage
from lightgate.errors import LightgateError
from lightgate.files.data_folder import DataFolder
from lightgate.files.heartbeat_file import heartbeats
from lightgate.files.private import keep_private
from lightgate.settings import Settings
from lightgate_workers.dead_man import DeadMan, pulse
from lightgate_workers.lost import Lost
from lightgate_workers.stage_cache import StageCache, limit_memory
from lightgate_workers.tasks import owner_of, register

log = logging.getLogger(__name__)


def make_app(
    config: str,
    stages: Mapping[str, Stage],
    open_house: Callable[[Stage], House],
    open_hurriedly: Callable[[], House],
    settings: Callable[[], Settings],
) -> Celery:
    """Make the app; nothing is read, opened or connected until a worker starts.

    Args:
        config: module with Celery's settings, by name, since spawned children import it anew.
        open_hurriedly: opens the house for the main process, with a short patience for the database.
    """
    app = Celery("lightgate")
    app.config_from_object(config)
    cache = StageCache(open_house, stages)
    for stage in stages.values():
        register(app, stage, cache)
    app.steps["consumer"].add(pulse(lambda worker: _switch(worker, DataFolder(settings().home).run)))
    lost = Lost(open_hurriedly)

    def on_start(sender: str, **_: Any) -> None:
        keep_private(settings().private_group)
        if not _is_running(sender, DataFolder(settings().home)):
            lost.end_predecessors(sender)

    signals.celeryd_init.connect(on_start, weak=False)
    _listen(cache, lost, settings)
    return app


def stage_of(worker: str, stages: Mapping[str, Stage]) -> Stage | None:
    """Find the stage that a worker named ``exif@host`` or ``exif.2@host`` works for."""
    return stages.get(worker.partition("@")[0].partition(".")[0])


def _is_running(worker: str, folder: DataFolder) -> bool:
    """Is there a process already that said it is this worker? It may only stand still."""
    pids = [each.pid for each in heartbeats(folder.run) if each.worker == worker and each.pid != os.getpid()]
    return any(_is_there(pid) for pid in pids)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # somebody else's, and there
        pass
    return True


def _switch(worker: str, run_folder: Path) -> DeadMan:
    dead_man = DeadMan(worker, run_folder)

    def on_shutting_down(how: str, **_: Any) -> None:
        # sent after the soft part of a stop; a warm one may take as long as its photos do
        if how == "Cold":
            dead_man.expect_end()

    signals.worker_shutting_down.connect(on_shutting_down, weak=False)
    return dead_man


def _listen(cache: StageCache, lost: Lost, settings: Callable[[], Settings]) -> None:
    def on_process_start(sender: str, **_: Any) -> None:
        stage = stage_of(sender, cache.stages)
        if stage is None:
            return
        if stage.can_limit_memory:
            limit_memory(settings().workers.memory_limit_mb)
        try:
            # before the first task, whose time limit is for photos and not for loading a model
            cache.work(stage)
        except LightgateError as error:
            log.error("%s cannot work: %s", stage.name, error.message)

    def on_task_received(sender: Any, request: Any, **_: Any) -> None:
        lost.remember(request.id, owner_of(request.hostname, request.id))

    def on_task_failure(sender: Any, task_id: str, exception: BaseException, **_: Any) -> None:
        if isinstance(exception, WorkerLostError | TimeLimitExceeded):
            lost.end(claims.lapse, task_id)

    def on_shutdown(sender: Any, **_: Any) -> None:
        lost.end_remembered(claims.give_back)

    def on_logs(**_: Any) -> None:
        set_up_logs(settings().log_level)

    signals.worker_process_init.connect(on_process_start, weak=False)
    signals.task_received.connect(on_task_received, weak=False)
    signals.task_failure.connect(on_task_failure, weak=False)
    signals.worker_shutdown.connect(on_shutdown, weak=False)
    signals.setup_logging.connect(on_logs, weak=False)
