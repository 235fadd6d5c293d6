"""Put into docs/pictures.md what ``ops/bench.py decode derivatives programs score pictures`` wrote into bench.json."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "pictures.md"
BEGIN, END = "<!-- measured -->\n", "<!-- end -->\n"


def main() -> None:
    results = json.loads(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "bench.json").read_text("utf-8"))
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(before + BEGIN + _table(results) + END + rest.partition(END)[2], "utf-8")


def _table(results: list[dict[str, object]]) -> str:
    columns = ("name", "value", "unit", "ratio", "against")
    rows = ["".join(f"| {'' if each[name] is None else each[name]} " for name in columns) + "|" for each in results]
    machine = f"{os.cpu_count()} cores, {_processor()}, {platform.system()}, Python {platform.python_version()}"
    return "\n".join(
        [f"{machine}.", "", "| what | value | unit | times | against |", "|---|--:|---|--:|---|", *rows, ""]
    )


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text("utf-8").splitlines() if listed.is_file() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    main()
