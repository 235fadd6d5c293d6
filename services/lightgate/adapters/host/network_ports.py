"""Is a port free, and which one is, before a server is started on it."""

from __future__ import annotations

import errno
import socket

from lightgate.errors import PortTaken, SettingInvalid


def free_port(host: str, port: int, section: str) -> int:
    """Make sure that a server can listen there; for port 0 give one that is free.

    Args:
        section: the settings' section, e.g. ``review``, named when something is wrong.

    Raises:
        PortTaken: somebody listens there.
        SettingInvalid: this machine has no such address, or the port is not ours to use.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise _translated(error, host, port, section) from error
        return int(probe.getsockname()[1])


def is_open(host: str, port: int, timeout_s: float = 0.5) -> bool:
    """Does anybody listen there?"""
    try:
        with socket.create_connection((reachable(host), port), timeout_s):
            return True
    except OSError:
        return False


def reachable(host: str) -> str:
    """Give an address at which this machine reaches a server that listens on ``host``."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - compared, not bound


def url(host: str, port: int) -> str:
    """Give what a person on this machine types to reach a server that listens there."""
    name = reachable(host)
    return f"http://[{name}]:{port}/" if ":" in name else f"http://{name}:{port}/"


def _translated(error: OSError, host: str, port: int, section: str) -> PortTaken | SettingInvalid:
    if error.errno == errno.EADDRINUSE:
        return PortTaken(port=port, setting=f"{section}.port")
    if error.errno == errno.EACCES:
        return SettingInvalid(name=f"{section}.port", reason=f"port {port} is not yours to use; take one above 1023")
    return SettingInvalid(name=f"{section}.host", reason=f"{host}: {error.strerror or error}")
