"""Names are reserved in the transaction that writes them: one photo holds a name, and a published one for ever."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import PurePath

from lightgate.domain.names import naming
from lightgate.domain.names.naming import Allocation, Given, Rule, Wanted
from lightgate.domain.names.slug import slug
from lightgate.domain.photo import Photo
from lightgate.domain.route.pipeline import Status
from lightgate.domain.route.status_words import ReviewStatus
from lightgate.errors import IllegalMove, InputInvalid
from lightgate.store import Actor, Event, PhotoFilter, Reservation, Transaction
from lightgate.store.history import EventKind


def wanted(photo: Photo) -> Wanted:
    """Say what a photo's name is made of."""
    return Wanted(
        photo_id=photo.id,
        subject=photo.subject,
        location=photo.location,
        folder=photo.folder,
        camera=photo.exif.camera,
        date_time=photo.exif.date_time,
        sub_seconds=photo.exif.sub_seconds,
        relative_path=photo.relative_path,
        content_hash=photo.content_hash,
    )


def give_names(
    tx: Transaction, photos: Sequence[Photo], rule: Rule, at: datetime, actor_kind: Actor, actor: str
) -> Mapping[int, str]:
    """Name photos that have no name any more, as a rejected one whose name was freed; give the names by id.

    Raises:
        NameTooLong: for the first photo that cannot have one.
    """
    return _take(tx, photos, allocate(tx, photos, rule), at, actor_kind, actor)


def free_rejected_names(tx: Transaction, set_ids: Collection[int], by: str, at: datetime) -> int:
    """Free the names of the rejected photos of sets, those apart that were published once; give how many."""
    freed = [photo for set_id in sorted(set(set_ids)) for photo in _rejected(tx, set_id) if _has_free_name(tx, photo)]
    for photo in freed:
        tx.names.release(photo.id, at)
    tx.photos.put_names({photo.id: None for photo in freed})
    tx.events.add(
        *(
            Event(each.id, each.set_id, at, Actor.PERSON, by, EventKind.NAME, "file_name", each.file_name)
            for each in freed
        )
    )
    return len(freed)


def _rejected(tx: Transaction, set_id: int) -> Sequence[Photo]:
    return tx.photos.many(tx.photos.ids(PhotoFilter(set_id=set_id, review_status=ReviewStatus.REJECTED)))


def _has_free_name(tx: Transaction, photo: Photo) -> bool:
    return photo.file_name is not None and not tx.names.is_frozen(photo.id)


def rename(
    tx: Transaction, photos: Sequence[Photo], rule: Rule, at: datetime, actor_kind: Actor, actor: str
) -> Mapping[int, str]:
    """Let names follow an edit of subject, location or folder; give the new names by id.

    The photos carry the new values already. Names that were published once stay for ever, and so does the number
    where only case or accents changed; all others get numbers above the highest. The caller raises the version.

    Raises:
        IllegalMove: a worker holds one of the photos.
        NameTooLong: for the first photo that cannot have such a name.
    """
    named = [photo for photo in photos if photo.file_name and not tx.names.is_frozen(photo.id)]
    for photo in named:
        _require_at_rest(photo)
    kept = {photo.id: _renumbered(tx, photo, rule) for photo in named}
    stem_changed = [photo for photo in named if kept[photo.id] is None]
    # before anything is released: a number that one of these photos gives up is not given to another of them
    allocation = allocate(tx, stem_changed, rule)
    same_number = [given for given in kept.values() if given]
    changed = _differing(named, Allocation((*same_number, *allocation.given), allocation.refused))
    for given in changed.given:
        tx.names.release(given.photo_id, at)
    return _take(tx, named, changed, at, actor_kind, actor)


