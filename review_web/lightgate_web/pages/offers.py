"""What is proposed for a photo, as the words that would change."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from lightgate.domain.photo import Field, Photo, Text
from lightgate.store import RequestStatus, TextRequest, Transaction
from lightgate.text_writing import open_fields
from lightgate_web.here import house
from lightgate_web.pages.entries import shown

_PARTS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: the same in both, gone, or new."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Offer:
    """One proposed text beside the one that stands."""

    request_id: int
    field: Field
    language: str
    text: Text
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Offers:
    """What the photo page shows of requests for new texts."""

    offers: tuple[Offer, ...]
    pending: tuple[TextRequest, ...]
    failed: tuple[TextRequest, ...]
    #: a model could be asked for something
    can_ask: bool


def offers_of(tx: Transaction, photo: Photo) -> Offers:
    """Read the requests of a photo."""
    requests = tx.requests.of_photo(photo.id)
    pending = {RequestStatus.QUEUED, RequestStatus.RUNNING}
    can_ask = any(open_fields(photo, language) for language in photo.languages)
    return Offers(
        tuple(offer for each in requests for offer in _offers(photo, each)),
        tuple(each for each in requests if each.status in pending),
        tuple(each for each in requests if each.status is RequestStatus.FAILED),
        can_ask and house().settings.captioner != "draft",
    )


def difference(old: str, new: str) -> tuple[Piece, ...]:
    """Compare two texts word by word."""
    before, after = _PARTS.findall(old), _PARTS.findall(new)
    pieces: list[Piece] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(before[a:b])))
            continue
        pieces.extend(
            Piece(name, text) for name, text in (("gone", "".join(before[a:b])), ("new", "".join(after[c:d])))
        )
    return tuple(piece for piece in pieces if piece.text)


def _offers(photo: Photo, request_: TextRequest) -> list[Offer]:
    proposed = [text for text in (request_.proposal(field) for field in request_.fields) if text is not None]
    return [
        Offer(
            request_.id,
            text.field,
            text.language,
            text,
            difference(shown(photo.text(text.language, text.field)), shown(text)),
        )
        for text in proposed
    ]
