"""A text that stands in several languages, as XMP has it, and which of them a set's language gets.

Source: RFC 4647 §3.3.1 (filtering) and §3.4 (lookup), ISO 16684-1 §8.2.2.4 (language alternatives).
"""

from __future__ import annotations

from collections.abc import Sequence

#: (language tag, text)
Alternatives = tuple[tuple[str, str], ...]
#: the tag of a text for readers of any other language
DEFAULT = "x-default"
#: tags that say no language: for any, not determined (ISO 639), mended from a broken entry (XMP toolkit)
_OF_ANY = frozenset({DEFAULT, "i-default", "und", "x-repair"})
_SCRIPT_LETTERS = 4


def in_any(text: str | None) -> Alternatives:
    """Give a text whose language nobody told."""
    return ((DEFAULT, text),) if text else ()


def default_of(alternatives: Alternatives) -> str | None:
    """Give the text for readers of any language: the marked one, else the first."""
    return _marked(alternatives) or next((text for _, text in alternatives), None)


def in_languages(alternatives: Alternatives, languages: Sequence[str]) -> dict[str, str]:
    """Give each language its own text; what is marked for any goes to the first that has none, and to one alone."""
    own = {language: text for language in languages if (text := _own(alternatives, language))}
    default = _marked(alternatives)
    without = next((language for language in languages if language not in own), None)
    if default and without and default not in own.values():
        return {**own, without: default}
    return own


def _marked(alternatives: Alternatives) -> str | None:
    return next((text for tag, text in alternatives if _folded(tag) in _OF_ANY), None)


def _own(alternatives: Alternatives, language: str) -> str | None:
    """Find the text in a language: of its region, of any, then of another: de-AT, else de, else de-DE."""
    wanted = _folded(language)
    tags = [(_folded(tag), text) for tag, text in alternatives if _is_readable(_folded(tag), wanted)]
    while wanted:
        exact = next((text for tag, text in tags if tag == wanted), None)
        found = exact or next((text for tag, text in tags if tag.startswith(f"{wanted}-")), None)
        if found:
            return found
        wanted = wanted.rpartition("-")[0]
        # a subtag of one letter says what follows it (RFC 4647 §3.4)
        if wanted[-2:-1] == "-":
            wanted = wanted[:-2]
    return None


def _folded(tag: str) -> str:
    return tag.strip().replace("_", "-").casefold()


def _is_readable(tag: str, wanted: str) -> bool:
    """Is it in the script that is wanted, as far as both name one? zh-Hans is no zh-Hant."""
    scripts = {each for one in (tag, wanted) for each in one.split("-")[1:] if _is_script(each)}
    return len(scripts) < 2


def _is_script(subtag: str) -> bool:
    return len(subtag) == _SCRIPT_LETTERS and subtag.isalpha()