def choose_name(
    tx: Transaction, photo: Photo, file_name: str, rule: Rule, at: datetime, actor_kind: Actor, actor: str
) -> None:
    """Give a photo the name that a person typed; the extension is the rule's. The caller raises the version.

    Raises:
        IllegalMove: a worker holds the photo, or the name was published and stays.
        InputInvalid: nothing that can be a file name is left of it.
        NameTaken: another photo holds it, or it was published once.
        NameTooLong: over the rule's limit.
    """
    _require_at_rest(photo)
    if tx.names.is_frozen(photo.id):
        raise IllegalMove(f"{photo.file_name} was published; a published name stays.")
    typed = file_name.strip()
    stem = slug(typed[: -len(rule.extension)] if typed.casefold().endswith(rule.extension.casefold()) else typed)
    if not stem:
        raise InputInvalid(reason="A file name needs at least one letter or digit.")
    chosen = stem + rule.extension
    naming.require_fitting(chosen, rule)
    key, stem_key, counter = naming.split(chosen, rule)
    tx.names.release(photo.id, at)
    hold(tx, {photo.id: photo}, [Given(photo.id, chosen, key, stem_key, counter)], at, actor_kind, actor)


def _require_at_rest(photo: Photo) -> None:
    if photo.position.status is Status.RUNNING:
        raise IllegalMove(f"Photo {photo.id} is being worked on ({photo.position.step}); rename it when that is done.")


def _renumbered(tx: Transaction, photo: Photo, rule: Rule) -> Given | None:
    """Give the photo's name under its old number, where its stem counts as the same."""
    held = tx.names.holder(naming.fold(PurePath(photo.file_name or "").stem))
    this = wanted(photo)
    if held is None or held.photo_id != photo.id or held.stem_key != naming.stem_key(this, rule):
        return None
    return naming.name(this, rule, held.counter)


def _differing(photos: Sequence[Photo], allocation: Allocation) -> Allocation:
    old = {photo.id: photo.file_name for photo in photos}
    new = tuple(given for given in allocation.given if given.file_name != old[given.photo_id])
    return Allocation(new, allocation.refused)


def allocate(tx: Transaction, photos: Sequence[Photo], rule: Rule) -> Allocation:
    asked = [wanted(photo) for photo in photos]
    highest = tx.names.highest(sorted({naming.stem_key(each, rule) for each in asked}))
    return allocate_free(tx, asked, highest, rule)


def allocate_free(tx: Transaction, asked: Sequence[Wanted], highest: Mapping[str, int], rule: Rule) -> Allocation:
    """Give names that nobody holds, asking for all of them at once; see ``domain.names.naming.allocate``."""
    taken: frozenset[str] = frozenset()
    while True:
        allocation = naming.allocate(asked, highest, rule, taken.__contains__)
        held = tx.names.held([given.key for given in allocation.given])
        if not held:
            return allocation
        taken |= held


def _take(
    tx: Transaction, photos: Sequence[Photo], allocation: Allocation, at: datetime, actor_kind: Actor, actor: str
) -> Mapping[int, str]:
    for _, error in allocation.refused:
        raise error
    by_id = {photo.id: photo for photo in photos}
    hold(tx, by_id, allocation.given, at, actor_kind, actor)
    return {given.photo_id: given.file_name for given in allocation.given}


def hold(
    tx: Transaction,
    photos: Mapping[int, Photo],
    names: Sequence[Given],
    at: datetime,
    actor_kind: Actor,
    actor: str,
) -> None:
    """Reserve names and write them to their photos."""
    tx.names.reserve_all(
        [Reservation(each.key, each.file_name, each.stem_key, each.counter, each.photo_id) for each in names], at
    )
    tx.photos.put_names({each.photo_id: each.file_name for each in names})
    named = [(photos[each.photo_id], each.file_name) for each in names]
    tx.events.add(
        *(
            Event(photo.id, photo.set_id, at, actor_kind, actor, EventKind.NAME, "file_name", photo.file_name, new)
            for photo, new in named
        )
    )


def foreseen_name(tx: Transaction, photo: Photo, rule: Rule) -> str | None:
    """Give the name that a photo would get if it were renamed to what it carries now; nothing is held for it.

    Raises:
        NameTooLong: it cannot have one.
    """
    if photo.file_name is None or tx.names.is_frozen(photo.id):
        return photo.file_name
    same_number = _renumbered(tx, photo, rule)
    if same_number is not None:
        return same_number.file_name
    allocation = allocate(tx, [photo], rule)
    for _, error in allocation.refused:
        raise error
    return allocation.given[0].file_name
