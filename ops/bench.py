"""Run the benchmarks in tests/benchmarks, print a table, and write bench.json: ``ops/bench.py [NAME…]``.

Each ``bench_NAME.py`` has a ``run()`` that gives a list of ``{"name", "value", "unit", "ratio", "against"}``.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
BENCHMARKS = ROOT / "tests" / "benchmarks"
ANSWER = ROOT / "bench.json"


def main() -> None:
    names = sorted(file.stem.removeprefix("bench_") for file in BENCHMARKS.glob("bench_*.py"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}; all of them if none is given")
    chosen = parser.parse_args().names or names
    if unknown := set(chosen) - set(names):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    _forget_settings()
    sys.path.insert(0, str(BENCHMARKS.parent))
    results: list[Mapping[str, object]] = []
    for name in chosen:
        print(f"… {name}", flush=True)
        results += importlib.import_module(f"benchmarks.bench_{name}").run()
    Console(width=None if sys.stdout.isatty() else 160).print(table(results))
    ANSWER.write_text(json.dumps(results, indent=2, ensure_ascii=False) + "\n", "utf-8")


def table(results: list[Mapping[str, object]]) -> Table:
    """Lay the results out for a person."""
    made = Table(box=None, pad_edge=False)
    made.add_column("what")
    for column in ("value", "unit", "ratio", "against"):
        made.add_column(column, justify="right" if column in {"value", "ratio"} else "left")
    for each in results:
        cells = (each.get(column) for column in ("name", "value", "unit", "ratio", "against"))
        made.add_row(*("" if cell is None else str(cell) for cell in cells))
    return made


def _forget_settings() -> None:
    """Measure the defaults, whoever runs it."""
    for name in [name for name in os.environ if name.startswith("LIGHTGATE_")]:
        del os.environ[name]


if __name__ == "__main__":
    main()
