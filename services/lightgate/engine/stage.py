"""What a stage is: its step on the route, its patience, and how to build its work in a worker process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from lightgate.domain.photo import Claim, Facts, Photo, Text
from lightgate.domain.route.pipeline import Route, Step
from lightgate.errors import LightgateError
from lightgate.settings import Settings
from lightgate.store import Store, TextRequest

#: what a stage says of one photo: facts, or why there are none
Finding = Facts | LightgateError
#: set-level work: idempotent, cheap when there is nothing to do
Hook = Callable[[datetime], object]
#: builds the hooks of a stop where they are run; imports there what is heavy
Hooks = Callable[[Settings, Store, Route], Sequence[Hook]]


class Work(Protocol):
    """A stage's work inside one worker process, with its models and connections loaded."""

    def why_not_ready(self) -> str | None:
        """Say why nothing should be claimed now, or None; asked before every claim, so it must be quick."""

    def do(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        """Work on photos, giving one finding for each, in their order.

        An exception instead of an answer makes the runner do each photo alone, to find the culprit.
        """

    def close(self) -> None:
        """The queue is drained: let go of locks and connections."""


@runtime_checkable
class ChoosesBatch(Protocol):
    """A stage's work that knows better than the stage how many photos at once suit it."""

    @property
    def batch(self) -> int:
        """Photos to be claimed at once."""


@runtime_checkable
class AnswersTextRequests(Protocol):
    """A stage's work that answers requests for new texts, too, once no photo is ready."""

    def can_write(self) -> bool:
        """Is a model there that may be asked now?"""

    def propose(self, photo: Photo, request: TextRequest) -> Sequence[Text] | LightgateError:
        """Write the wanted fields anew; those that a person wrote or locked are left out."""


@runtime_checkable
class MakesPictures(Protocol):
    """A stage's work that makes the pictures of photos which a person turned, whether one is ready or not."""

    def make_pictures(self, owner: str, until: float) -> Sequence[int]:
        """Make what is due, before anything is claimed; give the photos. Cheap when nothing is due.

        Args:
            until: by ``time.monotonic``.
        """


@runtime_checkable
class SettlesDebts(Protocol):
    """A stage's work that owes the website something, whether a photo is ready or not."""

    def settle_debts(self, route: Route, owner: str) -> Sequence[int]:
        """Settle what can be settled now, before anything is claimed; give the photos that owe nothing any more.

        Cheap when nothing is owed.
        """


def _none(settings: Settings, store: Store, route: Route) -> Sequence[Hook]:
    return ()


@dataclass(frozen=True, slots=True)
class Gate:
    """A stop that opens by a person's word, or by its own hooks once photos have come to it."""

    step: Step
    #: what is due once photos stand at it
    hooks: Hooks = _none


@dataclass(frozen=True, slots=True)
class Stage:
    """One automatic stop of the route; what is not said here follows from the step's name."""

    step: Step
    #: build the work; runs once a worker process and imports what is heavy
    build: Callable[[Settings, Store], Work]
    #: what is due once photos are past it
    hooks: Hooks = _none
    #: photos claimed at once, where the work itself has no ``batch``
    batch: int = 1
    #: Celery's limits for one message, which drains for ``drain_s``
    soft_limit_s: float = 60
    hard_limit_s: float = 90
    #: a message goes on claiming for this long
    drain_s: float = 10
    #: ``fork``, or ``spawn`` where a model library must not be forked
    start_method: str = "fork"
    #: workers with more than one process are refused (the GPU's one queue)
    is_exclusive: bool = False
    #: an address-space limit is safe (no torch, no CUDA in the process)
    can_limit_memory: bool = True
    #: what it records must survive a power cut (``synchronous=FULL``): the outside world has seen it
    is_durable: bool = False

    @property
    def name(self) -> str:
        """The step's name, which is also the queue's."""
        return self.step.name
