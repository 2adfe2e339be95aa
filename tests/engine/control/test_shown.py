"""Promise 7: what an EVSE is shown to have, and why, while it has less than it is meant to have."""

import pytest

from custom_components.evenload.engine.control.holdings import Holding
from custom_components.evenload.engine.control.shown import shown
from custom_components.evenload.engine.model.allotments import Allotment, Reason
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from tests.engine.control.house import House
from tests.engine.control.test_disobedience import three
from tests.engine.control.test_enforcer import tell

C = EvseKey("C", 1)


@pytest.mark.parametrize(
    ("is_there", "reason"),
    [(True, Reason.WAITING_FOR_OTHERS), (False, Reason.MAIN_FUSE)],
)
def test_only_a_vehicle_that_is_there_waits_for_others(
    is_there: bool, reason: Reason
) -> None:
    async def story(house: House) -> None:
        if not is_there:
            house.leave("C")
        house.connect("C")
        await house.watch(60)
        fleet = house.fleet
        commitments = fleet.enforcer.commitments
        # Its raise waits for room.
        commitments.holdings[C] = Holding(fallback_a=6.0)
        target = Allotment(C, Current(20.0), Reason.MAIN_FUSE)
        seen = shown(
            target, fleet.seen["C"], commitments, fleet.enforcer.errands.findings
        )
        assert (seen.current.a, seen.reason) == (6.0, reason)

    tell(story, three())
