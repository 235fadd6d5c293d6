"""The tree of errors: every one stands in it, and in the drawing of it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from lightgate import errors
from lightgate.errors import LightgateError, Misconfigured, Refused, Rejected, Transient, WorkerLost


def drawn() -> Iterator[tuple[int, str]]:
    """Read the drawing: depth and name, from the top down."""
    for line in (errors.__doc__ or "").splitlines():
        if (found := re.match(r"([│├└─ ]*)([A-Z]\w+)\b", line)) and (found[1] or found[2] == "LightgateError"):
            yield len(found[1]) // 4, found[2]


def tree(kind: type[LightgateError] = LightgateError) -> Iterator[tuple[str, str]]:
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield each.__name__, kind.__name__
            yield from tree(each)


def test_the_drawing_names_every_error_at_its_place() -> None:
    above: dict[int, str] = {}
    parents = {}
    for depth, name in drawn():
        above[depth] = name
        if depth:
            parents[name] = above[depth - 1]
    assert parents == dict(tree())


def test_no_other_module_makes_an_error_of_its_own(repository: Path) -> None:
    names = {name for name, _ in tree()} | {"LightgateError"}
    found = [
        f"{file.relative_to(repository)}: {node.name}"
        for folder in ("services", "workers", "review_web")
        for file in (repository / folder).rglob("*.py")
        if file.name != "errors.py" or file.parent.name != "lightgate"
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id in names for base in node.bases)
    ]
    assert found == []


def test_what_is_charged_follows_from_the_error_alone() -> None:
    free = {name for name, _ in tree() if not getattr(errors, name).is_charged}
    assert all(issubclass(getattr(errors, name), Transient | Misconfigured) for name in free)
    assert (Misconfigured.is_charged, WorkerLost.is_charged, Rejected.is_charged, Refused.is_charged) == (
        False,
        True,
        True,
        True,
    )
