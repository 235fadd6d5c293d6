"""The text proof: what it finds, what it lets pass, and what must be answered before an approval."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.adapters.captions.word_lists import word_lists
from lightgate.domain.photo import Field, Issue, Source, Text
from lightgate.domain.proof import proof as proofs
from lightgate.domain.proof.proof import (
    BLOCK,
    NOTE,
    WARN,
    Context,
    blocking,
    field_scores,
    needs_work,
    proof_all,
    score,
)

LISTS = Context(word_lists())

CAPTION = "Three fishing boats rest on the wet sand below a white lighthouse."
ALT = "Wooden boats lie on a beach, a lighthouse behind them."
KEYWORDS = ("boat", "beach", "lighthouse", "sand", "coast")


def texts(
    caption: str = CAPTION,
    alt: str = ALT,
    keywords: tuple[str, ...] = KEYWORDS,
    *,
    source: Source = Source.MODEL,
    language: str = "en",
) -> list[Text]:
    return [
        Text(language, Field.CAPTION, caption, source),
        Text(language, Field.ALT_TEXT, alt, source),
        Text(language, Field.KEYWORDS, keywords, source),
    ]


def proof(given: list[Text], language: str) -> tuple[Issue, ...]:
    return proofs.proof(given, language, LISTS)


def codes(issues: tuple[Issue, ...]) -> set[str]:
    return {issue.code for issue in issues}


@pytest.mark.parametrize(
    ("caption", "code", "severity"),
    [
        ("", "caption_empty", BLOCK),
        (" \n ", "caption_empty", BLOCK),
        ("Boats on sand.", "caption_too_short", WARN),
        (f"{' '.join(['boats and gulls'] * 9)}.", "caption_too_long", WARN),
        ("This image shows three boats on the sand below a lighthouse.", "filler_opening", WARN),
        ("“A photo of three boats on the sand below a lighthouse.”", "filler_opening", WARN),
        ("Three **wooden** boats rest on the wet sand by the sea.", "markdown", WARN),
        ("# Three wooden boats rest on the wet sand by the sea.", "markdown", WARN),
        ("Three wooden boats rest on the wet sand by the sea ⛵.", "emoji", WARN),
        ("Three wooden boats rest\x01 on the wet sand by the sea.", "control_characters", BLOCK),
        ("Three wooden boats\nrest on the wet sand by the sea.", "control_characters", BLOCK),
        ("Three wooden boats rest on the wet \u202esand by the sea.", "control_characters", BLOCK),
        ("Three wooden boats rest on the the wet sand by the sea.", "doubled_word", WARN),
        ("The the wooden boats rest on wet sand by the sea.", "doubled_word", WARN),
        ("Three wooden boats rest on the wet sand by", "no_full_stop", WARN),
        ("Tres barcos en la arena con una torre del puerto al fondo.", "wrong_language", WARN),
        ("三艘木船停在海边潮湿的沙滩上后面有一座灯塔。", "wrong_language", WARN),
    ],
)
def test_a_bad_caption_is_named(caption: str, code: str, severity: str) -> None:
    found = {issue.code: issue for issue in proof(texts(caption), "en")}
    assert found[code].severity == severity
    assert found[code].field is Field.CAPTION


@pytest.mark.parametrize(
    ("alt", "code", "severity"),
    [
        ("", "alt_text_empty", BLOCK),
        ("Two boats.", "alt_text_too_short", WARN),
        (f"{' '.join(['boats'] * 5)} and {' '.join('abcdefghijklmnopqrst')}.", "alt_text_too_long", WARN),
        (f"{'boatyard ' * 30}.", "alt_text_over_limit", BLOCK),
        (CAPTION, "alt_text_equals_caption", WARN),
        (CAPTION.upper(), "alt_text_equals_caption", WARN),
        (CAPTION.replace(".", " today."), "alt_text_near_caption", WARN),
    ],
)
def test_a_bad_alt_text_is_named(alt: str, code: str, severity: str) -> None:
    found = {issue.code: issue for issue in proof(texts(alt=alt), "en")}
    assert found[code].severity == severity
    assert found[code].field is Field.ALT_TEXT


@pytest.mark.parametrize(
    ("keywords", "code", "severity"),
    [
        ((), "keywords_empty", BLOCK),
        (("", "  "), "keywords_empty", BLOCK),
        (("boat", "sea"), "keywords_too_few", WARN),
        (tuple(f"boat {letter}" for letter in "abcdefghijklm"), "keywords_too_many", WARN),
        (("boat", "Boat", "sea", "sand", "coast", "gull"), "keywords_repeated", WARN),
        (("b" * 65, *KEYWORDS), "keyword_too_long", WARN),
        (("bo\x07at", *KEYWORDS), "control_characters", BLOCK),
        (("**boat**", *KEYWORDS), "keyword_markup", WARN),
    ],
)
def test_bad_keywords_are_named(keywords: tuple[str, ...], code: str, severity: str) -> None:
    found = {issue.code: issue for issue in proof(texts(keywords=keywords), "en")}
    assert found[code].severity == severity
    assert found[code].field is Field.KEYWORDS


@pytest.mark.parametrize(
    ("language", "caption", "alt"),
    [
        ("en", CAPTION, ALT),
        ("en", "The lagoon of Bora Bora lies calm below Mount Otemanu.", "Calm water, a green peak rising behind it."),
        ("en", "Red-white ferries cross the IJ at 18:30, gulls behind them!", "Two ferries pass on wide grey water."),
        ("en", "“Stop the war” reads a banner above the crowd.", "People hold a banner over a full square."),
        ("de", "Drei Boote liegen auf dem nassen Sand unter einem weißen Leuchtturm.",
         "Holzboote liegen am Strand, dahinter ein heller Turm."),
        ("ja", "白い灯台の下の濡れた砂浜に三隻の漁船が静かに並んで休んでいる。", "浜辺に並ぶ木の船と後ろの灯台。"),
        ("fi", "Kolme venettä lepää märällä hiekalla valkoisen majakan alla illalla.",
         "Puiset veneet rannalla, majakka niiden takana kaukana."),
    ],
)  # fmt: skip
def test_good_texts_pass(language: str, caption: str, alt: str) -> None:
    keywords = ("Schiff", "Strand", "Küste", "Tau", "Ebbe") if language == "de" else KEYWORDS
    assert proof(texts(caption, alt, keywords, language=language), language) == ()


def test_missing_texts_block() -> None:
    assert codes(blocking(proof([], "en"))) == {"caption_empty", "alt_text_empty", "keywords_empty"}


def test_a_draft_asks_for_work_and_does_not_block() -> None:
    issues = proof(texts(source=Source.DRAFT), "en")
    assert codes(issues) == {"draft"}
    assert needs_work(issues)
    assert not blocking(issues)


def test_what_a_person_wrote_passes_the_same_proof() -> None:
    assert "caption_too_short" in codes(proof(texts("Sunset.", source=Source.PERSON), "en"))


def test_each_language_is_proved_by_itself() -> None:
    issues = proof_all(
        [*texts(), *texts("", language="de", alt="Holzboote liegen am Strand vor einem Turm.")], ["en", "de"]
    )
    assert [(issue.language, issue.code) for issue in issues] == [("de", "caption_empty")]


def test_keywords_that_came_as_one_string_are_read() -> None:
    assert proof([*texts()[:2], Text("en", Field.KEYWORDS, "boat, sea, sand, coast, gull", Source.FILE)], "en") == ()


def test_an_issue_names_its_place_in_the_text() -> None:
    caption = "Three boats rest below a stunning lighthouse on the wet sand."
    [issue] = [issue for issue in proof(texts(caption), "en") if issue.code == "praise"]
    assert caption[issue.start : issue.end] == "stunning"


def test_an_issue_of_a_keyword_names_its_place_in_the_list() -> None:
    [issue] = [issue for issue in proof(texts(keywords=("boat", "bokeh", *KEYWORDS[1:])), "en")]
    assert ", ".join(("boat", "bokeh", *KEYWORDS[1:]))[issue.start : issue.end] == "bokeh"


def test_each_field_has_a_grade_of_its_own() -> None:
    grades = field_scores(proof(texts("Three boats rest below a stunning lighthouse on the wet sand."), "en"), ["en"])
    assert grades == {"caption.en": 90, "alt_text.en": 100, "keywords.en": 100}


def test_a_note_alone_needs_no_work() -> None:
    assert not needs_work([Issue("hint", NOTE, "…", "en")])


def test_the_score_falls_with_every_issue_and_the_worst_language_counts() -> None:
    good, warned = score(()), score([Issue("a", WARN, "…", "en")])
    blocked = score([Issue("a", WARN, "…", "en"), Issue("b", BLOCK, "…", "de")])
    assert 100 == good > warned > blocked >= 0
    assert score([Issue("b", BLOCK, "…", "en")] * 9) == 0


@given(st.text(), st.text(), st.lists(st.text()).map(tuple), st.sampled_from(["en", "de", "ja", "xx", ""]))
def test_no_text_breaks_the_proof(caption: str, alt: str, keywords: tuple[str, ...], language: str) -> None:
    issues = proof(texts(caption, alt, keywords, language=language), language)
    assert 0 <= score(issues) <= 100
    assert all(issue.message.endswith(".") and "{label}" not in issue.message for issue in issues)
