"""A request on its way in: its bytes are gathered without a thread until it is whole, too slow, or too large."""

from __future__ import annotations

#: from the first wait until the headers are there
HEAD_S = 10.0
#: a body may take this longer, and what it would take at this rate
GRACE_S = 10.0
LEAST_BYTES_S = 1_000

MOST_HEAD_BYTES = 64 * 1024
#: a body that is longer is not gathered; what the site takes is less, and it says so without reading it
MOST_BODY_BYTES = 2 * 1024 * 1024

_HEAD_END = b"\r\n\r\n"
_LINE_END = b"\r\n"


class TooLarge(Exception):
    """More than anybody needs; ``status`` says of what."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class Arriving:
    """One request; where its framing is wrong it counts as whole, and the server's own parser says what is wrong."""

    def __init__(self, now: float, patience_s: float = HEAD_S) -> None:
        self.content = bytearray()
        #: the body is longer than what is gathered: only its beginning is there
        self.is_cut = False
        self._began = now
        self._patience_s = patience_s
        self._head_bytes = 0
        self._needed: int | None = None
        #: where the next chunk begins
        self._chunk_at: int | None = None
        self._expects_word = False

    @property
    def has_begun(self) -> bool:
        """Is any of it there?"""
        return bool(self.content)

    def take(self, data: bytes, now: float) -> bool:
        """Take bytes; is the request whole now?

        Raises:
            TooLarge: it will not be gathered.
        """
        if not self.content:
            data = data.lstrip(_LINE_END)
            # between two requests one waits for the other; now the clock is the request's
            self._began, self._patience_s = (now, HEAD_S) if data else (self._began, self._patience_s)
        self.content += data
        if not self._head_bytes and not self._read_head():
            return False
        if self._chunk_at is not None and self._needed is None:
            self._walk_chunks()
        return self._needed is not None and len(self.content) >= self._needed

    def wants_word(self) -> bool:
        """Does the sender wait for our word before the body? True once."""
        wants, self._expects_word = self._expects_word and bool(self._head_bytes), False
        return wants

    def is_late(self, now: float) -> bool:
        """Has it taken longer than an honest line needs?"""
        waited_s = now - self._began
        if not self._head_bytes:
            return waited_s > self._patience_s
        body_bytes = len(self.content) - self._head_bytes
        return waited_s > HEAD_S + GRACE_S + body_bytes / LEAST_BYTES_S

    def give_up_at(self, when: float) -> None:
        """Wait for a beginning until then at most."""
        self._patience_s = min(self._patience_s, when - self._began)

    def _read_head(self) -> bool:
        end = self.content.find(_HEAD_END)
        if end > MOST_HEAD_BYTES or (end < 0 and len(self.content) > MOST_HEAD_BYTES):
            raise TooLarge("431 Request Header Fields Too Large")
        if end < 0:
            return False
        self._head_bytes = end + len(_HEAD_END)
        fields = [line.partition(b":") for line in bytes(self.content[:end]).lower().split(_LINE_END)[1:]]
        told = {name.strip(): value.strip() for name, _, value in fields}
        self._expects_word = told.get(b"expect") == b"100-continue"
        if b"transfer-encoding" in told:
            self._chunk_at = self._head_bytes
            return True
        length = told.get(b"content-length", b"0")
        body_bytes = int(length) if length.isdigit() and len(length) < 20 else 0
        self.is_cut = body_bytes > MOST_BODY_BYTES
        self._needed = self._head_bytes + (0 if self.is_cut else body_bytes)
        return True

    def _walk_chunks(self) -> None:
        while self._chunk_at is not None and self._needed is None:
            if len(self.content) - self._head_bytes > MOST_BODY_BYTES:
                raise TooLarge("413 Content Too Large")
            line_end = self.content.find(_LINE_END, self._chunk_at)
            if line_end < 0:
                return
            size = _chunk_size(bytes(self.content[self._chunk_at : line_end]))
            if size is None:
                self._needed = len(self.content)
            elif size > MOST_BODY_BYTES:
                raise TooLarge("413 Content Too Large")
            elif size == 0:
                end = self.content.find(_HEAD_END, line_end)
                if end < 0:
                    return
                self._needed = end + len(_HEAD_END)
            else:
                following = line_end + 2 * len(_LINE_END) + size
                if following > len(self.content):
                    return
                self._chunk_at = following


def _chunk_size(line: bytes) -> int | None:
    try:
        return int(line.partition(b";")[0].strip(), 16)
    except ValueError:
        return None
