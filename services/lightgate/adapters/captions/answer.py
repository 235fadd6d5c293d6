"""Reading what a caption model answered: what is usable, and in words what is wrong with the rest."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lightgate.domain.language.languages import is_foreign, name_of
from lightgate.domain.language.tokens import clean, clean_keywords, words
from lightgate.errors import ModelAnswerBad

#: facts before texts: a model that has named what it sees invents less. Order matters, the grammar keeps it
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "main_subject": {"type": "string"},
        "visible_details": {"type": "array", "items": {"type": "string"}, "maxItems": 6},
        "colours": {"type": "array", "items": {"type": "string"}, "maxItems": 4},
        "visible_text": {"type": "string"},
        "confidence": {"type": "integer"},
        "caption": {"type": "string"},
        "alt_text": {"type": "string"},
        "keywords": {"type": "array", "items": {"type": "string"}, "minItems": 5, "maxItems": 12},
    },
    "required": ["main_subject", "visible_details", "colours", "visible_text", "confidence",
                 "caption", "alt_text", "keywords"],
}  # fmt: skip
#: what the simpler prompt asks for
SIMPLE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {name: SCHEMA["properties"][name] for name in ("caption", "alt_text", "keywords")},
    "required": ["caption", "alt_text", "keywords"],
}

#: characters; a real answer has about a thousand
LONGEST_ANSWER = 20_000
#: blanks at the end of an answer that make a flood
_BLANKS = 200
_TAIL = 480
_REPEATED = re.compile(r"(\S.{2,79}?)\1{5,}\Z", re.DOTALL)
_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
#: an apology counts where a text begins; it may also stand on a sign that the text quotes
_APOLOGY = re.compile(
    r"\W?(?:(?:i'?m|i am|so|we'?re) sorry|sorry,? (?:but|i)|i apologi[sz]e|unfortunately,? i"
    r"|(?:es )?tut mir (?:sehr )?leid|entschuldig(?:ung|e)|leider kann ich"
    r"|het spijt (?:me|mij)|sorry,? maar|helaas kan ik"
    r"|(?:je suis )?(?:désolée?|navrée?)\b|je m'excuse|malheureusement,? je"
    r"|lo (?:siento|lamento)|disculp[ae]|mi dispiace|mi scuso|purtroppo non|desculpe|lamento)",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\b(?:as an? (?:ai|large language model|language model)\b"
    r"|i (?:can(?:no|')t|am unable to|'?m unable to|am not able to)"
    r" (?:see|view|describe|help|assist|identify|provide|process)"
    r"|(?:don'?t|do not|cannot|can'?t) see (?:an|any|the) (?:image|photo|picture)"
    r"|no (?:image|photo|picture) (?:was |is |has been )?(?:provided|attached|uploaded|given)"
    r"|ich (?:kann|sehe) (?:leider )?(?:das|dieses|kein|auf|ihnen|dir|nicht)\b|als (?:ki|sprachmodell)\b"
    r"|ik (?:kan|zie) (?:helaas )?(?:geen|deze|dit|je|u|niet)\b|als (?:ai|taalmodel)\b"
    r"|je (?:ne )?(?:peux|vois|suis) (?:pas|aucune|incapable)\b|en tant qu(?:e modèle|'(?:ia|intelligence))"
    r"|no (?:puedo|veo) (?:ver|ayudar|describir|procesar|identificar|ninguna|la imagen)"
    r"|como (?:ia|modelo de lenguaje)\b"
    r"|non (?:posso|riesco a|vedo) (?:vedere|aiutar\w*|descrivere|elaborare|identificare|alcuna|l'immagine)"
    r"|come (?:ia|modello linguistico)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came over the wire, put together."""

    content: str
    thinking: str = ""
    is_done: bool = True
    done_reason: str | None = "stop"


@dataclass(frozen=True, slots=True)
class Written:
    """The usable part of an answer."""

    caption: str
    alt_text: str
    keywords: tuple[str, ...]
    #: 0 to 100, as the model claims
    confidence: int | None = None


def runaway(content: str) -> str | None:
    """Say why a growing answer should be broken off: blanks without end, repetition, sheer length."""
    if len(content) > LONGEST_ANSWER:
        return "it did not stop writing"
    if len(content) - len(content.rstrip()) > _BLANKS:
        return "it wrote nothing but blanks"
    if _REPEATED.search(content[-_TAIL:]):
        return "it repeated itself"
    return None


def read_answer(answer: Answer, language: str) -> Written:
    """Take the texts out of an answer.

    Raises:
        ModelAnswerBad: with the reason.
    """
    _check_whole(answer)
    fields = _fields(answer.content)
    written = Written(
        clean(_text(fields.get("caption"))),
        clean(_text(fields.get("alttext", fields.get("alt")))),
        clean_keywords(_items(fields.get("keywords", fields.get("tags"))), language),
        _percent(fields.get("confidence")),
    )
    _check_texts(written, language)
    return written


def _check_whole(answer: Answer) -> None:
    if not answer.is_done:
        raise ModelAnswerBad(reason="it broke off before it was done")
    if answer.done_reason == "length":
        raise ModelAnswerBad(reason="it was cut off at the length limit", is_cut_off=True)
    if not answer.content.strip():
        reason = "it only thought and wrote nothing" if answer.thinking.strip() else "it was empty"
        raise ModelAnswerBad(reason=reason)
    fault = runaway(answer.content)
    if fault:
        raise ModelAnswerBad(reason=fault)


def _check_texts(written: Written, language: str) -> None:
    if not (words(written.caption) and words(written.alt_text) and written.keywords):
        raise ModelAnswerBad(reason="caption, alt text or keywords were missing")
    both = f"{written.caption} {written.alt_text}".replace("\u2019", "'")
    is_apology = any(_APOLOGY.match(said) for said in (written.caption, written.alt_text))
    if is_apology or _REFUSAL.search(both):
        raise ModelAnswerBad(reason="it refused, or saw no picture")
    if is_foreign(both, language):
        raise ModelAnswerBad(reason=f"it did not write {name_of(language)}")


def _fields(content: str) -> Mapping[str, Any]:
    """Find the outermost JSON object; keys are reduced to lower-case letters."""
    text = _THOUGHT.sub("", content)
    start, end = text.find("{"), text.rfind("}")
    if start < 0:
        raise ModelAnswerBad(reason="it was not JSON")
    try:
        # raw control characters inside strings are common, even under a grammar
        found = json.loads(text[start : end + 1], strict=False)
    except (ValueError, RecursionError) as error:
        raise ModelAnswerBad(reason="it was not whole JSON") from error
    return {re.sub(r"[^a-z]", "", key.lower()): value for key, value in found.items()}


def _text(value: object) -> str:
    """Take a string, also from where a model wrapped it: ``["…"]`` or ``{"text": "…"}``."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        value = next((part for part in value if isinstance(part, str)), "")
    return value if isinstance(value, str) else ""


def _items(value: object) -> list[str]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [_text(part) for part in value]
    return [value] if isinstance(value, str) else []


def _percent(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    share = value * 100 if isinstance(value, float) and 0 < value <= 1 else value
    return round(min(100.0, max(0.0, share)))
