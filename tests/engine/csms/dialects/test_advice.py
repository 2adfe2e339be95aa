"""An owner is told what to set in a station, when what that helps against is met, and not before."""

import asyncio

import pytest

from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import OpenSite
from tests.engine.csms.dialects.conftest import Arrive

REFUSES = {"SetChargingProfile": {"status": "NotSupported"}}


class Owner:
    """Hears what there is to tell."""

    def __init__(self, site: Site) -> None:
        self.told: set[NoticeKind] = set()
        self._news = asyncio.Condition()
        site.on_notice(self._hear)

    def _hear(self, notice: Notice) -> None:
        (self.told.add if notice.active else self.told.discard)(notice.kind)

    async def hears(self, kind: NoticeKind) -> None:
        async with asyncio.timeout(5):
            while kind not in self.told:
                await asyncio.sleep(0.01)

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
