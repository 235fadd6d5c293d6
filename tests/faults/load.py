"""Ten thousand photographs at once, and twenty people at the site meanwhile."""

from __future__ import annotations

import http.client
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from faults.evils import Heal
from faults.photos import make_card
from faults.scene import Scene

FEW, MANY = 500, 10_000
#: processes that rate pictures, and that read headers
SETTINGS = {"WORKERS__QUALITY": "4", "WORKERS__EXIF": "2", "WORKERS__LEASE_S": "60"}
PEOPLE, PEOPLE_FOR_S = 20, 120
#: what a person does between two pages
_THINKS_S = 1.0
_PATIENCE_S = 3600


@dataclass
class People:
    """Twenty who look through lists, photos and pictures."""

    scene: Scene
    answers: list[tuple[int, float, str]] = field(default_factory=list)

    def visit(self, number: int, over: threading.Event) -> None:
        cookie = "; ".join(f"{name}={value}" for name, value in self.scene.person._cookies.items())
        line = http.client.HTTPConnection("127.0.0.1", self.scene.product.port, timeout=60)
        turn = number
        while not over.wait(_THINKS_S):
            turn += 7
            photo = 1 + turn % FEW
            for path in (
                "/photos?state=undecided",
                f"/photos/{photo}",
                f"/pictures/{photo}/thumb.jpg",
                "/api/v1/photos?state=all",
                "/dashboard",
            )[turn % 5 :][:1]:
                began = time.monotonic()
                with suppress(OSError, http.client.HTTPException):
                    line.request("GET", path, headers={"Cookie": cookie, "Accept": "text/html"})
                    answer = line.getresponse()
                    answer.read()
                    self.answers.append((answer.status, time.monotonic() - began, path))
                    continue
                self.answers.append((0, time.monotonic() - began, path))
                line.close()


def loaded(scene: Scene) -> None:
    """Compare ten thousand with five hundred, with people at the site in the middle."""
    scene.truth.cards = []
    scene.start()
    few_s = _a_photo_s(scene, scene.product.folder / "few", FEW)
    people, over = People(scene), threading.Event()
    visitors = [threading.Thread(target=people.visit, args=(each, over)) for each in range(PEOPLE)]
    memory: list[int] = []
    looks = threading.Thread(target=_watch_memory, args=(scene, memory, over))
    looks.start()

    def come() -> Heal:
        for each in visitors:
            each.start()
        return lambda: None

    timer = threading.Timer(20, come)
    timer.start()
    leave = threading.Timer(20 + PEOPLE_FOR_S, over.set)
    leave.start()
    many_s = _a_photo_s(scene, scene.product.folder / "many", MANY)
    over.set()
    looks.join()
    for each in visitors:
        if each.ident:
            each.join()
    _tell(scene, few_s, many_s, people, memory)


def _a_photo_s(scene: Scene, folder: Path, count: int) -> float:
    """Give the seconds that one of so many takes, from the submit on until all are before the reviewer."""
    card = make_card(folder, count, scene.chance, prefix=folder.name.upper())
    began = time.monotonic()
    assert scene.submit(card, within_s=_PATIENCE_S) == 0
    scene.rest(within_s=_PATIENCE_S)
    took_s = (time.monotonic() - began) / count
    scene.truth.cards = [*scene.truth.cards, card]
    scene.truth.is_named = False
    return took_s


def _watch_memory(scene: Scene, memory: list[int], over: threading.Event) -> None:
    while not over.wait(5):
        memory.append(sum(_resident_kb(pid) for pid in scene.product.processes()))


def _resident_kb(pid: int) -> int:
    """What a process has for itself: shared pages are counted by their share."""
    with suppress(OSError, ValueError):
        for told in Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines():
            if told.startswith("Pss:"):
                return int(told.split()[1])
    return 0


def _tell(scene: Scene, few_s: float, many_s: float, people: People, memory: list[int]) -> None:
    bad = [each for each in people.answers if each[0] >= 500 or each[0] == 0]
    assert not bad, f"{len(bad)} of {len(people.answers)} answers: {bad[:5]}"
    times = sorted(took_s for _, took_s, _ in people.answers)
    p99_ms = 1000 * times[int(len(times) * 0.99)]
    quarter = max(1, len(memory) // 4)
    first, last = (sum(part) / len(part) for part in (memory[quarter : 2 * quarter] or memory, memory[-quarter:]))
    scene.measure(f"{MANY} photos at once: time a photo beside {FEW} at once", many_s / few_s, "x", 1.2)
    scene.measure(f"{MANY} photos at once: photos a second", 1 / many_s, "/s", None)
    scene.measure(f"{PEOPLE} people meanwhile, {len(times)} answers: p99", p99_ms, "ms", 500)
    scene.measure("memory of all processes, last quarter beside the second", last / first, "x", 1.1)
