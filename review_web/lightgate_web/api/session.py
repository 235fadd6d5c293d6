"""Signing in from a script: fetch a token, send name and password with it, go on with the new one."""

from __future__ import annotations

from flask import Response, g, jsonify
from flask_wtf.csrf import generate_csrf

from lightgate_web.access.account import leave_by_oneself, sign_person_in
from lightgate_web.api import api
from lightgate_web.api.given import body, text_of


@api.get("/csrf")
def csrf() -> Response:
    return jsonify(csrf_token=generate_csrf())


@api.post("/login")
def login() -> Response:
    given = body()
    sign_person_in(text_of(given, "name"), text_of(given, "password"))
    # flask-wtf keeps the old session's token for the rest of the request
    g.pop("csrf_token", None)
    return jsonify(csrf_token=generate_csrf())


@api.post("/logout")
def logout() -> tuple[str, int]:
    leave_by_oneself()
    return "", 204
