"""What Lightgate knows of languages: names for the prompt, and small words that give them away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from lightgate.domain.language.tokens import primary, words

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
        "der die das und ein eine einem einer eines einen mit auf im vor von zu den dem des über unter am ist bei "
        "sich aus sind wird werden hat haben zwei drei vier fünf sechs sieben acht neun zehn neben hinter "
        "zwischen durch gegen nach an in zum zur beim vom ins während als wie auch noch sein seine seiner ihr "
        "ihre ihrer ihren sitzt steht stehen liegt liegen geht gehen fährt trägt tragen hält mann frau kinder"
    ),
    "en": _small(
        "the of and with on at by from are its their under over a an is in to near behind between two three four "
        "five six seven eight nine ten into onto through across along above below beside inside outside against "
        "around toward towards while as for his her he she it that which who has have stands stand sits sit lies "
        "lie walks walk holds hold next front man woman children people out up down off past before after during"
    ),
    "es": _small(
        "el la los las y un una unos unas con en del al sobre de es bajo por junto que se entre desde dos tres "
        "cuatro cinco seis siete ocho nueve diez hacia sin para su sus está están son detrás delante frente "
        "mientras como hombre mujer niños lleva llevan hasta tras más muy"
    ),
    "fi": _small("ja on ovat joka jossa kanssa alla päällä vieressä edessä takana sekä hän"),
    "fr": _small(
        "le la les des et un une avec sur dans du au aux sous de est en qui par devant derrière près deux trois "
        "quatre cinq six sept huit neuf dix sont son sa ses leur leurs vers pour entre chez pendant depuis ce "
        "cette ces homme femme enfants à côté tient tiennent porte portent"
    ),
    "it": _small(
        "il lo gli la le e un una uno con su di del della dello dei degli delle nel nella è in sulla sul sotto al "
        "alla allo ai alle da dal dalla tra che sui per sono due tre quattro cinque sei sette otto nove dieci "
        "davanti dietro accanto verso mentre come suo sua uomo donna bambini porta portano"
    ),
    "nb": _small("en et og i på med av til fra den det de som er ved under over for seg"),
    "nl": _small(
        "de het een en van met op voor aan bij onder over te naar uit is in die achter naast tussen twee drie "
        "vier vijf zes zeven acht negen tien zijn wordt worden heeft hebben door tegen langs tijdens terwijl als "
        "dat haar hun hij zij staat staan ligt liggen zit zitten loopt lopen draagt dragen houdt man vrouw "
        "kinderen"
    ),
    "pl": _small("i w we na z ze do pod nad przed za jest są przy po się który która o od"),
    "pt": _small("o a os as e um uma com em no na do da de é sob ao à pela pelo dos das por para que entre seu sua"),
    "ro": _small("și un o pe cu în la de din sub lângă este sunt care ale al"),
    "sv": _small("en ett och i på med av till från den det de som är vid under över för sig"),
    "tr": _small("ve bir ile için olan üzerinde içinde bu"),
}
#: small words inside a name: “Musée de la Marine et de la Pêche”, “Wijk aan Zee”
_WITHIN_NAMES = re.compile(
    r"(?<=\w)(?: (?:de|la|le|les|du|des|et|del|los|las|el|y|di|della|delle|dei|degli|da|do|dos|van|der|den|ter|von|zu"
    r"|zum|zur|aan|op|het|bij|sur|en|in))+ (?=[A-ZÀ-ÖØ-Þ])"
)
_TAGS_OF: Mapping[str, tuple[str, ...]] = {
    word: tuple(tag for tag, small in SMALL_WORDS.items() if word in small)
    for word in frozenset().union(*SMALL_WORDS.values())
}
#: this many small words that the wanted language has not, and none that only it has, make a text foreign
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
    said = [_TAGS_OF.get(word.casefold(), ()) for word in words(_WITHIN_NAMES.sub(" ", text))]
    # nearly every text ends here: it has no small word of another language alone
    others = {tag for tags in said if wanted not in tags for tag in tags}
    own = sum(wanted in tags for tags in said) if others else 0
    return any(_speaks(tag, wanted, own, said) for tag in others)


def _speaks(tag: str, wanted: str, own: int, said: Sequence[tuple[str, ...]]) -> bool:
    """Do the small words of a text speak for this language, and not for the wanted one?"""
    hits = sum(tag in tags for tags in said)
    if hits >= FOREIGN_HITS and hits > 2 * own:
        return True
    if any(wanted in tags and tag not in tags for tags in said):
        return False
    return sum(tag in tags and wanted not in tags for tags in said) >= _FOREIGN_ALONE


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
