"""What Lightgate knows of languages: names for the prompt, and small words that give them away."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from lightgate.domain.wording import primary, words

#: English names, as a model understands them; other tags are given as they are
NAMES: Mapping[str, str] = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "it": "Italian", "ja": "Japanese", "ko": "Korean",
    "nb": "Norwegian", "nl": "Dutch", "pl": "Polish", "pt": "Portuguese", "ru": "Russian", "sv": "Swedish",
    "tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese",
}  # fmt: skip


def _small(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


#: small words that nearly every sentence of the language has
SMALL_WORDS: Mapping[str, frozenset[str]] = {
    "en": _small("the of and with on at by from are its their under over a an is in to near"),
    "de": _small("der die das und ein eine einem einer mit auf im vor von zu den dem des über unter am ist"),
    "nl": _small("de het een en van met op voor aan bij onder over te naar uit is in"),
    "fr": _small("le la les des et un une avec sur dans du au aux sous de est en"),
    "es": _small("el la los las y un una con en del al sobre de es"),
    "it": _small("il lo gli la e un una con su di del della nel nella è in"),
    "pt": _small("o a os as e um uma com em no na do da de é"),
}
#: this many small words of another language, and twice as many as of its own, make a text foreign
FOREIGN_HITS = 3
#: share of letters outside the Latin script that makes a text foreign where Latin is written
FOREIGN_SCRIPT = 0.3


def name_of(language: str) -> str:
    """Give the English name of a language, or the tag itself."""
    return NAMES.get(primary(language), language)


def is_foreign(text: str, language: str) -> bool:
    """Is this surely not the wanted language? False where it cannot be told."""
    wanted = primary(language)
    if wanted not in SMALL_WORDS:
        return False
    if not text.isascii() and _is_odd_script(text):
        return True
    said = [word.casefold() for word in words(text)]
    hits = {tag: sum(map(small.__contains__, said)) for tag, small in SMALL_WORDS.items()}
    own = hits.pop(wanted)
    most = max(hits.values())
    return most >= FOREIGN_HITS and most > 2 * own


def _is_odd_script(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    odd = sum(not unicodedata.name(c, "").startswith("LATIN") for c in letters)
    return odd > FOREIGN_SCRIPT * len(letters)
