"""docker-compose.yml on a real engine, where CI is set: it takes minutes, and at home ``make compose-test`` does it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e

#: with nothing built yet, on two cores
PATIENCE_S = 1200
#: for taking everything down again
LAST_S = 90


def why_no_engine(repository: Path) -> str | None:
    """Say why there is no Docker engine, and none can be had."""
    if (
        shutil.which("docker")
        and not subprocess.run(["docker", "version"], capture_output=True, check=False).returncode
    ):
        return None
    provided = repository.parent / "shared" / "docker" / "engine"
    if provided.exists() and os.geteuid() == 0 and Path("/etc/debian_version").exists():
        return None
    return "there is no Docker engine here, and none can be had"


@pytest.mark.timeout(PATIENCE_S + LAST_S + 30)
def test_the_compose_file_holds_on_a_real_engine(repository: Path, capfd: pytest.CaptureFixture[str]) -> None:
    if not os.environ.get("CI"):
        pytest.skip("takes minutes: runs where CI is set, and by make compose-test")
    if why := why_no_engine(repository):
        pytest.skip(why)
    began = time.monotonic()
    code, said = run_to_its_end([str(repository / "ops" / "compose-test")])
    with capfd.disabled():
        sys.stdout.write(f"\ncompose-test took {time.monotonic() - began:.0f} s:\n{said[-2500:]}\n")
    assert code == 0, said[-12000:]


def run_to_its_end(command: list[str]) -> tuple[int, str]:
    """Run a program; one that takes too long is asked to end, so that it leaves nothing running."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        said, _ = process.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=LAST_S)
    return process.returncode, said
