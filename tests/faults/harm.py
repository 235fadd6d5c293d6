"""Photographs that harm who looks at them: a scorer of the suite, plugged in, obeys their colour."""

from __future__ import annotations

import signal
from pathlib import Path

from faults.acts import bring_live
from faults.product import send
from faults.scene import Scene, names

CRASHES, EATS, HANGS = "#ff00ff", "#00ff00", "#0000ff"

_SCORER = """
import os, resource, signal, threading
from PIL import Image

def make():
    return score

def score(proxy):
    with Image.open(proxy) as picture:
        red, green, blue = picture.convert("RGB").resize((1, 1)).getpixel((0, 0))
    if red > 200 and blue > 200 and green < 60:
        os.kill(os.getpid(), signal.SIGKILL)
    if green > 200 and red < 60 and blue < 60:
        # what is left to it ends before the machine's memory does
        with open("/proc/self/statm") as told:
            mine = int(told.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (mine + (1 << 30), resource.RLIM_INFINITY))
        eaten = []
        while True:
            eaten.append(bytearray(16 << 20))
    if blue > 200 and red < 60 and green < 60:
        threading.Event().wait()
    return 5.0
"""
_META = "Metadata-Version: 2.1\nName: faults-harm\nVersion: 1.0\n"
_POINTS = "[lightgate.scorers]\nnima = faults_harm:make\n"
#: a worker's other memory aside
SETTINGS = {"WORKERS__MEMORY_LIMIT_MB": "2048"}
ENVIRON = {"PYTHONPATH": "{folder}/plug"}


def harmful(scene: Scene) -> None:
    """Bring a set in which one photograph harms its worker; the rest goes on, and that one is set aside."""
    _walk(scene, tries=0)


def harmful_for_long(scene: Scene) -> None:
    """The same, where each try lasts until the worker's time is up, which is minutes: the last one is tried."""
    _walk(scene, tries=4)


def _walk(scene: Scene, tries: int) -> None:
    plug_in(scene.product.folder / "plug")
    scene.start()
    [bad] = names(scene, 2)
    scene.truth.may_fail.add(bad)
    workers = [scene.product.pid("quality"), *scene.product.children("quality")]
    for pid in workers:
        send(pid, signal.SIGSTOP)
    assert scene.submit() == 0
    this = f"original_file_name = '{bad}' AND step = 'quality' AND status = 'queued'"
    scene.wait_for(this)
    scene.product.write(f"UPDATE review_queue SET attempt = {tries} WHERE {this}")
    for pid in workers:
        send(pid, signal.SIGCONT)
    with scene.measured():
        scene.rest(within_s=900)
    [row] = scene.photos(f"original_file_name = '{bad}'")
    assert (row["step"], row["status"]) == ("quality", "failed"), f"{bad} is at {row['step']}:{row['status']}"
    assert row["error_message"], "nobody says why"
    bring_live(scene, *names(scene, 0, 1))


def plug_in(folder: Path) -> None:
    """Write the scorer as a package that is installed."""
    told = folder / "faults_harm-1.0.dist-info"
    told.mkdir(parents=True)
    (folder / "faults_harm.py").write_text(_SCORER, "utf-8")
    (told / "METADATA").write_text(_META, "utf-8")
    (told / "entry_points.txt").write_text(_POINTS, "utf-8")
