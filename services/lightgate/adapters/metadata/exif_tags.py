"""What the tags of a photograph say: each as a fact, or missing where it is nonsense."""

from __future__ import annotations

from lightgate.adapters.metadata.containers import values
from lightgate.adapters.metadata.containers.tiff import Directory, Either, Tags
from lightgate.adapters.metadata.containers.values import Moment
from lightgate.domain.photo import Exif, Rights

_IMAGE_DESCRIPTION, _MAKE, _MODEL, _ORIENTATION, _DATE_TIME = 0x010E, 0x010F, 0x0110, 0x0112, 0x0132
_ARTIST, _COPYRIGHT, _RATING = 0x013B, 0x8298, 0x4746
_XP_COMMENT, _XP_AUTHOR, _XP_KEYWORDS = 0x9C9C, 0x9C9D, 0x9C9E
_EXPOSURE_TIME, _F_NUMBER, _ISO, _ISO_SPEED, _RECOMMENDED_INDEX = 0x829A, 0x829D, 0x8827, 0x8833, 0x8832
_SHUTTER_SPEED, _APERTURE, _FOCAL_LENGTH, _FOCAL_LENGTH_35MM, _LENS_MODEL = 0x9201, 0x9202, 0x920A, 0xA405, 0xA434
_BIAS = 0x9204
_LATITUDE_REF, _LATITUDE, _LONGITUDE_REF, _LONGITUDE = 1, 2, 3, 4
#: (date and time, digits after the second, offset)
_TAKEN = (0x9003, 0x9291, 0x9011)
#: when it was scanned, and the latest edit
_SAVED = ((0x9004, 0x9292, 0x9012), (_DATE_TIME, 0x9290, 0x9010))


def exif_from(tags: Tags, format_: str, width_px: int, height_px: int, orientation: int | None = None) -> Exif:
    """Read the facts; ``orientation``, where the container tells it, counts before that of the tags."""
    ifd0, exif = tags.ifd0, tags.taking
    orientation = orientation or values.orientation(ifd0.get(_ORIENTATION))
    width, height = (height_px, width_px) if orientation >= 5 else (width_px, height_px)
    moment = taken_from(tags) or saved_from(tags)
    make, model = values.text(ifd0.get(_MAKE), 100), values.text(ifd0.get(_MODEL), 100)
    return Exif(
        date_time=None if moment is None else moment.date_time,
        sub_seconds=None if moment is None else moment.sub_seconds,
        offset=None if moment is None else moment.offset,
        make=make,
        model=model,
        camera=values.camera(make, model),
        lens_model=values.lens(exif.get(_LENS_MODEL)),
        width=width or None,
        height=height or None,
        exposure=_exposure(exif),
        aperture=_aperture(exif),
        iso=_iso(exif),
        focal_length_mm=values.focal_length(exif.get(_FOCAL_LENGTH)),
        focal_length_35mm_mm=values.focal_length_35mm(exif.get(_FOCAL_LENGTH_35MM)),
        orientation=orientation,
        has_gps=coordinates_from(tags) is not None,
        format=format_,
    )


def bias_from(tags: Tags) -> float | None:
    """Read the exposure compensation in stops."""
    return values.stops(tags.taking.get(_BIAS))


def coordinates_from(tags: Tags) -> tuple[float, float] | None:
    """Read degrees north and east; a reference that is missing counts as north and east."""
    gps = tags.gps
    north, east = values.degrees(gps.get(_LATITUDE), 90), values.degrees(gps.get(_LONGITUDE), 180)
    if north is None or east is None:
        return None
    is_south, is_west = _letter(gps, _LATITUDE_REF) == "S", _letter(gps, _LONGITUDE_REF) == "W"
    return values.position(-north if is_south else north, -east if is_west else east)


def _letter(gps: Directory, tag: int) -> str:
    # Pillow gives tags that it has no description of as tuples
    found = gps.get(tag)
    return (values.text(found[0] if isinstance(found, tuple) and found else found) or "")[:1].upper()


def rights_from(tags: Tags) -> Rights:
    """Read who made the picture."""
    return Rights(values.text(tags.ifd0.get(_ARTIST), 300), values.text(tags.ifd0.get(_COPYRIGHT), 500))


def description_from(tags: Tags) -> str | None:
    """Read the caption in IFD0."""
    return values.text(tags.ifd0.get(_IMAGE_DESCRIPTION))


def comment_from(tags: Tags) -> str | None:
    """Read the comment that a person wrote with Windows; what cameras put into ``UserComment`` is no caption."""
    return values.clean(_windows_text(tags, _XP_COMMENT))


def author_from(tags: Tags) -> str | None:
    """Read the author that a person named with Windows."""
    return values.clean(_windows_text(tags, _XP_AUTHOR), 300)


def keywords_from(tags: Tags) -> tuple[str, ...]:
    """Read the keywords that Windows writes, separated by semicolons."""
    return tuple(_windows_text(tags, _XP_KEYWORDS).split(";"))


def _windows_text(tags: Tags, tag: int) -> str:
    raw = tags.ifd0.get(tag)
    return raw.decode("utf-16-le", "replace").split("\0", 1)[0] if isinstance(raw, bytes) else ""


def rating_from(tags: Tags) -> int | None:
    """Read the stars that Windows, and some cameras, write."""
    return values.integer(tags.ifd0.get(_RATING))


def taken_from(tags: Tags) -> Moment | None:
    """Read the moment of exposure."""
    return _moment(tags, *_TAKEN)


def digitized_from(tags: Tags) -> Moment | None:
    """Read when the picture became a file: for a camera that was the exposure, for a scan it was not."""
    return _moment(tags, *_SAVED[0])


def saved_from(tags: Tags) -> Moment | None:
    """Read when the picture was scanned, or edited last."""
    return next((found for numbers in _SAVED if (found := _moment(tags, *numbers))), None)


def _moment(tags: Tags, when: int, fraction: int, zone: int) -> Moment | None:
    source, exif = tags.ifd0 if when == _DATE_TIME else tags.taking, tags.taking
    found = values.date_time(source.get(when))
    return values.moment(found, exif.get(fraction), exif.get(zone)) if found else None


def _exposure(exif: Either) -> str | None:
    speed = values.number(exif.get(_SHUTTER_SPEED))
    return values.exposure(values.number(exif.get(_EXPOSURE_TIME))) or values.exposure(
        values.power_of_two(None if speed is None else -speed)
    )


def _aperture(exif: Either) -> str | None:
    apex = values.number(exif.get(_APERTURE))
    return values.aperture(values.number(exif.get(_F_NUMBER))) or values.aperture(
        values.power_of_two(None if apex is None else apex / 2)
    )


def _iso(exif: Either) -> int | None:
    return next((iso for tag in (_ISO, _ISO_SPEED, _RECOMMENDED_INDEX) if (iso := values.iso(exif.get(tag)))), None)
