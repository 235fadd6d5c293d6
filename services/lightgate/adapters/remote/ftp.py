"""A file server that speaks FTP or explicit FTPS, by ``ftplib``.

Source: RFC 959, RFC 3659 (SIZE), RFC 4217 (TLS), draft-bryan-ftpext-hash (HASH).
"""

from __future__ import annotations

import ftplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from lightgate.adapters.remote.server import Connect
from lightgate.errors import StorageFull, TargetClosed, TargetRefused, TargetUnreachable

PORT = 21

_NO_ROOM = re.compile(
    r"no space|quota|disk full|insufficient|not enough space|exceeded storage|^[45]52\b", re.IGNORECASE
)
#: replies of a server that does not know a command: RFC 959 §4.2
_UNKNOWN = ("500", "501", "502", "504")
#: replies about one file
_THIS_FILE = ("450", "451", "501", "504", "55")
_SHA256 = re.compile(r"\b[0-9a-fA-F]{64}\b")


@dataclass(frozen=True, slots=True)
class FtpAccount:
    """Where to sign in, and how long to wait for an answer."""

    #: in messages
    target: str
    host: str
    user: str
    password: str
    port: int = PORT
    timeout_s: float = 30
    has_tls: bool = False
    #: certificates to trust instead of the system's
    ca_file: Path | None = None

    def __repr__(self) -> str:
        return f"FtpAccount({self.user}@{self.host}:{self.port})"


