"""One decision for many photos: each is its own transaction, and each has its own answer.

What is decided is what stood there at the start, and, where it is known what the person had been shown, that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from lightgate.domain.photo import Photo
from lightgate.errors import Conflict, InputInvalid, LightgateError, NotFound, NotShown
from lightgate.steps.review.decisions import approve, reject, reopen, retry, skip
from lightgate.steps.review.desk import ReviewDesk, together
from lightgate.steps.review.editing import Changes, edit
from lightgate.steps.review.regenerate import regenerate
from lightgate.steps.review.turning import turn
from lightgate.store import Transaction

#: actions that decide on no content
_UNSEEN_TOO = frozenset({"retry", "skip", "regenerate"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one photo of many."""

    photo_id: int
    photo: Photo | None = None
    error: LightgateError | None = None
    is_changed: bool = True


def bulk(
    desk: ReviewDesk,
    ids: Sequence[int],
    action: str,
    by: str,
    *,
    reason: str = "",
    changes: Changes | None = None,
    seen: int | None = None,
) -> Sequence[Outcome]:
    """Decide or edit many photos at the version each has now; one that cannot be does not stop the rest, and undo
    takes all back in one.

    Args:
        action: approve, reject, reopen, retry, skip, turn_left, turn_right, edit, or regenerate with a hint as the
            reason.
        seen: the newest event when the person was shown the photos. What others decided or wrote since is refused, and
            for approve, which needs it, whatever changed at all.

    Raises:
        InputInvalid: no such action, or no such event.
        NotShown: to be approved, and nobody says what was shown.
    """
    desk = together(desk)
    actions: dict[str, Callable[[Photo], Photo]] = {
        "approve": lambda photo: approve(desk, photo.id, photo.version, by, reason or None),
        "reject": lambda photo: reject(desk, photo.id, photo.version, by, reason),
        "reopen": lambda photo: reopen(desk, photo.id, photo.version, by),
        "retry": lambda photo: retry(desk, photo.id, photo.version, by),
        "skip": lambda photo: skip(desk, photo.id, photo.version, by),
        "regenerate": lambda photo: _regenerated(desk, photo, by, reason),
        "turn_left": lambda photo: turn(desk, photo.id, photo.version, -1, by),
        "turn_right": lambda photo: turn(desk, photo.id, photo.version, 1, by),
        "edit": lambda photo: edit(desk, photo.id, photo.version, changes or Changes(), by),
    }
    if action not in actions:
        raise InputInvalid(reason=f"There is no bulk action “{action[:40]}”; there are: {', '.join(actions)}.")
    if action == "approve" and seen is None:
        raise NotShown
    # nobody approves a text unseen, whoever wrote it; the rest is about what other persons decided and wrote
    found = _found(desk, ids, by, None if action in _UNSEEN_TOO else seen, whoever=action == "approve")
    return [_one(photo_id, each, actions[action]) for photo_id, each in found.items()]


def bulk_edit(
    desk: ReviewDesk, ids: Sequence[int], change: Callable[[Photo], Changes], by: str, *, seen: int | None = None
) -> Sequence[Outcome]:
    """Edit many photos, each in its own way; what is as wanted already is left alone. ``seen``: see ``bulk``."""
    desk = together(desk)
    found = _found(desk, ids, by, seen)
    return [
        _one(photo_id, each, lambda photo: edit(desk, photo.id, photo.version, change(photo), by))
        for photo_id, each in found.items()
    ]


def _found(
    desk: ReviewDesk, ids: Sequence[int], by: str, seen: int | None, *, whoever: bool = False
) -> Mapping[int, Photo | LightgateError]:
    """Read all photos at once, so that each is decided as it stands now, however long those before it take."""
    with desk.store.reading() as tx:
        photos = {photo.id: photo for photo in tx.photos.many(ids)}
        changed = frozenset[int]() if seen is None else _changed(tx, seen, None if whoever else by)
    found: dict[int, Photo | LightgateError] = {}
    for photo_id in ids:
        found[photo_id] = photos.get(photo_id) or NotFound(what="photo", key=photo_id)
        if photo_id in photos and photo_id in changed:
            found[photo_id] = Conflict()
    return found


def _changed(tx: Transaction, seen: int, by: str | None) -> frozenset[int]:
    if seen > tx.events.last_id():
        raise InputInvalid(reason="last_event is not one that was given out.")
    return tx.events.changed_since(seen, but_by=by, only_persons=by is not None)


def _regenerated(desk: ReviewDesk, photo: Photo, by: str, hint: str) -> Photo:
    regenerate(desk, photo.id, photo.version, by, hint=hint)
    return photo


def _one(photo_id: int, found: Photo | LightgateError, act: Callable[[Photo], Photo]) -> Outcome:
    if isinstance(found, LightgateError):
        return Outcome(photo_id, error=found)
    try:
        after = act(found)
    except LightgateError as error:
        return Outcome(photo_id, error=error)
    return Outcome(photo_id, after, is_changed=after.version != found.version)
