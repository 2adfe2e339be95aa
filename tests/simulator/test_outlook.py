"""What the simulated market and weather service tell, as those of the world do."""

from datetime import UTC, datetime, timedelta

from simulator.household import Household
from simulator.outlook import forecast_view, prices_view

MORNING = datetime(2026, 11, 22, 9, 20, tzinfo=UTC)
AFTERNOON = MORNING + timedelta(hours=5)


def test_tomorrow_is_told_at_noon() -> None:
    assert len(prices_view(MORNING)["prices"]) == 24
    rows = prices_view(AFTERNOON)["prices"]
    assert len(rows) == 48
    starts = [datetime.fromisoformat(row["start"]) for row in rows]
    assert starts == [
        datetime(2026, 11, 22, tzinfo=UTC) + timedelta(hours=hour) for hour in range(48)
    ]


def test_there_is_a_spike_in_the_evening_and_noon_costs_nothing() -> None:
    prices = [row["price"] for row in prices_view(MORNING)["prices"]]
    assert prices.index(max(prices)) == 18
    assert prices.index(min(prices)) in {11, 12, 13}
    assert min(prices) < 0 < prices[0] < max(prices)
    assert prices_view(MORNING)["price"] == prices[9]


def test_what_was_told_stays_told() -> None:
    assert prices_view(AFTERNOON)["prices"][:24] == prices_view(MORNING)["prices"]


def test_the_forecast_is_about_right_and_the_night_left_out() -> None:
    house = Household(solar_peak_w=5000)
    told = forecast_view(house, MORNING)["wh_hours"]
    noon = datetime(2026, 11, 22, 11, tzinfo=UTC)
    made = 5000 * house.sunshine(noon + timedelta(minutes=30))
    assert abs(told[noon.isoformat()] / made - 1) <= 0.1
    assert noon.replace(hour=2).isoformat() not in told
    assert len(told) == 24
    house.clouded = True
    assert sum(forecast_view(house, MORNING)["wh_hours"].values()) < sum(told.values())
