"""``up`` and ``down``: the installation, in this terminal or behind it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import click

from lightgate.adapters.host import command_lines
from lightgate.adapters.host.logs import set_up_logs
from lightgate.adapters.host.status_file import HouseReport
from lightgate.cli.output import program, say
from lightgate.cli.session import Session, pass_session
from lightgate.cli.welcome import welcome
from lightgate.installation import background
from lightgate.installation.run import run
from lightgate.settings import environ_for_children
from lightgate.steps import STAGES

#: stands beside every text it writes
PRETENDED = "fake-ollama:colours"
PRETENCE = (
    "NO MODEL IS AT WORK. --fake-ollama answers in Ollama's place with sentences made from a picture's colour, light "
    f"and shape; they are marked “{PRETENDED}”. Try the program with them, and publish none."
)


@click.command()
@click.option("-d", "--detach", is_flag=True, help="Go on in the background.")
@click.option("--no-flower", is_flag=True, help="Without Flower.")
@click.option("--fake-ollama", is_flag=True, help="Try everything without a model: captions are made up from colours.")
@pass_session
def up(session: Session, detach: bool, no_flower: bool, fake_ollama: bool) -> None:
    """Start broker, workers, reconciler, Flower and review site.

    \b
    Example: lightgate up -d
    """
    if detach:
        greet(session, start_behind(session, no_flower=no_flower, fake_ollama=fake_ollama))
        if fake_ollama:
            say(PRETENCE)
        else:
            name_models(session).wait()
        return
    set_up_logs(session.settings.log_level)
    with _model(is_pretended=fake_ollama) as model:
        run(
            session.settings,
            STAGES,
            lambda told: environ_for_children({**told, **model}, session.config),
            _Greeter(session),
            with_flower=not no_flower,
        )


@click.command()
@pass_session
def down(session: Session) -> None:
    """Stop everything that ``up`` started.

    \b
    Example: lightgate down
    """
    say("Lightgate has stopped." if background.stop(session.folder) else "Lightgate was not running.")


@contextmanager
def _model(*, is_pretended: bool) -> Iterator[Mapping[str, str]]:
    """Where asked, run a server in Ollama's place, and say loudly what it is; gives the settings that name it."""
    if not is_pretended:
        yield {}
        return
    # imported only where it is asked for
    from lightgate.demo.fake_ollama.server import FakeOllama  # noqa: PLC0415

    say(PRETENCE)
    with FakeOllama(models=[PRETENDED], vram_bytes=0) as server:
        yield {"OLLAMA__HOST": server.url, "OLLAMA__MODEL": PRETENDED, "CAPTIONER": "auto"}


def start_behind(session: Session, *, no_flower: bool = False, fake_ollama: bool = False) -> HouseReport:
    """Start the installation in the background; gives how it is when all of it is at work."""
    asked = {"--no-flower": no_flower, "--fake-ollama": fake_ollama}
    arguments = ["up", *(option for option, is_wanted in asked.items() if is_wanted)]
    return background.start(command_lines.lightgate(*arguments), _environ(session), session.folder)


def greet(session: Session, report: HouseReport, *, shows_passwords: bool = False) -> None:
    """Say what to open and who signs in; passwords on a terminal only, unless they are asked for."""
    for line in welcome(session.settings, session.folder, report, shows_passwords=shows_passwords):
        say(line)


def name_models(session: Session) -> subprocess.Popen[bytes]:
    """Say which models are at work, in a process of its own: looking may import torch."""
    sys.stdout.flush()
    return subprocess.Popen(command_lines.lightgate("models", "list"), env=_environ(session))


def _environ(session: Session) -> dict[str, str]:
    return environ_for_children({"HOME": str(session.folder.home)}, session.config)


class _Greeter:
    """Greets once, when everything is at work for the first time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._models: subprocess.Popen[bytes] | None = None

    def __call__(self, report: HouseReport) -> None:
        if report.is_ready and self._models is None:
            greet(self._session, report)
            say(f"Everything is at work. Stop with Ctrl-C, or: {program()} down")
            self._models = name_models(self._session)
