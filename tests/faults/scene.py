"""One experiment's stage: a fresh installation, its website, a person, and what is done to them."""

from __future__ import annotations

import random
import shutil
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.checker import Outside, Truth, findings
from faults.person import Person
from faults.photos import FOLDER, LOCATION, SUBJECT, Card, make_card
from faults.product import Product, is_asleep, send
from faults.relay import Relay
from faults.website import Place, Table, Watcher, place, table
from lightgate.demo.fake_ollama.server import FakeOllama
from support.servers import MariaDbServer
from support.waiting import eventually

#: what a set takes at most to come to rest, beside others on two cores
REST_S = 150
#: a photo of this kind of answer is on nobody's way any more
_AT_REST = "SELECT count(*) AS n FROM review_queue WHERE status IN ('queued', 'running') OR step = 'naming'"
_OWED = "SELECT count(*) AS n FROM publication WHERE state NOT IN ('live', 'to_remove')"


@dataclass(frozen=True)
class Measure:
    """A figure of one experiment; ``limit`` is what was promised."""

    what: str
    value: float
    unit: str
    limit: float | None


@dataclass
class Scene:
    product: Product
    place: Place
    table: Table
    chance: random.Random
    truth: Truth
    watcher: Watcher
    ollama: FakeOllama | None = None
    ollama_relay: Relay | None = None
    person: Person = field(init=False)
    #: everybody who decides
    people: list[Person] = field(init=False)
    #: seconds from the end of a fault until all was where it would be without it
    recovered_s: float | None = None
    measures: list[Measure] = field(default_factory=list)
    #: what a look found, where the script had to take it itself
    found: list[str] | None = None

    def __post_init__(self) -> None:
        self.person = Person(self.product.port, self.product.home / "secrets" / "first-password")
        self.people = [self.person]

    # what a person does

    def start(self) -> None:
        """Start everything, and sign in."""
        self.product.start()
        self.person.sign_in()

    def submit(self, card: Card | None = None, *options: str, within_s: float = 180, **more: str) -> int:
        """Hand a card in; gives the command's exit status."""
        card = card or self.truth.cards[0]
        told = ("--subject", SUBJECT, "--location", LOCATION, "--folder", FOLDER)
        done = self.product.run("submit", str(card.folder), *told, *options, within_s=within_s, **more)
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode

    def ids(self) -> dict[str, int]:
        """Give ids by original names."""
        return {each["original_file_name"]: each["id"] for each in self.photos()}

    def photos(self, where: str = "1") -> list[dict[str, Any]]:
        return self.product.rows(f"SELECT * FROM review_queue WHERE {where} ORDER BY id")

    def approve(self, *names: str, caption: str | None = None) -> None:
        """Approve with words of a person's own, as the texts of a draft need them."""
        ids = self.ids()
        for name in names:
            texts = texts_of(name)
            answer = self.person.edit(ids[name], **{**texts, "caption": caption or texts["caption"]})
            assert answer.status == 200, answer
            answer = self.person.decide(ids[name], "approve", override_reason="For the experiment.")
            assert answer.status == 200, answer

    def release(self, *names: str) -> None:
        ids = self.ids()
        answer = self.person.release(*(ids[name] for name in names))
        assert answer.status == 200, answer
        assert sorted(answer.answer["released"]) == sorted(ids[name] for name in names), answer
        self.truth.live |= set(names)

    def withdraw(self, name: str, how: str) -> bool:
        """Take a photo back that is on its way; False: the site said that it is under way."""
        photo_id = self.ids()[name]
        if how == "edit":
            answer = self.person.edit(photo_id, caption="Not to be seen yet.")
        elif how == "stop release":
            answer = self.person.ask("POST", f"/releases/{self.releases()[-1]}/stop", {})
        else:
            answer = self.person.decide(photo_id, how, **({"reason": "No."} if how == "reject" else {}))
        if answer.status == 409:
            return False
        assert answer.status == 200, answer
        if how == "stop release" and photo_id not in answer.answer["stopped"]:
            return False
        self.truth.withdrawn[name] = answer.at
        self.truth.live.discard(name)
        return True

    def releases(self) -> list[int]:
        found = self.product.rows("SELECT DISTINCT release_id AS n FROM release_item ORDER BY n")
        return [int(each["n"]) for each in found]

    # what is waited for

    def rest(self, within_s: float = REST_S) -> None:
        """Wait until nothing is on its way."""
        eventually(self.is_at_rest, within_s=within_s, every_s=0.1)

    def is_at_rest(self) -> bool:
        return not any(self.product.rows(question)[0]["n"] for question in (_AT_REST, _OWED))

    def wait_for(self, where: str, count: int = 1, within_s: float = REST_S) -> None:
        """Wait until so many rows are as a condition has it."""
        question = f"SELECT count(*) AS n FROM review_queue WHERE {where}"
        eventually(
            lambda: (self.product.rows(question) or [{"n": 0}])[0]["n"] >= count, within_s=within_s, every_s=0.01
        )

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure from the end of a fault until what follows in the block is over."""
        began = time.monotonic()
        yield
        self.recovered_s = max(self.recovered_s or 0.0, time.monotonic() - began)

    def measure(self, what: str, value: float, unit: str, limit: float | None) -> None:
        """Keep a figure for the table."""
        self.measures.append(Measure(what, value, unit, limit))

    def pause(self, at_most_s: float) -> None:
        """Let a moment pass that the seed chooses."""
        time.sleep(self.chance.uniform(0, at_most_s))

    def moment(self, seconds: float) -> None:
        time.sleep(seconds)

    # what a machine does

    def mark(self, point: str, how: str = "") -> Mapping[str, str]:
        """Give the setting that ends one process at a point, or lets it sleep there."""
        file = self.product.folder / f"mark-{point}"
        file.write_text(how, "utf-8")
        return {"KILL_AT": f"{point}@{file}"}

    def is_taken(self, point: str) -> bool:
        return not (self.product.folder / f"mark-{point}").exists()

    def sleeper(self) -> int:
        """Wait for a process of ours that stands still, and find it."""
        found = eventually(lambda: [pid for pid in self.product.processes() if is_asleep(pid)], within_s=REST_S)
        return int(found[0])

    def wake(self, pid: int) -> None:
        send(pid, signal.SIGCONT)

    # and what comes of it

    def expect_nothing_wrong(self) -> None:
        """Look now: what is looked at is about to go away."""
        self.found = self.look()

    def look(self) -> list[str]:
        """Ask the site, stop everything, and look from outside."""
        told = self.person.photos()
        self.product.stop()
        self.watcher.stop()
        asked = [(each.action, each.status) for person in self.people for each in person.journal]
        outside = Outside(self.product, self.place, self.table, self.truth, self.watcher, told, asked)
        return findings(outside)


def texts_of(name: str) -> dict[str, Any]:
    """What a person writes under a photograph."""
    number = int(name.partition("_")[2].partition(".")[0])
    words = f"Patches of colour lie beside one another in the sample of place {number}."
    return {
        "caption": f"Coloured patches fill the whole frame of sample {number}.",
        "alt_text": words,
        "keywords": ["sample", "colour", "patches", f"number {number}", "test card"],
    }


@contextmanager
def scene(
    folder: Path,
    *,
    seed: str,
    kind: str = "folder",
    server: MariaDbServer | None = None,
    captioner: str = "draft",
    photos: int = 6,
    settings: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
    colours: Mapping[int, str] | None = None,
) -> Iterator[Scene]:
    """Set one up, and clear it away whatever happened."""
    chance = random.Random(seed)
    folder.mkdir(parents=True)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        where = stack.enter_context(place(kind, folder / "web"))
        rows = stack.enter_context(table(server, f"lightgate_{chance.getrandbits(40):x}"))
        ollama = stack.enter_context(FakeOllama()) if captioner == "ollama" else None
        relay = Relay(ollama.port) if ollama else None
        told = {"WORKERS__LEASE_S": "4", "CAPTIONER": captioner, "INTAKE__MIN_FREE_MB": "1", **(settings or {})}
        if relay:
            stack.callback(relay.close)
            told |= {"OLLAMA__HOST": f"http://127.0.0.1:{relay.port}", "OLLAMA__IDLE_TIMEOUT_S": "3"}
        given = {name: value.replace("{folder}", str(folder)) for name, value in (environ or {}).items()}
        product = Product(folder, told, given)
        product.config.write_text(_config(where, rows), "utf-8")
        card = make_card(folder / "card", photos, chance, colours)
        watcher = Watcher(where.root, rows, product.home / "review.db")
        made = Scene(product, where, rows, chance, Truth([card]), watcher, ollama, relay)
        stack.callback(_clear, product)
        watcher.start()
        stack.callback(watcher.stop)
        yield made


def _clear(product: Product) -> None:
    for pid in product.processes():
        send(pid, signal.SIGKILL)
    if product.process is not None:
        product.process.wait(timeout=20)


def _config(where: Place, rows: Table) -> str:
    def section(name: str, told: Mapping[str, str | int]) -> list[str]:
        return [f"[{name}]", *(f"{key} = {value!r}" for key, value in told.items())] if told else []

    return "\n".join(
        [*section("publish.targets.web", {"kind": where.kind, **where.settings}), *section("mysql", rows.settings())]
    )


def names(made: Scene, *numbers: int) -> Sequence[str]:
    """Give the names of photographs by their place on the card."""
    known = sorted(made.truth.cards[0].hashes)
    return [known[number] for number in numbers]
