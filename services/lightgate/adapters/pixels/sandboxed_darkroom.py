"""Developing in a program of its own, with a limit of memory and of time: for files that may be made to hurt.

It costs 0.4 s a photo, so plain JPEG files go without; see decision 0013.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from lightgate import errors
from lightgate.domain.rating.quality import Measurements
from lightgate.errors import LightgateError, UnreadableImage
from lightgate.files.data_folder import ProxyFiles
from lightgate.ports.pictures import Development

_MIB = 2**20
#: what threads of libraries reserve would count as used
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VIPS_CONCURRENCY"), "1")


@dataclass(frozen=True, slots=True)
class CarefulDarkroom:
    """``ports.pictures.Darkroom`` by a child process for every photo."""

    max_megapixels: float
    #: address space; 0: no limit
    memory_limit_mb: int = 4096
    time_limit_s: float = 120

    def develop(self, original: Path, files: ProxyFiles, turn: int = 0, orientation: int | None = None) -> Development:
        """Develop in a child; what ends the child is the photo's fault."""
        told = {
            "original": str(original),
            "files": {name: str(file) for name, file in _named(files).items()},
            "turn": turn,
            "orientation": orientation,
            "max_megapixels": self.max_megapixels,
            "memory_limit_mb": self.memory_limit_mb,
        }
        line = [sys.executable, "-m", "lightgate.adapters.pixels.sandboxed_darkroom"]
        try:
            done = subprocess.run(
                line,
                input=json.dumps(told).encode(),
                capture_output=True,
                timeout=self.time_limit_s,
                env={**os.environ, **_ONE_THREAD},
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise UnreadableImage(reason=f"decoding it takes longer than {self.time_limit_s:g} s") from error
        return _answer(done.stdout)


def _named(files: ProxyFiles) -> dict[str, Path]:
    return {"view": files.view, "crop": files.crop, "proxy": files.proxy, "thumb": files.thumb}


def _answer(said: bytes) -> Development:
    try:
        told = json.loads(said)
    except ValueError as error:
        raise UnreadableImage(reason="decoding it needs too much memory, or ends its program") from error
    if "error" in told:
        kind: type[LightgateError] = vars(errors).get(told["error"], UnreadableImage)
        raise kind(told["message"])
    measured = Measurements(**{**told["measured"], "sharpest": tuple(told["measured"]["sharpest"])})
    return Development(told["width_px"], told["height_px"], measured, base64.b64decode(told["glance"]), told["hashes"])


def main() -> int:
    """Be the program: read what to do from standard input, write the finding to standard output."""
    told = json.load(sys.stdin)
    from lightgate.adapters.pixels.darkroom import VipsDarkroom  # noqa: PLC0415 - numpy and libvips, for this side alone

    if told["memory_limit_mb"]:
        wanted = told["memory_limit_mb"] * _MIB
        with contextlib.suppress(OSError, ValueError):  # macOS refuses limits below what is mapped
            resource.setrlimit(resource.RLIMIT_AS, (wanted, resource.getrlimit(resource.RLIMIT_AS)[1]))
    files = ProxyFiles(**{name: Path(file) for name, file in told["files"].items()})
    how = {name: told[name] for name in ("turn", "orientation")}
    try:
        found = VipsDarkroom(told["max_megapixels"]).develop(Path(told["original"]), files, **how)
    except LightgateError as error:
        answer: dict[str, object] = {"error": type(error).__name__, "message": error.message}
    except MemoryError:
        answer = {"error": "UnreadableImage", "message": UnreadableImage(reason="it needs too much memory").message}
    else:
        glance = base64.b64encode(found.glance).decode()
        answer = {**asdict(found), "glance": glance}
    sys.stdout.write(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
