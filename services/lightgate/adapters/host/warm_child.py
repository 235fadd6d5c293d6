"""A function in a child process of its own, forked from one that has its libraries loaded already.

A new interpreter with its libraries takes 0.4 s. Here one process, the parent of all children, loads them once and then
only forks: it has a single thread and computes nothing, so that there is nothing that a fork could break. It ends by
itself when nobody has asked for a while, or when who asks is gone.

A request goes to the parent as its length and its JSON, together with a socket for the answer, which the child
inherits. The child's answer is followed by a line of the parent's that says how the child ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import math
import os
import resource
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from lightgate.files.by_name import function_at

_MIB = 2**20
#: what threads of libraries reserve would count as used, and threads do not outlive a fork
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VIPS_CONCURRENCY"), "1")
_LENGTH = struct.Struct(">I")
_PIECE_BYTES = 1 << 20
#: the parent ends when nobody has asked for so long
_IDLE_S = 60.0
#: how much longer than its limit an answer is waited for, before the parent itself is given up
_PATIENCE_S = 30.0
_PR_SET_PDEATHSIG = 1


class ChildFailed(Exception):
    """A child ended without an answer."""


class OutOfMemory(ChildFailed):
    """It crashed, or needed more memory than it may have."""


class OutOfProcessorTime(ChildFailed):
    """It computed for longer than it may."""


class OutOfTime(ChildFailed):
    """It took longer by the clock than anybody waits, which a busy machine or a slow disk can do to any."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may take."""

    #: address space; 0: no limit
    memory_mb: int
    processor_s: float
    clock_s: float


@dataclass(slots=True)
class WarmChild:
    """Runs ``module:function`` of (JSON object) that gives one, in a child for every call; safe between threads."""

    function: str
    _parent: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _control: socket.socket | None = field(default=None, init=False)
    _owner: int = field(default=0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __call__(self, told: dict[str, Any], limits: Limits) -> dict[str, Any]:
        """Give the child's answer.

        Raises:
            ChildFailed: there is none.
        """
        request = {
            "told": told,
            "memory_mb": limits.memory_mb,
            "processor_s": limits.processor_s,
            "clock_s": limits.clock_s,
        }
        # a parent that was killed, or ended just now since it had nothing to do, is replaced once
        for _ in range(2):
            answer, end = self._ask(json.dumps(request).encode(), limits.clock_s + _PATIENCE_S)
            if end is not None:
                return _answer(answer, end)
        raise OutOfTime

    def close(self) -> None:
        """Let the parent end, and its children with it."""
        with self._lock:
            self._drop()

    def __del__(self) -> None:
        self._drop()

    def _ask(self, request: bytes, patience_s: float) -> tuple[bytes, dict[str, Any] | None]:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock, contextlib.suppress(OSError):
                control = self._opened()
                socket.send_fds(control, [_LENGTH.pack(len(request))], [theirs.fileno()])
                control.sendall(request)
            ours.settimeout(patience_s)
            pieces = []
            try:
                while piece := ours.recv(_PIECE_BYTES):
                    pieces.append(piece)
            except TimeoutError:
                pieces = []
            answer, _, end = b"".join(pieces).rpartition(b"\n")
        if not end:
            self.close()
        return answer, json.loads(end) if end else None

    def _opened(self) -> socket.socket:
        is_ours = self._owner == os.getpid()
        if self._parent is not None and (not is_ours or self._parent.poll() is not None):
            self._drop()
        if self._control is None:
            ours, theirs = socket.socketpair()
            with theirs:
                self._parent = subprocess.Popen(
                    [sys.executable, "-m", __name__, self.function],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    env={**os.environ, **_ONE_THREAD},
                )
            self._control, self._owner = ours, os.getpid()
        return self._control

    def _drop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._parent is not None and self._owner == os.getpid():
            try:
                self._parent.wait(timeout=1)
            except subprocess.TimeoutExpired:
                self._parent.kill()
                self._parent.wait()
        self._control = self._parent = None


def _answer(answer: bytes, end: dict[str, Any]) -> dict[str, Any]:
    if end["is_late"]:
        raise OutOfTime
    if end["is_spent"]:
        raise OutOfProcessorTime
    try:
        found: dict[str, Any] = json.loads(answer)
    except ValueError as error:
        raise OutOfMemory from error
    return found


@dataclass(slots=True)
class _Running:
    answer: socket.socket
    until: float
    is_late: bool = False


class _Parent:
    """The process that forks."""

    def __init__(self, function: str, control: socket.socket) -> None:
        self._function = function_at(function)
        self._control = control
        self._running: dict[int, _Running] = {}

    def serve(self) -> None:
        """Answer until whoever asks is gone, or has not asked for a while."""
        woken, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        control = self._control.fileno()
        while True:
            readable, _, _ = select.select([control, woken], [], [], self._patience())
            if woken in readable:
                os.read(woken, _PIECE_BYTES)
            self._reap()
            self._end_the_late()
            if control in readable:
                if not self._take():
                    break
            elif not readable and not self._running:
                break
        for pid in self._running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _patience(self) -> float:
        if not self._running:
            return _IDLE_S
        return max(0.0, min(each.until for each in self._running.values()) - time.monotonic())

    def _take(self) -> bool:
        """Begin with one request; False when nobody is there any more."""
        try:
            head, handles, _, _ = socket.recv_fds(self._control, _LENGTH.size, 1)
            if not head or not handles:
                return False
            answer = socket.socket(fileno=handles[0])
            (size,) = _LENGTH.unpack(head + self._exactly(_LENGTH.size - len(head)))
            request = json.loads(self._exactly(size))
        except (OSError, EOFError):
            return False
        pid = os.fork()
        if pid == 0:
            self._be_a_child(request, answer)
        self._running[pid] = _Running(answer, time.monotonic() + request["clock_s"])
        return True

    def _exactly(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            piece = self._control.recv(size - len(found))
            if not piece:
                raise EOFError
            found += piece
        return found

    def _be_a_child(self, request: dict[str, Any], answer: socket.socket) -> None:
        """Answer and end; nothing of the parent's is run any more, whatever happens."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            _die_with_parent()
            self._control.close()
            for other in self._running.values():
                other.answer.close()
            _limit(request["memory_mb"], request["processor_s"])
            answer.sendall(json.dumps(self._function(request["told"])).encode())
            code = 0
        finally:
            os._exit(code)

    def _reap(self) -> None:
        for pid in list(self._running):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if not ended:
                continue
            done = self._running.pop(pid)
            is_spent = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU
            end = json.dumps({"is_late": done.is_late, "is_spent": is_spent})
            with done.answer, contextlib.suppress(OSError):
                done.answer.sendall(f"\n{end}".encode())

    def _end_the_late(self) -> None:
        for pid, each in self._running.items():
            if not each.is_late and time.monotonic() >= each.until:
                # its end comes as a signal, and is told then
                each.is_late, each.until = True, math.inf
                os.kill(pid, signal.SIGKILL)


def _limit(memory_mb: int, processor_s: float) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    seconds = math.ceil(processor_s)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    if memory_mb:
        with contextlib.suppress(OSError, ValueError):  # macOS refuses limits below what is mapped
            wanted = memory_mb * _MIB
            resource.setrlimit(resource.RLIMIT_AS, (wanted, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """Be the parent; standard input is the socket of whoever asks."""
    # the terminal's Ctrl+C is for whoever asks, whose end ends this too
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Parent(sys.argv[1], socket.socket(fileno=os.dup(sys.stdin.fileno()))).serve()


if __name__ == "__main__":
    main()
