"""The plan: each fault at each place at least once. A seed chooses moments and order, not what is tried."""

from __future__ import annotations

from collections.abc import Sequence

from faults import clocks, disks, doubled, evils, forgeries, harm, intake, load, older, sleepers, troubles
from faults.acts import asleep_at, killed_at, killed_at_replacing, lying_model, service, wakes_after, walk
from faults.experiment import Experiment
from faults.relay import Mode
from lightgate.demo.fake_ollama.server import Fault

STAGES = ("exif", "quality", "caption")
RUNNER_POINTS = ("claimed", "worked", "recorded")
PUBLISH_POINTS = (
    "after_render", "after_keeping", "after_announcing", "after_full", "after_thumb", "after_files", "after_row",
)  # fmt: skip
MINUTE = {"WORKERS__LEASE_S": "60"}
WITHDRAWALS = ("edit", "reject", "reopen", "stop release")


def plan() -> Sequence[Experiment]:
    """List everything that is tried."""
    return (*_killed(), *_asleep(), *_broker(), *_services(), *_doubled(), *_troubles(), *_machine(), *_rows())


def _killed() -> Sequence[Experiment]:
    made = []
    for stage in STAGES:
        made += [
            Experiment(f"child killed, {stage}", walk((stage, evils.kill_child(stage))), photos=12, limit_s=10),
            Experiment(f"worker killed, {stage}", walk((stage, evils.kill(stage))), photos=12, limit_s=30),
            Experiment(f"power cut, {stage}", walk((stage, evils.cut_power)), photos=12, limit_s=30),
        ]
    made += [
        Experiment(
            "child killed, publish",
            walk(publishing=evils.kill_child("publish")),
            kind="ftp",
            is_remote=True,
            limit_s=10,
        ),
        Experiment("worker killed, publish", walk(publishing=evils.kill("publish")), kind="sftp", limit_s=30),
        Experiment("power cut, publish", walk(publishing=evils.cut_power), kind="ftp", limit_s=30),
        Experiment("reconciler killed, quality", walk(("quality", evils.kill("reconcile"))), photos=12, is_free=True),
        Experiment("site killed, publish", walk(publishing=evils.kill("site")), is_free=True),
        Experiment("supervisor killed, quality", walk(("quality", evils.kill_supervisor)), photos=12),
        Experiment("supervisor killed, publish", walk(publishing=evils.kill_supervisor)),
    ]
    for stage in (*STAGES, "publish"):
        made += [Experiment(f"killed at {stage}_{point}", killed_at(f"{stage}_{point}")) for point in RUNNER_POINTS]
    kinds = ("folder", "ftp", "sftp", "ftps")
    for number, point in enumerate(PUBLISH_POINTS):
        kind = kinds[number % len(kinds)]
        made.append(Experiment(f"killed at {point}, {kind}", killed_at(point), kind=kind, is_remote=bool(number % 2)))
        made.append(Experiment(f"killed at {point}, replacing", killed_at_replacing(point), kind=kinds[number % 2]))
    # with the lease that everybody has
    made += [
        Experiment("worker killed, a lease of a minute", walk(("quality", evils.kill("quality"))), settings=MINUTE),
        Experiment("killed at caption_worked, a lease of a minute", killed_at("caption_worked"), settings=MINUTE),
    ]
    made.append(Experiment("killed at after_removing, replacing", killed_at_replacing("after_removing"), kind="ftp"))
    return made


