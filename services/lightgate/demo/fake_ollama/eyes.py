"""What the fake model sees: colour, light and shape of a picture, told in a few languages, always the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageStat

_GREY_SPREAD = 18
_DARK, _BRIGHT = 85, 170
#: 28-px cells, as Qwen2.5-VL counts them
_CELL_PX = 28

_COLOURS = {
    "en": ("red", "green", "blue", "grey"),
    "de": ("rot", "grün", "blau", "grau"),
    "nl": ("rood", "groen", "blauw", "grijs"),
    "es": ("rojo", "verde", "azul", "gris"),
}
_LIGHT = {
    "en": ("dark", "soft", "bright"),
    "de": ("dunkel", "weich", "hell"),
    "nl": ("donker", "zacht", "licht"),
    "es": ("oscuro", "suave", "claro"),
}
_SHAPE = {
    "en": ("wide", "tall", "square"),
    "de": ("breit", "hoch", "quadratisch"),
    "nl": ("breed", "hoog", "vierkant"),
    "es": ("ancho", "alto", "cuadrado"),
}
_CAPTION = {
    "en": "{Colour} tones fill a {shape} scene in {light} light, with {detail} in the middle.",
    "de": "Die Farbe {colour} füllt eine Szene, {shape} und {light}, mit {detail} in der Mitte.",
    "nl": "De kleur {colour} vult het vlak, {shape} en {light}, met {detail} in het midden van de scène.",
    "es": "El color {colour} llena la escena, {shape} y {light}, con {detail} en el centro del cuadro.",
}
_ALT = {
    "en": "A {shape} area of {colour} under {light} light, {detail} near the centre.",
    "de": "Eine Fläche in der Farbe {colour}, {light} und {shape}, vor der Mitte {detail}.",
    "nl": "Een vlak in de kleur {colour}, {light} en {shape}, voor het midden {detail}.",
    "es": "Una superficie de color {colour}, {light} y {shape}, en el centro {detail}.",
}
#: chosen by the seed, as another seed makes a real model see something else
_DETAILS = {
    "en": ("a plain form", "a soft edge", "a broad band"),
    "de": ("einer Form", "einer Kante", "einem Band"),
    "nl": ("een vorm", "een rand", "een band"),
    "es": ("una forma", "un borde", "una banda"),
}
_TAGS = {
    "en": ("scene", "tone"),
    "de": ("Szene", "Ton"),
    "nl": ("scène", "toon"),
    "es": ("escena", "tono"),
}
_ASKED = {"German": "de", "Dutch": "nl", "Spanish": "es"}


@dataclass(frozen=True, slots=True)
class Sight:
    """A picture in three words, by their places in the tables above."""

    colour: int
    light: int
    shape: int
    width_px: int
    height_px: int

    @property
    def tokens(self) -> int:
        """What the picture costs of the model's context."""
        return max(1, round(self.width_px / _CELL_PX)) * max(1, round(self.height_px / _CELL_PX))


def look(picture: bytes) -> Sight:
    """Decode a picture.

    Raises:
        OSError: it is not one.
    """
    with Image.open(BytesIO(picture)) as opened:
        width, height = opened.size
        mean = ImageStat.Stat(opened.convert("RGB")).mean
    is_grey = max(mean) - min(mean) < _GREY_SPREAD
    level = sum(mean) / len(mean)
    return Sight(
        colour=3 if is_grey else mean.index(max(mean)),
        light=0 if level < _DARK else 2 if level > _BRIGHT else 1,
        shape=0 if width > height else 1 if height > width else 2,
        width_px=width,
        height_px=height,
    )


def language_asked(prompt: str) -> str:
    """Find the language a prompt asks for."""
    found = re.search(r"\bin (German|Dutch|Spanish)\b", prompt)
    return _ASKED[found[1]] if found else "en"


def describe(sight: Sight, language: str, seed: int = 0) -> dict[str, Any]:
    """Say what is seen, with every field that a caption prompt may ask for."""
    colour, light = _COLOURS[language][sight.colour], _LIGHT[language][sight.light]
    shape, detail = _SHAPE[language][sight.shape], _DETAILS[language][seed % len(_DETAILS[language])]
    words = {"colour": colour, "Colour": colour.capitalize(), "light": light, "shape": shape, "detail": detail}
    return {
        "main_subject": f"{colour} {shape}",
        "visible_details": [detail, light],
        "colours": [colour],
        "visible_text": "",
        "confidence": 80,
        "caption": _CAPTION[language].format(**words),
        "alt_text": _ALT[language].format(**words),
        "keywords": [colour, light, shape, *_TAGS[language]],
    }


def as_asked(told: Mapping[str, Any], wanted: object) -> str:
    """Write an answer as ``format`` wants it: a schema's fields in its order, JSON, or JSON in a fence."""
    if isinstance(wanted, dict) and "properties" in wanted:
        return json.dumps({name: told.get(name, "") for name in wanted["properties"]}, ensure_ascii=False)
    plain = json.dumps({name: told[name] for name in ("caption", "alt_text", "keywords")}, ensure_ascii=False)
    return plain if wanted == "json" else f"```json\n{plain}\n```"
