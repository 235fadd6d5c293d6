"""Sentences a photographer understands, for the parts of a rating."""

from __future__ import annotations

#: for each part, (lowest mark, sentence), best first
_SENTENCES: dict[str, tuple[tuple[float, str], ...]] = {
    "sharpness": (
        (54, "The sharpest place is crisp at web size."),
        (40, "The sharpest place is fairly sharp at web size."),
        (22, "No place is really sharp: look for missed focus or movement."),
        (0, "The whole picture is blurred."),
    ),
    "exposure": (
        (75, "The brightness is well spread."),
        (45, "Much of the picture is rather dark, or bright without detail."),
        (0, "Most of the picture is very dark, or bright without detail."),
    ),
    "noise": (
        (90, "Clean: hardly any noise at web size."),
        (60, "Some noise in even areas."),
        (0, "Strong noise."),
    ),
    "contrast": (
        (65, "Good range from dark to bright."),
        (30, "The range from dark to bright is moderate."),
        (0, "Flat: little range from dark to bright."),
    ),
    "colour": (
        (65, "Colourful."),
        (30, "Moderate colours."),
        (0, "Muted colours."),
    ),
    "aesthetic": (
        (65, "The model finds it attractive."),
        (40, "The model finds it ordinary."),
        (0, "The model finds it unattractive."),
    ),
}
_MISSING = {
    "sharpness": "Too small to judge its sharpness.",
    "noise": "Too small to judge its noise.",
    "colour": "Black and white: colour does not count.",
}
#: between black and white and colour
HARDLY_ANY_COLOUR = "Hardly any colour: it counts in part."
#: where a model's middle lies is a guess of ours: ``adapters/clip.Calibration``
ON_DEFAULT_SCALE = "Its scale is a default, not calibrated to your pictures."
#: shares of the picture below this are not worth a word
_WORTH_SAYING = 0.01


def sentence(part: str, mark: float | None, burnt: float = 0.0, blocked: float = 0.0) -> str:
    """Say in words what a mark of 0 to 100 means, or why there is none."""
    if mark is None:
        return _MISSING.get(part, "Not measured.")
    words = next(text for lowest, text in _SENTENCES[part] if mark >= lowest)
    return words + _clipping(burnt, blocked) if part == "exposure" else words


def _clipping(burnt: float, blocked: float) -> str:
    lost = [
        f" {share:.0%} of it is {what}."
        for share, what in ((burnt, "burnt out"), (blocked, "black without detail"))
        if share >= _WORTH_SAYING
    ]
    return "".join(lost)
