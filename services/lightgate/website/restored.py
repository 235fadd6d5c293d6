"""A database that is older than what was done since: nothing goes out until it was compared with the website.

That is so after ``lightgate restore``, and where somebody put an older file in the database's place: the newest event's
number is kept beside the database too, and one that falls behind it is an older one.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from lightgate.domain.names.layout import FULL, THUMB
from lightgate.domain.names.naming import Rule, split
from lightgate.domain.photo import WHOLE, Failure, LedgerState, Photo, Publication
from lightgate.domain.route.pipeline import PUBLISH, Position, Result, Route, Status, advance
from lightgate.domain.route.status_words import ReviewStatus
from lightgate.errors import LightgateError, TargetUnreachable
from lightgate.files.data_folder import DataFolder
from lightgate.ports.website import Target
from lightgate.store import Actor, Event, PhotoFilter, Reservation, Store, Transaction
from lightgate.store.history import EventKind
from lightgate.website.approval import owe, withdraw
from lightgate.website.debts import Books

log = logging.getLogger(__name__)

NOTE = "restored"
ACTOR = "restore"
#: photos that are compared between two claims
_AT_ONCE = 100
#: differences that are listed one by one; beyond, they are counted
MOST_LISTED = 500
#: a year beyond any lease
_FOR_EVER = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class Difference:
    """What the website shows otherwise than the restored database says."""

    #: None for a name that no photo of the database has
    photo_id: int | None
    file_name: str
    #: a sentence
    what: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What is known of a restore until an admin has looked at it."""

    #: UTC, ISO 8601
    at: str
    #: when the backup was made; empty where an older file was found in the database's place
    backup_of: str
    #: photos that were on their way to the website
    held_back: int
    #: photos whose files were compared; in the order of their ids
    compared_up_to: int = 0
    #: the comparison is complete
    is_compared: bool = False
    #: how many differences there are, of which the first are listed
    differing: int = 0
    differences: tuple[Difference, ...] = ()

    @property
    def sentence(self) -> str:
        """Say what happened."""
        since = f"from a backup of {_moment(self.backup_of)}" if self.backup_of else "by an older file in its place"
        said = f"The database was restored {since}, on {_moment(self.at)}."
        if not self.is_compared:
            return f"{said} Nothing is released until it was compared with the website, which goes on by itself."
        return f"{said} {_counted(self.differing)}"


def _moment(iso: str) -> str:
    return datetime.fromisoformat(iso).astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _counted(number: int) -> str:
    if not number:
        return "The website shows what it says."
    return f"The website differs from what it says in {number} place{'s' if number > 1 else ''}."


def state_of(tx: Transaction) -> Restored | None:
    """Read what is known of a restore; None where there was none, or an admin has looked at it."""
    told = tx.notes.get(NOTE)
    if told is None:
        return None
    read = json.loads(told)
    return Restored(**{**read, "differences": tuple(Difference(**each) for each in read["differences"])})


def why_held_back(tx: Transaction) -> str | None:
    """Say why nothing is released yet; None where nothing stands against it."""
    found = state_of(tx)
    return None if found is None or found.is_compared else found.sentence


def looked_at(tx: Transaction, at: datetime) -> bool:
    """An admin has looked at the list of differences; False while there is none yet."""
    found = state_of(tx)
    if found is None or not found.is_compared:
        return False
    tx.notes.put(NOTE, None, at)
    return True


#: more than a person's sessions are ended between a backup and its restore
_EPOCHS = 100_000


def hold_back(store: Store, folder: DataFolder, route: Route, at: datetime, backup_of: str = "") -> int:
    """Let nothing go out on an older database's word; give how many photos were on their way.

    They stand at ``release``, still approved: a person releases them again. What is half-sent is owed.
    """
    with store.writing() as tx:
        photos = _on_their_way(tx, at)
        for photo, token in photos:
            _hold(tx, photo, token, advance(photo.position, Result.HELD_BACK, route), at, backup_of)
        found = Restored(at.isoformat(timespec="seconds"), backup_of, len(photos))
        _write(tx, found, at)
        for person in tx.users.all():
            # it knows nothing of who has signed out since, nor how often sessions were ended
            tx.users.end_sessions(person.id, steps=_EPOCHS)
    with store.reading() as tx:
        _mark(folder, tx)
    return len(photos)


def _on_their_way(tx: Transaction, at: datetime) -> Sequence[tuple[Photo, int | None]]:
    held = {photo.id: token for photo, token in tx.queue.expired(at + _FOR_EVER, 0)}
    ids = [
        photo_id
        for status in (ReviewStatus.RELEASED, ReviewStatus.ERROR)
        for photo_id in tx.photos.ids(PhotoFilter(review_status=status))
    ]
    photos = (photo for photo in tx.photos.many(ids) if photo.position.step == PUBLISH)
    return [(photo, held.get(photo.id)) for photo in photos]


