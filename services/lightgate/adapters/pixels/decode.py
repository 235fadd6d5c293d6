"""An original's pixels at full size, with libvips and libheif; what their colours mean is in ``colour``."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pillow_heif
import pyvips
import simplejpeg

from lightgate.adapters.metadata.containers.raw import format_in
from lightgate.adapters.metadata.containers.tiff import DAMAGE
from lightgate.adapters.metadata.formats import HEIF, JPEG, KINDS, PNG, TIFF, WEBP
from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.adapters.pixels.colour import coded, lab_tiff, png_colour
from lightgate.adapters.pixels.colour.conversion import in_srgb, profile_in, put_hdr, put_profile, ready_to_shrink
from lightgate.adapters.pixels.colour.dcf import profile_by_exif
from lightgate.adapters.pixels.colour.profiles import meaning_of
from lightgate.adapters.pixels.raw_preview import preview_of
from lightgate.adapters.pixels.spare_memory import SpareMemory
from lightgate.adapters.pixels.tiff_bands import without_masks
from lightgate.adapters.pixels.tiff_directory import first_picture, why_not_read
from lightgate.adapters.pixels.whole import heif as heif_data
from lightgate.adapters.pixels.whole import png as png_data
from lightgate.adapters.pixels.whole import tiff as tiff_data
from lightgate.adapters.pixels.whole import webp as webp_data
from lightgate.adapters.pixels.whole.jpeg import is_part_lost as is_jpeg_lost
from lightgate.adapters.pixels.whole.jpeg import scans_of, with_end_mark
from lightgate.adapters.pixels.whole.zeros import RUN, Content, ends_in_zeros, mapped
from lightgate.errors import LightgateError, OriginalMissing, StorageFull, TooManyPixels, UnreadableImage
from lightgate.files.by_name import function_at

#: named, so that libvips cannot pick a loader for something we do not take
_LOADERS = {JPEG: "jpegload", PNG: "pngload", TIFF: "tiffload", WEBP: "webpload"}
#: decoded pictures up to this size stay in memory, larger ones go through a temporary file
_MEMORY_BYTES = 320_000_000

_RGB, _CMYK = 3, 4
_ICC, _EXIF, _ORIENTATION = "icc-profile-data", "exif-data", "orientation"
#: EXIF orientations that swap width and height
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})
_WHITE = 255

#: in what libvips and its libraries say of a sound picture of a kind that they do not know
_NOT_READ = (
    "not configured",
    "not implemented",
    "unsupported",
    "not supported",
    "whole number of bytes",
    "out of range",
)
_CUT_OFF = "the file is cut off"
_PART_LOST = "a part of its pixels is missing or damaged"

_SPARE = SpareMemory()


@contextmanager
def decoding() -> Iterator[None]:
    """Translate what libvips, libheif and the disk raise while pixels are asked for."""
    try:
        yield
    except LightgateError:
        raise
    except FileNotFoundError as error:
        raise OriginalMissing from error
    except (pyvips.Error, OSError, ValueError, RuntimeError, EOFError, SyntaxError, MemoryError) as error:
        raise _translated(error) from error


def _translated(error: Exception) -> LightgateError:
    said = str(error).casefold()
    if "no space left" in said or "disk quota" in said:
        return StorageFull(path=tempfile.gettempdir())
    # a thread's stack is the first that no longer fits
    if "out of memory" in said or "error creating thread" in said or isinstance(error, MemoryError):
        return UnreadableImage(reason="decoding it needs more memory than there is")
    if any(word in said for word in ("premature end", "truncated", "unexpected end", "eof", "read error")):
        return UnreadableImage(reason=_CUT_OFF)
    if any(word in said for word in _NOT_READ):
        return UnreadableImage(reason="the kind of pixels that it holds is not read")
    return UnreadableImage(reason="its pixels are damaged")


def full_size(
    original: Path, max_megapixels: float, box: tuple[int, int] | None = None, orientation: int | None = None
) -> pyvips.Image:
    """Decode an original whole, in its own colours unless they cannot be averaged; ``autorot`` still has to turn it.

    To be called, and its pixels asked for, inside ``decoding``.

    Args:
        box: width and height that it will be shrunk to fit; a JPEG is then decoded to no more than it takes.
        orientation: EXIF's, as it was read when the photo was taken in. Of HEIF files, where that is a judgement, it
            counts: a rule that changes must not turn what a person has seen. None: as the file is read now.
    """
    # libvips would see an earlier file of this name, and run as many threads as there are cores in each process
    pyvips.cache_set_max(0)
    pyvips.concurrency_set(1)
    pyvips.block_untrusted_set(True)
    kind = KINDS[format_in(original)]
    image: pyvips.Image = function_at(kind.decodes)(original, max_megapixels, box)
    if kind.name == HEIF and orientation is not None:
        _turn(image, orientation)
    return ready_to_shrink(image)


def jpeg(original: Path, max_megapixels: float, box: tuple[int, int] | None) -> pyvips.Image:
    """Decode a JPEG, to no more than the box takes."""
    header = _header(original, JPEG, max_megapixels)
    content = original.read_bytes()
    if _is_large(header):
        _refuse_lost_jpeg(content, header)
        image = _from_disk(original, JPEG).copy()
    else:
        image = _sound(content, header, box).copy()
    _by_exif(image, header)
    return image


def _by_exif(image: pyvips.Image, header: pyvips.Image) -> None:
    """Take a camera's word for Adobe RGB where no profile says what the colours are."""
    block = bytes(header.get(_EXIF)) if header.get_typeof(_EXIF) else b""
    if block and not header.get_typeof(_ICC) and image.bands == _RGB and (profile := profile_by_exif(block)):
        put_profile(image, profile)


