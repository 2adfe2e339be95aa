"""The home over HTTP, and the two programs."""

import asyncio
from datetime import UTC, datetime
import json
import signal
import sys

import aiohttp
import pytest

from simulator import web
from simulator.clock import ForwardClock
from simulator.console import Console, Quit
from simulator.home import Home
from tests.simulator.central_system import CentralSystem


@pytest.fixture
async def http(central, clock, tmp_path):
    async with Home(central.url, state=tmp_path, clock=clock) as home:
        runner, address = await web.listen(home, 0)
        async with aiohttp.ClientSession(address) as session:
            await clock.advance(30)
            yield session
        await runner.cleanup()
    assert (tmp_path / "household.json").exists()


async def get(http, path):
    async with http.get(path) as response:
        return await response.json()


async def post(http, path, body=None, status=200):
    async with http.post(path, json=body or {}) as response:
        assert response.status == status
        return await response.json()


async def test_the_meter_shows_cars_and_appliances(http, clock):
    before = await get(http, "/meter")
    assert before["current_l2_a"] > 40
    await post(http, "/appliances/kettle", {"on": True})
    after = await get(http, "/meter")
    assert after["power_l2_w"] - before["power_l2_w"] == pytest.approx(2300, abs=5)
    assert after["appliances_on"] == ["kettle"]
    assert after["import_kwh"] > 0


async def test_a_meter_without_its_plug_answers_nothing(http):
    await post(http, "/meter/plug", {"on": False})
    with pytest.raises(aiohttp.ClientError):
        await get(http, "/meter")
    assert await get(http, "/meter/plug") == {"on": False}
    await post(http, "/meter/plug", {"on": True})
    assert "power_w" in await get(http, "/meter")


async def test_clouds_take_the_sun_from_the_roof(http):
    assert (await get(http, "/meter"))["solar_w"] > 0
    await post(http, "/sun", {"on": False})
    assert (await get(http, "/meter"))["solar_w"] == 0


async def test_only_a_clock_that_runs_is_put_forward(http):
    await post(http, "/clock/forward", {"seconds": 300}, status=400)
    clock = ForwardClock()
    before_s = clock.monotonic()
    clock.forward(300)
    assert clock.monotonic() - before_s >= 300
    assert (clock.now() - datetime.now(UTC)).total_seconds() == pytest.approx(
        300, abs=1
    )
    for seconds in (-1, float("nan"), 1e9):
        with pytest.raises(ValueError, match="seconds"):
            clock.forward(seconds)


async def test_a_car_comes_and_goes_like_a_switch(http, clock):
    for on in (False, False, True, True):
        station = await post(http, "/stations/EVL-GARAGE/1/car", {"on": on})
        assert (station["evses"][0]["vehicle"] is not None) is on
    await post(http, "/stations/EVL-GARAGE/1/car", {"on": 1}, status=400)


async def test_stations_are_shown_and_handled(http, clock):
    garage, driveway, carport = await get(http, "/stations")
    assert [s["identity"] for s in (garage, driveway, carport)] == [
        "EVL-GARAGE",
        "EVL-DRIVEWAY",
        "EVL-CARPORT",
    ]
    assert garage["accepted"]
    assert garage["evses"][0]["transaction_id"] is not None
    assert driveway["evses"][0]["current_l2_a"] == 32
    assert (
        carport["evses"][0]["current_l1_a"],
        carport["evses"][0]["current_l3_a"],
    ) == (16, 16)

    await post(http, "/stations/EVL-GARAGE/1/unplug")
    plugged = await post(
        http,
        "/stations/EVL-GARAGE/1/plug",
        {"vehicle": {"phases": 1, "soc_percent": 99.5}},
    )
    assert plugged["evses"][0]["vehicle"]["soc_percent"] == 99.5
    await post(
        http, "/stations/EVL-GARAGE/fault", {"reject": ["Reset"], "offline": True}
    )
    await clock.advance(1)
    assert not (await get(http, "/stations"))[0]["connected"]
    assert (await post(http, "/stations/EVL-DRIVEWAY/tag", {"tag": "FREE"})) == {
        "done": True
    }


