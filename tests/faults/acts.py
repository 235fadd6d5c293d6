"""The scripts: what a person does, and when it goes wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from faults.evils import Evil, second_worker
from faults.relay import Mode
from faults.scene import Scene, names
from lightgate.demo.fake_ollama.server import Fault

Act = Callable[[Scene], None]


def walk(on_way: tuple[str, Evil] | None = None, publishing: Evil | None = None) -> Act:
    """Bring a set to review and to the website, with a fault on either half of the road.

    Args:
        on_way: the stage that must be at work, and what happens then.
        publishing: what happens when the first photo is being sent.
    """

    def act(scene: Scene) -> None:
        scene.start()
        submit_with(scene, on_way)
        everyone = names(scene, *range(len(scene.truth.cards[0].hashes)))
        scene.approve(*everyone[:-1])
        release_with(scene, everyone[:-2], publishing)
        answer = scene.person.decide(scene.ids()[everyone[-1]], "reject", reason="Not this one.")
        assert answer.status == 200, answer

    return act


def submit_with(scene: Scene, fault: tuple[str, Evil] | None = None) -> None:
    """Hand the card in, do harm once a stage is at work, and wait until all is before the reviewer."""
    if fault is None:
        assert scene.submit() == 0
        scene.rest()
        return
    stage, evil = fault
    handed_in = threading.Thread(target=scene.submit)
    handed_in.start()
    scene.wait_for(f"step = '{stage}' AND status = 'running'")
    scene.pause(0.05)
    heal = evil(scene)
    handed_in.join()
    with scene.measured():
        heal()
        scene.rest()


def release_with(scene: Scene, chosen: Sequence[str], evil: Evil | None) -> None:
    """Release, do harm once the publisher is at work, and wait until all is live."""
    scene.release(*chosen)
    if evil is not None:
        eventually_sending(scene)
        scene.pause(0.3)
        heal = evil(scene)
        with scene.measured():
            heal()
            scene.rest()
    scene.rest()


def eventually_sending(scene: Scene) -> None:
    scene.wait_for("step = 'publish' AND (status = 'running' OR status = 'published' OR attempt > 0)")


def killed_at(point: str) -> Act:
    """End the worker that first comes to a point of its work."""

    def act(scene: Scene) -> None:
        scene.product.settings = {**scene.product.settings, **scene.mark(point)}
        walk()(scene)
        assert scene.is_taken(point), f"nobody came to {point}"

    return act


def killed_at_replacing(point: str) -> Act:
    """End the publisher while it replaces what is live by another version, in another folder."""

    def act(scene: Scene) -> None:
        scene.start()
        submit_with(scene)
        [first] = names(scene, 0)
        bring_live(scene, first)
        restart_with(scene, point)
        assert scene.person.edit(scene.ids()[first], folder="night").status == 200
        scene.approve(first)
        scene.release(first)
        scene.rest()
        assert scene.is_taken(point), f"nobody came to {point}"
        # a published name is frozen, and the folder is in it
        scene.truth.is_named = False

    return act


def restart_with(scene: Scene, point: str, how: str = "") -> None:
    """Stop everything, and start it with a point at which one process ends or sleeps."""
    scene.product.stop()
    scene.product.settings = {**scene.product.settings, **scene.mark(point, how)}
    scene.start()


def bring_live(scene: Scene, *chosen: str) -> None:
    scene.approve(*chosen)
    scene.release(*chosen)
    scene.rest()


def asleep_at(stage_point: str) -> Act:
    """Let a worker sleep at a point for longer than its lease; another does its work meanwhile."""

    def act(scene: Scene) -> None:
        scene.product.settings = {**scene.product.settings, **scene.mark(stage_point, "sleep")}
        scene.start()
        second = second_worker(scene, stage_point.partition("_")[0])
        try:
            assert scene.submit() == 0
            pid = scene.sleeper()
            scene.rest()
            with scene.measured():
                scene.wake(pid)
                # it finds that its claim is another's
                scene.moment(3)
                scene.rest()
        finally:
            second.terminate()
            second.wait(timeout=60)
        bring_live(scene, *names(scene, 0, 1))

    return act


def wakes_after(withdrawal: str, point: str, *, is_live: bool = False) -> Act:
    """Let a publisher sleep at a point, withdraw the photo, and wake it: nothing may be seen of it.

    Args:
        is_live: an earlier version is live, and stays as it is.
    """

    def act(scene: Scene) -> None:
        scene.start()
        submit_with(scene)
        [first] = names(scene, 0)
        if is_live:
            bring_live(scene, first)
            before = scene.place.files()
        restart_with(scene, point, "sleep")
        scene.approve(first, caption="Other words than those before, where there were any.")
        scene.release(first)
        pid = scene.sleeper()
        # its claim runs out, and somebody else may have the photo
        scene.wait_for("step = 'publish' AND status = 'queued'")
        scene.product.settings = {each: value for each, value in scene.product.settings.items() if each != "KILL_AT"}
        assert scene.withdraw(first, withdrawal), "the withdrawal was refused"
        if is_live:
            scene.truth.withdrawn.clear()
            (scene.truth.still_live if withdrawal == "reject" else scene.truth.live).add(first)
        with scene.measured():
            scene.wake(pid)
            scene.moment(3)
            scene.rest()
        if is_live:
            assert scene.place.files() == before, "what was live before is not as it was"

    return act


def service(which: str, mode: Mode, when: str) -> Act:
    """Let a service of others fail at the start, or in the middle of its work, for a while."""

    def act(scene: Scene) -> None:
        is_captioner = which == "ollama"
        become = _switch(scene, which)
        if when == "start":
            become(mode)
        scene.start()
        if is_captioner and when == "middle":
            submit_with(scene, ("caption", lambda _: _for_a_while(scene, become, mode)))
        elif is_captioner:
            assert scene.submit() == 0
            scene.wait_for("step = 'caption'", count=len(scene.truth.hashes))
            scene.moment(5)
            with scene.measured():
                become(Mode.OPEN)
                scene.rest()
        else:
            submit_with(scene)
        chosen = names(scene, 0, 1, 2, 3)
        scene.approve(*chosen)
        if is_captioner:
            scene.release(*chosen)
            scene.rest()
        elif when == "start":
            scene.release(*chosen)
            scene.moment(6)
            with scene.measured():
                become(Mode.OPEN)
                scene.rest()
        else:
            release_with(scene, chosen, lambda _: _for_a_while(scene, become, mode))

    return act


def _switch(scene: Scene, which: str) -> Callable[[Mode], object]:
    if which == "ollama":
        assert scene.ollama_relay is not None
        return scene.ollama_relay.become
    if which == "mariadb":
        assert scene.table.relay is not None
        return scene.table.relay.become
    return scene.place.become


def _for_a_while(scene: Scene, become: Callable[[Mode], object], mode: Mode) -> Callable[[], object]:
    become(mode)
    scene.moment(8)
    return lambda: become(Mode.OPEN)


def lying_model(*faults: Fault) -> Act:
    """Let the model answer with anything but what was asked, once each."""

    def act(scene: Scene) -> None:
        assert scene.ollama is not None
        scene.ollama.faults.extend(faults)
        scene.start()
        submit_with(scene)
        bring_live(scene, *names(scene, 0, 1))

    return act
