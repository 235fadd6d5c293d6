"""The site's words: what states, sources, bands and events are called, and how numbers and times are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from flask import Flask

from lightgate.domain.language.languages import name_of
from lightgate.domain.photo import Exif, Field, HeaderExtra, Photo, Source, Text
from lightgate.domain.query import BANDS
from lightgate.domain.route.liveness import Liveness, has_whole_version, liveness
from lightgate.domain.route.pipeline import Status
from lightgate.domain.route.status_words import (
    LIVENESS,
    ReviewStatus,
    done_word,
    review_status,
    step_label,
    why_not_live,
)
from lightgate.store import Event, Total
from lightgate.store.history import EventKind, Mark
from lightgate_web.request.selection import ALL, UNDECIDED
from lightgate_web.show.json_shapes import picture_url

#: what people read for a ``ReviewStatus``, and for the states a list knows besides
STATES: Mapping[str, str] = {
    UNDECIDED: "To review",
    ReviewStatus.QUEUED: "In progress",
    ReviewStatus.PENDING: "To review",
    ReviewStatus.NEEDS_WORK: "Text needs work",
    ReviewStatus.ERROR: "Needs attention",
    ReviewStatus.APPROVED: "Approved, not released",
    ReviewStatus.REJECTED: "Rejected",
    ReviewStatus.RELEASED: "Being published",
    ReviewStatus.PUBLISHED: "Published",
    ALL: "All photos",
}

#: symbol of a state in ``static/icons.svg``: never colour alone
STATE_ICONS: Mapping[str, str] = {
    UNDECIDED: "eye",
    ReviewStatus.QUEUED: "clock",
    ReviewStatus.PENDING: "eye",
    ReviewStatus.NEEDS_WORK: "pen",
    ReviewStatus.ERROR: "alert",
    ReviewStatus.APPROVED: "check",
    ReviewStatus.REJECTED: "cross",
    ReviewStatus.RELEASED: "up",
    ReviewStatus.PUBLISHED: "globe",
    ALL: "grid",
}

#: what the photo's own state says already
_SAID_BY_STATE = frozenset(
    {(Liveness.LIVE, ReviewStatus.PUBLISHED), (Liveness.BEING_SENT, ReviewStatus.RELEASED)}
    | {(Liveness.NOT_LIVE, word) for word in ReviewStatus if word is not ReviewStatus.PUBLISHED}
)

FIELDS: Mapping[Field, str] = {Field.CAPTION: "Caption", Field.ALT_TEXT: "Alt text", Field.KEYWORDS: "Keywords"}

#: decisions as ``photo_event`` names them
_DECISIONS: Mapping[str, str] = {
    "approve": "approved it",
    "reject": "rejected it",
    "reopen": "put it back to review",
    "release": "released it",
    "renew": "sent it again as it is",
    "unpublish": "took it off the website",
    "undo_release": "took its release back",
    "stop_release": "stopped its release before it was sent",
    "retried": "tried the failed step again",
    "skipped": "went on without the failed step",
}

_FACTS: Mapping[str, str] = {
    "subject": "Subject",
    "location": "Location",
    "folder": "Folder",
    "file_name": "File name",
    "qr": "Rating",
    "qr_by_person": "Rating",
    "turn": "Turn",
}
_LONG = 240

#: what a repair of ``domain/repair.py`` does
MENDS: Mapping[str, str] = {
    "cleaned": "stray characters out",
    "opening_removed": "empty opening out",
    "word_doubled": "doubled word out",
    "praise_removed": "praise out",
    "shortened": "shortened to whole sentences",
    "punctuated": "capital and full stop",
    "keywords_split": "joined keywords split",
    "keywords_trimmed": "small words off the ends",
    "keywords_dropped": "keywords that say nothing out",
    "keywords_merged": "repeated keywords merged",
    "keywords_ordered": "what was told first, not too many",
}


def install(app: Flask) -> None:
    """Give the words to the templates."""
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        BANDS=BANDS,
        FIELDS=FIELDS,
        STATES=STATES,
        STATE_ICONS=STATE_ICONS,
        LIVENESS=LIVENESS,
        Field=Field,
        picture_url=picture_url,
        why_not_live=why_not_live,
    )
    app.jinja_env.filters.update(
        band_level=band_level,
        duration=duration,
        event_words=event_words,
        has_whole=has_whole_version,
        language=name_of,
        liveness=lambda photo: liveness(photo).value,
        badge=badge_of,
        megabytes=megabytes,
        mend_words=lambda name: MENDS.get(name, name.replace("_", " ")),
        moment=moment,
        short=short,
        source=source_words,
        state=state_of,
        step_done=done_word,
        step_label=step_label,
        thousands=thousands,
        total=total_words,
    )


def state_of(photo: Photo) -> str:
    """Give the ``ReviewStatus`` word of a photo."""
    return review_status(photo).value


def badge_of(photo: Photo) -> str:
    """Give the ``Liveness`` word of a photo where its state does not say as much; else nothing."""
    word = liveness(photo)
    return "" if (word, review_status(photo)) in _SAID_BY_STATE else word.value


def source_words(text: Text | None) -> str:
    """Say who wrote a text."""
    if text is None:
        return "Nobody yet"
    match text.source:
        case Source.FILE:
            return "From the file"
        case Source.PERSON:
            return "By a person"
        case Source.DRAFT:
            return "Draft: no model wrote this"
        case Source.MODEL:
            return f"By {text.model or 'a model'}"


def band_level(band: str) -> int:
    """Give how many of five bars a band fills; 0 where nothing rated the photo."""
    return 0 if band not in BANDS or band == "NA" else 5 - BANDS.index(band)


def moment(at: datetime | None) -> str:
    """Write a time so that it can be read before a script makes it local."""
    return at.strftime("%Y-%m-%d %H:%M UTC") if at else ""


def taken(exif: Exif) -> str:
    """Write when a photo was taken, as the camera's clock had it; empty where nobody knows."""
    day, _, time = (exif.date_time or "").partition(" ")
    return " ".join(filter(None, (day.replace(":", "-"), time, exif.offset if day else "")))


