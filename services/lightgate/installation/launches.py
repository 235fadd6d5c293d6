"""How each process of the installation is started, by ``up`` and by containers alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lightgate.adapters.host import command_lines
from lightgate.domain.route.pipeline import CAPTION, EXIF, PUBLISH, QUALITY
from lightgate.engine.stage import Stage
from lightgate.files.data_folder import DataFolder
from lightgate.people import accounts
from lightgate.settings import Settings

#: stages that a service of ``docker-compose.yml`` works for; one more service takes all others
OWN_SERVICE = frozenset({EXIF, QUALITY, CAPTION, PUBLISH})
#: what that service's worker is called
OTHERS = "others"


#: a stop lets the photos in hand be finished for a while, then gives them back
_STOPS_IN_GOOD_ORDER = {"REMAP_SIGTERM": "SIGQUIT"}


@dataclass(frozen=True, slots=True)
class Launch:
    """A command line, and what its environment has besides ours."""

    argv: tuple[str, ...]
    #: may hold secrets, which a command line must not
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)


def of_worker(settings: Settings, stage: Stage, name: str | None = None) -> Launch:
    """Start the workers of one stage.

    Args:
        name: a second worker on one machine needs one of its own, e.g. ``exif.2``.
    """
    processes = 1 if stage.is_exclusive else settings.workers.processes(stage.name)
    line = command_lines.worker(
        stage.name,
        name=name or stage.name,
        processes=processes,
        start_method=stage.start_method,
        log_level=settings.log_level,
    )
    return Launch(line, _STOPS_IN_GOOD_ORDER)


def of_others(settings: Settings, stages: Mapping[str, Stage]) -> Launch | None:
    """Start the workers of all stages without a service of their own; None where there is no such stage."""
    others = [stage for name, stage in stages.items() if name not in OWN_SERVICE]
    if not others:
        return None
    line = command_lines.worker(
        ",".join(stage.name for stage in others),
        name=OTHERS,
        processes=max(settings.workers.processes(stage.name) for stage in others),
        start_method="spawn" if any(stage.start_method == "spawn" for stage in others) else "fork",
        log_level=settings.log_level,
    )
    return Launch(line, _STOPS_IN_GOOD_ORDER)


def of_reconciler() -> Launch:
    """Start what puts right what was lost."""
    return Launch(command_lines.lightgate("reconcile", "--watch"))


def of_site(settings: Settings, port: int | None = None) -> Launch:
    """Start the review site, on the configured port or a chosen one."""
    review = settings.review
    return Launch(command_lines.site(review.host, port or review.port, review.threads, settings.log_level))


def of_flower(settings: Settings, folder: DataFolder, port: int | None = None) -> Launch:
    """Start Flower, on the configured port or a chosen one; its password is made the first time."""
    wanted = settings.flower
    given = wanted.password
    password = given.get_secret_value() if given else accounts.kept_password(folder.flower_password)
    folder.flower.parent.mkdir(parents=True, exist_ok=True)
    line = command_lines.flower(wanted.host, port or wanted.port, folder.flower)
    return Launch(line, {"FLOWER_BASIC_AUTH": f"{wanted.user}:{password}"})
