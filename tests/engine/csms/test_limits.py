"""A limit is applied, refused or unknown, and what a station cannot do it is not asked again (§5.16)."""

import pytest

from custom_components.evenload.engine.csms import exchange
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.orders import Layer, LimitOrder, Outcome
from custom_components.evenload.engine.site import Site
from tests.engine.csms.dialler import Dialler, Reply

ORDER = LimitOrder(1, Current(10.0), Layer.LEASE, 900)


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ({"status": "Accepted"}, Outcome.APPLIED),
        ({"status": "Rejected"}, Outcome.REFUSED),
        ({"status": "NotSupported"}, Outcome.REFUSED),
        ({"error": "NotImplemented"}, Outcome.REFUSED),
        (None, Outcome.UNKNOWN),
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


async def test_a_fallback_is_tried_in_its_other_kind(
    station: tuple[Site, Dialler],
) -> None:
    # Autel refuses Relative schedules: the same limit as an Absolute one is as good.
    site, dialler = station
    dialler.answers["SetChargingProfile"] = lambda payload: {
        "status": "Accepted"
        if payload["csChargingProfiles"]["chargingProfileKind"] == "Absolute"
        else "Rejected"
    }
    assert (
        await site.commands("A").set_limit(LimitOrder(1, Current(8.0)))
        is Outcome.APPLIED
    )
    kinds = [
        payload["csChargingProfiles"]["chargingProfileKind"]
        for payload in dialler.asked("SetChargingProfile")
    ]
    assert kinds == ["Relative", "Absolute"]