def stars(extra: HeaderExtra) -> str:
    """Write how another program's user judged the photo; empty where nobody did."""
    if extra.stars is None:
        return ""
    return "rejected in the other program" if extra.stars < 0 else f"{extra.stars} of 5 stars in the other program"


def focal_length(exif: Exif) -> str:
    """Write a focal length, with what it comes to on 35-mm film beside it; empty where nobody knows."""
    own, equivalent = exif.focal_length_mm, exif.focal_length_35mm_mm
    if own is None:
        return f"{equivalent} mm on 35-mm film" if equivalent else ""
    # two decimals tell lenses apart
    said = f"{round(own, 2):g} mm"
    return f"{said} ({equivalent} mm on 35-mm film)" if equivalent and equivalent != own else said


def megabytes(size_bytes: int) -> str:
    """Write a file size."""
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 100_000 else f"{size_bytes / 1e3:.0f} kB"


def duration(seconds: float | None) -> str:
    """Write how long something took, in its two largest units."""
    if seconds is None:
        return ""
    whole = max(0, round(seconds))
    if whole < 1:
        return "under 1 s"
    parts = [(whole // 86_400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "min"), (whole % 60, "s")]
    return " ".join([f"{number} {unit}" for number, unit in parts if number][:2])


def thousands(number: int) -> str:
    """Write a count with thin spaces."""
    return f"{number:,}".replace(",", "\u202f")


def total_words(total: Total) -> str:
    """Write how many photos a list holds, or the most that are counted with a plus."""
    return f"{thousands(total.number)}+" if total.is_more else thousands(total.number)


def short(text: str | None, length: int = _LONG) -> str:
    """Cut a text that is too long for its place."""
    text = text or ""
    return text if len(text) <= length else text[:length].rstrip() + "…"


def event_words(event: Event) -> str:
    """Say in words what an event was."""
    match event.kind:
        case EventKind.DECISION:
            words = _DECISIONS.get(event.name, event.name.replace("_", " "))
        case EventKind.FIELD:
            words = _change_words(event)
        case EventKind.LOCK:
            words = f"{event.new} {_field_words(event.name)}"
        case EventKind.UNDO | EventKind.REDO if event.mark is Mark.PASSED_OVER:
            words = "could not take a change back" if event.kind is EventKind.UNDO else "could not do a change again"
        case EventKind.UNDO | EventKind.REDO:
            words = "took a change back" if event.kind is EventKind.UNDO else "did it again"
        case EventKind.NAME:
            words = "gave it a name" if event.new else "freed its name"
        case EventKind.PUBLISHED:
            words = f"{'published it to' if event.new else 'removed it from'} {event.name}"
        case EventKind.PICTURES:
            words = _picture_words(event)
        case EventKind.POSITION:
            words = _position_words(event)
        case _:
            words = "rated it anew" if event.kind is EventKind.RATING else f"{event.kind} {event.name}"
    return words


def done_words(events: Iterable[Event]) -> list[str]:
    """Say in words, each once, what persons did: decisions as the history names them, and edited fields."""
    words = [
        _DECISIONS.get(each.name, each.name).removesuffix(" it")
        if each.kind is EventKind.DECISION
        else _field_words(each.name)
        for each in events
    ]
    return list(dict.fromkeys(words))


def _wished(name: str) -> str:
    fields, _, language = name.partition(".")
    return ", ".join(_field_words(f"{field}.{language}") for field in fields.split("+"))


def _field_words(name: str) -> str:
    field, _, language = name.partition(".")
    label = next((words for known, words in FIELDS.items() if known.value == field), _FACTS.get(field, field))
    return f"{label.lower()} ({name_of(language)})" if language else label.lower()


def _change_words(event: Event) -> str:
    if event.name == "turn":
        return "turned it"
    return f"{'wrote' if event.old is None else 'changed'} {_field_words(event.name)}"


def _picture_words(event: Event) -> str:
    if event.name != "turned":
        return "had its pictures made anew"
    return f"could not turn its pictures. {event.new}" if event.new else "turned its pictures"


def _position_words(event: Event) -> str:
    to = event.arrival
    if to is None:
        return "left its place"
    if to.status == Status.FAILED:
        return f"gave up: {to.failure or to.code}"
    place = done_word(to.step)
    words = {"queued": f"queued to be {place}", "running": f"started: to be {place}", "waiting": f"waits to be {place}"}
    return words.get(to.status, f"{place}: {to.status}")


def is_routine(event: Event) -> bool:
    """Is this a step of the route that the history can do without? Taken in, and given up, it cannot."""
    to = event.arrival
    return to is not None and event.old is not None and to.status != Status.FAILED