def png(original: Path, max_megapixels: float, box: tuple[int, int] | None) -> pyvips.Image:
    """Decode a PNG, to be turned as its facts say, also where libvips does not look for them."""
    header = _header(original, PNG, max_megapixels)
    _refuse_lost(original, png_data.is_part_lost)
    image = (_from_disk(original, PNG) if _is_large(header) else header.copy_memory()).copy()
    image = _as_png_says(image, original)
    if not image.get_typeof(_ORIENTATION):
        _turn(image, PillowHeaders(math.inf, math.inf).read(original).exif.orientation)
    return image


def _as_png_says(image: pyvips.Image, original: Path) -> pyvips.Image:
    """Say what a PNG's colours are by the first of its chunks that counts."""
    said = png_colour.said_by(original)
    if said.cicp:
        if said.is_narrow:
            image = png_colour.widened(image)
        _named(image, *said.cicp)
    elif said.profile and not said.is_srgb and not meaning_of(profile_in(image)):
        put_profile(image, said.profile)
    return image


def _named(image: pyvips.Image, primaries: int, transfer: int) -> None:
    if coded.is_hdr(transfer):
        put_hdr(image, primaries, transfer)
    else:
        put_profile(image, coded.profile_of(primaries, transfer))


def tiff(original: Path, max_megapixels: float, box: tuple[int, int] | None) -> pyvips.Image:
    """Decode the first picture of a TIFF without the bands that are no part of it."""
    if tiff_data.is_part_lost(original):
        raise UnreadableImage(reason=_PART_LOST)
    try:
        if (kind := lab_tiff.lab_kind(original)) and (plain := lab_tiff.as_plain_bands(original)):
            samples = _tiff(original, max_megapixels, lambda access: _from_memory(plain, access))
            return lab_tiff.in_lab(samples, kind)
        return _tiff(original, max_megapixels, lambda access: _loaded(original, TIFF, access))
    except pyvips.Error:
        try:
            first = first_picture(original)
        except DAMAGE:
            first = None
        if first is None:
            raise
        if why := why_not_read(first):
            raise UnreadableImage(reason=why) from None
        return _tiff(original, max_megapixels, lambda access: _from_memory(first, access))


def _from_memory(content: bytes, access: str) -> pyvips.Image:
    return pyvips.Operation.call(f"{_LOADERS[TIFF]}_buffer", content, access=access, fail_on="error")


def _tiff(original: Path, max_megapixels: float, load: Callable[[str], pyvips.Image]) -> pyvips.Image:
    header = load("sequential")
    check_size(header.width, header.height, max_megapixels)
    if _is_large(header):
        return without_masks(original, load("random"))
    return without_masks(original, header).copy_memory()


def webp(original: Path, max_megapixels: float, box: tuple[int, int] | None) -> pyvips.Image:
    """Decode a WebP."""
    header = _header(original, WEBP, max_megapixels)
    _refuse_lost(original, webp_data.is_part_lost)
    return _from_disk(original, WEBP) if _is_large(header) else header.copy_memory()


def _refuse_lost(original: Path, is_part_lost: Callable[[Content], bool]) -> None:
    with mapped(original) as content:
        if is_part_lost(content):
            raise UnreadableImage(reason=_PART_LOST)


def _header(original: Path, format_: str, max_megapixels: float) -> pyvips.Image:
    header = _loaded(original, format_, "sequential")
    check_size(header.width, header.height, max_megapixels)
    return header


def _is_large(header: pyvips.Image) -> bool:
    return bool(header.width * header.height * header.bands * _bytes_a_sample(header) > _MEMORY_BYTES)


def _from_disk(original: Path, format_: str) -> pyvips.Image:
    return _loaded(original, format_, "random")


