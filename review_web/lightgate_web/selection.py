"""Which photos somebody looks at: the filters of a list, kept in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lightgate.domain.photo import Photo
from lightgate.domain.words import ReviewStatus
from lightgate.errors import InputInvalid
from lightgate.store import PhotoFilter, Transaction

UNDECIDED = "undecided"
ALL = "all"
BANDS = ("Top", "Good", "Average", "Low", "Very Low", "NA")

_STATES = frozenset({UNDECIDED, ALL, *(word.value for word in ReviewStatus)})
_MAX_SEARCH = 200
#: SQLite's largest integer
MAX_ID = 2**63 - 1
_MAX_DIGITS = 19
#: photos that one bulk decision may be about
MAX_AT_ONCE = 5000
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Selection:
    """Filters as a person sets them; empty: not narrowed."""

    #: slug
    set: str = ""
    #: a ``ReviewStatus`` word, ``undecided`` or ``all``
    state: str = ALL
    #: part of a name or text
    q: str = ""
    band: str = ""

    @property
    def params(self) -> dict[str, Any]:
        """What the address carries; texts all, as ``url_for`` takes them."""
        given = {"set": self.set, "state": self.state, "q": self.q, "band": self.band}
        return {name: value for name, value in given.items() if value}

    def wanted(self, tx: Transaction) -> PhotoFilter:
        """Say it in the store's terms.

        Raises:
            NotFound: no such set.
        """
        is_one_word = self.state not in {UNDECIDED, ALL}
        return PhotoFilter(
            set_id=tx.sets.get(self.set).id if self.set else None,
            review_status=self.state if is_one_word else None,
            undecided=self.state == UNDECIDED,
            search=self.q or None,
            band=self.band or None,
        )

    def in_state(self, state: str) -> Selection:
        """The same photos, narrowed to another state."""
        return replace(self, state=state)


def selection_from(given: Mapping[str, str], *, state: str = ALL) -> Selection:
    """Read filters; ``state`` stands in where none is given.

    Raises:
        InputInvalid: a word that means nothing here.
    """
    wanted = given.get("state") or state
    band = given.get("band", "")
    if wanted not in _STATES:
        raise InputInvalid(reason=f"There is no state {wanted[:40]!r}; use {', '.join(sorted(_STATES))}.")
    if band and band not in BANDS:
        raise InputInvalid(reason=f"There is no band {band[:40]!r}; use {', '.join(BANDS)}.")
    return Selection(given.get("set", ""), wanted, given.get("q", "").strip()[:_MAX_SEARCH], band)


def place_from(given: Mapping[str, str], name: str) -> int | None:
    """Read a place in a list: the id of the photo before or after it.

    Raises:
        InputInvalid: not a place that was given out.
    """
    text = given.get(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS) or int(text) > MAX_ID:
        raise InputInvalid(reason=f"{name} is not one that was given out.")
    return int(text)


@dataclass(frozen=True, slots=True)
class Neighbours:
    before: Photo | None
    after: Photo | None


def neighbours(tx: Transaction, selection: Selection, photo_id: int) -> Neighbours:
    """Find the photos beside this one; it need not be part of the selection itself any more."""
    wanted = selection.wanted(tx)
    return Neighbours(
        _only(tx.photos.page(wanted, before=photo_id, limit=1)), _only(tx.photos.page(wanted, after=photo_id, limit=1))
    )


def next_to_decide(tx: Transaction, selection: Selection, photo_id: int) -> Photo | None:
    """Find the photo to go on with after a decision: the next above, else the first one left."""
    wanted = (selection.in_state(UNDECIDED) if selection.state == ALL else selection).wanted(tx)
    above = _only(tx.photos.page(wanted, after=photo_id, limit=1))
    if above is not None:
        return above
    first = _only(tx.photos.page(wanted, limit=1))
    return None if first is not None and first.id == photo_id else first


def count_left(tx: Transaction, selection: Selection) -> int:
    """Count what of the selection waits for a decision."""
    return tx.photos.count(selection.in_state(UNDECIDED).wanted(tx))


def _only(photos: Sequence[Photo]) -> Photo | None:
    return photos[0] if photos else None


def ids_of(tx: Transaction, selection: Selection) -> Sequence[int]:
    """List every photo of a selection.

    Raises:
        InputInvalid: more than are done at once.
    """
    wanted = selection.wanted(tx)
    if tx.photos.count(wanted) > MAX_AT_ONCE:
        raise InputInvalid(reason=f"That is more than {MAX_AT_ONCE} photos; narrow the filters.")
    ids: list[int] = []
    while page := tx.photos.page(wanted, after=ids[-1] if ids else None, limit=_PAGE):
        ids.extend(photo.id for photo in page)
    return ids
