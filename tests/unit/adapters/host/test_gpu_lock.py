"""The GPU lock: one holder at a time, gone with its process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lightgate.adapters.host.gpu_lock import GpuLock, gpu_lock_file

_HOLD = """
import sys
from pathlib import Path
from lightgate.adapters.host.gpu_lock import GpuLock
lock = GpuLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "locks" / "gpu.lock"


def test_a_second_holder_is_refused_and_told_who_has_it(file: Path) -> None:
    first, second = GpuLock(file), GpuLock(file)
    assert first.acquire()
    assert not second.acquire()
    assert f"process {os.getpid()} on " in second.why_not_free()


def test_it_is_free_after_release(file: Path) -> None:
    first, second = GpuLock(file), GpuLock(file)
    first.acquire()
    first.release()
    first.release()
    assert second.acquire()
    second.release()


def test_acquiring_what_one_holds_is_fine(file: Path) -> None:
    lock = GpuLock(file)
    assert lock.acquire()
    assert lock.acquire()
    lock.release()


def test_a_stale_file_is_no_lock(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("process 99999 on elsewhere")
    lock = GpuLock(file)
    assert lock.acquire()
    lock.release()


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("a file where a folder should be")
    lock = GpuLock(tmp_path / "locks" / "gpu.lock")
    assert not lock.acquire()
    assert "cannot be opened" in lock.why_not_free()


def test_it_goes_with_a_process_that_is_killed(file: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == "True"
        lock = GpuLock(file)
        assert not lock.acquire()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert lock.acquire()
        lock.release()


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("http://127.0.0.1:11434", "gpu-local-11434.lock"),
        ("http://localhost:11434/", "gpu-local-11434.lock"),
        ("localhost", "gpu-local-11434.lock"),
        ("http://[::1]:11434", "gpu-local-11434.lock"),
        ("https://Gpu.Example.org:8443", "gpu-gpu-example-org-8443.lock"),
        ("http://../../etc", "gpu-server-11434.lock"),
        ("http://gpu:99999", "gpu-http-gpu-99999-11434.lock"),
    ],
)
def test_the_lock_is_named_by_the_server(host: str, name: str, tmp_path: Path) -> None:
    assert gpu_lock_file(tmp_path, host) == tmp_path / name
