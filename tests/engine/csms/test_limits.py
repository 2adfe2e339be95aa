"""A limit is applied, refused or unknown, and what a station cannot do it is not asked again (§5.16)."""

from typing import cast

import pytest

from custom_components.evenload.engine.csms import exchange
from custom_components.evenload.engine.csms.connection import Connection
from custom_components.evenload.engine.csms.v16.limits import Limits16
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.orders import Layer, LimitOrder, Outcome
from custom_components.evenload.engine.site import Site
from tests.engine.csms.dialler import Dialler, Reply

ORDER = LimitOrder(1, Current(10.0), Layer.LEASE, 900)


FALLBACK = LimitOrder(1, Current(8.0))
REJECTED = {"status": "Rejected"}
ACCEPTED = {"status": "Accepted"}

REFUSED = Outcome.REFUSED
UNKNOWN = Outcome.UNKNOWN


def by_kind(relative: Reply, absolute: Reply) -> Reply:
    """Answer a profile by its kind."""
    return lambda payload: (
        relative
        if payload["csChargingProfiles"]["chargingProfileKind"] == "Relative"
        else absolute
    )


def kinds(dialler: Dialler) -> list[str]:
    return [
        payload["csChargingProfiles"]["chargingProfileKind"]
        for payload in dialler.asked("SetChargingProfile")
    ]


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ({"status": "Accepted"}, Outcome.APPLIED),
        ({"status": "ACCEPTED"}, Outcome.APPLIED),
        ({"status": "Rejected"}, REFUSED),
        ({"status": "NotSupported"}, REFUSED),
        ({"error": "NotImplemented"}, REFUSED),
        ({"error": "NotSupported"}, REFUSED),
        ({"error": "FormationViolation"}, REFUSED),
        ({"error": "PropertyConstraintViolation"}, REFUSED),
        ({"error": "TypeConstraintViolation"}, REFUSED),
        ({"error": "OccurenceConstraintViolation"}, REFUSED),
        ({"error": "OccurrenceConstraintViolation"}, REFUSED),
        ({"error": "ProtocolError"}, REFUSED),
        # It may have obeyed all the same.
        ({"error": "InternalError"}, UNKNOWN),
        ({"error": "GenericError"}, UNKNOWN),
        ({"error": "SecurityError"}, UNKNOWN),
        ({"error": "Maker.Busy"}, UNKNOWN),
        ({"error": "Rejected"}, UNKNOWN),
        ({"error": ""}, UNKNOWN),
        ({"status": "Perhaps"}, UNKNOWN),
        ({"status": ["Accepted"]}, UNKNOWN),
        ({}, UNKNOWN),
        ({"raw": '[3,"ID","Accepted"]'}, UNKNOWN),
        (None, UNKNOWN),
    ],
)
async def test_a_limit_has_an_outcome(
    station: tuple[Site, Dialler],
    monkeypatch: pytest.MonkeyPatch,
    reply: Reply,
    outcome: Outcome,
) -> None:
    site, dialler = station
    monkeypatch.setattr(exchange, "CALL_TIMEOUT_S", 0.05)
    dialler.answers["SetChargingProfile"] = reply
    assert await site.commands("A").set_limit(ORDER) is outcome
    assert await site.commands("A").set_limit(FALLBACK) is outcome


async def test_one_refusal_is_no_inability(station: tuple[Site, Dialler]) -> None:
    site, dialler = station
    commands = site.commands("A")
    assert await commands.set_limit(ORDER) is Outcome.APPLIED
    dialler.answers["SetChargingProfile"] = {"status": "Rejected"}
    for _ in range(2):
        assert await commands.set_limit(ORDER) is Outcome.REFUSED
        assert site.stations["A"].capabilities.leases is True
    dialler.answers["SetChargingProfile"] = {"status": "Accepted"}
    assert await commands.set_limit(ORDER) is Outcome.APPLIED
    dialler.answers["SetChargingProfile"] = {"status": "Rejected"}
    for _ in range(3):
        await commands.set_limit(ORDER)
    assert site.stations["A"].capabilities.leases is False
    # What it cannot do it is not asked again.
    asked = len(dialler.asked("SetChargingProfile"))
    assert await commands.set_limit(ORDER) is Outcome.REFUSED
    assert len(dialler.asked("SetChargingProfile")) == asked


