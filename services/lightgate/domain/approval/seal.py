"""The seals: what exactly a person approved and released, as values that only this installation can make.

HMAC-SHA-256 (RFC 2104) over canonical JSON. An approval's covers the original's content hash, every published field and
the decision itself: whose word it is, when it was given, and which record holds it. A release is an act of its own. The
publisher recomputes both, so that nothing goes live that differs from what was approved, that was not released, or
whose approval is over.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lightgate.domain.approval.kept import as_told
from lightgate.domain.photo import Before, Exif, Field, Photo, Scores, TextValue

#: raised whenever the sealed fields or their form change; a field that is absent is not in the form
SEAL_VERSION = 2
#: seals over the content alone: they stand behind what was live before decisions were sealed, until it is edited
CONTENT_ALONE = 1

#: EXIF facts that appear in a published file or row
PUBLISHED_EXIF = (
    "date_time",
    "sub_seconds",
    "offset",
    "make",
    "model",
    "camera",
    "lens_model",
    "exposure",
    "aperture",
    "iso",
    "focal_length_mm",
    "focal_length_35mm_mm",
)
#: scores that the website's table has a column for
PUBLISHED_SCORES = (
    "nima_score",
    "blur_score",
    "brightness_score",
    "contrast_score",
    "brisque_score",
    "clip_aesthetic_score",
)

_Json = str | int | float | None | list["_Json"] | dict[str, "_Json"]


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on a photo, as the record that holds it has it."""

    approval_id: int
    #: the photo's once it was approved
    version: int
    by: str
    at: datetime
    override_reason: str | None = None
    #: a word that was taken back proves that it was given, and nothing else
    is_withdrawn: bool = False


def seal(photo: Photo, key: bytes, decision: Decision | None = None) -> str:
    """Give the seal of a photo's published content, and of the decision on it, 64 hex digits.

    Args:
        decision: None: the content alone, as ``CONTENT_ALONE`` has it.
    """
    return _sealed(_canonical(photo, decision), key)


def is_sealed(photo: Photo, approval_seal: str, key: bytes, decision: Decision | None = None) -> bool:
    """Is this exactly the content that was approved, by this decision?"""
    return _is_equal(seal(photo, key, decision), approval_seal)


def seal_release(number: int, photo_id: int, approval_id: int, version: int, by: str, at: datetime, key: bytes) -> str:
    """Give the seal of a person's word that a photo, as that approval has it, goes out now."""
    told = {
        "number": number,
        "photo_id": photo_id,
        "approval_id": approval_id,
        "version": version,
        "by": _nfc(by),
        "at": _moment(at),
    }
    return _sealed(b"release:" + _json(told), key)


def seal_earlier(photo_id: int, target: str, before: Before, key: bytes) -> str:
    """Give the seal of what a ledger row says was live at a target, so that only that is ever put back there."""
    return _sealed(b"earlier:" + _json({"photo_id": photo_id, "target": target, **as_told(before)}), key)


def is_earlier_sealed(photo_id: int, target: str, before: Before, key: bytes) -> bool:
    """Did this installation write down, in the ledger, that this was live at the target?"""
    return _is_equal(seal_earlier(photo_id, target, before, key), before.seal)


def seal_replaced(number: int, photo_id: int, before: Before, key: bytes) -> str:
    """Give the seal of what a release replaced; it proves nothing about another release, nor to the ledger."""
    return _sealed(b"replaced:" + _json({"number": number, "photo_id": photo_id, **as_told(before)}), key)


def is_replaced_sealed(number: int, photo_id: int, before: Before, key: bytes) -> bool:
    """Did this installation write down that this release replaced this?"""
    return _is_equal(seal_replaced(number, photo_id, before, key), before.seal)


def _sealed(content: bytes, key: bytes) -> str:
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def _is_equal(wanted: str, found: str) -> bool:
    return hmac.compare_digest(wanted.encode(), found.encode())


def _json(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _decided(photo: Photo, decision: Decision) -> _Json:
    return {
        "approval_id": decision.approval_id,
        "photo_id": photo.id,
        "version": decision.version,
        "by": _nfc(decision.by),
        "at": _moment(decision.at),
        "override_reason": _nfc(decision.override_reason),
        "is_withdrawn": decision.is_withdrawn,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _canonical(photo: Photo, decision: Decision | None) -> bytes:
    content: dict[str, _Json] = {
        "seal_version": CONTENT_ALONE if decision is None else SEAL_VERSION,
        "content_hash": photo.content_hash,
        "file_name": _nfc(photo.file_name),
        "original_file_name": _nfc(photo.original_file_name),
        "subject": _nfc(photo.subject),
        "location": _nfc(photo.location),
        "folder": _nfc(photo.folder),
        "rights": [_nfc(photo.rights.creator), _nfc(photo.rights.copyright)],
        # the first language is the one in the catalogue, so their order counts
        "languages": list(photo.languages),
        "texts": {language: _texts(photo, language) for language in photo.languages},
        "exif": _exif(photo.exif),
        "scores": _scores(photo.scores),
        "qr": _number(photo.qr),
        "band": photo.scores.band,
    }
    # approvals that are older than this keep their form
    if photo.keyword_paths is not None:
        content["keyword_paths"] = [[_nfc(level) for level in path] for path in photo.keyword_paths]
    # so do those of photos that nobody turned
    if photo.turn:
        content["turn"] = photo.turn
    if decision is not None:
        content["decision"] = _decided(photo, decision)
    return _json(content)


def _texts(photo: Photo, language: str) -> _Json:
    values = {wanted.value: photo.text(language, wanted) for wanted in Field}
    return {name: _text(text.value) if text else None for name, text in values.items()}


def _text(value: TextValue) -> _Json:
    return _nfc(value) if isinstance(value, str) else [_nfc(each) for each in value]


def _exif(exif: Exif) -> _Json:
    return {name: _fact(getattr(exif, name)) for name in PUBLISHED_EXIF}


def _fact(value: str | float | None) -> str | int | float | None:
    """Write a whole number as approvals had it when focal lengths had no fraction: 4 and 4.0 are one."""
    if isinstance(value, str):
        return _nfc(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _scores(scores: Scores) -> _Json:
    return {name: _number(getattr(scores, name)) for name in PUBLISHED_SCORES}


def _number(value: float | None) -> str | None:
    """Write a number so that 7 and 7.0, or 0.0 and -0.0, which a database may exchange, are one."""
    return None if value is None else repr(float(value) + 0.0)


def _nfc(value: str | None) -> str | None:
    return None if value is None else unicodedata.normalize("NFC", value)