def _hold(tx: Transaction, photo: Photo, token: int | None, after: Position, at: datetime, backup_of: str) -> None:
    since = f" of {_moment(backup_of)}" if backup_of else ""
    failure = Failure(
        "restored", f"The database is an older one{since}, so this photo was not sent: look at it and release it again."
    )
    if token is not None and tx.queue.settle(photo.id, token, after, at, failure=failure):
        tx.photos.touch(photo, at)
    else:
        tx.photos.move(photo, after, at, raise_version=True)
        tx.photos.put_failures({photo.id: Failure(failure.code, failure.message)})
    tx.releases.end(photo.id)
    owe(tx, photo.id, at)
    before = photo.position
    old, new = f"{before.step}:{before.status}", f"{after.step}:{after.status}"
    tx.events.add(_event(photo, at, EventKind.POSITION, before.step, old=old, new=new))


def _event(photo: Photo, at: datetime, kind: EventKind, name: str, *, old: str | None, new: str | None) -> Event:
    return Event(photo.id, photo.set_id, at, Actor.SYSTEM, ACTOR, kind, name, old, new)


def _write(tx: Transaction, found: Restored, at: datetime) -> None:
    tx.notes.put(NOTE, json.dumps(asdict(found)), at)


def watch(store: Store, folder: DataFolder, route: Route, at: datetime) -> None:
    """Keep the newest event's mark beside the database, and hold everything back where the database is without it."""
    if require_newest(store, folder, route, at):
        with store.reading() as tx:
            _mark(folder, tx)


def require_newest(store: Store, folder: DataFolder, route: Route, at: datetime) -> bool:
    """Hold everything back where this is an older database than the one that was worked with last; False then."""
    with store.reading() as tx:
        if _knows(tx, _marked(folder)):
            return True
    held = hold_back(store, folder, route, at)
    log.warning("the database is older than what was done with it: %d photos were held back", held)
    return False


def _knows(tx: Transaction, mark: str) -> bool:
    """Is the event that was the newest once in this database, and still the same?"""
    number = mark.partition(" ")[0]
    return not number.isdigit() or _mark_of(tx, int(number)) == mark


def _mark_of(tx: Transaction, number: int) -> str:
    event = tx.events.get(number) if number else None
    if event is None:
        return "0"
    told = [event.photo_id, event.at.isoformat(), event.kind, event.name, event.actor, event.old, event.new]
    return f"{number} {hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]}"


def _marked(folder: DataFolder) -> str:
    try:
        return folder.high_water.read_text("ascii")
    except (OSError, ValueError):
        return ""


def _mark(folder: DataFolder, tx: Transaction) -> None:
    mark = _mark_of(tx, tx.events.last_id())
    if _marked(folder) == mark:
        return
    draft = folder.high_water.with_name(f".{folder.high_water.name}.new")
    try:
        draft.write_text(mark, "ascii")
        draft.replace(folder.high_water)
    except OSError as error:
        log.warning("%s was not written: %s", folder.high_water, error.strerror or error)


def compare_some(books: Books, route: Route, rule: Rule) -> bool:
    """Compare some more photos of a restored database with the website; False where nothing is left to compare.

    What was taken off since is called live no more; what else differs is listed. Where a target tells no hash of a
    file, that it is there counts.
    """
    with books.store.reading() as tx:
        found = state_of(tx)
        if found is None or found.is_compared:
            return False
        ids = [each for each in tx.publications.photo_ids() if each > found.compared_up_to][:_AT_ONCE]
        photos = tx.photos.many(ids)
    try:
        differences = [each for photo in photos for each in _compared(books, route, photo)]
        unknown = () if ids else _unknown(books, rule)
    except LightgateError as error:
        log.warning("a restored database is not compared yet: %s", error.message)
        return False
    more = [*differences, *unknown]
    with books.store.writing() as tx:
        now = state_of(tx)
        if now is None or now.compared_up_to != found.compared_up_to or now.is_compared:
            return True
        listed = (*now.differences, *more)[:MOST_LISTED]
        done = replace(
            now,
            compared_up_to=ids[-1] if ids else now.compared_up_to,
            is_compared=not ids,
            differing=now.differing + len(more),
            differences=listed,
        )
        _write(tx, done, books.now())
    return True


