"""One run of the installation in this process: from the lock on the data folder to the last child that ends."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from lightgate.adapters.host.child import last_lines
from lightgate.adapters.host.instance_lock import Instance
from lightgate.adapters.host.status_file import HouseReport
from lightgate.adapters.host.supervisor import Supervisor
from lightgate.adapters.queue import private_redis
from lightgate.bootstrap import build, migrate
from lightgate.engine.stage import Stage
from lightgate.errors import ServiceMissing
from lightgate.files.data_folder import DataFolder
from lightgate.installation.plan import BROKER, Plan, plan, programs
from lightgate.people import accounts
from lightgate.settings import Settings

log = logging.getLogger(__name__)

#: processes of an earlier run may take as long as a worker's soft stop
EARLIER_RUN_S = 60.0
_BROKER_START_S = 15.0


def report_file(folder: DataFolder) -> Path:
    """Name the file in which a run says how it is."""
    return folder.run / "up.json"


def run(
    settings: Settings,
    stages: Mapping[str, Stage],
    environ: Callable[[Mapping[str, str]], Mapping[str, str]],
    on_change: Callable[[HouseReport], None],
    *,
    with_flower: bool = True,
) -> None:
    """Run the installation until a signal asks to stop.

    Args:
        stages: those that get a worker.
        environ: completes the settings that a run tells its processes to their whole environment.
        on_change: hears whenever a process starts, is at work or ends.

    Raises:
        AlreadyRunning, PortTaken, ServiceMissing, SettingInvalid: nothing is left running.
    """
    folder = DataFolder(settings.home)
    instance = Instance(folder)
    family = instance.take(EARLIER_RUN_S)
    try:
        made = plan(settings, stages, with_flower=with_flower)
        log.info("the database is at %s", migrate(settings))
        _make_first_user(settings, folder)
        _forget_earlier_run(made)
        with Supervisor(programs(made), environ(made.environ), [family], report_file(folder), made.urls) as supervisor:
            if made.server and not supervisor.start_first(BROKER, _BROKER_START_S):
                raise ServiceMissing(service="A working Redis", remedy=_broker_said(folder))
            supervisor.watch(on_change)
            supervisor.stop(made.stop_order)
    finally:
        instance.release()


def _make_first_user(settings: Settings, folder: DataFolder) -> None:
    house = build(settings)
    try:
        accounts.ensure_first_user(house.store, settings, folder.secrets, datetime.now(UTC))
    finally:
        house.close()


def _forget_earlier_run(made: Plan) -> None:
    for file in made.folder.run.glob("heartbeat-*"):
        file.unlink(missing_ok=True)
    report_file(made.folder).unlink(missing_ok=True)
    if made.server:
        private_redis.prepare(made.folder)


def _broker_said(folder: DataFolder) -> str:
    return "It ended with: " + " / ".join(last_lines(folder.logs / f"{BROKER}.log", 2))
