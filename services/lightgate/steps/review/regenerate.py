"""Asking for new texts, and taking or leaving what comes of it: the model proposes, a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lightgate.domain.photo import Field, Photo
from lightgate.domain.route.pipeline import CAPTION, Status
from lightgate.errors import IllegalMove, InputInvalid
from lightgate.steps.review.desk import ReviewDesk, fetch
from lightgate.steps.review.editing import Changes, TextChange, apply_changes
from lightgate.store import TextRequest, Transaction
from lightgate.store.history import EventKind, note
from lightgate.texts.writer import open_fields

MAX_HINT = 500
TAKEN, LEFT = "taken", "left"


def regenerate(
    desk: ReviewDesk,
    photo_id: int,
    version: int,
    by: str,
    *,
    fields: Sequence[Field] = (),
    languages: Sequence[str] = (),
    hint: str = "",
) -> Sequence[TextRequest]:
    """Ask for new texts of one photo; neither its position nor its decision changes.

    Args:
        fields: none named: all that no person wrote or locked.
        languages: none named: all of the set's.

    Raises:
        InputInvalid: a field that a person wrote or locked, a language the set has not, a hint that is too long.
        AlreadyRequested, Conflict, IllegalMove, NotFound: see ``errors``.
    """
    at = desk.now()
    with desk.store.writing() as tx:
        photo = fetch(tx, photo_id, version)
        if photo.position.status is Status.REJECTED:
            raise IllegalMove(step=photo.position.step, status=photo.position.status.value, result="regenerate")
        wanted = _wanted(photo, fields, languages)
        wish = _checked(hint)
        asked = [tx.requests.add(photo_id, language, each, by, at, hint=wish) for language, each in wanted.items()]
        names = (f"{'+'.join(request.fields)}.{request.language}" for request in asked)
        tx.events.add(*(note(photo, by, at, EventKind.REQUEST, name, new=wish or None) for name in names))
    desk.dispatch.wake(CAPTION)
    return asked


def take(desk: ReviewDesk, request_id: int, version: int, by: str, fields: Sequence[Field] = ()) -> Photo:
    """Put proposed texts in the place of the photo's own; that is an edit, and their source stays the model.

    Raises:
        InputInvalid: nothing is proposed there, or a person wrote or locked the field since.
        Conflict, IllegalMove, NotFound: see ``errors``.
    """
    at = desk.now()
    with desk.store.writing() as tx:
        request = tx.requests.get(request_id)
        photo = fetch(tx, request.photo_id, version)
        chosen = _chosen(request, fields)
        allowed = open_fields(photo, request.language)
        if any(field not in allowed for field in chosen):
            raise InputInvalid(reason="A person has written or locked this text since; it stays.")
        texts = [text for text in (request.proposal(field) for field in chosen) if text is not None]
        changes = tuple(
            TextChange(text.language, text.field, text.value, text.source, text.model, text.prompt_hash)
            for text in texts
        )
        taken = apply_changes(tx, desk, photo, Changes(texts=changes), by, at)
        _decide(tx, request, chosen, TAKEN, by, photo, at)
        return taken


def leave(desk: ReviewDesk, request_id: int, by: str, fields: Sequence[Field] = ()) -> Photo:
    """Put proposed texts away; the photo stays as it is."""
    at = desk.now()
    with desk.store.writing() as tx:
        request = tx.requests.get(request_id)
        photo = tx.photos.get(request.photo_id)
        chosen = _chosen(request, fields)
        _decide(tx, request, chosen, LEFT, by, photo, at)
        return photo


def _wanted(photo: Photo, fields: Sequence[Field], languages: Sequence[str]) -> dict[str, Sequence[Field]]:
    unknown = [language for language in languages if language not in photo.languages]
    if unknown:
        raise InputInvalid(reason=f"This set has no texts in “{unknown[0][:20]}”.")
    chosen = list(dict.fromkeys(languages)) or list(photo.languages)
    wanted = {language: _open(photo, language, fields) for language in chosen}
    found = {language: each for language, each in wanted.items() if each}
    if not found:
        raise InputInvalid(reason="A person has written or locked all of these texts; they stay.")
    return found


def _open(photo: Photo, language: str, fields: Sequence[Field]) -> Sequence[Field]:
    allowed = open_fields(photo, language)
    kept = [field for field in fields if field not in allowed]
    if kept:
        named = kept[0].replace("_", " ")
        raise InputInvalid(reason=f"A person has written or locked the {named}; it stays.")
    return list(dict.fromkeys(fields)) or allowed


def _chosen(request: TextRequest, fields: Sequence[Field]) -> Sequence[Field]:
    chosen = list(dict.fromkeys(fields)) or [field for field in Field if request.proposal(field)]
    if not chosen or any(request.proposal(field) is None for field in chosen):
        raise InputInvalid(reason="Nothing is proposed there any more.")
    return chosen


def _decide(
    tx: Transaction, request: TextRequest, fields: Sequence[Field], decision: str, by: str, photo: Photo, at: datetime
) -> None:
    for field in fields:
        tx.requests.decide(request.id, field, decision, at)
    tx.events.add(note(photo, by, at, EventKind.PROPOSAL, f"{'+'.join(fields)}.{request.language}", new=decision))


def _checked(hint: str) -> str:
    hint = " ".join(hint.split())
    if len(hint) > MAX_HINT:
        raise InputInvalid(reason=f"A hint has at most {MAX_HINT} characters.")
    return hint
