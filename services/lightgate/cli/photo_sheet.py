"""One photo on paper: where it stands and why, what is known of it, what happened to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from lightgate.domain.photo import Photo
from lightgate.domain.route.liveness import Answer, at_target, is_look, liveness, seen_by_visitor
from lightgate.domain.route.status_words import LIVENESS, review_status, why_not_live
from lightgate.engine.progress import held_words
from lightgate.store import Event, HeldBack

_NEWEST = 30
_SEEN = {Answer.YES: "yes", Answer.NO: "no", Answer.NOT_ASKED: "not asked"}


def sheet(
    photo: Photo,
    history: Sequence[Event],
    service_note: str | None,
    targets: Collection[str],
    held: Sequence[HeldBack] = (),
) -> Iterator[str]:
    """Give the lines; ``targets`` are those that the settings know."""
    yield f"Photo {photo.id}, {photo.original_file_name}, of the set {photo.set_slug}"
    yield f"  {review_status(photo)}: {why_not_live(photo, service_note)}"
    yield from (f"  {held_words(each)}" for each in held)
    yield f"  name      {photo.file_name or 'none yet'}"
    yield f"  of        {photo.subject} / {photo.location} / {photo.folder}"
    yield f"  camera    {_joined(photo.exif.camera, photo.exif.lens_model, photo.exif.date_time)}"
    yield f"  exposure  {_joined(photo.exif.exposure, photo.exif.aperture, _iso(photo.exif.iso))}"
    yield f"  rating    {'none' if photo.qr is None else photo.qr} ({photo.scores.band})"
    if photo.extra.stars is not None:
        judged = "rejected" if photo.extra.stars < 0 else f"{photo.extra.stars} of 5 stars"
        yield f"  in file   {judged} in the other program"
    for text in photo.texts:
        yield f"  {text.field} [{text.language}, {text.source}]  {text.line}"
    seen = seen_by_visitor(photo)
    yield f"  website   {LIVENESS[liveness(photo)]}; seen by a visitor: {_SEEN[seen.answer]}{_why(seen.why)}"
    for publication in photo.publications:
        word = LIVENESS[at_target(publication.state, photo.position)]
        yield f"  at {publication.target}: {word.lower()}: {', '.join(publication.paths.values())}"
        if publication.target not in targets:
            yield "    this target is no longer in the settings: what lies there stays"
        for kind, look in publication.checks.items():
            if not is_look(look):
                continue
            told = look.get("reason") or f"HTTP {look.get('status')}, {look.get('size_bytes')} bytes"
            yield f"    seen on the website: {kind} {'as published' if look.get('is_same') else 'differs'} ({told})"
    yield "  history"
    for event in history[-_NEWEST:]:
        yield f"    {event.at:%Y-%m-%d %H:%M:%S} {event.actor}: {event.kind} {event.name}{_change(event)}"


def _why(why: str) -> str:
    return f" ({why})" if why else ""


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part) or "unknown"


def _iso(iso: int | None) -> str | None:
    return None if iso is None else f"ISO {iso}"


def _change(event: Event) -> str:
    if event.old is None and event.new is None:
        return ""
    return f" {event.old or 'nothing'} → {event.new or 'nothing'}"
