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
    "cs": _small("a v ve na s se z ze u do k ke pod nad před za je jsou při po o"),
    "da": _small("en et og i på med af til fra den det de som er ved under over for sig"),
    "de": _small(
        "der die das und ein eine einem einer mit auf im vor von zu den dem des über unter am ist bei sich aus"
    ),
    "en": _small("the of and with on at by from are its their under over a an is in to near behind between"),
    "es": _small("el la los las y un una con en del al sobre de es bajo por junto que se entre una desde"),
    "fi": _small("ja on ovat joka jossa kanssa alla päällä vieressä edessä takana sekä hän"),
    "fr": _small("le la les des et un une avec sur dans du au aux sous de est en qui par devant derrière près"),
    "it": _small("il lo gli la e un una con su di del della nel nella è in sulla sul sotto al alla dei tra da che sui"),
    "nb": _small("en et og i på med av til fra den det de som er ved under over for seg"),
    "nl": _small("de het een en van met op voor aan bij onder over te naar uit is in die achter naast tussen"),
    "pl": _small("i w we na z ze do pod nad przed za jest są przy po się który która o od"),
    "pt": _small("o a os as e um uma com em no na do da de é sob ao à pela pelo dos das por para que entre seu sua"),
    "ro": _small("și un o pe cu în la de din sub lângă este sunt care ale al"),
    "sv": _small("en ett och i på med av till från den det de som är vid under över för sig"),
    "tr": _small("ve bir ile için olan üzerinde içinde bu"),
}
_TAGS_OF: Mapping[str, tuple[str, ...]] = {
    word: tuple(tag for tag, small in SMALL_WORDS.items() if word in small)
    for word in frozenset().union(*SMALL_WORDS.values())
}
#: this many small words of another language that the wanted one has not, and none that only it has, make a text foreign
_FOREIGN_ALONE = 2
#: this many small words of another language, and twice as many as of its own, make a text foreign
FOREIGN_HITS = 3
#: share of letters outside the Latin script that makes a text foreign where Latin is written
FOREIGN_SCRIPT = 0.3


def name_of(language: str) -> str:
    """Give the English name of a language, or the tag itself."""
    return NAMES.get(primary(language), language)


#: letters beside a to z with which words of the language are written, its loans included
_LETTERS: Mapping[str, frozenset[str]] = {
    "de": frozenset("äöüßéèêàáç"),
    "en": frozenset("éèêçñï"),
    "es": frozenset("áéíóúüñç"),
    "fr": frozenset("àâäçéèêëîïôöùûüÿœæ"),
    "it": frozenset("àèéìíîòóùú"),
    "nl": frozenset("éèêëïöüáóçàä"),
    "pt": frozenset("áâãàçéêíóôõúü"),
}
#: so many words, small letters all, with others make a text foreign
_ODD_WORDS = 3


def is_foreign(text: str, language: str) -> bool:
    """Is this surely not the wanted language? False where it cannot be told."""
    wanted = primary(language)
    if wanted not in SMALL_WORDS:
        return False
    if not text.isascii() and _is_odd_script(text):
        return True
    if not text.isascii() and _has_odd_letters(text, wanted):
        return True
    hits = dict.fromkeys(SMALL_WORDS, 0)
    # words of another language that are none of the wanted
    odd = dict.fromkeys(SMALL_WORDS, 0)
    own_words: list[tuple[str, ...]] = []
    for word in words(text):
        tags = _TAGS_OF.get(word.casefold(), ())
        for tag in tags:
            hits[tag] += 1
            odd[tag] += wanted not in tags
        if wanted in tags:
            own_words.append(tags)
    own = hits.pop(wanted)
    return any(
        count >= FOREIGN_HITS
        and (count > 2 * own or (odd[tag] >= _FOREIGN_ALONE and all(tag in tags for tags in own_words)))
        for tag, count in hits.items()
    )


def _has_odd_letters(text: str, wanted: str) -> bool:
    letters = _LETTERS.get(wanted)
    if letters is None:
        return False
    odd = (
        word
        for word in words(text)
        if word.islower() and any(c > "\x7f" and c.isalpha() and c not in letters for c in word)
    )
    return sum(1 for _ in odd) >= _ODD_WORDS


def _is_odd_script(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    odd = sum(not unicodedata.name(c, "").startswith("LATIN") for c in letters)
    return odd > FOREIGN_SCRIPT * len(letters)
