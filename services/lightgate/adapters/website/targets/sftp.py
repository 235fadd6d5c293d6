"""A file server that speaks SFTP, by ``paramiko``; a host whose key is not known is not talked to.

Source: draft-ietf-secsh-filexfer-02, OpenSSH's PROTOCOL file (posix-rename, fsync).
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import paramiko
from pydantic import SecretStr

from lightgate.adapters.website.targets.connection import Connect
from lightgate.adapters.website.targets.paths import aside
from lightgate.adapters.website.targets.remote import RemoteTarget, at_server
from lightgate.domain.modes import Modes
from lightgate.errors import LightgateError, NotWritten, StorageFull, TargetClosed, TargetRefused, TargetUnreachable
from lightgate.settings import Target

PORT = 22

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
#: OpenSSH's words for status 4 of the protocol
_FAILURE = "Failure"


@dataclass(frozen=True, slots=True)
class SftpAccount:
    """Where to sign in, with what, and whom to trust."""

    #: in messages
    target: str
    host: str
    user: str
    known_hosts: Path
    port: int = PORT
    password: str | None = None
    key_file: Path | None = None
    key_passphrase: str | None = None
    timeout_s: float = 30

    def __repr__(self) -> str:
        return f"SftpAccount({self.user}@{self.host}:{self.port})"


class SftpConnection:
    """``FileConnection`` over one SSH connection."""

    def __init__(self, account: SftpAccount) -> None:
        self._account = account
        self._target = account.target
        self._ssh = paramiko.SSHClient()
        self._sftp = self._signed_in()

    def size(self, path: str) -> int | None:
        with self._translated(path):
            try:
                size: int | None = self._sftp.stat(path).st_size
            except FileNotFoundError:
                return None
        return size

    def store(self, path: str, chunks: Iterator[bytes]) -> None:
        sent_bytes = 0
        with self._translated(path):
            opened = self._sftp.open(path, "wb")
            try:
                # without waiting for an answer after each piece; a write that failed shows in the size alone
                opened.set_pipelined(True)
                for chunk in chunks:
                    opened.write(chunk)
                    sent_bytes += len(chunk)
                opened.close()
            except OSError as error:
                with suppress(OSError, EOFError):
                    opened.close()
                # "failure" is all that this version of the protocol has for a full disk
                if error.errno is None and str(error) == _FAILURE:
                    raise NotWritten(target=self._target, reason=str(error)) from error
                raise
        found_bytes = self.size(path) or 0
        if found_bytes < sent_bytes:
            reason = f"{found_bytes:,} of {sent_bytes:,} bytes are there"
            raise NotWritten(target=self._target, reason=reason)

    def read(self, path: str) -> bytes | None:
        with self._translated(path):
            try:
                with self._sftp.open(path, "rb") as opened:
                    opened.prefetch()
                    return bytes(opened.read())
            except FileNotFoundError:
                return None

    def digest(self, path: str) -> str | None:
        """Give None: OpenSSH works out no hashes, and the connection itself proves every byte."""
        return None

    def replace(self, draft: str, path: str) -> None:
        with self._translated(path):
            try:
                self._sftp.posix_rename(draft, path)
            except FileNotFoundError:
                raise
            except OSError:
                self._replace_stepwise(draft, path)

    def delete(self, path: str) -> bool:
        with self._translated(path):
            try:
                self._sftp.remove(path)
            except FileNotFoundError:
                return False
        return True

    def make_folder(self, path: str) -> bool:
        with self._translated(path):
            try:
                self._sftp.mkdir(path)
            except OSError as error:
                # a server says "failure" where the folder is there already
                if not self._is_there(path):
                    raise error from None
                return False
        return True

    def set_mode(self, path: str, mode: int) -> bool:
        try:
            with self._translated(path):
                self._sftp.chmod(path, mode)
        except TargetRefused:
            return False
        return True

    def remove_folder(self, path: str) -> bool:
        try:
            with self._translated(path):
                self._sftp.rmdir(path)
        except TargetRefused:
            return False
        return True

    def is_alive(self) -> bool:
        try:
            with self._translated("."):
                self._sftp.normalize(".")
        except LightgateError:
            return False
        return True

    def close(self) -> None:
        with suppress(OSError, EOFError, paramiko.SSHException):
            self._ssh.close()

    def _is_there(self, path: str) -> bool:
        try:
            self._sftp.stat(path)
        except FileNotFoundError:
            return False
        return True

    def _replace_stepwise(self, draft: str, path: str) -> None:
        """Rename where the server cannot rename onto a file: the old one steps aside, and comes back if that fails."""
        old = aside(draft)
        if self.size(draft) is None:
            raise FileNotFoundError(errno.ENOENT, "the temporary file was taken away", draft)
        has_old = self.size(path) is not None
        if has_old:
            self.delete(old)
            self._sftp.rename(path, old)
        try:
            self._sftp.rename(draft, path)
        except OSError:
            if has_old:
                self._sftp.rename(old, path)
            raise
        if has_old:
            self._sftp.remove(old)

    def _signed_in(self) -> paramiko.SFTPClient:
        account = self._account
        self._ssh.set_missing_host_key_policy(paramiko.RejectPolicy())
        try:
            with self._translated("the start folder"):
                if account.known_hosts.is_file():
                    self._ssh.load_host_keys(str(account.known_hosts))
                self._connect()
                sftp = self._ssh.open_sftp()
                channel = sftp.get_channel()
                if channel is not None:
                    channel.settimeout(account.timeout_s)
                return sftp
        except BaseException:
            self.close()
            raise

    def _connect(self) -> None:
        account = self._account
        is_open = account.password is None and account.key_file is None
        self._ssh.connect(
            account.host,
            account.port,
            account.user,
            password=account.password,
            key_filename=str(account.key_file) if account.key_file else None,
            passphrase=account.key_passphrase,
            timeout=account.timeout_s,
            banner_timeout=account.timeout_s,
            auth_timeout=account.timeout_s,
            # the owner's agent and keys count only where the settings name neither
            allow_agent=is_open,
            look_for_keys=is_open,
        )

    def _closed(self, reason: str) -> TargetClosed:
        return TargetClosed(target=self._target, reason=reason)

    @contextmanager
    def _translated(self, path: str) -> Iterator[None]:
        account = self._account
        try:
            yield
        except paramiko.BadHostKeyException as error:
            raise self._closed(f"the host key of {account.host} is not the one in {account.known_hosts}") from error
        except paramiko.AuthenticationException as error:
            raise self._closed(f"user {account.user} may not sign in") from error
        except paramiko.SSHException as error:
            if "not found in known_hosts" in str(error):
                reason = f"the host key of {account.host} is not in {account.known_hosts}; add it with ssh-keyscan"
                raise self._closed(reason) from error
            raise TargetUnreachable(target=self._target, reason=str(error)[:200]) from error
        except (EOFError, TimeoutError, ConnectionError, socket.gaierror) as error:
            strerror = error.strerror if isinstance(error, OSError) else None
            said = strerror or str(error) or "it hung up"
            reason = "it does not answer in time" if isinstance(error, TimeoutError) else said
            raise TargetUnreachable(target=self._target, reason=reason) from error
        except OSError as error:
            self._raise(error, path)

    def _raise(self, error: OSError, path: str) -> None:
        if str(error) == "Socket is closed":
            raise TargetUnreachable(target=self._target, reason="it hung up") from error
        if error.errno in _NO_ROOM:
            raise StorageFull(path=f"{self._target} ({self._account.host})") from error
        if isinstance(error, paramiko.ssh_exception.NoValidConnectionsError):
            raise TargetUnreachable(target=self._target, reason="nothing answers there") from error
        raise TargetRefused(target=self._target, path=path, reason=error.strerror or str(error)) from error


def opened(name: str, wanted: Target, modes: Modes) -> RemoteTarget:
    """Give the target of these settings; no line is opened before something is asked of it."""
    account = SftpAccount(
        name,
        wanted.host,
        wanted.user,
        wanted.known_hosts.expanduser(),
        port=wanted.port or PORT,
        password=_told(wanted.password),
        key_file=wanted.key_file.expanduser() if wanted.key_file else None,
        key_passphrase=_told(wanted.key_passphrase),
        timeout_s=wanted.timeout_s,
    )
    return at_server(name, connector(account), wanted, modes)


def _told(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def connector(account: SftpAccount) -> Connect:
    """Give what opens a connection to this account."""
    return lambda: SftpConnection(account)
