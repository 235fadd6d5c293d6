"""What rating needs of a CLIP model, prepared once and kept on disk: its image side, and the texts as vectors.

A kit is made by a program of its own (``clip_prepare``), so that a worker never holds the text side, the whole
checkpoint or, with ONNX Runtime, torch. Which precision was the fastest here is decided there once and kept, so
that scores of two precisions do not mix because a machine was busy.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lightgate.adapters.clip.weights import require_findable
from lightgate.errors import ClipUnavailable
from lightgate.files.locks import alone

Floats = NDArray[np.float32]

log = logging.getLogger(__name__)

#: raised whenever a kit holds something else
_KIT_VERSION = 2
_FACTS, _VECTORS = "kit.json", "vectors.npz"
#: there where NVIDIA's driver is loaded
NVIDIA = Path("/dev/nvidiactl")
#: exporting and quantising a large model takes minutes
_LONGEST_S = 900

AUTO, FLOAT32, BFLOAT16, FLOAT16, INT8 = "auto", "float32", "bfloat16", "float16", "int8"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a kit is made from."""

    model: str
    #: path or open_clip tag
    weights: str
    device: str = "auto"
    precision: str = AUTO
    #: (good, bad)
    pairs: tuple[tuple[str, str], ...] = ()
    #: what pictures may show, each as a sentence
    labels: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Name the kit; a checkpoint of one path that changed gives another."""
        file = Path(self.weights).expanduser()
        state = file.stat() if file.is_file() else None
        told = [_KIT_VERSION, asdict(self), state and (state.st_size, state.st_mtime_ns), NVIDIA.exists()]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class KitFacts:
    """What stands in words and numbers in a kit."""

    model: str
    #: of the checkpoint, the first 12 hex digits of its SHA-256
    weights_hash: str
    device: str
    precision: str
    quick_gelu: bool
    #: pixels of the square the model looks at
    size_px: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    #: Pillow's name
    resampling: str
    #: ``exp(logit_scale)`` of the checkpoint
    scale: float
    #: CPU milliseconds a picture by precision, as the self-test found them; why one was left out
    self_test: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kit:
    """A prepared model."""

    folder: Path
    facts: KitFacts
    #: ``(pairs, d)`` float32: scale times (good text minus bad text)
    directions: Floats
    #: ``(labels, d)`` float32, unit length
    labels: Floats

    @property
    def name(self) -> str:
        """``ViT-B-32 0123456789ab cpu-bfloat16``: what must be equal for scores to be compared."""
        return f"{self.facts.model} {self.facts.weights_hash} {self.facts.device}-{self.facts.precision}"


Preparing = Callable[[Wanted, Path], None]


def kit_for(wanted: Wanted, cache: Path, prepare: Preparing | None = None) -> Kit:
    """Give the kit, preparing it where it is not there yet; others who want it wait.

    Raises:
        ClipUnavailable: with one sentence why.
    """
    folder = cache / wanted.key
    if is_to_be_prepared(wanted, cache):
        try:
            with alone(cache / f"{wanted.key}.lock"):
                if not (folder / _FACTS).is_file():
                    _prepare(wanted, folder, prepare or in_a_child)
        except OSError as error:
            raise ClipUnavailable(reason=f"the prepared model cannot be kept in {cache}: {error.strerror}") from error
    return read_kit(folder)


def is_to_be_prepared(wanted: Wanted, cache: Path) -> bool:
    """Is there no kit yet, but what it is made from?

    Raises:
        ClipUnavailable: there is neither.
    """
    if (cache / wanted.key / _FACTS).is_file():
        return False
    require_findable(wanted.weights)
    return True


def _prepare(wanted: Wanted, folder: Path, prepare: Preparing) -> None:
    making = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(making, ignore_errors=True)
    log.info("CLIP model %s is being prepared", wanted.model)
    try:
        making.mkdir(parents=True)
        prepare(wanted, making)
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def in_a_child(wanted: Wanted, folder: Path) -> None:
    """Prepare in a process of its own, whose memory ends with it, and which ends with this one.

    Raises:
        ClipUnavailable: with the sentence that the process said.
    """
    line = [sys.executable, "-m", "lightgate.adapters.clip.prepare"]
    told = json.dumps({"wanted": asdict(wanted), "folder": str(folder)}) + "\n"
    try:
        status, said = _told_and_heard(line, told.encode())
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ClipUnavailable(reason="preparing the model took too long or could not start") from error
    if status:
        raise ClipUnavailable(said) if said else ClipUnavailable(reason=f"preparing it ended with {status}")


def _told_and_heard(line: Sequence[str], told: bytes) -> tuple[int, str]:
    """Run a program, with its standard input open as long as this process lives; give its status and first line."""
    # a pipe would fill up with what libraries print, and stop the program
    with (
        tempfile.TemporaryFile() as heard,
        subprocess.Popen(line, bufsize=0, stdin=subprocess.PIPE, stdout=heard, stderr=subprocess.DEVNULL) as child,
    ):
        try:
            if child.stdin is not None:
                child.stdin.write(told)
            status = child.wait(_LONGEST_S)
        except (OSError, subprocess.TimeoutExpired):
            child.kill()
            raise
        heard.seek(0)
        said = heard.read().decode("utf-8", "replace")
    return status, next(iter(said.strip().splitlines()), "")


def write_kit(folder: Path, facts: KitFacts, directions: Floats, labels: Floats) -> None:
    """Write all but the image side; the facts come last, since a kit with facts is whole."""
    np.savez(folder / _VECTORS, directions=directions, labels=labels)
    (folder / _FACTS).write_text(json.dumps(asdict(facts), indent=1), "utf-8")


def read_kit(folder: Path) -> Kit:
    """Read a kit.

    Raises:
        ClipUnavailable: it is damaged.
    """
    try:
        told = json.loads((folder / _FACTS).read_text("utf-8"))
        facts = KitFacts(**{**told, "mean": tuple(told["mean"]), "std": tuple(told["std"])})
        with np.load(folder / _VECTORS) as vectors:
            return Kit(folder, facts, vectors["directions"], vectors["labels"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ClipUnavailable(reason=f"the prepared model in {folder} is damaged; delete that folder") from error
