"""A simulated station of 2.x, written from the specification alone, and the house understand each other."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.csms.v2 import setting_up
from custom_components.evenload.engine.csms.v2.device_model import Key
from custom_components.evenload.engine.model.access import ListedToken, Reservation
from custom_components.evenload.engine.model.certificates import CertificateUse
from custom_components.evenload.engine.model.errors import (
    InvalidRequest,
    StationRefused,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import RateUnit
from custom_components.evenload.engine.model.phases import CurrentType
from custom_components.evenload.engine.model.stations import Evse, EvseStatus
from custom_components.evenload.engine.site import Site
from simulator import SimulatedStation, Vehicle
from tests.engine.csms.conftest import OpenSite, site_config

KEY = EvseKey("A", 1)

pytestmark = pytest.mark.parametrize("version", ["2.0.1", "2.1"])


@pytest.fixture(autouse=True)
def sampled_every_second(monkeypatch: pytest.MonkeyPatch) -> None:
    interval = Key("SampledDataCtrlr", "TxUpdatedInterval")
    monkeypatch.setitem(setting_up._NUMBERS, interval, 1)


def simulated(site: Site, version: str, **options: object) -> SimulatedStation:
    url = f"ws://127.0.0.1:{site.port}"
    return SimulatedStation("A", url, versions=(version,), tick_s=0.02, **options)


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that the station brings about."""
    async with asyncio.timeout(8):
        while not condition():
            await asyncio.sleep(0.02)


async def test_from_the_first_word_to_the_end_of_a_session(
    open_site: OpenSite, version: str
) -> None:
    site = await open_site()
    async with simulated(site, version) as station:
        # An unknown station waits, and says what it is.
        await until(lambda: "A" in site.pending and site.pending["A"].info)
        info = site.pending["A"].info
        assert info is not None
        assert (info.vendor, info.serial) == ("Evenload", "SN-A")
        site.reconfigure(site_config("A"))
        await station.wait_accepted()
        assert site.stations["A"].version == version

        def evse() -> Evse:
            return site.evse(KEY)

        await until(lambda: evse().status is EvseStatus.AVAILABLE)
        # What it can do was learnt, and a limit lies in it.
        await until(lambda: station.evse(1).limit_a == 32.0)
        known = site.stations["A"].capabilities
        assert known.evses == 1
        assert known.evse_traits[1].current_type is CurrentType.AC
        # A vehicle comes, and charges at what its owner allows.
        await site.set_maximum(KEY, 10.0)
        await until(lambda: station.evse(1).limit_a == 10.0)
        station.plug_in(1, Vehicle(start_delay_s=0))
        await until(lambda: evse().status is EvseStatus.PREPARING)
        station.present_tag(1, "CARD")
        await until(lambda: evse().status is EvseStatus.CHARGING)
        await until(lambda: evse().reading.power_w)
        assert max(evse().reading.current_a.values()) <= 10.0
        transaction = evse().transaction
        assert transaction is not None
        assert transaction.id == station.evse(1).transaction_id
        assert transaction.token == "CARD"
        # It is paused without ending, and goes on.
        await site.set_charging_allowed(KEY, allowed=False)
        await until(lambda: evse().status is EvseStatus.SUSPENDED_EVSE)
        await site.set_charging_allowed(KEY, allowed=True)
        await until(lambda: evse().status is EvseStatus.CHARGING)
        # It is stopped from here, unplugged, and over.
        await site.commands("A").stop(transaction.id)
        await until(lambda: evse().transaction is None)
        await until(lambda: evse().status is EvseStatus.FINISHING)
        station.unplug(1)
        await until(lambda: evse().status is EvseStatus.AVAILABLE)
        session = evse().session
        assert session is not None
        assert not session.is_open
        assert session.transactions[0].end_reason == "Remote"


async def test_a_start_from_here_and_a_lost_connection(
    open_site: OpenSite, version: str
) -> None:
    site = await open_site("A")
    async with simulated(site, version) as station:
        await station.wait_accepted()
        await until(lambda: site.stations["A"].capabilities.learnt_from)
        station.plug_in(1, Vehicle(start_delay_s=0))
        await site.commands("A").start(1, "APP")
        await until(lambda: site.evse(KEY).status is EvseStatus.CHARGING)
        transaction = site.evse(KEY).transaction
        # The network goes; the vehicle leaves; the network comes back and everything is told.
        station.link.stay_offline()
        await station.link.drop()
        await until(lambda: not site.stations["A"].connected)
        station.unplug(1)
        await asyncio.sleep(0.3)
        station.link.dial_again()
        await until(lambda: site.stations["A"].connected)
        await until(lambda: site.evse(KEY).transaction is None)
        await until(lambda: site.evse(KEY).status is EvseStatus.AVAILABLE)
        assert transaction is not None

        def ends() -> list[tuple[str, str | None]]:
            session = site.evse(KEY).session
            assert session is not None
            return [(one.id, one.end_reason) for one in session.transactions]

        # Its own word comes after the plug's, and replaces what was assumed.
        await until(lambda: ends() == [(transaction.id, "EVDisconnected")])


