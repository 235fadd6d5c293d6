"""The release page: one confirm, with the count, for what writes to the website."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lightgate.domain.photo import Field, LedgerState, Photo, PhotoSet
from lightgate.domain.route.status_words import ReviewStatus
from lightgate.steps.release import Remark
from lightgate.store import PhotoFilter
from lightgate_web.pages import pages
from lightgate_web.pages.review.photo_list import page_of
from lightgate_web.pages.sets.sets import counts
from lightgate_web.request import website
from lightgate_web.request.context import house
from lightgate_web.request.selection import MAX_ID
from lightgate_web.show.wording import short

_SHOWN = 24


@dataclass(frozen=True, slots=True)
class Said:
    """A remark that is said once for all photos of the page."""

    remark: Remark
    #: how many of them it is about
    photos: int


@pages.get("/release")
def release() -> str:
    return _page(request.args.get("set", ""))


@pages.post("/release")
def release_now() -> Response | tuple[str, int]:
    slug = request.form.get("set", "")
    ids = website.ready(slug)
    if not ids or website.digest(ids) != request.form.get("confirmed"):
        return _page(slug, "What waits to be released has changed since you looked. Look again and confirm."), 409
    report = website.release(ids)
    words = [f"Released: {len(report.released)} photos are on their way to the website."] if report.released else []
    words += [f"{len(report.removed)} taken off the website."] if report.removed else []
    words += [f"{len(report.refused)} not released: {short(report.refused[0].message, 200)}"] if report.refused else []
    flash(" ".join(words), "done")
    if report.number is None:
        return redirect(url_for("pages.release", set=slug or None), 303)
    return redirect(url_for("pages.released", number=report.number), 303)


@pages.get(f"/release/plan/<int(max={MAX_ID}):photo_id>")
def release_plan(photo_id: int) -> str:
    """Show what releasing one photo would upload and write."""
    return render_template("plan.html", here="release", plan=website.plan(photo_id))


def _warnings(photo: Photo) -> list[Remark]:
    """Say what only this site knows of a photo before it goes out."""
    # a remark says it of the first language, without which nothing goes out
    alts = [photo.text(language, Field.ALT_TEXT) for language in photo.languages[1:]]
    live = next((each.file_name for each in photo.publications if each.state is LedgerState.LIVE), None)
    found = (
        (
            "alt_missing",
            any(alt is None or not alt.value for alt in alts),
            "An alt text in a further language is missing.",
        ),
        ("name_changes", live is not None and live != photo.file_name, f"The name changes; it was {live}."),
        ("replaces", live is not None and live == photo.file_name, "It replaces the version that is live."),
        ("needs_work", photo.needs_work, "The text proof still has remarks."),
    )
    return [Remark(code, "warn", words) for code, is_so, words in found if is_so]


def _said_once(found: Sequence[Sequence[Remark]]) -> tuple[list[Said], list[list[Remark]]]:
    """Sum up what is said of several photos; the lines keep the warnings that set a photo apart from the others."""
    if len(found) < 2:
        return [], [list(remarks) for remarks in found]
    counted = Counter(remark for remarks in found for remark in remarks)
    common = {each for each, number in counted.items() if each.severity != "warn" or number == len(found)}
    in_order = sorted(counted.items(), key=lambda item: (item[0].severity != "warn", -item[1]))
    sums = [Said(remark, number) for remark, number in in_order if number > 1 or remark in common]
    return sums, [[each for each in remarks if each not in common] for remarks in found]


def _page(slug: str, problem: str = "") -> str:
    here = house()
    ids = website.ready(slug)
    with here.store.reading() as tx:
        found: PhotoSet | None = tx.sets.get(slug) if slug else None
        wanted = PhotoFilter(set_id=found.id if found else None, review_status=ReviewStatus.APPROVED.value)
        window = page_of(tx, wanted, request.args, _SHOWN)
        approved = tx.photos.count(wanted)
    of_set = slug or None
    found_on = website.remarks_on(window.photos)
    sums, lines = _said_once([(*of, *_warnings(photo)) for photo, of in zip(window.photos, found_on, strict=True)])
    return render_template(
        "release.html",
        here="release",
        set=found,
        photos=list(zip(window.photos, lines, strict=True)),
        sums=sums,
        total=len(ids),
        approved=approved,
        to_remove=len(ids) - approved,
        confirmed=website.digest(ids),
        where=website.destination(),
        count=counts(),
        problem=problem,
        earlier=url_for("pages.release", set=of_set, before=window.earlier.id) if window.earlier else None,
        later=url_for("pages.release", set=of_set, after=window.later.id) if window.later else None,
    )
