"""The proof of a text against what is known: names, places, species, times and file names that nothing bears out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lightgate.domain.evidence import Evidence
from lightgate.domain.proof_sentence import WARN, Fault, Sentence
from lightgate.domain.word_lists import WordLists
from lightgate.domain.wording import UNSPACED, Word, primary

#: languages that write every noun with a capital letter, so that a capital tells nothing
_CAPITAL_NOUNS = frozenset({"de", "lb"})
_PLACING = frozenset({
    "in", "at", "from", "near", "of", "around", "outside", "inside", "bei", "aus", "am", "im", "bij", "te", "uit",
    "van", "nabij",
})  # fmt: skip
_QUOTED = re.compile(r"“[^“”]*”|„[^“”]*[“”]|«[^«»]*»|\"[^\"]*\"|(?<!\w)['\u2018][^'\u2018\u2019]{2,}['\u2019](?!\w)")
_CAMERA_FILE = re.compile(r"(?<![^\W_])(?P<prefix>[a-z]{1,12})?[ _-]?(?P<number>\d{3,8})(?![^\W_])", re.IGNORECASE)
_FILE_ENDING = re.compile(r"\w+\.(?:jpe?g|png|tiff?|heic|webp|cr[23]|nef|arw|dng|raf|orf|rw2)\b", re.IGNORECASE)
_UNDERSCORED = re.compile(r"\w*[^\W_]_+[^\W_]\w*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;…][\"'”\u2019)]*\s+)[\"'“„«(¿¡]*$")
_YEAR = re.compile(r"(?:1[5-9]\d\d|20[0-3]\d)")


def evidence_faults(sentence: Sentence, lists: WordLists, evidence: Evidence, *, is_own: bool) -> Iterator[Fault]:
    """Find what nothing bears out.

    Args:
        is_own: a person wrote the text; what that person names is known.
    """
    yield from file_faults(sentence, lists, evidence)
    yield from _category_as_place(sentence, evidence)
    yield from _times(sentence, lists, evidence)
    if is_own:
        return
    listed = list(listed_faults(sentence, lists, evidence))
    yield from listed
    known = [(fault.start, fault.end) for fault in listed]
    for start, end in _names(sentence, lists, evidence):
        if not any(start < stop and begin < end for begin, stop in known):
            said = sentence.text[start:end]
            message = f"“{said}” is a name, and nothing told about this photo bears it out."
            yield Fault("name_without_evidence", WARN, message, start, end)


def listed_faults(sentence: Sentence, lists: WordLists, evidence: Evidence) -> Iterator[Fault]:
    """Find places and species of the lists that nothing bears out."""
    for name, code, what in (
        ("places", "place_without_evidence", "place"),
        ("species", "species_without_evidence", "species"),
    ):
        for found in lists.find(name, sentence.language, sentence.words, sentence.text):
            if not evidence.bears_out(found.said) and not _is_quoted(sentence.text, found.start):
                message = f"Nothing told about this photo bears out the {what} “{found.said}”."
                yield Fault(code, WARN, message, found.start, found.end)


def file_faults(sentence: Sentence, lists: WordLists, evidence: Evidence) -> Iterator[Fault]:
    """Find parts of file names: ``IMG_2041``, ``harbour_old``, the original's own number."""
    spans = [match.span() for match in (*_FILE_ENDING.finditer(sentence.text), *_UNDERSCORED.finditer(sentence.text))]
    prefixes = lists.of("files", "all")
    for match in _CAMERA_FILE.finditer(sentence.text):
        prefix = (match["prefix"] or "").casefold()
        if prefix and prefix in prefixes and not evidence.bears_out(match[0]):
            spans.append(match.span())
    own = (word for word in sentence.words if word.folded in evidence.file_words)
    spans.extend((word.start, word.end) for word in own if not _YEAR.fullmatch(word.folded))
    for start, end in spans[:1]:
        said = sentence.text[start:end]
        yield Fault("file_name", WARN, f"“{said}” is part of a file's name, not of the picture.", start, end)


def _category_as_place(sentence: Sentence, evidence: Evidence) -> Iterator[Fault]:
    words = sentence.words
    for category in evidence.categories:
        for place in range(1, len(words) - len(category) + 1):
            if tuple(word.folded for word in words[place : place + len(category)]) != category:
                continue
            start, end = words[place].start, words[place + len(category) - 1].end
            is_end = not sentence.text[end:].strip(" .!")
            is_placed = words[place - 1].folded in _PLACING and (sentence.text[start].isupper() or is_end)
            is_tail = is_end and sentence.text[words[place - 1].end : start].strip() == ","
            if is_placed or is_tail:
                said = sentence.text[start:end]
                yield Fault("folder_as_place", WARN, f"“{said}” is the category and no place.", start, end)
                return


def _times(sentence: Sentence, lists: WordLists, evidence: Evidence) -> Iterator[Fault]:
    if evidence.hour is None:
        return
    for found in lists.find("times", sentence.language, sentence.words, sentence.text):
        first, last = _hours(found.value)
        is_within = first <= evidence.hour < last if first <= last else not last <= evidence.hour < first
        if not is_within and not evidence.bears_out(found.said):
            clock = f"{int(evidence.hour):02}:{round(evidence.hour % 1 * 60):02}"
            message = f"“{found.said}” does not fit: the camera's clock said {clock}."
            yield Fault("time_contradicts", WARN, message, found.start, found.end)


def _hours(value: str) -> tuple[float, float]:
    first, _, last = value.partition("-")
    try:
        return float(first), float(last)
    except ValueError:
        # a term without hours can be at any
        return 0, 24


def _names(sentence: Sentence, lists: WordLists, evidence: Evidence) -> Iterator[tuple[int, int]]:
    """Find runs of words with a capital letter that nothing bears out."""
    if primary(sentence.language) in _CAPITAL_NOUNS | UNSPACED:
        return
    run: list[Word] = []
    for word in (*sentence.words, None):
        if word is not None and _is_capital(sentence.text, word):
            run.append(word)
            continue
        yield from _unproved(sentence, run, lists, evidence)
        run = []


def _unproved(
    sentence: Sentence, run: Sequence[Word], lists: WordLists, evidence: Evidence
) -> Iterator[tuple[int, int]]:
    # the first word of a sentence has its capital from there, unless it is one of several
    if len(run) == 1 and _SENTENCE_START.search(sentence.text[: run[0].start]):
        return
    strange = [word for word in run if not _is_known(word, sentence, lists, evidence)]
    if len(run) > 1 and strange == [run[0]] and _SENTENCE_START.search(sentence.text[: run[0].start]):
        return
    if strange:
        yield strange[0].start, strange[-1].end


def _is_known(word: Word, sentence: Sentence, lists: WordLists, evidence: Evidence) -> bool:
    said = sentence.text[word.start : word.end]
    is_allowed = any(
        part in lists.of("capitals", language)
        for part in (word.folded, word.folded.removesuffix("'s"))
        for language in (sentence.language, "en")
    )
    return is_allowed or evidence.bears_out(said) or _is_quoted(sentence.text, word.start)


def _is_capital(text: str, word: Word) -> bool:
    said = text[word.start : word.end]
    # STOP on a sign is read, not named
    return said[0].isupper() and not (len(said) > 1 and said.isupper())


def _is_quoted(text: str, place: int) -> bool:
    return any(match.start() <= place < match.end() for match in _QUOTED.finditer(text))
