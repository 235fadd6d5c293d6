"""Signing in and out, and one's own account."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, redirect, render_template, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.wrappers import Response

from lightgate.errors import Refused, SignInFailed, TooManyAttempts
from lightgate.people.sign_in import Attempt
from lightgate.people.sign_in import sign_in as check
from lightgate.store import User
from lightgate_web.access.browsers import remember_here, this_browser
from lightgate_web.request import audit
from lightgate_web.request.context import house, passwords, person

account = Blueprint("account", __name__)

_TOKEN_BYTES = 18
_CLOCKS_DIFFER = timedelta(hours=1)


# flask-login has no types
@dataclass(frozen=True)
class Person(UserMixin):  # type: ignore[misc] # flask-login has no types
    """A person as flask-login sees one; the id changes with the epoch, which ends older sessions."""

    user: User
    #: of this session alone: signing out ends it, and no other of the person's
    token: str

    @property
    def name(self) -> str:
        return self.user.name

    @property
    def is_active(self) -> bool:
        return self.user.is_active

    def get_id(self) -> str:
        return f"{self.user.id}:{self.user.session_epoch}:{self.token}"

    @property
    def session_key(self) -> str:
        """What the database knows of the session: nobody who reads it there can use it."""
        return _key(self.token)


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def install(app: Flask) -> None:
    """Let flask-login find the person of a session."""
    login_manager = LoginManager(app)
    login_manager.user_loader(_load)


def _load(session_id: str) -> Person | None:
    user_id, epoch, token = (*session_id.split(":"), "", "")[:3]
    if not (user_id.isdecimal() and epoch.isdecimal() and token):
        return None
    with house().store.reading() as tx:
        user = None if tx.users.has_ended(_key(token)) else tx.users.by_id(int(user_id))
    is_valid = user is not None and user.is_active and user.session_epoch == int(epoch)
    return Person(user, token) if user is not None and is_valid else None


def sign_person_in(name: str, password: str) -> None:
    """Check name and password and start a fresh session.

    Raises:
        SignInFailed: wrong.
        TooManyAttempts: wrong too often.
    """
    here, browser = house(), this_browser()
    attempt = Attempt(name, password, request.remote_addr or "", browser.mark, browser.persons)
    try:
        user = check(here.store, passwords(), attempt, here.settings.review.sign_in_attempts, here.now())
    except SignInFailed:
        audit.note(name, "sign_in_failed")
        raise
    audit.note(user.name, "signed_in")
    # a new session, with a new CSRF token: what an anonymous visitor was given is worth nothing afterwards
    sign_person_out()
    session.permanent = True
    login_user(Person(user, secrets.token_urlsafe(_TOKEN_BYTES)))
    remember_here(user.id)


def sign_person_out() -> None:
    """End this session, also for whoever kept a copy of its cookie."""
    key = current_user.session_key if current_user.is_authenticated else None
    logout_user()
    session.clear()
    if key:
        here = house()
        now = here.now()
        with here.store.writing() as tx:
            tx.users.end_session(key, now, now + current_app.permanent_session_lifetime + _CLOCKS_DIFFER)


def safe_next(wanted: str | None) -> str:
    """Give the page to go on with: a path of this site, whatever was asked for."""
    start = url_for("pages.sets")
    if not wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return start
    # browsers read a backslash as a slash, and drop tabs and newlines
    if "\\" in wanted or any(ord(character) < 32 for character in wanted):
        return start
    parts = urlsplit(wanted)
    return start if parts.scheme or parts.netloc else wanted


@account.get("/login")
def sign_in() -> str | Response:
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")))
    return render_template("login.html", next=request.args.get("next", ""))


@account.post("/login")
def enter() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    name = request.form.get("name", "")
    wanted = request.form.get("next", "")
    try:
        sign_person_in(name, request.form.get("password", ""))
    except TooManyAttempts as error:
        again = {"Retry-After": str(error.fields["seconds"])}
        return render_template("login.html", next=wanted, name=name, problem=error.message), 429, again
    except (SignInFailed, Refused) as error:
        return render_template("login.html", next=wanted, name=name, problem=error.message), 401
    return redirect(safe_next(wanted), 303)


def leave_by_oneself() -> None:
    """End this session at the person's own wish."""
    audit.note(person(), "signed_out")
    sign_person_out()


@account.post("/logout")
def leave() -> Response:
    leave_by_oneself()
    return _at_the_door()


@account.get("/account")
def own() -> str:
    return render_template("account.html")


@account.post("/account/sessions/end")
def end_sessions() -> Response:
    with house().store.writing() as tx:
        tx.users.end_sessions(current_user.user.id)
    audit.note(current_user.name, "signed_out_everywhere")
    sign_person_out()
    return _at_the_door()


def _at_the_door() -> Response:
    response = redirect(url_for("account.sign_in"), 303)
    # pictures and pages that the browser kept
    response.headers["Clear-Site-Data"] = '"cache"'
    return response
