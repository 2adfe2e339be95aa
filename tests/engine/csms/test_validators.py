"""The fast validator accepts and refuses what the reference implementation of JSON Schema does, over all of OCPP."""

from collections.abc import Iterator
from decimal import Decimal
import importlib.resources
import json
import random
from typing import Any

import jsonschema
from jsonschema.protocols import Validator
import pytest

from custom_components.evenload.engine.csms.frames import CallFault, Fault
from custom_components.evenload.engine.csms.schemas import as_fault, schemas
from custom_components.evenload.engine.model.stations import OcppVersion
from tests.engine.csms.payloads import Maker

FOLDERS = {
    OcppVersion.V16: ("v16", ""),
    OcppVersion.V201: ("v201", "Request"),
    OcppVersion.V21: ("v21", "Request"),
}
VERSIONS = list(OcppVersion)


def published(version: OcppVersion) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema by the message's name: an action, or an action and "Response"."""
    folder, suffix = FOLDERS[version]
    for file in sorted(
        (importlib.resources.files("ocpp") / folder / "schemas").iterdir(),
        key=lambda file: file.name,
    ):
        if file.name.endswith(".json"):
            name = file.name.removesuffix(".json").removesuffix(suffix)
            yield name, json.loads(file.read_text("utf-8-sig"))


def reference(schema: dict[str, Any]) -> Validator:
    """The reference implementation, in the draft that the schema itself names."""
    return jsonschema.validators.validator_for(schema)(schema)


@pytest.mark.parametrize("version", VERSIONS)
def test_both_accept_and_refuse_the_same(version: OcppVersion) -> None:
    maker = Maker()
    verdicts = {True: 0, False: 0}
    for name, schema in published(version):
        slow, fast = reference(schema), schemas(version)
        for made in maker.payloads(name, schema):
            right = slow.is_valid(made.payload)
            assert (not fast.violations(name, made.payload)) == right, str(made)
            if made.how in {"least", "most"}:
                assert right, str(made)
            verdicts[right] += 1
    # The payloads are worth something: many of each kind.
    assert min(verdicts.values()) > 500


@pytest.mark.parametrize("version", VERSIONS)
def test_both_accept_and_refuse_the_same_when_several_things_are_odd(
    version: OcppVersion,
) -> None:
    chance = random.Random(16)
    maker = Maker()
    for name, schema in published(version):
        slow, fast = reference(schema), schemas(version)
        whole = maker.of(schema).most(schema)
        for _ in range(10):
            payload = spoilt(chance, whole)
            right = slow.is_valid(payload)
            assert (not fast.violations(name, payload)) == right, (name, payload)


def spoilt(chance: random.Random, value: Any) -> Any:
    """Return a copy in which some fields are missing, doubled, of another kind or superfluous."""
    if chance.random() < 0.01:
        return chance.choice([None, True, -5, 2.0, "odd", [], {}])
    match value:
        case dict():
            kept = {
                key: spoilt(chance, inner)
                for key, inner in value.items()
                if chance.random() > 0.02
            }
            return kept | ({"odd": 1} if chance.random() < 0.01 else {})
        case list():
            return [spoilt(chance, inner) for inner in value]
        case _:
            return value


# A tenth is no binary fraction. What is meant is the decimal number that stands in the frame: 21.4 is a multiple of
# 0.1. So it is for our validator, and for the reference implementation when it reads numbers as decimals; with binary
# fractions it refuses 21.4. What has two decimals both refuse.
TENTHS = [0, 0.1, 0.3, 1.1, 6.7, 16.0, 21.4, 32.1, 1e3, -0.7, 2.3e1]
NO_TENTHS = [0.01, 0.05, 0.25, 16.05, 21.44, -0.15]

LIMITED = {
    "csChargingProfiles": (
        "SetChargingProfile",
        lambda limit: {"connectorId": 1, "csChargingProfiles": profile(limit)},
    ),
    "chargingProfile": (
        "RemoteStartTransaction",
        lambda limit: {"idTag": "T", "chargingProfile": profile(limit)},
    ),
    "chargingSchedule": (
        "GetCompositeScheduleResponse",
        lambda limit: {"status": "Accepted", "chargingSchedule": schedule(limit)},
    ),
}


def schedule(limit: float) -> dict[str, Any]:
    return {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
        "minChargingRate": limit,
    }


def profile(limit: float) -> dict[str, Any]:
    return {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": schedule(limit),
    }


@pytest.mark.parametrize("field", LIMITED)
@pytest.mark.parametrize(
    ("limit", "fits"),
    [(tenth, True) for tenth in TENTHS] + [(other, False) for other in NO_TENTHS],
)
def test_a_tenth_is_a_tenth(field: str, limit: float, fits: bool) -> None:
    name, payload = LIMITED[field]
    schema = dict(published(OcppVersion.V16))[name]
    exact = reference(in_decimals(schema))
    assert exact.is_valid(in_decimals(payload(limit))) is fits
    assert (not schemas(OcppVersion.V16).violations(name, payload(limit))) is fits


def in_decimals(value: Any) -> Any:
    return json.loads(json.dumps(value), parse_float=Decimal)


# OCPP-J 1.6 §4.2.3 and 2.0.1 part 4 §4.3 give each kind of mistake a word of its own.
@pytest.mark.parametrize(
    ("version", "name", "payload", "fault", "says"),
    [
        (OcppVersion.V201, "Heartbeat", {"a": 1}, Fault.FORMAT, "unknown fields a"),
        (OcppVersion.V201, "BootNotification", {"reason": "Sun"}, Fault.PROPERTY, ""),
        (OcppVersion.V21, "NotifyEvent", {"seqNo": 0}, Fault.PROTOCOL, "lacks"),
        (
            OcppVersion.V201,
            "GetVariables",
            {"getVariableData": []},
            Fault.OCCURRENCE,
            "getVariableData: must not have fewer items than 1",
        ),
        (
            OcppVersion.V201,
            "Authorize",
            {
                "idToken": {"idToken": "T", "type": "ISO14443"},
                "iso15118CertificateHashData": [
                    {
                        "hashAlgorithm": "SHA256",
                        "issuerNameHash": "a",
                        "issuerKeyHash": "b",
                        "serialNumber": "c",
                        "responderURL": "d",
                    }
                ]
                * 5,
            },
            Fault.OCCURRENCE,
            "iso15118CertificateHashData: must not have more items than 4",
        ),
        (
            OcppVersion.V21,
            "NotifyReport",
            {"requestId": 1, "seqNo": -1, "generatedAt": "2026-01-01T00:00:00Z"},
            Fault.PROPERTY,
            "seqNo: must not be less than 0",
        ),
    ],
)
def test_every_kind_of_mistake_is_told_in_words(
    version: OcppVersion,
    name: str,
    payload: dict[str, Any],
    fault: Fault,
    says: str,
) -> None:
    told = [as_fault(one) for one in schemas(version).violations(name, payload)]
    assert all(isinstance(one, CallFault) for one in told)
    assert any(one.fault is fault and says in one.description for one in told), told
