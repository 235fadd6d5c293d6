"""Signing in: patient with persons, whoever guesses at their door, and slow for guessing."""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lightgate.adapters.keys.passwords import Passwords
from lightgate.domain.people.patience import wait_s
from lightgate.errors import SignInFailed, TooManyAttempts
from lightgate.people.accounts import MAX_NAME, MAX_PASSWORD
from lightgate.store import Failures, Store, Transaction, User

#: wrong passwords are remembered for so long
WINDOW = timedelta(minutes=15)
#: a provider gives one household so much of IPv6
_HOUSEHOLD_BITS = 64


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody at the door."""

    name: str
    password: str = field(repr=False)
    address: str
    #: the browser's mark, and the persons who have signed in by it
    browser: str = ""
    known: frozenset[int] = frozenset()


def sign_in(store: Store, passwords: Passwords, attempt: Attempt, allowed: int, now: datetime) -> User:
    """Check a name and password; the attempt counts before it is checked, so that many at once gain nothing.

    A browser by which the person has signed in before counts for itself: strangers who guess elsewhere, at the same
    address too, do not delay it.

    Raises:
        SignInFailed: wrong, unknown or inactive, all alike.
        TooManyAttempts: ``allowed`` wrong ones for this name, or wrong names from this address, within ``WINDOW``, and
            the newest is too fresh; each further one doubles the wait.
    """
    name = attempt.name[:MAX_NAME]
    with store.writing() as tx:
        person = tx.users.find(name)
        is_known = person is not None and bool(attempt.browser) and person.id in attempt.known
        source = f"browser {attempt.browser}" if is_known else _household(attempt.address)
        left_s = max(_left_s(each, allowed, now) for each in _counted(tx, name, source, now, is_known=is_known))
        if left_s > 0:
            raise TooManyAttempts(seconds=math.ceil(left_s))
        tx.users.forget_failures_before(now - WINDOW)
        tx.users.note_failure(name, source, now)
    is_right = passwords.is_right(person.password_hash if person else None, attempt.password[:MAX_PASSWORD])
    if person is None or not is_right or not person.is_active:
        raise SignInFailed
    with store.writing() as tx:
        tx.users.forget_failures(name, source)
    return person


def _counted(tx: Transaction, name: str, source: str, now: datetime, *, is_known: bool) -> tuple[Failures, ...]:
    since = now - WINDOW
    if is_known:
        return (tx.users.failures_for(name, since, source),)
    return tx.users.failures_for(name, since), tx.users.names_failed_from(source, since)


def _left_s(failures: Failures, allowed: int, now: datetime) -> float:
    if failures.newest is None:
        return 0.0
    return wait_s(failures.count, allowed) - (now - failures.newest).total_seconds()


def _household(address: str) -> str:
    """Give what one asker cannot change at will: the address, of IPv6 the network."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, _HOUSEHOLD_BITS), strict=False))