async def test_everything_that_can_be_asked(open_site: OpenSite, version: str) -> None:
    site = await open_site("A")
    async with simulated(site, version) as station:
        await station.wait_accepted()
        await until(lambda: station.evse(1).limit_a == 32.0)
        commands = site.commands("A")
        shown = await commands.get_configuration()
        assert shown["OCPPCommCtrlr/HeartbeatInterval"].value == "60"
        name = "TxCtrlr/EVConnectionTimeOut"
        await commands.set_configuration(name, "70")
        [read] = (await commands.get_configuration([name])).values()
        assert read.value == "70"
        with pytest.raises(StationRefused):
            await commands.set_configuration("EVSE@1/AvailabilityState", "Faulted")
        schedule = await commands.composite_schedule(1, 60, RateUnit.AMPERES)
        assert schedule.periods[0].limit == 32.0
        stored = await commands.profiles()
        assert {one.evse for one in stored} == {0, 1}
        assert not await commands.clear_profile(4711)
        assert await commands.clear_profile(stored[0].id)
        await commands.trigger("StatusNotification", 1)
        await commands.trigger("MeterValues", 1)
        assert await commands.set_availability(1, operative=False)
        await until(lambda: site.evse(KEY).status is EvseStatus.UNAVAILABLE)
        assert await commands.set_availability(1, operative=True)
        await until(lambda: site.evse(KEY).status is EvseStatus.AVAILABLE)
        soon = datetime.now(UTC) + timedelta(hours=1)
        await commands.reserve(Reservation(5, "CARD", soon, evse=1))
        await until(lambda: site.evse(KEY).status is EvseStatus.RESERVED)
        await commands.cancel_reservation(5)
        await until(lambda: site.evse(KEY).status is EvseStatus.AVAILABLE)
        await commands.send_local_list(3, [ListedToken("CARD")], full=True)
        assert await commands.local_list_version() == 3
        await commands.clear_cache()
        assert await commands.installed_certificates(CertificateUse.V2G_ROOT) == ()
        await commands.unlock(1)
        with pytest.raises(InvalidRequest):
            await commands.call("Heartbeat", {})
        await commands.reset(hard=True)
        await until(lambda: not site.stations["A"].connected)
        await until(lambda: site.stations["A"].connected)


async def test_an_ac_and_a_dc_outlet(open_site: OpenSite, version: str) -> None:
    site = await open_site("A")
    connectors = {2: ("cCCS2", "cG105")}
    options = {"evses": 2, "dc_w": {2: 50_000.0}, "connectors": connectors}
    async with simulated(site, version, **options) as station:
        await station.wait_accepted()
        await until(lambda: site.stations["A"].capabilities.learnt_from)
        traits = site.stations["A"].capabilities.evse_traits
        assert traits[1].current_type is CurrentType.AC
        assert traits[2].current_type is CurrentType.DC
        assert traits[2].connectors == ("cCCS2", "cG105")
        await until(lambda: site.evse(EvseKey("A", 2)).status is EvseStatus.AVAILABLE)


async def test_a_station_that_tells_by_events(
    open_site: OpenSite, version: str
) -> None:
    # G01.FR.06: NotifyEvent instead of StatusNotification.
    site = await open_site("A")
    async with simulated(site, version, tells_by_events=True) as station:
        await station.wait_accepted()
        await until(lambda: site.evse(KEY).status is EvseStatus.AVAILABLE)
        station.plug_in(1)
        await until(lambda: site.evse(KEY).status is EvseStatus.PREPARING)
        station.unplug(1)
        await until(lambda: site.evse(KEY).status is EvseStatus.AVAILABLE)
        station.set_error(1, "GroundFailure")
        await until(lambda: site.evse(KEY).status is EvseStatus.FAULTED)
        assert site.evse(KEY).error.code != "NoError"
        station.set_error(1, None)
        await until(lambda: site.evse(KEY).status is EvseStatus.AVAILABLE)
