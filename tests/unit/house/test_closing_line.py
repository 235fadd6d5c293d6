"""What the last lines of a test run say."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from support.closing_line import closing_line
from support.programs import absent


@dataclass
class Report:
    """As much of pytest's report as is read."""

    longrepr: object = None


def skipped(reason: str) -> Report:
    return Report(("tests/some.py", 7, f"Skipped: {reason}"))


def test_a_run_says_what_ran_and_each_reason_once() -> None:
    lost = [skipped("there is no torch."), skipped("no server"), skipped("there is no torch.")]
    assert closing_line({"passed": [Report()] * 1200, "failed": [Report()], "": [Report()], "skipped": lost}) == (
        "Ran 1,201 tests: 1,200 passed, 1 failed. Skipped 3: 2 since there is no torch; 1 since no server."
    )


def test_a_run_that_skipped_nothing_says_so() -> None:
    assert closing_line({"passed": [Report()]}) == "Ran 1 tests: 1 passed. None was skipped."


def test_tests_whose_fixtures_broke_are_not_hidden() -> None:
    assert closing_line({"error": [Report()] * 2}) == "Ran 0 tests: 2 broken beside the test itself. None was skipped."


@pytest.mark.parametrize("ci", ["", "true"])
def test_what_is_absent_skips_at_home_and_fails_on_ci(monkeypatch: pytest.MonkeyPatch, ci: str) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(pytest.fail.Exception if ci else pytest.skip.Exception, match="there is no torch"):
        absent("there is no torch")
