"""The house and the person that the request at hand belongs to."""

from __future__ import annotations

from typing import cast

from flask import current_app
from flask_login import current_user

from lightgate.adapters.keys.passwords import Passwords
from lightgate.bootstrap import House

_HOUSE = "lightgate"
_PASSWORDS = "lightgate.passwords"


def furnish(extensions: dict[str, object], house: House, passwords: Passwords) -> None:
    """Keep the house where every request of this application finds it."""
    extensions[_HOUSE] = house
    extensions[_PASSWORDS] = passwords


def house() -> House:
    """Give the house of this application."""
    return cast("House", current_app.extensions[_HOUSE])


def passwords() -> Passwords:
    """Give what checks passwords."""
    return cast("Passwords", current_app.extensions[_PASSWORDS])


def person() -> str:
    """Give the name of the person who is signed in; decisions and edits are recorded under it."""
    return str(current_user.name)
