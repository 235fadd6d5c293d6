"""What holds for the whole tree: its checks, its documents, and what must not stand in it."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from importlib.metadata import packages_distributions
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lightgate import settings

#: a wheel or index of one machine's registry
REGISTRY = re.compile(r"https?://[^\s\"']*(\.whl|\.tar\.gz|\.tgz|/simple|/debian)\b")
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+\w")


def tracked_texts(repository: Path) -> dict[Path, str]:
    """Read every file that is, or is about to be, in git."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=repository,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is not a git checkout")
    files = [repository / name for name in listed.stdout.decode().split("\0") if name]
    return {file: file.read_text("utf-8", errors="replace") for file in files if file.is_file()}


@pytest.mark.parametrize("part", ["lint", "types", "imports", "documents", "wheel"])
def test_the_tree_passes_its_checks(repository: Path, part: str) -> None:
    environ = os.environ | {"VENV": sys.prefix}
    done = subprocess.run(["ops/check", part], cwd=repository, env=environ, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_no_process_loads_numpy_before_it_looks_at_a_picture() -> None:
    seen = "import sys, lightgate.cli, lightgate_workers.app; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", seen], check=False).returncode == 0


def test_no_file_names_the_place_where_it_was_written(repository: Path) -> None:
    places = [str(place) for place in (repository, Path.home()) if len(place.parts) > 1]
    # the home folder of root is an ordinary word in Dockerfiles
    places = [place for place in places if place != "/root"]

    found = [file for file, text in tracked_texts(repository).items() if any(place in text for place in places)]

    assert found == []


def test_no_file_names_a_registry(repository: Path) -> None:
    assert [file for file, text in tracked_texts(repository).items() if REGISTRY.search(text)] == []


def test_no_file_holds_a_private_key(repository: Path) -> None:
    assert [file for file, text in tracked_texts(repository).items() if PRIVATE_KEY.search(text)] == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "ops/requirements-image.lock"])
def test_a_lock_pins_everything_by_hash_and_leaves_torch_out(repository: Path, lock: str) -> None:
    text = (repository / lock).read_text("utf-8")
    packages = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]

    assert packages
    assert all("==" in line and line.endswith("\\") for line in packages)
    assert not any(re.match(r"torch|nvidia|cuda", line) for line in packages)


def documents(repository: Path) -> dict[Path, str]:
    """Give what a person reads first, and the pages that it leads to."""
    return {page: page.read_text("utf-8") for page in (repository / "README.md", *(repository / "docs").glob("*.md"))}


def test_the_commands_of_the_documents_exist(repository: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (repository / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {name for text in documents(repository).values() for name in re.findall(r"[`\n]make ([a-z-]+)", text)}

    assert {"demo", "test", "picture"} <= named
    assert named <= targets


def test_the_documents_link_only_to_files_that_exist(repository: Path) -> None:
    links = {
        (page.name, link)
        for page, text in documents(repository).items()
        for link in re.findall(r"\]\(([^)#:]+)\)", text)
        if not (page.parent / link).exists()
    }

    assert links == set()


def test_the_readme_leads_to_every_page_and_is_read_in_four_minutes(repository: Path) -> None:
    text = (repository / "README.md").read_text("utf-8")

    assert [page.name for page in (repository / "docs").iterdir() if f"(docs/{page.name})" not in text] == []
    assert len(text.split()) <= 900


def test_everything_that_is_imported_is_declared(repository: Path) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    product = [*project["project"]["dependencies"], *chain(*project["project"]["optional-dependencies"].values())]
    workshop = list(chain(*project["dependency-groups"].values()))
    roots = {"services": product, "workers": product, "review_web": product}
    roots |= {"tests": product + workshop, "ops": product + workshop}

    missing = {
        (root, name) for root, declared in roots.items() for name in imported(repository / root) - packages_of(declared)
    }

    assert missing == set()


def imported(folder: Path) -> set[str]:
    """Name the top-level modules from outside that the code in a folder imports."""
    # a script finds what lies beside it
    ours = {"lightgate", "lightgate_workers", "lightgate_web", "support", "faults", "conftest", *_stems(folder)}
    nodes = [node for file in folder.rglob("*.py") for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names - ours


def _stems(folder: Path) -> set[str]:
    return {file.stem for file in folder.glob("*.py")}


def packages_of(declared: Sequence[str]) -> set[str]:
    """Name the top-level modules that the declared distributions bring; one that is not installed, by its own name."""
    wanted = {canonicalize_name(Requirement(line).name) for line in declared}
    brought = packages_distributions().items()
    return wanted | {module for module, by in brought if wanted & set(map(canonicalize_name, by))}


@pytest.mark.parametrize(
    ("lock", "groups", "extras"),
    [
        ("requirements.lock", ["build"], ["embedded", "demo"]),
        ("requirements-dev.lock", ["build", "dev"], ["embedded", "demo"]),
        ("ops/requirements-image.lock", ["build"], []),
    ],
)
def test_a_lock_holds_everything_that_is_declared(
    repository: Path, lock: str, groups: list[str], extras: list[str]
) -> None:
    project = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    declared = list(project["project"]["dependencies"])
    declared += chain(*(project["project"]["optional-dependencies"][extra] for extra in extras))
    declared += chain(*(project["dependency-groups"][group] for group in groups))
    pins = re.findall(r"^([a-z0-9._-]+)==(\S+)", (repository / lock).read_text("utf-8"), re.MULTILINE)
    locked = {canonicalize_name(name): version for name, version in pins}

    behind = [
        line
        for line in map(Requirement, declared)
        if not line.specifier.contains(locked.get(canonicalize_name(line.name), "0"), prereleases=True)
    ]

    assert behind == [], "run ops/lock"


def test_the_settings_that_the_documents_show_are_accepted(repository: Path, tmp_path: Path) -> None:
    pages = documents(repository).values()
    examples = [found for text in pages for found in re.findall(r"```toml\n(.*?)```", text, re.DOTALL)]
    assert examples

    for example in examples:
        (tmp_path / "lightgate.toml").write_text(example, "utf-8")
        settings.load({}, tmp_path / "lightgate.toml")


def test_the_variables_that_the_documents_name_exist(repository: Path) -> None:
    written = [text for page, text in documents(repository).items() if page.name != "settings.md"]
    named = {name for text in written for name in re.findall(r"\bLIGHTGATE_[A-Z_]+", text)}
    known = set(re.findall(r"`(LIGHTGATE_[A-Z_]+)`", (repository / "docs" / "settings.md").read_text("utf-8")))

    assert {name.removesuffix("_FILE") for name in named} - known == set()
