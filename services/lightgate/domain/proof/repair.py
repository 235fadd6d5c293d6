"""Deterministic repair of what a model wrote: only taking away, splitting and ordering; nothing is ever made up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lightgate.domain.keywords.line import keywords_in
from lightgate.domain.language.tokens import UNSPACED, clean, count_words, primary, singular, words_of
from lightgate.domain.photo import HUMAN_SOURCES, Field, Text
from lightgate.domain.proof.evidence import Evidence
from lightgate.domain.proof.keywords import MOST_WORDS, keyword_faults
from lightgate.domain.proof.proof import ALT_WORDS, CAPTION_WORDS, Context
from lightgate.domain.proof.sentence import EMOJI, Sentence, doubled, opening_words

_LEAST_LEFT = 3
_OPENINGS = 3
_SPACE_BEFORE = re.compile(r"\s+([,.;:!?])(?!\d)")
_TWICE = re.compile(r"([,;:])\s*(?=[,;:.!?])|(?<=[.!?])\.+(?=\s|$)|(?<!\.)\.(?=\.(?!\.))")
_ENDS = re.compile("[.!?…。\uff01\uff1f؟।][\"'”\u2019»)\\]]*$")
#: not behind a number or a short word: “am 5. März”, “St. Gallen”
_SENTENCE_END = re.compile(r"(?<=[^\W\d_]{3}[.!?])\s+(?=[^\W\d_a-z])")
#: what an opening leaves before the subject
_LINK = re.compile(
    r"^[\s,:;\u2013-]*(?:(?:that\s+)?(?:shows?|showing|features?|featuring|depicts?|depicting|captures?|capturing|displays?"
    r"|displaying|of|with|is|are|zeigt|zeigen|toont|tonen|laat\s+zien|montre|muestra|mostra|von|van|de)\b[\s,:]*)*",
    re.IGNORECASE,
)
_AND = re.compile(r"\s+(?:and|or|und|oder|en|of)\s+|\s*[/&;|]\s*")
_OF_LANGUAGE = {"en": ("and", "or"), "de": ("und", "oder"), "nl": ("en", "of")}
#: what follows a word of praise that can go; in German a noun alone shows that it stood before one
_PRAISED = {
    "en": re.compile(r" +(?!(?:and|or|in|on|at|of|with|to|by|from|for|as|is|are)\b)[a-z]"),
    "de": re.compile(r" +[A-ZÄÖÜ][a-zäöüß]"),
}
_ONE_TERM = "black and white"
#: faults for which a keyword goes
_DROPPED = frozenset({
    "praise", "gear_talk", "picture_talk", "doubt", "placeholder", "file_name", "keyword_no_letters",
    "keyword_too_long", "place_without_evidence", "species_without_evidence",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Repaired:
    """A text after repair, and what was done to it."""

    text: Text
    #: names of the repairs, in their order
    done: tuple[str, ...] = ()


def repair(text: Text, context: Context, caption: str = "") -> Repaired:
    """Mend one text as far as that can be done without knowing the picture."""
    if text.field is Field.KEYWORDS:
        given = keywords_in(text.value) if isinstance(text.value, str) else text.value
        keywords, done = _keywords(given, text, context)
        return Repaired(replace(text, value=keywords), done)
    value = text.value if isinstance(text.value, str) else " ".join(text.value)
    mended, done = _sentence(value, text, context)
    return Repaired(replace(text, value=mended), done)


def _sentence(value: str, text: Text, context: Context) -> tuple[str, tuple[str, ...]]:
    steps: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("cleaned", lambda said: " ".join(EMOJI.sub(" ", clean(said)).split())),
        ("opening_removed", lambda said: _without_opening(said, text.language, context)),
        ("word_doubled", lambda said: _once(said, text.language, context)),
        ("praise_removed", lambda said: _without_praise(said, text.language, context)),
        ("shortened", lambda said: _first_sentence(said, text)),
        ("punctuated", lambda said: _punctuated(said, text.language)),
    )
    done = []
    for name, step in steps:
        mended = step(value)
        if mended != value and words_of(mended):
            done.append(name)
            value = mended
    return value, tuple(done)


def _without_opening(said: str, language: str, context: Context) -> str:
    for _ in range(_OPENINGS):
        sentence = Sentence.of(said, language)
        count = opening_words(sentence, context.lists)
        if not count or len(sentence.words) - count < _LEAST_LEFT:
            return said
        rest = _LINK.sub("", said[sentence.words[count - 1].end :], count=1)
        if not words_of(rest):
            return said
        said = rest[0].upper() + rest[1:]
    return said


def _once(said: str, language: str, context: Context) -> str:
    for match in reversed(list(doubled(said, context.lists.of("doubled", language)))):
        said = said[: match.start()] + match[1] + said[match.end() :]
    return said


def _without_praise(said: str, language: str, context: Context) -> str:
    """Take out single words of praise that stand before what they praise, where that leaves whole sentences."""
    following = _PRAISED.get(primary(language))
    if following is None:
        return said
    words = words_of(said)
    for found in sorted(context.lists.find("praise", language, words, said), key=lambda each: -each.start):
        is_before_a_word = following.match(said[found.end :])
        if " " in found.said or not is_before_a_word:
            continue
        rest = said[found.end :].lstrip()
        head = _article(said[: found.start], rest) if primary(language) == "en" else said[: found.start]
        said = head + (rest if head.strip() else rest[0].upper() + rest[1:])
    return said


def _article(head: str, rest: str) -> str:
    """Give ``a`` or ``an`` before what now follows it."""
    match = re.search(r"\b([Aa])n?\s$", head)
    if not match:
        return head
    return f"{head[: match.start()]}{match[1]}{'n' if rest[:1].lower() in 'aeiou' else ''} "


def _first_sentence(said: str, text: Text) -> str:
    """Of a text that is too long keep the sentences that make it long enough."""
    least, most = CAPTION_WORDS if text.field is Field.CAPTION else ALT_WORDS
    parts = _SENTENCE_END.split(said)
    while len(parts) > 1 and count_words(" ".join(parts), text.language) > most:
        if count_words(" ".join(parts[:-1]), text.language) < least:
            break
        parts.pop()
    return " ".join(parts)


def _punctuated(said: str, language: str) -> str:
    said = _TWICE.sub("", _SPACE_BEFORE.sub(r"\1", said)).strip()
    said = said[0].upper() + said[1:] if said and not said[:2].isupper() and not _is_camel(said) else said
    if primary(language) in UNSPACED or not said or _ENDS.search(said):
        return said
    return said.rstrip(" ,;:\u2013-") + "."


def _is_camel(said: str) -> bool:
    """``iPad`` keeps its small letter."""
    return said[:1].islower() and said[1:2].isupper()


def _keywords(given: Iterable[str], text: Text, context: Context) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before, language = tuple(given), text.language
    # what a person keeps in one keyword is one
    is_own = text.source in HUMAN_SOURCES
    split = before if is_own else tuple(part for keyword in before for part in _split(keyword, language))
    trimmed = tuple(filter(None, (_trimmed(keyword, language, context) for keyword in split)))
    kept = _telling(tuple(k for k in trimmed if not _is_bad(k, language, context)), language, context)
    single = tuple(_singles(kept))
    ordered = _ordered(single, context.evidence)[: context.keywords[1]]
    steps = (
        ("keywords_split", before, split),
        ("keywords_trimmed", split, trimmed),
        ("keywords_dropped", trimmed, kept),
        ("keywords_merged", kept, single),
        ("keywords_ordered", single, ordered),
    )
    # better few and bad than none: the proof then says what is wrong with them
    if not ordered:
        return before, ()
    return ordered, tuple(name for name, old, new in steps if old != new)


def _split(keyword: str, language: str) -> Iterator[str]:
    allowed = _OF_LANGUAGE.get(primary(language), ())
    parts = [part.strip() for part in _AND.split(keyword)]
    joined_by = {match.strip() for match in _AND.findall(keyword)}
    is_list = len(parts) > 1 and all(not word.isalpha() or word in allowed for word in joined_by)
    if is_list and all(parts) and keyword.casefold() != _ONE_TERM:
        yield from parts
    else:
        yield keyword


def _trimmed(keyword: str, language: str, context: Context) -> str:
    small = context.lists.of("small", language)
    words = words_of(keyword)
    while words and words[0].folded in small:
        words = words[1:]
    while words and words[-1].folded in small:
        words = words[:-1]
    return keyword[words[0].start : words[-1].end] if words else ""


def _is_bad(keyword: str, language: str, context: Context) -> bool:
    if len(words_of(keyword)) > MOST_WORDS:
        return True
    faults = keyword_faults([keyword], language, context.lists, context.evidence, limits=(0, 99))
    return any(fault.code in _DROPPED for fault in faults)


def _telling(keywords: tuple[str, ...], language: str, context: Context) -> tuple[str, ...]:
    """Leave out what nobody searches for, as long as enough remain."""
    vague = context.lists.of("vague", language)
    telling = tuple(keyword for keyword in keywords if keyword.casefold() not in vague)
    return telling if len(telling) >= context.keywords[0] else keywords


def _singles(keywords: Sequence[str]) -> Iterator[str]:
    seen = set()
    for keyword in keywords:
        key = singular(keyword.casefold())
        if key not in seen:
            seen.add(key)
            yield keyword


def _ordered(keywords: Sequence[str], evidence: Evidence | None) -> tuple[str, ...]:
    """Put first what was told about the photo; the rest keeps its order."""
    if evidence is None:
        return tuple(keywords)
    return tuple(sorted(keywords, key=lambda keyword: not evidence.bears_out(keyword)))
