"""Home Assistant is killed in mid-session: no session, no energy, no setting is lost, and no phase overloaded."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
import os
from pathlib import Path
import signal
from typing import Any

import pytest

from simulator import L1, L2, L3, SimulatedStation, Vehicle
from simulator.demo.home_assistant import HomeAssistant
from tests.end_to_end.conftest import Demo, StartDemo
from tests.end_to_end.wires import WIRES, Papers, Wire

LIMIT_A = 20.0

# A tenth of an ampere per station is what rounding and a meter may add.
TOLERANCE_A = 0.3
PATIENCE_S = 60.0
ENDED = {"session_ended", "session_booked"}


class Cable:
    """Watches what flows on each grid phase through the group's cable."""

    def __init__(self, boxes: list[SimulatedStation]) -> None:
        """Watch these stations."""
        self.highest_a = 0.0
        self._boxes = boxes

    @asynccontextmanager
    async def watched(self) -> AsyncGenerator[None]:
        """Note the most that is on any phase, while something goes on."""
        watching = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            for phase in (L1, L2, L3):
                on_phase_a = sum(box.evse(1).currents[phase] for box in self._boxes)
                self.highest_a = max(self.highest_a, on_phase_a)
            await asyncio.sleep(0.1)


class Owner:
    """What an owner does and sees, through Home Assistant's own interfaces."""

    def __init__(self, client: HomeAssistant) -> None:
        """Use a client that is signed in."""
        self._client = client

    async def set_up(
        self, port: str, boxes: list[SimulatedStation], wire: Wire, papers: Papers
    ) -> None:
        """Fill in the forms: a site, its stations, one group."""
        fill_in = self._client.fill_in
        form = {
            "port": int(port),
            "main_fuse_a": 25,
            "phases": "3",
            "voltage_v": 230,
            "advanced": papers.files() if wire.is_encrypted else {},
        }
        entry_id = (await fill_in("flow", "evenload", {"user": form}))["result"][
            "entry_id"
        ]
        for box in boxes:
            station = {
                "name": box.identity,
                "identity": box.identity,
                "phases": "3",
                "maximum_a": 32,
                **wire.security(),
            }
            await fill_in("subentries/flow", [entry_id, "station"], {"user": station})
        group = {
            "name": "Cars",
            "limit": LIMIT_A,
            "unit": "A",
            "strategy": "static",
            "members": [box.identity for box in boxes],
        }
        await fill_in("subentries/flow", [entry_id, "group"], {"user": group})

    async def entity_id(self, unique_id: str) -> str:
        """Return the entity with this unique id."""
        registry = await self._client.call("config/entity_registry/list")
        return str(
            next(e["entity_id"] for e in registry if e["unique_id"].endswith(unique_id))
        )

    async def state(self, unique_id: str) -> str:
        """Return an entity's state."""
        return str((await self.whole_state(unique_id))["state"])

    async def whole_state(self, unique_id: str) -> dict[str, Any]:
        """Return an entity's state with its attributes."""
        found: dict[str, Any] = await self._client.get(
            f"/api/states/{await self.entity_id(unique_id)}"
        )
        return found

    async def changes(self, unique_id: str, since: datetime) -> list[dict[str, Any]]:
        """Return the states of an entity since then, as Home Assistant has recorded them."""
        entity_id = await self.entity_id(unique_id)
        found: list[list[dict[str, Any]]] = await self._client.get(
            f"/api/history/period/{since.isoformat().replace('+00:00', 'Z')}"
            f"?filter_entity_id={entity_id}&significant_changes_only=0"
        )
        return found[0] if found else []

    async def act(self, action: str, unique_id: str, **data: object) -> None:
        """Perform an action on an entity."""
        path = f"/api/services/{action.replace('.', '/')}"
        await self._client.post(
            path, {"entity_id": await self.entity_id(unique_id), **data}
        )


@asynccontextmanager
async def owner_of(demo: Demo) -> AsyncGenerator[Owner]:
    """Sign in to a running Home Assistant."""
    async with HomeAssistant(demo.url) as client:
        await client.sign_in(demo.token)
        yield Owner(client)


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(PATIENCE_S):
        while not await condition():
            await asyncio.sleep(0.25)


