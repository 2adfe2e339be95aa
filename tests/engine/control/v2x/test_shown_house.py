"""What is shown of the house while a vehicle feeds back: what it draws, and not what a vehicle may or may not have done yet."""

import pytest

from custom_components.evenload.engine.model.tree import ROOT
from tests.engine.control.v2x.bidirectional import Bidirectional, Temper
from tests.engine.control.v2x.v2g_house import VOLTAGE_V, Pace, V2gHouse, site_of
from tests.engine.virtual import run_virtually

# A vehicle follows within a second, and its station says so up to ten seconds later.
SLOW = Temper(answer_s=0.2, follows_s=0.9)


def drawn_w(second: int) -> float:
    """Return what the house draws: an oven goes on and off."""
    return 3500.0 if 120 <= second < 180 or second >= 240 else 900.0


@pytest.mark.parametrize("beat_s", [1, 5])
def test_the_house_that_is_shown_is_what_it_draws(beat_s: int) -> None:
    async def story() -> list[float]:
        house = V2gHouse(
            site_of(), [Bidirectional("A", temper=SLOW)], drawn_w, Pace(meter=beat_s)
        )
        await house.begin()
        await house.live(60)
        wrong = []
        while house.second < 300:
            await house.live(1)
            shown = house.fleet.group(ROOT).house
            assert shown is not None
            if house.second % beat_s == 0:
                wrong.append(abs(sum(shown) * VOLTAGE_V - drawn_w(house.second)))
        await house.die()
        return wrong

    wrong = run_virtually(story())
    # Its meter shows it in the same moment, whatever the vehicle does meanwhile.
    assert max(wrong) < 60


def test_where_nobody_feeds_back_it_is_what_the_meter_says() -> None:
    async def story() -> None:
        house = V2gHouse(site_of(), [Bidirectional("A")], drawn_w)
        await house.live(5)
        house.connect("A")
        await house.live(20)
        shown = house.fleet.group(ROOT).house
        assert shown is not None
        assert [*shown] == pytest.approx([900.0 / VOLTAGE_V / 3] * 3, abs=0.01)
        await house.die()

    run_virtually(story())