def _asleep() -> Sequence[Experiment]:
    made = [
        Experiment(f"asleep at {stage}_{point}", asleep_at(f"{stage}_{point}"))
        for stage in STAGES
        for point in ("claimed", "worked")
    ]
    points = ("after_announcing", "after_full", "after_files", "after_row")
    kinds = ("folder", "ftp", "sftp", "ftps")
    for number, withdrawal in enumerate(WITHDRAWALS):
        for more, point in enumerate(points):
            kind = kinds[(number + more) % len(kinds)]
            act = wakes_after(withdrawal, point)
            made.append(Experiment(f"asleep at {point}, {withdrawal}, {kind}", act, kind=kind, is_remote=more % 2 == 0))
    act = wakes_after("reject", "after_announcing")
    made.append(Experiment("asleep at after_announcing, reject, a lease of a minute", act, settings=MINUTE))
    for number, withdrawal in enumerate(WITHDRAWALS[:3]):
        act = wakes_after(withdrawal, points[number], is_live=True)
        made.append(Experiment(f"asleep at {points[number]}, {withdrawal}, replacing", act, kind=kinds[number]))
    # the answer that it waits for is still good when it wakes
    patient = {"MYSQL__TIMEOUT_S": "60"}
    for number, kind in enumerate(kinds):
        withdrawal = WITHDRAWALS[number]
        made.append(Experiment(f"asleep in an upload, {withdrawal}, {kind}", sleepers.in_upload(withdrawal), kind=kind))
    made += [Experiment(f"killed in an upload, {kind}", sleepers.killed_in_upload, kind=kind) for kind in kinds]
    made += [
        Experiment("asleep at the row, edit", sleepers.at_row("edit"), is_remote=True, settings=patient),
        Experiment(
            "asleep at the row, reject", sleepers.at_row("reject"), is_remote=True, kind="sftp", settings=patient
        ),
        Experiment("asleep before a removal, reopen, ftp", sleepers.at_removal("after_row", "reopen"), kind="ftp"),
        Experiment("asleep before a removal, edit, folder", sleepers.at_removal("after_row", "edit")),
    ]
    return made


def _broker() -> Sequence[Experiment]:
    return [
        Experiment("broker killed, quality", walk(("quality", evils.kill("broker"))), photos=12, is_free=True),
        Experiment("broker killed, publish", walk(publishing=evils.kill("broker")), is_free=True),
        Experiment("broker wiped, exif", walk(("exif", evils.wipe_broker)), photos=12, is_free=True),
        Experiment("broker wiped, publish", walk(publishing=evils.wipe_broker), is_free=True),
        Experiment("broker paused, quality", walk(("quality", evils.freeze("broker"))), photos=12, is_free=True),
        Experiment("messages doubled and reordered", walk(("exif", evils.double_messages)), photos=12),
        Experiment(
            "messages forged", walk(("quality", evils.forge_messages), evils.forge_messages), photos=12, is_free=True
        ),
    ]


def _services() -> Sequence[Experiment]:
    made = []
    for kind in ("folder", "ftp", "sftp", "ftps"):
        made.append(Experiment(f"{kind} dead at the start", service(kind, Mode.DEAD, "start"), kind=kind, is_free=True))
        made.append(Experiment(f"{kind} dies in between", service(kind, Mode.DEAD, "middle"), kind=kind, is_free=True))
    made += [
        Experiment(f"{kind} hangs", service(kind, Mode.SILENT, "middle"), kind=kind) for kind in ("ftp", "sftp", "ftps")
    ]
    for mode, when in ((Mode.DEAD, "start"), (Mode.DEAD, "middle"), (Mode.SILENT, "middle"), (Mode.MUTE, "middle")):
        name = f"mariadb {mode.value}, {when}"
        made.append(Experiment(name, service("mariadb", mode, when), is_remote=True, is_free=True))
    for mode, when in ((Mode.DEAD, "start"), (Mode.DEAD, "middle"), (Mode.SILENT, "middle"), (Mode.MUTE, "middle")):
        name = f"ollama {mode.value}, {when}"
        settings = {"CAPTIONER": "ollama"}
        made.append(Experiment(name, service("ollama", mode, when), captioner="ollama", settings=settings))
    lies = (Fault.HTML, Fault.TRUNCATED_JSON, Fault.EMPTY, Fault.WRONG_TYPES, Fault.CLOSE_MIDWAY, Fault.NO_OBJECT)
    made.append(Experiment("ollama lies", lying_model(*lies), captioner="ollama", photos=8))
    return made


