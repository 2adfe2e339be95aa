"""Stations with a second master: whoever is above starts, limits, goes away and returns; the house keeps its fuse, and nothing is lost.

The systems above are written with the `ocpp` package alone, which validates all that they hear.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
import os
from pathlib import Path
import resource
from typing import Any

import pytest

from simulator import SimulatedStation, Vehicle
from simulator.demo.home_assistant import HomeAssistant
from tests.csms_above import Csms
from tests.end_to_end.conftest import Demo, StartDemo
from tests.end_to_end.test_crash import Owner, eventually

CARD = "04A2B3C4D5E6F7"
GROUP_A = 40.0
SHARE_A = GROUP_A / 4

# Less than its share, and more.
LOWER_A, HIGHER_A = 7.0, 16.0
# What an ampere more or less is for a vehicle that follows its pilot.
NEAR_A = 0.3
WH = 1.0
REGISTER = "Energy.Active.Import.Register"

SITE = {
    "main_fuse_a": 63,
    "phases": "3",
    "voltage_v": 230,
    "advanced": {},
}


@dataclass(frozen=True)
class Member:
    """A station of one version, and the system of another above it."""

    box: SimulatedStation
    csms: Csms
    version_above: str

    @property
    def identity(self) -> str:
        """Its name, in the house and above."""
        return self.box.identity

    async def start_from_above(self, number: int) -> None:
        """Let the one above begin a session."""
        if self.version_above == "1.6":
            answer = await self.csms.ask(
                self.identity, "RemoteStartTransaction", id_tag=CARD, connector_id=1
            )
        else:
            answer = await self.csms.ask(
                self.identity,
                "RequestStartTransaction",
                id_token={"idToken": CARD, "type": "ISO14443"},
                remote_start_id=number,
                evse_id=1,
            )
        assert answer.status == "Accepted"

    async def limit_from_above(self, limit_a: float) -> None:
        """Let the one above set a limit for whoever charges."""
        schedule: dict[str, Any] = {
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit_a}],
        }
        profile: dict[str, Any] = {
            "stackLevel": 1,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Relative",
        }
        if self.version_above == "1.6":
            answer = await self.csms.ask(
                self.identity,
                "SetChargingProfile",
                connector_id=1,
                cs_charging_profiles=profile
                | {"chargingProfileId": 5, "chargingSchedule": schedule},
            )
        else:
            answer = await self.csms.ask(
                self.identity,
                "SetChargingProfile",
                evse_id=1,
                charging_profile=profile
                | {"id": 5, "chargingSchedule": [schedule | {"id": 1}]},
            )
        assert answer.status == "Accepted"

    async def said_to_hold_a(self) -> float:
        """Ask from above what is in force."""
        where = {"connector_id" if self.version_above == "1.6" else "evse_id": 1}
        answer = await self.csms.ask(
            self.identity,
            "GetCompositeSchedule",
            duration=60,
            charging_rate_unit="A",
            **where,
        )
        schedule = (
            answer.charging_schedule if self.version_above == "1.6" else answer.schedule
        )
        periods = schedule.get("charging_schedule_period") or schedule.get(
            "chargingSchedulePeriod"
        )
        return float(periods[0]["limit"])

    def registers_wh(self) -> list[float]:
        """What the one above heard of the session's register, by the time of reading."""
        read = [
            reading
            for action, said in self.csms.heard.of_station(self.identity)
            for reading in _readings(action, said)
        ]
        return [register_wh for _, register_wh in sorted(read)]

    def told_once_and_in_order(self) -> bool:
        """Whether the session was told from its beginning to its end, each thing once."""
        heard = self.csms.heard.of_station(self.identity)
        if self.version_above == "2.0.1":
            numbers = [said["seq_no"] for action, said in heard if "seq_no" in said]
            return numbers == [*range(len(numbers))]
        told = [
            (action, said)
            for action, said in heard
            if action in {"StartTransaction", "MeterValues", "StopTransaction"}
        ]
        read = (said["meter_value"][0]["timestamp"] for _, said in told[1:-1])
        times = [datetime.fromisoformat(at) for at in read]
        # A station may read twice in a second, but not the same.
        different = {(action, repr(said)) for action, said in told}
        return (
            (told[0][0], told[-1][0]) == ("StartTransaction", "StopTransaction")
            and times == sorted(times)
            and len(different) == len(told)
        )

    def ends(self) -> int:
        """How many ends of sessions the one above heard of."""
        return sum(
            action == "StopTransaction" or said.get("event_type") == "Ended"
            for action, said in self.csms.heard.of_station(self.identity)
        )


def _readings(action: str, said: dict[str, Any]) -> list[tuple[datetime, float]]:
    """Return when the register was read in a message, and what it showed, in Wh."""
    if action in {"StartTransaction", "StopTransaction"}:
        register = said.get("meter_start", said.get("meter_stop"))
        return [(datetime.fromisoformat(said["timestamp"]), float(register or 0))]
    if action not in {"MeterValues", "TransactionEvent"}:
        return []
    return [
        (
            datetime.fromisoformat(value["timestamp"]),
            float(sample["value"]) * _factor(sample),
        )
        for value in said.get("meter_value", [])
        for sample in value["sampled_value"]
        if sample.get("measurand", REGISTER) == REGISTER and "phase" not in sample
    ]


def _factor(sample: dict[str, Any]) -> float:
    unit = sample.get("unit") or sample.get("unit_of_measure", {}).get("unit", "Wh")
    return 1000.0 if unit == "kWh" else 1.0


@pytest.fixture
async def home(start_demo: StartDemo) -> Demo:
    """A Home Assistant with Evenload installed and nothing configured."""
    return await start_demo("--no-simulator")


