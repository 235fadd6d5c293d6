"""Functions that a registry names by text, since what they need is heavy or stands above the registry."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any


@cache
def function_at(place: str) -> Any:
    """Load ``module:function``."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
