"""Charging profiles that an owner writes fit the specification, and never take the place of ours."""

from datetime import UTC, datetime

import pytest

from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.model.capabilities import (
    Capabilities,
    Place,
    ProfileKind,
    Purpose,
    Rung,
)
from custom_components.evenload.engine.model.errors import BadSetting
from custom_components.evenload.engine.model.limits import RateUnit
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.owners_profiles import (
    OwnersPeriod,
    OwnersProfile,
    check_profile,
    profile_message,
)

NIGHT = datetime(2026, 11, 22, 22, tzinfo=UTC)
PERIODS = (
    OwnersPeriod(start_s=0, limit=10.5),
    OwnersPeriod(start_s=3600, limit=16, phases=1),
)


def profile(
    purpose: Purpose = Purpose.STATION_MAXIMUM,
    stack_level: int = 0,
    start: datetime | None = NIGHT,
    *,
    daily: bool = False,
) -> OwnersProfile:
    """Return what an owner may write."""
    return OwnersProfile(
        id=7,
        evse=1,
        purpose=purpose,
        stack_level=stack_level,
        unit=RateUnit.AMPERES,
        periods=PERIODS,
        start=start,
        duration_s=28800,
        daily=daily,
        valid_to=NIGHT,
    )


@pytest.mark.parametrize("version", OcppVersion)
@pytest.mark.parametrize(
    ("purpose", "start", "daily", "kind"),
    [
        (Purpose.STATION_MAXIMUM, NIGHT, False, "Absolute"),
        (Purpose.STATION_MAXIMUM, NIGHT, True, "Recurring"),
        (Purpose.TX_DEFAULT, NIGHT, True, "Recurring"),
        (Purpose.TX_DEFAULT, None, False, "Relative"),
    ],
)
def test_a_profile_fits_the_schema(
    version: OcppVersion,
    purpose: Purpose,
    start: datetime | None,
    daily: bool,
    kind: str,
) -> None:
    payload = profile_message(version, profile(purpose, start=start, daily=daily))
    assert schemas(version).violations("SetChargingProfile", payload) == []
    body = payload.get("csChargingProfiles") or payload["chargingProfile"]
    assert body["chargingProfileKind"] == kind
    # Connector or EVSE 0 is the whole station, and nothing else can have its maximum (1.6 §3.13.1, 2.0.1 K01.FR.05).
    place = payload.get("connectorId", payload.get("evseId"))
    assert place == (0 if purpose is Purpose.STATION_MAXIMUM else 1)


def lying(*rungs: tuple[Purpose, int]) -> Capabilities:
    """Return a station where ours lie with these purposes, on these levels."""
    return Capabilities(
        rungs={
            place: Rung(purpose, ProfileKind.ABSOLUTE, level, RateUnit.AMPERES)
            for place, (purpose, level) in zip(Place, rungs, strict=False)
        }
    )


FALLBACK, LEASE = (Purpose.TX_DEFAULT, 2), (Purpose.TX_DEFAULT, 3)


@pytest.mark.parametrize(
    ("ours", "purpose", "level", "key"),
    [
        (lying(), Purpose.STATION_MAXIMUM, 0, None),
        (lying(), Purpose.TX_DEFAULT, 0, None),
        # Ours may come to lie just above the lowest level.
        (lying(), Purpose.STATION_MAXIMUM, 1, "profile_above_ours"),
        (lying(FALLBACK, LEASE), Purpose.TX_DEFAULT, 1, None),
        # The fallback holds when the lease is over, and so must lie above it too.
        (lying(FALLBACK, LEASE), Purpose.TX_DEFAULT, 2, "profile_above_ours"),
        (lying(FALLBACK, LEASE), Purpose.STATION_MAXIMUM, 0, None),
        (
            lying((Purpose.STATION_MAXIMUM, 0), LEASE),
            Purpose.STATION_MAXIMUM,
            0,
            "profile_has_no_place",
        ),
        (lying(), Purpose.TX, 0, "profile_has_no_place"),
    ],
)
def test_ours_stay_on_top(
    ours: Capabilities, purpose: Purpose, level: int, key: str | None
) -> None:
    raised = None
    try:
        check_profile(ours, profile(purpose, level))
    except BadSetting as err:
        raised = err.key
    assert raised == key
