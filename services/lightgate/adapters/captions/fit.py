"""A copy of a picture that is already in memory, of a size that a model can take."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

_QUALITY = 85
#: what is laid around a picture: a grey that no text takes for a part of it
_SURROUND = (128, 128, 128)


def shrunk(picture: bytes, share: float) -> bytes:
    """Scale a JPEG; what cannot be decoded is given back as it is."""
    try:
        with Image.open(BytesIO(picture)) as opened:
            size = (max(1, round(opened.width * share)), max(1, round(opened.height * share)))
            return _jpeg(opened.convert("RGB").resize(size, Image.Resampling.LANCZOS))
    except OSError:
        return picture


def padded(picture: bytes, least_px: int) -> bytes:
    """Lay grey around a JPEG with a side under ``least_px``, and enlarge one whose longer side is; others stay."""
    try:
        with Image.open(BytesIO(picture)) as opened:
            if min(opened.size) >= least_px:
                return picture
            seen = opened.convert("RGB")
    except OSError:
        return picture
    enlarged = max(1.0, least_px / max(seen.size))
    if enlarged > 1:
        size = (max(1, round(seen.width * enlarged)), max(1, round(seen.height * enlarged)))
        seen = seen.resize(size, Image.Resampling.LANCZOS)
    whole = Image.new("RGB", (max(seen.width, least_px), max(seen.height, least_px)), _SURROUND)
    whole.paste(seen, ((whole.width - seen.width) // 2, (whole.height - seen.height) // 2))
    return _jpeg(whole)


def _jpeg(picture: Image.Image) -> bytes:
    written = BytesIO()
    picture.save(written, "JPEG", quality=_QUALITY)
    return written.getvalue()
