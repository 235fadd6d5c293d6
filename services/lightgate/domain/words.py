"""Where a photo stands, in the words that people and scripts read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from lightgate.domain.photo import Photo
from lightgate.domain.pipeline import NAMING, PUBLISH, RELEASE, REVIEW, Status


class ReviewStatus(StrEnum):
    """The predecessor's words where they fit (its §2.1)."""

    #: on its way to review
    QUEUED = "Queued"
    #: waits for a person
    PENDING = "Pending"
    #: waits for a person, and the text proof found something
    NEEDS_WORK = "Metadata_Needs_Work"
    #: a step gave up
    ERROR = "Error"
    APPROVED = "Approved"
    REJECTED = "Rejected"
    #: on its way to the website
    RELEASED = "Released"
    PUBLISHED = "Published"


_BY_STATUS = {
    Status.REJECTED: ReviewStatus.REJECTED,
    Status.FAILED: ReviewStatus.ERROR,
    Status.PUBLISHED: ReviewStatus.PUBLISHED,
}
_BY_STEP = {PUBLISH: ReviewStatus.RELEASED, RELEASE: ReviewStatus.APPROVED}


def review_status(photo: Photo) -> ReviewStatus:
    """Give the one word for where a photo stands."""
    position = photo.position
    if position.status in _BY_STATUS:
        return _BY_STATUS[position.status]
    if position.step == REVIEW:
        return ReviewStatus.NEEDS_WORK if photo.needs_work else ReviewStatus.PENDING
    return _BY_STEP.get(position.step, ReviewStatus.QUEUED)


#: what a step does to a photo, as one says it when it is done
DONE: Mapping[str, str] = {
    "exif": "read",
    NAMING: "named",
    "quality": "rated",
    "caption": "described",
    REVIEW: "reviewed",
    RELEASE: "released",
    PUBLISH: "published",
}

_WAITS_FOR = {
    NAMING: "waits for its name, until every photo of its set has been read",
    REVIEW: "waits for a person to approve it",
    RELEASE: "is approved and waits to be released",
}


def why_not_live(photo: Photo, service_note: str | None = None) -> str:
    """Say in one sentence why a photo is not on the website, or that it is.

    Args:
        service_note: why the photo's stage does not work at present, if it does not.
    """
    position = photo.position
    done = DONE.get(position.step, f"passed through “{position.step}”")
    match position.status:
        case Status.PUBLISHED:
            return "This photo is live."
        case Status.REJECTED:
            reason = f": {photo.reject_reason}" if photo.reject_reason else ""
            return f"Not live because it was rejected{reason}."
        case Status.FAILED:
            failure = photo.error.message if photo.error else "no reason was kept"
            return f"Not live because it could not be {done}: {failure}"
        case Status.WAITING:
            return f"Not live because it {_WAITS_FOR.get(position.step, 'waits at ' + position.step)}."
        case Status.RUNNING:
            return f"Not live yet: it is being {done}."
    tried = f" (attempt {position.attempt} did not succeed)" if position.attempt else ""
    return f"Not live yet: it is in the queue to be {done}{tried}.{' ' + service_note if service_note else ''}"