def _loaded(original: Path, format_: str, access: str) -> pyvips.Image:
    # libtiff calls a strip that is not there an error, the others say that the file is truncated
    fail_on = "error" if format_ == TIFF else "truncated"
    return pyvips.Operation.call(_LOADERS[format_], str(original), access=access, fail_on=fail_on)


def _sound(content: bytes, header: pyvips.Image, box: tuple[int, int] | None = None) -> pyvips.Image:
    """Decode a JPEG of which nothing is lost."""
    if RUN in content and (scans := scans_of(content)) and scans.has_impossible_zeros:
        raise UnreadableImage(reason=_PART_LOST)
    return _turbo(content, header, box) or _imperfect(content, header, box)


def _imperfect(content: bytes, header: pyvips.Image, box: tuple[int, int] | None = None) -> pyvips.Image:
    """Decode a JPEG that is not plain or not all sound; one that has lost a part would be grey there.

    Raises:
        UnreadableImage: some of its pixels are not in the file.
    """
    mended = _refuse_lost_jpeg(content, header)
    if mended is not content and (image := _turbo(mended, header, box)):
        return image
    return pyvips.Operation.call(
        f"{_LOADERS[JPEG]}_buffer", mended, access="sequential", fail_on="truncated"
    ).copy_memory()


def _refuse_lost_jpeg(content: bytes, header: pyvips.Image) -> bytes:
    """Give a JPEG with the end mark that it may lack.

    Raises:
        UnreadableImage: it lacks more than that.
    """
    scans = scans_of(content)
    if scans is None:
        return content
    if scans.has_end_mark:
        if is_jpeg_lost(content, scans, _warnings(content, header)):
            raise UnreadableImage(reason=_PART_LOST)
        return content
    if scans.is_complete:
        for mended in with_end_mark(content, scans):
            if not _warnings(mended, header):
                return mended
    is_padded = ends_in_zeros(content, scans.start, scans.end)
    raise UnreadableImage(reason=_PART_LOST if is_padded else _CUT_OFF)


def _warnings(content: bytes, header: pyvips.Image) -> str:
    """Give what libjpeg-turbo warns of: of many things, the first and the last."""
    said = []
    try:
        simplejpeg.decode_jpeg(content, colorspace="CMYK" if header.bands == _CMYK else "GRAY", strict=True)
    except ValueError as error:
        said.append(str(error))
    try:
        image = pyvips.Operation.call(f"{_LOADERS[JPEG]}_buffer", content, access="sequential", fail_on="warning")
        image.avg()
    except pyvips.Error as error:
        said.append(str(error))
    return "\n".join(said)


def _turbo(content: bytes, header: pyvips.Image, box: tuple[int, int] | None = None) -> pyvips.Image | None:
    """Decode a plain JPEG in one go, to the same pixels in 0.6 of the time; None where it is not all sound.

    libjpeg-turbo's word is strict here: what it finds wrong is for libvips to refuse or to forgive.
    """
    if header.interpretation != "srgb" or header.bands != _RGB:
        return None
    width, height = _enough(header, box) if box else (header.width, header.height)
    room = _SPARE.bytes_for(header.width * header.height * _RGB) if not box else None
    options = {"colorspace": "RGB", "strict": True, "min_width": width, "min_height": height, "buffer": room}
    try:
        pixels = simplejpeg.decode_jpeg(content, **options)
    except ValueError:
        return None
    if pixels.shape[2:] != (_RGB,) or (not box and pixels.shape[:2] != (header.height, header.width)):
        return None
    image = pyvips.Image.new_from_array(pixels).copy(interpretation="srgb")
    if header.get_typeof(_ORIENTATION):
        _turn(image, header.get(_ORIENTATION))
    if header.get_typeof(_ICC):
        image.set_type(pyvips.GValue.blob_type, _ICC, bytes(header.get(_ICC)))
    return image


def _enough(header: pyvips.Image, box: tuple[int, int]) -> tuple[int, int]:
    """Give twice the size it will have: the last factor of two is for a better filter than the decoder's own."""
    scale = 2 * _scale(header, box)
    return math.ceil(header.width * scale), math.ceil(header.height * scale)


def _scale(image: pyvips.Image, box: tuple[int, int]) -> float:
    """Say by how much an image that may lie on its side is shrunk to fit a box."""
    is_on_its_side = image.get_typeof(_ORIENTATION) and image.get(_ORIENTATION) in _ON_ITS_SIDE
    across, down = reversed(box) if is_on_its_side else box
    return float(min(across / image.width, down / image.height))


