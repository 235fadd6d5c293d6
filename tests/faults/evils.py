"""What goes wrong: processes, broker, clock and disk. Each does harm now, and says how it is undone."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import redis

from faults.product import send
from faults.scene import Scene

#: undoes what was done
Heal = Callable[[], object]
Evil = Callable[[Scene], Heal]

_BESIDE_A_LEASE_S = 7.0


def _nothing() -> None:
    """A machine mends it by itself."""


def kill_child(stage: str) -> Evil:
    """End one process of a worker's pool."""

    def strike(scene: Scene) -> Heal:
        send(scene.chance.choice(list(scene.product.children(stage))), signal.SIGKILL)
        return _nothing

    return strike


def kill(*names: str) -> Evil:
    """End processes of the installation."""

    def strike(scene: Scene) -> Heal:
        for name in names:
            send(scene.product.pid(name), signal.SIGKILL)
        return _nothing

    return strike


def freeze(name: str, *, children: bool = False) -> Evil:
    """Let a process stand still for longer than a lease."""

    def strike(scene: Scene) -> Heal:
        pids = list(scene.product.children(name)) if children else [scene.product.pid(name)]
        for pid in pids:
            send(pid, signal.SIGSTOP)
        scene.moment(_BESIDE_A_LEASE_S)
        return lambda: [send(pid, signal.SIGCONT) for pid in pids]

    return strike


def cut_power(scene: Scene) -> Heal:
    """End everything at one moment; healing is a start."""
    scene.product.cut_power()
    return scene.start


def kill_supervisor(scene: Scene) -> Heal:
    """End who keeps the others alive: they end too."""
    assert scene.product.process is not None
    send(scene.product.process.pid, signal.SIGKILL)
    scene.product.process.wait(timeout=20)
    return scene.start


def wipe_broker(scene: Scene) -> Heal:
    """Lose every message."""
    broker(scene).flushall()
    return _nothing


def double_messages(scene: Scene) -> Heal:
    """Send what waits three times more, in the opposite order; workers that stand still let it wait."""
    workers = [scene.product.pid(name) for name in ("exif", "quality", "caption", "publish")]
    for pid in workers:
        send(pid, signal.SIGSTOP)
    scene.moment(3)
    line = broker(scene)
    for queue in ("exif", "quality", "caption", "publish"):
        waiting = [each for each in line.lrange(queue, 0, -1) if isinstance(each, bytes)]
        for _ in range(3):
            for message in waiting:
                line.rpush(queue, message)
    return lambda: [send(pid, signal.SIGCONT) for pid in workers]


def forge_messages(scene: Scene) -> Heal:
    """Send what no program of ours sends: noise, other tasks, and orders to publish."""
    line = broker(scene)
    known = [each for queue in ("exif", "quality", "caption", "publish") for each in line.lrange(queue, 0, -1)]
    tasks = [told for each in known if (told := _task_of(each))]
    forged = [b"", b"no json", b"[]", b"{}", json.dumps({"body": "e30=", "headers": {}, "properties": {}}).encode()]
    for told in tasks[:2]:
        headers = {**told["headers"], "task": "os.system"}
        forged.append(json.dumps({**told, "headers": headers}).encode())
    for queue in ("exif", "publish"):
        for message in forged:
            line.lpush(queue, message)
    return _nothing


def _task_of(message: bytes) -> dict[str, Any] | None:
    """Read a message of ours; None: one that was forged before."""
    with suppress(ValueError):
        told = json.loads(message)
        if isinstance(told, dict) and "task" in told.get("headers", {}):
            return told
    return None


def broker(scene: Scene) -> redis.Redis:
    """Open the private broker."""
    [socket] = [each for each in scene.product.home.rglob("*.sock") if each.is_socket()]
    return redis.Redis(unix_socket_path=str(socket), socket_timeout=10)


def second_worker(scene: Scene, stage: str) -> subprocess.Popen[bytes]:
    """Start one more worker of a stage beside the installation's own, as ``--scale`` does."""
    command = [sys.executable, "-m", "celery", "-A", "lightgate_workers.app", "--quiet", "worker"]
    command += [
        "-n",
        f"{stage}.second@%h",
        "-Q",
        stage,
        "-c",
        "1",
        "-l",
        "INFO",
        "--without-gossip",
        "--without-mingle",
    ]
    with (scene.product.folder / f"second-{stage}.log").open("ab") as log:
        environ = {**scene.product.environ, "REMAP_SIGTERM": "SIGQUIT"}
        return subprocess.Popen(command, env=environ, stdout=log, stderr=log, start_new_session=True)


class Disk:
    """A small disk of its own below a folder; only root can make one."""

    def __init__(self, folder: Path, size_mb: int) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size_mb}m,mode=0700", "lightgate", str(folder)], check=True
        )

    def fill(self) -> None:
        """Leave no room."""
        with suppress(OSError), (self.folder / "ballast").open("wb", buffering=0) as ballast:
            while True:
                ballast.write(bytes(65536))

    def free(self) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)

    def lock(self) -> None:
        """Let nothing be written."""
        subprocess.run(["mount", "-o", "remount,ro", str(self.folder)], check=True)

    def unlock(self) -> None:
        subprocess.run(["mount", "-o", "remount,rw", str(self.folder)], check=True)

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=False)


@contextmanager
def small_disk(folder: Path, size_mb: int) -> Iterator[Disk]:
    """Mount one for as long as the block lasts."""
    disk = Disk(folder, size_mb)
    try:
        yield disk
    except Exception:
        if (folder / "logs").is_dir():
            # what is on it goes with it
            shutil.copytree(folder / "logs", folder.parent / "logs", dirs_exist_ok=True)
        raise
    finally:
        disk.close()
