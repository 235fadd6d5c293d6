"""What is proposed for a photo, as the words that would change."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from lightgate.domain.photo import Field, Photo, Text
from lightgate.steps.review import Mending
from lightgate.store import RequestStatus, TextRequest, Transaction
from lightgate.texts.writer import open_fields
from lightgate_web.pages.review.form import shown
from lightgate_web.request.context import house

#: below this share of common words a mixture of both texts is no longer read
_LEAST_SHARED = 0.5


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


def difference(old: str, new: str, between: str = " ") -> tuple[Piece, ...]:
    """Compare two texts word by word, or keyword by keyword; of texts that share little, one whole after the other."""
    before, after = ([part for part in text.split(between) if part] for text in (old, new))
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    if before and after and matcher.ratio() < _LEAST_SHARED:
        return Piece("gone", old), Piece("same", " "), Piece("new", new)
    told = [
        Piece(name, between.join(parts))
        for kind, a, b, c, d in matcher.get_opcodes()
        for name, parts in (
            [("same", before[a:b])] if kind == "equal" else [("gone", before[a:b]), ("new", after[c:d])]
        )
        if parts
    ]
    gaps = [Piece("same", between)] * len(told)
    return tuple(piece for pair in zip(told, gaps, strict=True) for piece in pair)[:-1]


def mended_pieces(mending: Mending) -> tuple[Piece, ...]:
    """Compare a text with what a repair would make of it."""
    return difference(shown(mending.before), shown(mending.after))


def _offers(photo: Photo, request_: TextRequest) -> list[Offer]:
    proposed = [text for text in (request_.proposal(field) for field in request_.fields) if text is not None]
    return [
        Offer(
            request_.id,
            text.field,
            text.language,
            text,
            difference(
                shown(photo.text(text.language, text.field)),
                shown(text),
                ", " if text.field is Field.KEYWORDS else " ",
            ),
        )
        for text in proposed
    ]
