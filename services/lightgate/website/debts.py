"""What the website is owed: a half-sent photo that was withdrawn goes, or what was live before it comes back.

A debt is a row of the ledger, written with the withdrawal. The publish worker settles it as soon as nobody else changes
the photo and the target is there; nobody has to ask.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta

from lightgate.domain.approval.seal import is_earlier_sealed
from lightgate.domain.photo import DEBTS, WHOLE, Before, LedgerState, Photo, Publication
from lightgate.domain.route.pipeline import Status
from lightgate.errors import HoldLost, LightgateError
from lightgate.files.data_folder import DataFolder
from lightgate.ports.website import CatalogueRow, Permit, Target, Website
from lightgate.store import Actor, Event, Store, Transaction
from lightgate.store.history import EventKind
from lightgate.website.live_hold import Hold, held
from lightgate.website.rollback_copy import earlier_at, kept_file

log = logging.getLogger(__name__)

#: a target or catalogue that is away is asked again after this
AWAY_S = 30.0
#: a target that is in the settings no more may come back
GONE_S = 3600.0
#: photos whose debts are looked at between two claims
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Books:
    """What settling works with."""

    store: Store
    folder: DataFolder
    website: Website
    now: Callable[[], datetime]
    #: proves what was live before
    key: bytes = field(repr=False)


def target_is_gone(name: str) -> str:
    """Say that files lie where nothing can be removed."""
    return f"The target {name} is not in the settings any more; its files were left."


def settle_due(books: Books, owner: str) -> Sequence[int]:
    """Settle what is due and free; give the photos that owe nothing any more."""
    with books.store.reading() as tx:
        due = tx.publications.debts_due(books.now(), _AT_ONCE)
    settled = []
    for photo_id in due:
        with held(books.store, photo_id, owner, books.now) as hold:
            try:
                left = None if hold is None else settle(books, hold, Actor.WORKER, owner)
            except HoldLost as error:
                make_good(books, photo_id)
                left = [error.message]
            except (LightgateError, OSError, ValueError, KeyError, TypeError) as error:
                # one row that nobody can read must not keep the others waiting
                log.exception("photo %s: its debt cannot be settled", photo_id)
                left = [str(error)]
        if left is None or left:
            log.info("photo %s: its debt stays: %s", photo_id, " ".join(left or ("somebody else is at it.",)))
            _put_off(books, photo_id)
        else:
            settled.append(photo_id)
    return settled


def _put_off(books: Books, photo_id: int) -> None:
    known = {target.name for target in books.website.targets}
    with books.store.writing() as tx:
        for each in tx.publications.of_photo(photo_id):
            if each.state in DEBTS:
                wait_s = AWAY_S if each.target in known else GONE_S
                tx.publications.put_off(photo_id, each.target, books.now() + timedelta(seconds=wait_s))


def settle(books: Books, hold: Hold, kind_of: Actor, by: str) -> Sequence[str]:
    """Settle what one photo owes; give, in words, what could not be done.

    Temporary files go before anything that is visible, so that a writer who wakes up has nothing to rename. Files that
    come back stand before their row, and a row goes before its files; where the catalogue is away the files go all the
    same. Every step can be repeated.

    Raises:
        HoldLost: somebody else goes on with it.
    """
    with books.store.reading() as tx:
        ledger = tx.publications.of_photo(hold.photo_id)
    debts = [each for each in ledger if each.state in DEBTS]
    if not debts:
        return ()
    return _Settling(books, hold, Permit(hold.writer, lambda: _require(books.store, hold, debts))).run(
        ledger, debts, kind_of, by
    )


def make_good(books: Books, photo_id: int) -> None:
    """Look, after we stood still, whether we removed what others put there meanwhile; if so it is owed.

    One command lies between the last question and a removal.
    """
    with books.store.reading() as tx:
        ledger = tx.publications.of_photo(photo_id)
    targets = {target.name: target for target in books.website.targets}
    for each in ledger:
        target = targets.get(each.target)
        if each.state not in WHOLE or target is None:
            continue
        try:
            is_damaged = any(target.look(path) is None for path in each.paths.values())
            row = books.website.catalogue.find(each.file_name) if is_damaged else None
        except LightgateError as error:
            log.warning("photo %s: what %s shows was not looked at: %s", photo_id, each.target, error.message)
            continue
        is_kept = all(kept_file(books.folder, content_hash) is not None for content_hash in each.hashes.values())
        if is_damaged and is_kept:
            earlier = earlier_at(photo_id, each.target, (each,), asdict(row) if row else None, books.key)
            with books.store.writing() as tx:
                if each in tx.publications.of_photo(photo_id):
                    owed = replace(each, state=LedgerState.PUTTING_BACK, earlier=earlier)
                    tx.publications.put(photo_id, owed, books.now())
        elif is_damaged:
            log.error("photo %s: files are missing at %s: release it again", photo_id, each.target)


def _require(store: Store, hold: Hold, debts: Sequence[Publication]) -> None:
    with store.reading() as tx:
        hold.require(tx)
        states = {each.target: each.state for each in tx.publications.of_photo(hold.photo_id)}
    if any(states.get(each.target) is not each.state for each in debts):
        raise HoldLost


@dataclass(frozen=True, slots=True)
class _Settling:
    books: Books
    hold: Hold
    permit: Permit
    #: why a target's part cannot be done now, by its name
    left: dict[str, str] = field(default_factory=dict)
    #: what stands at a target afterwards
    back: dict[str, Publication] = field(default_factory=dict)
    #: what was live before, as far as that can be proven and is to come back
    earlier: dict[str, Before] = field(default_factory=dict)

    def run(
        self, ledger: Sequence[Publication], debts: Sequence[Publication], kind_of: Actor, by: str
    ) -> Sequence[str]:
        targets = {target.name: target for target in self.books.website.targets}
        others = [each for each in ledger if each.state not in DEBTS and each.target in targets]
        for debt in debts:
            if earlier := self._proven(debt, others):
                self.earlier[debt.target] = earlier
        is_row_first = all(debt.state is LedgerState.TAKING_OFF for debt in debts)
        # a row must not point at a file that is gone, nor at one that is not back yet
        reason = self._row(debts, others) if is_row_first else None
        for debt in debts:
            self._try(debt, targets, self._forget)
        self._sign_in(debts)
        for debt in debts:
            self._try(debt, targets, self._put_back)
        reason = reason if is_row_first else self._row(debts, others)
        for debt in debts:
            self._try(debt, targets, self._remove)
        if reason is None:
            with self.books.store.writing() as tx:
                self.hold.require(tx)
                for debt in debts:
                    if debt.target not in self.left:
                        self._record(tx, debt, kind_of, by)
        return [*filter(None, [reason]), *self.left.values()]

    def _try(
        self, debt: Publication, targets: Mapping[str, Target], act: Callable[[Target, Publication], None]
    ) -> None:
        target = targets.get(debt.target)
        if debt.target in self.left:
            return
        if target is None:
            self.left[debt.target] = target_is_gone(debt.target)
            return
        try:
            act(target, debt)
        except HoldLost:
            raise
        except LightgateError as error:
            self.left[debt.target] = error.message

    def _forget(self, target: Target, debt: Publication) -> None:
        if reason := target.why_unreachable():
            self.left[debt.target] = reason
            return
        for path in debt.touched.values():
            for writer in debt.writers:
                target.forget(path, writer)

    def _put_back(self, target: Target, debt: Publication) -> None:
        earlier = self.earlier.get(debt.target)
        if earlier is None or not earlier.publications:
            return
        wanted = earlier.publications[0]
        for kind, path in wanted.paths.items():
            content_hash = wanted.hashes.get(kind)
            if content_hash is None:
                continue
            content = kept_file(self.books.folder, content_hash)
            if content is not None:
                target.put(path, content, self.permit)
            elif target.digest(path) != content_hash:
                # rather nothing than half of what nobody approved
                log.warning("photo %s: %s was not kept; it is taken off", self.hold.photo_id, path)
                del self.earlier[debt.target]
                return
        self.back[debt.target] = wanted

    def _proven(self, debt: Publication, others: Sequence[Publication]) -> Before | None:
        """Give what was live before, unless that is a forgery, or older than what the other targets show by now."""
        earlier = debt.earlier
        if earlier is None or not is_earlier_sealed(self.hold.photo_id, debt.target, earlier, self.books.key):
            return None
        for each in earlier.publications:
            is_stale = any(_is_after(other.published_at, each.published_at) for other in others)
            if is_stale or each.target != debt.target:
                return None
        return earlier

    def _sign_in(self, debts: Sequence[Publication]) -> None:
        """Note, before the first byte, who may leave temporary files; those of before us left none any more."""
        with self.books.store.writing() as tx:
            self.hold.require(tx)
            for each in debts:
                if each.target not in self.left:
                    signed = replace(each, writers=(self.hold.writer,))
                    tx.publications.put(self.hold.photo_id, signed, self.books.now())

    def _row(self, debts: Sequence[Publication], others: Sequence[Publication]) -> str | None:
        """Let the website's row say what is there afterwards; gives what went wrong, if anything did."""
        catalogue = self.books.website.catalogue
        if others:
            # it speaks of what is, or is being made, elsewhere
            return None
        rows = [earlier.row for earlier in self.earlier.values()]
        try:
            if rows and rows[0] is not None:
                # kept as JSON, whose values mypy knows as object
                catalogue.upsert(CatalogueRow(**rows[0]), self.permit)  # type: ignore[arg-type]  # by column
            else:
                for name in dict.fromkeys(debt.file_name for debt in debts):
                    catalogue.remove(name, self.permit)
        except HoldLost:
            raise
        except LightgateError as error:
            return error.message
        return None

    def _remove(self, target: Target, debt: Publication) -> None:
        wanted = self.back.get(debt.target)
        for path in debt.touched.values():
            if wanted is None or path not in wanted.paths.values():
                target.remove(path, self.permit)

    def _record(self, tx: Transaction, debt: Publication, kind_of: Actor, by: str) -> None:
        at, photo_id = self.books.now(), self.hold.photo_id
        photo = next(iter(tx.photos.many([photo_id])), None)
        wanted = self.back.get(debt.target)
        if wanted is None:
            tx.publications.remove(photo_id, debt.target)
        else:
            tx.publications.put(photo_id, replace(wanted, state=_state(photo)), at)
            for kind, path in debt.paths.items():
                if wanted.paths.get(kind, path) != path:
                    tx.redirects.put(path, wanted.paths[kind], photo_id, at)
        if photo is not None:
            old, new = debt.file_name, wanted.file_name if wanted else None
            tx.events.add(Event(photo_id, photo.set_id, at, kind_of, by, EventKind.PUBLISHED, debt.target, old, new))
            if _is_release_taken_back(tx, photo_id):
                tx.releases.forget(photo_id, at)


def _is_after(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one > other


def _state(photo: Photo | None) -> LedgerState:
    """A whole version stays until a release, or a person, takes it off."""
    is_rejected = photo is not None and photo.position.status is Status.REJECTED
    return LedgerState.TO_REMOVE if is_rejected else LedgerState.LIVE


def _is_release_taken_back(tx: Transaction, photo_id: int) -> bool:
    decisions = [each.name for each in tx.events.of_photo(photo_id) if each.kind is EventKind.DECISION]
    return decisions[-1:] == ["undo_release"]
