"""The seal: what exactly a person approved, as one value that only this installation can make.

HMAC-SHA-256 (RFC 2104) over canonical JSON of the original's content hash and every published field. The publisher
recomputes it, so that nothing goes live that differs from what was approved.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata

from lightgate.domain.photo import Exif, Field, Photo, Scores, TextValue

#: raised whenever the sealed fields or their form change; an older approval then has to be given again
SEAL_VERSION = 1

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

_Json = str | int | None | list["_Json"] | dict[str, "_Json"]


def seal(photo: Photo, key: bytes) -> str:
    """Give the seal of a photo's published content, 64 hex digits."""
    return hmac.new(key, _canonical(photo), hashlib.sha256).hexdigest()


def is_sealed(photo: Photo, approval_seal: str, key: bytes) -> bool:
    """Is this exactly the content that was approved?"""
    return hmac.compare_digest(seal(photo, key).encode(), approval_seal.encode())


def _canonical(photo: Photo) -> bytes:
    content: dict[str, _Json] = {
        "seal_version": SEAL_VERSION,
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
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def _texts(photo: Photo, language: str) -> _Json:
    values = {wanted.value: photo.text(language, wanted) for wanted in Field}
    return {name: _text(text.value) if text else None for name, text in values.items()}


def _text(value: TextValue) -> _Json:
    return _nfc(value) if isinstance(value, str) else [_nfc(each) for each in value]


def _exif(exif: Exif) -> _Json:
    values = {name: getattr(exif, name) for name in PUBLISHED_EXIF}
    return {name: _nfc(value) if isinstance(value, str) else value for name, value in values.items()}


def _scores(scores: Scores) -> _Json:
    return {name: _number(getattr(scores, name)) for name in PUBLISHED_SCORES}


def _number(value: float | None) -> str | None:
    """Write a number so that 7 and 7.0, or 0.0 and -0.0, which a database may exchange, are one."""
    return None if value is None else repr(float(value) + 0.0)


def _nfc(value: str | None) -> str | None:
    return None if value is None else unicodedata.normalize("NFC", value)
