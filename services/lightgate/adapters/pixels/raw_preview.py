"""The picture that a camera put into its raw file, found by LibRaw. Nothing is developed from the raw data."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightgate.adapters.metadata.containers.raw import READER, require_reader
from lightgate.errors import OriginalMissing, UnreadableImage

#: LibRaw's names for how the camera was held, as EXIF orientations
_TURNS = {3: 3, 5: 8, 6: 6}


def preview_of(original: Path) -> tuple[bytes | NDArray[np.uint8], int]:
    """Give the largest preview, as a JPEG or as ``(h, w, 3)`` pixels, and the EXIF orientation to turn it by.

    Raises:
        RawReaderMissing: the package is not installed.
        UnreadableImage: no preview, or none that can be read.
        OriginalMissing: there is no such file.
    """
    require_reader()
    rawpy: Any = importlib.import_module(READER)
    if not original.is_file():
        raise OriginalMissing
    try:
        with rawpy.imread(str(original)) as raw:
            found = raw.extract_thumb()
            turn = _TURNS.get(raw.sizes.flip, 1)
            is_jpeg = found.format == rawpy.ThumbFormat.JPEG
            return (bytes(found.data) if is_jpeg else np.array(found.data, dtype=np.uint8)), turn
    except (rawpy.LibRawNoThumbnailError, rawpy.LibRawUnsupportedThumbnailError) as error:
        raise UnreadableImage(reason="this RAW file holds no preview that can be shown") from error
    except rawpy.LibRawError as error:
        raise UnreadableImage(reason="this RAW file is damaged, or of a camera that LibRaw does not know") from error
