"""Memory for decoded pixels, used again once the last picture over it is gone.

Pages that the system gives anew are cleared first and are in no cache: for a picture of 24 megapixels that costs a
tenth of its decoding, and more on a busy machine.
"""

from __future__ import annotations

import weakref
from collections import deque

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]

#: two pictures of 24 megapixels, or one of 50
MOST_BYTES = 160_000_000


class SpareMemory:
    """Keeps what was used for the next who asks; safe in threads, since it only takes from and adds to a deque."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._spare: deque[Bytes] = deque()

    def bytes_for(self, size: int) -> Bytes:
        """Give so many bytes, of any content, that nobody else has while this array or a view of it lives."""
        whole = self._found(size)
        # a view of an array would be lost sight of: numpy lets views of it refer to the array itself
        given = np.frombuffer(whole.data, dtype=np.uint8, count=size)
        weakref.finalize(given, self._keep, whole).atexit = False
        return given

    def _found(self, size: int) -> Bytes:
        try:
            whole = self._spare.pop()
        except IndexError:
            return np.empty(size, dtype=np.uint8)
        if whole.size >= size:
            return whole
        # the pictures of a set are mostly of one size; a larger one shall not come on top of what is kept
        del whole
        self._spare.clear()
        return np.empty(size, dtype=np.uint8)

    def _keep(self, whole: Bytes) -> None:
        if whole.size + sum(each.size for each in tuple(self._spare)) <= self._most_bytes:
            self._spare.append(whole)
