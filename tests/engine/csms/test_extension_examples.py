"""Every example of docs/v2g-extension.md is JSON, and what OCPP's own schema of its version lets through."""

from functools import cache
import json
from pathlib import Path
import re
from typing import Any

from jsonschema import Draft4Validator
import ocpp
import pytest

TEXT = Path("docs/v2g-extension.md").read_text()
SCHEMAS = Path(ocpp.__file__).parent
# The folder of the schemas, and how requests and answers end there.
VERSIONS = {
    "OCPP 1.6": ("v16", "", "Response"),
    "OCPP 2.0.1: the extension": ("v201", "Request", "Response"),
    "OCPP 2.1": ("v21", "Request", "Response"),
}
FENCE = re.compile(r"```json\n(.*?)```", re.DOTALL)
VENDOR = "org.evenload.v2x"


def frames_of(block: str) -> list[Any]:
    """Return the frames of an example, one after the other."""
    reader, at, found = json.JSONDecoder(), 0, []
    while block[at:].strip():
        at += len(block[at:]) - len(block[at:].lstrip())
        frame, at = reader.raw_decode(block, at)
        found.append(frame)
    return found


def examples() -> list[tuple[str, Any]]:
    """Return every frame and every text of the examples with its chapter."""
    chapters = re.split(r"^## ", TEXT, flags=re.MULTILINE)
    return [
        (title, frame)
        for chapter in chapters
        for title in [chapter.partition("\n")[0]]
        for block in FENCE.findall(chapter)
        for frame in frames_of(block)
    ]


@cache
def schema(version: str, name: str) -> Draft4Validator:
    """Return what OCPP says of a message."""
    text = (SCHEMAS / version / "schemas" / f"{name}.json").read_text("utf-8-sig")
    return Draft4Validator(json.loads(text))


CALLS = {
    (chapter, frame[1]): frame[2]
    for chapter, frame in examples()
    if isinstance(frame, list) and frame[0] == 2
}


@pytest.mark.parametrize(
    ("chapter", "frame"),
    [pair for pair in examples() if isinstance(pair[1], list)],
    ids=lambda one: one[1] if isinstance(one, list) else "",
)
def test_every_frame_is_one_of_its_version(chapter: str, frame: list[Any]) -> None:
    version, asks, answers = VERSIONS[chapter]
    if frame[0] == 2:
        _, _, action, payload = frame
        schema(version, action + asks).validate(payload)
    else:
        _, call, payload = frame
        schema(version, CALLS[chapter, call] + answers).validate(payload)


def test_there_is_an_example_of_each_form() -> None:
    actions = {
        (chapter.partition(":")[0], name) for (chapter, _), name in CALLS.items()
    }
    assert actions == {
        ("OCPP 1.6", "SetChargingProfile"),
        ("OCPP 1.6", "ClearChargingProfile"),
        ("OCPP 1.6", "ChangeConfiguration"),
        ("OCPP 1.6", "DataTransfer"),
        ("OCPP 2.0.1", "SetChargingProfile"),
        ("OCPP 2.0.1", "ClearChargingProfile"),
        ("OCPP 2.0.1", "NotifyEVChargingNeeds"),
        ("OCPP 2.0.1", "DataTransfer"),
        ("OCPP 2.0.1", "TransactionEvent"),
        ("OCPP 2.0.1", "SetVariables"),
        ("OCPP 2.1", "SetChargingProfile"),
        ("OCPP 2.1", "UpdateDynamicSchedule"),
    }


def test_what_a_text_holds_has_the_fields_of_the_table_and_lies_within_its_limits() -> (
    None
):
    """D3: the setpoint within the two limits, zero or more and zero or less."""
    messages = [
        json.loads(frame[3]["data"])
        for _, frame in examples()
        if isinstance(frame, list) and frame[2:3] == ["DataTransfer"]
        if isinstance(frame[3]["data"], str)
    ] + [
        frame for _, frame in examples() if isinstance(frame, dict) and "evse" in frame
    ]
    assert len(messages) == 2
    for one in messages:
        assert one["dischargeLimit"] <= one["setpoint"] <= one["limit"]
        assert one["dischargeLimit"] <= 0 <= one["limit"]
        assert set(one) == {
            "evse",
            "operationMode",
            "setpoint",
            "limit",
            "dischargeLimit",
            "duration",
        }


def test_a_setpoint_in_a_profile_lies_within_its_limits() -> None:
    periods = [
        period
        for _, frame in examples()
        if isinstance(frame, list) and frame[2:3] == ["SetChargingProfile"]
        if (profile := frame[3].get("chargingProfile")) is not None
        for schedule in profile["chargingSchedule"]
        for period in schedule["chargingSchedulePeriod"]
    ]
    assert len(periods) == 2
    for period in periods:
        said = period.get("customData", period)
        assert said.get("vendorId", VENDOR) == VENDOR
        assert said["dischargeLimit"] <= said["setpoint"] <= period["limit"]
