"""Where a photo stands, in the words that people and scripts read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from lightgate.domain.photo import Photo
from lightgate.domain.route.liveness import Answer, Liveness, liveness, seen_by_visitor
from lightgate.domain.route.pipeline import CAPTION, EXIF, NAMING, PUBLISH, QUALITY, RELEASE, REVIEW, Status


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
    EXIF: "read",
    NAMING: "named",
    QUALITY: "rated",
    CAPTION: "described",
    REVIEW: "reviewed",
    RELEASE: "released",
    PUBLISH: "published",
}

#: what a stage does, as one says why it waits
WORK: Mapping[str, str] = {QUALITY: "Ratings", CAPTION: "Captions", PUBLISH: "Publishing"}


def done_word(step: str) -> str:
    """Say what a step does to a photo, as one says it when it is done; a stage of one's own is called by its name."""
    return DONE.get(step, f"passed through “{step}”")


def step_label(step: str) -> str:
    """Name a step in a table or a list."""
    return DONE.get(step, step).capitalize()


_WAITS_FOR = {
    NAMING: "waits for its name, until every photo of its set has been read",
    REVIEW: "waits for a person to approve it",
    RELEASE: "is approved and waits to be released",
}


#: what people read for a ``Liveness``
LIVENESS: Mapping[str, str] = {
    Liveness.TAKING_OFF: "Being taken off",
    Liveness.PUTTING_BACK: "Earlier version being put back",
    Liveness.PARTLY_SENT: "Partly on the website",
    Liveness.BEING_SENT: "Being sent",
    Liveness.TO_BE_REMOVED: "Still live, to be removed",
    Liveness.EARLIER: "Earlier version live",
    Liveness.LIVE: "Live",
    Liveness.NOT_LIVE: "Not live",
}
_IN_PART = "On the website in part"
#: what is said of the website; ``stands`` is where the photo stands: a sentence without its subject
_SAYS: Mapping[Liveness, str] = {
    Liveness.LIVE: "This photo is live.",
    Liveness.EARLIER: "An earlier version is live; this one {stands}",
    Liveness.TO_BE_REMOVED: "Still live: it was to be taken off, and not every place could be reached. "
    "Take it off again. It {stands}",
    Liveness.BEING_SENT: "Being sent, and perhaps on the website in part: it {stands}",
    Liveness.PARTLY_SENT: _IN_PART + ". It {stands}",
    Liveness.TAKING_OFF: "Perhaps still on the website: what is there of it is being taken off without anyone's doing. "
    "It {stands}",
    Liveness.PUTTING_BACK: _IN_PART + ": the earlier version is being put back without anyone's doing. It {stands}",
    Liveness.NOT_LIVE: "Not live because it {stands}",
}
#: and what is said instead at one status
_SAYS_AT: Mapping[tuple[Liveness, Status], str] = {
    (Liveness.TO_BE_REMOVED, Status.REJECTED): "Still live: it was rejected{reason} and goes at the next release of "
    "its set, or when you take it off now.",
    (Liveness.PARTLY_SENT, Status.FAILED): _IN_PART + ": it {stands} Try it again, or reject it.",
    (Liveness.NOT_LIVE, Status.PUBLISHED): "Not live: it was published once, and the ledger knows of nothing that is "
    "left of it.",
    (Liveness.NOT_LIVE, Status.QUEUED): "Not live yet: it {stands}",
    (Liveness.NOT_LIVE, Status.RUNNING): "Not live yet: it {stands}",
}


def why_not_live(photo: Photo, service_note: str | None = None) -> str:
    """Say what the website has of a photo, and what the photo waits for.

    Args:
        service_note: why the photo's stage does not work at present, if it does not.
    """
    word = liveness(photo)
    if word is Liveness.LIVE:
        return _SAYS[word] + _of_visitors(photo)
    said = _SAYS_AT.get((word, photo.position.status), _SAYS[word])
    reason = f" ({photo.reject_reason})" if photo.reject_reason else ""
    return said.format(stands=_standing(photo, service_note), reason=reason)


def _of_visitors(photo: Photo) -> str:
    """Say what may keep visitors from a live photo, as far as anybody found out."""
    seen = seen_by_visitor(photo)
    if not seen.why:
        return ""
    begin = "The website did not show it when it was last asked" if seen.answer is Answer.NO else "Nobody looked"
    return f" {begin}: {_ended(seen.why)}"


def _standing(photo: Photo, service_note: str | None) -> str:
    """Say where a photo stands: a sentence without its subject."""
    position = photo.position
    done = done_word(position.step)
    match position.status:
        case Status.PUBLISHED:
            return "was published."
        case Status.REJECTED:
            return _ended(f"was rejected: {photo.reject_reason}" if photo.reject_reason else "was rejected")
        case Status.FAILED:
            return _ended(f"could not be {done}: {photo.error.message if photo.error else 'no reason was kept'}")
        case Status.WAITING:
            # why it was brought back there, where nobody's decision did
            why = f" {photo.error.message}" if photo.error else ""
            return f"{_WAITS_FOR.get(position.step, 'waits at ' + position.step)}.{why}"
        case Status.RUNNING:
            return f"is being {done}."
    tried = f" (attempt {position.attempt} did not succeed)" if position.attempt else ""
    return f"is in the queue to be {done}{tried}.{' ' + service_note if service_note else ''}"


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
