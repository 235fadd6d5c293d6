"""The photo page: one large picture, its texts beside it, and the decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lightgate.domain.photo import Field, Photo, Publication
from lightgate.domain.proof.proof import blocking
from lightgate.domain.route.liveness import Answer, at_target, has_whole_version, seen_by_visitor
from lightgate.domain.route.pipeline import Status, step_named
from lightgate.domain.route.status_words import LIVENESS, ReviewStatus, review_status
from lightgate.errors import IllegalMove, LightgateError
from lightgate.files.picture_proof import Fault
from lightgate.steps import review
from lightgate.steps.release import Remark
from lightgate.store import Event, Transaction
from lightgate.store.history import MARKS, EventKind
from lightgate_web.pages import pages
from lightgate_web.pages.review.form import identity_entries, language_groups, shown
from lightgate_web.pages.review.proposed_words import mended_pieces, offers_of
from lightgate_web.pages.review.timeline import timeline_of
from lightgate_web.request import website
from lightgate_web.request.context import house
from lightgate_web.request.selection import (
    MAX_ID,
    UNDECIDED,
    Selection,
    beside,
    next_to_decide,
    place_at,
    place_from,
    selection_from,
)
from lightgate_web.show.pictures import fault_of
from lightgate_web.show.wording import focal_length, is_routine, megabytes, stars, taken

_HISTORY = 200
#: the rating that each of the keys 1 to 5 gives, with its band's name
BAND_MIDDLES = ((1, "Very Low", 3.5), (2, "Low", 5.0), (3, "Average", 6.0), (4, "Good", 7.0), (5, "Top", 8.5))
_NEWS = 5
#: turning a photo's pictures takes a second or two
_PATIENCE = timedelta(minutes=1)
_CHANGES = MARKS | {EventKind.FIELD, EventKind.LOCK, EventKind.DECISION, EventKind.NAME}
_REVIEWED = frozenset({ReviewStatus.PENDING, ReviewStatus.NEEDS_WORK})
_DECIDED = frozenset({ReviewStatus.APPROVED, ReviewStatus.REJECTED, ReviewStatus.PUBLISHED})

_REOPEN = ("reopen", "Back to review", "back")
_RETRY = ("retry", "Try again", "again")
_SKIP = ("skip", "Skip the step", "skip")


@pages.get("/review")
def start() -> Response:
    """Open the first photo that waits for a decision."""
    selection = selection_from(request.args, state=UNDECIDED)
    with house().store.reading() as tx:
        first = next_to_decide(tx, selection, None)
    if first is None:
        return redirect(url_for("pages.photos", **selection.params))
    return redirect(url_for("pages.photo", photo_id=first.id, **selection.at(first)))


@pages.get(f"/photos/<int(max={MAX_ID}):photo_id>")
def photo(photo_id: int) -> str:
    return photo_page(photo_id, selection_from(request.args), {})


def photo_page(photo_id: int, selection: Selection, typed: Mapping[str, str], problem: str = "") -> str:
    """Show a photo; after a refused change with what was typed, the problem, and who was faster."""
    with house().store.reading() as tx:
        found = tx.photos.get(photo_id)
        context = _context(tx, found, selection, typed)
    told = {"typed": typed, "problem": problem, "remarks": _remarks(found), "unproven": (unproven := _unproven(found))}
    possible = _possible(found, is_shown=not unproven and not found.is_turning)
    return render_template("photo.html", photo=found, selection=selection, **told, **possible, **context)


def _context(tx: Transaction, photo: Photo, selection: Selection, typed: Mapping[str, str]) -> dict[str, Any]:
    issues = tx.photos.issues(photo.id)
    events = tx.events.of_photo(photo.id)
    place = place_at(request.args, photo.id)
    around = beside(tx, selection, place)
    identity = identity_entries(photo, tx.names.is_frozen(photo.id), typed)
    groups = language_groups(photo, issues, review.mendings(house().review_desk(), photo, issues), typed)
    return {
        "languages": groups,
        "is_typed": any(entry.is_typed for entry in (*identity, *(each for group in groups for each in group.entries))),
        "mended": mended_pieces,
        "is_kept": photo.series is not None and photo.series.is_one_picture,
        "is_small": website.is_small(photo),
        "identity": identity,
        "identity_is_open": any(entry.is_typed for entry in identity),
        "general_issues": [issue for issue in issues if issue.field is None],
        "is_blocked": bool(blocking(issues)) and review_status(photo) in _REVIEWED,
        "beside": around,
        # an edit moves a photo in the order, and the person stays where it was
        "query": selection.at(photo) | ({"at": place.rank} if place.rank is not None else {}),
        "soon": [each for each in (around.next, around.after, around.before) if each],
        "left": around.left,
        "history": _history(events),
        "timeline": timeline_of(events, house().now()),
        "bands": BAND_MIDDLES,
        "last_event": events[-1].id if events else 0,
        "news": _news(events, typed),
        "wishes": offers_of(tx, photo),
        "held_back": tx.queue.held_back(house().now(), photo.id),
        "service_note": tx.notes.get(f"{photo.position.step}.status"),
        "facts": _facts(photo),
        "turning": _turning(photo, events),
        "picture_size": _picture_size(photo),
        "alt": _alternative(photo),
        "alt_language": photo.languages[0] if photo.text(photo.languages[0], Field.ALT_TEXT) else None,
    }


def _possible(photo: Photo, *, is_shown: bool) -> dict[str, Any]:
    """Say what a person can do with the photo where it stands; what is not shown is not approved."""
    status = photo.position.status
    word = review_status(photo)
    is_at_rest = status is not Status.RUNNING
    others = []
    if word in _DECIDED or (word == ReviewStatus.RELEASED and is_at_rest):
        others.append(_REOPEN)
    if status is Status.FAILED:
        others.append(_RETRY)
        if can_be_skipped(photo):
            others.append(_SKIP)
    return {
        "can": {"approve": word in _REVIEWED and is_shown, "reject": word != ReviewStatus.REJECTED and is_at_rest},
        "may_edit": word != ReviewStatus.REJECTED and not (word == ReviewStatus.RELEASED and not is_at_rest),
        "others": others,
    }


@pages.app_template_global("can_skip")
def can_be_skipped(photo: Photo) -> bool:
    """Can a photo go on without the step that gave up on it?"""
    try:
        return step_named(house().route, photo.position.step).can_be_skipped
    except IllegalMove:
        return False


def _history(events: Sequence[Event]) -> list[Event]:
    return [event for event in reversed(events) if not is_routine(event)][:_HISTORY]


def _news(events: Sequence[Event], typed: Mapping[str, str]) -> list[Event]:
    """After a refused change: what happened since the person loaded the page."""
    seen = place_from(typed, "seen")
    if seen is None:
        return []
    since = [event for event in _history(events) if event.kind in _CHANGES and (event.id or 0) > seen]
    return since[:_NEWS]


def _remarks(photo: Photo) -> Sequence[Remark]:
    """What stands against publishing a photo, once its texts are there to be read."""
    if review_status(photo) not in _REVIEWED | _DECIDED:
        return ()
    try:
        # what a setting mends is said at the release, not a hundred times before
        return [each for each in website.remarks_on([photo])[0] if each.code != "maker_unnamed"]
    except LightgateError as error:
        # a website that cannot be opened is no reason to hide the photo
        return (Remark(error.code, "warn", error.message),)


def _unproven(photo: Photo) -> str:
    """Say why the picture of a photo is not shown; nothing while it is, or is still to be made."""
    fault = fault_of(photo)
    if fault is None or (fault is Fault.NONE_MADE and review_status(photo) not in _REVIEWED | _DECIDED):
        return ""
    return fault.value


def _turning(photo: Photo, events: Sequence[Event]) -> str:
    """Say that what is shown is the picture of before the photo was turned, and why still; nothing where it is not."""
    if not photo.is_turning:
        return ""
    if photo.turn_error:
        return review.why_not_turned(photo)
    turned = [event.at for event in events if (event.kind, event.name) == (EventKind.FIELD, "turn")]
    if turned and house().now() - turned[-1] > _PATIENCE:
        return "Its pictures are still not turned: other photos are ahead of it, or no worker runs."
    return "Its pictures are being turned."


def _picture_size(photo: Photo) -> tuple[int, int] | None:
    """Give width and height of the picture that is shown, which may be that of before the photo was turned."""
    exif = photo.exif
    if not exif.width or not exif.height:
        return None
    is_other = photo.is_turning and (photo.turn - photo.pictures_turn) % 2
    return (exif.height, exif.width) if is_other else (exif.width, exif.height)


def _alternative(photo: Photo) -> str:
    alt = shown(photo.text(photo.languages[0], Field.ALT_TEXT))
    return alt or f"Photograph {photo.original_file_name}, not described yet"


def _facts(photo: Photo) -> list[tuple[str, str]]:
    exif = photo.exif
    size = f"{exif.width} \u00d7 {exif.height}" if exif.width and exif.height else ""
    iso = f"ISO {exif.iso}" if exif.iso else ""
    facts = (
        ("File name", photo.file_name or "not named yet"),
        ("Original", photo.relative_path),
        ("Set", photo.set_slug),
        ("Taken", taken(exif)),
        ("Camera", exif.camera or ""),
        ("Lens", _joined(exif.lens_model, focal_length(exif))),
        ("Exposure", _joined(exif.exposure, exif.aperture, iso)),
        (
            "Size",
            _joined(
                size,
                f"{exif.format} (camera's preview)" if exif.is_preview else exif.format,
                megabytes(photo.size_bytes),
            ),
        ),
        ("Rated", stars(photo.extra)),
        ("Turned", f"{90 * photo.turn}\u00b0 clockwise" if photo.turn else ""),
        ("Creator", photo.rights.creator or ""),
        ("Copyright", photo.rights.copyright or ""),
        *((f"On {each.target}", _at_target(photo, each)) for each in photo.publications),
        ("Seen by a visitor", _seen(photo)),
    )
    return [(label, value) for label, value in facts if value]


def _at_target(photo: Photo, publication: Publication) -> str:
    word = LIVENESS[at_target(publication.state, photo.position)].lower()
    is_gone = publication.target not in website.targets()
    gone = ". This target is no longer in the settings: what lies there stays" if is_gone else ""
    return f"{word}: {', '.join(publication.paths.values())}{gone}"


def _seen(photo: Photo) -> str:
    """Say what the website's own address showed; nothing where it has none that could be asked."""
    seen = seen_by_visitor(photo)
    if seen.answer is Answer.NOT_ASKED:
        return "not asked yet" if has_whole_version(photo) and website.has_address() else ""
    return f"no ({seen.why})" if seen.answer is Answer.NO else "yes"


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)
