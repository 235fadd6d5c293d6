"""The draft writer: what is known, put in order, and nothing invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.adapters.captions.draft import DraftWriter
from lightgate.adapters.captions.word_lists import word_lists
from lightgate.domain.photo import Exif, Field, Source, Text
from lightgate.domain.proof.proof import Context, blocking, proof
from lightgate.ports.captions import CaptionDraft, CaptionRequest


def asked(
    subject: str = "Harbour seals",
    location: str = "Texel, Netherlands",
    folder: str = "Wildlife",
    brief: str = "Seals rest on a sandbank at low tide. Boats keep their distance.",
    date_time: str | None = "2024:03:05 14:30:12",
    language: str = "en",
) -> CaptionRequest:
    return CaptionRequest(language, subject, location, folder, brief, Exif(date_time=date_time))


def drafted(request: CaptionRequest) -> CaptionDraft:
    return DraftWriter().describe(b"", request)


def test_a_draft_tells_subject_place_date_and_brief() -> None:
    draft = drafted(asked())
    assert draft.caption == (
        "Harbour seals, Texel, Netherlands, photographed on 5 March 2024. Seals rest on a sandbank at low tide."
    )
    assert draft.alt_text == "Harbour seals at Texel, Netherlands, from the series Wildlife."
    assert draft.keywords[:4] == ("harbour seals", "texel", "netherlands", "wildlife")
    assert len(draft.keywords) == 8


def test_a_draft_is_marked_and_claims_no_model() -> None:
    draft = drafted(asked())
    assert (draft.source, draft.model, draft.prompt_hash, draft.confidence) == (Source.DRAFT, None, None, None)


def test_a_draft_with_material_has_no_fault_but_being_one() -> None:
    draft = drafted(asked())
    texts = [
        Text("en", Field.CAPTION, draft.caption, draft.source),
        Text("en", Field.ALT_TEXT, draft.alt_text, draft.source),
        Text("en", Field.KEYWORDS, draft.keywords, draft.source),
    ]
    assert [issue.code for issue in proof(texts, "en")] == ["draft"]


def test_photos_of_a_set_differ_by_what_exif_knows() -> None:
    assert drafted(asked()).caption != drafted(asked(date_time="2024:03:06 09:00:00")).caption


def test_a_missing_or_impossible_date_is_left_out() -> None:
    for nothing in (None, "", "0000:00:00 00:00:00", "2024:13:45 99:00:00"):
        assert "photographed" not in drafted(asked(date_time=nothing)).caption


def test_without_material_nothing_is_made_up() -> None:
    draft = drafted(asked("", "", "", "", None))
    assert (draft.caption, draft.alt_text, draft.keywords) == ("", "", ())


def test_another_language_gets_no_english_words() -> None:
    draft = drafted(asked("Seehunde", "Texel", "Tiere", "", language="de"))
    assert draft.caption == "Seehunde, Texel, am 5. März 2024."
    assert draft.alt_text == "Seehunde, Tiere, Texel."


@pytest.mark.parametrize(
    ("language", "brief", "kept"),
    [
        ("en", "Beautiful photographs of seals on the sandbank at dawn. Boats keep their distance.", "Boats keep"),
        ("en", "Shot with my new telephoto lens. This image was taken at low tide.", ""),
        ("de", "Wunderschöne Fotos der Robben auf der Sandbank. Die Boote halten Abstand zu den Tieren.", "Die Boote"),
    ],
)
def test_words_that_the_proof_warns_of_stay_out_of_a_draft(language: str, brief: str, kept: str) -> None:
    request = asked(brief=brief, language=language, date_time="2024:03:05 05:30:12")
    draft = DraftWriter(word_lists).describe(b"", request)
    texts = [
        Text(language, Field.CAPTION, draft.caption, draft.source),
        Text(language, Field.ALT_TEXT, draft.alt_text, draft.source),
        Text(language, Field.KEYWORDS, draft.keywords, draft.source),
    ]
    found = {issue.code for issue in proof(texts, language, Context(word_lists()))}
    assert found <= {"draft", "caption_too_short", "alt_text_too_short", "keywords_too_few"}
    assert kept in draft.caption


def test_a_hostile_set_gives_clean_texts() -> None:
    draft = drafted(asked("<script>alert(1)</script> Boats\x00\n", "**Here**", "../../etc/passwd", "x" * 9000))
    for text in (draft.caption, draft.alt_text, *draft.keywords):
        assert text.isprintable()
        assert "<" not in text
        assert len(text) < 600


@given(st.text(), st.text(), st.text(), st.text(), st.text())
def test_no_input_makes_a_draft_that_cannot_be_published(
    subject: str, location: str, folder: str, brief: str, language: str
) -> None:
    draft = drafted(asked(subject, location, folder, brief, None, language))
    texts = [
        Text("en", Field.CAPTION, draft.caption, draft.source),
        Text("en", Field.ALT_TEXT, draft.alt_text, draft.source),
        Text("en", Field.KEYWORDS, draft.keywords, draft.source),
    ]
    left_empty = {"caption_empty", "alt_text_empty", "keywords_empty"}
    assert {issue.code for issue in blocking(proof(texts, "en"))} <= left_empty


@pytest.mark.parametrize(
    ("date_time", "said"),
    [
        ("1965", {"en": "1965", "de": "1965", "pl": "1965"}),
        (
            "1965:07",
            {"en": "photographed in July 1965", "de": "im Juli 1965", "es": "en julio de 1965", "pl": "1965-07"},
        ),
        ("1965:07:04", {"en": "photographed on 4 July 1965", "de": "am 4. Juli 1965", "pl": "1965-07-04"}),
        ("1965:07:04 10:30", {"en": "photographed on 4 July 1965", "fr": "le 4 juillet 1965"}),
    ],
)
def test_a_date_is_told_as_far_as_it_is_known(date_time: str, said: dict[str, str]) -> None:
    for language, words in said.items():
        assert f", {words}." in drafted(asked(language=language, date_time=date_time)).caption
