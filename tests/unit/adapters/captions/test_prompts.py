"""Prompts: shipped, replaceable, and filled with what is known."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from lightgate.adapters.captions.prompts import CAPTION, CAPTION_SIMPLE, REWRITE, read_prompt
from lightgate.adapters.captions.word_lists import word_lists
from lightgate.domain.language.tokens import words_of
from lightgate.domain.photo import Exif, Field
from lightgate.domain.proof.proof import ALT_WORDS, CAPTION_WORDS
from lightgate.errors import SettingInvalid
from lightgate.ports.captions import CaptionRequest

REQUEST = CaptionRequest(
    "de",
    "Canal parade",
    "Amsterdam",
    "Events",
    "The mayor\nstands on $boat two.",
    Exif(date_time="2024:08:03 15:00:00"),
    written=((Field.KEYWORDS, ("pride", "boat")),),
    avoid=tuple(f"Caption number {n}." for n in range(15)),
    hint="say more of the crowd",
)


def test_a_prompt_tells_what_is_known() -> None:
    prompt = read_prompt(CAPTION).fill(REQUEST)
    for told in ("German", "Canal parade", "Amsterdam", "Events", "2024:08:03", "pride, boat", "say more of the crowd"):
        assert told in prompt
    assert "- About the set: The mayor stands on $boat two." in prompt


def test_the_light_by_time_and_place_is_told() -> None:
    prompt = read_prompt(CAPTION).fill(replace(REQUEST, light="evening, the sun 3° above the horizon"))
    assert "place, by calculation: evening, the sun 3° above the horizon" in prompt


def test_only_the_last_captions_are_to_be_avoided() -> None:
    prompt = read_prompt(CAPTION).fill(REQUEST)
    assert "Caption number 14." in prompt
    assert "Caption number 4." not in prompt


def test_what_is_not_known_is_not_mentioned() -> None:
    prompt = read_prompt(CAPTION).fill(CaptionRequest("en", "", "", "", "", Exif()))
    assert "- nothing" in prompt
    assert "Place" not in prompt
    assert "Other photographs" not in prompt


def test_a_long_brief_leaves_room_for_the_picture() -> None:
    request = CaptionRequest("en", "", "", "", "word " * 5000, Exif())
    assert len(read_prompt(CAPTION_SIMPLE).fill(request)) < 2500


def test_the_hash_names_the_text_of_the_prompt(tmp_path: Path) -> None:
    shipped = read_prompt(CAPTION)
    (tmp_path / CAPTION).write_text("Say it in $language, for $$5.")
    own = read_prompt(CAPTION, tmp_path)
    assert own.hash == hashlib.sha256(b"Say it in $language, for $$5.").hexdigest()[:12] != shipped.hash
    assert own.fill(REQUEST) == "Say it in German, for $5."


@pytest.mark.parametrize("name", [CAPTION, CAPTION_SIMPLE, REWRITE])
def test_a_prompt_asks_for_what_the_proof_allows(name: str) -> None:
    prompt = read_prompt(name).fill(replace(REQUEST, keyword_limits=(3, 8), refused=(), faults=()))
    for limit in (CAPTION_WORDS, ALT_WORDS, (3, 8)):
        assert f"{limit[0]} to {limit[1]}" in prompt
    assert "$" not in prompt.replace("$boat", "")


@pytest.mark.parametrize("name", [CAPTION, CAPTION_SIMPLE, REWRITE])
def test_a_prompt_holds_no_words_that_the_proof_would_refuse(name: str) -> None:
    lists, template = word_lists(), read_prompt(name).template
    for judged in ("praise", "doubt", "gear"):
        assert [found.said for found in lists.find(judged, "en", words_of(template), template)] == []


def test_a_users_prompt_of_an_earlier_version_still_counts(tmp_path: Path) -> None:
    (tmp_path / "caption.v1.txt").write_text("Say it briefly.")
    (tmp_path / "caption.v9.txt").write_text("From a later Lightgate.")
    assert read_prompt(CAPTION, tmp_path).template == "Say it briefly."


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\xc3("], ids=["half of a UTF-16 letter", "no UTF-8"])
def test_an_unreadable_prompt_of_the_user_is_a_setting_that_is_wrong(tmp_path: Path, content: bytes) -> None:
    (tmp_path / CAPTION).write_bytes(content)
    with pytest.raises(SettingInvalid, match="prompt"):
        read_prompt(CAPTION, tmp_path)
