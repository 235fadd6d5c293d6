"""One decision for many photos: each is its own transaction, and each has its own answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lightgate.domain.photo import Photo
from lightgate.errors import InputInvalid, LightgateError
from lightgate.review.decisions import approve, reject, reopen, retry, skip
from lightgate.review.desk import Desk, together
from lightgate.review.editing import Changes, edit
from lightgate.review.regenerating import regenerate


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one photo of many."""

    photo_id: int
    photo: Photo | None = None
    error: LightgateError | None = None
    is_changed: bool = True


def bulk(
    desk: Desk, ids: Sequence[int], action: str, by: str, *, reason: str = "", changes: Changes | None = None
) -> Sequence[Outcome]:
    """Decide or edit many photos at the version each has now; one that cannot be does not stop the rest, and undo
    takes all back in one.

    Args:
        action: approve, reject, reopen, retry, skip, edit, or regenerate with a hint as the reason.

    Raises:
        InputInvalid: no such action.
    """
    desk = together(desk)
    actions: dict[str, Callable[[Photo], Photo]] = {
        "approve": lambda photo: approve(desk, photo.id, photo.version, by, reason or None),
        "reject": lambda photo: reject(desk, photo.id, photo.version, by, reason),
        "reopen": lambda photo: reopen(desk, photo.id, photo.version, by),
        "retry": lambda photo: retry(desk, photo.id, photo.version, by),
        "skip": lambda photo: skip(desk, photo.id, photo.version, by),
        "regenerate": lambda photo: _regenerated(desk, photo, by, reason),
        "edit": lambda photo: edit(desk, photo.id, photo.version, changes or Changes(), by),
    }
    if action not in actions:
        raise InputInvalid(reason=f"There is no bulk action “{action[:40]}”; there are: {', '.join(actions)}.")
    return [_one(desk, photo_id, actions[action]) for photo_id in dict.fromkeys(ids)]


def bulk_edit(desk: Desk, ids: Sequence[int], change: Callable[[Photo], Changes], by: str) -> Sequence[Outcome]:
    """Edit many photos, each in its own way; what is as wanted already is left alone."""
    desk = together(desk)
    return [_edited(desk, photo_id, change, by) for photo_id in dict.fromkeys(ids)]


def _edited(desk: Desk, photo_id: int, change: Callable[[Photo], Changes], by: str) -> Outcome:
    try:
        with desk.store.reading() as tx:
            photo = tx.photos.get(photo_id)
        edited = edit(desk, photo_id, photo.version, change(photo), by)
    except LightgateError as error:
        return Outcome(photo_id, error=error)
    return Outcome(photo_id, edited, is_changed=edited.version != photo.version)


def _regenerated(desk: Desk, photo: Photo, by: str, hint: str) -> Photo:
    regenerate(desk, photo.id, photo.version, by, hint=hint)
    return photo


def _one(desk: Desk, photo_id: int, act: Callable[[Photo], Photo]) -> Outcome:
    try:
        with desk.store.reading() as tx:
            photo = tx.photos.get(photo_id)
        return Outcome(photo_id, photo=act(photo))
    except LightgateError as error:
        return Outcome(photo_id, error=error)