class _SessionReusingTls(ftplib.FTP_TLS):
    """FTPS whose data connections resume the control connection's TLS session, as many servers insist on."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        plain, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 - wrapped right below
        control: Any = self.sock
        try:
            return self.context.wrap_socket(plain, server_hostname=self.host, session=control.session), size
        except BaseException:
            plain.close()
            raise


class FtpServer:
    """``FileServer`` over one control connection."""

    def __init__(self, account: FtpAccount) -> None:
        self._account = account
        self._target = account.target
        self._hash_command: str | None = None
        self._has_size = True
        self._ftp = self._signed_in()

    def size(self, path: str) -> int | None:
        if self._has_size:
            with self._translated(path):
                try:
                    return self._ftp.size(path)
                except ftplib.error_perm as error:
                    if _is(error, "55"):
                        return None
                    if not _is(error, *_UNKNOWN):
                        raise
                    self._has_size = False
        content = self.read(path)
        return None if content is None else len(content)

    def store(self, path: str, chunks: Iterator[bytes]) -> None:
        with self._translated(path):
            self._ftp.storbinary(f"STOR {path}", _Pieces(chunks))

    def read(self, path: str) -> bytes | None:
        found = bytearray()
        with self._translated(path):
            try:
                self._ftp.retrbinary(f"RETR {path}", found.extend)
            except ftplib.error_perm as error:
                if not self._is_absent(path, error):
                    raise
                return None
        return bytes(found)

    def digest(self, path: str) -> str | None:
        if self._hash_command is None:
            return None
        with self._translated(path):
            try:
                reply = self._ftp.sendcmd(f"{self._hash_command} {path}")
            except ftplib.error_perm as error:
                if _is(error, *_UNKNOWN):
                    self._hash_command = None
                return None
        found = _SHA256.search(reply)
        return found[0].lower() if found else None

    def replace(self, draft: str, path: str) -> None:
        with self._translated(path):
            try:
                self._ftp.rename(draft, path)
            except ftplib.error_perm:
                if self.size(path) is None:
                    raise
                # a server that renames onto no file: the old one steps aside first, and comes back if that fails
                aside = f"{draft}.old"
                self.delete(aside)
                self._ftp.rename(path, aside)
                try:
                    self._ftp.rename(draft, path)
                except ftplib.Error:
                    self._ftp.rename(aside, path)
                    raise
                self._ftp.delete(aside)

    def delete(self, path: str) -> None:
        with self._translated(path):
            try:
                self._ftp.delete(path)
            except ftplib.error_perm as error:
                if not self._is_absent(path, error):
                    raise

    def make_folder(self, path: str) -> None:
        with self._translated(path):
            try:
                self._ftp.mkd(path)
            except ftplib.error_perm as error:
                # there already, or not ours to make: which of them, the upload will show
                if _NO_ROOM.search(str(error)):
                    raise

    def remove_folder(self, path: str) -> bool:
        with self._translated(path):
            try:
                self._ftp.rmd(path)
            except ftplib.error_perm:
                return False
        return True

    def is_alive(self) -> bool:
        try:
            self._ftp.voidcmd("NOOP")
        except (ftplib.Error, OSError, EOFError):
            return False
        return True

    def close(self) -> None:
        with suppress(ftplib.Error, OSError, EOFError):
            if self._ftp.sock is not None:
                # a dead line must not hold a good-bye up
                self._ftp.sock.settimeout(1)
            self._ftp.quit()
        self._ftp.close()

    def _signed_in(self) -> ftplib.FTP:
        account = self._account
        ftp = self._client()
        try:
            with self._translated("the start folder"):
                ftp.connect(account.host, account.port)
                if isinstance(ftp, ftplib.FTP_TLS):
                    ftp.auth()
                self._sign_in(ftp)
                if isinstance(ftp, ftplib.FTP_TLS):
                    ftp.prot_p()
                self._learn(ftp)
                ftp.voidcmd("TYPE I")
        except BaseException:
            ftp.close()
            raise
        return ftp

    def _client(self) -> ftplib.FTP:
        account = self._account
        if not account.has_tls:
            return ftplib.FTP(timeout=account.timeout_s, encoding="utf-8")  # noqa: S321 - the owner chose ftp
        try:
            context = ssl.create_default_context(cafile=str(account.ca_file) if account.ca_file else None)
        except OSError as error:
            reason = f"the certificates in {account.ca_file} cannot be read: {error.strerror or error}"
            raise TargetClosed(target=self._target, reason=reason) from error
        return _SessionReusingTls(timeout=account.timeout_s, encoding="utf-8", context=context)

    def _sign_in(self, ftp: ftplib.FTP) -> None:
        try:
            ftp.login(self._account.user, self._account.password)
        except ftplib.error_perm as error:
            raise self._closed(f"user {self._account.user} may not sign in ({_said(error)})") from error

    def _learn(self, ftp: ftplib.FTP) -> None:
        """Ask what the server can do besides."""
        try:
            features = ftp.sendcmd("FEAT").upper()
        except ftplib.error_perm:
            return
        if "UTF8" in features:
            with suppress(ftplib.error_perm):
                ftp.sendcmd("OPTS UTF8 ON")
        if "XSHA256" in features:
            self._hash_command = "XSHA256"
        elif re.search(r"^\s*HASH\b.*SHA-256", features, re.MULTILINE):
            with suppress(ftplib.error_perm):
                ftp.sendcmd("OPTS HASH SHA-256")
                self._hash_command = "HASH"

    def _is_absent(self, path: str, error: ftplib.Error) -> bool:
        """Does a 550 mean that there is no such file? Servers say it in their own words, but for SIZE they mean it."""
        if not _is(error, "550") or not self._has_size:
            return _is(error, "550")
        try:
            self._ftp.size(path)
        except ftplib.error_perm:
            return True
        return False

    def _closed(self, reason: str) -> TargetClosed:
        return TargetClosed(target=self._target, reason=reason)

    @contextmanager
    def _translated(self, path: str) -> Iterator[None]:
        try:
            yield
        except ssl.SSLCertVerificationError as error:
            raise self._closed(f"its certificate is not valid: {error.verify_message}") from error
        except (ftplib.error_temp, ftplib.error_perm) as error:
            self._raise(error, path)
        except (ftplib.Error, OSError, EOFError, UnicodeError) as error:
            raise TargetUnreachable(target=self._target, reason=_line(error)) from error

    def _raise(self, error: ftplib.Error, path: str) -> NoReturn:
        said = _said(error)
        if _NO_ROOM.search(str(error)):
            raise StorageFull(path=f"{self._target} ({self._account.host})") from error
        if _is(error, *_THIS_FILE):
            raise TargetRefused(target=self._target, path=path, reason=said) from error
        if isinstance(error, ftplib.error_perm):
            raise self._closed(said) from error
        raise TargetUnreachable(target=self._target, reason=said, is_answer=True) from error


class _Pieces:
    """Chunks as the file object that ``storbinary`` reads."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def read(self, _size: int = -1, /) -> bytes:
        return next(self._chunks, b"")


def connector(account: FtpAccount) -> Connect:
    """Give what opens a connection to this account."""
    return lambda: FtpServer(account)


def _is(error: ftplib.Error, *codes: str) -> bool:
    return str(error).startswith(codes)


def _said(error: ftplib.Error) -> str:
    return " ".join(str(error).split())[:200]


def _line(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, EOFError):
        return "it closed the connection"
    strerror = getattr(error, "strerror", None)
    return str(strerror or error or type(error).__name__)[:200]
