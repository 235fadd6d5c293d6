"""What breaks while a photo is worked on gets a name and is charged; only the worker's own stop passes through."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from lightgate.domain.addresses import without_secrets
from lightgate.errors import LightgateError, TookTooLong, Unexpected

log = logging.getLogger(__name__)

T = TypeVar("T")


def _is_never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Pool:
    """What the pool of worker processes says about a run."""

    #: exceptions by which it ends a run that takes too long
    time_up: tuple[type[BaseException], ...] = ()
    #: was this process told to stop? Then an exit comes from there, and is nobody's fault
    is_stopping: Callable[[], bool] = _is_never


def attempt(do: Callable[[], T], pool: Pool) -> T | LightgateError:
    """Give what ``do`` gives, or the error that it ended with.

    An exit that the code asked for itself (``SystemExit``, ``KeyboardInterrupt``) is an error like any other: handed
    back without a charge, its photo would end the worker's run again and again.
    """
    try:
        return do()
    except pool.time_up:
        return TookTooLong()
    except LightgateError as error:
        return error
    except BaseException as error:
        if pool.is_stopping():
            raise
        log.exception("it broke")
        return _named(error)


def _named(error: BaseException) -> Unexpected:
    if isinstance(error, MemoryError):
        return Unexpected("The picture needs more memory than a worker may use.")
    # what a library quotes from a file need not be text that can be stored
    detail = without_secrets(str(error))[:300].encode("utf-8", "backslashreplace").decode("utf-8")
    return Unexpected(kind=type(error).__name__, detail=detail)