@pytest.mark.parametrize(
    "reply", [{"status": "NotSupported"}, {"error": "NotImplemented"}]
)
async def test_who_says_that_it_never_will_is_believed(
    station: tuple[Site, Dialler], reply: Reply
) -> None:
    site, dialler = station
    commands = site.commands("A")
    dialler.answers["SetChargingProfile"] = reply
    assert await commands.set_limit(ORDER) is REFUSED
    assert await commands.set_limit(FALLBACK) is REFUSED
    known = site.stations["A"].capabilities
    assert (known.leases, known.evse_limit) == (False, False)


@pytest.mark.parametrize("before", [None, True])
@pytest.mark.parametrize("order", [ORDER, FALLBACK, LimitOrder(0, Current(8.0))])
async def test_a_refusal_is_believed_the_third_time(
    before: bool | None, order: LimitOrder
) -> None:
    known = Capabilities(station_limit=before, evse_limit=before, leases=before)
    learnt: list[Capabilities] = []

    class Refuses:
        async def call(self, *_: object, **__: object) -> dict[str, str]:
            return REJECTED

    limits = Limits16(cast(Connection, Refuses()), lambda: known, learnt.append)
    for _ in range(2):
        assert await limits.set(order) is REFUSED
        assert learnt == []
    assert await limits.set(order) is REFUSED
    [last] = learnt
    found = (last.station_limit, last.evse_limit, last.leases)
    assert sorted(found, key=str) == sorted((False, before, before), key=str)


async def test_what_is_unknown_teaches_nothing(
    station: tuple[Site, Dialler],
) -> None:
    site, dialler = station
    commands = site.commands("A")
    known = site.stations["A"].capabilities
    for reply in (REJECTED, REJECTED, *[{"error": "InternalError"}] * 4):
        dialler.answers["SetChargingProfile"] = reply
        await commands.set_limit(ORDER)
        assert site.stations["A"].capabilities == known
    dialler.answers["SetChargingProfile"] = REJECTED
    await commands.set_limit(ORDER)
    assert site.stations["A"].capabilities.leases is False


async def test_refusals_are_counted_anew_after_a_restart(
    station: tuple[Site, Dialler],
) -> None:
    site, dialler = station
    commands = site.commands("A")
    dialler.answers["SetChargingProfile"] = REJECTED
    for _ in range(3):
        await commands.set_limit(ORDER)
    assert site.stations["A"].capabilities.leases is False
    await dialler.boot()
    assert site.stations["A"].capabilities.leases is None
    await commands.set_limit(ORDER)
    assert site.stations["A"].capabilities.leases is None


async def test_the_other_kind_that_is_taken_is_learnt(
    station: tuple[Site, Dialler],
) -> None:
    # Autel refuses Relative schedules: the same limit as an Absolute one is as good.
    site, dialler = station
    commands = site.commands("A")
    dialler.answers["SetChargingProfile"] = by_kind(REJECTED, ACCEPTED)
    assert await commands.set_limit(FALLBACK) is Outcome.APPLIED
    assert kinds(dialler) == ["Relative", "Absolute"]
    assert site.stations["A"].capabilities.relative is False
    dialler.calls.clear()
    assert await commands.set_limit(FALLBACK) is Outcome.APPLIED
    assert kinds(dialler) == ["Absolute"]
    # Its next firmware may take both.
    await dialler.boot()
    assert site.stations["A"].capabilities.relative is None


async def test_a_kind_that_is_taken_is_known_beyond_a_restart(
    station: tuple[Site, Dialler],
) -> None:
    site, dialler = station
    assert await site.commands("A").set_limit(FALLBACK) is Outcome.APPLIED
    assert kinds(dialler) == ["Relative"]
    await dialler.boot()
    assert site.stations["A"].capabilities.relative is True


@pytest.mark.parametrize(
    ("absolute", "outcome"),
    [(ACCEPTED, Outcome.APPLIED), (REJECTED, UNKNOWN)],
)
async def test_a_vague_answer_is_worth_trying_the_other_kind(
    station: tuple[Site, Dialler], absolute: Reply, outcome: Outcome
) -> None:
    site, dialler = station
    relative = site.stations["A"].capabilities.relative
    dialler.answers["SetChargingProfile"] = by_kind(
        {"error": "InternalError"}, absolute
    )
    assert await site.commands("A").set_limit(FALLBACK) is outcome
    assert kinds(dialler) == ["Relative", "Absolute"]
    assert site.stations["A"].capabilities.relative is relative


async def test_silence_is_asked_once(
    station: tuple[Site, Dialler], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, dialler = station
    monkeypatch.setattr(exchange, "CALL_TIMEOUT_S", 0.05)
    dialler.answers["SetChargingProfile"] = None
    assert await site.commands("A").set_limit(FALLBACK) is UNKNOWN
    assert kinds(dialler) == ["Relative"]