async def test_a_mixed_home_speaks_every_version(central, clock):
    async with Home(central.url, clock=clock, version="mixed") as home:
        await clock.settle()
        await clock.advance(30)
        spoken = {each.version for each in home.stations.values()}
        assert spoken == {"1.6", "2.0.1", "2.1"}
        for station in home.stations.values():
            assert station.evse(1).currents.total > 15
            tap = station.present_tag(1, "FREE")
            await clock.advance(2)
            assert await tap
            assert not station.evse(1).in_transaction


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/appliances/sauna", {"on": True}, 404),
        ("/appliances/kettle", {"on": "yes"}, 400),
        ("/stations/NOBODY/1/plug", {}, 404),
        ("/stations/EVL-GARAGE/9/plug", {}, 404),
        ("/stations/EVL-GARAGE/1/plug", {}, 400),
        ("/stations/EVL-GARAGE/1/plug", {"vehicle": {"wheels": 3}}, 400),
        ("/stations/EVL-GARAGE/fault", {"sloth": True}, 400),
        ("/stations/EVL-GARAGE/tag", {"tag": 7}, 400),
    ],
)
async def test_a_wrong_request_is_told_in_a_sentence(http, path, body, status):
    assert len((await post(http, path, body, status))["error"]) > 5


async def test_a_hand_at_the_console(switch_on, clock):
    console = Console(await switch_on(autostart_tag="FREE"))
    assert (
        await console.execute("plug phases=1 maximum_a=20 soc_percent=50")
        == "Plugged in."
    )
    await clock.advance(20)
    shown = json.loads(await console.execute("status"))["evses"][0]
    assert (shown["status"], shown["current_l1_a"]) == ("Charging", 20)
    assert "already has" in await console.execute("plug")
    assert (
        await console.execute(
            "fault ignores_limits=true reject=Reset,ClearCache answer_delay_s=2"
        )
        == "So be it."
    )
    assert (
        await console.execute('send DataTransfer \'{"vendorId": "A"}\'')
        == '{"status": "Accepted"}'
    )
    assert "There is no" in await console.execute("dance")
    with pytest.raises(Quit):
        await console.execute("quit")


async def program(*arguments):
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", *arguments, stdin=-1, stdout=-1
    )


async def test_the_home_says_where_it_listens_and_ends_by_a_signal():
    async with CentralSystem() as central:
        home = await program("home", "--ocpp", central.url, "--stations", "4")
        said = json.loads(await home.stdout.readline())
        async with aiohttp.ClientSession(said["http"]) as session:
            stations = await get(session, "/stations")
        home.send_signal(signal.SIGTERM)
        assert await home.wait() == 0
    assert stations[3]["identity"] == "EVL-STATION-04"


async def test_a_station_reads_its_orders():
    async with CentralSystem() as central:
        station = await program(
            "station", "--url", central.url, "--identity", "HAND", "--plug"
        )
        output, _ = await station.communicate(b"wait 0.5\nstatus\nquit\n")
    assert json.loads(output)["evses"][0]["in_transaction"]
    assert central.sent("StartTransaction")[0]["idTag"] == "FREE"
    assert central.invalid == []


async def test_a_fleet_charges():
    async with CentralSystem() as central:
        what = ("--url", central.url, "--version", "2.0.1", "--stations", "3")
        fleet = await program("fleet", *what, "--tick", "0.1")
        said = json.loads(await fleet.stdout.readline())
        while len(central.sent("TransactionEvent")) < 3:
            await asyncio.sleep(0.02)
        fleet.send_signal(signal.SIGTERM)
        assert await fleet.wait() == 0
    assert said["stations"][0] == "EVL-FLEET-001"
    assert central.invalid == []


async def test_one_car_can_carry_the_house(central, clock):
    async with Home(central.url, 1, clock=clock, v2g=True) as home:
        runner, address = await web.listen(home, 0)
        async with aiohttp.ClientSession(address) as http:
            await clock.advance(30)
            barn = (await get(http, "/stations"))[-1]
            assert (barn["identity"], barn["version"]) == ("EVL-BARN", "2.1")
            [evse] = barn["evses"]
            assert evse["vehicle"]["discharge_maximum_w"] == 10_000
            assert "heat_pump" in (await get(http, "/meter"))["appliances_on"]
            path = "/stations/EVL-BARN/1/soc"
            answer = await post(http, path, {"percent": 33})
            assert answer["evses"][0]["vehicle"]["soc_percent"] == 33
            await post(http, path, {"percent": "full"}, status=400)
        await runner.cleanup()
