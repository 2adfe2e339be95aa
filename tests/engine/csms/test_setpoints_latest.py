"""Setpoints go behind limits and before all else, and of those that wait for one EVSE only the latest leaves."""

import asyncio

from custom_components.evenload.engine.csms.commands import Commands
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.orders import Layer, LimitOrder, Outcome
from custom_components.evenload.engine.model.v2x_ability import Method
from custom_components.evenload.engine.site import Site
from tests.engine.csms.dialler import Dialler
from tests.engine.csms.setpoints import actions, setpoint

KEY = Method.CONFIGURATION_KEY


async def in_line() -> None:
    """Let those who wait take their place in the line."""
    for _ in range(5):
        await asyncio.sleep(0)


def written(station: Dialler) -> list[str]:
    return [payload["value"] for payload in station.asked("ChangeConfiguration")]


def held(commands: Commands, station: Dialler) -> asyncio.Task[object]:
    """A call that the station does not answer until it is told to."""
    station.answers["GetConfiguration"] = None
    return asyncio.create_task(commands.get_configuration(("Held",)))


async def freed(station: Dialler) -> None:
    """Have the station answer what it kept waiting."""
    await station.called("GetConfiguration")
    [frame] = [text for text in station.received if '"Held"' in text]
    call_id = frame.split('"')[1]
    await station.send(f'[3,"{call_id}",{{"configurationKey":[]}}]')


async def test_of_those_that_wait_the_latest_leaves(
    station: tuple[Site, Dialler],
) -> None:
    site, dialler = station
    commands = site.commands("A")
    first = held(commands, dialler)
    await in_line()
    waiting = [
        asyncio.create_task(commands.set_setpoint(setpoint(KEY, power_w)))
        for power_w in (-1000.0, -2000.0, -3000.0)
    ]
    other = asyncio.create_task(commands.set_setpoint(setpoint(KEY, -500.0, evse=2)))
    await in_line()
    await freed(dialler)
    outcomes = await asyncio.gather(*waiting, other)
    # Of those that were overtaken nothing was sent: what holds is another's affair.
    assert outcomes == [Outcome.UNKNOWN, Outcome.UNKNOWN, *[Outcome.APPLIED] * 2]
    assert written(dialler) == ["-3000", "-500"]
    await first


async def test_an_end_overtakes_what_waits(station: tuple[Site, Dialler]) -> None:
    site, dialler = station
    commands = site.commands("A")
    first = held(commands, dialler)
    await in_line()
    order = setpoint(KEY)
    setting = asyncio.create_task(commands.set_setpoint(order))
    await in_line()
    ending = asyncio.create_task(commands.end_setpoint(order))
    await in_line()
    await freed(dialler)
    assert await asyncio.gather(setting, ending) == [Outcome.UNKNOWN, Outcome.APPLIED]
    assert written(dialler) == ["ChargingOnly"]
    await first


async def test_limits_go_first_and_all_else_last(
    station: tuple[Site, Dialler],
) -> None:
    site, dialler = station
    commands = site.commands("A")
    first = held(commands, dialler)
    await in_line()
    limit = LimitOrder(1, Current(10.0), Layer.LEASE, 60)
    waiting = [
        asyncio.create_task(commands.trigger("Heartbeat")),
        asyncio.create_task(commands.set_setpoint(setpoint(KEY))),
        asyncio.create_task(commands.set_limit(limit)),
    ]
    await in_line()
    await freed(dialler)
    await asyncio.gather(first, *waiting)
    wanted = {"SetChargingProfile", "ChangeConfiguration", "TriggerMessage"}
    found = [one for one in actions(dialler.calls) if one in wanted]
    assert found == ["SetChargingProfile", "ChangeConfiguration", "TriggerMessage"]


async def test_who_is_silent_is_not_known_to_have_obeyed(
    station: tuple[Site, Dialler],
) -> None:
    site, dialler = station
    commands = site.commands("A")
    dialler.answers["ChangeConfiguration"] = None
    setting = asyncio.create_task(commands.set_setpoint(setpoint(KEY)))
    await dialler.called("ChangeConfiguration")
    # The next one waits for the answer that the station owes, and leaves when it has come.
    ending = asyncio.create_task(commands.end_setpoint(setpoint(KEY)))
    await in_line()
    [frame] = [text for text in dialler.received if "V2XSetpoint" in text]
    dialler.answers["ChangeConfiguration"] = {"status": "Accepted"}
    await dialler.send(f'[3,"{frame.split(chr(34))[1]}",{{"status":"Accepted"}}]')
    assert await asyncio.gather(setting, ending) == [Outcome.APPLIED] * 2
    assert written(dialler) == ["-3000", "ChargingOnly"]
