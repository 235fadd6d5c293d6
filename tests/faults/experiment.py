"""One experiment, and how it is run."""

from __future__ import annotations

import shutil
import time
import traceback
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from faults.acts import Act
from faults.scene import Measure, Scene, scene
from support.servers import MariaDbServer


@dataclass(frozen=True)
class Experiment:
    """A fault and the place where it strikes."""

    name: str
    act: Act
    #: folder, ftp, ftps or sftp
    kind: str = "folder"
    #: rows go to a MariaDB instead of the local file
    is_remote: bool = False
    captioner: str = "draft"
    photos: int = 6
    settings: Mapping[str, str] = field(default_factory=dict)
    environ: Mapping[str, str] = field(default_factory=dict)
    #: what a photograph shows instead of noise, by number
    colours: Mapping[int, str] = field(default_factory=dict)
    #: no photo may be charged for it
    is_free: bool = False
    #: runs alone, and the seconds until all was right again stand in the table, beside what was promised
    limit_s: float | None = None
    #: runs alone
    is_heavy: bool = False
    needs_root: bool = False
    #: rests on a program of this name, see ``support.programs``
    needs: str = ""


@dataclass(frozen=True)
class Outcome:
    name: str
    findings: tuple[str, ...]
    took_s: float
    recovered_s: float | None
    measures: tuple[Measure, ...] = ()
    skipped: str = ""


def run(experiment: Experiment, seed: int, folder: Path, server: MariaDbServer | None) -> Outcome:
    """Run one on fresh data; what goes wrong is kept in ``folder`` for a person to look at."""
    began = time.monotonic()
    at = folder / experiment.name.replace(" ", "-").replace("/", "-")
    made: Scene | None = None
    found: list[str] = []
    with ExitStack() as stack:
        try:
            made = stack.enter_context(
                scene(
                    at,
                    seed=f"{seed}:{experiment.name}",
                    kind=experiment.kind,
                    server=server if experiment.is_remote else None,
                    captioner=experiment.captioner,
                    photos=experiment.photos,
                    settings=experiment.settings,
                    environ=experiment.environ,
                    colours=experiment.colours,
                )
            )
            made.truth.is_charged = not experiment.is_free
            experiment.act(made)
            found = made.look() if made.found is None else made.found
        except Exception as error:  # noqa: BLE001 - whatever happens in one is a finding, and the others go on
            where = traceback.extract_tb(error.__traceback__)[-1]
            found = [f"{type(error).__name__} in {where.name}, line {where.lineno}: {str(error)[:1500]}"]
        if found and made is not None:
            _keep(made, at.with_name(f"{at.name}-failed"), found)
    return Outcome(
        experiment.name,
        tuple(found),
        time.monotonic() - began,
        made.recovered_s if made else None,
        _measures(experiment, made),
    )


def _measures(experiment: Experiment, made: Scene | None) -> tuple[Measure, ...]:
    if made is None:
        return ()
    if experiment.limit_s is None or made.recovered_s is None:
        return tuple(made.measures)
    return Measure(experiment.name, made.recovered_s, "s", experiment.limit_s), *made.measures


def _keep(made: Scene, to: Path, found: list[str]) -> None:
    """Keep rows and logs of what went wrong."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    for name in ("review.db", "review.db-wal", "photos_info_revamp.db"):
        if (made.product.home / name).exists():
            shutil.copy(made.product.home / name, to)
    for name in ("logs", "home/logs"):
        if (made.product.folder / name).is_dir():
            shutil.copytree(made.product.folder / name, to / "logs", dirs_exist_ok=True, ignore_dangling_symlinks=True)
    for log in made.product.folder.glob("*.log"):
        shutil.copy(log, to)
    (to / "findings.txt").write_text("\n".join([*found, ""]), "utf-8")
