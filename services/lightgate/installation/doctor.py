"""Is everything there that a run needs? Each check says what it found and, where something is wrong, what to do."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from lightgate.adapters.captions.server import OllamaServer, is_same_model, not_installed
from lightgate.adapters.clip.weights import find_weights
from lightgate.adapters.host.filesystem import filesystem_of
from lightgate.adapters.host.instance_lock import Instance
from lightgate.adapters.host.network_ports import free_port
from lightgate.adapters.queue import private_redis
from lightgate.adapters.sqlite.engine import is_in_wal_mode, is_safe_for_wal, library_version, make_engine
from lightgate.adapters.sqlite.revision import current_revision, knows, newest_revision
from lightgate.adapters.sqlite.soundness import fault_of
from lightgate.adapters.website.catalogue.mysql import MysqlCatalogue
from lightgate.adapters.website.catalogue.mysql_check import faults_of
from lightgate.adapters.website.open import open_target
from lightgate.bootstrap import broker_url
from lightgate.errors import (
    CatalogueUnreachable,
    ClipUnavailable,
    LightgateError,
    ModelAnswerBad,
    ModelServerDown,
    PortTaken,
)
from lightgate.files.data_folder import DataFolder
from lightgate.files.private import open_parts
from lightgate.ports.website import Permit
from lightgate.settings import RightsWords, Settings
from lightgate.settings import Target as TargetSettings
from lightgate.settings.target_kinds import KINDS

#: below this much free space a person should know, MB
_LITTLE_ROOM_MB = 5_000
_MB = 1_000_000

#: what is tried shows nobody's photograph
_TRIAL = Permit("doctor", lambda: None)


class Level(StrEnum):
    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report."""

    name: str
    level: Level
    message: str
    #: what to do about it
    remedy: str = ""


def examine(settings: Settings) -> Iterator[Check]:
    """Look at everything; a check that breaks is a finding too."""
    folder = DataFolder(settings.home)
    checks: tuple[tuple[str, Callable[[], Check]], ...] = (
        ("Data folder", lambda: _data_folder(folder)),
        ("Disk space", lambda: _disk_space(settings, folder)),
        ("Permissions", lambda: _permissions(folder, settings.private_group)),
        ("SQLite", lambda: _sqlite(folder)),
        ("Database", lambda: _database(folder)),
        ("Broker", lambda: _broker(settings, folder)),
        ("Captions", lambda: captions(settings)),
        ("Aesthetic score", lambda: aesthetics(settings)),
        ("Review port", lambda: _port(folder, "review", settings.review.host, settings.review.port)),
        ("Flower port", lambda: _port(folder, "flower", settings.flower.host, settings.flower.port)),
        ("Copyright", lambda: _copyright(settings)),
        ("Published files", lambda: _target(settings, folder)),
        *((f"Target {name}", partial(_remote, name, each)) for name, each in settings.publish.targets.items()),
        ("MySQL, MariaDB", lambda: _mysql(settings, folder)),
    )
    for name, check in checks:
        try:
            yield check()
        except LightgateError as error:
            yield Check(name, Level.FAIL, error.message)
        except OSError as error:
            yield Check(name, Level.FAIL, f"{error.filename or folder.home}: {error.strerror}")


def models(settings: Settings) -> Iterator[Check]:
    """Say what captions and aesthetic scores run on."""
    yield captions(settings)
    yield aesthetics(settings)


