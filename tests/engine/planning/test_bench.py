"""The bench of planning runs and prints every figure: two days of one home, and one plan of each size."""

from pathlib import Path

import pytest

from benchmarks import planning
from tests.benches import run_bench


@pytest.mark.timeout(300)
def test_two_days_are_lived_through() -> None:
    arguments = ("--months", "1", "--days", "2", "--times", "1")
    printed = run_bench("planning", *arguments, seconds=280)
    figures = printed.figures
    times = {
        f"plan_{vehicles}_{what}"
        for vehicles in (1, 10, 50)
        for what in ("processor", "time")
    }
    assert figures.keys() >= {"planned_to_best", "loop_delay_p99_planning", *times}
    # Nothing is better than the best; who knows what will be is not far from it.
    assert 0.999 <= figures["planned_perfect_forecasts_to_best"] <= 1.1
    ways = {
        " ".join(words[:-2]): float(words[-2])
        for words in printed.lines
        if len(words) > 2 and words[-2].startswith("1.")
    }
    assert ways["planned"] < ways["LLF"] <= ways["uncontrolled"]


def test_a_long_run_goes_on_where_it_ended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "months"
    found = planning.months((1,), 2, file)
    printed = capsys.readouterr().out
    monkeypatch.setattr(planning, "live_through", None)
    assert planning.months((1,), 2, file) == found
    assert capsys.readouterr().out == printed
    # Nobody has lived through three days of it.
    with pytest.raises(TypeError):
        planning.months((1,), 3, file)
    assert len(file.read_text().splitlines()) == 1
