"""A pause and what comes after it, at stations that are odd about it."""

import asyncio

from custom_components.evenload.engine.model.identity import EvseKey
from tests.engine.csms.conftest import OpenSite
from tests.engine.csms.dialects.conftest import Arrive, until
from tests.engine.csms.dialler import Dialler

GO_E = "go-e Charger and Fronius Wattpilot"


async def test_a_limit_after_a_pause_is_said_twice(
    open_site: OpenSite, arrive: Arrive
) -> None:
    site = await open_site("A", "B")
    odd, other = await arrive(site, GO_E), await arrive(site, identity="B")
    times = []

    for identity, station in (("A", odd), ("B", other)):
        key = EvseKey(identity, 1)
        await station.called("TriggerMessage", 2)
        await site.set_charging_allowed(key, allowed=False)
        await until(lambda on=station: amperes(on)[-1:] == [0.0])
        station.calls.clear()
        await site.set_charging_allowed(key, allowed=True)
        await station.called("SetChargingProfile")
        await asyncio.sleep(0.2)
        times.append(len(amperes(station)))
        assert len(set(amperes(station))) == 1

    assert times[0] == 2 * times[1]


def amperes(station: Dialler) -> list[float]:
    """Return the limits that the connector was given."""
    schedules = [
        payload["csChargingProfiles"]["chargingSchedule"]
        for payload in station.asked("SetChargingProfile")
        if payload["connectorId"] == 1
    ]
    return [schedule["chargingSchedulePeriod"][0]["limit"] for schedule in schedules]
