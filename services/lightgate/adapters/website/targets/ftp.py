"""A file server that speaks FTP or explicit FTPS, by ``ftplib``.

Source: RFC 959, RFC 3659 (SIZE), RFC 4217 (TLS), draft-bryan-ftpext-hash (HASH).
"""

from __future__ import annotations

import ftplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from lightgate.adapters.website.targets.connection import Connect
from lightgate.adapters.website.targets.ftplib_fixes import UNKNOWN, DataLine, Pieces, SessionReusingTls, TolerantFtp
from lightgate.adapters.website.targets.paths import aside
from lightgate.adapters.website.targets.remote import RemoteTarget, at_server
from lightgate.domain.modes import Modes
from lightgate.errors import NotWritten, StorageFull, TargetClosed, TargetRefused, TargetUnreachable
from lightgate.settings import Target

PORT = 21

_NO_ROOM = re.compile(
    r"no space|quota|disk full|insufficient|not enough space|exceeded storage|^[45]52\b", re.IGNORECASE
)
#: replies about one file
_THIS_FILE = ("450", "451", "501", "504", "55")
#: RFC 959 §4.2: "local error in processing", which a full disk is to most servers
_NOT_WRITTEN = "451"
#: a server that cut the data line off says so at once, or never
_REASON_S = 3.0
#: it lets us in, but not now
_TOO_MANY = re.compile(r"too many|maximum|max(imal)? (number|clients|connections)|already connected", re.IGNORECASE)
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


class FtpConnection:
    """``FileConnection`` over one control connection."""

    def __init__(self, account: FtpAccount) -> None:
        self._account = account
        self._target = account.target
        self._hash_command: str | None = None
        self._has_size = True
        self._has_chmod = True
        self._ftp = self._signed_in()

    def size(self, path: str) -> int | None:
        if self._has_size:
            with self._translated(path):
                try:
                    return self._ftp.size(path)
                except ftplib.error_perm as error:
                    if _is(error, "55"):
                        return None
                    if not _is(error, *UNKNOWN):
                        raise
                    self._has_size = False
        content = self.read(path)
        return None if content is None else len(content)

    def store(self, path: str, chunks: Iterator[bytes]) -> None:
        pieces = Pieces(chunks)
        with self._translated(path):
            try:
                self._ftp.storbinary(f"STOR {path}", pieces)
            except ftplib.error_temp as error:
                self._raise_not_written(error)
            except OSError:
                if pieces.have_begun:
                    self._ask_why()
                raise

    def _ask_why(self) -> None:
        """Hear what a server that cut the data line off says about it on the other one."""
        if self._ftp.sock is None:
            return
        self._ftp.sock.settimeout(min(_REASON_S, self._account.timeout_s))
        try:
            with suppress(OSError, EOFError, ftplib.error_reply, ftplib.error_proto):
                self._ftp.voidresp()
        except ftplib.error_temp as error:
            self._raise_not_written(error)
        finally:
            self._ftp.sock.settimeout(self._account.timeout_s)

    def _raise_not_written(self, error: ftplib.Error) -> NoReturn:
        if _is(error, _NOT_WRITTEN) and not _NO_ROOM.search(str(error)):
            raise NotWritten(target=self._target, reason=_said(error)) from error
        raise error

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
                if _is(error, *UNKNOWN):
                    self._hash_command = None
                return None
        found = _SHA256.search(reply)
        return found[0].lower() if found else None

    def replace(self, draft: str, path: str) -> None:
        with self._translated(path):
            try:
                self._ftp.rename(draft, path)
            except ftplib.error_perm:
                # nor does anything step aside for a temporary file that somebody has taken away meanwhile
                if self.size(path) is None or self.size(draft) is None:
                    raise
                # a server that renames onto no file: the old one steps aside first, and comes back if that fails
                old = aside(draft)
                self.delete(old)
                self._ftp.rename(path, old)
                try:
                    self._ftp.rename(draft, path)
                except ftplib.Error:
                    self._ftp.rename(old, path)
                    raise
                self._ftp.delete(old)

    def delete(self, path: str) -> bool:
        with self._translated(path):
            try:
                self._ftp.delete(path)
            except ftplib.error_perm as error:
                if not self._is_absent(path, error):
                    raise
                return False
        return True

    def make_folder(self, path: str) -> bool:
        with self._translated(path):
            try:
                self._ftp.mkd(path)
            except ftplib.error_perm as error:
                # there already, or not ours to make: which of them, the upload will show
                if _NO_ROOM.search(str(error)):
                    raise
                return False
        return True

    def set_mode(self, path: str, mode: int) -> bool:
        if not self._has_chmod:
            return False
        with self._translated(path):
            try:
                self._ftp.sendcmd(f"SITE CHMOD {mode:03o} {path}")
            except (ftplib.error_perm, ftplib.error_temp) as error:
                self._has_chmod = not _is(error, *UNKNOWN)
                return False
        return True

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
            return TolerantFtp(timeout=account.timeout_s, encoding="utf-8")
        try:
            context = ssl.create_default_context(cafile=str(account.ca_file) if account.ca_file else None)
        except OSError as error:
            reason = f"the certificates in {account.ca_file} cannot be read: {error.strerror or error}"
            raise TargetClosed(target=self._target, reason=reason) from error
        context.sslsocket_class = DataLine
        return SessionReusingTls(timeout=account.timeout_s, encoding="utf-8", context=context)

    def _sign_in(self, ftp: ftplib.FTP) -> None:
        try:
            ftp.login(self._account.user, self._account.password)
        except ftplib.error_perm as error:
            if _TOO_MANY.search(str(error)):
                raise TargetUnreachable(target=self._target, reason=_said(error), is_answer=True) from error
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
            is_passing = isinstance(error, ftplib.error_temp)
            raise TargetRefused(target=self._target, path=path, reason=said, is_passing=is_passing) from error
        if isinstance(error, ftplib.error_perm):
            raise self._closed(said) from error
        raise TargetUnreachable(target=self._target, reason=said, is_answer=True) from error


def opened(name: str, wanted: Target, modes: Modes) -> RemoteTarget:
    """Give the target of these settings; no line is opened before something is asked of it."""
    account = FtpAccount(
        name,
        wanted.host,
        wanted.user,
        wanted.password.get_secret_value() if wanted.password else "",
        port=wanted.port or PORT,
        timeout_s=wanted.timeout_s,
        has_tls=wanted.kind == "ftps",
        ca_file=wanted.ca_file.expanduser() if wanted.ca_file else None,
    )
    return at_server(name, connector(account), wanted, modes)


def connector(account: FtpAccount) -> Connect:
    """Give what opens a connection to this account."""
    return lambda: FtpConnection(account)


def _is(error: ftplib.Error, *codes: str) -> bool:
    return str(error).startswith(codes)


def _said(error: ftplib.Error) -> str:
    return " ".join(str(error).split()).rstrip(".")[:200]


def _line(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, EOFError):
        return "it closed the connection"
    strerror = error.strerror if isinstance(error, OSError) else None
    return str(strerror or error or type(error).__name__)[:200]
