"""Python's FTP client, made fit for the servers that there are: its data lines, its alphabet, its good-byes.

Source: RFC 959, RFC 2428 (EPSV), RFC 4217 (TLS).
"""

from __future__ import annotations

import ftplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

#: replies of a server that does not know a command: RFC 959 §4.2
UNKNOWN = ("500", "501", "502", "504")
#: for the other end to close a TLS data line too
_GOOD_BYE_S = 2.0


class _CallsBack(ftplib.error_perm):
    """The server opens data lines itself, and only so."""


class TolerantFtp(ftplib.FTP):
    """FTP with servers that answer in an older alphabet, or know only one of the ways to open a data line."""

    @property
    def file(self) -> Any:
        """The replies as text; a greeting in Latin-1 is no reason to fail."""
        return self.__dict__.get("file")

    @file.setter
    def file(self, opened: Any) -> None:
        if opened is not None:
            opened.reconfigure(errors="replace")
        self.__dict__["file"] = opened

    def makepasv(self) -> tuple[str, int]:
        try:
            return super().makepasv()
        except ftplib.error_perm as error:
            if self.af != socket.AF_INET or not str(error).startswith(UNKNOWN) or self.sock is None:
                raise
        try:
            # RFC 2428 §3: the extended form, which ftplib itself asks for on IPv6 alone
            return ftplib.parse229(self.sendcmd("EPSV"), self.sock.getpeername())  # noqa: S321 - the owner chose ftp
        except ftplib.error_perm as error:
            if not str(error).startswith(UNKNOWN):
                raise
            raise _CallsBack(*error.args) from error

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        try:
            return ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 - the owner chose ftp
        except _CallsBack:
            self.set_pasv(False)
            return ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 - the owner chose ftp


class DataLine(ssl.SSLSocket):
    """A TLS line whose end need not be answered: sizes are compared, and some servers just hang up."""

    def unwrap(self) -> socket.socket:
        self.settimeout(_GOOD_BYE_S)
        with suppress(OSError, ValueError):
            return super().unwrap()
        return self


class SessionReusingTls(TolerantFtp, ftplib.FTP_TLS):
    """FTPS whose data connections resume the control connection's TLS session, as many servers insist on."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        plain, size = TolerantFtp.ntransfercmd(self, cmd, rest)
        control: Any = self.sock
        try:
            return self.context.wrap_socket(plain, server_hostname=self.host, session=control.session), size
        except BaseException:
            plain.close()
            raise


class Pieces:
    """Chunks as the file object that ``storbinary`` reads."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.have_begun = False

    def read(self, _size: int = -1, /) -> bytes:
        self.have_begun = True
        return next(self._chunks, b"")
