"""Does the website show what was published? Asked of its public address, once a file, without a second try."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

import httpx

from lightgate.adapters.breaker import Breaker

TIMEOUT_S = 8.0
#: no website sends a rendition larger than this
MAX_BYTES = 64 * 1024 * 1024
#: a website that cannot be reached is left alone for so long
COOL_DOWN_S = 300.0


class LiveCheck:
    """Fetches published files over HTTP; what it finds is for the ledger, and fails no photo."""

    def __init__(self, timeout_s: float = TIMEOUT_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._timeout_s = timeout_s
        self._away = Breaker(failures=1, cool_down_s=COOL_DOWN_S, clock=clock)

    def look(self, address: str, content_hash: str) -> dict[str, str | int | bool | None]:
        """Fetch one address; says status, size and whether it is the same file, or why nothing came."""
        if reason := self._away.why_open():
            return {"reason": reason}
        try:
            return self._fetched(address, content_hash)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = f"not reached: {str(error) or type(error).__name__}"[:200]
            self._away.failed(reason)
            return {"reason": reason}

    def _fetched(self, address: str, content_hash: str) -> dict[str, str | int | bool | None]:
        found, size_bytes = hashlib.sha256(), 0
        # a cache on the way would show yesterday's file
        headers = {"Cache-Control": "no-cache", "Accept-Encoding": "identity"}
        with httpx.stream("GET", address, headers=headers, timeout=self._timeout_s, follow_redirects=True) as answer:
            for piece in answer.iter_bytes():
                size_bytes += len(piece)
                found.update(piece)
                if size_bytes > MAX_BYTES:
                    return {"status": answer.status_code, "is_same": False, "reason": "it sends too much"}
        is_same = answer.status_code == httpx.codes.OK and found.hexdigest() == content_hash
        return {"status": answer.status_code, "size_bytes": size_bytes, "is_same": is_same}
