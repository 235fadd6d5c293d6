"""The next photo's files, made while the last one's are on their way; they count only while the photo says the same."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from lightgate.domain.photo import Photo
from lightgate.domain.route.pipeline import Status
from lightgate.errors import LightgateError
from lightgate.ports.website import QualityRow
from lightgate.website.package import PublishPackage

#: decoding two at a time must not double what a worker needs
_LARGEST_BYTES = 64 * 1024 * 1024
_SUFFIXES = frozenset({".jpg", ".jpeg"})


class RenderAhead:
    """At most one package, made on a thread of its own."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._for: tuple[Photo, QualityRow] | None = None
        self._made: PublishPackage | None = None

    def start(self, photo: Photo, quality: QualityRow, make: Callable[[], PublishPackage]) -> None:
        """Begin; what fails is said when the photo's own turn comes."""
        if photo.suffix.casefold() not in _SUFFIXES or photo.size_bytes > _LARGEST_BYTES:
            return
        self.drop()

        def run() -> None:
            try:
                self._made = make()
            except (LightgateError, MemoryError):
                self._made = None

        self._for = (_said(photo), quality)
        self._thread = threading.Thread(target=run, daemon=True)
        self._thread.start()

    def take(self, photo: Photo, quality: QualityRow) -> PublishPackage | None:
        """Give the package if it was made of exactly this."""
        is_it = self._for == (_said(photo), quality)
        made = self.drop()
        return made if is_it else None

    def drop(self) -> PublishPackage | None:
        """Forget what was made, which is given back."""
        if self._thread is not None:
            self._thread.join()
        made, self._made, self._for, self._thread = self._made, None, None, None
        return made


def _said(photo: Photo) -> Photo:
    """Leave out where the photo stands, which a claim changes."""
    waiting = replace(photo.position, status=Status.QUEUED, attempt=0)
    return replace(photo, position=waiting, crashes=0, error=None, updated_at=None)
