from __future__ import annotations

import os
import signal
import time

import pytest

from lightgate.adapters.queue.celery import KEY_PREFIX, CeleryDispatch, configuration
from lightgate.errors import SettingInvalid
from support.servers import RedisServer
from support.waiting import eventually

pytestmark = pytest.mark.integration

QUEUES = ("exif", "quality", "caption", "publish")


def test_a_wake_up_lies_in_its_own_queue_and_in_no_other(redis_server: RedisServer) -> None:
    dispatch = CeleryDispatch(redis_server.url, QUEUES)
    assert dispatch.wake("caption")
    assert {step: dispatch.backlog(step) for step in QUEUES} == {"exif": 0, "quality": 0, "caption": 1, "publish": 0}


def test_the_backlog_counts_every_priority(redis_server: RedisServer) -> None:
    client = redis_server.client()
    for key in ("exif", "exif\x06\x163", "exif\x06\x169"):
        client.lpush(f"{KEY_PREFIX}{key}", "message")
    assert CeleryDispatch(redis_server.url, QUEUES).backlog("exif") == 3


def test_without_a_broker_a_call_is_refused_at_once_and_without_an_error(redis_server: RedisServer) -> None:
    redis_server.kill()
    dispatch = CeleryDispatch(redis_server.url, QUEUES)
    began = time.monotonic()
    assert not dispatch.wake("exif")
    assert dispatch.backlog("exif") is None
    assert time.monotonic() - began < 3


def test_a_frozen_broker_holds_a_click_up_once_and_for_a_few_seconds_only(redis_server: RedisServer) -> None:
    dispatch = CeleryDispatch(redis_server.url, QUEUES)
    assert dispatch.wake("exif")
    os.kill(redis_server.pid, signal.SIGSTOP)
    began = time.monotonic()
    assert not any(dispatch.wake(step) for step in QUEUES)
    assert dispatch.backlog("exif") is None
    assert time.monotonic() - began < 5


def test_calls_go_through_again_once_the_broker_is_back(redis_server: RedisServer) -> None:
    dispatch = CeleryDispatch(redis_server.url, QUEUES)
    assert dispatch.wake("exif")
    redis_server.kill()
    assert not dispatch.wake("exif")
    redis_server.start()
    assert eventually(lambda: dispatch.wake("exif"), within_s=15)


def test_a_broker_that_is_no_redis_is_a_setting_to_correct() -> None:
    with pytest.raises(SettingInvalid, match="broker_url"):
        configuration("amqp://guest@localhost//", QUEUES)


def test_messages_come_back_only_after_the_longest_of_them_is_over() -> None:
    options = configuration("redis://localhost", QUEUES, longest_s=1890)["broker_transport_options"]
    assert options["visibility_timeout"] > 1890
