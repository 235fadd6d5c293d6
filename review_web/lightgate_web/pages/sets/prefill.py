"""The texts of a set at a glance: the prefill report, to read."""

from __future__ import annotations

from flask import render_template, request, url_for

from lightgate.adapters.captions.word_lists import word_lists
from lightgate.texts.prefill_report import look_over
from lightgate_web.pages import pages
from lightgate_web.request.cache import carried_on
from lightgate_web.request.context import house
from lightgate_web.request.selection import place_from

_PAGE = 100
#: what people read for the report's reasons
REASONS = {
    "caption_equals_alt": "Caption and alt text are the same",
    "caption_too_short": "Short caption",
    "alt_too_short": "Short alt text",
    "too_few_keywords": "Few keywords",
    "urban_terms_vs_nature_context": "Words of a town in a category of nature",
    "generic_template_phrase": "Talks of the picture instead of what is in it",
    "duplicate_caption_exact": "Same caption as another",
    "duplicate_alt_exact": "Same alt text as another",
    "duplicate_keywords_signature": "Same keywords as another",
    "duplicate_caption_alt_pair": "Same caption and alt text as another",
}


@pages.get("/sets/<slug>/texts")
def texts_of_set(slug: str) -> str:
    start = place_from(request.args, "start") or 0
    here = house()
    lists = word_lists(here.folder.words)
    with here.store.reading() as tx:
        photo_set = tx.sets.get(slug)
        state = (lists, tx.events.last_of_set(photo_set.id))
        name = ("texts", photo_set.id)
        report = carried_on(name, state, lambda before: look_over(tx, photo_set, lists, before)).report
    end = start + _PAGE
    return render_template(
        "prefill.html",
        photo_set=photo_set,
        report=report,
        flagged=report.flagged[start:end],
        reasons=REASONS,
        counts=report.counts,
        file=here.folder.prefill_report,
        earlier=url_for("pages.texts_of_set", slug=slug, start=max(0, start - _PAGE)) if start else None,
        later=url_for("pages.texts_of_set", slug=slug, start=end) if len(report.flagged) > end else None,
    )
