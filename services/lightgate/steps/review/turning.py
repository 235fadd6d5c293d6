"""Turning a photo that nobody told how it was held: an edit like any other, which its pictures follow."""

from __future__ import annotations

from lightgate.domain.photo import Photo
from lightgate.errors import InputInvalid
from lightgate.steps.review.desk import ReviewDesk, fetch
from lightgate.steps.review.editing import Changes, edit

QUARTERS = 4


def turn(desk: ReviewDesk, photo_id: int, version: int, quarters: int, by: str) -> Photo:
    """Turn a photo further; its pictures are made anew by a worker, and until then nobody can approve it.

    Args:
        quarters: clockwise, -3 to 3; on top of how it stands, so that four are none.

    Raises:
        InputInvalid: no such turn.
        NoPicture: there is nothing to turn yet.
        Conflict, IllegalMove, NotFound: see ``errors``.
    """
    if not -QUARTERS < quarters < QUARTERS or not quarters:
        raise InputInvalid(reason="A photo is turned by 1 to 3 quarters clockwise, or by -1 to -3 the other way.")
    with desk.store.reading() as tx:
        wanted = (fetch(tx, photo_id, version).turn + quarters) % QUARTERS
    return edit(desk, photo_id, version, Changes(turn=wanted), by)


def why_not_turned(photo: Photo) -> str:
    """Say why the pictures of a photo are not those of its turn, where it is known."""
    return f"Its pictures could not be turned. {photo.turn_error}"
