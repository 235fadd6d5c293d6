"""Wires what every process shares. Nothing is held at import; each process builds its own house."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from lightgate import intake
from lightgate.adapters.captions.word_lists import word_lists
from lightgate.adapters.host.filesystem import require_local
from lightgate.adapters.keys import installation_keys
from lightgate.adapters.metadata.reader import PillowHeaders
from lightgate.adapters.metadata.sidecar import read_sidecar
from lightgate.adapters.queue import private_redis
from lightgate.adapters.queue.celery import CeleryDispatch
from lightgate.adapters.sqlite import SqliteStore
from lightgate.adapters.sqlite.engine import BUSY_TIMEOUT_S
from lightgate.adapters.sqlite.revision import require_current
from lightgate.adapters.website.catalogue.texts import read_texts
from lightgate.adapters.website.targets.folder import FOLDER
from lightgate.domain.names.naming import Rule
from lightgate.domain.rating.quality import BandLimits
from lightgate.domain.route.pipeline import Route
from lightgate.engine.context import Outage, Rarely, RunnerContext
from lightgate.engine.pipeline import Pipeline
from lightgate.engine.stage import Hook
from lightgate.errors import SettingInvalid
from lightgate.files import private
from lightgate.files.data_folder import DataFolder
from lightgate.names.ledger import refresh
from lightgate.pictures.old_pictures import prove_old_pictures
from lightgate.ports.machine import Dispatch
from lightgate.ports.website import Website
from lightgate.settings import Settings
from lightgate.steps import PIPELINE, review
from lightgate.steps.release.desk import ReleaseDesk
from lightgate.steps.release.originals import tidy_originals
from lightgate.store import Store
from lightgate.texts import proofreader
from lightgate.texts.proofreader import Proofreader
from lightgate.website import restored

log = logging.getLogger(__name__)

#: for whom the data folder was made private
_PRIVATE_NOTE = "private"


@dataclass(frozen=True, slots=True)
class House:
    """Everything that is true in this process, whoever asks."""

    settings: Settings
    folder: DataFolder
    store: Store
    dispatch: Dispatch
    pipeline: Pipeline
    now: Callable[[], datetime]
    #: seals approvals
    key: bytes = field(repr=False)
    outage: Outage = field(default_factory=Outage, repr=False)

    @property
    def route(self) -> Route:
        """The steps of the pipeline."""
        return self.pipeline.route

    @property
    def rule(self) -> Rule:
        """How published files are named."""
        return self.settings.naming.rule

    @property
    def bands(self) -> BandLimits:
        """Where the quality bands begin."""
        return BandLimits(**self.settings.bands.model_dump())

    def review_desk(self) -> review.ReviewDesk:
        """Where a person decides."""
        return review.ReviewDesk(
            self.store,
            self.route,
            self.dispatch,
            self.folder,
            self.rule,
            self.now,
            self.key,
            self.bands,
            proofreader=self.proofreader,
        )

    def release_desk(self, website: Website) -> ReleaseDesk:
        """Where a person releases photos and takes them off again."""
        return ReleaseDesk(self.store, self.folder, self.route, website, self.now, self.dispatch.wake, self.key)

    @property
    def proofreader(self) -> Proofreader:
        """What proves texts, with a person's own word lists."""
        return Proofreader(partial(word_lists, self.folder.words), self.settings.texts.keywords)

    def intake_desk(self) -> intake.IntakeDesk:
        """Where sets are handed in and taken back; without the catalogue, which only a submit asks."""
        wanted = self.settings.intake
        return intake.IntakeDesk(
            self.store,
            self.folder,
            self.route,
            self.rule,
            PillowHeaders(wanted.max_megapixels, wanted.max_file_mb),
            self.dispatch,
            self.now,
            max_file_mb=wanted.max_file_mb,
            min_free_mb=wanted.min_free_mb,
            kill_at=self.settings.kill_at,
            targets=frozenset(self.settings.publish.targets or (FOLDER,)),
            sidecar=read_sidecar,
        )

    def runner_context(self, stage: str = "") -> RunnerContext:
        """What a stage's worker passes its photos on with; without a stage, what ends claims."""
        return self._context(self.pipeline.hooks(self.settings, self.store, stage))

    def reconciler_context(self) -> RunnerContext:
        """What puts right what was lost, with everything that is due from time to time."""
        chores: Sequence[Hook] = (
            partial(restored.watch, self.store, self.folder, self.route),
            partial(intake.finish_moves, self.store, self.folder),
            partial(intake.sweep_when_due, self.store, self.folder),
            Rarely(timedelta(minutes=10), partial(review.settle_files, self.store, self.folder)),
            Rarely(timedelta(seconds=30), partial(refresh, self.store, self.folder)),
            partial(intake.roll_back_blocked, self.intake_desk()),
            Rarely(timedelta(minutes=30), self._learn_texts),
            Rarely(timedelta(minutes=10), self._tidy_originals),
        )
        return self._context(self.pipeline.hooks(self.settings, self.store), chores)

    def _context(self, hooks: Mapping[str, Sequence[Hook]], chores: Sequence[Hook] = ()) -> RunnerContext:
        workers, stages = self.settings.workers, self.pipeline.stages.values()
        return RunnerContext(
            self.store,
            self.route,
            self.dispatch,
            self.now,
            workers.lease_s,
            hooks=hooks,
            chores=chores,
            slots={each.name: workers.processes(each.name) for each in stages if not each.is_exclusive},
            outage=self.outage,
            kill_at=self.settings.kill_at,
        )

    def _learn_texts(self, at: datetime) -> None:
        """Know what is written on the website already, so that nothing is written twice."""
        language = self.settings.intake.languages[0]
        proofreader.learn(self.store, lambda: read_texts(self.folder.catalogue, language))

    def _tidy_originals(self, at: datetime) -> None:
        publish = self.settings.publish
        tidy_originals(self.store, self.folder, publish.originals, publish.archive, publish.undated, at)

    def close(self) -> None:
        """Let go of connections."""
        self.store.close()


