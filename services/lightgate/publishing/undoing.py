"""Undoing a release: what it replaced is put back, what it added is taken off, and its photos go back to review.

What was only sent again, by ``renew``, said the same before: it stays live and approved.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lightgate.domain.photo import Before, Photo, Publication
from lightgate.domain.pipeline import PUBLISH, Result, Route, Status, advance
from lightgate.errors import LightgateError, NotFound, NotTheNewest, TargetUnreachable
from lightgate.file_lock import alone_if_free
from lightgate.folder import DataFolder
from lightgate.ports import CatalogueRow, Target
from lightgate.publishing.record import Outcome, move, note
from lightgate.publishing.removal import BUSY, take_off
from lightgate.replaced import kept_file
from lightgate.site import Website
from lightgate.store import Store, Transaction

_SENDING = frozenset({("decision", "release"), ("decision", "renew")})


def undo_release(
    store: Store,
    folder: DataFolder,
    route: Route,
    website: Website,
    by: str,
    at: datetime,
    *,
    number: int | None = None,
) -> Sequence[Outcome]:
    """Undo the newest release, photo by photo; what could not be put back is tried by the next call.

    Files come first, the row second, our record last, so that a crash at any point leaves what the next call finishes.

    Args:
        number: the release that is meant; None: whichever is the newest.

    Raises:
        NotTheNewest: another was made since, or this one was undone.
    """
    with store.reading() as tx:
        newest = tx.releases.newest_number()
        if number is not None and number != newest:
            raise NotTheNewest(number=number, newest=newest or "none")
        last = tx.releases.last()
    outcomes = []
    for photo_id, before in last.items():
        with alone_if_free(folder.live_lock(photo_id)) as is_free:
            outcomes.append(
                _undo_one(store, folder, route, website, photo_id, before, by, at)
                if is_free
                else Outcome(photo_id, is_done=False, message=BUSY)
            )
    return outcomes


def _undo_one(
    store: Store,
    folder: DataFolder,
    route: Route,
    website: Website,
    photo_id: int,
    before: Before | None,
    by: str,
    at: datetime,
) -> Outcome:
    try:
        photo = _called_back(store, route, photo_id, by, at)
        if photo is None:
            return Outcome(photo_id, is_done=False, message=BUSY)
        if before is None or not photo.publications:
            is_live = photo.position.status is Status.PUBLISHED
            message = "It stays live as it is." if is_live else "It was not published by this release."
        elif before.publications:
            message = _put_back(store, folder, website, photo, before, by, at)
        else:
            outcome = take_off(store, route, website, photo_id, by, at)
            if not outcome.is_done:
                return outcome
            message = outcome.message
    except NotFound:
        message = "The photo is not in the queue any more."
    except LightgateError as error:
        return Outcome(photo_id, is_done=False, message=error.message)
    with store.writing() as tx:
        tx.releases.forget(photo_id)
    return Outcome(photo_id, is_done=True, message=message)


def _called_back(store: Store, route: Route, photo_id: int, by: str, at: datetime) -> Photo | None:
    """Bring the photo back to review, so that no worker publishes it again; None while one does.

    One that was sent again as it was comes back to live: nobody has to approve it anew.
    """
    with store.writing() as tx:
        photo = tx.photos.get(photo_id)
        status = photo.position.status
        if photo.position.step != PUBLISH or status is Status.REJECTED:
            return photo
        if status is Status.RUNNING:
            return None
        if _was_sent_again(tx, photo_id):
            if status is not Status.PUBLISHED:
                move(tx, photo, advance(photo.position, Result.LEFT_LIVE, route), by, at)
            tx.events.add(note(photo, by, at, "decision", "undo_release"))
            return tx.photos.get(photo_id)
        move(tx, photo, advance(photo.position, Result.REOPENED, route), by, at)
        tx.photos.write(photo.id, {"approval_id": None})
        tx.events.add(note(photo, by, at, "decision", "undo_release"))
        return tx.photos.get(photo_id)


def _was_sent_again(tx: Transaction, photo_id: int) -> bool:
    sent = [each.name for each in tx.events.of_photo(photo_id) if (each.kind, each.name) in _SENDING]
    return sent[-1:] == ["renew"]


def _put_back(
    store: Store, folder: DataFolder, website: Website, photo: Photo, before: Before, by: str, at: datetime
) -> str:
    targets = {target.name: target for target in website.targets}
    kept = {publication.target: publication for publication in before.publications}
    for publication in before.publications:
        _put_files(folder, _named(targets, publication.target), publication)
    name = before.publications[0].file_name
    if before.row is not None:
        # kept as JSON, whose values mypy knows as object
        website.catalogue.upsert(CatalogueRow(**before.row))  # type: ignore[arg-type]  # by column, as it was kept
    else:
        website.catalogue.remove(name)
    for publication in photo.publications:
        old = kept.get(publication.target)
        for path in publication.paths.values():
            if old is None or path not in old.paths.values():
                _named(targets, publication.target).remove(path)
    with store.writing() as tx:
        for publication in photo.publications:
            old = kept.get(publication.target)
            if old is None:
                tx.publications.remove(photo.id, publication.target)
                continue
            tx.publications.put(photo.id, old, at)
            tx.events.add(note(photo, by, at, "published", old.target, old=publication.file_name, new=old.file_name))
            for kind, path in publication.paths.items():
                if old.paths.get(kind, path) != path:
                    tx.redirects.put(path, old.paths[kind], photo.id, at)
    return f"{name} is as it was before."


def _put_files(folder: DataFolder, target: Target, publication: Publication) -> None:
    for kind, path in publication.paths.items():
        wanted = publication.hashes.get(kind)
        if wanted is None:
            continue
        content = kept_file(folder, wanted)
        if content is not None:
            target.put(path, content)
        elif target.digest(path) != wanted:
            raise TargetUnreachable(target=target.name, reason=f"what {path} was before the release was not kept")


def _named(targets: dict[str, Target], name: str) -> Target:
    if name not in targets:
        raise TargetUnreachable(target=name, reason="it is not in the settings any more")
    return targets[name]
