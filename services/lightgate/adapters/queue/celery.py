"""Celery on Redis carries wake-up calls: how it is configured, and the side that sends them.

Every value here was measured against Celery 5.7.0: its defaults lose workers to frozen connections, to models that
load slowly and to tasks that crash. A message is only a wake-up call, so losing one costs time, never a photo.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from celery import Celery
from kombu.entity import Exchange, Queue
from kombu.exceptions import KombuError
from redis import Redis
from redis.exceptions import RedisError

from lightgate.adapters.queue.private_redis import NO_ADDRESS
from lightgate.errors import SettingInvalid

KEY_PREFIX = "lightgate:"
#: kombu folds message priorities into these steps, each with a list of its own
PRIORITY_STEPS = (0, 3, 6, 9)
#: kombu's separator between a queue's name and its priority step
_STEP_MARK = "\x06\x16"
#: at least; it must be longer than the longest message, or Redis hands that one out again while it runs
_VISIBILITY_TIMEOUT_S = 900
_VISIBILITY_MARGIN_S = 60
#: a click in the review site may wait so long for Redis, not longer
CLIENT_TIMEOUT_S = 3
#: after a failed call Redis is left alone for so long, so that ten calls do not wait ten times
_PAUSE_S = 3.0

_SCHEMES = ("redis://", "rediss://", "redis+socket://")

log = logging.getLogger(__name__)


def task_name(step: str) -> str:
    """Give the Celery task that drains a step."""
    return f"lightgate.{step}"


def configuration(
    broker_url: str, queues: Sequence[str], *, soft_stop_s: float = 20, longest_s: float = 0
) -> dict[str, Any]:
    """Give Celery's settings for a worker.

    Args:
        longest_s: the longest hard time limit of a task.

    Raises:
        SettingInvalid: the broker is not a Redis.
    """
    return {
        "broker_url": _checked(broker_url),
        "result_backend": None,
        "task_ignore_result": True,
        "task_serializer": "json",
        "accept_content": ["json"],
        "event_serializer": "json",
        "enable_utc": True,
        "timezone": "UTC",
        **_patience(max(_VISIBILITY_TIMEOUT_S, longest_s + _VISIBILITY_MARGIN_S)),
        **_delivery(queues),
        **_processes(soft_stop_s),
    }


def _checked(broker_url: str) -> str:
    url = broker_url.replace("unix://", "redis+socket://", 1) if broker_url.startswith("unix://") else broker_url
    if not url.startswith(_SCHEMES):
        raise SettingInvalid(name="broker_url", reason="it must begin with redis://, rediss:// or redis+socket://")
    try:
        _ = urlsplit(url).port
    except ValueError:
        # the error quotes a part of the password
        raise SettingInvalid(name="broker_url", reason=NO_ADDRESS) from None
    return url


def _patience(visibility_timeout_s: float) -> dict[str, Any]:
    return {
        "broker_connection_retry_on_startup": True,
        # the default gives up after 100 tries
        "broker_connection_max_retries": None,
        # a Redis with a full disk answers MISCONF: go on once it has room, instead of exit 1
        "broker_channel_error_retry": True,
        "broker_connection_timeout": 5,
        "broker_pool_limit": 10,
        "broker_pool_acquire_timeout": 5,
        "broker_transport_options": {
            "visibility_timeout": visibility_timeout_s,
            "unacked_restore_interval": 15,
            "unacked_restore_throttle": 1,
            # without it a frozen connection stops the worker's loop for ever
            "socket_timeout": 10,
            "socket_connect_timeout": 5,
            "socket_keepalive": True,
            "health_check_interval": 15,
            "queue_order_strategy": "priority",
            "priority_steps": list(PRIORITY_STEPS),
            "global_keyprefix": KEY_PREFIX,
            "client_name": "lightgate",
        },
    }


def _delivery(queues: Sequence[str]) -> dict[str, Any]:
    return {
        # with a prefetch of one a busy worker hoards nothing; crash recovery is the row's
        "task_acks_late": True,
        "task_acks_on_failure": True,
        "task_acks_on_timeout": True,
        # True would be an endless crash loop: attempts are counted in the row
        "task_reject_on_worker_lost": False,
        "task_retry_on_worker_lost": False,
        "task_default_queue": queues[0],
        "task_create_missing_queues": False,
        "task_queues": [_queue(name) for name in queues],
        "task_soft_time_limit": 60,
        "task_time_limit": 90,
        "task_publish_retry_policy": {
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0.2,
            "interval_max": 0.5,
        },
        "task_send_sent_event": False,
    }


def _queue(name: str) -> Queue:
    # without an exchange of its own it would be bound to the default queue's; kombu has no types
    return Queue(name, Exchange(name), routing_key=name)  # type: ignore[no-untyped-call]


def _processes(soft_stop_s: float) -> dict[str, Any]:
    return {
        # the only pool with time limits and crash isolation
        "worker_pool": "prefork",
        "worker_prefetch_multiplier": 1,
        # the default of 4 s kills every child that loads a model, for ever, after the first crash
        "worker_proc_alive_timeout": 300,
        # the lease guards: finish what the GPU has begun
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "worker_soft_shutdown_timeout": float(soft_stop_s),
        "worker_send_task_events": True,
        # Flower asks the workers questions
        "worker_enable_remote_control": True,
        "worker_eta_task_limit": 100,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
    }


class CeleryDispatch:
    """Wakes workers through Redis, and never keeps a caller waiting for longer than a few seconds."""

    def __init__(self, broker_url: str, queues: Sequence[str]) -> None:
        self._configuration = configuration(broker_url, queues)
        options: Mapping[str, Any] = self._configuration["broker_transport_options"]
        self._configuration["broker_transport_options"] = {
            **options,
            "socket_timeout": CLIENT_TIMEOUT_S,
            "socket_connect_timeout": CLIENT_TIMEOUT_S,
            # kombu would go on connecting for broker_connection_timeout
            "max_retries": 0,
        }
        self._quiet_until = 0.0
        self._making = threading.Lock()

    @cached_property
    def _app(self) -> Celery:
        app = Celery("lightgate", set_as_current=False)
        app.conf.update(self._configuration)
        return app

    @cached_property
    def _redis(self) -> Redis:
        url = str(self._configuration["broker_url"]).replace("redis+socket://", "unix://", 1)
        return Redis.from_url(url, socket_timeout=CLIENT_TIMEOUT_S, socket_connect_timeout=CLIENT_TIMEOUT_S)

    def wake(self, step: str) -> bool:
        """Ask the workers of a step to look at their queue; False when the broker did not take it."""
        if time.monotonic() < self._quiet_until:
            return False
        try:
            with self._making:
                app = self._app
            app.send_task(task_name(step), queue=step, retry=False, ignore_result=True)
        except (KombuError, RedisError, OSError) as error:
            self._pause(error)
            return False
        return True

    def backlog(self, step: str) -> int | None:
        """Count the wake-ups that wait in the queue; None when the broker does not answer."""
        if time.monotonic() < self._quiet_until:
            return None
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                for key in _keys(step):
                    pipe.llen(key)
                return sum(int(count) for count in pipe.execute())
        except (RedisError, OSError) as error:
            self._pause(error)
            return None

    def _pause(self, error: Exception) -> None:
        self._quiet_until = time.monotonic() + _PAUSE_S
        # the class only: a message of redis-py may hold the address with its password
        log.warning("the broker does not answer: %s", type(error).__name__)


def _keys(queue: str) -> list[str]:
    return [f"{KEY_PREFIX}{queue}{_STEP_MARK}{step}" if step else KEY_PREFIX + queue for step in PRIORITY_STEPS]
