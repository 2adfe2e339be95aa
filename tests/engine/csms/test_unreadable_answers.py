"""Configurations and schedules are read as far as they can be, and no further (§6.21, §6.24)."""

from typing import Any

import pytest

from custom_components.evenload.engine.csms.commands import ConfigurationValue
from custom_components.evenload.engine.model.errors import StationRefused
from custom_components.evenload.engine.site import Site
from tests.engine.csms.dialler import Dialler


@pytest.mark.parametrize(
    "answer",
    [
        {"configurationKey": "all"},
        {"configurationKey": {"key": "A"}},
        {"unexpected": 1},
    ],
)
async def test_an_unreadable_configuration_is_not_an_empty_one(
    station: tuple[Site, Dialler], answer: dict[str, Any]
) -> None:
    site, dialler = station
    dialler.answers["GetConfiguration"] = answer
    with pytest.raises(StationRefused):
        await site.commands("A").get_configuration()


async def test_a_configuration_is_read_as_far_as_it_can_be(
    station: tuple[Site, Dialler],
) -> None:
    site, dialler = station
    dialler.answers["GetConfiguration"] = {
        "configurationKey": [
            {"key": "Number", "value": 5, "readonly": "true"},
            {"key": "Hidden", "readonly": False},
            {"key": "Null", "value": None},
            {"value": "of nothing"},
            "no entry",
            None,
        ],
        "unknownKey": ["Nobody"],
    }
    assert await site.commands("A").get_configuration() == {
        "Number": ConfigurationValue("5", readonly=True),
        "Hidden": ConfigurationValue(None, readonly=False),
        "Null": ConfigurationValue(None, readonly=False),
    }


@pytest.mark.parametrize(
    "schedule",
    [
        None,
        [],
        "A",
        {},
        {"chargingRateUnit": "Horses", "chargingSchedulePeriod": []},
        {"chargingRateUnit": "A", "chargingSchedulePeriod": 5},
        {"chargingRateUnit": "A", "chargingSchedulePeriod": ["0"]},
        {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0}]},
        {
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": "x", "limit": 1}],
        },
    ],
)
async def test_an_unreadable_schedule_is_none(
    station: tuple[Site, Dialler], schedule: Any
) -> None:
    site, dialler = station
    dialler.answers["GetCompositeSchedule"] = {
        "status": "Accepted",
        "chargingSchedule": schedule,
    }
    with pytest.raises(StationRefused):
        await site.commands("A").composite_schedule(1, 60)


@pytest.mark.parametrize(
    "text",
    [
        '"scheduleStart":5',
        '"scheduleStart":"noon"',
        '"chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":1e999,"limit":1}]}',
        '"chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[{"startPeriod":0,"limit":1e999}]}',
    ],
)
async def test_a_schedule_of_odd_numbers_is_none(
    station: tuple[Site, Dialler], text: str
) -> None:
    site, dialler = station
    good = '"chargingSchedule":{"chargingRateUnit":"A","chargingSchedulePeriod":[]}'
    dialler.answers["GetCompositeSchedule"] = {
        "raw": f'[3,"ID",{{"status":"Accepted",{good},{text}}}]'
    }
    with pytest.raises(StationRefused):
        await site.commands("A").composite_schedule(1, 60)
