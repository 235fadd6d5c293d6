"""What one run of the installation consists of, checked before anything starts."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path

from lightgate.adapters.host.child import Program
from lightgate.adapters.host.network_ports import free_port, is_open, reachable, url
from lightgate.adapters.queue import private_redis
from lightgate.bootstrap import broker_url
from lightgate.engine.stage import Stage
from lightgate.errors import ServiceMissing
from lightgate.files.data_folder import DataFolder
from lightgate.files.heartbeat_file import heartbeats
from lightgate.installation import launches
from lightgate.installation.launches import Launch
from lightgate.settings import Settings

BROKER, RECONCILER, SITE, FLOWER = "broker", "reconcile", "site", "flower"

_BROKER_ANSWERS_S = 3.0
#: beyond a worker's soft stop, for its pool and its connection to close
_STOP_MARGIN_S = 15.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server of this run listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """What a person on this machine opens."""
        return url(self.host, self.port)


@dataclass(frozen=True, slots=True)
class Plan:
    """One run."""

    settings: Settings
    folder: DataFolder
    #: those that get a worker
    stages: Mapping[str, Stage]
    site: Place
    flower: Place | None
    broker_url: str = field(repr=False)
    #: the private broker's program; None where a broker is configured
    server: Path | None

    @property
    def urls(self) -> Mapping[str, str]:
        """What a person opens, by name."""
        return {SITE: self.site.url} | ({FLOWER: self.flower.url} if self.flower else {})

    @property
    def environ(self) -> Mapping[str, str]:
        """What the processes must know of this run, as settings."""
        told = {"HOME": str(self.folder.home), "REVIEW__PORT": str(self.site.port)}
        return told | ({"FLOWER__PORT": str(self.flower.port)} if self.flower else {})

    @property
    def stop_order(self) -> Sequence[Sequence[str]]:
        """The processes, in the groups in which they stop."""
        return [[SITE], list(self.stages), [RECONCILER], [FLOWER], [BROKER]]


def plan(settings: Settings, stages: Mapping[str, Stage], *, with_flower: bool) -> Plan:
    """Check what a run needs, and choose its ports.

    Raises:
        PortTaken, SettingInvalid, ServiceMissing: it cannot run.
    """
    folder = DataFolder(settings.home)
    folder.logs.mkdir(parents=True, exist_ok=True)
    server = None if settings.broker_url else private_redis.find_program(settings.redis_server)
    address = broker_url(settings, folder)
    if server is None and (why := private_redis.why_silent(address, _BROKER_ANSWERS_S)):
        raise ServiceMissing(service="The broker that broker_url names", remedy=f"It does not answer: {why}.")
    review, flower = settings.review, settings.flower
    return Plan(
        settings,
        folder,
        stages,
        site=Place(review.host, free_port(review.host, review.port, "review")),
        flower=Place(flower.host, free_port(flower.host, flower.port, "flower")) if with_flower else None,
        broker_url=address,
        server=server,
    )


def programs(made: Plan) -> list[Program]:
    """List the processes in the order in which they start."""
    settings, folder = made.settings, made.folder
    wanted = [_broker(made, made.server)] if made.server else []
    wanted.append(_program(made, RECONCILER, launches.of_reconciler(), lambda _pid: True))
    worker_stop_s = settings.workers.soft_stop_s + _STOP_MARGIN_S
    for name, stage in made.stages.items():
        launch = launches.of_worker(settings, stage)
        wanted.append(_program(made, name, launch, partial(has_heartbeat, folder), stop_patience_s=worker_stop_s))
    site = launches.of_site(settings, made.site.port)
    wanted.append(_program(made, SITE, site, lambda _pid: is_healthy(made.site)))
    if (flower := made.flower) is not None:
        answers = partial(is_open, flower.host, flower.port)
        launch = launches.of_flower(settings, folder, flower.port)
        wanted.append(_program(made, FLOWER, launch, lambda _pid: answers()))
    return wanted


def _broker(made: Plan, server: Path) -> Program:
    launch = Launch(tuple(private_redis.command(server, made.folder)))
    return _program(made, BROKER, launch, lambda _pid: private_redis.is_answering(made.broker_url))


def _program(
    made: Plan, name: str, launch: Launch, is_ready: Callable[[int], bool], *, stop_patience_s: float = 10
) -> Program:
    return Program(name, launch.argv, launch.environ, made.folder.logs / f"{name}.log", is_ready, stop_patience_s)


def has_heartbeat(folder: DataFolder, pid: int) -> bool:
    """Has the worker of that process said that it is connected?"""
    return any(each.pid == pid and each.is_connected for each in heartbeats(folder.run))


def is_healthy(place: Place) -> bool:
    """Does the review site answer that it is well?"""
    connection = http.client.HTTPConnection(reachable(place.host), place.port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
