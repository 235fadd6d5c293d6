"""Browsers that persons have signed in by before; strangers' wrong passwords do not delay those."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

_SALT = "lightgate.browser"
#: browsers keep no cookie for longer
_KEPT = timedelta(days=400)
_MOST_PERSONS = 20


@dataclass(frozen=True, slots=True)
class Browser:
    """One browser, by a mark that says nothing about it."""

    mark: str = ""
    persons: frozenset[int] = frozenset()


def this_browser() -> Browser:
    """Read which persons have signed in by the browser that asks; an unknown one has an empty mark."""
    try:
        told = _signed().loads(request.cookies.get(_name(), ""), max_age=int(_KEPT.total_seconds()))
        return Browser(str(told["mark"]), frozenset(int(each) for each in told["persons"]))
    except (BadSignature, KeyError, TypeError, ValueError):
        return Browser()


def remember_here(user_id: int) -> None:
    """Let this browser show the next time that the person has signed in by it."""
    known = this_browser()
    others = sorted(known.persons - {user_id})[: _MOST_PERSONS - 1]
    told = {"mark": known.mark or secrets.token_urlsafe(12), "persons": [*others, user_id]}

    g.browser = str(_signed().dumps(told))


def mark(response: Response, settings: dict[str, Any]) -> None:
    """Send the browser's cookie along when it was given a new one."""
    if browser := g.pop("browser", None):
        response.set_cookie(_name(), browser, max_age=_KEPT, **settings)


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-browser"


def _signed() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=_SALT)