def _compared(books: Books, route: Route, photo: Photo) -> Sequence[Difference]:
    targets = {target.name: target for target in books.website.targets}
    found = []
    for publication in photo.publications:
        target = targets.get(publication.target)
        if target is None or publication.state not in WHOLE:
            continue
        if reason := target.why_unreachable():
            # what cannot be looked at is not gone
            raise TargetUnreachable(target=target.name, reason=reason)
        missing, other = _looked(target, publication)
        if len(missing) == len(publication.paths):
            _not_live_any_more(books, route, photo, publication)
            what = f"is not at {target.name} any more: it was taken off since."
        elif missing or other:
            said = [*(f"{path} is missing" for path in missing), *(f"{path} is another file" for path in other)]
            what = f"differs at {target.name}: {'; '.join(said)}."
        else:
            continue
        found.append(Difference(photo.id, publication.file_name, f"{publication.file_name} {what}"))
    return found


def _looked(target: Target, publication: Publication) -> tuple[list[str], list[str]]:
    missing, other = [], []
    for kind, path in publication.paths.items():
        found = target.look(path)
        if found is None:
            missing.append(path)
        elif found.hash is not None and found.hash != publication.hashes.get(kind, found.hash):
            other.append(path)
    return missing, other


def _not_live_any_more(books: Books, route: Route, photo: Photo, publication: Publication) -> None:
    """The row goes after the files, by the debt that says that nothing may be left."""
    at = books.now()
    with books.store.writing() as tx:
        fresh = tx.photos.get(photo.id)
        tx.publications.put(photo.id, replace(publication, state=LedgerState.TAKING_OFF, earlier=None), at)
        tx.events.add(_event(fresh, at, EventKind.PUBLISHED, publication.target, old=publication.file_name, new=None))
        is_left = any(
            each.state in WHOLE for each in tx.publications.of_photo(photo.id) if each.target != publication.target
        )
        if fresh.position == Position(PUBLISH, Status.PUBLISHED) and not is_left:
            after = advance(fresh.position, Result.REOPENED, route)
            tx.photos.move(fresh, after, at, raise_version=True)
            withdraw(tx, fresh, books.key, at)
            old, new = f"{PUBLISH}:{Status.PUBLISHED}", f"{after.step}:{after.status}"
            tx.events.add(_event(fresh, at, EventKind.POSITION, PUBLISH, old=old, new=new))


def _unknown(books: Books, rule: Rule) -> Sequence[Difference]:
    """Find what the website shows and the ledger does not know: rows of photos that were published since, and of none.

    What is there of a photo of ours is written into the ledger, so that it can be replaced and taken off. Names that
    this database does not know are never given again.
    """
    with books.store.reading() as tx:
        ours = tx.publications.file_names()
        held = {name.casefold() for name in tx.names.all_held()}
    names = [name for name in books.website.catalogue.file_names() if name and name.casefold() not in ours]
    with books.store.reading() as tx:
        photos = tx.photos.named(names)
    found = [each for name, photo_id in photos.items() if (each := _published_since(books, photo_id, name))]
    parts = [(name, *split(name, rule)) for name in names if name.casefold() not in held]
    reservations = {key: Reservation(key, name, stem, number, None) for name, key, stem, number in parts}
    with books.store.writing() as tx:
        tx.names.import_names(list(reservations.values()), books.now())
    what = "is in the catalogue, and this database knows no such photo."
    strangers = (each.file_name for each in reservations.values())
    return [*found, *(Difference(None, name, f"{name} {what}") for name in strangers)]


def _published_since(books: Books, photo_id: int, name: str) -> Difference | None:
    """Write into the ledger what the targets hold of a photo, by the addresses that its row gives."""
    row = books.website.catalogue.find(name)
    if row is None:
        return None
    base = f"{books.website.public_url.rstrip('/')}/" if books.website.public_url else ""
    paths = {FULL: row.Path.removeprefix(base), THUMB: row.Thumb_Path.removeprefix(base)}
    at = books.now()
    there = []
    for target in books.website.targets:
        looks = {kind: target.look(path) for kind, path in paths.items()}
        held = {kind: paths[kind] for kind, look in looks.items() if look is not None}
        hashes = {kind: look.hash for kind, look in looks.items() if look is not None and look.hash is not None}
        if held:
            there.append(Publication(target.name, LedgerState.LIVE, name, held, hashes, at))
    with books.store.writing() as tx:
        photo = tx.photos.get(photo_id)
        tx.names.publish(photo_id, at)
        for each in there:
            tx.publications.put(photo_id, each, at)
            tx.events.add(_event(photo, at, EventKind.PUBLISHED, each.target, old=None, new=name))
    return Difference(photo_id, name, f"{name} was published since: another version of it may be live.")