def _doubled() -> Sequence[Experiment]:
    return [
        Experiment("two submits", doubled.submits, is_free=True),
        Experiment("two submits that move", doubled.moving_submits, is_free=True),
        Experiment("two releases", doubled.releases, is_free=True),
        Experiment("two reconcilers", doubled.reconcilers, photos=12),
        Experiment("two caption workers", doubled.caption_workers, captioner="ollama", is_free=True),
        Experiment("two sites", doubled.sites, is_free=True),
        Experiment("two installations", doubled.installations, is_free=True),
    ]


def _troubles() -> Sequence[Experiment]:
    ftp = {
        "the line is reset once": {"reset": "STOR", "times": 1},
        "renaming is denied once": {"deny": "RNTO", "times": 1, "reply": "451 Try again."},
        "the server is full": {"deny": "STOR", "times": 9, "reply": "452 Insufficient storage."},
        "sizes are lies": {"lie": 7},
        "an upload is given up": {"cut": 3000, "reply": "426 Transfer aborted."},
    }
    made = [
        # what a second try cures costs nothing
        Experiment(f"ftp, {name}", troubles.ftp_goes_wrong(is_noticed="once" not in name, **how), kind="ftp")
        for name, how in ftp.items()
    ]
    made += [Experiment(f"{kind} loses bytes", troubles.loses_bytes, kind=kind) for kind in ("folder", "ftp", "sftp")]
    return [
        *made,
        Experiment("model slower than a lease", troubles.slow_model, captioner="ollama", photos=3, is_free=True),
        Experiment(
            "rows held by somebody else",
            troubles.held_rows(6, is_noticed=True),
            is_remote=True,
            kind="ftp",
            is_free=True,
        ),
        Experiment("rows held for a moment", troubles.held_rows(1.3, is_noticed=False), is_remote=True, is_free=True),
        Experiment("database locked by somebody else", troubles.locked_database, photos=12, is_free=True),
    ]


def _machine() -> Sequence[Experiment]:
    full = [Experiment(f"disk full, {step}", disks.full(step), needs_root=True) for step in disks.STEPS]
    locked = [Experiment(f"disk read-only, {part}", disks.read_only(part), needs_root=True) for part in disks.PARTS]
    jumps = {"an hour on": (1, 1), "an hour back": (-1, -1), "to and fro": (1, -1)}
    harms = {
        "crashes": (harm.CRASHES, harm.harmful),
        "eats memory": (harm.EATS, harm.harmful),
        "never ends": (harm.HANGS, harm.harmful_for_long),
    }
    return [
        *full,
        *locked,
        Experiment("disk read-only, data folder", disks.read_only_home, needs_root=True),
        *(
            Experiment(f"clock goes {name}", clocks.jumps(*hours), environ=clocks.ENVIRON)
            for name, hours in jumps.items()
        ),
        *(
            Experiment(f"photo that {name}", act, colours={2: colour}, settings=harm.SETTINGS, environ=harm.ENVIRON)
            for name, (colour, act) in harms.items()
        ),
    ]


def _rows() -> Sequence[Experiment]:
    submits = ("after_staging", "after_rename", "after_commit", "after_first_unlink")
    return [
        *(Experiment(f"submit killed {point}", intake.killed_submit(point)) for point in submits),
        *(
            Experiment(f"rollback killed {point}", intake.killed_rollback(point))
            for point in ("after_restore", "after_forget")
        ),
        Experiment("submit asleep beside a rollback", intake.sleeping_submit, is_free=True),
        Experiment("rows forged", forgeries.forged, photos=forgeries.PHOTOS),
        Experiment("ten thousand photos and twenty people", load.loaded, settings=load.SETTINGS, is_heavy=True),
        Experiment("backup restored", older.restored),
        Experiment("database of an earlier version", older.of_an_earlier_version, needs="earlier"),
    ]
