"""``models``: which models are used, and how to get them."""

from __future__ import annotations

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from lightgate.adapters.captions.pull import pull_model
from lightgate.adapters.clip.weights import pull as pull_weights
from lightgate.cli.output import console, print_json, say
from lightgate.cli.session import Session, as_json, pass_session
from lightgate.installation import doctor


@click.group()
def models() -> None:
    """The models that write captions and rate pictures.

    \b
    Example: lightgate models list
    """


@models.command(name="list")
@as_json
@pass_session
def list_models(session: Session, as_json: bool) -> None:
    """List the models and whether they are there.

    \b
    Example: lightgate models list
    """
    found = list(doctor.models(session.settings))
    if as_json:
        print_json(found)
        return
    for check in found:
        say(f"{check.level:5}{check.name}: {check.message}")


@models.command()
@click.argument("which", type=click.Choice(["clip", "ollama"]))
@pass_session
def pull(session: Session, which: str) -> None:
    """Fetch a model; nothing else in Lightgate ever does.

    \b
    Example: lightgate models pull ollama
    """
    {"clip": _pull_clip, "ollama": _pull_ollama}[which](session)


def _pull_ollama(session: Session) -> None:
    wanted = session.settings.ollama
    with Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=console(is_err=True)) as bar:
        task = bar.add_task(wanted.model, total=None)
        for step in pull_model(wanted.host.get_secret_value(), wanted.model, wanted.connect_timeout_s):
            bar.update(task, description=step.what, completed=step.done_bytes, total=step.total_bytes)
    say(f"{wanted.model} is installed in Ollama at {wanted.host}.")


def _pull_clip(session: Session) -> None:
    wanted = session.settings.clip
    say(f"Fetching {wanted.model}, {wanted.weights} …")
    say(f"The weights are in {pull_weights(wanted.model, wanted.weights)}.")
    # numpy, and torch in a program of its own
    from lightgate.adapters.clip.scorer import open_clip  # noqa: PLC0415

    say("Preparing the model for this machine …")
    say(f"Ready: {open_clip(wanted, session.folder).load()}.")
