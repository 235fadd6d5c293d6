"""Which photos somebody looks at: the filters of a list, kept in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from lightgate.domain.photo import Photo
from lightgate.domain.query import BANDS, parse
from lightgate.domain.route.status_words import ReviewStatus
from lightgate.errors import InputInvalid
from lightgate.store import Around, Order, PhotoFilter, Place, Total, Transaction

UNDECIDED = "undecided"
ALL = "all"
_STATES = frozenset({UNDECIDED, ALL, *(word.value for word in ReviewStatus)})
#: states whose photos wait for a decision
_BY_RISK = frozenset({UNDECIDED, ReviewStatus.PENDING.value, ReviewStatus.NEEDS_WORK.value})
#: SQLite's largest integer
MAX_ID = 2**63 - 1
_MAX_DIGITS = 19
#: photos that one bulk decision may be about
MAX_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Selection:
    """Filters as a person sets them; empty: not narrowed."""

    #: slug
    set: str = ""
    #: a ``ReviewStatus`` word, ``undecided`` or ``all``
    state: str = ALL
    #: the query language of ``domain/query.py``
    q: str = ""
    band: str = ""
    #: an ``Order``; empty: the riskiest first where photos wait for a decision
    order: str = ""

    @property
    def params(self) -> dict[str, Any]:
        """What the address carries; texts all, as ``url_for`` takes them."""
        given = {"set": self.set, "state": self.state, "q": self.q, "band": self.band, "order": self.order}
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
            query=parse(self.q),
            band=self.band or None,
            order=self.by,
        )

    @property
    def by(self) -> Order:
        """The order of the list; only what waits for a decision is ordered by risk."""
        is_by_risk = self.state in _BY_RISK and self.order != Order.ID
        return Order.RISK if is_by_risk else Order.ID

    def place_of(self, photo: Photo) -> str:
        """Write a photo's place in this list for an address."""
        return f"{photo.rank}.{photo.id}" if self.by is Order.RISK else str(photo.id)

    def at(self, photo: Photo) -> dict[str, Any]:
        """What the address of a photo carries: this list, and the place the photo has in it now."""
        return self.params | ({"at": photo.rank} if self.by is Order.RISK else {})

    def addresses(self) -> Callable[[Photo], str]:
        """Give what writes the address of a photo in this list; the part that all share is built once."""
        head, _, tail = url_for("pages.photo", photo_id=MAX_ID, **self.params).partition(str(MAX_ID))
        joint = "&" if tail else "?"

        def of(photo: Photo) -> str:
            place = f"{joint}at={photo.rank}" if self.by is Order.RISK else ""
            return f"{head}{photo.id}{tail}{place}"

        return of

    def in_state(self, state: str) -> Selection:
        """The same photos, narrowed to another state."""
        return replace(self, state=state)


def selection_from(given: Mapping[str, str], *, state: str = ALL, order: str = "") -> Selection:
    """Read filters; ``state`` and ``order`` stand in where none is given.

    Raises:
        InputInvalid: a word that means nothing here.
    """
    wanted = given.get("state") or state
    band = given.get("band", "")
    if wanted not in _STATES:
        raise InputInvalid(reason=f"There is no state {wanted[:40]!r}; use {', '.join(sorted(_STATES))}.")
    if band and band not in BANDS:
        raise InputInvalid(reason=f"There is no band {band[:40]!r}; use {', '.join(BANDS)}.")
    order = given.get("order") or order
    if order and order not in list(Order):
        raise InputInvalid(reason=f"There is no order {order[:40]!r}; use {', '.join(Order)}.")
    query = given.get("q", "").strip()
    parse(query)
    return Selection(given.get("set", ""), wanted, query, band, order)


def place_from(given: Mapping[str, str], name: str) -> int | None:
    """Read a number that was given out: the id of a photo, or where a page starts.

    Raises:
        InputInvalid: not one that was given out.
    """
    text = given.get(name)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS) or int(text) > MAX_ID:
        raise InputInvalid(reason=f"{name} is not one that was given out.")
    return int(text)


def picked_from(texts: Sequence[str]) -> list[int]:
    """Read the ids of the photos that were ticked, each once.

    Raises:
        InputInvalid: not ids, or more than are done at once.
    """
    if len(texts) > MAX_AT_ONCE:
        raise InputInvalid(reason=f"That is more than {MAX_AT_ONCE} photos at once; pick fewer.")
    found = (place_from({"id": each}, "id") for each in texts)
    return list(dict.fromkeys(each for each in found if each is not None))


def cursor_from(given: Mapping[str, str], name: str) -> Place | None:
    """Read a place in a list, as ``Selection.place_of`` wrote it.

    Raises:
        InputInvalid: not a place that was given out.
    """
    head, dot, tail = given.get(name, "").rpartition(".")
    if not dot:
        photo_id = place_from(given, name)
        return None if photo_id is None else Place(photo_id)
    photo_id = place_from({name: tail}, name)
    return None if photo_id is None else Place(photo_id, _rank(head, name))


def place_given(given: Mapping[str, str]) -> dict[str, Any]:
    """Keep what an address says of the place in a list, for the address that follows."""
    return {name: given[name] for name in ("after", "before") if given.get(name)}


def place_at(given: Mapping[str, str], photo_id: int) -> Place:
    """Give the place where a person looks at a photo, which an edit may have moved since."""
    return Place(photo_id, _rank(given["at"], "at") if given.get("at") else None)


def _rank(text: str, name: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 7):
        raise InputInvalid(reason=f"{name} is not one that was given out.")
    return int(text)


@dataclass(frozen=True, slots=True)
class Beside:
    """What a page about one photo shows of the list around it."""

    before: Photo | None
    after: Photo | None
    #: to go on with after a decision
    next: Photo | None
    #: photos of the selection that wait for a decision
    left: Total


def beside(tx: Transaction, selection: Selection, place: Place) -> Beside:
    """Find the photos around a place; the one at the place need not be part of the selection any more."""
    around = tx.photos.around(selection.wanted(tx), place)
    to_decide = _around_undecided(tx, selection, place) if selection.state != UNDECIDED else around
    following = around if selection.state not in {ALL, UNDECIDED} else to_decide
    ids = (around.before, around.after, following.after or following.first)
    found = {photo.id: photo for photo in tx.photos.many([each for each in dict.fromkeys(ids) if each is not None])}
    before, after, upcoming = (found.get(each) if each is not None else None for each in ids)
    return Beside(before, after, upcoming, to_decide.total)


def _around_undecided(tx: Transaction, selection: Selection, place: Place) -> Around:
    return tx.photos.around(replace(selection.in_state(UNDECIDED).wanted(tx), order=selection.by), place)


def next_to_decide(tx: Transaction, selection: Selection, place: Place | None) -> Photo | None:
    """Find the photo to go on with after a decision: the next in the list, else the first one left."""
    at = Place(0) if place is None else place
    if selection.state == ALL:
        around = _around_undecided(tx, selection, at)
    else:
        around = tx.photos.around(selection.wanted(tx), at)
    found = (around.after if place else None) or around.first
    return None if found is None else tx.photos.get(found)


def ids_of(tx: Transaction, selection: Selection) -> Sequence[int]:
    """List every photo of a selection.

    Raises:
        InputInvalid: more than are done at once.
    """
    ids = tx.photos.ids(replace(selection.wanted(tx), order=Order.ID), MAX_AT_ONCE + 1)
    if len(ids) > MAX_AT_ONCE:
        raise InputInvalid(reason=f"That is more than {MAX_AT_ONCE} photos; narrow the filters.")
    return ids
