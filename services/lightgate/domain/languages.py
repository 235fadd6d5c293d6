"""What Lightgate knows of languages: names for the prompt, openings that say nothing, words that give them away."""

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

#: openings that speak of the picture instead of what is in it
OPENINGS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "this image", "the image", "this photo", "the photo", "this picture", "the picture", "in this image",
        "in this photo", "in this picture", "in the image", "in the photo", "an image of", "a photo of",
        "a photograph of", "a picture of", "image of", "photo of", "picture of", "here we see", "we see",
        "this is a photo", "this is an image", "this is a picture", "a view of", "view of",
    ),
    "de": ("dieses bild", "das bild", "dieses foto", "das foto", "auf diesem bild", "auf dem bild", "auf dem foto",
           "ein bild von", "ein foto von", "hier sieht man", "zu sehen ist"),
    "nl": ("deze foto", "de foto", "dit beeld", "deze afbeelding", "de afbeelding", "op deze foto", "op de foto",
           "een foto van", "een afbeelding van", "hier zien we"),
    "fr": ("cette image", "l'image", "cette photo", "la photo", "sur cette photo", "sur cette image", "une photo de",
           "une image de", "on voit"),
    "es": ("esta imagen", "la imagen", "esta foto", "la foto", "en esta imagen", "en esta foto", "una imagen de",
           "una foto de"),
    "it": ("questa immagine", "l'immagine", "questa foto", "la foto", "in questa immagine", "in questa foto",
           "un'immagine di", "una foto di"),
    "pt": ("esta imagem", "a imagem", "esta foto", "a foto", "nesta imagem", "nesta foto", "uma imagem de",
           "uma foto de"),
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


def opening_of(text: str, language: str) -> str | None:
    """Find the filler opening of a text, in its language or in English."""
    start = text.casefold().replace("\u2019", "'").lstrip(" \"'“„«")
    known = OPENINGS["en"] + OPENINGS.get(primary(language), ())
    found = [o for o in known if start.startswith(o) and not start[len(o) : len(o) + 1].isalnum()]
    return max(found, key=len, default=None)


def is_foreign(text: str, language: str) -> bool:
    """Is this surely not the wanted language? False where it cannot be told."""
    wanted = primary(language)
    if wanted not in SMALL_WORDS:
        return False
    letters = [c for c in text if c.isalpha()]
    odd = sum(not unicodedata.name(c, "").startswith("LATIN") for c in letters)
    if odd > FOREIGN_SCRIPT * len(letters):
        return True
    hits = {tag: _hits(text, small) for tag, small in SMALL_WORDS.items()}
    own = hits.pop(wanted)
    most = max(hits.values())
    return most >= FOREIGN_HITS and most > 2 * own


def _hits(text: str, small: frozenset[str]) -> int:
    return sum(word.casefold() in small for word in words(text))
