"""A scorer as another package would bring it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def make() -> Callable[[Path], float]:
    return lambda proxy: 12.5
