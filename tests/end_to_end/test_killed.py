"""Killed at any moment while vehicles charge, nothing that a station was answered is lost."""

from pathlib import Path
import subprocess
import sys

PROJECT = Path(__file__).parents[2]

NOTHING = (
    "begun and confirmed, then missing",
    "ended and confirmed, then missing",
    "readings older than a quarter hour lost",
)


def test_nothing_that_was_confirmed_is_lost() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.sigkill", "8"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    figures = {
        name.strip(): value.strip()
        for name, _, value in (
            line.rpartition("  ") for line in run.stdout.splitlines()
        )
    }
    assert [figures[name] for name in NOTHING] == ["0", "0", "0"]
    assert figures["sessions"] == figures["sessions on record at the end"]
    assert figures["wrong in the end, at most"].startswith("0.0")
