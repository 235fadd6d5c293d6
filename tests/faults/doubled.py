"""Two of everything: submits, releases, reconcilers, caption workers, sites, installations."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from faults.acts import bring_live, submit_with, walk
from faults.evils import kill_child, second_worker
from faults.person import Person, Said
from faults.scene import Scene, names
from support.servers import free_port
from support.waiting import eventually


def submits(scene: Scene) -> None:
    """Hand in the same card twice at one moment."""
    scene.start()
    together([scene.submit, scene.submit])
    scene.rest()
    bring_live(scene, *names(scene, 0, 1))


def moving_submits(scene: Scene) -> None:
    """Hand in the same card twice at one moment, and let both take it away."""
    scene.start()
    scene.truth.is_moved = True
    together([lambda: scene.submit(None, "--move"), lambda: scene.submit(None, "--move")])
    scene.rest()
    eventually(lambda: not list(scene.truth.cards[0].folder.iterdir()), within_s=60)


def releases(scene: Scene) -> None:
    """Press Release twice at one moment."""
    scene.start()
    submit_with(scene)
    chosen = names(scene, 0, 1, 2)
    scene.approve(*chosen)
    ids = [scene.ids()[name] for name in chosen]
    answers = together([lambda: scene.person.release(*ids), lambda: scene.person.release(*ids)])
    assert all(each.status == 200 for each in answers), answers
    released = sorted(one for each in answers for one in each.answer["released"])
    assert released == sorted(ids), f"released were {released}"
    scene.truth.live |= set(chosen)
    scene.rest()


def reconcilers(scene: Scene) -> None:
    """Let a second reconciler take photos back from a worker that was killed."""
    second = scene.product.popen("reconcile", "--watch")
    try:
        walk(("quality", kill_child("quality")))(scene)
    finally:
        second.terminate()
        second.wait(timeout=30)


def caption_workers(scene: Scene) -> None:
    """Start a second caption worker: the model is asked one thing at a time all the same."""
    assert scene.ollama is not None
    scene.ollama.parallel, scene.ollama.delay_s = 4, 0.02
    most, over = [0], threading.Event()

    def count() -> None:
        while not over.wait(0.003):
            most[0] = max(most[0], scene.ollama.waiting if scene.ollama else 0)

    counter = threading.Thread(target=count)
    counter.start()
    scene.start()
    second = second_worker(scene, "caption")
    try:
        submit_with(scene)
    finally:
        second.terminate()
        second.wait(timeout=60)
        over.set()
        counter.join()
    assert most[0] == 1, f"the model was asked {most[0]} things at a time"
    bring_live(scene, *names(scene, 0))


def sites(scene: Scene) -> None:
    """Let two persons at two sites decide the same photo at one moment: one of them is told so."""
    scene.start()
    submit_with(scene)
    port = free_port()
    with _second_site(scene, port):
        other = Person(port, scene.person.password_file)
        other.sign_in()
        scene.people.append(other)
        for name in names(scene, 0, 1, 2, 3):
            photo_id = scene.ids()[name]
            told = {"version": scene.person.photo(photo_id)["version"], "override_reason": "Both."}
            path = f"/photos/{photo_id}/"
            answers = together([
                lambda path=path, told=told: scene.person.ask("POST", f"{path}approve", told),
                lambda path=path, told=told: other.ask("POST", f"{path}reject", {**told, "reason": "No."}),
            ])  # fmt: skip
            assert sorted(each.status for each in answers) == [200, 409], answers
            if answers[0].status == 200:
                scene.release(name)
        scene.rest()


def installations(scene: Scene) -> None:
    """Start a second installation on the same data, and restore under the first one's feet: both are refused."""
    scene.start()
    submit_with(scene)
    backup = scene.product.folder / "backup.tar"
    assert scene.product.run("backup", str(backup)).returncode == 0
    again = scene.product.run("up", "--no-flower", REVIEW__PORT=str(free_port()))
    assert again.returncode != 0, "a second installation ran on the same data"
    assert "already running" in again.stderr, again.stderr
    restored = scene.product.run("restore", str(backup))
    assert restored.returncode != 0, "a backup was restored under a running installation"
    assert "Traceback" not in restored.stderr, restored.stderr
    bring_live(scene, *names(scene, 0))


def together(acts: Sequence[Callable[[], object]]) -> list[Said]:
    """Do things at one moment, each in a thread of its own; gives what each gave."""
    start = threading.Barrier(len(acts))
    given: list[object] = [None] * len(acts)

    def one(number: int, act: Callable[[], object]) -> None:
        start.wait()
        given[number] = act()

    threads = [threading.Thread(target=one, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given  # type: ignore[return-value] - the callers know what they asked for


@contextmanager
def _second_site(scene: Scene, port: int) -> Iterator[None]:
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--worker-class",
        "lightgate_web.serving.worker.Worker",
        "--workers",
        "1",
    ]
    command += [
        "--threads",
        "4",
        "--bind",
        f"127.0.0.1:{port}",
        "--no-control-socket",
        "lightgate_web.wsgi:create_site()",
    ]
    environ = {**scene.product.environ, "LIGHTGATE_REVIEW__PORT": str(port)}
    with (scene.product.folder / "second-site.log").open("ab") as log:
        process = subprocess.Popen(command, env=environ, cwd=scene.product.folder, stdout=log, stderr=log)
    try:
        eventually(lambda: _answers(port), within_s=60)
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(port: int) -> bool:
    try:
        return Person(port, Path()).ask("GET", "/csrf").status == 200
    except OSError:
        return False