def raw(original: Path, max_megapixels: float, box: tuple[int, int] | None) -> pyvips.Image:
    """Decode the picture that a camera put into its raw file; where it says how to be turned, that counts."""
    content, turn = preview_of(original)
    if isinstance(content, bytes):
        header = pyvips.Operation.call("jpegload_buffer", content, access="sequential", fail_on="truncated")
        check_size(header.width, header.height, max_megapixels)
        image = _sound(content, header)
    else:
        check_size(content.shape[1], content.shape[0], max_megapixels)
        image = pyvips.Image.new_from_array(content).copy(interpretation="srgb")
    if not image.get_typeof(_ORIENTATION):
        _turn(image, turn)
    return image


def _turn(image: pyvips.Image, orientation: int) -> None:
    image.set_type(pyvips.GValue.gint_type, _ORIENTATION, orientation)


def _bytes_a_sample(image: pyvips.Image) -> int:
    return {"uchar": 1, "char": 1, "ushort": 2, "short": 2}.get(image.format, 4)


def check_size(width_px: int, height_px: int, max_megapixels: float) -> None:
    """Refuse a picture over the limit.

    Raises:
        TooManyPixels: it is.
    """
    megapixels = width_px * height_px / 1e6
    if megapixels > max_megapixels:
        raise TooManyPixels(pixels=round(megapixels), limit=f"{max_megapixels:g}")


def heif(original: Path, max_megapixels: float, box: tuple[int, int] | None) -> pyvips.Image:
    """Decode with libheif, which turns the pixels as the file's own properties ask; see ``containers.heif``."""
    picture = pillow_heif.open_heif(str(original), convert_hdr_to_8bit=False)
    check_size(picture.size[0], picture.size[1], max_megapixels)
    _refuse_lost(original, heif_data.is_part_lost)
    nclx = _nclx(picture)
    if picture.info.get("bit_depth", 8) > 8 and not (nclx and coded.is_hdr(nclx[1])):
        # ten bits of a picture that ends in eight are half the memory
        picture = pillow_heif.open_heif(str(original), convert_hdr_to_8bit=True)
    pixels = np.asarray(picture)
    image = pyvips.Image.new_from_array(pixels).copy(interpretation=_interpretation(pixels))
    _as_heif_says(image, picture, nclx)
    _turn(image, PillowHeaders(math.inf, math.inf).read(original).exif.orientation)
    return image


def avif(original: Path, max_megapixels: float, box: tuple[int, int] | None) -> pyvips.Image:
    """Decode an AVIF with libvips, whose libheif has AV1, and turns the pixels itself."""
    picture = pillow_heif.open_heif(str(original), convert_hdr_to_8bit=False)
    check_size(picture.size[0], picture.size[1], max_megapixels)
    _refuse_lost(original, heif_data.is_part_lost)
    image = pyvips.Operation.call("heifload", str(original), access="sequential", fail_on="truncated")
    check_size(image.width, image.height, max_megapixels)
    image = image.copy_memory().copy()
    if image.get_typeof(_ORIENTATION):
        image.remove(_ORIENTATION)
    _as_heif_says(image, picture, _nclx(picture))
    return image


def _nclx(picture: pillow_heif.HeifFile) -> tuple[int, int] | None:
    """Give primaries and transfer by ITU-T H.273, where a file names them."""
    named = picture.info.get("nclx_profile")
    return (named["color_primaries"], named["transfer_characteristics"]) if named else None


def _as_heif_says(image: pyvips.Image, picture: pillow_heif.HeifFile, nclx: tuple[int, int] | None) -> None:
    """Say what colours are: PQ and HLG by their numbers, else a profile first, then the numbers, then the camera."""
    profile = bytes(picture.info.get("icc_profile") or b"")
    if nclx and coded.is_hdr(nclx[1]):
        put_hdr(image, *nclx)
    elif meaning_of(profile):
        put_profile(image, profile)
    elif nclx:
        put_profile(image, coded.profile_of_still(*nclx))
    elif by_exif := profile_by_exif(picture.info.get("exif") or b""):
        put_profile(image, by_exif)


def _interpretation(pixels: np.ndarray) -> str:
    bands = 1 if pixels.ndim == 2 else pixels.shape[2]
    if pixels.dtype == np.uint16:
        return "rgb16" if bands > 2 else "grey16"
    return "srgb" if bands > 2 else "b-w"


def fitted(whole: pyvips.Image, width_px: int, height_px: int) -> pyvips.Image:
    """Shrink to fit a box, turn upright and bring to 8-bit sRGB; never enlarge. The pixels lie in memory."""
    scale = _scale(whole, (width_px, height_px))
    small = flat(whole) if scale >= 1 else flat(whole).resize(scale)
    return in_srgb(small.autorot()).copy_memory()


def flat(image: pyvips.Image) -> pyvips.Image:
    """Put what is transparent on white, as a JPEG has no transparency."""
    if not image.hasalpha():
        return image
    white = 65535 if image.format == "ushort" else _WHITE
    return image.flatten(background=white)
