"""Developing in a process of its own, with a limit of memory and of processor time: for files that may be made to hurt.

See decision 0013 for which these are.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path

from lightgate import errors
from lightgate.adapters.host.warm_child import Limits, OutOfMemory, OutOfProcessorTime, OutOfTime, WarmChild
from lightgate.domain.rating.quality import Measurements
from lightgate.errors import LightgateError, TookTooLong, UnreadableImage
from lightgate.files.data_folder import ProxyFiles
from lightgate.ports.pictures import Development


def _child() -> WarmChild:
    return WarmChild("lightgate.adapters.pixels.darkroom_child:develop")


@dataclass(frozen=True, slots=True)
class CarefulDarkroom:
    """``ports.pictures.Darkroom`` by a child process for every photo."""

    max_megapixels: float
    #: address space; 0: no limit
    memory_limit_mb: int = 4096
    #: of the child's own processor time: what a busy machine does to it is not the photo's fault
    processor_limit_s: float = 120
    #: by the clock, shorter than a worker's own patience; the photo is tried again then
    clock_limit_s: float = 200
    _child: WarmChild = field(default_factory=_child, compare=False)

    def develop(self, original: Path, files: ProxyFiles, turn: int = 0, orientation: int | None = None) -> Development:
        """Develop in a child; what ends the child is the photo's fault.

        Raises:
            TookTooLong: by the clock alone.
        """
        told = {
            "original": str(original),
            "files": {name: str(getattr(files, name)) for name in ("view", "crop", "proxy", "thumb")},
            "turn": turn,
            "orientation": orientation,
            "max_megapixels": self.max_megapixels,
        }
        try:
            found = self._child(told, Limits(self.memory_limit_mb, self.processor_limit_s, self.clock_limit_s))
        except OutOfProcessorTime as error:
            reason = f"decoding it takes longer than {self.processor_limit_s:g} s of a processor's time"
            raise UnreadableImage(reason=reason) from error
        except OutOfMemory as error:
            raise UnreadableImage(reason="decoding it needs too much memory, or ends its program") from error
        except OutOfTime as error:
            raise TookTooLong from error
        if "error" in found:
            kind: type[LightgateError] = vars(errors).get(found["error"], UnreadableImage)
            raise kind(found["message"])
        measured = Measurements(**{**found["measured"], "sharpest": tuple(found["measured"]["sharpest"])})
        glance = base64.b64decode(found["glance"])
        return Development(found["width_px"], found["height_px"], measured, glance, found["hashes"])
