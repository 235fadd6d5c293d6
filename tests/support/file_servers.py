"""Real file servers on loopback: FTP and FTPS by pyftpdlib, SFTP by OpenSSH's own program behind a paramiko server."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import paramiko
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from support.programs import needs

USER, PASSWORD = "ann", "s3cret"


@dataclass
class FtpSite:
    """A running server; ``go_wrong`` says how, and ``commands`` what it was told."""

    root: Path
    port: int
    log: Path
    faults: Path
    process: subprocess.Popen[str]
    certificate: Path | None = None

    def go_wrong(self, **how: object) -> None:
        self.faults.write_text(json.dumps(how), "utf-8")

    def go_right(self) -> None:
        self.faults.unlink(missing_ok=True)

    @property
    def commands(self) -> list[str]:
        return self.log.read_text("utf-8").split() if self.log.exists() else []

    @property
    def received_bytes(self) -> int:
        """How many bytes of files it was sent."""
        return sum(int(line.removeprefix("RECEIVED:")) for line in self.commands if line.startswith("RECEIVED:"))

    def forget(self) -> None:
        self.log.unlink(missing_ok=True)


@contextlib.contextmanager
def ftp_site(folder: Path, certificate: Path | None = None) -> Iterator[FtpSite]:
    """Run an FTP server over a folder, with TLS where there is a certificate."""
    root, kept = folder / "site", folder / "server"
    log, faults = kept / "commands", kept / "faults"
    for each in (root, kept):
        each.mkdir(parents=True, exist_ok=True)
    program = [sys.executable, str(Path(__file__).with_name("ftp_site.py")), root, log, faults]
    command = [str(each) for each in (*program, *([certificate] if certificate else []))]
    with (kept / "log").open("w") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout is not None
    try:
        port = process.stdout.readline().strip()
        assert port, (kept / "log").read_text("utf-8")
        yield FtpSite(root, int(port), log, faults, process, certificate)
    finally:
        process.kill()
        process.wait(timeout=20)
        process.stdout.close()


def certificate_in(folder: Path, *, host: str = "localhost", days: int = 1) -> Path:
    """Make a self-signed certificate with its key in one PEM file; it expired where ``days`` is negative."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=10))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file = folder / "server" / f"{host}.pem"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


class _Door(paramiko.ServerInterface):
    """Lets one user in, by password or by one key, to the sftp subsystem alone."""

    def __init__(self, site: SftpSite) -> None:
        self._site = site

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_auth_password(self, username: str, password: str) -> int:
        is_known = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if is_known else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return paramiko.AUTH_SUCCESSFUL if key == self._site.user_key else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED if kind == "session" else paramiko.OPEN_FAILED_UNKNOWN_CHANNEL_TYPE

    def check_channel_subsystem_request(self, channel: paramiko.Channel, name: str) -> bool:
        if name != "sftp":
            return False
        threading.Thread(target=self._site.serve, args=(channel,), daemon=True).start()
        return True


class SftpSite:
    """OpenSSH's sftp-server for each session; connections can be cut, and the program replaced."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "site"
        self.root.mkdir(parents=True, exist_ok=True)
        self.command = [str(needs("sftp-server")), "-e"]
        self.host_key = paramiko.ECDSAKey.generate()
        self.user_key = paramiko.ECDSAKey.generate()
        self.known_hosts = folder / "server" / "known_hosts"
        self.known_hosts.parent.mkdir(exist_ok=True)
        self.sessions = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.trust(self.host_key)
        self._transports: list[paramiko.Transport] = []
        self._programs: list[subprocess.Popen[bytes]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def trust(self, key: paramiko.PKey) -> None:
        """Write the file of known hosts."""
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {key.get_name()} {key.get_base64()}\n", "utf-8")

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(line)
            self._transports.append(transport)
            transport.add_server_key(self.host_key)
            with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
                transport.start_server(server=_Door(self))

    def serve(self, channel: paramiko.Channel) -> None:
        """Let the program speak with one session."""
        self.sessions += 1
        program = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=self.root
        )
        self._programs.append(program)
        out = threading.Thread(target=self._out, args=(program, channel), daemon=True)
        out.start()
        with contextlib.suppress(OSError, EOFError):
            while piece := channel.recv(65536):
                program.stdin.write(piece)
                program.stdin.flush()
        with contextlib.suppress(OSError):
            program.stdin.close()
        program.wait(timeout=20)
        out.join(timeout=20)
        program.stdout.close()

    @staticmethod
    def _out(program: subprocess.Popen[bytes], channel: paramiko.Channel) -> None:
        with contextlib.suppress(OSError, EOFError, ValueError):
            while piece := program.stdout.read1(65536):
                channel.sendall(piece)
        channel.close()

    def cut(self) -> None:
        """Drop every connection."""
        for transport in self._transports:
            transport.close()
        self._transports.clear()

    def close(self) -> None:
        self._listener.close()
        self.cut()
        for program in self._programs:
            if program.poll() is None:
                program.kill()
            program.wait(timeout=20)


@contextlib.contextmanager
def sftp_site(folder: Path) -> Iterator[SftpSite]:
    """Run an SFTP server over a folder."""
    site = SftpSite(folder)
    try:
        yield site
    finally:
        site.close()
