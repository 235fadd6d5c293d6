"""Run the plan: ``python -m faults [--seed N] [--only WORDS] [--workers N]``, in ``tests``; ``make faults`` does."""

from __future__ import annotations

import argparse
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import SimpleQueue

from faults import older
from faults.experiment import Experiment, Outcome, run
from faults.plan import plan
from faults.product import processes_below, send
from faults.report import TABLE, table
from support.servers import MariaDbServer, mariadb_in

#: findings of one experiment that are printed; all of them are kept in its folder
MOST_SAID = 20


def main() -> None:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument(
        "--seed", type=int, default=0, help="chooses moments and order; one of the clock's where it is 0"
    )
    parser.add_argument("--only", default="", help="experiments whose names have these words, separated by semicolons")
    parser.add_argument("--workers", type=int, default=2, help="so many at a time; those with a time run alone")
    parser.add_argument("--list", action="store_true", help="say what there is, and run nothing")
    asked = parser.parse_args()
    chosen = [each for each in plan() if any(word.strip() in each.name for word in asked.only.split(";"))]
    if asked.list:
        print("\n".join(each.name for each in chosen))
        return
    if sys.platform != "linux":
        sys.exit("The experiments look for processes in /proc, so they run on Linux alone.")
    seed = asked.seed or int(time.time()) % 100_000
    print(f"{len(chosen)} experiments; again with: make faults SEED={seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="lightgate-faults-"))
    # lines that are cut on purpose are no news
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: _give_up(folder))
    outcomes = list(_run(chosen, seed, folder, asked.workers))
    failed = [each for each in outcomes if each.findings]
    skipped = [each for each in outcomes if each.skipped]
    right = len(outcomes) - len(failed) - len(skipped)
    print(f"\n{right} right, {len(failed)} with findings, {len(skipped)} not run; SEED={seed}")
    for each in failed:
        print(f"\n{each.name}", *(f"  - {finding}" for finding in each.findings[:MOST_SAID]), sep="\n")
    if measures := [measure for each in outcomes for measure in each.measures]:
        told = table(measures, seed)
        print(f"\n{told}")
        if not asked.only:
            TABLE.write_text(told, "utf-8")
    if failed:
        print(f"Rows and logs: {folder}")
    else:
        shutil.rmtree(folder)
    sys.exit(bool(failed))


def _run(chosen: Sequence[Experiment], seed: int, folder: Path, workers: int) -> Iterator[Outcome]:
    order = list(chosen)
    random.Random(seed).shuffle(order)
    with ExitStack() as stack:
        servers: SimpleQueue[MariaDbServer | None] = SimpleQueue()
        for number in range(workers):
            place = folder / f"mariadb-{number}"
            place.mkdir()
            servers.put(stack.enter_context(mariadb_in(place)) if any(each.is_remote for each in chosen) else None)

        def one(experiment: Experiment) -> Outcome:
            if why := _why_not(experiment):
                outcome = Outcome(experiment.name, (), 0, None, skipped=f"not run, {why}")
            else:
                server = servers.get()
                outcome = run(experiment, seed, folder, server)
                servers.put(server)
            _say(outcome)
            return outcome

        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(one, [each for each in order if not _runs_alone(each)])
        yield from map(one, [each for each in order if _runs_alone(each)])


def _give_up(folder: Path) -> None:
    """End what runs, and leave nothing mounted."""
    for pid in processes_below(folder):
        send(pid, signal.SIGKILL)
    for line in Path("/proc/mounts").read_text("utf-8").splitlines():
        if (where := line.split()[1]).startswith(f"{folder}/"):
            subprocess.run(["umount", "--lazy", where], check=False)
    print(f"\nended by a signal; what there was is in {folder}", flush=True)
    os._exit(1)


def _runs_alone(experiment: Experiment) -> bool:
    return experiment.is_heavy or experiment.limit_s is not None


def _why_not(experiment: Experiment) -> str:
    """Say what this machine lacks for it."""
    if experiment.needs_root and os.geteuid() != 0:
        return "only root can mount a disk"
    if experiment.needs == "earlier" and not older.is_known():
        return f"this checkout does not know the commit {older.EARLIER}"
    return ""


def _say(outcome: Outcome) -> None:
    word = outcome.skipped or (f"{len(outcome.findings)} FOUND" if outcome.findings else "right")
    recovered = "" if outcome.recovered_s is None else f", recovered in {outcome.recovered_s:.1f} s"
    print(f"{outcome.took_s:5.0f} s  {outcome.name}: {word}{recovered}", flush=True)
    for finding in outcome.findings[:MOST_SAID]:
        print(f"         - {finding[:400]}", flush=True)


if __name__ == "__main__":
    main()
