"""Make bare root file systems of Debian, run the README's two commands in each, and print how long they took.

Each machine is debootstrap's smallest with git, make and python3-venv, and a clone of this checkout's last commit. The
mirror is the one that apt has here (or MIRROR), and pip gets the configuration that it has here. Needs root and the
package debootstrap; what runs in there has its own processes and mounts, which end with it, but the network and the
ports of this machine: LIGHTGATE_* settings hold in there, too.
"""

from __future__ import annotations

import argparse
import ast
import configparser
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
RELEASES = {"12": "bookworm", "13": "trixie"}
PACKAGES = ("git", "make", "python3-venv")
#: what is run, and what ends it
COMMANDS = {"demo": "make demo", "test": "make test"}
#: in the machine
HOME, CHECKOUT = "root", "root/lightgate"
NO_TORCH = "etc/no-torch.txt"
#: a command that takes longer than that hangs
LIMIT_S = 3600
#: variables that a machine gets of ours, beside LIGHTGATE_*
_LENT = re.compile(r"LIGHTGATE_\w+|CI|(https?|no|ftp|all)_proxy", re.IGNORECASE)


class Unfit(Exception):
    """Why machines cannot be made here."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, prog="ops/bare-machine"
    )
    parser.add_argument("releases", nargs="*", metavar="RELEASE", default=[*RELEASES], help="12, 13; both by default")
    parser.add_argument("--only", choices=COMMANDS, help="one command instead of both")
    parser.add_argument("--torch", choices=("with", "without", "both"), default="both", help="can torch be had?")
    parser.add_argument("--then", metavar="COMMAND", help="a command to run in each machine after that")
    wanted = parser.parse_args()
    if unknown := set(wanted.releases) - set(RELEASES):
        parser.error(f"no such release: {', '.join(sorted(unknown))}; there are {', '.join(RELEASES)}")
    commands = {name: line for name, line in COMMANDS.items() if wanted.only in {None, name}}
    if wanted.then:
        commands["then"] = wanted.then
    torches = [wanted.torch] if wanted.torch != "both" else ["with", "without"]
    try:
        require_means()
        have_failed = [_tried(release, torches, commands) for release in wanted.releases]
    except Unfit as reason:
        sys.exit(f"{reason}")
    sys.exit(any(have_failed))


def require_means() -> None:
    """Make sure that machines can be made here.

    Raises:
        Unfit: what is missing.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        raise Unfit("Bare machines are made by root on Linux.")
    for program, package in (("debootstrap", "debootstrap"), ("unshare", "util-linux"), ("git", "git")):
        if shutil.which(program) is None:
            raise Unfit(f"{program} is missing: apt-get install {package}")


def _tried(release: str, torches: Sequence[str], commands: dict[str, str]) -> bool:
    """Try everything on one release; says whether anything failed."""
    has_failed = False
    with tempfile.TemporaryDirectory(prefix=f"lightgate-debian-{release}-") as folder:
        place = Path(folder)
        took_s = make(place / "base", release)
        print(f"Debian {release}: a bare machine was made in {took_s:.0f} s", flush=True)
        for torch in torches:
            root = place / "machine"
            # devices are copied as devices
            subprocess.run(["cp", "-a", str(place / "base"), str(root)], check=True)
            lent = equip(root, has_torch=torch == "with")
            for name, line in commands.items():
                log = place / f"{torch}-{name}.log"
                took_s, code = run(root, line, lent, log)
                print(f"Debian {release}, {torch} torch, {line}, {took_s:.0f} s: {_said(log, code)}", flush=True)
                has_failed |= code != 0
            shutil.rmtree(root)
    return has_failed


