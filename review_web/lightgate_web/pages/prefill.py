"""The texts of a set at a glance: the prefill report, to read."""

from __future__ import annotations

from flask import render_template

from lightgate.adapters.word_lists import word_lists
from lightgate.prefill import report_of
from lightgate_web.here import house
from lightgate_web.pages import pages

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
    here = house()
    with here.store.reading() as tx:
        photo_set = tx.sets.get(slug)
        report = report_of(tx, photo_set, word_lists(here.folder.words))
    counts = {name: sum(name in each.reasons for each in report.flagged) for name in REASONS}
    return render_template(
        "prefill.html",
        photo_set=photo_set,
        report=report,
        reasons=REASONS,
        counts=counts,
        file=here.folder.prefill_report,
    )
