"""Places where a crash test ends the process as SIGKILL would, or lets it sleep: no clean-up, no last words."""

from __future__ import annotations

import os
import signal
from pathlib import Path

#: exit status by which a test knows that the point was reached
KILLED = 9
#: what a mark says where the process is to be stopped rather than ended, until somebody sends it SIGCONT
SLEEP = "sleep"


def kill_point(wanted: str | None, here: str) -> None:
    """End the process if this is the point that the setting ``kill_at`` names.

    Args:
        wanted: a point; or a point, ``@`` and the path of a file, the mark: then it happens once, to the process that
            takes the mark away.
    """
    if wanted is None:
        return
    point, _, mark = wanted.partition("@")
    if point != here:
        return
    how = _taken(Path(mark)) if mark else ""
    if how == SLEEP:
        os.kill(os.getpid(), signal.SIGSTOP)
    elif how is not None:
        os._exit(KILLED)


def _taken(mark: Path) -> str | None:
    try:
        how = mark.read_text("utf-8").strip()
        mark.unlink()
    except FileNotFoundError:
        return None
    return how
