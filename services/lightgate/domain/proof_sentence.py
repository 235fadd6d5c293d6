"""The proof of a sentence by itself: how it is written, and words that no published text should hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lightgate.domain.languages import is_foreign, name_of
from lightgate.domain.word_lists import WordLists
from lightgate.domain.wording import Word, is_control, words_of

BLOCK, WARN, NOTE = "block", "warn", "note"

#: list, code, severity, sentence
_WORD_FAULTS = (
    ("placeholders", "placeholder", BLOCK, "“{said}” is no text but stands in for one."),
    ("praise", "praise", WARN, "“{said}” praises: say what is seen and leave the judgement to the reader."),
    ("doubt", "doubt", WARN, "“{said}” guesses: say what is sure and leave out the rest."),
    ("gear", "gear_talk", WARN, "“{said}” talks of equipment or technique instead of what is seen."),
    ("picture", "picture_talk", WARN, "“{said}” talks of the picture instead of what is in it."),
)
MARKDOWN = re.compile(
    r"\*\*|__|`|^\s*(?:#{1,6}|[-*+])\s|\[[^\[\]]*\]\(|</?[a-z][^<>]{0,80}>", re.MULTILINE | re.IGNORECASE
)
#: pictographs, dingbats, flags, and the selector that turns a sign into one
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\ufe0f\U000e0020-\U000e007f]")
ADDRESS = re.compile(r"https?://\S+|\bwww\.\S+|\b[\w.+-]+@[\w-]+\.\w+|(?<!\w)[#@][^\W\d]\w+", re.IGNORECASE)
_DOUBLED = re.compile(r"\b([^\W\d_]+)\s+\1\b", re.IGNORECASE)
_ENDS = re.compile("[.!?…。\uff01\uff1f؟।][\"'”\u2019»)\\]]*$")
_LAST_SIGNS = re.compile(r"[\s.!?…\"'”\u2019»)\]]+$")
_STRAY = re.compile(
    r"\s[,.;:!?](?!\d)|[,;:]\s*[.!?,;:]|[^.]\.\.(?!\.)|[!?]{2,}|\(\s*\)|\{\w*\}|\[[^\]]*\]|\s[-\u2013—/]\s*[.!?]?$|\.\.\.|…"
)
_LABEL = re.compile(r"^\s*(?:caption|alt[ _-]?text|description|keywords|title)\s*:", re.IGNORECASE)
_SENTENCES = re.compile(r"[.!?][\"'”\u2019)]*\s+(?=[^\W\d_a-zà-ÿ])")
_BRACKETS = (("(", ")"), ("[", "]"), ("«", "»"))
_MOST_SENTENCES = 2
#: words that a fragment begins with
_JOINING = frozenset({"and", "or", "but", "because", "which", "und", "oder", "aber", "weil", "en", "of", "maar"})
_LONGEST_REPEAT = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with one text; ``{label}`` in the message stands for the field's name."""

    code: str
    severity: str
    message: str
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Sentence:
    """A caption or alt text, taken apart once."""

    text: str
    language: str
    words: tuple[Word, ...]

    @classmethod
    def of(cls, text: str, language: str) -> Sentence:
        """Take a text apart."""
        return cls(text, language, tuple(words_of(text)))


def sentence_faults(sentence: Sentence, lists: WordLists) -> Iterator[Fault]:
    """Find what is wrong with a sentence whoever it is about."""
    yield from _form(sentence)
    yield from _opening(sentence, lists)
    yield from _fragment(sentence, lists)
    yield from _repeated(sentence)
    yield from word_faults(sentence, lists)


def word_faults(sentence: Sentence, lists: WordLists) -> Iterator[Fault]:
    """Find words of the lists that judge, guess, or talk of the picture."""
    for name, code, severity, message in _WORD_FAULTS:
        for found in lists.find(name, sentence.language, sentence.words, sentence.text):
            yield Fault(code, severity, message.replace("{said}", found.said), found.start, found.end)


