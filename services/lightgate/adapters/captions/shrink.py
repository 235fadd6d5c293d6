"""A smaller copy of a picture that is already in memory."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

_QUALITY = 85


def shrunk(picture: bytes, share: float) -> bytes:
    """Scale a JPEG; what cannot be decoded is given back as it is."""
    try:
        with Image.open(BytesIO(picture)) as opened:
            size = (max(1, round(opened.width * share)), max(1, round(opened.height * share)))
            smaller = BytesIO()
            opened.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(smaller, "JPEG", quality=_QUALITY)
    except OSError:
        return picture
    return smaller.getvalue()
