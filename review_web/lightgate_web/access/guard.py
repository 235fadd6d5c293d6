"""Who may ask at all: no address is open without a sign-in unless it stands in ``OPEN``."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from flask import Flask, redirect, request, url_for
from flask_login import current_user
from werkzeug.exceptions import BadRequest, Forbidden, Unauthorized
from werkzeug.wrappers import Response

from lightgate.domain.people.roles import Role
from lightgate.settings import Review

#: endpoints that need no sign-in
OPEN = frozenset({"static", "account.sign_in", "account.enter", "api.csrf", "api.login", "health.healthz"})

#: endpoints that need more than a sign-in
NEEDS: Mapping[str, Role] = {
    **dict.fromkeys(
        ("pages.release_now", "pages.take_release_back", "pages.stop_release", "api.release", "api.stop_release"),
        Role.PUBLISHER,
    ),
    **dict.fromkeys(("pages.look_before_unpublishing", "pages.unpublish", "pages.unpublished"), Role.PUBLISHER),
    **dict.fromkeys(("pages.people", "pages.add_person", "pages.change_person"), Role.ADMIN),
    **dict.fromkeys(("pages.end_sessions_of", "pages.audit", "pages.restored", "pages.restored_seen"), Role.ADMIN),
}

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_WILDCARDS = frozenset({"0.0.0.0", "::", "*", ""})  # noqa: S104 (compared with, not bound to)


def install(app: Flask, review: Review) -> None:
    """Put the guards in front of every view; this must come before the CSRF check."""
    names = known_hosts(review)

    @app.before_request
    def refuse_unknown_hosts() -> None:
        if names is not None and _host_name(request.host) not in names:
            raise BadRequest("This site is not known under that name; the setting is review.allowed_hosts.")

    app.before_request(_refuse_foreign_origins)
    app.before_request(_require_sign_in)
    app.before_request(_require_role)
    app.jinja_env.globals["may"] = may


def may(role: str) -> bool:
    """May the person who is signed in do what needs this role?"""
    return bool(current_user.is_authenticated and current_user.user.role.covers(Role(role)))


def _require_role() -> None:
    needed = NEEDS.get(request.endpoint or "")
    if needed is not None and not may(needed):
        raise Forbidden(f"This needs the role {needed}; an admin gives roles on the page People.")


def known_hosts(review: Review) -> frozenset[str] | None:
    """Give the names a request may address the site by; None where any will do.

    Without this, a foreign page whose name is made to point at 127.0.0.1 (DNS rebinding) would share our origin.
    """
    if not review.allowed_hosts and review.host in _WILDCARDS:
        return None
    own = {"localhost", "127.0.0.1", "::1", *review.allowed_hosts, review.host}
    return frozenset(name.lower() for name in own - _WILDCARDS)


def _host_name(host: str) -> str:
    return (urlsplit(f"//{host}").hostname or "").lower()


def _refuse_foreign_origins() -> None:
    """Refuse changes that a page of another site asks for, whatever token it came by."""
    if request.method in _SAFE_METHODS:
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc.lower() != request.host.lower():
        raise Forbidden("That came from another site.")
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Forbidden("That came from another site.")


def _require_sign_in() -> Response | None:
    if request.endpoint is None or request.endpoint in OPEN or current_user.is_authenticated:
        return None
    if request.method in {"GET", "HEAD"} and request.blueprint in {"pages", "account"}:
        asked = request.full_path.rstrip("?")
        return redirect(url_for("account.sign_in", next=None if asked == "/" else asked))
    raise Unauthorized("You are not signed in, or no longer.")
