#!/usr/bin/env python3
"""Draw the house from its code: rooms, their size, what they import; ``ops/document.py`` puts it into docs/design.md.

``--helpers`` reports private functions that are used once and short: a reading list, no gate.
"""

from __future__ import annotations

import argparse
import ast
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"lightgate": "services", "lightgate_workers": "workers", "lightgate_web": "review_web"}
#: doors are whole packages; below them a room is a folder of ``lightgate``
_DOORS = frozenset({"lightgate_workers", "lightgate_web"})
_SHORT = 5


@dataclass
class Module:
    """One file."""

    name: str
    file: Path
    tree: ast.Module = field(repr=False)
    lines: int

    @cached_property
    def room(self) -> str:
        """The folder below ``lightgate`` that it stands in, or its own name where it stands at the root."""
        parts = self.name.split(".")
        return parts[0] if parts[0] in _DOORS else ".".join(parts[1:2]) or "lightgate"


def modules() -> dict[str, Module]:
    """Read every module, by its dotted name."""
    found = {}
    for package, top in PACKAGES.items():
        for file in sorted((ROOT / top / package).rglob("*.py")):
            parts = file.relative_to(ROOT / top).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            text = file.read_text("utf-8")
            found[name] = Module(name, file, ast.parse(text), text.count("\n"))
    return found


def imports(module: Module, known: Mapping[str, Module]) -> Iterator[str]:
    """Yield the modules of ours that one imports, at its top or later."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                if (wanted := inner if inner in known else node.module) in known:
                    yield wanted
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in known)


@dataclass(frozen=True)
class House:
    """The rooms by layer, top down, and what one imports of another, counted."""

    layers: list[list[str]]
    files: Counter[str]
    lines: Counter[str]
    arrows: Counter[tuple[str, str]]

    @property
    def rooms(self) -> list[str]:
        """All rooms, from the doors down."""
        return [room for layer in self.layers for room in layer]

    def layer_of(self, room: str) -> int:
        """Count from the doors, which are 0."""
        return next(number for number, layer in enumerate(self.layers) if room in layer)

    def imported_by(self, room: str) -> list[str]:
        """List what a room imports, from the top down."""
        return [other for other in self.rooms if (room, other) in self.arrows]

    def upward(self) -> list[tuple[str, str]]:
        """List the arrows that lead to a higher layer; there are none."""
        return [pair for pair in self.arrows if self.layer_of(pair[0]) > self.layer_of(pair[1])]

    def direct(self) -> Iterator[tuple[str, str]]:
        """Yield the arrows that no way over a third room says already: a drawing of all could not be read."""
        reached = {room: {*self.imported_by(room)} for room in self.rooms}
        for room in reversed(self.rooms):
            for other in tuple(reached[room]):
                reached[room] |= reached[other]
        for one, other in sorted(self.arrows):
            if not any(other in reached[third] for third in self.imported_by(one) if third != other):
                yield one, other


def house() -> House:
    """Read the house."""
    known, layers = modules(), _layers()
    rooms = {room for layer in layers for room in layer}
    arrows = Counter(
        (each.room, known[other].room)
        for each in known.values()
        for other in imports(each, known)
        if each.room != known[other].room and {each.room, known[other].room} <= rooms
    )
    files = Counter(each.room for each in known.values() if each.room in rooms)
    lines: Counter[str] = Counter()
    for each in known.values():
        lines[each.room] += each.lines
    # in hundreds: a line more is no other house
    return House(layers, files, Counter({room: max(100, round(count, -2)) for room, count in lines.items()}), arrows)


def picture() -> str:
    """Draw the layers from the doors down, and list every room with what it imports."""
    drawn = house()
    return "\n".join(["```mermaid", *_chart(drawn), "```", "", *_table(drawn), "", _sum(drawn), ""])


def _chart(drawn: House) -> Iterator[str]:
    yield "flowchart TD"
    for number, layer in enumerate(drawn.layers, 1):
        yield f'  subgraph layer{number}[" "]'
        yield from (f'    {room}["{room}<br/>about {drawn.lines[room]:,} lines"]' for room in layer)
        yield "  end"
    yield from (f"  {one} --> {other}" for one, other in drawn.direct())


def _table(drawn: House) -> Iterator[str]:
    yield "| layer | room | files | lines, about | imports |"
    yield "|--:|---|--:|--:|---|"
    for room in drawn.rooms:
        said = ", ".join(drawn.imported_by(room)) or "nothing of ours"
        size = f"{drawn.files[room]} | {drawn.lines[room]:,}"
        yield f"| {drawn.layer_of(room) + 1} | **{room}** | {size} | {said} |"


def _sum(drawn: House) -> str:
    counted = f"{len(drawn.rooms)} rooms, {drawn.files.total()} files, {len(drawn.arrows)} arrows between rooms"
    return f"{counted}, {len(drawn.upward())} of them upward. The drawing leaves out what a way over a third room says."


def _layers() -> list[list[str]]:
    """Read the layers from the contract that holds them, top down."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    found = next(each["layers"] for each in contracts if each["type"] == "layers")
    return [[room.strip().removeprefix("lightgate.") for room in layer.split("|")] for layer in found]


def helpers() -> Iterator[str]:
    """Yield a line for each private function that is used once and shorter than five lines, and a share at the end."""
    functions = once = 0
    for each in modules().values():
        uses = Counter(node.id for node in ast.walk(each.tree) if isinstance(node, ast.Name))
        uses.update(node.attr for node in ast.walk(each.tree) if isinstance(node, ast.Attribute))
        for node in ast.walk(each.tree):
            if not isinstance(node, ast.FunctionDef):
                continue
            functions += 1
            is_private = node.name.startswith("_") and not node.name.startswith("__")
            if not is_private or node.name == "_" or node.decorator_list or uses[node.name] != 1:
                continue
            once += 1
            length = (node.end_lineno or node.lineno) - node.body[0].lineno + 1
            if length < _SHORT:
                yield f"{each.file.relative_to(ROOT)}:{node.lineno}: {node.name}, {length} lines"
    yield f"{once} of {functions} functions are private and used once: {once / functions:.0%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--helpers", action="store_true", help="short private functions that are used once")
    print("\n".join(helpers()) if parser.parse_args().helpers else picture())


if __name__ == "__main__":
    main()
