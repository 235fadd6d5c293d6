"""The proof of names: places and species of the lists, and capitals, that nothing told about a photo bears out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lightgate.domain.evidence import Evidence
from lightgate.domain.proof_sentence import WARN, Fault, Sentence
from lightgate.domain.word_lists import ANY, Found, WordLists
from lightgate.domain.wording import CAPITAL_NOUNS, UNSPACED, Word, primary, singular

_QUOTED = re.compile(r"“[^“”]*”|„[^“”]*[“”]|«[^«»]*»|\"[^\"]*\"|(?<!\w)['\u2018][^'\u2018\u2019]{2,}['\u2019](?!\w)")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;…][\"'”\u2019)]*\s+)[\"'“„«(¿¡]*$")


def name_faults(sentence: Sentence, lists: WordLists, evidence: Evidence) -> Iterator[Fault]:
    """Find places, species and other names that nothing bears out."""
    listed = list(listed_faults(sentence, lists, evidence))
    yield from listed
    # a place of several words is no name besides
    places = lists.find("places", sentence.language, sentence.words, sentence.text)
    known = [*((fault.start, fault.end) for fault in listed), *((place.start, place.end) for place in places)]
    for start, end in _names(sentence, lists, evidence):
        if not any(start < stop and begin < end for begin, stop in known):
            said = sentence.text[start:end]
            message = f"“{said}” is a name, and nothing told about this photo bears it out."
            yield Fault("name_without_evidence", WARN, message, start, end)


def listed_faults(
    sentence: Sentence, lists: WordLists, evidence: Evidence, *, is_keyword: bool = False
) -> Iterator[Fault]:
    """Find places and species of the lists that nothing bears out."""
    for name, code, what in (
        ("places", "place_without_evidence", "place"),
        ("species", "species_without_evidence", "species"),
    ):
        for found in _found(name, sentence, lists):
            # in a sentence a place has a capital: “nice” is none, “Nice” is one
            is_word = name == "places" and not is_keyword and found.said.islower()
            is_told = is_word or evidence.bears_out(found.said) or _is_told_otherwise(found.said, lists, evidence)
            if not is_told and not _is_quoted(sentence.text, found.start):
                message = f"Nothing told about this photo bears out the {what} “{found.said}”."
                yield Fault(code, WARN, message, found.start, found.end)


def _found(name: str, sentence: Sentence, lists: WordLists) -> Iterator[Found]:
    """Find the terms of a list as they stand there, and species in the plural."""
    found = list(lists.find(name, sentence.language, sentence.words, sentence.text))
    yield from found
    if name != "species":
        return
    forms = [singular(word.folded) for word in sentence.words]
    if any(word.folded != form for word, form in zip(sentence.words, forms, strict=True)):
        words = [Word(form, word.start, word.end) for word, form in zip(sentence.words, forms, strict=True)]
        known = {each.end for each in found}
        plural = lists.find(name, sentence.language, words, sentence.text)
        yield from (each for each in plural if each.end not in known)


def _is_told_otherwise(said: str, lists: WordLists, evidence: Evidence) -> bool:
    """Was it told in another language, as München for Munich?"""
    same = lists.of("same", ANY)
    return any(evidence.bears_out(other) for form in (said, singular(said)) for other in same.sharing(form))


def _names(sentence: Sentence, lists: WordLists, evidence: Evidence) -> Iterator[tuple[int, int]]:
    """Find runs of words with a capital letter that nothing bears out."""
    yield from _first_names(sentence, lists, evidence)
    if primary(sentence.language) in CAPITAL_NOUNS | UNSPACED:
        return
    run: list[Word] = []
    for word in (*sentence.words, None):
        if word is not None and _is_capital(sentence.text, word):
            run.append(word)
            continue
        yield from _unproved(sentence, run, lists, evidence)
        run = []


def _first_names(sentence: Sentence, lists: WordLists, evidence: Evidence) -> Iterator[tuple[int, int]]:
    """Find first names where a capital alone says nothing: as a sentence begins, and where every noun has one."""
    has_capital_nouns = primary(sentence.language) in CAPITAL_NOUNS
    names = lists.of("names", ANY)
    for word in sentence.words:
        name = word.folded.removesuffix("'s")
        bare = name.removesuffix("s") if has_capital_nouns and name not in names else name
        if bare not in names or not _is_capital(sentence.text, word):
            continue
        is_first = has_capital_nouns or _SENTENCE_START.search(sentence.text[: word.start])
        if is_first and not evidence.bears_out(bare) and not _is_quoted(sentence.text, word.start):
            yield word.start, word.end


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
    is_told = evidence.bears_out(said) or _is_told_otherwise(said, lists, evidence)
    return is_allowed or is_told or _is_quoted(sentence.text, word.start)


def _is_capital(text: str, word: Word) -> bool:
    said = text[word.start : word.end]
    # STOP on a sign is read, not named
    return said[0].isupper() and not (len(said) > 1 and said.isupper())


def _is_quoted(text: str, place: int) -> bool:
    return any(match.start() <= place < match.end() for match in _QUOTED.finditer(text))