def _standing(folder: Path) -> Path:
    """Give the folder, or the nearest one above it that is there."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def _data_folder(folder: DataFolder) -> Check:
    place = _standing(folder.home)
    kind = filesystem_of(place)
    if not os.access(place, os.W_OK | os.X_OK):
        return Check(
            "Data folder", Level.FAIL, f"{place} cannot be written", "Set LIGHTGATE_HOME to a folder of yours."
        )
    if kind.is_remote:
        return Check(
            "Data folder",
            Level.FAIL,
            f"{folder.home} is on {kind.name}, where several processes damage a database",
            "Set LIGHTGATE_HOME to a folder on a disk of this machine.",
        )
    made = "" if folder.home.exists() else ", made by the first up"
    return Check("Data folder", Level.OK, f"{folder.home} ({kind.name}){made}")


def _disk_space(settings: Settings, folder: DataFolder) -> Check:
    free_mb = shutil.disk_usage(_standing(folder.home)).free / _MB
    least_mb = settings.intake.min_free_mb
    level = Level.FAIL if free_mb < least_mb else Level.WARN if free_mb < _LITTLE_ROOM_MB else Level.OK
    remedy = "" if level is Level.OK else f"Free some space: {least_mb:,.0f} MB always stay free."
    return Check("Disk space", level, f"{free_mb / 1000:,.1f} GB free", remedy)


def _permissions(folder: DataFolder, group: str | None) -> Check:
    """Look at the data folder two folders deep; what lies deeper is closed by the folder that it lies in."""
    if not folder.home.exists():
        return Check("Permissions", Level.OK, "nothing there yet")
    found = next(open_parts(folder, group), None)
    if found is not None:
        return Check("Permissions", Level.WARN, f"others may read {found}", "Run: lightgate migrate")
    readers = f"you and the group {group}; keys and passwords by you alone" if group else "you alone"
    return Check("Permissions", Level.OK, f"{folder.home} can be read by {readers}")


def _sqlite(folder: DataFolder) -> Check:
    version = library_version()
    shown = "SQLite " + ".".join(map(str, version))
    if is_safe_for_wal(version):
        return Check("SQLite", Level.OK, f"{shown}, safe for several writing processes")
    if is_in_wal_mode(folder.database):
        return Check("SQLite", Level.FAIL, f"{shown} can damage this database", "Run: pip install pysqlite3")
    remedy = "Run: pip install pysqlite3, where your platform has it."
    return Check("SQLite", Level.WARN, f"{shown} has the WAL-reset bug; the slower DELETE journal is used", remedy)


def _database(folder: DataFolder) -> Check:
    if not folder.database.exists():
        return Check("Database", Level.OK, "none yet; made by the first up")
    if fault := fault_of(folder.database):
        remedy = "Stop everything, keep a copy, and run: lightgate restore with your last backup."
        return Check("Database", Level.FAIL, f"{folder.database} is damaged: {fault}", remedy)
    engine = make_engine(folder.database)
    try:
        revision = current_revision(engine)
    finally:
        engine.dispose()
    if revision is not None and not knows(revision):
        said = f"is at {revision}, of a newer Lightgate; this one knows it up to {newest_revision()}"
        return Check("Database", Level.FAIL, said, "Update Lightgate.")
    if revision != newest_revision():
        return Check("Database", Level.WARN, f"is at {revision}, not {newest_revision()}", "Run: lightgate migrate")
    return Check("Database", Level.OK, f"{folder.database} is sound, at {revision}")


def _broker(settings: Settings, folder: DataFolder) -> Check:
    address = broker_url(settings, folder)
    why = private_redis.why_silent(address)
    if settings.broker_url:
        if why:
            return Check("Broker", Level.FAIL, f"the Redis of broker_url does not answer: {why}", "Start it.")
        return Check("Broker", Level.OK, "the Redis of broker_url answers")
    program = private_redis.find_program(settings.redis_server)
    state = f"not running; up starts {program}" if why else f"{program} runs, on a socket in the data folder"
    return Check("Broker", Level.OK, state)


def captions(settings: Settings) -> Check:
    """Say which model writes the captions."""
    wanted, mode = settings.ollama, settings.captioner
    if mode == "draft":
        return Check("Captions", Level.OK, "drafts from brief and EXIF, no model (captioner = draft)")
    remedy = "Start Ollama and run: lightgate models pull ollama"
    without = "photos wait" if mode == "ollama" else "photos get a draft that says so, until the model has been there"
    level = Level.FAIL if mode == "ollama" else Level.WARN
    try:
        host = wanted.host.get_secret_value()
        server = OllamaServer(host, connect_s=wanted.connect_timeout_s, idle_s=wanted.connect_timeout_s)
        if not any(is_same_model(wanted.model, each) for each in server.models()):
            return Check(
                "Captions", level, f"{not_installed(wanted.model, str(wanted.host))} Until then {without}.", remedy
            )
        loaded = server.loaded(wanted.model)
    except (ModelServerDown, ModelAnswerBad):
        return Check("Captions", level, f"no Ollama answers at {wanted.host}; {without}", remedy)
    place = f", in memory with {loaded.vram_bytes / 2**30:.1f} GiB VRAM" if loaded else ""
    return Check("Captions", Level.OK, f"{wanted.model} at {wanted.host}, context {wanted.num_ctx}{place}")


def aesthetics(settings: Settings) -> Check:
    """Say which model rates how pictures look; may import torch."""
    wanted = settings.clip
    if not wanted.enabled:
        return Check("Aesthetic score", Level.OK, "switched off (clip.enabled); it stays empty")
    try:
        found = find_weights(wanted.model, wanted.weights)
    except ClipUnavailable as error:
        remedy = "Run: lightgate models pull clip" if "models pull" in error.message else "See: lightgate config"
        return Check("Aesthetic score", Level.WARN, f"{error.message} Until then the score stays empty.", remedy)
    return Check("Aesthetic score", Level.OK, f"{wanted.model} from {found.file}, on {wanted.device}")


def _port(folder: DataFolder, section: str, host: str, port: int) -> Check:
    name = f"{section.capitalize()} port"
    try:
        free_port(host, port, section)
    except PortTaken as error:
        if Instance(folder).supervisor() is not None:
            return Check(name, Level.OK, f"{host}:{port}, used by this installation")
        return Check(name, Level.FAIL, error.message, f"Set {section}.port, or stop what listens there.")
    return Check(name, Level.OK, f"{host}:{port} is free" if port else f"{host}, any free port")


def _copyright(settings: Settings) -> Check:
    """Say what becomes of photos whose file does not name its maker."""
    rights = settings.publish.rights
    if rights.creator:
        return Check("Copyright", Level.OK, f"published files name {rights.creator}, where they name nobody themselves")
    if rights.copyright and "{creator}" not in rights.copyright:
        return Check("Copyright", Level.OK, "every published file has a notice, by the setting")
    unnamed = "carry no name in their notice" if rights.unnamed else "are published without a notice"
    said = f"files that do not say who made them {'cannot be released' if _is_refused(rights) else unnamed}"
    return Check("Copyright", Level.WARN, said, "Set publish.rights.creator to your name.")


def _is_refused(rights: RightsWords) -> bool:
    return rights.required and not rights.unnamed


def _target(settings: Settings, folder: DataFolder) -> Check:
    if settings.publish.targets:
        return Check("Published files", Level.OK, f"to {', '.join(settings.publish.targets)}")
    place = settings.publish.directory or folder.published
    if settings.publish.directory and not place.is_dir():
        return Check("Published files", Level.FAIL, f"there is no folder {place}", "Make it, or set publish.directory.")
    if not os.access(_standing(place), os.W_OK | os.X_OK):
        return Check("Published files", Level.FAIL, f"{place} cannot be written", "Change its permissions.")
    if not settings.publish.directory:
        return Check("Published files", Level.OK, f"into {place}; a web server needs publish.directory, outside of it")
    return Check("Published files", Level.OK, f"into {place}")


def _remote(name: str, wanted: TargetSettings) -> Check:
    """Write a file there in a folder of its own, replace it, read it back and remove both."""
    target, folder = open_target(name, wanted), f"lightgate-doctor-{secrets.token_hex(4)}"
    probe = f"{folder}/probe.txt"
    remedy = f"Publishing makes folders, writes, renames, replaces and removes: look at [publish.targets.{name}]."
    try:
        if reason := target.why_not_ready():
            return Check(f"Target {name}", Level.FAIL, reason, remedy)
        for content in (b"before", probe.encode()):
            target.put(probe, content, _TRIAL)
        is_same = target.read(probe) == probe.encode()
        target.remove(probe, _TRIAL)
    except LightgateError as error:
        with suppress(LightgateError):
            target.forget(probe, _TRIAL.writer)
            target.remove(probe, _TRIAL)
        return Check(f"Target {name}", Level.FAIL, error.message, remedy)
    finally:
        target.close()
    if not is_same:
        return Check(f"Target {name}", Level.FAIL, "a file reads back differently from what was written", remedy)
    clear = ", in the clear: user, password and files can be read on the way" if KINDS[wanted.kind].is_in_clear else ""
    level = Level.WARN if clear else Level.OK
    place = f"{wanted.host}, by {wanted.kind}" if wanted.host else wanted.path
    return Check(f"Target {name}", level, f"{place} takes files{clear}", "Use ftps or sftp." if clear else "")


def _mysql(settings: Settings, folder: DataFolder) -> Check:
    """Look at the website's table without writing a row."""
    name, wanted = "MySQL, MariaDB", settings.mysql
    if not wanted.host:
        return Check(name, Level.OK, f"not configured; rows go to {folder.catalogue}")
    catalogue = MysqlCatalogue(wanted)
    try:
        faults = list(faults_of(catalogue))
    except CatalogueUnreachable as error:
        return Check(name, Level.FAIL, error.message, "Look at [mysql].")
    finally:
        catalogue.close()
    if faults:
        level = Level.WARN if all(fault.is_minor for fault in faults) else Level.FAIL
        said = "; ".join(fault.message for fault in faults)
        return Check(name, level, f"table {wanted.table} of {wanted.database}: {said}", "Change the table, or [mysql].")
    return Check(name, Level.OK, f"table {wanted.table} of {wanted.database} at {wanted.host} takes rows")