def clock() -> datetime:
    """Tell the time."""
    return datetime.now(UTC)


def build(
    settings: Settings,
    *,
    durable: bool = True,
    dispatch: Dispatch | None = None,
    busy_timeout_s: float = BUSY_TIMEOUT_S,
    pipeline: Pipeline = PIPELINE,
) -> House:
    """Wire a house on a migrated database; reaches for no network.

    Args:
        durable: this process writes what must survive a power cut (decisions, publishing).
        busy_timeout_s: how long a transaction may wait for the database's lock.

    Raises:
        DatabaseOutdated: the database is not there yet or of another version.
        UnsafeDatabase: this process's SQLite library must not open it.
        SettingInvalid: ``workers.other`` names what is no stage.
    """
    if strangers := sorted(settings.workers.other.keys() - pipeline.stages.keys()):
        reason = f"no stage is called “{strangers[0]}”"
        raise SettingInvalid(name="workers.other", reason=reason)
    folder = DataFolder(settings.home)
    store = SqliteStore(folder.database, durable=durable, busy_timeout_s=busy_timeout_s)
    require_current(store.engine, folder.database)
    return House(
        settings=settings,
        folder=folder,
        store=store,
        dispatch=dispatch or CeleryDispatch(broker_url(settings, folder), list(pipeline.stages)),
        pipeline=pipeline,
        now=clock,
        key=installation_keys.seal_key(folder.secrets),
    )


def broker_url(settings: Settings, folder: DataFolder) -> str:
    """Give the broker's URL: the configured one, or the private server's socket."""
    configured = settings.broker_url
    return private_redis.address(configured.get_secret_value() if configured else None, folder)


def make_private(store: Store, folder: DataFolder, group: str | None) -> None:
    """Close to others what an earlier version, or somebody, left open to them."""
    wanted = f"group {group}" if group else "alone"
    with store.reading() as tx:
        is_as_wanted = tx.notes.get(_PRIVATE_NOTE) == wanted
    if is_as_wanted and not any(private.open_parts(folder, group)):
        return
    before = private.mend(folder, group)
    with store.writing() as tx:
        tx.photos.keep_source_modes(before)
        tx.notes.put(_PRIVATE_NOTE, wanted, clock())


def migrate(settings: Settings, tell: Callable[[str], object] = log.info) -> str:
    """Make the data folder and bring the database to this program's schema; give its revision.

    Args:
        tell: hears in a sentence of what may take minutes.

    Raises:
        NoLocalDisk: the data folder is another machine's.
    """
    # Alembic, which is only wanted here and takes as long to load as the database does
    from lightgate.adapters.sqlite.migrate import migrate as migrate_database  # noqa: PLC0415

    folder = DataFolder(settings.home)
    require_local(folder.home)
    revision = migrate_database(folder.database, folder.backups, installation_keys.seal_key(folder.secrets))
    with closing(SqliteStore(folder.database)) as store:
        make_private(store, folder, settings.private_group)
        prove_old_pictures(store, folder, clock, tell)
    return revision
