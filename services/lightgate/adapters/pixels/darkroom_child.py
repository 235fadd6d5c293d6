"""The careful darkroom's other side: runs in the child, whose parent has loaded what this imports."""

from __future__ import annotations

import base64
from dataclasses import asdict
from pathlib import Path
from typing import Any

# numpy loads it when it is first needed, which would be in every child
import numpy.ma  # noqa: F401

from lightgate.adapters.pixels.darkroom import VipsDarkroom
from lightgate.errors import LightgateError, UnreadableImage
from lightgate.files.data_folder import ProxyFiles


def develop(told: dict[str, Any]) -> dict[str, Any]:
    """Develop one photo; give the finding, or the error's name and words."""
    files = ProxyFiles(**{name: Path(file) for name, file in told["files"].items()})
    try:
        darkroom = VipsDarkroom(told["max_megapixels"])
        found = darkroom.develop(Path(told["original"]), files, told["turn"], told["orientation"])
    except LightgateError as error:
        return {"error": type(error).__name__, "message": error.message}
    except MemoryError:
        return {"error": "UnreadableImage", "message": UnreadableImage(reason="it needs too much memory").message}
    return {**asdict(found), "glance": base64.b64encode(found.glance).decode()}