def make(root: Path, release: str) -> float:
    """Make a root file system; gives the seconds that it took.

    Raises:
        Unfit: debootstrap could not.
    """
    start = time.monotonic()
    line = ["debootstrap", "--variant=minbase", f"--include={','.join(PACKAGES)}", RELEASES[release], str(root)]
    done = subprocess.run([*line, mirror()], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unfit(f"debootstrap could not make Debian {release}: {(done.stdout + done.stderr)[-1000:]}")
    return time.monotonic() - start


def mirror() -> str:
    """Give the address that apt here has Debian from.

    Raises:
        Unfit: it has none.
    """
    if told := os.environ.get("MIRROR"):
        return told
    form = "$(LABEL) $(REPO_URI)"
    known = subprocess.run(["apt-get", "indextargets", "--format", form], capture_output=True, text=True, check=False)
    for line in known.stdout.splitlines():
        label, _, address = line.rpartition(" ")
        if label == "Debian":
            return address
    raise Unfit("apt has Debian from nowhere here: set MIRROR to a mirror's address, or run apt-get update.")


def equip(root: Path, *, has_torch: bool) -> list[Path]:
    """Give a machine a clone, names of hosts, and pip's configuration; gives the folders that it needs of ours."""
    clone = ["git", "clone", "--quiet", "--no-hardlinks", str(REPOSITORY), str(root / CHECKOUT)]
    subprocess.run(clone, check=True)
    for name in ("resolv.conf", "hosts"):
        with suppress(FileNotFoundError):
            shutil.copyfile(Path("/etc", name), root / "etc" / name)
    told = configuration_of_pip()
    if not has_torch:
        (root / NO_TORCH).write_text("torch<0\n", "ascii")
        told["global"]["constraint"] = f"{told['global'].get('constraint', '')} /{NO_TORCH}".strip()
    with (root / "etc" / "pip.conf").open("w", encoding="utf-8") as file:
        told.write(file)
    return list(_lent(root, told))


def configuration_of_pip() -> configparser.ConfigParser:
    """Read how pip is configured here, by files and by variables, as one file says it."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    told = configparser.ConfigParser(interpolation=None)
    told.add_section("global")
    for line in asked.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.replace(":env:", "global", 1).partition(".")
        if name:
            if not told.has_section(section):
                told.add_section(section)
            told[section][name] = str(ast.literal_eval(value))
    return told


def _lent(root: Path, told: configparser.ConfigParser) -> Iterator[Path]:
    """Copy the files that pip's configuration names, and yield the folders; an index may point beside itself."""
    for section in told.sections():
        for value in told[section].values():
            for word in value.split():
                path = Path(word.removeprefix("file://"))
                if not path.is_absolute() or not path.exists() or path.is_relative_to("/" + NO_TORCH):
                    continue
                if path.is_file():
                    (root / path.relative_to("/")).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, root / path.relative_to("/"))
                else:
                    yield path.parent if word.startswith("file://") else path


def run(root: Path, command: str, lent: Sequence[Path], log: Path) -> tuple[float, int]:
    """Run a command in the machine's checkout, with processes and mounts of its own; gives seconds and exit status."""
    mounts = ['mount -t proc proc "$0/proc"', 'mount --rbind /dev "$0/dev"', 'mount --rbind /sys "$0/sys"']
    mounts += [f'mkdir -p "$0{each}" && mount --bind "{each}" "$0{each}"' for each in dict.fromkeys(lent)]
    inside = f"cd /{CHECKOUT} && {command}"
    steps = " && ".join([*mounts, f'exec chroot "$0" sh -c {_quoted(inside)}'])
    whole = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", steps, str(root)]
    ours = {name: value for name, value in os.environ.items() if _LENT.fullmatch(name)}
    environment = {**ours, "HOME": f"/{HOME}", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
    start = time.monotonic()
    with log.open("wb") as out:
        try:
            code = subprocess.run(
                whole, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, timeout=LIMIT_S, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            code = 124
    return time.monotonic() - start, code


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _said(log: Path, code: int) -> str:
    lines = [line.strip() for line in log.read_text("utf-8", errors="replace").splitlines() if line.strip()]
    if code == 0:
        worth = [line for line in lines[:-1] if line.startswith(("CLIP", "Ran "))]
        return "right:\n" + "\n".join(f"  {line}" for line in [*worth, *lines[-1:]])
    return f"FAILED ({code}):\n" + "\n".join(lines[-40:])


if __name__ == "__main__":
    main()
