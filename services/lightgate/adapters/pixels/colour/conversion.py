"""Any pixels to 8-bit sRGB, by their profile where it fits them, with black-point compensation where it has sense."""

from __future__ import annotations

import pyvips

from lightgate.adapters.pixels.colour.coded import is_hdr
from lightgate.adapters.pixels.colour.hdr import tone_mapped
from lightgate.adapters.pixels.colour.profiles import CMYK, GREY, RGB, Meaning, cicp_in, meaning_of

_ICC = "icc-profile-data"
#: primaries and transfer of an HDR picture by ITU-T H.273, as a decoder leaves them
_HDR = "lightgate-hdr"
_WHITE, _MOST = 255, 65535
#: bands that are colours
_COLOURS = {"cmyk": 4, "b-w": 1, "grey16": 1}


def put_profile(image: pyvips.Image, profile: bytes) -> None:
    """Say what an image's pixels mean; goes before what it said of itself."""
    image.set_type(pyvips.GValue.blob_type, _ICC, profile)


def profile_in(image: pyvips.Image) -> bytes:
    """Give the profile that an image has, or nothing."""
    return bytes(image.get(_ICC)) if image.get_typeof(_ICC) else b""


def put_hdr(image: pyvips.Image, primaries: int, transfer: int) -> None:
    """Say that an image's pixels are PQ or HLG."""
    image.set_type(pyvips.GValue.gstr_type, _HDR, f"{primaries} {transfer}")


def ready_to_shrink(image: pyvips.Image) -> pyvips.Image:
    """Bring to opaque sRGB whatever must not be averaged as it is: HDR, linear light, CIELAB, floats, transparency.

    In pixels that are even to the eye Lanczos' overshoots are small; in linear light they are rings around the dark.
    What is left as it is keeps its profile, for ``in_srgb``.
    """
    hdr = _hdr_in(image)
    meaning = _fitting(image)
    is_linear = meaning is not None and meaning.is_linear
    is_transparent = image.hasalpha() and (image.interpretation == "cmyk" or (meaning and not meaning.is_srgb))
    is_unusual = image.interpretation == "lab" or image.format not in {"uchar", "ushort"}
    if not (hdr or is_linear or is_transparent or is_unusual):
        return image
    colours, alpha = _apart(image)
    shown = tone_mapped(_sixteen_bits(_three(colours)), *hdr) if hdr else in_srgb(colours)
    made = _on_white(shown, alpha) if alpha else shown
    made = made.copy()
    for name in (_ICC, _HDR):
        if made.get_typeof(name):
            made.remove(name)
    return made


def in_srgb(image: pyvips.Image) -> pyvips.Image:
    """Give three bands of 8-bit sRGB of opaque pixels; those that no profile fits are taken for sRGB."""
    if image.interpretation == "lab":
        return _exported(image)
    meaning = _fitting(image)
    if image.format in {"float", "double"} and not meaning and image.interpretation != "cmyk":
        # BT.709's primaries in linear light, as scRGB (IEC 61966-2-2) and OpenEXR have it
        return _three(_within(image)).copy(interpretation="scrgb").colourspace("srgb")
    if image.format not in {"uchar", "ushort"}:
        image = _sixteen_bits(image)
    if image.interpretation == "cmyk":
        return _converted(image, meaning)
    if meaning and not meaning.is_srgb:
        return _converted(_three(image) if meaning.space == RGB else image, meaning)
    return _three_bands(image)


def _fitting(image: pyvips.Image) -> Meaning | None:
    """Say what an image's profile does, if it fits its pixels; browsers let an RGB profile speak for greys."""
    profile = profile_in(image)
    meaning = meaning_of(profile) if profile else None
    colours = _colours(image)
    fits = {1: (GREY, RGB), 3: (RGB,), 4: (CMYK,)}.get(colours, ())
    return meaning if meaning and meaning.space in fits else None


def _hdr_in(image: pyvips.Image) -> tuple[int, int] | None:
    if image.get_typeof(_HDR):
        primaries, transfer = map(int, image.get(_HDR).split())
        return primaries, transfer
    named = cicp_in(profile_in(image)) if _colours(image) != 4 else None
    return named if named and is_hdr(named[1]) else None


def _colours(image: pyvips.Image) -> int:
    known = _COLOURS.get(image.interpretation, 3 if image.bands >= 3 else 1)
    return int(min(known, image.bands))


def _apart(image: pyvips.Image) -> tuple[pyvips.Image, pyvips.Image | None]:
    """Give colours, and how opaque they are from 0 to 1."""
    colours = _colours(image)
    if image.bands == colours:
        return image, None
    most = {"uchar": _WHITE, "ushort": _MOST, "uint": 2**32 - 1}.get(image.format, 1)
    return image.extract_band(0, n=colours), image.extract_band(colours) / most


def _on_white(shown: pyvips.Image, alpha: pyvips.Image) -> pyvips.Image:
    kept = _within(alpha)
    return (shown * kept + (kept * -_WHITE + _WHITE) + 0.5).cast("uchar").copy(interpretation="srgb")


def _sixteen_bits(image: pyvips.Image) -> pyvips.Image:
    """Bring numbers of any kind into 16 bits: floats from 0 to 1, what is beyond is cut off."""
    name = {1: "grey16", 3: "rgb16"}.get(image.bands, image.interpretation)
    if image.format == "ushort":
        return image.copy(interpretation=name)
    if image.format in {"float", "double"}:
        return (_within(image) * _MOST + 0.5).cast("ushort").copy(interpretation=name)
    scale = {"uchar": 257, "char": 516, "short": 2, "uint": 1 / 65537, "int": 1 / 32768.5}.get(image.format, 1)
    return (image * scale).cast("ushort").copy(interpretation=name)


def _within(floats: pyvips.Image) -> pyvips.Image:
    """Cut off what is beyond 0 and 1; what is not a number is equal to nothing, and black."""
    sound = (floats == floats).ifthenelse(floats, 0)  # noqa: PLR0124
    return (sound > 0).ifthenelse((sound < 1).ifthenelse(sound, 1), 0)


def _three(image: pyvips.Image) -> pyvips.Image:
    if image.bands == 3:
        return image
    return image.bandjoin([image, image]).copy(interpretation="rgb16" if image.format == "ushort" else "srgb")


def _converted(image: pyvips.Image, meaning: Meaning | None) -> pyvips.Image:
    has_black = meaning is None or meaning.has_black
    told = {
        "embedded": meaning is not None,
        "input_profile": "cmyk" if image.interpretation == "cmyk" else "srgb",
        # lcms compensates whenever perceptual meets version 4
        "intent": "perceptual" if meaning and meaning.has_tables and has_black else "relative",
        "black_point_compensation": has_black,
    }
    try:
        if image.format == "uchar":
            return image.icc_transform("srgb", depth=8, **told)
        # between floats lcms leaves out its table of 33 steps a colour, which is too coarse for linear light
        return _exported(image.icc_import(pcs="lab", **told), compensated=has_black)
    except pyvips.Error:
        # libvips asks more of a profile than lcms
        return _three_bands(image)


def _exported(lab: pyvips.Image, *, compensated: bool = True) -> pyvips.Image:
    return lab.icc_export(output_profile="srgb", depth=8, intent="relative", black_point_compensation=compensated)


def _three_bands(image: pyvips.Image) -> pyvips.Image:
    if image.interpretation in {"multiband", "histogram", "error"}:
        image = image.extract_band(0, n=3) if image.bands >= 3 else image.extract_band(0)
        image = image.copy(interpretation="srgb" if image.bands == 3 else "b-w")
    return image.colourspace("srgb")
