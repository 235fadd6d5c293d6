"""Values of single EXIF tags, as they stand in real files: what is nonsense becomes None, never wrong."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from lightgate.domain.language.characters import is_noncharacter
from lightgate.domain.written_time import DAY, MINUTE, SECOND, parts_of

#: longer texts in a tag are damage or somebody's novel; cut, so that nothing downstream has to care
TEXT_LIMIT = 4000

#: some cameras write `` 1`` or ``1`` for ``01``, and other marks than the colon
_DATE_TIME = re.compile(
    r"(\d{4})[:/.-] ?(\d{1,2})[:/.-] ?(\d{1,2})[ T:] ?(\d{1,2}): ?(\d{1,2}): ?(\d{1,2})(?!\d)", re.ASCII
)
#: a day, a month or a year alone, or a time without seconds; what is not known has blanks, signs or nothing
_IN_PART = re.compile(
    r"(\d{4})(?:[:/.-] ?(\d{1,2})(?!\d)(?:[:/.-] ?(\d{1,2})(?!\d)(?:[ T:] ?(\d{1,2})(?:: ?(\d{1,2}))?(?!\d))?)?)?"
    r" ?(?:[T :/?*xX_~.-]*|Z|([+-]\d\d:\d\d))",
    re.ASCII,
)
#: of the first photograph, and one past which a clock was never set
_YEARS = range(1826, 2101)
#: what follows the seconds in ISO 8601; ``Z`` is what some programs write for a clock without a zone
_AFTER_SECONDS = re.compile(r"(?:\.(\d{1,9}))?([+-]\d\d:\d\d)?Z?", re.ASCII)
_OFFSET = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d")
_SUB_SECONDS = re.compile(r"\d{1,9}", re.ASCII)
#: what makers write where they have nothing to say
_EMPTY_LENSES = re.compile(
    r"[-?\s]*|n/?a|none|unknown( lens)?|0(\.0)? ?mm( f/?0(\.0)?)?|0(\.0)?-0(\.0)? ?mm.*", re.IGNORECASE
)

_LONGEST_EXPOSURE_S = 24 * 3600
_LARGEST_F_NUMBER = 1000
_LONGEST_FOCAL_LENGTH_MM = 20_000
_HIGHEST_ISO = 10_000_000
_MOST_STOPS = 10
#: EXIF 2.32, PhotographicSensitivity: the real value stands in another tag
_ISO_ELSEWHERE = 65535


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as a clock showed it."""

    #: as far as it is known, see ``domain.written_time``
    date_time: str
    #: digits after the second
    sub_seconds: str | None = None
    #: ``+02:00``
    offset: str | None = None


def text(value: object, limit: int = TEXT_LIMIT) -> str | None:
    """Give one line of clean text from what a tag holds, or None where nothing is left.

    EXIF knows only ASCII; files hold UTF-8 and Latin-1. Pillow hands tags over as Latin-1.
    """
    if isinstance(value, str):
        try:
            value = value.encode("latin-1")
        except UnicodeEncodeError:
            return clean(str(value), limit)
    if not isinstance(value, bytes):
        return None
    return clean(decoded(value.split(b"\0", 1)[0]), limit)


def decoded(raw: bytes) -> str:
    """Decode as UTF-8, else as Windows' Latin-1, else as the real one, which any bytes are."""
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def clean(value: str, limit: int = TEXT_LIMIT) -> str | None:
    """Collapse white space, drop controls, halves of characters and noncharacters, compose accents."""
    # cut first: composing and splitting a text of megabytes is work for nothing
    spaced = "".join(" " if char.isspace() else char for char in value[: 4 * limit])
    printable = "".join(
        char for char in spaced if unicodedata.category(char) not in {"Cc", "Cs", "Co"} and not is_noncharacter(char)
    )
    return unicodedata.normalize("NFC", " ".join(printable.split()))[:limit].strip() or None


def integer(value: object) -> int | None:
    """Give the first whole number."""
    found = number(value)
    return None if found is None else round(found)


def number(value: object) -> float | None:
    """Give the first number if it is one: no strings, no division by zero, no infinity."""
    if isinstance(value, tuple | list):
        value = value[0] if value else None
    if value is None or isinstance(value, str | bytes | bool):
        return None
    try:
        found = float(value)  # type: ignore[arg-type] # what cannot be a number raises, below
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def date_time(value: object) -> str | None:
    """Give ``YYYY:MM:DD HH:MM:SS`` of a day that exists, or as much of that as is known."""
    written = text(value, 100) or ""
    found = _DATE_TIME.match(written) or _IN_PART.fullmatch(written)
    if not found:
        return None
    known = [int(part) for part in found.groups()[:6] if part is not None and part[:1] not in "+-"]
    if 0 in known[1:DAY]:
        # a month or a day that nobody knew, and no clock then counts
        known = known[: known.index(0, 1)]
    elif len(known) == MINUTE - 1:
        known = known[:DAY]
    try:
        day = datetime(*(known + [1] * (DAY - len(known))))  # type: ignore[arg-type] # noqa: DTZ001 - the clock's own
    except ValueError:
        return None
    form = ("%Y", "%Y:%m", "%Y:%m:%d", "", "%Y:%m:%d %H:%M", "%Y:%m:%d %H:%M:%S")[len(known) - 1]
    return day.strftime(form) if day.year in _YEARS else None


