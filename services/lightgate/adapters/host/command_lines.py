"""The command lines of our own processes. A secret never stands in one: everybody may read them."""

from __future__ import annotations

import sys
from pathlib import Path

APP = "lightgate_workers.app"


def lightgate(*arguments: str) -> tuple[str, ...]:
    """Run one of our commands by this interpreter, wherever the script was installed."""
    return (sys.executable, "-m", "lightgate.cli", *arguments)


def worker(
    stage: str, *, name: str, processes: int, start_method: str, log_level: str, app: str = APP
) -> tuple[str, ...]:
    """Run the workers of a stage, or of several with commas between.

    ``REMAP_SIGTERM=SIGQUIT`` must be in the environment.
    """
    return (
        # quiet: its banner would be most of what a log shows
        *(sys.executable, "-m", "celery", "-A", app, "--quiet"),
        "worker",
        *("-n", f"{name}@%h"),
        *("-Q", stage),
        *("-c", str(processes)),
        *("-l", log_level),
        "-E",
        "--without-gossip",
        "--without-mingle",
        "--",
        f"worker.pool_start_method={start_method}",
    )


def flower(host: str, port: int, memory: Path) -> tuple[str, ...]:
    """Run Flower; its name and password come as ``FLOWER_BASIC_AUTH``."""
    return (
        *(sys.executable, "-m", "lightgate_workers.engineers", "-A", APP),
        "flower",
        f"--address={host}",
        f"--port={port}",
        # without it anybody with the password may run any task
        "--read_only=True",
        "--max_tasks=10000",
        # the result names the photos, and may be long
        "--tasks_columns=name,uuid,state,received,runtime,result,worker",
        # a busy machine's workers answer late; without their answers Flower does not know their queues
        "--inspect_timeout=5000",
        "--persistent=True",
        f"--db={memory}",
        "--state_save_interval=60000",
        "--purge_offline_workers=600",
    )


def site(host: str, port: int, threads: int, log_level: str) -> tuple[str, ...]:
    """Run the review site."""
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return (
        *(sys.executable, "-m", "gunicorn"),
        *("--worker-class", "lightgate_web.serving.worker.Worker"),
        *("--workers", "1"),
        *("--threads", str(threads)),
        *("--bind", address),
        # answers are kept for slow readers instead, see lightgate_web.serving.leaving
        "--no-sendfile",
        *("--graceful-timeout", "5"),
        *("--log-level", log_level.lower()),
        # it would stand in a place that all installations of this user share
        "--no-control-socket",
        "lightgate_web.wsgi:create_site()",
    )
