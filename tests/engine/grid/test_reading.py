"""Events as a server sends them: units, signs, whom they are for, and what is wrong with some (OpenADR 3.0.1 and 3.1)."""

from typing import Any

import pytest

from custom_components.evenload.engine.grid.events import Ask
from custom_components.evenload.engine.grid.reading import Reader
from custom_components.evenload.engine.grid.times import Malformed
from tests.engine.grid.papers import NOON, asks, at, hours, paper, read


def value_of(payload: str, value: object, unit: str | None, **reader: Any) -> float:
    descriptors = [{"payloadType": payload, "units": unit}] if unit else []
    (event,) = read(
        paper("e", asks(payload, value), payloadDescriptors=descriptors), **reader
    )
    return event.intervals[0].values[Ask(payload)][0]


@pytest.mark.parametrize(
    ("payload", "value", "unit", "expected"),
    [
        ("IMPORT_CAPACITY_LIMIT", 7, "KW", 7000),
        ("IMPORT_CAPACITY_LIMIT", 7, None, 7000),
        ("IMPORT_CAPACITY_LIMIT", 4200, "W", 4200),
        ("EXPORT_CAPACITY_LIMIT", 0, "KW", 0),
        ("DISPATCH_SETPOINT", -3.5, "KW", -3500),
        ("DISPATCH_SETPOINT", "2.5", "kW", 2500),
        ("PRICE", 0.17, "KWH", 0.17),
        ("PRICE", 170, "MWH", 0.17),
        ("EXPORT_PRICE", -0.02, None, -0.02),
        # The specification has a percentage from 0 to 1; many write 80 for 80 %.
        ("CHARGE_STATE_SETPOINT", 0.8, "PERCENT", 0.8),
        ("CHARGE_STATE_SETPOINT", 80, "PERCENT", 0.8),
        ("CHARGE_STATE_SETPOINT", 30, "KWH", 30000),
    ],
)
def test_units(payload: str, value: object, unit: str, expected: float) -> None:
    assert value_of(payload, value, unit) == pytest.approx(expected)


def test_the_sign_of_a_setpoint_is_the_programmes_own() -> None:
    assert value_of("DISPATCH_SETPOINT", 3, "KW", discharge_is_positive=True) == -3000
    assert (
        value_of("IMPORT_CAPACITY_LIMIT", 3, "KW", discharge_is_positive=True) == 3000
    )


def test_the_programmes_descriptors_hold_where_the_event_has_none() -> None:
    descriptors = ({"payloadType": "PRICE", "units": "MWH", "currency": "EUR"},)
    (event,) = read(paper("e", asks("PRICE", 100)), descriptors=descriptors)
    assert event.intervals[0].values[Ask.PRICE] == (0.1,)
    assert event.currency == {Ask.PRICE: "EUR"}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (paper("bad", asks("PRICE", "much")), "much"),
        (paper("bad", asks("IMPORT_CAPACITY_LIMIT", -1)), "-1"),
        (paper("bad", asks("DISPATCH_SETPOINT", float("nan"))), "nan"),
        (paper("bad", asks("DISPATCH_SETPOINT", True)), "True"),
        (paper("bad", asks("PRICE", 1, start="noon")), "noon"),
        (paper("bad", asks("PRICE", 1), intervalPeriod={"duration": "1h"}), "1h"),
        (paper("bad", asks("PRICE", 1), priority="high"), "high"),
        (paper("bad", intervalPeriod=[]), "interval period"),
        (paper("bad") | {"intervals": {}}, "intervals"),
        (paper("bad") | {"intervals": [None]}, "interval"),
        (
            paper(
                "bad",
                asks("IMPORT_CAPACITY_LIMIT", 10),
                payloadDescriptors=[
                    {"payloadType": "IMPORT_CAPACITY_LIMIT", "units": "AMPS"}
                ],
            ),
            "AMPS",
        ),
        (paper("bad") | {"intervals": [{}] * 4000}, "4000"),
    ],
)
def test_a_malformed_event_costs_no_other(document: dict[str, Any], why: str) -> None:
    good = paper("good", asks("PRICE", 1), intervalPeriod=hours(12, "PT1H"))
    events, refused = Reader().events([good, document, good | {"id": "too"}], {}, NOON)
    assert [event.id for event in events] == ["good", "too"]
    assert [one.id for one in refused] == ["bad"]
    assert why in refused[0].why


@pytest.mark.parametrize("data", [None, {}, "events", 5])
def test_what_is_no_list_is_nothing(data: object) -> None:
    with pytest.raises(Malformed):
        Reader().events(data, {}, NOON)


@pytest.mark.parametrize("one", [None, 5, "event", {}, {"id": ""}])
def test_what_is_no_event_is_left_out(one: object) -> None:
    events, refused = Reader().events([one], {}, NOON)
    assert (events, len(refused)) == ((), 1)


def test_what_is_not_understood_is_left_alone() -> None:
    (event,) = read(
        paper(
            "e",
            {
                "payloads": [
                    {"type": "ALERT_FLEX_ALERT", "values": ["Save power"]},
                    {"type": "CURVE", "values": [{"x": 1, "y": 2}]},
                    {"type": "OURS", "values": [True]},
                    {"type": "PRICE", "values": [0.2]},
                ]
            },
            privateField={"a": 1},
            targets=None,
            payloadDescriptors=None,
            reportDescriptors=None,
        )
    )
    assert event.intervals[0].values == {Ask.PRICE: (0.2,)}


@pytest.mark.parametrize(
    ("targets", "ours"),
    [
        ([], True),
        ([{"type": "VEN_NAME", "values": ["home", "other"]}], True),
        ([{"type": "VEN_NAME", "values": ["other"]}], False),
        ([{"type": "RESOURCE_NAME", "values": ["garage"]}], True),
        ([{"type": "RESOURCE_NAME", "values": ["cellar"]}], False),
        ([{"type": "GROUP", "values": ["north"]}], True),
        # 3.1: the server shows nobody what is for others.
        (["north"], True),
    ],
)
def test_events_for_others(targets: list[Any], ours: bool) -> None:
    found = read(
        paper("e", asks("PRICE", 1), targets=targets),
        ven_name="home",
        resource_name="garage",
    )
    assert bool(found) == ours


def test_an_event_is_heard_of_once() -> None:
    """What begins now began when it was heard of first, also after it was changed."""
    document = paper("e", asks("PRICE", 1), intervalPeriod=hours(None, "PT1H"))
    events, _ = Reader().events([document], {"e": at(11)}, NOON)
    assert events[0].heard_at == at(11)


def test_what_is_wanted_of_reports() -> None:
    (event,) = read(
        paper(
            "e",
            reportDescriptors=[
                {
                    "payloadType": "STORAGE_CHARGE_LEVEL",
                    "units": "PERCENT",
                    "readingType": "DIRECT_READ",
                    "aggregate": True,
                    "startInterval": 0,
                    "numIntervals": 1,
                    "historical": False,
                    "frequency": 1,
                    "repeat": -1,
                },
                {"payLoadType": "USAGE"},
            ],
        )
    )
    level, usage = event.reports
    assert (level.payload, level.units) == ("STORAGE_CHARGE_LEVEL", "PERCENT")
    assert (level.aggregate, level.historical) == (True, False)
    assert (level.start_interval, level.num_intervals) == (0, 1)
    assert (level.frequency, level.repeat) == (1, -1)
    assert (usage.payload, usage.historical, usage.repeat) == ("USAGE", True, 1)
