"""The proof of a sentence by itself: how it is written, and words that no published text should hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lightgate.domain.language.languages import is_foreign, name_of
from lightgate.domain.language.tokens import Word, is_control, primary, words_of
from lightgate.domain.language.word_lists import Terms, WordLists

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
    # Markdown, then HTML, then what is left of JSON and of its escapes
    r"\*\*|__|~~|`|(?<!\w)[*_]\w[^*_]*[*_](?!\w)|^\s*(?:#{1,6}|[-*+>]|\d{1,2}[.)])\s|\[[^\[\]]*\]\("
    r"|</?[a-z][^<>]{0,80}>|&(?:[a-z]{2,8}|#x?[0-9a-f]{1,6});"
    r"|[{}]|\"\w+\"\s*:|\\[nrtu\"]",
    re.MULTILINE | re.IGNORECASE,
)
#: pictographs, dingbats, flags, and the selector that turns a sign into one
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\ufe0f\U000e0020-\U000e007f]")
ADDRESS = re.compile(
    r"https?://\S+|\bwww\.\S+|\b[\w.+-]+@[\w-]+\.\w+|(?<!\w)[#@][^\W\d]\w+"
    r"|\b[a-z0-9-]+\.(?-i:com|org|net|info|app|io|eu|uk|de|nl|be|fr|es|it|ch|at)\b",
    re.IGNORECASE,
)
#: settings of a camera as they are written: f/2.8, ISO 400, 1/250 s, 70-200 mm
_SETTING = re.compile(
    r"\bf\s?/\s?\d+(?:\.\d)?|\b(?-i:f)\d{1,2}(?:\.\d)?\b|\biso[ -]?\d{2,6}\b|\b1/\d{2,5}\s?s(?:ec\w*)?\b"
    r"|\b\d{1,3}(?:-\d{2,3})?\s?mm\b(?!\s+thick)",
    re.IGNORECASE,
)
_DOUBLED = re.compile(r"\b([^\W\d_]+)(?:\s+\1\b)+", re.IGNORECASE)
_ENDS = re.compile("[.!?…。\uff01\uff1f؟।][\"'”\u2019»)\\]]*$")
_LAST_SIGNS = re.compile(r"[\s.!?…\"'”\u2019»)\]]+$")
_STRAY = re.compile(
    r"\s[,.;:!?](?!\d)|[,;:]\s*[.!?,;:]|[^.]\.\.(?!\.)|[!?]{2,}|\(\s*\)|\{\w*\}|\[[^\]]*\]|\s[-\u2013—/]\s*[.!?]?$|\.\.\.|…"
)
_LABEL = re.compile(r"^\s*(?:caption|alt[ _-]?text|description|keywords|title)\s*:", re.IGNORECASE)
#: not behind a number or a short word: “am 5. März”, “St. Gallen”
_SENTENCES = re.compile(r"(?<=[^\W\d_]{3})[.!?][\"'”\u2019)]*\s+(?=[^\W\d_a-zà-ÿ])")
_BRACKETS = (("(", ")"), ("[", "]"), ("«", "»"))
_MOST_SENTENCES = 2
#: words that a fragment begins with
_JOINING: Mapping[str, frozenset[str]] = {
    "en": frozenset({"and", "or", "but", "because", "which"}),
    "de": frozenset({"und", "oder", "aber", "weil"}),
    "nl": frozenset({"en", "of", "maar", "omdat"}),
    "fr": frozenset({"et", "ou", "mais", "parce"}),
    "es": frozenset({"y", "o", "pero", "porque"}),
    "it": frozenset({"e", "o", "ma", "perché"}),
}
#: words before the one that names a picture, as in “a close black-and-white photograph of”
_LONGEST_PICTURING = 8
_LONGEST_REPEAT = 5
#: what stands behind a word that may stand twice where a clause begins
_CLAUSE = "clause"
#: what stands behind a term that counts only where it is the whole text
ALONE = "alone"
_AROUND = " .,:;!?<>[]{}()\"'*_#"


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
    #: letters and blanks alone, as most keywords are: what is looked for by its signs and digits cannot be there
    is_plain: bool = False

    @classmethod
    def of(cls, text: str, language: str) -> Sentence:
        """Take a text apart."""
        return cls(text, language, words_of(text), text.replace(" ", "").isalpha())


def sentence_faults(sentence: Sentence, lists: WordLists) -> Iterator[Fault]:
    """Find what is wrong with a sentence whoever it is about."""
    yield from _form(sentence)
    yield from _opening(sentence, lists)
    yield from _fragment(sentence, lists)
    yield from _repeated(sentence, lists)
    yield from word_faults(sentence, lists)


def word_faults(sentence: Sentence, lists: WordLists, *, alone: str = BLOCK) -> Iterator[Fault]:
    """Find words of the lists that judge, guess, or talk of the picture.

    Args:
        alone: severity of a term that counts only as the whole text: “Test” is no caption, but may be a keyword.
    """
    for name, code, severity, message in _WORD_FAULTS:
        for found in lists.find(name, sentence.language, sentence.words, sentence.text):
            if found.value != ALONE:
                yield Fault(code, severity, message.replace("{said}", found.said), found.start, found.end)
            elif found.said == sentence.text.strip(_AROUND):
                yield Fault(code, alone, message.replace("{said}", found.said), found.start, found.end)
    setting = None if sentence.is_plain else _SETTING.search(sentence.text)
    if setting:
        message = f"“{setting[0]}” talks of equipment or technique instead of what is seen."
        yield Fault("gear_talk", WARN, message, *setting.span())


def _form(sentence: Sentence) -> Iterator[Fault]:
    text = sentence.text
    # nearly every text ends here
    control = None if text.isprintable() else next((place for place, c in enumerate(text) if is_control(c)), None)
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
    languages = dict.fromkeys((primary(sentence.language), "en"))
    listed = (lists.of("openings", language).opening(sentence.words) for language in languages)
    return max(*listed, *(_picturing_words(sentence, lists, language) for language in languages))


def _picturing_words(sentence: Sentence, lists: WordLists, language: str) -> int:
    """Count the words of ``a wide aerial photograph showing``, in the parts that the list ``picturing`` gives."""
    roles, praise = lists.of("picturing", language).values, lists.of("praise", language)
    is_within = bool(sentence.words) and roles.get((sentence.words[0].folded,)) == "in"
    for place, word in enumerate(sentence.words[is_within:_LONGEST_PICTURING], is_within):
        role = roles.get((word.folded,)) or ("how" if word.folded in praise else None)
        following = sentence.words[place + 1] if place + 1 < len(sentence.words) else None
        if role == "what" and following is not None:
            if roles.get((following.folded,)) == "then":
                return place + 2
            if is_within or sentence.text[word.end : following.start].lstrip().startswith(":"):
                return place + 1
        if role not in {"how", "what"}:
            return 0
    return 0


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
    joining = _JOINING.get(primary(sentence.language), frozenset())
    if words and (words[0].folded in joining or text.strip()[0].islower()):
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


def _repeated(sentence: Sentence, lists: WordLists) -> Iterator[Fault]:
    match = next(doubled(sentence.text, lists.of("doubled", sentence.language)), None)
    if match:
        yield Fault("doubled_word", WARN, f"The {{label}} says “{match[1]}” twice in a row.", *match.span())
    words = sentence.words
    said_words = [word.folded for word in words]
    if len(set(said_words)) == len(said_words):
        return
    for length in range(2, _LONGEST_REPEAT):
        for place in range(len(words) - 2 * length + 1):
            once = said_words[place : place + length]
            if once == said_words[place + length : place + 2 * length]:
                start, end = words[place].start, words[place + 2 * length - 1].end
                said = " ".join(once)
                yield Fault("repeated_phrase", WARN, f"The {{label}} says “{said}” twice in a row.", start, end)
                return


def doubled(text: str, twice: Terms) -> Iterator[re.Match[str]]:
    """Find words that stand twice or more in a row; not names such as ``Bora Bora``, nor what the list allows.

    A term with ``= clause`` is allowed behind a comma only: “Frauen, die die Kisten tragen”.
    """
    for match in _DOUBLED.finditer(text):
        value = twice.values.get((match[1].casefold(),), "") if twice else ""
        is_allowed = value is None or (value == _CLAUSE and text[: match.start()].rstrip().endswith(","))
        is_name = match[1][0].isupper() and match[0] == match[0].title()
        if not (is_allowed or is_name):
            yield match