def _form(sentence: Sentence) -> Iterator[Fault]:
    text = sentence.text
    control = next((place for place, c in enumerate(text) if is_control(c)), None)
    if control is not None:
        message = "The {label} holds invisible control characters or line breaks."
        yield Fault("control_characters", BLOCK, message, control, control + 1)
    if is_foreign(text, sentence.language):
        message = f"The {{label}} does not seem to be {name_of(sentence.language)}."
        yield Fault("wrong_language", WARN, message, 0, len(text))
    if not _ENDS.search(text.rstrip()):
        message = "The {label} does not end with a full stop; it may be cut off."
        yield Fault("no_full_stop", WARN, message, len(text.rstrip()), len(text))
    for expression, code, message in (
        (MARKDOWN, "markdown", "The {label} holds markup such as ** or #."),
        (EMOJI, "emoji", "The {label} holds an emoji."),
        (ADDRESS, "address", "The {label} holds an address or hashtag."),
    ):
        match = expression.search(text)
        if match:
            yield Fault(code, WARN, message, *match.span())


def _opening(sentence: Sentence, lists: WordLists) -> Iterator[Fault]:
    count = opening_words(sentence, lists)
    if count:
        start, end = sentence.words[0].start, sentence.words[count - 1].end
        said = sentence.text[start:end]
        yield Fault("filler_opening", WARN, f"The {{label}} opens with “{said}”: begin with what is seen.", start, end)


def opening_words(sentence: Sentence, lists: WordLists) -> int:
    """Give how many words a filler opening has, in the text's language or in English; 0: there is none."""
    own = lists.of("openings", sentence.language).opening(sentence.words)
    return max(own, lists.of("openings", "en").opening(sentence.words))


def _fragment(sentence: Sentence, lists: WordLists) -> Iterator[Fault]:
    """Find what was cut off, left over or glued together."""
    text, words = sentence.text, sentence.words
    stray = _STRAY.search(text) or _LABEL.search(text)
    if stray:
        yield Fault("broken_fragment", WARN, "The {label} has signs that belong nowhere.", *stray.span())
    body = _LAST_SIGNS.sub("", text)
    if words and words[-1].end >= len(body) and words[-1].folded in lists.of("dangling", sentence.language):
        said = text[words[-1].start : words[-1].end]
        message = f"The {{label}} ends on “{said}”: something is missing."
        yield Fault("broken_fragment", WARN, message, words[-1].start, words[-1].end)
    if words and (words[0].folded in _JOINING or text.strip()[0].islower()):
        message = "The {label} begins in the middle of a sentence."
        yield Fault("broken_fragment", WARN, message, words[0].start, words[0].end)
    if not _is_paired(text):
        yield Fault("broken_fragment", WARN, "A bracket or quotation mark in the {label} has no partner.")
    if len(_SENTENCES.findall(text)) >= _MOST_SENTENCES:
        yield Fault("several_sentences", NOTE, "The {label} has three sentences or more; one or two are read.")


def _is_paired(text: str) -> bool:
    # German closes with what English opens with
    quotes = text.count("„") + text.count("“") + text.count("”") + text.count('"')
    return not quotes % 2 and all(text.count(opened) == text.count(closed) for opened, closed in _BRACKETS)


def _repeated(sentence: Sentence) -> Iterator[Fault]:
    match = next((match for match in _DOUBLED.finditer(sentence.text) if not _is_name(match)), None)
    if match:
        yield Fault("doubled_word", WARN, f"The {{label}} says “{match[1]}” twice in a row.", *match.span())
    words = sentence.words
    for length in range(2, _LONGEST_REPEAT):
        for place in range(len(words) - 2 * length + 1):
            once = [word.folded for word in words[place : place + length]]
            if once == [word.folded for word in words[place + length : place + 2 * length]]:
                start, end = words[place].start, words[place + 2 * length - 1].end
                said = " ".join(once)
                yield Fault("repeated_phrase", WARN, f"The {{label}} says “{said}” twice in a row.", start, end)
                return


def _is_name(match: re.Match[str]) -> bool:
    """``Bora Bora`` is one."""
    return match[1][0].isupper() and match[0] == match[0].title()
