"""The text proof: what a person should look at before a caption, alt text or keyword list is published.

The photographer's own words pass the same proof. An issue that blocks needs a reason to be approved; one that warns
asks for a look; nothing is ever accepted by force.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from lightgate.domain.languages import is_foreign, name_of, opening_of
from lightgate.domain.photo import Field, Issue, Source, Text
from lightgate.domain.wording import KEYWORD_CHARACTERS, MAX_KEYWORDS, count_words, folded, is_control, likeness

BLOCK, WARN, NOTE = "block", "warn", "note"

#: words: long enough to say something, short enough to be read under a picture
CAPTION_WORDS = (8, 24)
ALT_WORDS = (7, 18)
#: Source: guidance for IPTC Alt Text (2021.1): about 125, never over 250
ALT_CHARACTERS = 250
KEYWORDS = (5, MAX_KEYWORDS)
#: shared words at which alt text only repeats the caption
TOO_ALIKE = 0.86
#: points that an issue costs
COST = {BLOCK: 40, WARN: 10, NOTE: 2}

_LABELS = {Field.CAPTION: "caption", Field.ALT_TEXT: "alt text", Field.KEYWORDS: "keywords"}
_LIMITS = {Field.CAPTION: CAPTION_WORDS, Field.ALT_TEXT: ALT_WORDS}
_MARKDOWN = re.compile(r"\*\*|__|`|^\s*(?:#{1,6}|[-*+])\s|\[[^\[\]]*\]\(", re.MULTILINE)
#: pictographs, dingbats, flags, and the selector that turns a sign into one
_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\ufe0f\U000e0020-\U000e007f]")
_DOUBLED = re.compile(r"\b([^\W\d_]+)\s+\1\b", re.IGNORECASE)
_ENDS = re.compile("[.!?…。\uff01\uff1f؟।][\"'”\u2019»)\\]]*$")


def proof(texts: Iterable[Text], language: str) -> tuple[Issue, ...]:
    """Check the texts of one language; those of others are passed over."""
    own = {text.field: text for text in texts if text.language == language}
    found = [
        *_sentence(own.get(Field.CAPTION), Field.CAPTION, language),
        *_sentence(own.get(Field.ALT_TEXT), Field.ALT_TEXT, language),
        *_pair(own, language),
        *_keywords(own.get(Field.KEYWORDS), language),
    ]
    if any(text.source is Source.DRAFT for text in own.values()):
        found.append(Issue("draft", WARN, "No model wrote this text: read it, and correct or regenerate it.", language))
    return tuple(found)


def proof_all(texts: Sequence[Text], languages: Iterable[str]) -> tuple[Issue, ...]:
    """Check the texts of every language of a set."""
    return tuple(issue for language in languages for issue in proof(texts, language))


def needs_work(issues: Iterable[Issue]) -> bool:
    """Should a person look at these before anything else?"""
    return any(issue.severity in {BLOCK, WARN} for issue in issues)


def blocking(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Pick the issues that an approval must give a reason for."""
    return tuple(issue for issue in issues if issue.severity == BLOCK)


def score(issues: Iterable[Issue]) -> float:
    """Grade the texts from 0 to 100; of several languages the worst counts."""
    costs: dict[str, int] = {}
    for issue in issues:
        costs[issue.language] = costs.get(issue.language, 0) + COST.get(issue.severity, 0)
    return float(max(0, 100 - max(costs.values(), default=0)))


def _sentence(text: Text | None, field: Field, language: str) -> Iterator[Issue]:
    value = text.value if text is not None and isinstance(text.value, str) else ""
    label = _LABELS[field]
    if not value.strip():
        yield Issue(f"{field}_empty", BLOCK, f"The {label} is empty.", language, field)
        return
    yield from _length(value, field, language)
    for code, message in _form(value, language):
        yield Issue(code, WARN, message.replace("{label}", label), language, field)
    if any(is_control(c) for c in value):
        message = f"The {label} holds invisible control characters or line breaks."
        yield Issue("control_characters", BLOCK, message, language, field)