def kill_home_assistant(demo: Demo) -> None:
    """Pull Home Assistant's plug: nothing of it runs one instruction more."""
    folder = os.fsencode(demo.folder)
    killed = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if folder in command and any(part.endswith(b"/hass") for part in command):
            os.kill(int(process.name), signal.SIGKILL)
            killed += 1
    assert killed == 1


@pytest.fixture
async def stations() -> AsyncGenerator[AsyncExitStack]:
    """Switches stations off at the end: they live through everything else."""
    async with AsyncExitStack() as stack:
        yield stack


@pytest.mark.parametrize("wire", WIRES)
async def test_killed_in_mid_session(
    start_demo: StartDemo, stations: AsyncExitStack, wire: Wire, tmp_path: Path
) -> None:
    """Two cars charge; Home Assistant is killed, one car leaves meanwhile, Home Assistant returns."""
    demo = await start_demo("--no-simulator")
    papers = Papers(tmp_path)
    boxes = [
        wire.station(f"BOX-{n}", demo.ocpp_url, papers, autostart_tag="CARD-0001")
        for n in (1, 2)
    ]
    first, second = boxes
    cable = Cable(boxes)
    async with owner_of(demo) as owner:
        await owner.set_up(demo.ocpp_url.rpartition(":")[2], boxes, wire, papers)
        for box in boxes:
            await stations.enter_async_context(box)

        async def limited() -> bool:
            return all(box.evse(1).limit_a == LIMIT_A / 2 for box in boxes)

        await eventually(limited)
        for box in boxes:
            box.plug_in(1, Vehicle(maximum_a=16))
        await stations.enter_async_context(cable.watched())

        async def charging() -> bool:
            return all(box.evse(1).currents.l1 > 9.5 for box in boxes)

        await eventually(charging)
        await owner.act("number.set_value", "BOX-1_1_maximum_current", value=8)
        await owner.act("switch.turn_off", "BOX-2_1_charging_allowed")
        await owner.act("number.set_value", "_limit", value=18)

        async def obeyed() -> bool:
            return (first.evse(1).limit_a, second.evse(1).limit_a) == (8.0, 0.0)

        await eventually(obeyed)
        await owner.act("switch.turn_on", "BOX-2_1_charging_allowed")

        async def resumed() -> bool:
            return abs(second.evse(1).currents.l1 - 9.0) < 0.1

        await eventually(resumed)
        # Nothing is awaited between this moment and the plug.
    transactions = [box.evse(1).transaction_id for box in boxes]
    began_wh = first.evse(1).register_wh
    kill_home_assistant(demo)
    await demo.process.wait()

    await asyncio.sleep(5)
    second.unplug(1)
    left_wh = second.evse(1).register_wh
    await asyncio.sleep(2)
    demo = await start_demo(
        "--no-simulator", "--ocpp-port", demo.ocpp_url.rpartition(":")[2]
    )

    async with owner_of(demo) as owner:

        async def back() -> bool:
            return await owner.state("BOX-1_1_status") == "charging"

        await eventually(back)

        async def told() -> bool:
            # That it is on record may follow in the same moment.
            event = await owner.whole_state("BOX-2_1_activity")
            return event["attributes"].get("event_type") in ENDED

        await eventually(told)
        ended = (await owner.whole_state("BOX-2_1_activity"))["attributes"]
        assert ended["energy_kwh"] == pytest.approx(left_wh / 1000, abs=0.002)

        # The session goes on under its own id, from the register it began with.
        assert first.evse(1).transaction_id == transactions[0]
        assert first.evse(1).register_wh > began_wh

        async def metered() -> bool:
            shown_kwh = float(await owner.state("BOX-1_1_session_energy"))
            return shown_kwh == pytest.approx(
                first.evse(1).register_wh / 1000, abs=0.02
            )

        await eventually(metered)
        assert float(await owner.state("BOX-1_1_maximum_current")) == 8
        assert await owner.state("BOX-2_1_charging_allowed") == "on"
        assert float(await owner.state("_limit")) == 18
        assert first.evse(1).limit_a == 8.0
        await asyncio.sleep(5)

    assert cable.highest_a <= LIMIT_A + TOLERANCE_A
