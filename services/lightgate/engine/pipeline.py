"""The stops of the route in their order, and what else follows from them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lightgate.domain.route.pipeline import NAMING, PUBLISH, RELEASE, REVIEW, Route
from lightgate.engine.stage import Gate, Hook, Hooks, Stage
from lightgate.errors import PipelineInvalid
from lightgate.settings import Settings
from lightgate.store import Store

#: a step's name is its queue's, its worker's and its log's, too
_NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")
#: what ``up`` and containers call their other processes
_RESERVED = frozenset({"broker", "flower", "others", "reconcile", "site"})
#: nothing stands between a person's word and the website: what is approved can be taken back at these alone
_GATE = [REVIEW, RELEASE, PUBLISH]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What a photo passes through, first to last.

    Raises:
        PipelineInvalid: it is no road from intake to the website.
    """

    stops: Sequence[Stage | Gate]
    stages: Mapping[str, Stage] = field(init=False)
    route: Route = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "route", tuple(each.step for each in self.stops))
        object.__setattr__(self, "stages", {each.name: each for each in self.stops if isinstance(each, Stage)})
        if why := self._why_not():
            raise PipelineInvalid(reason=why)

    def hooks(self, settings: Settings, store: Store, stage: str | None = None) -> dict[str, Sequence[Hook]]:
        """Build what is due after a stage: its hooks, and those of the gates behind it. Of all stages by default."""
        return {
            name: [hook for build in builders for hook in build(settings, store, self.route)]
            for name, builders in self._builders().items()
            if stage in {None, name}
        }

    def _builders(self) -> Mapping[str, Sequence[Hooks]]:
        found: dict[str, list[Hooks]] = {}
        for each in self.stops:
            if isinstance(each, Stage):
                found[each.name] = []
            last = next(reversed(found.values()), None)
            if last is not None:
                last.append(each.hooks)
        return found

    def _why_not(self) -> str | None:
        names = [step.name for step in self.route]
        if bad := [name for name in names if not _NAME.fullmatch(name)]:
            return f"“{bad[0]}” is no name for a step: small letters, digits and hyphens, twenty at most"
        if taken := [name for name in names if name in _RESERVED]:
            return f"“{taken[0]}” is what another process is called"
        if twice := [name for name, count in Counter(names).items() if count > 1]:
            return f"two steps are called “{twice[0]}”"
        if PUBLISH in names and (names[-len(_GATE) :] != _GATE or NAMING not in names):
            return f"it names photos and ends with {', '.join(_GATE)}, with nothing between them"
        return next(filter(None, map(_why_no_stage, self.stages.values())), None)


def _why_no_stage(stage: Stage) -> str | None:
    if stage.step.max_attempts < 1:
        return f"the stage “{stage.name}” has no attempts"
    if not stage.drain_s <= stage.soft_limit_s < stage.hard_limit_s:
        return f"the stage “{stage.name}” needs drain_s ≤ soft_limit_s < hard_limit_s"
    return None
