"""Sums over many photos, worked out once for as long as what they were worked out from stays as it is."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar, cast

from flask import current_app

from lightgate_web.request.context import house

T = TypeVar("T")

_KEPT = "lightgate.worked_out"
#: pages in use at one time; a set of 5,000 is a few megabytes
_MOST = 8


def database_state() -> object:
    """Give what every write to the database changes."""
    file = house().folder.database
    found = (each.stat() for each in (file, file.with_name(f"{file.name}-wal")) if each.exists())
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in found)


def worked_out(name: Hashable, state: object, work: Callable[[], T]) -> T:
    """Give what was worked out under this name, anew if the state is another; ask for the state first."""
    return carried_on(name, state, lambda _: work())


def carried_on(name: Hashable, state: object, work: Callable[[T | None], T]) -> T:
    """Do the same with work that goes on from what it gave last."""
    lock, kept = cast(
        "tuple[Lock, OrderedDict[Hashable, tuple[object, object]]]",
        current_app.extensions.setdefault(_KEPT, (Lock(), OrderedDict())),
    )
    with lock:
        known = kept.get(name)
    if known is None or known[0] != state:
        known = (state, work(None if known is None else cast("T", known[1])))
    with lock:
        kept[name] = known
        kept.move_to_end(name)
        while len(kept) > _MOST:
            kept.popitem(last=False)
    return cast("T", known[1])
