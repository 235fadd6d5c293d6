"""The naming gate: photos get their names a set at a time, in naming order, as soon as the set's headers are read.

Two processes at the gate do no harm: the second finds nothing left to name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from lightgate.domain.names.naming import Rule
from lightgate.domain.photo import Failure, Photo
from lightgate.domain.route.pipeline import NAMING, Position, Result, Route, Status, Step, advance, steps_before
from lightgate.engine.stage import Gate, Hook
from lightgate.errors import NameTooLong
from lightgate.names.reserve import allocate, hold
from lightgate.settings import Settings
from lightgate.store import Actor, Event, EventKind, Store, Transaction

_ACTOR = "naming"


def name_ready_sets(store: Store, route: Route, rule: Rule, at: datetime) -> int:
    """Name the photos of every set whose turn it is, oldest set first; give how many photos passed the gate."""
    with store.reading() as tx:
        ready = [each.id for each in tx.sets.waiting_for_names() if _is_its_turn(tx, each.id, route)]
    passed = 0
    for set_id in ready:
        with store.writing() as tx:
            if _is_its_turn(tx, set_id, route):
                passed += _name_set(tx, set_id, route, rule, at)
    return passed


def _is_its_turn(tx: Transaction, set_id: int, route: Route) -> bool:
    return all(tx.queue.is_past(set_id, step.name) for step in steps_before(route, NAMING))


def _name_set(tx: Transaction, set_id: int, route: Route, rule: Rule, at: datetime) -> int:
    found = tx.photos.many(tx.sets.photo_ids(set_id))
    photos = {each.id: each for each in found if each.position == Position(NAMING, Status.WAITING)}
    # a name that a person typed before the gate stays
    nameless = [photo for photo in photos.values() if photo.file_name is None]
    allocation = allocate(tx, nameless, rule)
    refused = dict(allocation.refused)
    after = {
        photo.id: advance(photo.position, Result.REFUSED if photo.id in refused else Result.NAMED, route)
        for photo in photos.values()
    }
    tx.photos.move_all([(photo, after[photo.id]) for photo in photos.values()], at)
    tx.photos.put_failures({photo_id: Failure(error.code, error.message) for photo_id, error in refused.items()})
    tx.events.add(*(_passed(photo, after[photo.id], at, refused.get(photo.id)) for photo in photos.values()))
    hold(tx, photos, allocation.given, at, Actor.SYSTEM, _ACTOR)
    return len(photos) - len(refused)


def _passed(photo: Photo, after: Position, at: datetime, error: NameTooLong | None) -> Event:
    new = f"{after.step}:{after.status}" + (f" {error.code}: {error.message}" if error else "")
    return Event(
        photo.id, photo.set_id, at, Actor.SYSTEM, _ACTOR, EventKind.POSITION, NAMING, f"{NAMING}:{Status.WAITING}", new
    )


def _hooks(settings: Settings, store: Store, route: Route) -> Sequence[Hook]:
    return (partial(name_ready_sets, store, route, settings.naming.rule),)


GATE = Gate(Step(NAMING, opened_by=Result.NAMED), _hooks)
