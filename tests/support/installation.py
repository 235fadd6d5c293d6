"""A whole installation of a test's own, through its command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Installation:
    """A data folder and the commands on it; ports are any that are free."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environ(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("LIGHTGATE_")}
        told = {"REVIEW__PORT": "0", "FLOWER__PORT": "0", "CAPTIONER": "draft", "CLIP__ENABLED": "false"}
        chosen = {**told, "WORKERS__SOFT_STOP_S": "2", **self.settings, "HOME": str(self.home)}
        return {**inherited, **{f"LIGHTGATE_{name}": value for name, value in chosen.items()}}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "lightgate.cli", *arguments]

    def run(self, *arguments: str, within_s: float = 180) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            env=self.environ,
            cwd=self.home.parent,
            capture_output=True,
            text=True,
            timeout=within_s,
            check=False,
        )

    def answer(self, *arguments: str) -> Any:
        """Run a command that must succeed, and read the JSON it prints."""
        done = self.run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def processes(self) -> Sequence[int]:
        """Every process that works on this data folder."""
        mark = f"LIGHTGATE_HOME={self.home}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                names = (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if mark in names and int(folder.name) != os.getpid():
                found.append(int(folder.name))
        return found

    def why(self) -> str:
        """What its logs say last."""
        return "\n".join(f"{log.name}: {log.read_text('utf-8', 'replace')[-800:]}" for log in self.logs())

    def logs(self) -> Sequence[Path]:
        return sorted((self.home / "logs").glob("*.log"))
