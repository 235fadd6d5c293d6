"""Add what CLIP needs (torch, torchvision, open_clip) to this environment, or say in a sentence why it is left out.

CUDA packages, some gigabytes, are only put on a machine with a working NVIDIA driver; others get a CPU build or none.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

#: a pair that belongs together; both were tried with open_clip 3.3
TORCH = ("torch==2.13.0", "torchvision==0.28.0")
LOCK = Path(__file__).with_name("requirements-quality.lock")
CUDA_PREFIXES = ("nvidia-", "cuda-", "triton")
#: unpacked torch, with room to spare
NEEDED_BYTES = 3_000_000_000


class LeftOut(Exception):
    """Why CLIP cannot be added here."""


class Installer:
    """pip and uv of this environment, together bound to a time limit."""

    def __init__(self, limit_s: float) -> None:
        self.limit_s = limit_s
        self.deadline = time.monotonic() + limit_s

    def run(self, *command: str) -> str:
        """Run a command and give what it printed.

        Raises:
            LeftOut: it failed, or the time is up.
        """
        left_s = max(1.0, self.deadline - time.monotonic())
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=left_s, check=False)
        except subprocess.TimeoutExpired as error:
            raise LeftOut("fetching it takes longer than this run may wait") from error
        except OSError as error:
            raise LeftOut(f"{command[0]} cannot be started ({error.strerror})") from error
        if done.returncode:
            raise LeftOut(_reason(done.stderr))
        return done.stdout

    def pip(self, *arguments: str) -> str:
        return self.run(sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments)

    def uv(self, *arguments: str) -> str:
        beside = Path(sysconfig.get_path("scripts"), "uv")
        return self.run(str(beside) if beside.is_file() else "uv", *arguments)


def _reason(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()] or ["the installer gave no reason"]
    errors = [line for line in lines if line.lower().startswith("error")]
    return (errors or lines)[-1].rstrip(".")[:300]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit-s", type=float, default=3600, help="give up after so many seconds")
    installer = Installer(parser.parse_args().limit_s)
    if has_packages("torch", "torchvision", "open_clip_torch"):
        return
    _say(f"Looking for torch, for CLIP's score of how a picture looks: {installer.limit_s:.0f} s at most …")
    try:
        add(installer)
    except LeftOut as reason:
        _say(f"CLIP is left out: {reason}. Everything else works; `make clip` tries again without hurry.")
    else:
        _say("CLIP: torch is there; `lightgate models pull clip` fetches the weights.")


def has_packages(*names: str) -> bool:
    """Are all these packages installed?"""
    try:
        return all(importlib.metadata.version(name) for name in names)
    except importlib.metadata.PackageNotFoundError:
        return False


def add(installer: Installer) -> None:
    """Install the packages in an order in which none can pull another build of torch.

    Raises:
        LeftOut: with the reason.
    """
    free = shutil.disk_usage(sys.prefix).free
    if free < NEEDED_BYTES:
        raise LeftOut(f"it needs {NEEDED_BYTES / 1e9:.0f} GB of disk and {free / 1e9:.1f} GB are free")
    installer.pip("install", "--quiet", "--no-deps", "--require-hashes", "--requirement", str(LOCK))
    if has_packages("torch", "torchvision"):
        return
    if has_gpu():
        installer.pip("install", "--quiet", *TORCH)
    elif is_cpu_build(installer):
        _install_without_more(installer)
    else:
        # PyPI's torch for this machine brings CUDA
        installer.uv("pip", "install", "--quiet", "--python", sys.executable, "--torch-backend", "cpu", *TORCH)


def has_gpu() -> bool:
    """Does an NVIDIA driver answer here?"""
    try:
        done = subprocess.run(["nvidia-smi", "-L"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and "GPU" in done.stdout


def is_cpu_build(installer: Installer) -> bool:
    """Is the torch that pip would take free of CUDA packages?"""
    from packaging.requirements import Requirement  # noqa: PLC0415 - comes with the lock

    report = installer.pip(
        "install", "--dry-run", "--quiet", "--no-deps", "--ignore-installed", "--report", "-", TORCH[0]
    )
    (torch,) = json.loads(report)["install"]
    wanted = [Requirement(line) for line in torch["metadata"].get("requires_dist", [])]
    active = [each.name.lower() for each in wanted if each.marker is None or each.marker.evaluate({"extra": ""})]
    return not any(name.startswith(CUDA_PREFIXES) for name in active)


def _install_without_more(installer: Installer) -> None:
    """Fetch within the limit, then unpack without one, so that no half of a package is left behind."""
    with tempfile.TemporaryDirectory(prefix="lightgate-torch-") as folder:
        installer.pip("download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", folder, *TORCH)
        wheels = [str(wheel) for wheel in Path(folder).glob("*.whl")]
        Installer(limit_s=600).pip("install", "--quiet", "--no-deps", "--no-index", *wheels)


def _say(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    os.environ.pop("PYTHONPATH", None)
    main()
