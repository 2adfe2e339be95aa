"""Stations that switch between one and three phases by a setting of their maker's."""

from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.orders import LimitOrder, Outcome
from tests.engine.csms.conftest import OpenSite
from tests.engine.csms.dialects.conftest import Arrive
from tests.engine.csms.dialler import Dialler, Reply

KEY = "CurrentLimiterPhase"
ONE = LimitOrder(1, Current(10.0), use_phases=1)
THREE = LimitOrder(1, Current(10.0), use_phases=3)


async def settled(
    open_site: OpenSite, arrive: Arrive, **answers: Reply
) -> tuple[Dialler, Arrive]:
    site = await open_site("A")
    station = await arrive(
        site, "Vestel EVC04", answers=answers, settings={KEY: ("threePhase", False)}
    )
    await station.called("TriggerMessage", 2)
    station.calls.clear()
    return station, site.commands("A").set_limit


def written(station: Dialler) -> list[str]:
    """Return the phases that were set, and the limits between them."""
    return [
        str(payload["value"]) if name == "ChangeConfiguration" else "limit"
        for name, payload in station.calls
        if name in {"ChangeConfiguration", "SetChargingProfile"}
    ]


async def test_a_setting_of_the_makers_own_for_phases(
    open_site: OpenSite, arrive: Arrive
) -> None:
    station, set_limit = await settled(open_site, arrive)

    for order in (THREE, ONE, ONE, THREE, LimitOrder(1, Current(8.0))):
        assert await set_limit(order) is Outcome.APPLIED

    assert written(station) == [
        # It is on three phases already.
        "limit",
        "onePhase",
        "limit",
        "limit",
        "threePhase",
        "limit",
        "limit",
    ]


async def test_a_setting_that_waits_for_a_restart_is_no_switch(
    open_site: OpenSite, arrive: Arrive
) -> None:
    station, set_limit = await settled(
        open_site, arrive, ChangeConfiguration={"status": "RebootRequired"}
    )

    assert await set_limit(ONE) is Outcome.REFUSED
    assert written(station) == ["onePhase"]
