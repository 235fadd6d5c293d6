"""One photo on paper: where it stands and why, what is known of it, what happened to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lightgate.domain.photo import Photo
from lightgate.domain.words import review_status, why_not_live
from lightgate.progress import held_words
from lightgate.store import Event, HeldBack

_NEWEST = 30


def sheet(
    photo: Photo, history: Sequence[Event], service_note: str | None, held: Sequence[HeldBack] = ()
) -> Iterator[str]:
    """Give the lines."""
    yield f"Photo {photo.id}, {photo.original_file_name}, of the set {photo.set_slug}"
    yield f"  {review_status(photo)}: {why_not_live(photo, service_note)}"
    yield from (f"  {held_words(each)}" for each in held)
    yield f"  name      {photo.file_name or 'none yet'}"
    yield f"  of        {photo.subject} / {photo.location} / {photo.folder}"
    yield f"  camera    {_joined(photo.exif.camera, photo.exif.lens_model, photo.exif.date_time)}"
    yield f"  exposure  {_joined(photo.exif.exposure, photo.exif.aperture, _iso(photo.exif.iso))}"
    yield f"  rating    {'none' if photo.qr is None else photo.qr} ({photo.scores.band})"
    for text in photo.texts:
        value = text.value if isinstance(text.value, str) else ", ".join(text.value)
        yield f"  {text.field} [{text.language}, {text.source}]  {value}"
    for publication in photo.publications:
        yield f"  {publication.state} at {publication.target}: {', '.join(publication.paths.values())}"
        for kind, seen in publication.checks.items():
            told = seen.get("reason") or f"HTTP {seen.get('status')}, {seen.get('size_bytes')} bytes"
            yield f"    seen on the website: {kind} {'as published' if seen.get('is_same') else 'differs'} ({told})"
    yield "  history"
    for event in history[-_NEWEST:]:
        yield f"    {event.at:%Y-%m-%d %H:%M:%S} {event.actor}: {event.kind} {event.name}{_change(event)}"


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part) or "unknown"


def _iso(iso: int | None) -> str | None:
    return None if iso is None else f"ISO {iso}"


def _change(event: Event) -> str:
    if event.old is None and event.new is None:
        return ""
    return f" {event.old or 'nothing'} → {event.new or 'nothing'}"
