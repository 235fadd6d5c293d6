"""Reading a model's answer: what is usable, and why the rest is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lightgate.adapters.captions.answer import Answer, read_answer, runaway
from lightgate.errors import ModelAnswerBad

GOOD = {
    "confidence": 85,
    "caption": "Three fishing boats rest on the wet sand below a white lighthouse.",
    "alt_text": "Wooden boats lie on a beach, a lighthouse behind them.",
    "keywords": ["Boat", "beach", "lighthouse", "sand", "coast"],
}


def written(content: str, language: str = "en") -> object:
    return read_answer(Answer(content), language)


def with_field(name: str, value: object) -> str:
    return json.dumps({**GOOD, name: value})


def test_a_good_answer_is_read() -> None:
    found = read_answer(Answer(json.dumps(GOOD)), "en")
    assert found.caption == GOOD["caption"]
    assert found.keywords == ("boat", "beach", "lighthouse", "sand", "coast")
    assert found.confidence == 85


@pytest.mark.parametrize(
    ("language", "caption"),
    [
        ("en", "I'm sorry, but I cannot help with that request today."),
        ("en", "I am not able to identify anybody in this."),
        ("de", "Es tut mir leid, aber ich kann dieses Bild nicht beschreiben."),
        ("nl", "Het spijt me, maar ik kan deze afbeelding niet zien."),
        ("fr", "Je suis désolé, mais je ne peux pas décrire cette image."),
        ("es", "Lo siento, pero no puedo describir esta imagen ahora."),
        ("it", "Mi dispiace, ma non posso descrivere questa immagine."),
    ],
)
def test_an_apology_is_no_description(language: str, caption: str) -> None:
    with pytest.raises(ModelAnswerBad, match="refused"):
        written(with_field("caption", caption), language)


def test_an_apology_that_stands_on_a_sign_may_be_quoted() -> None:
    content = with_field("caption", "A sign reading “I'm sorry” hangs on the door of a shop.")
    assert read_answer(Answer(content), "en").caption.startswith("A sign")


@pytest.mark.parametrize(
    "content",
    [
        f"```json\n{json.dumps(GOOD)}\n```",
        f"Here you are: {json.dumps(GOOD)} Enjoy!",
        f"<think>A beach {{with boats}}.</think>{json.dumps(GOOD)}",
        json.dumps(GOOD).replace("wet sand", "wet\nsand\x07"),
        json.dumps(GOOD).replace("alt_text", "Alt-Text"),
        with_field("keywords", "boat, beach, lighthouse, sand, coast"),
        with_field("keywords", [{"keyword": "boat"}, {"keyword": "beach"}]),
        with_field("caption", {"text": GOOD["caption"]}),
        with_field("caption", [GOOD["caption"]]),
    ],
)
def test_a_usable_answer_in_odd_wrapping_is_read(content: str) -> None:
    found = read_answer(Answer(content), "en")
    assert found.caption == GOOD["caption"]
    assert found.keywords[:2] == ("boat", "beach")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(json.dumps(GOOD), is_done=False), "broke off"),
        (Answer(json.dumps(GOOD), done_reason="length"), "cut off"),
        (Answer("  \n"), "was empty"),
        (Answer("", thinking="Let me look."), "only thought"),
        (Answer("\n" * 500 + "{"), "not whole JSON"),
        (Answer("{" + "\n" * 500), "blanks"),
        (Answer("x" * 30_000), "did not stop"),
        (Answer("a red boat and " * 40), "repeated itself"),
        (Answer("What a lovely picture!"), "not JSON"),
        (Answer("<html><body>nginx</body></html>"), "not JSON"),
        (Answer(json.dumps(GOOD)[:80]), "not whole JSON"),
        (Answer('{"a":' * 3000 + "} as asked for"), "not whole JSON"),
        (Answer(f'{{"caption": {"9" * 5000}}}'), "JSON|missing|repeated"),
        (Answer("{}"), "missing"),
        (Answer(with_field("caption", "...")), "missing"),
        (Answer(with_field("alt_text", None)), "missing"),
        (Answer(with_field("keywords", ["1", "2"])), "missing"),
        (Answer(with_field("caption", "I\u2019m sorry, I can\u2019t see an image here.")), "refused"),
        (Answer(with_field("caption", "I cannot describe this picture at all.")), "refused"),
        (Answer(with_field("caption", "Drei Boote liegen auf dem Sand vor einem Turm mit der Fahne.")
                .replace(GOOD["alt_text"], "Boote am Strand, ein Turm im Licht.")), "did not write English"),
    ],
)  # fmt: skip
def test_an_unusable_answer_is_refused_with_its_reason(answer: Answer, reason: str) -> None:
    with pytest.raises(ModelAnswerBad, match=reason):
        read_answer(answer, "en")


@pytest.mark.parametrize(
    ("claimed", "confidence"),
    [(0.9, 90), (1, 1), (250, 100), (-3, 0), (True, None), ("high", None), (None, None)],
)
def test_confidence_is_a_percentage_or_nothing(claimed: object, confidence: int | None) -> None:
    assert read_answer(Answer(with_field("confidence", claimed)), "en").confidence == confidence


def test_confidence_without_end_is_nothing() -> None:
    assert read_answer(Answer(json.dumps(GOOD).replace("85", "Infinity")), "en").confidence is None


def test_indented_json_is_no_runaway() -> None:
    assert runaway(json.dumps({**GOOD, "more": [GOOD] * 3}, indent=12)) is None


@given(st.text() | st.recursive(st.none() | st.text() | st.floats(), st.lists).map(json.dumps))
def test_no_answer_breaks_the_reader(content: str) -> None:
    with pytest.raises(ModelAnswerBad):
        read_answer(Answer(f'{{"caption": {content}'), "en")
