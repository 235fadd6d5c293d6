"""The proof of a keyword list: how many, how long, what helps nobody to find the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from lightgate.domain.keywords.line import JOIN, as_in_line
from lightgate.domain.language.characters import is_letter
from lightgate.domain.language.languages import name_of
from lightgate.domain.language.tokens import KEYWORD_CHARACTERS, MAX_KEYWORDS, is_control, primary, singular, words_of
from lightgate.domain.language.word_lists import Terms, WordLists
from lightgate.domain.proof.evidence import Evidence
from lightgate.domain.proof.evidence_faults import file_faults
from lightgate.domain.proof.names import listed_faults
from lightgate.domain.proof.sentence import ADDRESS, BLOCK, EMOJI, MARKDOWN, NOTE, WARN, Fault, Sentence, word_faults

KEYWORDS = (5, MAX_KEYWORDS)
MOST_WORDS = 4
_WINDOW_WORDS = 3
#: this many everyday words of another language, and none of the wanted one, make a list foreign
_FOREIGN_WORDS = 2
#: this share of the keywords as pieces of the caption, one running into the next, is no choice but a cut
_WINDOW_SHARE = 0.5


def keyword_faults(
    given: Sequence[str],
    language: str,
    lists: WordLists,
    evidence: Evidence | None,
    caption: str = "",
    limits: tuple[int, int] = KEYWORDS,
    *,
    is_own: bool = False,
) -> Iterator[Fault]:
    """Find what is wrong with keywords; places are those in ``keywords.line``."""
    if not given:
        yield Fault("keywords_empty", BLOCK, "There are no keywords.")
        return
    yield from _list_faults(given, limits)
    yield from _foreign(given, language, lists)
    offset = 0
    for keyword in given:
        sentence, written = Sentence.of(keyword, language), as_in_line(keyword)
        for fault in _one(sentence, lists, evidence, is_own=is_own):
            start, end = (fault.start, fault.end) if fault.end else (0, len(keyword))
            begin = offset + (written != keyword)
            yield Fault(fault.code, fault.severity, fault.message, begin + start, begin + end)
        offset += len(written) + len(JOIN)
    yield from _windows(given, caption, lists.of("small", language))


def _list_faults(given: Sequence[str], limits: tuple[int, int]) -> Iterator[Fault]:
    least, most = limits
    if len(given) < least:
        message = f"There are {len(given)} keywords; at least {least} help to be found."
        yield Fault("keywords_too_few", WARN, message)
    if len(given) > most:
        yield Fault("keywords_too_many", WARN, f"There are {len(given)} keywords; at most {most}.")
    if len({keyword.strip().casefold() for keyword in given}) < len(given):
        yield Fault("keywords_repeated", WARN, "A keyword is there more than once.")
    if any(is_control(c) for keyword in given if not keyword.isprintable() for c in keyword):
        yield Fault("control_characters", BLOCK, "A keyword holds invisible control characters or line breaks.")
    twice = _plural_pair(given)
    if twice:
        message = f"“{twice[0]}” and “{twice[1]}” are one keyword in two numbers."
        yield Fault("keyword_plural", WARN, message)


def _foreign(given: Sequence[str], language: str, lists: WordLists) -> Iterator[Fault]:
    """Find a list in another language, by its everyday words."""
    wanted = primary(language)
    said = [keyword.strip().casefold() for keyword in given]
    forms = [(word, singular(word)) for word in said]
    own = lists.of("common", wanted)
    # nearly every list ends here
    if not own or any(word in own for pair in forms for word in pair):
        return
    for tag in lists.languages("common"):
        theirs = lists.of("common", tag)
        if tag != wanted and sum(any(word in theirs for word in pair) for pair in forms) >= _FOREIGN_WORDS:
            message = f"The keywords seem to be {name_of(tag)} instead of {name_of(language)}."
            yield Fault("wrong_language", WARN, message)
            return


def _plural_pair(given: Sequence[str]) -> tuple[str, str] | None:
    seen: dict[str, str] = {}
    for keyword in given:
        folded = keyword.strip().casefold()
        first = seen.setdefault(singular(folded), folded)
        if first != folded:
            return first, folded
    return None


def _one(sentence: Sentence, lists: WordLists, evidence: Evidence | None, *, is_own: bool) -> Iterator[Fault]:
    keyword, words = sentence.text, sentence.words
    if len(keyword) > KEYWORD_CHARACTERS:
        yield Fault("keyword_too_long", WARN, f"A keyword is longer than {KEYWORD_CHARACTERS} characters.")
    elif len(words) > MOST_WORDS:
        message = f"“{keyword}” has {len(words)} words; a keyword has at most {MOST_WORDS}."
        yield Fault("keyword_too_long", WARN, message)
    if not sentence.is_plain and _is_marked(keyword):
        yield Fault("keyword_markup", WARN, "A keyword holds markup, an address or an emoji.")
    if not sentence.is_plain and not any(map(is_letter, keyword)):
        yield Fault("keyword_no_letters", WARN, f"“{keyword}” is no word.")
    small = lists.of("small", sentence.language)
    if words and (words[0].folded in small or words[-1].folded in small):
        yield Fault("keyword_fragment", WARN, f"“{keyword}” is a piece of a sentence, not a keyword.")
    if len(words) == 1 and words[0].folded in lists.of("vague", sentence.language):
        yield Fault("keyword_vague", NOTE, f"Nobody searches for “{keyword}”.")
    yield from word_faults(sentence, lists, alone=WARN)
    if evidence is not None:
        yield from file_faults(sentence, lists, evidence)
        if not is_own:
            yield from listed_faults(sentence, lists, evidence, is_keyword=True)


def _is_marked(keyword: str) -> bool:
    is_found = EMOJI.search(keyword) or MARKDOWN.search(keyword) or ADDRESS.search(keyword)
    return bool(is_found) or "#" in keyword


def _windows(given: Sequence[str], caption: str, small: Terms) -> Iterator[Fault]:
    """Find keywords that are only cuttings of the caption."""
    said = [word.folded for word in words_of(caption)]
    places = [(keyword, _place(said, keyword)) for keyword in given]
    cut = [(keyword, place) for keyword, place in places if place is not None and place[1] - place[0] > 1]
    long = [keyword for keyword, (start, end) in cut if end - start >= _WINDOW_WORDS]
    glued = [keyword for keyword in long if any(word.folded in small for word in words_of(keyword))]
    overlaps = any(a[1][0] < b[1][1] and b[1][0] < a[1][1] for a, b in pairwise(cut))
    if glued or len(long) > 1 or (overlaps and len(cut) >= _WINDOW_SHARE * len(given)):
        example = (glued or long or [cut[0][0]])[0]
        yield Fault("keyword_window", WARN, f"“{example}” is cut out of the caption; choose words people search for.")


def _place(said: Sequence[str], keyword: str) -> tuple[int, int] | None:
    words = [word.folded for word in words_of(keyword)]
    ends = len(said) - len(words) + 1
    start = next((place for place in range(max(0, ends)) if said[place : place + len(words)] == words), None)
    return None if start is None or not words else (start, start + len(words))
