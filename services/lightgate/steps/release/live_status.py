"""The ledger as a person reads it: what each target holds of a photo, and whether that is what it should hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lightgate.domain.photo import LedgerState, Photo, Publication
from lightgate.domain.route.liveness import is_look
from lightgate.domain.route.pipeline import Status
from lightgate.store import Store

_AT_ONCE = 200


class State(StrEnum):
    """How one photo stands at one target."""

    #: never sent there
    NEW = "new"
    LIVE = "live"
    #: live, and another version of it waits or would be made now
    CHANGED = "changed"
    #: on its way
    SENDING = "sending"
    TO_REMOVE = "to remove"
    FAILED = "failed"
    #: half sent and withdrawn: it goes, or what was live before comes back, without anyone asking
    TAKING_OFF = "being taken off"
    PUTTING_BACK = "earlier version being put back"


@dataclass(frozen=True, slots=True)
class Standing:
    """One line of the ledger."""

    photo_id: int
    file_name: str | None
    target: str
    state: State
    #: in words, where the state alone does not say it
    reason: str = ""
    #: what the website's own address showed last, by rendition: status, size_bytes, is_same, reason
    checks: Mapping[str, Mapping[str, str | int | bool | None]] | None = None

    @property
    def seen(self) -> str:
        """Say in a few words what the last look found."""
        found = [each for each in (self.checks or {}).values() if is_look(each)]
        if not found:
            return "not looked at"
        wrong = sum(not each.get("is_same") for each in found)
        return f"{wrong} of {len(found)} files differ or did not come" if wrong else f"{len(found)} files as published"


def standings(photo: Photo, profiles: Mapping[str, str]) -> Iterator[Standing]:
    """Yield a photo's lines.

    Args:
        profiles: how files are made now, as a hash, by target.
    """
    known = {each.target: each for each in photo.publications}
    for target in dict.fromkeys([*profiles, *known]):
        state, reason = _state(photo, known.get(target), profiles.get(target))
        checks = known[target].checks if target in known else None
        yield Standing(photo.id, photo.file_name, target, state, reason, checks)


def _state(photo: Photo, found: Publication | None, profile: str | None) -> tuple[State, str]:
    if found is None:
        return State.NEW, ""
    if found.state is not LedgerState.LIVE:
        return State[found.state.name], photo.error.message if photo.error else ""
    if photo.position.status is Status.REJECTED:
        return State.TO_REMOVE, "rejected: release it to take it off"
    if photo.position.status is not Status.PUBLISHED:
        return State.CHANGED, "edited since"
    if profile is None:
        return State.LIVE, "this target is not in the settings any more"
    return (State.LIVE, "") if found.profile == profile else (State.CHANGED, "the settings for its files changed since")


def published_photos(store: Store, set_id: int | None = None) -> Iterator[Photo]:
    """Yield photos that have anything at a target."""
    with store.reading() as tx:
        ids = tx.publications.photo_ids()
    for start in range(0, len(ids), _AT_ONCE):
        with store.reading() as tx:
            photos = tx.photos.many(ids[start : start + _AT_ONCE])
        yield from (photo for photo in photos if set_id is None or photo.set_id == set_id)


def is_outdated(photo: Photo, profiles: Mapping[str, str]) -> bool:
    """Would releasing this live photo again change what a target holds, though nobody edited it?"""
    has_live = any(each.state is LedgerState.LIVE for each in photo.publications)
    is_live = photo.position.status is Status.PUBLISHED and has_live
    return is_live and any(each.state in {State.NEW, State.CHANGED} for each in standings(photo, profiles))
