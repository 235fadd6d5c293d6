"""The review site as one Flask application around a house."""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from lightgate.adapters.keys.installation_keys import secret
from lightgate.adapters.keys.passwords import Passwords
from lightgate.bootstrap import House
from lightgate.settings import Review
from lightgate_web import health
from lightgate_web.access import account, guard, headers
from lightgate_web.access.sessions import Sessions
from lightgate_web.api import api
from lightgate_web.pages import pages
from lightgate_web.request import context, errors
from lightgate_web.show import pictures, urls, wording

#: the longest form: seven texts in a few languages, far below the form parser's own limit
_MAX_REQUEST_BYTES = 1024 * 1024


def create_app(house: House, passwords: Passwords | None = None) -> Flask:
    """Make the site; nothing is shared between two of them."""
    app = Flask(__name__)
    app.config.update(_configuration(house))
    app.session_interface = Sessions()
    # Flask's own provider has the attribute, which its abstract type hides
    app.json.sort_keys = False  # type: ignore[attr-defined]
    context.furnish(app.extensions, house, passwords or Passwords())
    if house.settings.review.proxies:
        count = house.settings.review.proxies
        # mypy: Flask documents this assignment
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    account.install(app)
    guard.install(app, house.settings.review)
    CSRFProtect(app)
    errors.install(app)
    headers.install(app)
    wording.install(app)
    urls.install(app)
    for door in (account.account, pages, api, pictures.pictures, health.health):
        app.register_blueprint(door)
    return app


def _configuration(house: House) -> dict[str, Any]:
    review = house.settings.review
    key = secret(house.folder.secrets, "session")
    return {
        "SECRET_KEY": key,
        "MAX_CONTENT_LENGTH": _MAX_REQUEST_BYTES,
        "MAX_FORM_MEMORY_SIZE": _MAX_REQUEST_BYTES,
        "SEND_FILE_MAX_AGE_DEFAULT": None,
        "TEMPLATES_AUTO_RELOAD": False,
        **_cookies(review, cookie_name(key, house.folder.home)),
        # the token is tied to the session and lives as long as it does
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_HEADERS": ["X-CSRF-Token"],
        # guard.py compares the origin instead, which scripts need not send
        "WTF_CSRF_SSL_STRICT": False,
    }


def cookie_name(key: bytes, home: Path) -> str:
    """Name the session's cookie: browsers do not tell ports apart, and two installations must not share one."""
    return f"lightgate-{hmac.new(key, os.fsencode(home), hashlib.sha256).hexdigest()[:8]}"


def _cookies(review: Review, name: str) -> dict[str, Any]:
    return {
        # the prefix makes browsers insist on Secure, Path=/ and no Domain
        "SESSION_COOKIE_NAME": f"__Host-{name}" if review.secure_cookies else name,
        "SESSION_COOKIE_HTTPONLY": True,
        # Lax, so that a link from a mail finds the person signed in; nothing changes by a GET
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": review.secure_cookies,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=review.session_hours),
    }
