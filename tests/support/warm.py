"""What children do in tests of who runs them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any


def act(told: dict[str, Any]) -> dict[str, Any]:
    """Do as told."""
    match told["do"]:
        case "compute":
            while True:
                pass
        case "sleep":
            time.sleep(told.get("for_s", 3600))
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "grow":
            return {"size": len(bytearray(3 * 2**30))}
        case "wait for a file that never ends":
            return {"read": Path(told["file"]).read_bytes()}
        case "say much":
            return {"said": "x" * 5_000_000}
    return {"pid": os.getpid(), "parent": os.getppid()}
