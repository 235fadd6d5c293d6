"""Editing several photos at once: subject, location, folder; keywords with counts; find and replace with a preview."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from lightgate.domain.keywords.line import keywords_in
from lightgate.domain.photo import Field, Photo
from lightgate.errors import InputInvalid
from lightgate.steps import review
from lightgate.steps.review import Changes, KeywordEdit, Outcome, Replacement
from lightgate.store import Transaction
from lightgate_web.pages import pages
from lightgate_web.request.context import house, person
from lightgate_web.request.selection import ids_of, picked_from, place_from, selection_from
from lightgate_web.show.wording import short

_KEYWORDS_SHOWN = 80
_PREVIEW_SHOWN = 200
_NAMES = ("subject", "location", "folder")


@dataclass(frozen=True, slots=True)
class KeywordCount:
    word: str
    count: int
    is_marked: bool


def picked_ids(tx: Transaction) -> list[int]:
    """Read which photos a form is about.

    Raises:
        InputInvalid: none.
    """
    if request.form.get("every"):
        ids = list(ids_of(tx, selection_from(request.args)))
    else:
        ids = picked_from(request.form.getlist("id"))
    if not ids:
        raise InputInvalid(reason="No photo was picked: tick the ones you mean first.")
    return ids


@pages.post("/photos/several")
def several() -> str:
    """Show what several photos have in common, and what the changes typed so far would do."""
    selection = selection_from(request.args)
    with house().store.reading() as tx:
        photos = tx.photos.many(picked_ids(tx))
        last_event = tx.events.last_id()
    form = request.form
    marked = set(form.getlist("remove"))
    counts = review.keyword_counts(photos)
    replacement = _replacement(form)
    rewritten = review.previewed(photos, replacement) if replacement else []
    return render_template(
        "several.html",
        selection=selection,
        photos=photos,
        last_event=last_event,
        is_every=bool(form.get("every")),
        common={name: _common(photos, name) for name in _NAMES},
        typed=form,
        fields_found=form.getlist("field") or [field.value for field in Field],
        keywords=[KeywordCount(word, count, word in marked) for word, count in _first(counts, _KEYWORDS_SHOWN)],
        more_keywords=max(0, len(counts) - _KEYWORDS_SHOWN),
        has_preview=replacement is not None,
        rewritten=rewritten[:_PREVIEW_SHOWN],
        total=len(rewritten),
        touched=len({each.photo.id for each in rewritten}),
    )


@pages.post("/photos/several/apply")
def apply_to_several() -> Response:
    """Change every picked photo; each is its own transaction, and has its own answer."""
    selection = selection_from(request.args)
    with house().store.reading() as tx:
        ids = picked_ids(tx)
    change, words = _change(request.form)
    outcomes = review.bulk_edit(house().review_desk(), ids, change, person(), seen=place_from(request.form, "seen"))
    is_changed = any(outcome.error is None and outcome.is_changed for outcome in outcomes)
    flash(_summed_up(words, outcomes), "undoable" if is_changed else "done")
    return redirect(url_for("pages.photos", **selection.params), 303)


def _change(form: MultiDict[str, str]) -> tuple[Callable[[Photo], Changes], str]:
    match form.get("what"):
        case "names":
            wanted: dict[str, Any] = {name: form[name].strip() for name in _NAMES if form.get(name, "").strip()}
            if not wanted:
                raise InputInvalid(reason="Type a subject, a location or a folder first; an empty one stays.")
            changes = Changes(**wanted)
            return lambda _: changes, "Changed"
        case "keywords":
            edit = KeywordEdit(_list(form.get("add", "")), tuple(form.getlist("remove")))
            if not (edit.add or edit.remove):
                raise InputInvalid(reason="Type keywords to add, or mark some to remove, first.")
            return edit.changes, "Keywords changed"
        case "replace":
            replacement = _replacement(form)
            if replacement is None:
                raise InputInvalid(reason="Say what to find first.")
            return replacement.changes, "Replaced"
    raise InputInvalid(reason="Say what to change: names, keywords or replace.")


def _replacement(form: MultiDict[str, str]) -> Replacement | None:
    if not form.get("find", "").strip():
        return None
    known = {field.value: field for field in Field}
    fields = tuple(known[name] for name in form.getlist("field") if name in known)
    return Replacement(form["find"], form.get("put", ""), fields or tuple(Field), bool(form.get("exact")))


def _list(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(" ".join(each.split()) for each in keywords_in(text)))


def _common(photos: Sequence[Photo], name: str) -> str:
    values = {getattr(photo, name) for photo in photos}
    return values.pop() if len(values) == 1 else ""


def _first(counts: Mapping[str, int], number: int) -> list[tuple[str, int]]:
    return list(counts.items())[:number]


def _summed_up(words: str, outcomes: Sequence[Outcome]) -> str:
    refused = [outcome.error for outcome in outcomes if outcome.error is not None]
    changed = sum(outcome.photo is not None and outcome.is_changed for outcome in outcomes)
    same = len(outcomes) - changed - len(refused)
    said = [f"{words}: {changed} of {len(outcomes)} photos."]
    said += [f"{same} had nothing to change."] if same else []
    said += [f"{len(refused)} refused, the first because: {short(refused[0].message, 200)}"] if refused else []
    return " ".join(said)
