"""Flower behind its door: every address asks for the password, and the name it is asked by must be known.

Flower itself leaves ``/metrics``, ``/healthcheck`` and its static files open, and answers to any name.
"""

from __future__ import annotations

import binascii
import hmac
import ipaddress
import sys
from base64 import b64decode
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from celery.bin.celery import main as celery
from flower.app import Flower
from tornado.httputil import HTTPServerRequest
from tornado.web import RequestHandler

from lightgate.settings import Flower as FlowerSettings
from lightgate.settings import load

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class Refusal(RequestHandler):
    """Answers whoever may not come in."""

    def initialize(self, status: int) -> None:
        self._status = status

    def prepare(self) -> None:
        self.set_status(self._status)
        if self._status == 401:
            self.set_header("WWW-Authenticate", 'Basic realm="flower"')
        self.finish("Access denied." if self._status == 401 else "Flower is not known by this name.")


def main() -> None:
    """Run ``celery`` with its arguments, and Flower in it guarded."""
    guard(load().flower)
    sys.exit(celery())


def guard(wanted: FlowerSettings) -> None:
    """Put the door in front of every Flower that this process starts."""
    find_handler = Flower.find_handler

    def find(app: Flower, request: HTTPServerRequest, **more: Any) -> Any:
        if not is_known(request.host, wanted):
            return app.get_handler_delegate(request, Refusal, {"status": 400})
        if not has_password(request.headers.get("Authorization", ""), app.options.basic_auth or ()):
            return app.get_handler_delegate(request, Refusal, {"status": 401})
        return find_handler(app, request, **more)

    Flower.find_handler = find


def is_known(host: str, wanted: FlowerSettings) -> bool:
    """May Flower be asked by this name? An address in digits is nobody's name, so no foreign page can come by it."""
    try:
        name = (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return False
    if name in {*_HERE, *(each.lower() for each in (wanted.host, *wanted.allowed_hosts))}:
        return True
    return wanted.host in {"0.0.0.0", "::", "*", ""} and _is_in_digits(name)  # noqa: S104 (compared with, not bound to)


def _is_in_digits(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def has_password(header: str, allowed: Sequence[str]) -> bool:
    """Does a request carry one of the names with its password?"""
    kind, _, told = header.partition(" ")
    try:
        given = b64decode(told.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    right = [hmac.compare_digest(given, each.encode()) for each in allowed]
    return kind.lower() == "basic" and any(right)


if __name__ == "__main__":
    main()
