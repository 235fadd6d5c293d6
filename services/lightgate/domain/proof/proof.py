"""The text proof: what a person should look at before a caption, alt text or keyword list is published.

The photographer's own words pass the same proof. An issue that blocks needs a reason to be approved; one that warns
asks for a look; nothing is ever accepted by force.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lightgate.domain.keywords.line import keywords_in
from lightgate.domain.language.tokens import count_words, folded, likeness
from lightgate.domain.language.word_lists import WordLists
from lightgate.domain.photo import HUMAN_SOURCES, Field, Issue, Source, Text
from lightgate.domain.proof.evidence import Evidence
from lightgate.domain.proof.evidence_faults import evidence_faults, is_told_name
from lightgate.domain.proof.keywords import KEYWORDS, keyword_faults
from lightgate.domain.proof.sentence import BLOCK, NOTE, WARN, Fault, Sentence, sentence_faults

__all__ = [
    "ALT_CHARACTERS", "ALT_WORDS", "BLOCK", "CAPTION_WORDS", "KEYWORDS", "NOTE", "TOO_ALIKE", "WARN",
    "Context", "Twin", "blocking", "field_scores", "needs_work", "proof", "proof_all", "score",
]  # fmt: skip

#: words: long enough to say something, short enough to be read under a picture
CAPTION_WORDS = (8, 24)
ALT_WORDS = (7, 18)
#: Source: guidance for IPTC Alt Text (2021.1): about 125, never over 250
ALT_CHARACTERS = 250
#: shared words at which alt text only repeats the caption, and one photo's text another's
TOO_ALIKE = 0.86
#: points that an issue costs
COST = {BLOCK: 40, WARN: 10, NOTE: 2}

_LABELS = {Field.CAPTION: "caption", Field.ALT_TEXT: "alt text", Field.KEYWORDS: "keywords"}
_LIMITS = {Field.CAPTION: CAPTION_WORDS, Field.ALT_TEXT: ALT_WORDS}


@dataclass(frozen=True, slots=True)
class Twin:
    """Another photo's text that says the same, or nearly."""

    language: str
    field: Field
    #: how a person finds the other photo
    where: str
    #: shared words, 0 to 1
    likeness: float
    #: both photos stand in one series: they show the same and may say the same
    is_frame: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What a text is proved against, beside its own wording."""

    lists: WordLists = field(default_factory=WordLists)
    #: what is known of the photo; None: it is not asked for
    evidence: Evidence | None = None
    #: texts of other photos
    twins: tuple[Twin, ...] = ()
    #: how many keywords a photo has
    keywords: tuple[int, int] = KEYWORDS


_BARE = Context()


def proof(texts: Iterable[Text], language: str, context: Context = _BARE) -> tuple[Issue, ...]:
    """Check the texts of one language; those of others are passed over."""
    own = {text.field: text for text in texts if text.language == language}
    found = [
        *_sentence(own.get(Field.CAPTION), Field.CAPTION, language, context),
        *_sentence(own.get(Field.ALT_TEXT), Field.ALT_TEXT, language, context),
        *_pair(own, language),
        *_keywords(own, language, context),
    ]
    if any(text.source is Source.DRAFT for text in own.values()):
        found.append(Issue("draft", WARN, "No model wrote this text: read it, and correct or regenerate it.", language))
    return tuple(found)


def proof_all(texts: Sequence[Text], languages: Iterable[str], context: Context = _BARE) -> tuple[Issue, ...]:
    """Check the texts of every language of a set."""
    return tuple(issue for language in languages for issue in proof(texts, language, context))


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


def field_scores(issues: Sequence[Issue], languages: Iterable[str]) -> Mapping[str, float]:
    """Grade every field of every language by itself, as ``caption.en``; what is about no field counts for each."""
    return {
        f"{field}.{language}": score(
            issue for issue in issues if issue.language == language and issue.field in {field, None}
        )
        for language in languages
        for field in Field
    }


def _sentence(text: Text | None, field: Field, language: str, context: Context) -> Iterator[Issue]:
    value = text.value if text is not None and isinstance(text.value, str) else ""
    label = _LABELS[field]
    if text is None or not value.strip():
        yield Issue(f"{field}_empty", BLOCK, f"The {label} is empty.", language, field)
        return
    sentence = Sentence.of(value, language)
    for fault in (*_length(value, field, language), *_faults(sentence, text, context)):
        yield _issue(fault, field, language)
    for twin in context.twins:
        if (twin.language, twin.field) == (language, field):
            yield _same(twin, len(value))


def _faults(sentence: Sentence, text: Text, context: Context) -> Iterator[Fault]:
    for fault in sentence_faults(sentence, context.lists):
        if not is_told_name(fault, sentence, context.evidence):
            yield fault
    if context.evidence is not None:
        is_own = text.source in HUMAN_SOURCES
        yield from evidence_faults(sentence, context.lists, context.evidence, is_own=is_own)


def _issue(fault: Fault, field: Field, language: str) -> Issue:
    message = fault.message.replace("{label}", _LABELS[field])
    return Issue(fault.code, fault.severity, message, language, field, fault.start, fault.end)


def _length(value: str, field: Field, language: str) -> Iterator[Fault]:
    label, (least, most) = _LABELS[field], _LIMITS[field]
    count = count_words(value, language)
    if count < least:
        words = "one word" if count == 1 else f"{count} words"
        yield Fault(f"{field}_too_short", WARN, f"The {label} has {words}; at least {least} say more.")
    if count > most:
        yield Fault(f"{field}_too_long", WARN, f"The {label} has {count} words; at most {most} are read.")
    if field is Field.ALT_TEXT and len(value) > ALT_CHARACTERS:
        message = f"The alt text has {len(value)} characters; the limit is {ALT_CHARACTERS}."
        yield Fault("alt_text_over_limit", BLOCK, message, ALT_CHARACTERS, len(value))


def _same(twin: Twin, length: int) -> Issue:
    label = _LABELS[twin.field]
    if twin.likeness >= 1:
        code, severity = f"duplicate_{twin.field}", NOTE if twin.is_frame else WARN
        message = f"{twin.where}{', of the same series,' if twin.is_frame else ''} has the same {label}."
    else:
        code, severity = f"near_duplicate_{twin.field}", NOTE
        message = f"{twin.where} has nearly the same {label}."
    return Issue(code, severity, message, twin.language, twin.field, 0, length)


def _pair(own: Mapping[Field, Text], language: str) -> Iterator[Issue]:
    texts = [own[field].value for field in (Field.CAPTION, Field.ALT_TEXT) if field in own]
    values = [value for value in texts if isinstance(value, str) and value.strip()]
    if len(values) < len(_LIMITS):
        return
    caption, alt = values
    if folded(caption) == folded(alt):
        message = "Alt text and caption are the same: say in the alt text what is seen."
        yield Issue("alt_text_equals_caption", WARN, message, language, Field.ALT_TEXT, 0, len(alt))
    elif likeness(caption, alt) >= TOO_ALIKE:
        message = "The alt text hardly differs from the caption."
        yield Issue("alt_text_near_caption", WARN, message, language, Field.ALT_TEXT, 0, len(alt))


def _keywords(own: Mapping[Field, Text], language: str, context: Context) -> Iterator[Issue]:
    text, caption = own.get(Field.KEYWORDS), own.get(Field.CAPTION)
    value = text.value if text is not None else ()
    given = [each for each in (keywords_in(value) if isinstance(value, str) else value) if each.strip()]
    faults = keyword_faults(
        given,
        language,
        context.lists,
        context.evidence,
        caption.value if caption is not None and isinstance(caption.value, str) else "",
        context.keywords,
        is_own=text is not None and text.source in HUMAN_SOURCES,
    )
    for fault in faults:
        yield _issue(fault, Field.KEYWORDS, language)
