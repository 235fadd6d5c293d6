"""One task a stage: it lets the runner drain the stage, and its return value names the photos, for Flower."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from billiard.common import terminate_handler_fired
from billiard.exceptions import SoftTimeLimitExceeded
from celery import Celery, Task

from lightgate.adapters.queue.celery import task_name
from lightgate.engine import runner
from lightgate.engine.attempt import Pool
from lightgate.engine.runner import DrainReport
from lightgate.engine.stage import Stage
from lightgate.errors import LightgateError
from lightgate_workers.stage_cache import StageCache

log = logging.getLogger(__name__)

Answer = dict[str, Any]

#: what Celery's pool says: the stop of a worker reaches its processes as a signal, and only then is an exit its doing
_POOL = Pool((SoftTimeLimitExceeded,), terminate_handler_fired)


def owner_of(worker: str, task_id: str) -> str:
    """Name a run in the leases, so that what it held can be found when it dies."""
    return f"{worker}:{task_id}"


def register(app: Celery, stage: Stage, cache: StageCache) -> None:
    """Add a stage's task to the app."""
    app.task(
        _run_for(stage, cache),
        name=task_name(stage.name),
        bind=True,
        soft_time_limit=stage.soft_limit_s,
        time_limit=stage.hard_limit_s,
    )


def _run_for(stage: Stage, cache: StageCache) -> Callable[[Task], Answer]:
    def run(task: Task) -> Answer:
        try:
            return shown(_drain(stage, cache, owner_of(task.request.hostname, task.request.id)))
        except LightgateError as error:
            log.error("%s: %s", stage.name, error.message)
            return shown(DrainReport(why_not_ready=error.message))
        except MemoryError:
            # one that left the task would end the whole worker, and its message would come again
            log.error("%s: out of memory", stage.name)
            return shown(DrainReport(left=True, why_not_ready="The worker ran out of memory."))
        except SoftTimeLimitExceeded:
            return shown(DrainReport(left=True, why_not_ready="The message's time was over."))

    return run


def _drain(stage: Stage, cache: StageCache, owner: str) -> DrainReport:
    house = cache.house(stage)
    return runner.drain(house.runner_context(stage.name), stage, cache.work(stage), owner, _POOL)


def shown(report: DrainReport) -> Answer:
    """Give what Flower shows of a run."""
    answer: Answer = {
        "done": report.done,
        "failed": [{"id": each.id, "why": each.message} for each in report.failed],
        "left": report.left,
    }
    if report.answered:
        answer["requests"] = report.answered
    if report.fenced:
        answer["fenced"] = report.fenced
    if report.why_not_ready:
        answer["why"] = report.why_not_ready
    return answer
