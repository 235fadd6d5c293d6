"""Texts without a model: what the photographer told about the set, put in order, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from lightgate.domain.language.languages import SMALL_WORDS, is_foreign
from lightgate.domain.language.tokens import clean, clean_keywords, count_words, primary, words
from lightgate.domain.language.word_lists import WordLists
from lightgate.domain.photo import Source
from lightgate.domain.proof.keywords import keyword_faults
from lightgate.domain.proof.proof import ALT_CHARACTERS, CAPTION_WORDS
from lightgate.domain.proof.sentence import NOTE, Sentence, sentence_faults
from lightgate.domain.written_time import DAY, parts_of
from lightgate.ports.captions import CaptionDraft, CaptionRequest

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
#: how a day is written, a month without a day, and the months
_DATES: Mapping[str, tuple[str, str, Sequence[str]]] = {
    "en": ("photographed on {day} {month} {year}", "photographed in {month} {year}", _MONTHS),
    "de": ("am {day}. {month} {year}", "im {month} {year}", (
        "Januar", "Februar", "März", "April", "Mai", "Juni",
        "Juli", "August", "September", "Oktober", "November", "Dezember",
    )),
    "nl": ("op {day} {month} {year}", "in {month} {year}", (
        "januari", "februari", "maart", "april", "mei", "juni",
        "juli", "augustus", "september", "oktober", "november", "december",
    )),
    "fr": ("le {day} {month} {year}", "en {month} {year}", (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    )),
    "es": ("el {day} de {month} de {year}", "en {month} de {year}", (
        "enero", "febrero", "marzo", "abril", "mayo", "junio",
        "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
    )),
    "it": ("il {day} {month} {year}", "{month} {year}", (
        "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
        "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
    )),
}  # fmt: skip
#: drafts want fewer keywords than the proof allows: each is a guess at what matters
_DRAFT_KEYWORDS = 8
#: shorter words are rarely worth searching for
_KEYWORD_LETTERS = 3
_PART_CHARACTERS = 160
_CAPTION_CHARACTERS = 300
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n")


class DraftWriter:
    """``ports.captions.Captioner`` that looks at no picture: subject, place, folder, brief and date, marked as a draft.

    Args:
        lists: words that the proof warns of; what holds them is left out of the draft.
    """

    def __init__(self, lists: Callable[[], WordLists] = WordLists) -> None:
        self._lists = lists

    def why_not_ready(self) -> str | None:
        """Be ready, always."""
        return None

    def describe(self, picture: bytes, request: CaptionRequest) -> CaptionDraft:
        """Put together what is known; fields without material stay empty."""
        told = _Told(request, self._lists())
        return CaptionDraft(told.caption(), told.alt_text(), told.keywords(), Source.DRAFT)


def _is_usable(sentence: str, request: CaptionRequest, lists: WordLists) -> bool:
    """Has it words, in the language that is asked for, and none that the proof warns of?"""
    if not words(sentence) or is_foreign(sentence, request.language):
        return False
    faults = sentence_faults(Sentence.of(_sentence(sentence), request.language), lists)
    return all(fault.severity == NOTE for fault in faults)


class _Told:
    """What is known of one photo, tidied."""

    def __init__(self, request: CaptionRequest, lists: WordLists) -> None:
        self._lists = lists
        self.subject = _part(request.subject)
        self.location = _part(request.location)
        self.folder = _part(request.folder.replace("_", " ").replace("/", ", "))
        self.brief = [
            sentence
            for sentence in map(clean, _SENTENCE_END.split(request.brief))
            if _is_usable(sentence, request, lists)
        ]
        self._language = primary(request.language)
        self.is_english = self._language == "en"
        self.taken = _known_day(request.exif.date_time)

    def caption(self) -> str:
        what = _joined(self.subject or self.folder, self.location)
        sentence = _sentence(_joined(what, self._date()))
        first = _sentence(self.brief[0]) if self.brief else ""
        both = f"{sentence} {first}".strip()
        is_short = count_words(both) <= CAPTION_WORDS[1] and len(both) <= _CAPTION_CHARACTERS
        return both if is_short else sentence

    def alt_text(self) -> str:
        what = self.subject or self.folder
        if not self.is_english or not what:
            said = _joined(what, self.folder if self.folder != what else "", self.location)
            return _sentence(said[: ALT_CHARACTERS - 1])
        place = f" at {self.location}" if self.location else ""
        series = f", from the series {self.folder}" if self.folder and self.folder != what else ""
        return _sentence(f"{what}{place}{series}"[: ALT_CHARACTERS - 1])

    def keywords(self) -> tuple[str, ...]:
        found = clean_keywords(self._candidates(), self._language)
        return tuple(keyword for keyword in found if not self._is_warned_of(keyword))[:_DRAFT_KEYWORDS]

    def _is_warned_of(self, keyword: str) -> bool:
        return any(keyword_faults([keyword], self._language, self._lists, None, limits=(0, 1)))

    def _candidates(self) -> Iterator[str]:
        yield self.subject
        yield from self.location.split(",")
        yield from self.folder.split(",")
        told = [self.subject, self.location, self.folder, *self.brief]
        yield from (word for part in told for word in words(part) if self._is_telling(word))
        if self.taken and self.is_english:
            yield " ".join(filter(None, (_month(self.taken, _MONTHS), str(self.taken[0]))))

    def _is_telling(self, word: str) -> bool:
        small = SMALL_WORDS["en"] | SMALL_WORDS.get(self._language, frozenset())
        return len(word) >= _KEYWORD_LETTERS and word.casefold() not in small

    def _date(self) -> str:
        if not self.taken:
            return ""
        is_known = self._language in _DATES
        form, in_month, months = _DATES.get(self._language, ("{year}-{number:02}-{day:02}", "{year}-{number:02}", ()))
        year, number, day = (*self.taken, 0, 0)[:DAY]
        forms = ("{year}", in_month, form)
        month = _month(self.taken, months) if is_known else ""
        return forms[len(self.taken) - 1].format(day=day, month=month, number=number, year=year)


def _part(text: str) -> str:
    return clean(text)[:_PART_CHARACTERS].strip(" ,.;:")


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _sentence(text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?…" else ".")


def _known_day(date_time: str | None) -> tuple[int, ...]:
    """Give year, month and day, as many as are known."""
    known = tuple(map(int, parts_of(date_time)[:DAY]))
    try:
        date(*(*known, 1, 1)[:DAY])
    except (TypeError, ValueError):
        return ()
    return known


def _month(day: Sequence[int], months: Sequence[str]) -> str:
    return months[day[1] - 1] if len(day) > 1 else ""