@pytest.fixture
async def client(home: Demo) -> AsyncGenerator[HomeAssistant]:
    """Its owner, signed in."""
    async with HomeAssistant(home.url) as client:
        await client.sign_in(home.token)
        yield client


@pytest.fixture
async def members(
    home: Demo, client: HomeAssistant
) -> AsyncGenerator[dict[str, Member]]:
    """Four stations in one group: each version under each version."""
    port = int(home.ocpp_url.rpartition(":")[2])
    made = await client.fill_in("flow", "evenload", {"user": SITE | {"port": port}})
    entry_id = made["result"]["entry_id"]
    async with AsyncExitStack() as stack:
        above = {
            version: await stack.enter_async_context(Csms(version))
            for version in ("1.6", "2.0.1")
        }
        found = {}
        for below in above:
            for version, csms in above.items():
                identity = f"BOX-{below}-UNDER-{version}".replace(".", "")
                await _add(client, entry_id, identity, csms, version)
                box = SimulatedStation(identity, home.ocpp_url, versions=(below,))
                found[identity] = Member(box, csms, version)
        group = {
            "name": "Cars",
            "limit": GROUP_A,
            "unit": "A",
            "strategy": "static",
            "members": list(found),
        }
        await client.fill_in("subentries/flow", [entry_id, "group"], {"user": group})
        for member in found.values():
            await stack.enter_async_context(member.box)
            await member.csms.point(member.identity)
        yield found


async def _add(
    client: HomeAssistant, entry_id: str, identity: str, csms: Csms, version: str
) -> None:
    """Add a station, and name who is above it."""
    said = {"name": identity, "phases": "3", "maximum_a": 32}
    kind = [entry_id, "station"]
    await client.fill_in(
        "subentries/flow", kind, {"user": said | {"identity": identity}}
    )
    found = await client.call("config_entries/subentries/list", entry_id=entry_id)
    uplink = {
        "url": csms.url,
        "version": version.replace(".", "_"),
        "password": "correct-horse",
        "decides": ["transactions", "limits"],
    }
    await client.fill_in(
        "subentries/flow",
        kind,
        {"reconfigure": said | {"discharging": False, "uplink": uplink}},
        subentry_id=next(
            one["subentry_id"] for one in found if one["title"] == identity
        ),
    )


def fill_disk(demo: Demo, *, is_full: bool) -> None:
    """Let Home Assistant write nothing more to any file, as on a full disk; or let it write again."""
    pid = _home_assistant(demo)
    _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1 if is_full else hard, hard))


def _home_assistant(demo: Demo) -> int:
    folder = os.fsencode(demo.folder)
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if folder in command and any(part.endswith(b"/hass") for part in command):
            return int(process.name)
    raise AssertionError("Home Assistant does not run")


async def all_draw(members: dict[str, Member], amperes: float) -> None:
    """Wait until each vehicle takes so much."""

    async def drawn() -> bool:
        return all(
            abs(one.box.evse(1).currents.l1 - amperes) < NEAR_A
            for one in members.values()
        )

    await eventually(drawn)


async def test_two_masters(
    home: Demo, client: HomeAssistant, members: dict[str, Member]
) -> None:
    owner = Owner(client)
    began_wh = {}
    for number, (identity, one) in enumerate(members.items()):
        began_wh[identity] = one.box.evse(1).register_wh
        one.box.plug_in(1, Vehicle(maximum_a=32))
        await one.start_from_above(100 + number)
    # The group's fuse rules, whoever began.
    await all_draw(members, SHARE_A)

    # The lower of both holds, and both are told.
    for one in members.values():
        await one.limit_from_above(LOWER_A)
    await all_draw(members, LOWER_A)
    for identity, one in members.items():
        assert await owner.state(f"{identity}_1_reason") == "upstream"
        assert await one.said_to_hold_a() == pytest.approx(LOWER_A)
        await one.limit_from_above(HIGHER_A)
    await all_draw(members, SHARE_A)
    for identity, one in members.items():
        assert await owner.state(f"{identity}_1_reason") != "upstream"
        assert await one.said_to_hold_a() == pytest.approx(SHARE_A)

    # Those above go away; then the disk is full, too; and all vehicles leave.
    for csms in {one.csms for one in members.values()}:
        await csms.go()
    await asyncio.sleep(6)
    fill_disk(home, is_full=True)
    await asyncio.sleep(6)
    for one in members.values():
        one.box.unplug(1)
    await asyncio.sleep(2)
    assert not any(one.ends() for one in members.values())
    fill_disk(home, is_full=False)
    for csms in {one.csms for one in members.values()}:
        await csms.come()

    async def told() -> bool:
        return all(one.ends() for one in members.values())

    await eventually(told)
    # What comes twice would come now.
    await asyncio.sleep(2)
    for identity, one in members.items():
        assert one.ends() == 1
        registers = one.registers_wh()
        assert one.told_once_and_in_order()
        assert registers == sorted(registers)
        took_wh = one.box.evse(1).register_wh - began_wh[identity]
        assert registers[-1] - registers[0] == pytest.approx(took_wh, abs=WH)
        assert took_wh > 20
        assert not one.csms.errors


async def test_the_one_above_refuses(
    client: HomeAssistant, members: dict[str, Member]
) -> None:
    """A card that it does not like begins nothing, under both versions."""
    owner = Owner(client)
    for identity, one in members.items():
        one.csms.heard.blocked.add(CARD)
        one.box.plug_in(1, Vehicle(maximum_a=32))
        assert not await one.box.present_tag(1, CARD)
        assert one.box.evse(1).currents.l1 == 0
        one.csms.heard.blocked.clear()
        assert await one.box.present_tag(1, CARD)
        assert await owner.state(f"{identity}_uplink") == "connected"
    await all_draw(members, SHARE_A)
