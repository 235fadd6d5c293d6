"""The server's worker: a connection that says or takes nothing for a while gives its thread back."""

from __future__ import annotations

import logging
import socket
import struct

from gunicorn.workers.gthread import ThreadWorker

#: gunicorn's own limits end where a request begins; a few visitors that stop in the middle of one would be all it has
SILENCE_S = 10

# as C's struct timeval; connections inherit it from the listening socket, whatever Python sets on them
_LIMIT = struct.pack("@ll", SILENCE_S, 0)


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """Threads, as ``gthread`` has them, that nobody holds by silence."""

    def init_process(self) -> None:
        for listener in self.sockets:
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _LIMIT)
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _LIMIT)
        self.log.error_log.addFilter(_is_news)
        super().init_process()


def _is_news(record: logging.LogRecord) -> bool:
    """Somebody who stopped in the middle of a request is no fault to keep a traceback of."""
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))
