"""The benchmarks run and print every figure. What they measure, a test does not judge."""

from pathlib import Path
import subprocess
import sys

import pytest

PROJECT = Path(__file__).parents[2]

FIGURES = {
    "Heartbeat_cost",
    "MeterValues_cost",
    "StatusNotification_cost",
    "cpu_above_idle",
    "disturbed",
    "frame_to_state_p50",
    "frame_to_state_p99",
    "loop_delay_burst",
    "loop_delay_p99",
    "memory",
    "reconnect_storm",
    "reports_lost",
}


@pytest.mark.timeout(300)
def test_a_few_stations_are_measured(tmp_path: Path) -> None:
    arguments = ("6", "--seconds", "5", "--folder", str(tmp_path / "home"))
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.csms", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    lines = [line.split() for line in told.stdout.splitlines()]
    figures = {words[1]: float(words[2]) for words in lines if words[:1] == ["figure"]}
    assert figures.keys() >= FIGURES
    assert figures["disturbed"] == figures["reports_lost"] == 0
