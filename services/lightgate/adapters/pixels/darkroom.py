"""The pictures made from an original: view, crop, proxy and thumbnail, all upright sRGB JPEG files."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyvips

from lightgate.adapters.pixels.colour.conversion import in_srgb
from lightgate.adapters.pixels.decode import decoding, fitted, flat, full_size
from lightgate.adapters.pixels.measure.metrics import Bytes, measure
from lightgate.adapters.pixels.turns import turned, turned_place
from lightgate.errors import Misconfigured, StorageFull
from lightgate.files.data_folder import ProxyFiles
from lightgate.files.durable import write_whole
from lightgate.ports.pictures import GLANCE_PX, Development

#: long edges
VIEW_PX, PROXY_PX, THUMB_PX = 2560, 1280, 500
#: width and height of the crop at full size
CROP_PX = (1200, 800)

_VIEW_QUALITY, _CROP_QUALITY, _PROXY_QUALITY, _THUMB_QUALITY = 85, 90, 90, 82
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class VipsDarkroom:
    """``ports.pictures.Darkroom``: one decode, everything else from memory."""

    max_megapixels: float

    def develop(self, original: Path, files: ProxyFiles, turn: int = 0, orientation: int | None = None) -> Development:
        """Write the four pictures and measure the proxy."""
        with decoding():
            whole = full_size(original, self.max_megapixels, orientation=orientation)
            view = fitted(whole, VIEW_PX, VIEW_PX)
            proxy = _smaller(view, PROXY_PX)
            measured = measure(_pixels(proxy))
            glance = squashed(proxy)
            measured = replace(measured, sharpest=turned_place(measured.sharpest, turn))
            upright, view, proxy = (turned(each, turn) for each in (whole.autorot(), view, proxy))
            pictures = {
                "view": _jpeg(view, _VIEW_QUALITY),
                "crop": _jpeg(_crop(upright, measured.sharpest), _CROP_QUALITY),
                "proxy": _jpeg(proxy, _PROXY_QUALITY),
                "thumb": _jpeg(_smaller(proxy, THUMB_PX), _THUMB_QUALITY),
            }
        for kind, content in pictures.items():
            _write(getattr(files, kind), content)
        _forget_drafts(files.view)
        # of what was made, not of what lies on the disk by now
        hashes = {kind: hashlib.sha256(content).hexdigest() for kind, content in pictures.items()}
        return Development(upright.width, upright.height, measured, glance, hashes)


def glance_at(proxy: Path) -> bytes:
    """Give what scorers get of a picture that was developed before.

    Raises:
        UnreadableImage: damaged or cut off.
        OriginalMissing: there is no such file.
    """
    with decoding():
        return squashed(fitted(full_size(proxy, float("inf")), PROXY_PX, PROXY_PX))


def squashed(picture: pyvips.Image) -> bytes:
    """Squash a whole sRGB picture into a square, as rows of 8-bit sRGB: a crop would drop a third of a 3:2 frame."""
    square = picture.resize(GLANCE_PX / picture.width, vscale=GLANCE_PX / picture.height)
    # the last row or column may be lost to rounding
    exact = square.gravity("centre", GLANCE_PX, GLANCE_PX, extend="copy")
    return bytes(exact.write_to_memory())


def upright_jpeg(file: Path, max_edge_px: int, quality: int, turn: int = 0) -> bytes:
    """Make an upright sRGB JPEG of at most that long edge, without metadata, from a proxy or an original.

    Args:
        turn: quarter turns clockwise besides; a proxy is turned already.

    Raises:
        UnreadableImage: damaged or cut off.
        OriginalMissing: there is no such file.
    """
    with decoding():
        return _jpeg(turned(fitted(full_size(file, float("inf")), max_edge_px, max_edge_px), turn), quality)


def _smaller(picture: pyvips.Image, max_edge_px: int) -> pyvips.Image:
    return _shrunk(picture, max_edge_px).copy_memory()


def _shrunk(picture: pyvips.Image, max_edge_px: int) -> pyvips.Image:
    longest = max(picture.width, picture.height)
    return picture if longest <= max_edge_px else picture.resize(max_edge_px / longest)


def _pixels(picture: pyvips.Image) -> Bytes:
    return np.asarray(picture.numpy(), dtype=np.uint8)


def _crop(upright: pyvips.Image, centre: tuple[float, float]) -> pyvips.Image:
    """Cut a window at full size around a place, moved inwards where it would leave the picture."""
    width, height = min(CROP_PX[0], upright.width), min(CROP_PX[1], upright.height)
    left = min(max(0, round(centre[0] * upright.width - width / 2)), upright.width - width)
    top = min(max(0, round(centre[1] * upright.height - height / 2)), upright.height - height)
    return in_srgb(flat(upright.crop(left, top, width, height)))


def _jpeg(picture: pyvips.Image, quality: int) -> bytes:
    return bytes(picture.jpegsave_buffer(Q=quality, keep="none"))


def _write(file: Path, content: bytes) -> None:
    """Make the file appear whole or not at all. It can be made again, so nothing waits for the disk."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, content, lasts=False, draft=temporary)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and file.exists():
            # who took our photo over has cleared away after us, and written the same
            return
        if error.errno in _FULL:
            raise StorageFull(path=file.parent) from error
        raise Misconfigured(f"The folder {file.parent} cannot be written: {error.strerror}.") from error


def _forget_drafts(view: Path) -> None:
    """Clear away what earlier tries at this photo left half-written: they were killed, or stand still."""
    content_hash = view.name.partition("-")[0]
    for draft in view.parent.glob(f".{content_hash}-*.part"):
        with contextlib.suppress(OSError):
            draft.unlink()
