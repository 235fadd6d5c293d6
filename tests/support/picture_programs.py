"""Programs that make view, proxy and thumbnail of a photograph on the command line, where they are installed."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lightgate.adapters.pixels.darkroom import PROXY_PX, THUMB_PX, VIEW_PX

#: name, long edge and JPEG quality, as ours
_PICTURES = (("view", VIEW_PX, 85), ("proxy", PROXY_PX, 90), ("thumb", THUMB_PX, 82))
#: what ours works with too
_ONE_THREAD = {"VIPS_CONCURRENCY": "1", "MAGICK_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"}

Commands = list[list[str]]


@dataclass(frozen=True, slots=True)
class Program:
    """A way to make the three pictures."""

    name: str
    #: any of these, and what its answer to the option must hold
    executables: tuple[str, ...]
    ask: str
    answers: str
    #: from executable, original and folder
    commands: Callable[[str, Path, Path], Commands]
    package: str

    def found(self) -> tuple[str, str] | None:
        """Give the executable and its version; None where it is not installed."""
        for name in self.executables:
            if (path := shutil.which(name)) and (said := _first_line([path, self.ask])).startswith(self.answers):
                return path, " ".join(said.split()[:3]).removeprefix("Version: ")
        return None


def _vips(executable: str, original: Path, folder: Path) -> Commands:
    """Each picture from the one before, as ours."""
    sources = (original, *(folder / f"{name}.v" for name, _, _ in _PICTURES))
    made: Commands = []
    for source, (name, edge, quality) in zip(sources, _PICTURES, strict=False):
        made.append([executable, "thumbnail", str(source), f"{folder / name}.v", str(edge), "--size", "down"])
        made.append([executable, "jpegsave", f"{folder / name}.v", f"{folder / name}.jpg", "--Q", str(quality)])
    return made


def _vipsthumbnail(executable: str, original: Path, folder: Path) -> Commands:
    """Each picture from the original: the program makes one at a time, and decodes no more than it takes."""
    return [
        [executable, str(original), "--size", f"{edge}x{edge}>", "-o", f"{folder / name}.jpg[Q={quality}]"]
        for name, edge, quality in _PICTURES
    ]


def _imagemagick(executable: str, original: Path, folder: Path) -> Commands:
    """All in one go, each picture from the one before."""
    line = [executable, str(original), "-auto-orient"]
    for name, edge, quality in _PICTURES[:-1]:
        line += ["-resize", f"{edge}x{edge}>", "-quality", str(quality), "-write", f"{folder / name}.jpg"]
    name, edge, quality = _PICTURES[-1]
    return [[*line, "-resize", f"{edge}x{edge}>", "-quality", str(quality), f"{folder / name}.jpg"]]


PROGRAMS = (
    Program("vips thumbnail", ("vips",), "--version", "vips", _vips, "libvips-tools"),
    Program("vipsthumbnail", ("vipsthumbnail",), "--vips-version", "libvips", _vipsthumbnail, "libvips-tools"),
    Program(
        "ImageMagick",
        ("magick", "convert-im6.q16", "convert"),
        "-version",
        "Version: ImageMagick",
        _imagemagick,
        "imagemagick",
    ),
)


def cpu_ms(commands: Sequence[Sequence[str]], rounds: int = 3) -> float:
    """Give the least CPU milliseconds, of all processes together, of several runs.

    Raises:
        CalledProcessError: a program failed.
    """
    return 1000 * min(_cpu_s(commands) for _ in range(rounds))


def _cpu_s(commands: Sequence[Sequence[str]]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for line in commands:
        subprocess.run(line, check=True, capture_output=True, env={**os.environ, **_ONE_THREAD})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _first_line(line: Sequence[str]) -> str:
    done = subprocess.run(line, capture_output=True, text=True, timeout=20, check=False)
    return next(iter(done.stdout.splitlines()), "")
