"""An owner is told what to set in a station, when what that helps against is met, and not before."""

import asyncio
from datetime import UTC, datetime

import pytest

from custom_components.evenload.engine.control import holdings
from custom_components.evenload.engine.model.configuration import GroupConfig
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial, OpenSite, site_config
from tests.engine.csms.dialects.conftest import Arrive, until

REFUSES = {"SetChargingProfile": {"status": "NotSupported"}}


class Owner:
    """Hears what there is to tell."""

    def __init__(self, site: Site) -> None:
        self.told: set[NoticeKind] = set()
        site.on_notice(self._hear)

    def _hear(self, notice: Notice) -> None:
        (self.told.add if notice.active else self.told.discard)(notice.kind)

    async def hears(self, kind: NoticeKind) -> None:
        await until(lambda: kind in self.told)

    @property
    def advice(self) -> set[NoticeKind]:
        return {kind for kind in self.told if kind.startswith("advice")}


async def test_advice_is_given_when_it_helps(
    open_site: OpenSite, arrive: Arrive
) -> None:
    site = await open_site("A")
    owner = Owner(site)

    await arrive(site, "Schneider Electric EVlink and Charge", answers=REFUSES)

    await owner.hears(NoticeKind.NOT_CONTROLLABLE)
    assert owner.advice == {NoticeKind.ADVICE_EXTERNAL_ENERGY_MANAGEMENT}


async def test_advice_against_a_version(
    open_site: OpenSite, arrive: Arrive, dial: Dial
) -> None:
    site = await open_site("A")
    station = await arrive(site, "FoxESS A series")
    station.cut()
    owner = Owner(site)

    again = await dial(site, subprotocols=("ocpp2.0.1",))

    await owner.hears(NoticeKind.ADVICE_USE_OCPP_16)
    await again.close()
    await arrive(site, "FoxESS A series")
    await until(lambda: not owner.advice)


async def test_advice_against_limits_that_are_not_obeyed(
    open_site: OpenSite, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holdings, "SETTLING_S", 0.5)
    groups = {"g": GroupConfig("g", "Yard", Current(10.0), ("A",))}
    site = await open_site(config=site_config("A", groups=groups))
    owner = Owner(site)
    station = await arrive(site, "Grizzl-E")
    await station.called("TriggerMessage", 2)
    await station.result(
        "StatusNotification",
        {"connectorId": 1, "errorCode": "NoError", "status": "Charging"},
    )

    async with asyncio.timeout(20):
        while NoticeKind.ADVICE_UPDATE_FIRMWARE not in owner.told:
            sample = {"value": "31", "measurand": "Current.Import", "unit": "A"}
            now = datetime.now(UTC).isoformat()
            value = {"timestamp": now, "sampledValue": [sample]}
            told = {"connectorId": 1, "meterValue": [value]}
            await station.result("MeterValues", told)
            await asyncio.sleep(0.1)

    assert NoticeKind.LIMIT_IGNORED in owner.told


@pytest.mark.parametrize(
    ("title", "refuses"),
    [
        # Another make refuses for reasons of its own.
        ("Simpson & Partners", True),
        # It works as it is.
        ("Schneider Electric EVlink and Charge", False),
        ("Grizzl-E", False),
        ("FoxESS A series", False),
    ],
)
async def test_no_advice_is_given_in_vain(
    open_site: OpenSite, arrive: Arrive, title: str, refuses: bool
) -> None:
    site = await open_site("A")
    owner = Owner(site)

    station = await arrive(site, title, answers=REFUSES if refuses else {})

    await station.called("TriggerMessage", 2)
    assert owner.advice == set()
