"""The benchmarks run and print every figure. What they measure, a test does not judge."""

from pathlib import Path
import subprocess
import sys

import pytest

PROJECT = Path(__file__).parents[2]

FIGURES = {
    "Heartbeat_1.6_cost",
    "Heartbeat_2.0.1_cost",
    "Heartbeat_2.1_cost",
    "MeterValues_1.6_cost",
    "StatusNotification_1.6_cost",
    "StatusNotification_2.0.1_cost",
    "StatusNotification_2.1_cost",
    "TransactionEvent_2.0.1_cost",
    "TransactionEvent_2.1_cost",
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
    arguments = (
        "6",
        "--seconds",
        "5",
        "--versions",
        "1.6,2.0.1,2.1",
        "--folder",
        str(tmp_path / "home"),
    )
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
    assert figures["disturbed"] == 0


@pytest.mark.timeout(240)
def test_the_reaction_of_a_few_stations_is_measured() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.reaction", "3", "10", "--samples", "3"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    lines = [line.split() for line in told.stdout.splitlines()]
    figures = {words[1]: float(words[2]) for words in lines if words[:1] == ["figure"]}
    assert figures.keys() >= {"reaction_10_p99", "reaction_3_frames_each"}
    # One frame each, and nothing asked before it.
    for stations in (3, 10):
        assert figures[f"reaction_{stations}_frames_each"] == 1
        assert figures[f"reaction_{stations}_other_calls"] == 0
