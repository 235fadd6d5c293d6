"""A clock that jumps by an hour, to and fro, for every process of the installation.

Debian's libfaketime breaks Python 3.11 and later: it reckons ``clock_nanosleep`` on the monotonic clock by the faked
wall clock, so that ``time.sleep`` ends with EINVAL after a jump. So the wall clock is bent in Python itself, before
anything else is imported; the monotonic clock goes on as it does when a real wall clock is set.
"""

from __future__ import annotations

from collections.abc import Callable

from faults.acts import Act, bring_live, release_with, submit_with
from faults.scene import Scene, names

ENVIRON = {"PYTHONPATH": "{folder}/bent", "FAULTS_CLOCK": "{folder}/clock"}

_BENT = """
import datetime, os, time

_file, _real = os.environ["FAULTS_CLOCK"], time.time

def _ahead_s():
    with open(_file, "rb", 0) as told:
        return float(told.read() or 0)

def _bent():
    return _real() + _ahead_s()

class _Kind(type):
    def __instancecheck__(cls, one):
        return isinstance(one, _Real)
    def __subclasscheck__(cls, one):
        return issubclass(one, _Real)

_Real = datetime.datetime

class _Bent(_Real, metaclass=_Kind):
    @classmethod
    def now(cls, tz=None):
        return _Real.fromtimestamp(_bent(), tz)
    @classmethod
    def utcnow(cls):
        return _Real.fromtimestamp(_bent(), datetime.timezone.utc).replace(tzinfo=None)
    @classmethod
    def today(cls):
        return _Real.fromtimestamp(_bent())

_Bent.__name__ = _Bent.__qualname__ = "datetime"
time.time = _bent
time.time_ns = lambda: int(_bent() * 1e9)
datetime.datetime = _Bent
"""


def jumps(*hours: int) -> Act:
    """Let the clock jump in the middle of the way, and again in the middle of publishing."""

    def act(scene: Scene) -> None:
        bent = scene.product.folder / "bent"
        bent.mkdir()
        (bent / "sitecustomize.py").write_text(_BENT, "utf-8")
        _set(scene, 0)
        scene.start()
        submit_with(scene, ("exif", lambda _: _set(scene, hours[0])))
        scene.person.sign_in()
        chosen = names(scene, 0, 1, 2, 3)
        scene.approve(*chosen)
        release_with(scene, chosen, lambda _: _set(scene, hours[-1]))
        _set(scene, 0)
        # a session that was signed in the future is none
        scene.person.sign_in()
        bring_live(scene, *names(scene, 4))

    return act


def _set(scene: Scene, hours: int) -> Callable[[], object]:
    told = scene.product.folder / "clock"
    (coming := told.with_suffix(".new")).write_text(str(hours * 3600), "utf-8")
    coming.rename(told)
    return lambda: None
