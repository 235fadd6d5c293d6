"""The proof of names: places and species of the lists, and capitals, that nothing told about a photo bears out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lightgate.domain.language.plurals import in_singular
from lightgate.domain.language.tokens import CAPITAL_NOUNS, UNSPACED, Word, primary, singular
from lightgate.domain.language.word_lists import ANY, Match, Terms, WordLists
from lightgate.domain.proof.evidence import Evidence
from lightgate.domain.proof.sentence import WARN, Fault, Sentence

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


def _found(name: str, sentence: Sentence, lists: WordLists) -> Iterator[Match]:
    """Find the terms of a list as they stand there, and species in the plural."""
    found = list(lists.find(name, sentence.language, sentence.words, sentence.text))
    yield from found
    if name != "species":
        return
    known = {each.end for each in found}
    for words in _in_singular(sentence, lists.of(name, sentence.language)):
        for each in lists.find(name, sentence.language, words, sentence.text):
            if each.end not in known:
                known.add(each.end)
                yield each


def _in_singular(sentence: Sentence, terms: Terms) -> Iterator[list[Word]]:
    """Give the words with plurals reduced; one that the list exempts stays: “kauwen” are jackdaws, or chew."""
    given = [word.folded for word in sentence.words]
    for forms in in_singular(given, sentence.language):
        yield [
            word if terms.values.get((word.folded,)) == "" else Word(form, word.start, word.end)
            for word, form in zip(sentence.words, forms, strict=True)
        ]


def _is_told_otherwise(said: str, lists: WordLists, evidence: Evidence) -> bool:
    """Was it told in another language, as München for Munich?"""
    same = lists.of("same", ANY)
    return any(evidence.bears_out(other) for form in (said, singular(said)) for other in same.sharing(form))


def _names(sentence: Sentence, lists: WordLists, evidence: Evidence) -> Iterator[tuple[int, int]]:
    """Find runs of words with a capital letter that nothing bears out."""
    yield from _first_names(sentence, lists, evidence)
    if primary(sentence.language) in CAPITAL_NOUNS:
        yield from _named_by_context(sentence, lists, evidence)
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


def _named_by_context(sentence: Sentence, lists: WordLists, evidence: Evidence) -> Iterator[tuple[int, int]]:
    """Find names where every noun has a capital: “Kapitän Petersen”, “in Wolfratshausen”, “Bremer Rathaus”."""
    titles, placing = lists.of("titles", sentence.language), lists.of("placing", sentence.language)
    endings = tuple(term[0] for term in lists.of("place_endings", sentence.language).values)
    places, articles = lists.of("places", sentence.language), lists.of("articles", sentence.language)
    words = sentence.words
    for ahead, before, word in zip((None, None, *words), (None, *words), words, strict=False):
        said = sentence.text[word.start : word.end]
        if not said[:1].isupper() or evidence.bears_out(said) or _is_quoted(sentence.text, word.start):
            continue
        # “die Trainerin Kisten” is none: they may be what she carries
        has_title = before is not None and before.folded in titles and sentence.text[before.end : word.start].isspace()
        is_titled = has_title and (ahead is None or ahead.folded not in articles)
        is_placed = before is not None and before.folded in placing and word.folded.endswith(endings)
        stem = word.folded.removesuffix("er")
        is_of_place = stem != word.folded and (stem in places or f"{stem}en" in places)
        if is_titled or is_placed or (is_of_place and sentence.text[word.end : word.end + 2].strip()[:1].isupper()):
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
    # STOP on a sign is read, not named; a letter alone names nothing
    return said[0].isupper() and not said.isupper()


def _is_quoted(text: str, place: int) -> bool:
    return any(match.start() <= place < match.end() for match in _QUOTED.finditer(text))
