"""What is said after a rejection: the photo may still be on the website, and how it gets off it."""

from __future__ import annotations

from collections.abc import Iterable

from flask import flash

from lightgate.domain.photo import Photo
from lightgate.domain.route.liveness import Liveness, liveness
from lightgate_web.show.wording import short, thousands

#: category of the flash; the number of a single photo follows
STILL_LIVE = "still_live"
_NAME_LENGTH = 40


def say_still_live(photos: Iterable[Photo | None]) -> None:
    """Flash it for what was just rejected; nothing where none of it is live."""
    there = [photo for photo in photos if photo is not None and liveness(photo) is Liveness.TO_BE_REMOVED]
    if len(there) == 1:
        # beside it stands the next photo, which must not be taken for this one
        name = short(there[0].original_file_name, _NAME_LENGTH)
        words = f"{name} is still live: it goes at the next release of its set, or when you take it off now."
        flash(words, f"{STILL_LIVE} {there[0].id}")
    elif there:
        # a cookie holds what is flashed, and would not hold the numbers of a thousand photos
        words = f"{thousands(len(there))} of them are still live: they go at the next release of their set,"
        flash(f"{words} or when you take them off now.", STILL_LIVE)
