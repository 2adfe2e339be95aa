"""A limit is applied, refused or unknown, and what a station cannot do it is not asked again (§5.16)."""

import pytest

from custom_components.evenload.engine.csms import exchange
from custom_components.evenload.engine.model.capabilities import Place, ProfileKind
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.orders import Layer, LimitOrder, Outcome
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial, OpenSite
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
    if reply is None:
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


async def test_what_is_unknown_teaches_nothing(
    station: tuple[Site, Dialler],
) -> None:
    site, dialler = station
    commands = site.commands("A")
    dialler.answers["SetChargingProfile"] = REJECTED
    for _ in range(2):
        await commands.set_limit(ORDER)
    known = site.stations["A"].capabilities
    assert known.leases is not False
    dialler.answers["SetChargingProfile"] = {"error": "InternalError"}
    for _ in range(4):
        await commands.set_limit(ORDER)
        assert site.stations["A"].capabilities == known
    dialler.answers["SetChargingProfile"] = REJECTED
    await commands.set_limit(ORDER)
    assert site.stations["A"].capabilities.leases is False


async def test_what_was_learnt_outlives_connections_and_restarts(
    open_site: OpenSite, dial: Dial
) -> None:
    # Autel refuses Relative schedules: the same limit as an Absolute one is as good.
    site = await open_site("A")
    dialler = await dial(site)
    dialler.answers["SetChargingProfile"] = by_kind(REJECTED, ACCEPTED)
    await dialler.boot(firmwareVersion="1.0")
    await dialler.called("TriggerMessage", 2)
    assert kinds(dialler) == ["Absolute", "Relative", "Absolute"]
    await dialler.close()
    again = await dial(site)
    await again.boot(firmwareVersion="1.0")
    await again.called("TriggerMessage", 2)
    assert kinds(again) == []
    assert await site.commands("A").set_limit(FALLBACK) is Outcome.APPLIED
    assert kinds(again) == ["Absolute"]


async def test_another_firmware_is_asked_anew(station: tuple[Site, Dialler]) -> None:
    site, dialler = station
    dialler.answers["SetChargingProfile"] = by_kind(REJECTED, ACCEPTED)
    await site.commands("A").set_limit(FALLBACK)
    rungs = site.stations["A"].capabilities.rungs
    assert rungs[Place.EVSE].kind is ProfileKind.ABSOLUTE
    await dialler.boot(firmwareVersion="2.0")
    assert Place.EVSE not in site.stations["A"].capabilities.rungs


async def test_the_owner_may_have_limits_learnt_again(
    station: tuple[Site, Dialler],
) -> None:
    site, dialler = station
    dialler.answers["SetChargingProfile"] = {"status": "NotSupported"}
    await site.commands("A").set_limit(FALLBACK)
    assert site.stations["A"].capabilities.evse_limit is False
    # Its owner has switched smart charging on.
    dialler.answers["SetChargingProfile"] = ACCEPTED
    site.learn_limits_again("A")
    assert site.stations["A"].capabilities.evse_limit is None
    assert await site.commands("A").set_limit(FALLBACK) is Outcome.APPLIED


async def test_silence_is_asked_once(
    station: tuple[Site, Dialler], monkeypatch: pytest.MonkeyPatch
) -> None:
    site, dialler = station
    monkeypatch.setattr(exchange, "CALL_TIMEOUT_S", 0.05)
    dialler.answers["SetChargingProfile"] = None
    assert await site.commands("A").set_limit(FALLBACK) is UNKNOWN
    assert kinds(dialler) == ["Relative"]