def _length(value: str, field: Field, language: str) -> Iterator[Issue]:
    label, (least, most) = _LABELS[field], _LIMITS[field]
    count = count_words(value, language)
    if count < least:
        message = f"The {label} has {count} words; at least {least} say more."
        yield Issue(f"{field}_too_short", WARN, message, language, field)
    if count > most:
        yield Issue(
            f"{field}_too_long", WARN, f"The {label} has {count} words; at most {most} are read.", language, field
        )
    if field is Field.ALT_TEXT and len(value) > ALT_CHARACTERS:
        message = f"The alt text has {len(value)} characters; the limit is {ALT_CHARACTERS}."
        yield Issue("alt_text_over_limit", BLOCK, message, language, field)


def _form(value: str, language: str) -> Iterator[tuple[str, str]]:
    """Find what is wrong with how a sentence is written; ``{label}`` is filled in by the caller."""
    opening = opening_of(value, language)
    if opening:
        yield "filler_opening", f"The {{label}} opens with “{opening}”: begin with what is seen."
    if is_foreign(value, language):
        yield "wrong_language", f"The {{label}} does not seem to be {name_of(language)}."
    doubled = _doubled(value)
    if doubled:
        yield "doubled_word", f"The {{label}} says “{doubled}” twice in a row."
    if not _ENDS.search(value.rstrip()):
        yield "no_full_stop", "The {label} does not end with a full stop; it may be cut off."
    if _MARKDOWN.search(value):
        yield "markdown", "The {label} holds markup such as ** or #."
    if _EMOJI.search(value):
        yield "emoji", "The {label} holds an emoji."


def _doubled(value: str) -> str | None:
    """Find a word said twice in a row; ``Bora Bora`` is a name."""
    found = (match for match in _DOUBLED.finditer(value))
    return next((m[1] for m in found if not (m[1][0].isupper() and m[0] == m[0].title())), None)


def _pair(own: dict[Field, Text], language: str) -> Iterator[Issue]:
    texts = [own[field].value for field in (Field.CAPTION, Field.ALT_TEXT) if field in own]
    values = [value for value in texts if isinstance(value, str) and value.strip()]
    if len(values) < len(_LIMITS):
        return
    caption, alt = values
    if folded(caption) == folded(alt):
        message = "Alt text and caption are the same: say in the alt text what is seen."
        yield Issue("alt_text_equals_caption", WARN, message, language, Field.ALT_TEXT)
    elif likeness(caption, alt) >= TOO_ALIKE:
        message = "The alt text hardly differs from the caption."
        yield Issue("alt_text_near_caption", WARN, message, language, Field.ALT_TEXT)


def _keywords(text: Text | None, language: str) -> Iterator[Issue]:
    value = text.value if text is not None else ()
    given = [keyword for keyword in (value.split(",") if isinstance(value, str) else value) if keyword.strip()]
    for code, severity, message in _keyword_faults(given):
        yield Issue(code, severity, message, language, Field.KEYWORDS)


def _keyword_faults(given: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    least, most = KEYWORDS
    if not given:
        yield "keywords_empty", BLOCK, "There are no keywords."
        return
    if len(given) < least:
        yield "keywords_too_few", WARN, f"There are {len(given)} keywords; at least {least} help to be found."
    if len(given) > most:
        yield "keywords_too_many", WARN, f"There are {len(given)} keywords; at most {most}."
    if len({keyword.strip().casefold() for keyword in given}) < len(given):
        yield "keywords_repeated", WARN, "A keyword is there more than once."
    if any(len(keyword) > KEYWORD_CHARACTERS for keyword in given):
        yield "keyword_too_long", WARN, f"A keyword is longer than {KEYWORD_CHARACTERS} characters."
    if any(is_control(c) for keyword in given for c in keyword):
        yield "control_characters", BLOCK, "A keyword holds invisible control characters or line breaks."
    if any(_EMOJI.search(keyword) or _MARKDOWN.search(keyword) for keyword in given):
        yield "keyword_markup", WARN, "A keyword holds markup or an emoji."
