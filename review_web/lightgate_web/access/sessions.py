"""The cookies of a session: who is signed in, and apart from that what waits to be said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response, g
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer

from lightgate_web.access import browsers

#: where `flask.flash` keeps its messages in a session
_MESSAGES = "_flashes"
_SALT = "lightgate.messages"
#: what was done longer ago is no news
_NEWS_FOR = timedelta(minutes=10)


class Sessions(SecureCookieSessionInterface):
    """Signed cookies, with one of their own for messages.

    Every answer renews the session's cookie with what the session held when that answer was asked for: a message
    inside it would be overwritten by any picture that was asked for before the decision and arrives after it.
    The browser's cookie comes last: simple scripts keep the first alone.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        session = super().open_session(app, request)
        if session is not None and (waiting := self._waiting(app, request)):
            session[_MESSAGES] = waiting
            session.modified = False
            g.waiting = list(waiting)
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        is_modified = session.modified
        waiting = session.pop(_MESSAGES, [])
        session.modified = is_modified
        super().save_session(app, session, response)
        name, settings = self._messages_name(app), self._settings(app)
        if waiting != g.pop("waiting", []):
            if waiting:
                response.set_cookie(name, str(_signed(app).dumps(waiting)), max_age=_NEWS_FOR, **settings)
            else:
                response.delete_cookie(name, **settings)
        browsers.mark(response, settings)

    def _waiting(self, app: Flask, request: Request) -> list[Any]:
        try:
            told = request.cookies.get(self._messages_name(app), "")
            return list(_signed(app).loads(told, max_age=int(_NEWS_FOR.total_seconds()))) if told else []
        except BadSignature:
            return []

    def _messages_name(self, app: Flask) -> str:
        return f"{self.get_cookie_name(app)}-messages"

    def _settings(self, app: Flask) -> dict[str, Any]:
        return {"httponly": True, "samesite": "Lax", "secure": self.get_cookie_secure(app)}


def _signed(app: Flask) -> URLSafeTimedSerializer:
    # the session's own serializer knows text that is safe HTML
    return URLSafeTimedSerializer(app.config["SECRET_KEY"], salt=_SALT, serializer=TaggedJSONSerializer())
