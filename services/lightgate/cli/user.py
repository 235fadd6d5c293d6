"""``user``: who may sign in to the review site."""

from __future__ import annotations

import sys

import click

from lightgate.cli.output import say
from lightgate.cli.session import Session, pass_session
from lightgate.domain.people.roles import Role
from lightgate.people import accounts

_from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")


@click.group()
def user() -> None:
    """Who may sign in to the review site.

    \b
    Example: lightgate user add mira
    """


@user.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.ADMIN.value,
    show_default=True,
    help="reviewer: decides; publisher: also releases; admin: also adds persons.",
)
@_from_stdin
@pass_session
def add(session: Session, name: str, role: str, password_stdin: bool) -> None:
    """Add a person.

    \b
    Example: lightgate user add mira --role reviewer
    """
    house = session.house
    person = accounts.add_user(house.store, name, _password(password_stdin), house.now(), role=Role(role))
    say(f"{person.name} may sign in as {person.role}.")


@user.command()
@click.argument("name")
@_from_stdin
@pass_session
def passwd(session: Session, name: str, password_stdin: bool) -> None:
    """Change a password; the person is signed out everywhere.

    \b
    Example: lightgate user passwd mira
    """
    house = session.house
    person = accounts.set_password(house.store, house.folder.secrets, name, _password(password_stdin), house.now())
    say(f"The password of {person.name} is changed.")


def _password(is_piped: bool) -> str:
    if is_piped:
        line: str = sys.stdin.readline()
        # what some shells put in front of all they pipe
        return line.removeprefix("\ufeff").rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
