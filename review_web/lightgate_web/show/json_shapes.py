"""Photos and sets as the API shows them; ``docs/openapi.yaml`` describes the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import g, url_for

from lightgate.domain.photo import Field, Issue, Photo, PhotoSet, Publication, Text
from lightgate.domain.route.liveness import liveness, seen_by_visitor
from lightgate.domain.route.status_words import review_status, why_not_live
from lightgate.store import TextQuality, TextRequest

_EXIF_LEFT_OUT = frozenset({"sub_seconds"})
_COMPUTED = (
    "blur_score",
    "brightness_score",
    "contrast_score",
    "nima_score",
    "brisque_score",
    "clip_aesthetic_score",
    "qr",
    "qr_mode",
    "metrics_version",
    "model",
)
PICTURES = ("view", "crop", "proxy", "thumb")
#: digits of a picture's SHA-256 in its address
VERSION_LENGTH = 12


def photo_json(photo: Photo) -> dict[str, Any]:
    """Show one photo."""
    language = photo.languages[0]
    texts = {text.field: text for text in photo.texts if text.language == language}
    first = {field: texts.get(field) for field in Field}
    seen = seen_by_visitor(photo)
    return {
        "id": photo.id,
        "set": photo.set_slug,
        "version": photo.version,
        "step": photo.position.step,
        "status": photo.position.status.value,
        "attempt": photo.position.attempt,
        "review_status": review_status(photo).value,
        "liveness": liveness(photo).value,
        "why_not_live": why_not_live(photo),
        "seen_by_visitor": {"answer": seen.answer.value, "why": seen.why},
        "original_file_name": photo.original_file_name,
        "file_name": photo.file_name,
        "subject": photo.subject,
        "location": photo.location,
        "folder": photo.folder,
        **{field.value: _value(text, field) for field, text in first.items()},
        "sources": {field.value: _provenance(text) for field, text in first.items() if text is not None},
        "texts": _texts(photo),
        "scores": {
            **{name: getattr(photo.scores, name) for name in _COMPUTED},
            "components": [_flat(component) for component in photo.scores.components],
        },
        "hints": [_flat(hint) for hint in photo.hints],
        "facts": {stage: dict(found) for stage, found in photo.facts.items()},
        "series": None if photo.series is None else {**_flat(photo.series), "kind": photo.series.kind.value},
        "qr": photo.qr,
        "qr_by_person": photo.qr_by_person,
        "qc_status": photo.scores.band,
        "exif": {name: value for name, value in _flat(photo.exif).items() if name not in _EXIF_LEFT_OUT},
        "rights": _flat(photo.rights),
        "error": _flat(photo.error) if photo.error else None,
        "reject_reason": photo.reject_reason,
        "published": _published(photo),
        "pictures": _picture_urls(photo),
        "turn": photo.turn,
        "is_turning": photo.is_turning,
        "turn_error": photo.turn_error,
        "created_at": _time(photo.created_at),
        "updated_at": _time(photo.updated_at),
    }


def picture_url(photo: Photo, kind: str) -> str:
    """Give the address of a picture; it names the picture's own content, so that a browser may keep it."""
    return f"{_pictures()}{photo.id}/{kind}.jpg?v={photo.pictures.get(kind, '')[:VERSION_LENGTH]}"


def _picture_urls(photo: Photo) -> dict[str, str]:
    return {kind: picture_url(photo, kind) for kind in PICTURES}


def _pictures() -> str:
    """Build the part that all pictures share once a request; a list shows hundreds."""
    if "pictures" not in g:
        g.pictures = url_for("pictures.picture", photo_id=0, kind=PICTURES[0]).removesuffix(f"0/{PICTURES[0]}.jpg")
    return str(g.pictures)


def issue_json(issue: Issue) -> dict[str, Any]:
    """Show one finding of the text proof."""
    return {**_flat(issue), "field": issue.field.value if issue.field else None}


def proposal_json(request: TextRequest) -> dict[str, Any]:
    """Show a request for new texts, with what is proposed and not yet taken or left."""
    return {
        "id": request.id,
        "language": request.language,
        "fields": [field.value for field in request.fields],
        "hint": request.hint,
        "status": request.status.value,
        "requested_by": request.requested_by,
        "requested_at": _time(request.requested_at),
        "error": request.error_message,
        "texts": {text.field.value: {"value": text.value, **_provenance(text)} for text in open_texts(request)},
        "decided": {field.value: how for field, how in request.decided.items()},
    }


def open_texts(request: TextRequest) -> list[Text]:
    """List what a person may still take or leave."""
    return [text for text in (request.proposal(field) for field in request.fields) if text is not None]


def quality_json(quality: TextQuality | None) -> dict[str, Any] | None:
    """Show how a photo's texts came about and how they are graded."""
    return _flat(quality) if quality else None


def set_json(photo_set: PhotoSet, counts: Mapping[str, int]) -> dict[str, Any]:
    """Show one set with its photos counted by ``review_status``."""
    return {
        "slug": photo_set.slug,
        "title": photo_set.title,
        "subject": photo_set.subject,
        "location": photo_set.location,
        "folder": photo_set.folder,
        "brief": photo_set.brief,
        "languages": list(photo_set.languages),
        "created_at": _time(photo_set.created_at),
        "photos": sum(counts.values()),
        "counts": dict(counts),
    }


def _flat(told: Any) -> dict[str, Any]:
    """Name the fields of a flat dataclass; ``asdict`` would copy each value deeply, photo by photo."""
    return {name: getattr(told, name) for name in _names(told.__class__)}


@lru_cache(maxsize=32)
def _names(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def _value(text: Text | None, field: Field) -> str | list[str]:
    if text is None:
        return [] if field is Field.KEYWORDS else ""
    return text.value if isinstance(text.value, str) else list(text.value)


def _provenance(text: Text) -> dict[str, Any]:
    return {
        "source": text.source.value,
        "model": text.model,
        "prompt_hash": text.prompt_hash,
        "locked": text.locked,
    }


def _texts(photo: Photo) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {language: {} for language in photo.languages}
    for text in photo.texts:
        of_language = found.setdefault(text.language, {})
        of_language[text.field.value] = {"value": _value(text, text.field), **_provenance(text)}
    return found


def _published(photo: Photo) -> dict[str, Any] | None:
    if not photo.publications:
        return None
    return {
        "file_name": photo.publications[0].file_name,
        "targets": [_publication(each) for each in photo.publications],
    }


def _publication(publication: Publication) -> dict[str, Any]:
    return {
        "target": publication.target,
        "state": publication.state,
        "paths": dict(publication.paths),
        "remote_id": publication.remote_id,
        "published_at": _time(publication.published_at),
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