def iso_moment(written: str) -> Moment | None:
    """Read a date and time as XMP has it: ``2004-06-21T23:37:53.12+01:00``, ``2004-06-21T23:37Z``, ``2004-06``."""
    taken = date_time(written)
    if taken is None:
        return None
    if found := _DATE_TIME.match(written):
        after = _AFTER_SECONDS.match(written, found.end())
        return moment(taken, after and after[1], after and after[2])
    in_part = _IN_PART.fullmatch(written)
    return moment(taken, None, in_part and in_part[6])


def moment(taken: str, fraction: object, zone: object) -> Moment:
    """Put a time together: only one that is known to the second has a fraction, and a day alone has no zone."""
    known = len(parts_of(taken))
    return Moment(taken, sub_seconds(fraction) if known == SECOND else None, offset(zone) if known >= MINUTE else None)


def sub_seconds(value: object) -> str | None:
    """Give the digits after the second, as written."""
    found = text(value) or ""
    return found if _SUB_SECONDS.fullmatch(found) else None


def offset(value: object) -> str | None:
    """Give an offset from UTC like ``+02:00``."""
    found = text(value) or ""
    return found if _OFFSET.fullmatch(found) else None


def exposure(seconds: float | None) -> str | None:
    """Write an exposure time as photographers do: ``1/250 sec``, ``0.6 sec``, ``20 sec``."""
    if seconds is None or not 0 < seconds <= _LONGEST_EXPOSURE_S:
        return None
    parts = 1 / seconds
    whole = math.floor(parts + 0.5)
    # between 1/4 and 1 s only true fractions are written as such: 0.4 s is not 1/2 s
    if seconds <= 0.25 or (whole > 1 and abs(parts - whole) < 0.02 * whole):
        return f"1/{whole} sec"
    return f"{seconds:.1f}".removesuffix(".0") + " sec"


def aperture(f_number: float | None) -> str | None:
    """Write an f-number: ``f/5.6``, ``f/8``."""
    if f_number is None or not 0 < f_number < _LARGEST_F_NUMBER:
        return None
    rounded = f"{f_number:.1f}".removesuffix(".0")
    return None if rounded == "0" else f"f/{rounded}"


def power_of_two(exponent: float | None) -> float | None:
    """Undo an APEX value (EXIF 2.32 annex C): the exposure time is 2^-Tv, the f-number 2^(Av/2)."""
    return None if exponent is None or abs(exponent) > 64 else 2.0**exponent


def iso(value: object) -> int | None:
    """Give a film speed."""
    found = integer(value)
    return found if found is not None and 0 < found <= _HIGHEST_ISO and found != _ISO_ELSEWHERE else None


def stops(value: object) -> float | None:
    """Give an exposure compensation; more than ten stops is nonsense."""
    found = number(value)
    return round(found, 2) if found is not None and abs(found) <= _MOST_STOPS else None


def focal_length(value: object) -> float | None:
    """Give millimetres: 4.25 of a telephone, a whole number as ``int``."""
    found = number(value)
    if found is None or not 0 < found <= _LONGEST_FOCAL_LENGTH_MM:
        return None
    return int(found) if found.is_integer() else found


def focal_length_35mm(value: object) -> int | None:
    """Give whole millimetres, as the tag for the 35-mm equivalent has them."""
    found = integer(value)
    return found if found is not None and 0 < found <= _LONGEST_FOCAL_LENGTH_MM else None


def orientation(value: object) -> int:
    """Give 1 to 8; anything else counts as upright."""
    found = value[0] if isinstance(value, tuple) and len(value) == 1 else value
    return found if isinstance(found, int) and not isinstance(found, bool) and 1 <= found <= 8 else 1


def lens(value: object) -> str | None:
    """Give the lens, unless the camera only says that it knows none."""
    found = text(value, 200)
    return None if found is None or _EMPTY_LENSES.fullmatch(found) else found


def camera(make: str | None, model: str | None) -> str | None:
    """Join make and model, without the make that most models repeat: ``Canon EOS 40D``, ``NIKON D70``."""
    if not make or not model:
        return model or make
    words = {word.casefold() for word in re.findall(r"\w+", make)}
    repeated = re.match(r"\w+", model)
    return model if repeated and repeated[0].casefold() in words else f"{make} {model}"


def degrees(value: object, limit: float) -> float | None:
    """Give an angle from degrees, minutes and seconds, or None outside the limit."""
    parts = [number(part) for part in value[:3]] if isinstance(value, tuple | list) else []
    if not parts or parts[0] is None:
        return None
    angle = sum((part or 0.0) / 60**place for place, part in enumerate(parts))
    return angle if 0 <= angle <= limit else None


def position(north: float, east: float) -> tuple[float, float] | None:
    """Round a position to a centimetre; the zeros that receivers write before they know any are none."""
    found = round(north, 7) + 0.0, round(east, 7) + 0.0
    return None if found == (0, 0) else found
