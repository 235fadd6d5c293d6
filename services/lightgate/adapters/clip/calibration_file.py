"""The fitted judge in the data folder, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from lightgate.domain.rating.calibrated import FittedRating
from lightgate.errors import Misconfigured
from lightgate.files.durable import write_whole


def read_judge(file: Path) -> FittedRating | None:
    """Read the judge; None where nothing was fitted.

    Raises:
        Misconfigured: the file is damaged.
    """
    if not file.is_file():
        return None
    try:
        told = json.loads(file.read_text("utf-8"))
        scale = tuple((float(value), float(qr)) for value, qr in told.pop("scale"))
        return FittedRating(**{**told, "weights": tuple(map(float, told["weights"]))}, scale=scale)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Misconfigured(f"The calibration {file} is damaged. Delete it, or run: lightgate calibrate") from error


def write_judge(file: Path, judge: FittedRating | None) -> None:
    """Keep a judge, whole or not at all; None goes back to the default ratings."""
    if judge is None:
        file.unlink(missing_ok=True)
        return
    write_whole(file, json.dumps(asdict(judge)).encode())
