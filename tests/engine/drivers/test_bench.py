"""The bench of cards runs and prints every figure; how fast that is, a test only bounds generously."""

import pytest

from tests.benches import run_bench


@pytest.mark.timeout(120)
def test_cards_are_answered_from_memory() -> None:
    figures = run_bench("authorize", seconds=100).figures
    assert figures["authorize_wrong"] == 0
    assert figures["authorize_p99"] < 1000
