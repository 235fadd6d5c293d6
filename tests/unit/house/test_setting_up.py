"""Making the environment: what is said where something is missing, and that CUDA comes only where there is a GPU."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

#: what ops/venv itself needs beside Python
SHELL_PROGRAMS = ("sh", "env", "cat", "dirname", "cksum", "grep", "rm")


@pytest.fixture
def checkout(repository: Path, tmp_path: Path) -> Path:
    """As much of a fresh clone as ops/venv looks at."""
    copy = tmp_path / "checkout"
    (copy / "ops").mkdir(parents=True)
    for name in ("pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(repository / name, copy / name)
    for name in ("venv", "add_clip.py", "install.py", "requirements-quality.lock"):
        shutil.copy(repository / "ops" / name, copy / "ops" / name)
    return copy


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A PATH with no Python on it."""
    folder = tmp_path / "path"
    folder.mkdir()
    for name in SHELL_PROGRAMS:
        (folder / name).symlink_to(shutil.which(name) or name)
    return folder


def make(checkout: Path, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["ops/venv"], cwd=checkout, env={"PATH": str(path)}, capture_output=True, text=True, check=False
    )


def put_program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{text}\n", "utf-8")
    (folder / name).chmod(0o755)


def test_a_machine_without_python_is_told_which_one_to_get(checkout: Path, path: Path) -> None:
    done = make(checkout, path)

    assert done.returncode == 1
    assert done.stderr == (
        "Lightgate needs Python 3.11 or newer, and none is on the PATH. "
        "Set PYTHON=/path/to/python3 if it is elsewhere.\n"
    )


def test_an_older_python_does_not_count(checkout: Path, path: Path) -> None:
    put_program(path, "python3", "exit 1")

    assert "needs Python 3.11" in make(checkout, path).stderr


def test_a_python_without_venv_is_named_with_the_remedy_and_leaves_nothing(checkout: Path, path: Path) -> None:
    put_program(path, "python3", 'case "$*" in *venv*) mkdir -p .venv; exit 1 ;; esac')
    (path / "mkdir").symlink_to(shutil.which("mkdir") or "mkdir")

    done = make(checkout, path)

    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_an_environment_that_is_up_to_date_is_left_alone(checkout: Path, path: Path) -> None:
    (checkout / ".venv" / "bin").mkdir(parents=True)
    put_program(checkout / ".venv" / "bin", "python", "exit 0")
    read = "requirements.lock pyproject.toml ops/requirements-quality.lock ops/add_clip.py ops/install.py"
    told = f"{{ pwd && cat {read}; }} | cksum"
    print_ = subprocess.run(["sh", "-c", told], cwd=checkout, capture_output=True, text=True, check=True)
    (checkout / ".venv" / "installed-requirements.lock").write_text(print_.stdout, "ascii")

    done = make(checkout, path)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def install_with(tmp_path: Path, repository: Path, pip: str) -> subprocess.CompletedProcess[str]:
    """Run ops/install.py with a pip that does this."""
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "__init__.py").touch()
    (tmp_path / "pip" / "__main__.py").write_text(pip, "utf-8")
    (tmp_path / "some.lock").write_text("# a==1 is explained here\none==1 \\\n    --hash=sha256:00\ntwo==2\n", "utf-8")
    made = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(made)], check=True)
    return subprocess.run(
        [str(made / "bin" / "python"), str(repository / "ops" / "install.py"), str(tmp_path / "some.lock")],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_installation_prints_one_line_whatever_pip_says(tmp_path: Path, repository: Path) -> None:
    done = install_with(tmp_path, repository, "print('WARNING: Location is ignored\\n' * 300, 'Collecting one')")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Installing 2 packages into .venv; the first time this takes a minute or two.\n"
    assert "Location is ignored" in (tmp_path / "venv" / "install.log").read_text("utf-8")


def test_an_installation_that_fails_says_why_and_where_all_of_it_stands(tmp_path: Path, repository: Path) -> None:
    pip = "print('ERROR: No matching distribution found for one==1', 'WARNING: no' * 9, sep='\\n'); raise SystemExit(1)"
    done = install_with(tmp_path, repository, pip)
    assert done.returncode == 1
    assert "ERROR: No matching distribution found for one==1" in done.stderr
    assert "WARNING" not in done.stderr
    assert str(tmp_path / "venv" / "install.log") in done.stderr


@pytest.fixture(scope="module")
def add_clip(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("add_clip", repository / "ops" / "add_clip.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Answering:
    """An installer whose pip would take a torch with these requirements."""

    def __init__(self, *requires: str) -> None:
        self.report = json.dumps({"install": [{"metadata": {"name": "torch", "requires_dist": list(requires)}}]})

    def pip(self, *_arguments: str) -> str:
        return self.report


@pytest.mark.parametrize("package", ["nvidia-cudnn-cu13==9.20", "cuda-toolkit[cublas]==13.0.3", "triton==3.5"])
def test_a_torch_that_asks_for_cuda_packages_is_not_taken(add_clip: ModuleType, package: str) -> None:
    assert not add_clip.is_cpu_build(Answering("filelock", package))


def test_a_torch_that_asks_for_them_on_other_machines_or_as_an_extra_is_taken(add_clip: ModuleType) -> None:
    elsewhere = 'nvidia-cudnn-cu13==9.20; platform_system == "Elsewhere"'

    assert add_clip.is_cpu_build(Answering("sympy>=1.13", elsewhere, 'triton; extra == "fast"'))


def test_an_installer_that_fails_is_quoted_in_a_sentence(add_clip: ModuleType) -> None:
    with pytest.raises(add_clip.LeftOut, match="No matching distribution"):
        add_clip.Installer(10).run(
            "sh", "-c", "echo 'WARNING: x' >&2; echo 'ERROR: No matching distribution.' >&2; exit 1"
        )


def test_an_installer_that_takes_too_long_is_given_up(add_clip: ModuleType) -> None:
    with pytest.raises(add_clip.LeftOut, match="longer than this run may wait"):
        add_clip.Installer(0).run("sleep", "60")


def test_an_installer_that_is_not_there_is_named(add_clip: ModuleType) -> None:
    with pytest.raises(add_clip.LeftOut, match="no-such-program cannot be started"):
        add_clip.Installer(10).run("no-such-program")
