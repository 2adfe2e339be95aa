"""The benchmarks run and print every figure. What they measure, a test does not judge."""

from pathlib import Path

from tests.benches import run_bench

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


def test_a_few_stations_are_measured(tmp_path: Path) -> None:
    arguments = ("6", "--seconds", "5", "--versions", "1.6,2.0.1,2.1")
    folder = ("--folder", str(tmp_path / "home"))
    figures = run_bench("csms", *arguments, *folder, seconds=240).figures
    assert figures.keys() >= FIGURES
    assert figures["disturbed"] == 0


def test_the_reaction_of_a_few_stations_is_measured() -> None:
    arguments = ("3", "10", "--samples", "3")
    figures = run_bench("reaction", *arguments, seconds=200).figures
    assert figures.keys() >= {"reaction_10_p99", "reaction_3_frames_each"}
    # One frame each, and nothing asked before it.
    for stations in (3, 10):
        assert figures[f"reaction_{stations}_frames_each"] == 1
        assert figures[f"reaction_{stations}_other_calls"] == 0
