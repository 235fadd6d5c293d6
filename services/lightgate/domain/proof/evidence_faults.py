"""The proof of a text against what is known: times, categories, file names and other names that nothing bears out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lightgate.domain.language.tokens import CAPITAL_NOUNS, primary
from lightgate.domain.language.word_lists import WordLists
from lightgate.domain.proof.daylight import Sun
from lightgate.domain.proof.evidence import Evidence
from lightgate.domain.proof.names import name_faults
from lightgate.domain.proof.sentence import WARN, Fault, Sentence

_PLACING = frozenset({
    "in", "at", "through", "across", "from", "near", "of", "around", "outside", "inside", "bei", "aus", "am", "im",
    "bij", "te", "uit",
    "van", "nabij", "à", "dans", "près", "en", "da", "a", "nel", "nella", "presso", "cerca", "desde",
})  # fmt: skip
_CAMERA_FILE = re.compile(r"(?<![^\W_])(?P<prefix>[a-z]{1,12})?[ _-]?(?P<number>\d{3,17})(?![^\W_])", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_FILE_ENDING = re.compile(
    r"\w+\.(?:jpe?g|jpe|jfif|png|tiff?|hei[cf]|hif|avif|webp|cr[23]|nef|arw|dng|raf|orf|rw2)\b", re.IGNORECASE
)
_UNDERSCORED = re.compile(r"\w*[^\W_]_+[^\W_]\w*")
#: faults that a word raises wherever it stands
_OF_WORDS = frozenset({"praise", "doubt", "gear_talk", "picture_talk"})
_YEAR = re.compile(r"(?:1[5-9]\d\d|20[0-3]\d)")


def evidence_faults(sentence: Sentence, lists: WordLists, evidence: Evidence, *, is_own: bool) -> Iterator[Fault]:
    """Find what nothing bears out.

    Args:
        is_own: a person wrote the text; what that person names is known.
    """
    yield from file_faults(sentence, lists, evidence)
    yield from _category_as_place(sentence, lists, evidence)
    yield from _times(sentence, lists, evidence)
    if is_own:
        return
    yield from name_faults(sentence, lists, evidence)


def is_told_name(fault: Fault, sentence: Sentence, evidence: Evidence | None) -> bool:
    """Is what was found part of a name that was told, as in “the Nikon Museum”?"""
    said = sentence.text[fault.start : fault.end]
    if fault.code not in _OF_WORDS or evidence is None or not evidence.bears_out(said):
        return False
    # as a sentence begins, and where it is small, a word is part of a name by its neighbours
    is_capital = said[:1].isupper()
    return (is_capital and fault.start > 0) or _stands_in_name(fault, sentence, evidence, needs_both=not is_capital)


def _stands_in_name(fault: Fault, sentence: Sentence, evidence: Evidence, *, needs_both: bool) -> bool:
    before = [word for word in sentence.words if word.end <= fault.start][-1:]
    after = [word for word in sentence.words if word.start >= fault.end][:1]
    told = [
        sentence.text[word.start].isupper() and evidence.bears_out(sentence.text[word.start : word.end])
        for word in (*before, *after)
    ]
    return len(told) == 1 + needs_both and all(told)


def file_faults(sentence: Sentence, lists: WordLists, evidence: Evidence) -> Iterator[Fault]:
    """Find parts of file names: ``IMG_2041``, ``harbour_old``, the original's own number."""
    if sentence.is_plain:
        return
    text = sentence.text
    spans = [match.span() for match in _FILE_ENDING.finditer(text)] if "." in text else []
    spans += [match.span() for match in _UNDERSCORED.finditer(text)] if "_" in text else []
    prefixes = lists.of("files", "all")
    # nearly every text ends here
    for match in _CAMERA_FILE.finditer(text) if _DIGIT.search(text) else ():
        prefix = (match["prefix"] or "").casefold()
        if prefix and prefix in prefixes and not evidence.bears_out(match[0]):
            spans.append(match.span())
    own = (word for word in sentence.words if word.folded in evidence.file_words)
    spans.extend((word.start, word.end) for word in own if not _YEAR.fullmatch(word.folded))
    for start, end in spans[:1]:
        said = text[start:end]
        yield Fault("file_name", WARN, f"“{said}” is part of a file's name, not of the picture.", start, end)


def _category_as_place(sentence: Sentence, lists: WordLists, evidence: Evidence) -> Iterator[Fault]:
    words = sentence.words
    said_words = {word.folded for word in words}
    articles = lists.of("articles", sentence.language)
    for category in evidence.categories:
        if not said_words.issuperset(category):
            continue
        for place in range(1, len(words) - len(category) + 1):
            if tuple(word.folded for word in words[place : place + len(category)]) != category:
                continue
            start, end = words[place].start, words[place + len(category) - 1].end
            is_end = not sentence.text[end:].strip(" .!")
            is_capital = sentence.text[start].isupper()
            before = words[max(0, place - 2) : place]
            is_placed = before[-1].folded in _PLACING and (is_capital or is_end)
            # “in the Waterbirds”: where every noun has a capital, one behind an article tells nothing
            is_articled = before[-1].folded in articles and before[0].folded in _PLACING and is_capital
            is_placed |= is_articled and primary(sentence.language) not in CAPITAL_NOUNS
            is_tail = is_end and sentence.text[words[place - 1].end : start].strip() == ","
            if is_placed or is_tail:
                said = sentence.text[start:end]
                yield Fault("folder_as_place", WARN, f"“{said}” is the category and no place.", start, end)
                return


def _times(sentence: Sentence, lists: WordLists, evidence: Evidence) -> Iterator[Fault]:
    if evidence.hour is None:
        return
    for found in lists.find("times", sentence.language, sentence.words, sentence.text):
        why_not = _why_not_then(found.value, evidence.hour, evidence.sun)
        if why_not and not evidence.bears_out(found.said):
            message = f"“{found.said}” does not fit: {why_not}."
            yield Fault("time_contradicts", WARN, message, found.start, found.end)


def _why_not_then(value: str, hour: float, sun: Sun | None) -> str | None:
    """Say what speaks against ``14-24 sun -8..10``: hours of the clock, and degrees of the sun's height."""
    hours, _, heights = value.partition("sun")
    first, last = _range(hours, "-", (0, 24))
    if not (first <= hour < last if first <= last else not last <= hour < first):
        return f"the camera's clock said {int(hour):02}:{int(hour % 1 * 60 + 0.5):02}"
    if sun is not None and heights and not sun.is_within(*_range(heights, "..", (-90, 90))):
        nearest = sun.lowest if sun.lowest > 0 else sun.highest
        return f"the sun stood {abs(nearest):.0f}° {'above' if nearest > 0 else 'below'} the horizon then and there"
    return None


def _range(said: str, between: str, otherwise: tuple[float, float]) -> tuple[float, float]:
    first, _, last = said.partition(between)
    try:
        return float(first), float(last)
    except ValueError:
        # a term without a range can be at any time
        return otherwise
