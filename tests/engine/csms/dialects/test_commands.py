"""What a station is asked to do is done, however it wants to be asked and however it answers."""

import pytest

from custom_components.evenload.engine.model.errors import StationRefused
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import OpenSite
from tests.engine.csms.dialects.conftest import Arrive
from tests.engine.csms.dialler import Dialler, Payload

REJECTED = {"status": "Rejected"}
ACCEPTED = {"status": "Accepted"}


async def settled(station: Dialler, evses: int = 1) -> None:
    await station.called("TriggerMessage", 2 * evses)
    station.calls.clear()


def asked(station: Dialler) -> list[int]:
    return [one["connectorId"] for one in station.asked("ChangeAvailability")]


@pytest.mark.parametrize(
    ("make", "takes", "evses", "wanted", "sent"),
    [
        (None, {0, 1}, 1, 0, [0]),
        (None, {0, 1}, 1, 1, [1]),
        # It knows its connectors only.
        (None, {1, 2}, 2, 0, [0, 1, 2]),
        ("Simpson & Partners", {1}, 1, 0, [1]),
        ("Simpson & Partners", {1, 2}, 2, 0, [1, 2]),
        # It knows the whole of itself only.
        ("Grizzl-E", {0}, 1, 1, [1, 0]),
    ],
)
async def test_out_of_service_as_a_whole_or_by_connector(
    open_site: OpenSite,
    arrive: Arrive,
    make: str | None,
    takes: set[int],
    evses: int,
    wanted: int,
    sent: list[int],
) -> None:
    site = await open_site("A")

    def answer(payload: Payload) -> Payload:
        return ACCEPTED if payload["connectorId"] in takes else REJECTED

    station = await arrive(
        site,
        make,
        settings={"NumberOfConnectors": (str(evses), True)},
        answers={"ChangeAvailability": answer},
    )
    await settled(station, evses)

    done = await site.commands("A").set_availability(wanted, operative=False)

    assert done is True
    assert asked(station) == sent


@pytest.mark.parametrize(
    ("evses", "wanted", "sent"), [(1, 0, [0, 1]), (1, 1, [1, 0]), (2, 2, [2])]
)
async def test_who_refuses_every_way_is_told_of(
    open_site: OpenSite, arrive: Arrive, evses: int, wanted: int, sent: list[int]
) -> None:
    site = await open_site("A")
    station = await arrive(
        site,
        settings={"NumberOfConnectors": (str(evses), True)},
        answers={"ChangeAvailability": REJECTED},
    )
    await settled(station, evses)

    with pytest.raises(StationRefused):
        await site.commands("A").set_availability(wanted, operative=False)

    # Another connector than the one that was meant is never switched off in its stead.
    assert asked(station) == sent


async def test_later_is_no_error(open_site: OpenSite, arrive: Arrive) -> None:
    site = await open_site("A")
    station = await arrive(
        site, answers={"ChangeAvailability": {"status": "Scheduled"}}
    )
    await settled(station)

    assert await site.commands("A").set_availability(1, operative=False) is False


async def test_unlocked_is_accepted(station: tuple[Site, Dialler]) -> None:
    site, dialler = station
    dialler.answers["UnlockConnector"] = ACCEPTED

    await site.commands("A").unlock(1)


async def test_an_error_that_says_nothing(open_site: OpenSite, arrive: Arrive) -> None:
    site = await open_site("A")
    station = await arrive(site, "Simpson & Partners")
    await settled(station)

    for answer in (
        '[4,"ID","","",""]',
        '[4,"ID","TypeConstraintViolation","",""]',
        '[4,"ID"]',
    ):
        station.answers["RemoteStartTransaction"] = {"raw": answer}
        with pytest.raises(StationRefused):
            await site.commands("A").start(1, "CARD")

    assert site.stations["A"].connected
    assert await station.result("Heartbeat", {})
