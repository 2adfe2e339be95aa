"""A car that is to rest rests, and goes on resting: every form and every way of it, by what really flows.

The whole engine on one side, a station and a house on the other, a socket between them, and time as it passes.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.control.v2x import direction
from custom_components.evenload.engine.csms import onboarding
from custom_components.evenload.engine.model.v2x import IdleMethod, V2gMode
from custom_components.evenload.engine.model.v2x_ability import Method
from simulator import Form
from tests.end_to_end.test_v2g import ALONE, DYNAMIC, KEY, TARGET, Row, Story, told

# It is said again meanwhile, and what was said first would have ended where nobody did.
LASTS_S = 12.0
OFTEN = {"refresh_s": 4.0}

# What a car at rest draws or gives at most, beside what it is to draw for its upkeep.
LITTLE_W = 40.0
UPKEEP_W = 100.0


@dataclass(frozen=True)
class Rest:
    """A row, and how its car rests."""

    row: Row
    method: Method
    idle: IdleMethod


def rest(
    version: str,
    method: Method,
    idle: IdleMethod,
    form: Form | None = None,
    *,
    alone: bool = False,
    dynamic: bool = True,
) -> Rest:
    more = ALONE if alone else {}
    dialect = told(method, idle=idle, upkeep_w=UPKEEP_W, **OFTEN, **more)
    name = f"{version} {method} {idle}"
    factory = {} if dynamic else {DYNAMIC: "false"}
    forms = () if form is None else (form,)
    return Rest(Row(name, version, forms, dialect, more, factory), method, idle)


ZERO, UPKEEP, MODE, PAUSE = IdleMethod
RESTS = (
    rest("1.6", Method.NEGATIVE_LIMIT, ZERO, Form.NEGATIVE_LIMIT),
    rest("1.6", Method.NEGATIVE_LIMIT, PAUSE, Form.NEGATIVE_LIMIT),
    rest("1.6", Method.CONFIGURATION_KEY, ZERO, Form.SETPOINT_KEY),
    rest("1.6", Method.CONFIGURATION_KEY, UPKEEP, Form.SETPOINT_KEY, alone=True),
    rest("1.6", Method.DATA_TRANSFER, UPKEEP, Form.DATA_TRANSFER, alone=True),
    rest("1.6", Method.DATA_TRANSFER, ZERO, Form.DATA_TRANSFER),
    rest("2.0.1", Method.EXTENSION, MODE, Form.EXTENSION),
    rest("2.0.1", Method.EXTENSION, ZERO, Form.EXTENSION),
    rest("2.0.1", Method.VARIABLE, UPKEEP, Form.VARIABLE),
    rest("2.1", Method.NATIVE, ZERO, dynamic=False),
    rest("2.1", Method.NATIVE, MODE, dynamic=False),
    rest("2.1", Method.NATIVE, UPKEEP),
    rest("2.1", Method.NATIVE, MODE),
    rest("2.1", Method.NATIVE, PAUSE),
)


async def rests(case: Rest) -> None:
    """Feed back, rest for long, and feed back again."""
    aim_w = UPKEEP_W if case.idle is UPKEEP else 0.0
    async with Story(case.row) as story:
        site = story.site

        def is_at_rest() -> bool:
            near = abs(story.power_w - aim_w) < LITTLE_W
            return near and abs(story.measured_w - aim_w) < LITTLE_W

        await story.until("charges", lambda: story.measured_w > 4000)
        if case.method not in {Method.NATIVE, Method.EXTENSION}:
            await story.prove()
        await site.set_v2g_mode(KEY, V2gMode.HOUSE)
        await story.until("feeds back", lambda: story.measured_w < -1000)
        until = datetime.now(UTC) + timedelta(minutes=10)
        await site.dispatch(TARGET, 0, until)
        await story.until("rests", is_at_rest)
        ends = asyncio.get_running_loop().time() + LASTS_S
        while asyncio.get_running_loop().time() < ends:
            flows_w = story.power_w
            assert abs(flows_w - aim_w) < LITTLE_W, f"{case.row.name}: {flows_w:.0f} W"
            await asyncio.sleep(0.1)
        await site.dispatch(TARGET, -2000, until)
        await story.until("feeds back again", lambda: story.flows(-2000))


async def test_a_rest_lasts_in_every_form(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TURNS_AFTER", "BEGINS_AGAIN_AFTER"):
        monkeypatch.setattr(direction, name, timedelta(seconds=1))
    monkeypatch.setattr(onboarding, "QUIET_PERIOD_S", 0.5)
    asyncio.get_running_loop().set_debug(False)
    ended = await asyncio.gather(*map(rests, RESTS), return_exceptions=True)
    assert [str(error) for error in ended if error] == []
