"""The whole installation as a person starts and stops it."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from lightgate.adapters.host.status_file import read_report
from lightgate.files.data_folder import KEEPING
from lightgate.steps import STAGES
from support.installation import Installation
from support.waiting import eventually

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc"),
]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path / "data")
    yield made
    made.run("down")
    for pid in made.processes():
        os.kill(pid, signal.SIGKILL)


def status_of(url: str, password: str | None = None) -> int:
    """Give what a server answers at an address."""
    opener = urllib.request.build_opener()
    if password:
        keeper = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        keeper.add_password(None, url, "flower", password)
        opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(keeper))
    try:
        with opener.open(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_up_in_the_background_serves_until_down_which_leaves_no_process(installation: Installation) -> None:
    up = installation.run("up", "-d")
    assert up.returncode == 0, up.stderr + installation.why()

    running = installation.answer("status")["running"]
    assert running["is_ready"]
    shipped = ["broker", "reconcile", "exif", "quality", "caption", "publish", "site", "flower"]
    assert [name for name in running["processes"] if name in shipped] == shipped
    assert set(running["processes"]) == {*shipped, *STAGES}
    assert status_of(running["urls"]["site"] + "healthz") == 200

    flower, password_file = running["urls"]["flower"], installation.home / "secrets" / "flower-password"
    assert status_of(flower) == 401
    assert status_of(flower, password_file.read_text("utf-8").strip()) == 200

    for file in ("first-password", "flower-password"):
        kept = installation.home / "secrets" / file
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        secret = kept.read_text("utf-8").strip()
        assert secret not in up.stdout
        assert not any(secret in log.read_text("utf-8", "replace") for log in installation.logs())

    again = installation.run("up", "-d")
    assert again.returncode == 1
    assert again.stderr == f"lightgate: Lightgate is already running on {installation.home}.\n"

    # a backup would leave out what is in no list
    assert {each.name.split(".db-")[0].removesuffix(".db") for each in installation.home.iterdir()} <= {
        name.removesuffix(".db") for name in KEEPING
    }

    down = installation.run("down")
    assert (down.returncode, down.stdout) == (0, "Lightgate has stopped.\n")
    assert installation.processes() == []
    assert installation.run("down").stdout == "Lightgate was not running.\n"


def test_a_process_that_is_killed_is_started_again(installation: Installation) -> None:
    assert installation.run("up", "-d", "--no-flower").returncode == 0, installation.why()
    report_file = installation.home / "run" / "up.json"
    before = read_report(report_file)
    assert before is not None
    for name in ("exif", "broker"):
        pid = before.processes[name].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    def is_back() -> bool:
        now = read_report(report_file)
        return bool(
            now
            and now.is_ready
            and now.processes["exif"].pid not in {None, before.processes["exif"].pid}
            and now.processes["broker"].pid not in {None, before.processes["broker"].pid}
        )

    eventually(is_back, within_s=60)


def test_a_supervisor_that_is_killed_takes_everything_with_it_and_leaves_nothing_in_the_way(
    installation: Installation,
) -> None:
    assert installation.run("up", "-d", "--no-flower").returncode == 0, installation.why()
    report = read_report(installation.home / "run" / "up.json")
    assert report is not None
    os.kill(report.pid, signal.SIGKILL)
    eventually(lambda: not installation.processes(), within_s=60)
    assert installation.run("up", "-d", "--no-flower").returncode == 0, installation.why()


def test_ctrl_c_in_the_terminal_stops_everything(installation: Installation) -> None:
    with subprocess.Popen(
        installation.command("up", "--no-flower"),
        env=installation.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Everything is at work"):
                break
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    eventually(lambda: not installation.processes(), within_s=10)


def test_a_second_demo_finds_its_photos_and_doubles_nothing(installation: Installation) -> None:
    pytest.importorskip("skimage")
    first = installation.run("demo", "--no-flower")
    assert first.returncode == 0, first.stderr + installation.why()
    assert "skipped IMG_0412_copy.JPG: It is the same picture as IMG_0412.JPG." in first.stdout
    [after_first] = installation.answer("sets")
    assert (after_first["photos"], after_first["on_the_way"]) == (11, 0)
    assert after_first["by_status"]["Error"] == 1

    second = installation.run("demo", "--no-flower")
    assert second.returncode == 0, second.stderr
    assert "made earlier" in second.stdout
    assert installation.answer("sets") == [after_first]


@pytest.mark.parametrize("server", ["review", "flower"])
def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path, server: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        installation = Installation(tmp_path / "data", {f"{server.upper()}__PORT": str(port)})
        up = installation.run("up", "-d")
    assert up.returncode == 1
    assert up.stderr == f"lightgate: Port {port} is taken; choose another with the setting {server}.port.\n"
    assert installation.processes() == []


def test_a_broker_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "data", {"BROKER_URL": "redis://:hunter2@127.0.0.1:1/0"})
    up = installation.run("up")
    assert up.returncode == 3
    assert "broker_url" in up.stderr
    assert "hunter2" not in up.stderr
