"""A real FTP or FTPS server for tests, as a program; a JSON file, read at each command, says what goes wrong.

    python ftp_site.py ROOT LOG FAULTS [CERTIFICATE]

It prints its port. Faults: ``reset`` and ``deny`` name a command, ``times`` how often, and ``reply``
with which words it is denied; ``lie`` is added to every SIZE;
``silent`` names a command that gets no answer; ``full_after`` is how many bytes fit on the disk; ``hash`` is true, or a
wrong hash; ``no_size`` and ``no_overwrite`` are servers that lack a feature, ``lacks`` names commands it does not know,
``no_dots`` allows no name with a dot in front; ``alphabet`` is what it writes its replies in; ``cut`` is after how many
bytes it gives an upload up, with the words of ``reply``; ``umask`` is what it takes from permissions.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import socket
import struct
import sys
import warnings
from pathlib import Path
from typing import ClassVar

warnings.simplefilter("ignore")

from OpenSSL import SSL  # noqa: E402
from pyftpdlib.authorizers import DummyAuthorizer  # noqa: E402
from pyftpdlib.filesystems import AbstractedFS  # noqa: E402
from pyftpdlib.handlers import DTPHandler, FTPHandler, TLS_FTPHandler  # noqa: E402
from pyftpdlib.log import logger  # noqa: E402
from pyftpdlib.servers import FTPServer  # noqa: E402

ROOT, LOG, FAULTS, *CERTIFICATE = (Path(each) for each in sys.argv[1:])


def fault(name: str) -> object:
    return json.loads(FAULTS.read_text("utf-8")).get(name) if FAULTS.exists() else None


def is_due(name: str, command: str) -> bool:
    """Is this the command that goes wrong, and may it go wrong once more?"""
    faults = json.loads(FAULTS.read_text("utf-8")) if FAULTS.exists() else {}
    if faults.get(name) != command or faults.get("times", 1) <= 0:
        return False
    FAULTS.write_text(json.dumps({**faults, "times": faults.get("times", 1) - 1}), "utf-8")
    return True


class SmallDisk:
    """A file that cannot grow beyond what the disk has."""

    def __init__(self, file: object, room: int) -> None:
        self._file, self._room = file, room

    def write(self, content: bytes) -> int:
        self._room -= len(content)
        if self._room < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return self._file.write(content)

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


class Disk(AbstractedFS):
    def mkdir(self, path: str) -> None:
        os.umask(int(str(fault("umask") or 0o022)))
        super().mkdir(path)

    def open(self, filename: str, mode: str) -> object:
        os.umask(int(str(fault("umask") or 0o022)))
        opened = super().open(filename, mode)
        room = fault("full_after")
        return SmallDisk(opened, int(str(room))) if room is not None and "w" in mode else opened

    def rename(self, src: str, dst: str) -> None:
        if fault("no_overwrite") and Path(dst).exists():
            raise OSError(errno.EEXIST, "File exists")
        super().rename(src, dst)

    def getsize(self, path: str) -> int:
        return super().getsize(path) + int(str(fault("lie") or 0))


class Faulty:
    """Mixed into pyftpdlib's handlers: goes wrong at the command that the file names."""

    def on_connect(self) -> None:
        note("CONNECT")
        self.encoding = str(fault("alphabet") or "utf8")

    def on_file_received(self, file: str) -> None:
        note(f"RECEIVED:{Path(file).stat().st_size}")

    def process_command(self, cmd: str, *args: object, **kwargs: object) -> None:
        note(cmd)
        if is_due("reset", cmd):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close()
        elif is_due("deny", cmd):
            self.respond(str(fault("reply") or "550 Permission denied."))
        elif fault("silent") == cmd:
            return
        elif (cmd == "SIZE" and fault("no_size")) or cmd in (fault("lacks") or ()):
            self.respond("502 Command not implemented.")
        elif fault("no_dots") and args and Path(str(args[0])).name.startswith("."):
            self.respond("553 Prohibited file name.")
        else:
            super().process_command(cmd, *args, **kwargs)

    def ftp_XSHA256(self, path: str) -> None:
        known = fault("hash")
        if known is None:
            self.respond("500 Unknown command.")
            return
        found = known if isinstance(known, str) else hashlib.sha256(Path(path).read_bytes()).hexdigest()
        self.respond(f"250 {found.upper()}")

    def ftp_FEAT(self, line: str) -> None:
        if fault("hash") is None:
            super().ftp_FEAT(line)
            return
        self.push("211-Features supported:\r\n XSHA256\r\n UTF8\r\n SIZE\r\n")
        self.respond("211 End FEAT.")


XSHA256 = {"perm": "l", "auth": True, "arg": True, "help": "Syntax: XSHA256 <SP> file."}


class Upload(DTPHandler):
    """A data line that a server with trouble of its own cuts off."""

    def handle_read_event(self) -> None:
        super().handle_read_event()
        limit = fault("cut")
        if limit is not None and self.tot_bytes_received > int(str(limit)):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._resp = (str(fault("reply")), logger.debug)
            self.close()


class PlainSite(Faulty, FTPHandler):
    proto_cmds: ClassVar = {**FTPHandler.proto_cmds, "XSHA256": XSHA256}
    dtp_handler = Upload


class TlsSite(Faulty, TLS_FTPHandler):
    proto_cmds: ClassVar = {**TLS_FTPHandler.proto_cmds, "XSHA256": XSHA256}
    tls_control_required = True
    tls_data_required = True


def note(line: str) -> None:
    with LOG.open("a") as log:
        log.write(f"{line}\n")


def main() -> None:
    handler = TlsSite if CERTIFICATE else PlainSite
    if CERTIFICATE:
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.use_certificate_chain_file(str(CERTIFICATE[0]))
        context.use_privatekey_file(str(CERTIFICATE[0]))
        context.set_session_id(b"lightgate-test")
        handler.ssl_context = context
    handler.authorizer = DummyAuthorizer()
    handler.authorizer.add_user("ann", "s3cret", str(ROOT), perm="elradfmwMT")
    handler.abstracted_fs = Disk
    handler.use_sendfile = False
    handler.banner = "ready, Bienvenue à l'hôtel"
    server = FTPServer(("127.0.0.1", 0), handler)
    sys.stdout.write(f"{server.address[1]}\n")
    sys.stdout.flush()
    server.serve_forever()


main()
