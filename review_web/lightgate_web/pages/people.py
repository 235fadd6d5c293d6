"""Persons and the audit, for those who look after the installation."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from lightgate.domain.people.roles import Role
from lightgate.errors import InputInvalid
from lightgate.people import accounts
from lightgate.store import User
from lightgate_web.pages import pages
from lightgate_web.request import audit as audited
from lightgate_web.request.context import house, passwords, person
from lightgate_web.request.selection import MAX_ID, place_from

_PAGE = 100
_ID = f"<int(max={MAX_ID}):user_id>"


@pages.get("/people")
def people() -> str:
    with house().store.reading() as tx:
        users = tx.users.all()
    return render_template("people.html", users=users, roles=list(Role), own_id=current_user.user.id)


@pages.post("/people")
def add_person() -> Response:
    here, form = house(), request.form
    role = _role(form.get("role", Role.REVIEWER))
    added = accounts.add_user(
        here.store, form.get("name", ""), form.get("password", ""), here.now(), passwords=passwords(), role=role
    )
    audited.note(person(), "added_person", f"{added.name}, {role}")
    flash(f"{added.name} may sign in.", "done")
    return redirect(url_for("pages.people"), 303)


@pages.post(f"/people/{_ID}")
def change_person(user_id: int) -> Response:
    """Give a role, and let the person in or not."""
    role, is_active = _role(request.form.get("role", "")), bool(request.form.get("active"))
    changed = accounts.change_user(house().store, user_id, role=role, is_active=is_active)
    audited.note(person(), "changed_person", f"{changed.name}: {role}{'' if is_active else ', may not sign in'}")
    flash(f"{changed.name}: {role}{'' if is_active else ', may not sign in'}.", "done")
    return redirect(url_for("pages.people"), 303)


@pages.post(f"/people/{_ID}/sessions/end")
def end_sessions_of(user_id: int) -> Response:
    """Sign somebody out everywhere."""
    user = _found(user_id)
    with house().store.writing() as tx:
        tx.users.end_sessions(user_id)
    audited.note(person(), "signed_somebody_out", user.name)
    flash(f"{user.name} is signed out everywhere.", "done")
    return redirect(url_for("pages.people"), 303)


@pages.get("/audit")
def audit() -> str:
    before = place_from(request.args, "before")
    with house().store.reading() as tx:
        lines = tx.audit.newest(_PAGE + 1, before)
    later = url_for("pages.audit", before=lines[_PAGE - 1].id) if len(lines) > _PAGE else None
    return render_template("audit.html", lines=lines[:_PAGE], words=audited.WORDS, later=later)


def _role(given: str) -> Role:
    if given not in list(Role):
        raise InputInvalid(reason=f"There is no role {given[:40]!r}; there are {', '.join(Role)}.")
    return Role(given)


def _found(user_id: int) -> User:
    with house().store.reading() as tx:
        user = tx.users.by_id(user_id)
    if user is None:
        raise InputInvalid(reason="There is no such person.")
    return user
