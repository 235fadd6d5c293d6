"""Addresses that may hold a password, as they may be shown."""

from __future__ import annotations

import re

HIDDEN = "***"

# A password may hold any character, unescaped too: what stands before the last @ of a word is its owner's.
_OWNER = re.compile(r"(?<![\w+.-])([A-Za-z][A-Za-z0-9+.-]*://)[^\s'\"<>]*@")
_OWNER_ALONE = re.compile(r"^(\s*)[^\s'\"<>]*@")
_VALUES = re.compile(r"(?<![\w+.-])[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"<>]*\?[^\s'\"<>]*")
_VALUE = re.compile(r"(?<=[?&;])([^=&;#\s]*)=([^&;#\s]*)")
#: what an address of ours says after its question mark, and no secret
_PLAIN = frozenset({"db", "virtual_host", "ssl_cert_reqs", "socket_timeout", "socket_connect_timeout"})


def shown_address(address: str) -> str:
    """Give an address without name, password and what may be a key in its query."""
    return without_secrets(_OWNER_ALONE.sub(rf"\1{HIDDEN}@", address) if "://" not in address else address)


def without_secrets(text: str) -> str:
    """Hide names, passwords and keys in all addresses that stand in a text."""
    if "://" not in text:
        return text
    return _VALUES.sub(_hide_values, _OWNER.sub(rf"\1{HIDDEN}@", text))


def has_owner(address: str) -> bool:
    """Does a name, or a name and password, stand in front of the host?"""
    return _OWNER.search(address) is not None


def _hide_values(address: re.Match[str]) -> str:
    return _VALUE.sub(lambda each: each[0] if each[1] in _PLAIN else f"{each[1]}={HIDDEN}", address[0])
