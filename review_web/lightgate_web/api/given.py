"""What a script sent, as values that can be trusted to be of their kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from flask import request

from lightgate.domain.photo import Field
from lightgate.errors import InputInvalid
from lightgate.steps.review import Changes, Lock, TextChange
from lightgate_web.request.selection import MAX_AT_ONCE, MAX_ID

_LINES = ("subject", "location", "folder", "file_name")
#: fields of a ``PATCH``
_EDITABLE = frozenset({"version", "subject", "location", "folder", "file_name", "texts", "qr", "locks", *Field})
_KINDS: Mapping[type, str] = {str: "a text", int: "a whole number", list: "a list", dict: "an object"}


def body() -> dict[str, Any]:
    """Read the JSON object of this request.

    Raises:
        InputInvalid: the body is JSON, but no object, or one too deep to read.
    """
    try:
        given = _clean(request.get_json())
    except RecursionError as error:
        raise InputInvalid(reason="The body holds lists or objects too deep in one another.") from error
    if not isinstance(given, dict):
        raise InputInvalid(reason="The body must be a JSON object.")
    return cast("dict[str, Any]", given)


def version_of(given: Mapping[str, Any]) -> int:
    """Read the version that the sender saw."""
    return _whole(given.get("version"), "version")


def last_event_of(given: Mapping[str, Any]) -> int | None:
    """Read what the list said of the newest event, where the sender says it."""
    return None if given.get("last_event") is None else _whole(given["last_event"], "last_event")


def quarters_of(given: Mapping[str, Any]) -> int:
    """Read by how many quarters clockwise a photo is to be turned; less than none is the other way."""
    return int(_as(given.get("quarters"), int, "quarters"))


def text_of(given: Mapping[str, Any], name: str, default: str = "") -> str:
    """Read an optional text."""
    value = given.get(name)
    return default if value is None else _as(value, str, name)


def texts_of(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Read an optional list of texts."""
    return tuple(_as(each, str, name) for each in _as(given.get(name, []), list, name))


def ids_from(value: object) -> list[int]:
    """Read a list of photo ids."""
    ids = [_whole(each, "ids") for each in _as(value, list, "ids")]
    if len(ids) > MAX_AT_ONCE:
        raise InputInvalid(reason=f"That is more than {MAX_AT_ONCE} photos at once.")
    return ids


def query_from(value: object) -> dict[str, str]:
    """Read the filters of a bulk action: those of the list's address."""
    return {name: _as(each, str, f"query.{name}") for name, each in _as(value, dict, "query").items()}


def changes_from(given: Mapping[str, Any], first_language: str) -> Changes:
    """Read what is to change.

    Raises:
        InputInvalid: an unknown field, or a value of the wrong kind.
    """
    unknown = sorted(set(given) - _EDITABLE)
    if unknown:
        raise InputInvalid(reason=f"There is no field {unknown[0][:40]!r} to change.")
    rating = given.get("qr")
    if rating is not None and (isinstance(rating, bool) or not isinstance(rating, int | float)):
        raise InputInvalid(reason="qr must be a number or null.")
    named: dict[str, Any] = {name: text_of(given, name) for name in _LINES if name in given}
    return Changes(
        **named,
        texts=(*_texts({first_language: _scalars(given)}), *_texts(_as(given.get("texts", {}), dict, "texts"))),
        qr=rating,
        clear_qr="qr" in given and rating is None,
        locks=tuple(_locks(_as(given.get("locks", {}), dict, "locks"))),
    )


def _scalars(given: Mapping[str, Any]) -> dict[str, Any]:
    return {field.value: given[field.value] for field in Field if field.value in given}


def _texts(by_language: Mapping[str, Any]) -> list[TextChange]:
    return [
        TextChange(language, _field(name), _text_value(_field(name), value))
        for language, texts in by_language.items()
        for name, value in _as(texts, dict, f"texts.{language}").items()
    ]


def _locks(by_language: Mapping[str, Any]) -> list[Lock]:
    return [
        Lock(language, _field(name), _truth(value, name))
        for language, locks in by_language.items()
        for name, value in _as(locks, dict, f"locks.{language}").items()
    ]


def _field(name: str) -> Field:
    try:
        return Field(name)
    except ValueError as error:
        raise InputInvalid(reason=f"There is no text {name[:40]!r}; there are {', '.join(Field)}.") from error


def _text_value(field: Field, value: object) -> str | tuple[str, ...]:
    if field is Field.KEYWORDS:
        return tuple(_as(each, str, "keywords") for each in _as(value, list, "keywords"))
    return str(_as(value, str, field.value))


def _as(value: object, kind: type, name: str) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise InputInvalid(reason=f"{name[:60]} must be {_KINDS[kind]}.")
    return value


def _whole(value: object, name: str) -> int:
    number = _as(value, int, name)
    if not 0 <= number <= MAX_ID:
        raise InputInvalid(reason=f"{name} is out of range.")
    return int(number)


def _truth(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise InputInvalid(reason=f"The lock of {name[:40]} must be true or false.")
    return value


def _clean(value: object) -> object:
    """JSON can carry half of a surrogate pair, which is no text and fits no database."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise InputInvalid(reason="A text contains a character that is not valid Unicode.") from error
        return value
    if isinstance(value, dict):
        return {_clean(name): _clean(each) for name, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else value
