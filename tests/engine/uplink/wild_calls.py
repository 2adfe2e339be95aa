"""All that a CSMS above may send: any message of its version with any content, charging profiles above all, and what is no message."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources
import json
from typing import Any

from hypothesis import strategies as st

from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.csms.v2.directions import FROM_STATION
from custom_components.evenload.engine.model.stations import OcppVersion
from tests.engine.uplink.test_documented_above import SAID_BY_1_6
from tests.engine.virtual import BEGINNING

type Drawn = st.SearchStrategy[Any]

_FOLDERS = {
    OcppVersion.V16: ("v16", ""),
    OcppVersion.V201: ("v201", "Request"),
    OcppVersion.V21: ("v21", "Request"),
}

AMOUNTS = (
    -9000.0,
    -16.0,
    -0.1,
    0.0,
    3.0,
    5.9,
    6.0,
    7.5,
    16.0,
    80.0,
    4140.0,
    1e6,
    1e300,
)
WHOLE = (-1, 0, 1, 2, 3, 60, 3600, 2**31 - 1)
WORDS = ("", "1", "2", "tag", "CARD", "ftp://x", "2026-11-02T12:00:00Z")

# Deeper than this only what has to be there is said.
_DEEPEST = 4

# What no version knows, or no parser takes.
NONSENSE = (
    *("", "x", "[]", "{}", "[2]", "[3]", "null", "[2,1,2,3]", '[2,"1","Reset"]'),
    *('[3,"1",{}]', '[4,"1","InternalError","",{}]', '[2,"1","Nothing",{}]'),
    *('[2,"1","SetChargingProfile",[]]', '[2,"1","SetChargingProfile",{"a":NaN}]'),
    *("[" * 3000, '[2,"1","Reset",{"type":"Hard","x":"' + "y" * 5000 + '"}]'),
    '[2,"' + "i" * 40 + '","Heartbeat",{}]',
)

moments = st.sampled_from([-86400, -600, -1, 0, 1, 60, 1800, 90000]).map(
    lambda seconds: (BEGINNING + timedelta(seconds=seconds)).isoformat()
)


@dataclass(frozen=True)
class Said:
    """One thing that those above say: to whom, in which version, how often; "" breaks the connection."""

    who: int
    version: OcppVersion
    text: str
    times: int = 1


def said() -> st.SearchStrategy[Said]:
    """Draw anything."""
    return st.sampled_from(list(OcppVersion)).flatmap(
        lambda version: st.builds(
            Said,
            who=st.integers(0, 6),
            version=st.just(version),
            text=_texts(version),
            times=st.sampled_from([1, 1, 1, 1, 60]),
        )
    )


def _texts(version: OcppVersion) -> Drawn:
    called = _profiles(version) | _profiles(version) | _calls(version)
    frames = called.map(lambda call: json.dumps([2, "ID", *call]))
    return frames | frames | frames | st.sampled_from(NONSENSE)


def _calls(version: OcppVersion) -> Drawn:
    ours = SAID_BY_1_6 if version is OcppVersion.V16 else FROM_STATION
    # Those that a station says are nonsense from above, and not to hurt either.
    actions = sorted(schemas(version).actions)
    asked = [name for name in actions if name not in ours] * 3 + actions
    return st.sampled_from(asked).flatmap(
        lambda action: st.tuples(st.just(action), _payloads(version, action))
    )


@cache
def _payloads(version: OcppVersion, action: str) -> Drawn:
    """Anything that fits the schema of an action."""
    folder, suffix = _FOLDERS[version]
    path = resources.files("ocpp") / folder / "schemas" / f"{action}{suffix}.json"
    schema = json.loads(path.read_text(encoding="utf-8-sig"))
    return _of(schema, schema.get("definitions", {}), 0)


def _of(schema: dict[str, Any], known: dict[str, Any], depth: int) -> Drawn:
    if "$ref" in schema:
        return _of(known[schema["$ref"].rpartition("/")[2]], known, depth)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    build = _KINDS.get(schema.get("type", "object"), _objects)
    return build(schema, known, depth)


def _objects(schema: dict[str, Any], known: dict[str, Any], depth: int) -> Drawn:
    required = set(schema.get("required", ()))
    fields = {
        name: st.deferred(lambda one=one: _of(one, known, depth + 1))
        for name, one in schema.get("properties", {}).items()
        if name != "customData" and (name in required or depth < _DEEPEST)
    }
    return st.fixed_dictionaries(
        {name: one for name, one in fields.items() if name in required},
        optional={name: one for name, one in fields.items() if name not in required},
    )


def _arrays(schema: dict[str, Any], known: dict[str, Any], depth: int) -> Drawn:
    least = schema.get("minItems", 0)
    return st.lists(
        _of(schema["items"], known, depth + 1), min_size=least, max_size=max(least, 2)
    )


def _texts_of(schema: dict[str, Any], *_: Any) -> Drawn:
    if schema.get("format") == "date-time":
        return moments
    most = schema.get("maxLength", 100)
    return st.sampled_from([word for word in WORDS if len(word) <= most])


def _numbers(schema: dict[str, Any], *_: Any) -> Drawn:
    every: tuple[float, ...] = WHOLE if schema["type"] == "integer" else AMOUNTS
    low, high = schema.get("minimum", -1e301), schema.get("maximum", 1e301)
    return st.sampled_from([one for one in every if low <= one <= high] or [low])


_KINDS: dict[str, Callable[..., Drawn]] = {
    "object": _objects,
    "array": _arrays,
    "string": _texts_of,
    "integer": _numbers,
    "number": _numbers,
    "boolean": lambda *_: st.booleans(),
}


def _profiles(version: OcppVersion) -> Drawn:
    """Charging profiles that make sense more often than any do, and what takes them away or changes them."""
    is_oldest = version is OcppVersion.V16
    ids = st.integers(1, 4)
    whole = "ChargePointMaxProfile" if is_oldest else "ChargingStationMaxProfile"
    schedules = st.fixed_dictionaries(
        {"chargingRateUnit": st.sampled_from(["A", "W"])},
        optional={
            "duration": st.sampled_from([0, 1, 30, 3600]),
            "startSchedule": moments,
        },
    ).flatmap(
        lambda schedule: st.lists(_periods(version), min_size=1, max_size=3).map(
            lambda periods: (
                schedule
                | ({} if is_oldest else {"id": 1})
                | {
                    "chargingSchedulePeriod": [
                        {"startPeriod": place * 40, **period}
                        for place, period in enumerate(periods)
                    ]
                }
            )
        )
    )
    bodies = st.fixed_dictionaries(
        {
            "chargingProfileId" if is_oldest else "id": ids,
            "stackLevel": st.integers(0, 3),
            "chargingProfilePurpose": st.sampled_from(
                [whole, whole, "TxDefaultProfile", "TxDefaultProfile", "TxProfile"]
                + ([] if is_oldest else ["ChargingStationExternalConstraints"])
            ),
            "chargingProfileKind": st.sampled_from(
                ["Absolute", "Relative", "Recurring"]
                + (["Dynamic"] if version is OcppVersion.V21 else [])
            ),
            "chargingSchedule": schedules
            if is_oldest
            else schedules.map(lambda s: [s]),
        },
        optional={
            "recurrencyKind": st.just("Daily"),
            "validTo": moments,
            "transactionId": st.just(1) if is_oldest else st.just("1"),
        },
    )
    where, what = (
        ("connectorId", "csChargingProfiles")
        if is_oldest
        else ("evseId", "chargingProfile")
    )
    sets = st.fixed_dictionaries({where: st.integers(0, 2), what: bodies})
    clears = st.fixed_dictionaries({"id" if is_oldest else "chargingProfileId": ids})
    calls = st.tuples(st.just("SetChargingProfile"), sets)
    calls = calls | calls | st.tuples(st.just("ClearChargingProfile"), clears)
    if version is OcppVersion.V21:
        calls |= _following(ids)
    return calls


def _periods(version: OcppVersion) -> Drawn:
    limits = st.fixed_dictionaries({"limit": st.sampled_from(AMOUNTS)})
    if version is not OcppVersion.V21:
        return limits
    modes = st.sampled_from(["CentralSetpoint", "CentralFrequency", "Idle"])
    wanted = st.fixed_dictionaries(
        {"operationMode": modes, "setpoint": st.sampled_from(AMOUNTS)}
    )
    curve = [{"signal": -100, "power": -5000.0}, {"signal": 100, "power": 5000.0}]
    signalled = {
        "operationMode": "LocalFrequency",
        "v2xBaseline": 1000.0,
        "v2xSignalWattCurve": curve,
    }
    return limits | limits | limits | wanted | st.just(signalled)


def _following(ids: Drawn) -> Drawn:
    """What changes dynamic profiles, and what they follow."""
    update = {"limit": st.sampled_from(AMOUNTS), "setpoint": st.sampled_from(AMOUNTS)}
    updates = st.fixed_dictionaries(
        {"chargingProfileId": ids, "scheduleUpdate": st.fixed_dictionaries(update)}
    )
    signals = st.fixed_dictionaries(
        {"timestamp": moments, "signal": st.sampled_from([-100, 0, 40, 2**31 - 1])}
    )
    return st.tuples(st.just("UpdateDynamicSchedule"), updates) | st.tuples(
        st.just("AFRRSignal"), signals
    )
