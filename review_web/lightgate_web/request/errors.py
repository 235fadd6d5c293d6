"""Errors as answers: JSON under ``/api/``, elsewhere a page that says what to do next."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from lightgate import errors

log = logging.getLogger(__name__)

#: HTTP status by error class; a class without a line takes its parent's
_STATUS: dict[type[errors.LightgateError], int] = {
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.IllegalMove: 409,
    errors.DuplicatePhoto: 409,
    errors.AlreadyRequested: 409,
    errors.NameTaken: 409,
    errors.PictureUnproven: 409,
    errors.PictureTurning: 409,
    errors.NoPicture: 409,
    errors.NotShown: 400,
    errors.SignInFailed: 401,
    errors.TooManyAttempts: 429,
    errors.Refused: 422,
    errors.Rejected: 422,
    errors.StorageFull: 507,
    errors.Transient: 503,
    errors.LightgateError: 500,
}

_CODES = {
    400: "bad_request",
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "not_json",
    429: "too_many_attempts",
    500: "internal_error",
    501: "not_available",
}

_SECONDS_TO_WAIT = {503: 2}


def install(app: Flask) -> None:
    """Answer every error in the asker's language."""
    app.register_error_handler(errors.LightgateError, _on_lightgate_error)
    app.register_error_handler(CSRFError, on_csrf_error)
    app.register_error_handler(HTTPException, _on_http_error)


def status_of(error: errors.LightgateError) -> int:
    """Give the HTTP status of an error."""
    return next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)


def is_for_scripts() -> bool:
    """Does the asker want JSON?"""
    return request.path.startswith("/api/")


def _on_lightgate_error(error: errors.LightgateError) -> Response:
    status = status_of(error)
    if status >= 500:
        log.warning("%s %s: %s", request.method, request.path, error.code)
    wait_s = error.fields.get("seconds") if isinstance(error, errors.TooManyAttempts) else None
    return _answer(status, error.code, error.message, wait_s)


def on_csrf_error(error: CSRFError) -> Response:
    """Say that a form's token is not this session's."""
    return _answer(400, "csrf", "This page has waited too long, or you signed in elsewhere; load it again and repeat.")


def _on_http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    if isinstance(error, InternalServerError):
        return _on_fault()
    response = _answer(status, _CODES.get(status, "refused"), _sentence(error))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def _on_fault() -> Response:
    reference = secrets.token_hex(4)
    # Flask has just logged the traceback
    log.error("fault %s at %s %s", reference, request.method, request.path)
    return _answer(500, _CODES[500], f"Lightgate made a mistake; the site's log has it under {reference}.")


def _sentence(error: HTTPException) -> str:
    has_own = error.description is not None and error.description != type(error).description
    if has_own or error.code not in _SENTENCES:
        return str(error.description or error.name)
    return _SENTENCES[error.code]


_SENTENCES = {
    404: "There is nothing at this address.",
    405: "That cannot be done at this address.",
    413: "That is more text than the site takes at once.",
    415: "The request must be JSON.",
}


def _answer(status: int, code: str, message: str, wait_s: object = None) -> Response:
    if is_for_scripts():
        response = jsonify(error={"code": code, "message": message})
    else:
        response = make_response(render_template("error.html", status=status, code=code, message=message))
    response.status_code = status
    if wait_s := wait_s or _SECONDS_TO_WAIT.get(status):
        response.headers["Retry-After"] = str(wait_s)
    return response
