"""Spoilt files end as photos or as sentences, in a worker that lives, within its memory and its time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

#: FUZZ=1500 for a long run
_COUNT = int(os.environ.get("FUZZ", "100"))
_SEED = int(os.environ.get("FUZZ_SEED", "1"))


def test_a_worker_outlives_spoilt_files_of_every_kind() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "support.fuzzing", str(_COUNT), str(_SEED)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]
    told = json.loads(done.stdout)
    assert sum(told["ended"].values()) == _COUNT
    assert [how for how in told["ended"] if "ESCAPED" in how or "NO SENTENCE" in how] == []
    assert len(told["ended"]) > 5
    # a bomb that is within the limit of pixels may need 180 MB for them
    assert told["rss_mb"] < 600
