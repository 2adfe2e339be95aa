"""Each form of a setpoint at a simulated station that was written from the text alone: what it says flows is what was meant."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.evenload.engine.csms.discharging import preparing
from custom_components.evenload.engine.csms.v2 import setting_up
from custom_components.evenload.engine.csms.v2.device_model import Key
from custom_components.evenload.engine.csms.v16 import configuration
from custom_components.evenload.engine.model.configuration import (
    EvseConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.orders import Outcome
from custom_components.evenload.engine.model.phases import CurrentType
from custom_components.evenload.engine.model.stations import Evse
from custom_components.evenload.engine.model.v2x import IdleMethod, V2gConfig
from custom_components.evenload.engine.model.v2x_ability import Method, OperationMode
from custom_components.evenload.engine.site import Site
from simulator import Bidirectional, Form, SimulatedStation, Vehicle
from tests.engine.csms.conftest import OpenSite
from tests.engine.csms.setpoints import setpoint

KEY = EvseKey("A", 1)


@dataclass(frozen=True)
class Row:
    """One row of the table: a version, the form, and what the dialect says beyond its method."""

    version: str
    method: Method
    forms: frozenset[Form] = frozenset()
    said: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.version} {self.method} {len(self.said)}{len(self.options)}"


def form(version: str, method: Method, *forms: Form, **said: Any) -> Row:
    both_ways = {"charges_by_limits": said.get("charges_by_limits", True)}
    return Row(version, method, frozenset(forms), said, both_ways)


ROWS = [
    form("1.6", Method.NEGATIVE_LIMIT, Form.NEGATIVE_LIMIT),
    form("1.6", Method.CONFIGURATION_KEY, Form.SETPOINT_KEY, charges_by_limits=False),
    form("1.6", Method.DATA_TRANSFER, Form.DATA_TRANSFER, charges_by_limits=False),
    form("1.6", Method.CONFIGURATION_KEY, Form.SETPOINT_KEY),
    form("1.6", Method.DATA_TRANSFER, Form.DATA_TRANSFER),
    form("2.0.1", Method.EXTENSION, Form.EXTENSION, idle=IdleMethod.IDLE_MODE),
    form("2.0.1", Method.NEGATIVE_LIMIT, Form.NEGATIVE_LIMIT),
    form("2.0.1", Method.VARIABLE, Form.VARIABLE),
    form("2.1", Method.NATIVE, idle=IdleMethod.IDLE_MODE),
]


@pytest.fixture(autouse=True)
def hasty_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    interval = Key("SampledDataCtrlr", "TxUpdatedInterval")
    monkeypatch.setitem(setting_up._NUMBERS, interval, 1)
    monkeypatch.setattr(configuration, "SAMPLE_INTERVAL_S", 1)
    monkeypatch.setattr(preparing, "SETTLES_S", 0.1)


def house() -> SiteConfig:
    """A house in which a station of direct current may feed back."""
    config = V2gConfig(maximum_w=5000.0, confirmed_at=datetime(2026, 1, 1, tzinfo=UTC))
    station = StationConfig(
        "A",
        "Garage",
        evses={1: EvseConfig(CurrentType.DC, Power(11_000.0))},
        v2g={1: config},
    )
    return SiteConfig("Home", Current(100.0), stations={"A": station})


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(15):
        while not condition():
            await asyncio.sleep(0.02)


async def charging(site: Site, station: SimulatedStation) -> Callable[[], Evse]:
    """Have a vehicle charge at a station that is ready to discharge."""
    await station.wait_accepted()
    await until(lambda: site.stations["A"].capabilities.v2x)
    station.plug_in(
        1,
        Vehicle(
            start_delay_s=0,
            reaction_s=0.1,
            ramp_a_per_s=200,
            soc_percent=60,
            dc_maximum_w=11_000,
            discharge_maximum_w=10_000,
        ),
    )

    def evse() -> Evse:
        return site.evse(KEY)

    def power_w() -> float:
        return evse().reading.power_w or 0.0

    await until(lambda: evse().transaction is not None and power_w() > 4000)
    return evse


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_power_goes_where_it_is_told(open_site: OpenSite, row: Row) -> None:
    site = await open_site(config=house())
    await drive(site, row)


async def test_a_scheduled_profile_does_as_well(
    open_site: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = await open_site(config=house())
    await drive(site, ROWS[-1], dynamic=False)


async def drive(site: Site, row: Row, *, dynamic: bool = True) -> None:
    """Charge, discharge, rest, and give the vehicle back to its limits."""
    forms = row.forms or frozenset(Form)
    async with SimulatedStation(
        "A",
        f"ws://127.0.0.1:{site.port}",
        versions=(row.version,),
        tick_s=0.02,
        dc_w={1: 11_000.0},
        autostart_tag="FREE",
        bidirectional=Bidirectional({1: 10_000.0}, forms=forms, **row.options),
    ) as station:
        evse = await charging(site, station)
        commands = site.commands("A")
        if not dynamic:
            commands._native._static.add(1)  # type: ignore[attr-defined]  # as after a refusal
        transaction = evse().transaction
        assert transaction is not None
        order = setpoint(
            row.method, -3000.0, said=row.said, transaction_id=transaction.id
        )

        def power_w() -> float:
            found = evse().reading.power_w
            assert found is not None
            return found

        for target_w in (-3000.0, -2000.0):
            aimed = replace(order, power_w=target_w)
            assert await commands.set_setpoint(aimed) is Outcome.APPLIED, (
                commands.refusal(1)
            )
            await until(lambda target_w=target_w: abs(power_w() - target_w) < 150)
        rest = replace(order, power_w=0.0, mode=OperationMode.IDLE)
        assert await commands.set_setpoint(rest) is Outcome.APPLIED
        await until(lambda: abs(power_w()) < 150)
        assert await commands.set_setpoint(order) is Outcome.APPLIED
        await until(lambda: power_w() < -2800)
        assert await commands.end_setpoint(order) is Outcome.APPLIED
        await until(lambda: power_w() > 4000)
        reading = evse().reading
        assert reading.soc_percent is not None
        assert (reading.energy_export_wh or 0) > 0
