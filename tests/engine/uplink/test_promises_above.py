"""Whatever a CSMS above sends, the promises hold: no limit is exceeded, nothing impossible is ordered, and its own is kept."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.evenload.engine.csms.frames import CallFault
from custom_components.evenload.engine.fleet import Fleet
from custom_components.evenload.engine.model.configuration import SiteConfig
from custom_components.evenload.engine.model.errors import EvenloadError, NotConnected
from custom_components.evenload.engine.model.uplink import Domain, UplinkConfig
from custom_components.evenload.engine.uplink.calls_16 import Calls16
from custom_components.evenload.engine.uplink.deeds import Deeds
from custom_components.evenload.engine.uplinks import Uplinks
from custom_components.evenload.engine.upstream_house import StationHouse
from tests.engine.control.house import House
from tests.engine.uplink.promises_above import Life, lives, settled
from tests.engine.virtual import run_virtually, virtual_now

ABOVE = UplinkConfig(
    url="ws://above",
    identity="x",
    decides=frozenset({Domain.LIMITS, Domain.AVAILABILITY}),
)


class Names(dict[tuple[str, str, str], str]):
    """What an outbox keeps of names, without a disk."""

    def name(self, station: str, kind: str, ours: str, theirs: str) -> None:
        self[station, kind, ours] = theirs

    def unname(self, station: str, kind: str, ours: str) -> None:
        self.pop((station, kind, ours), None)

    def named(self, station: str, kind: str) -> dict[str, str]:
        return {
            key[2]: name for key, name in self.items() if key[:2] == (station, kind)
        }

    def theirs(self, station: str, kind: str, ours: str) -> str | None:
        return self.get((station, kind, ours))

    def ours(self, station: str, kind: str, theirs: str) -> str | None:
        known = self.named(station, kind)
        return next((ours for ours, name in known.items() if name == theirs), None)


class HouseBelow(House):
    """A house all of whose stations are known above."""

    def _build(self, config: SiteConfig) -> Fleet:
        fleet = super()._build(config)
        uplinks = Uplinks(fleet, _nobody, self.now, lambda _: None, lambda _: None)
        names: Any = Names()
        for identity in config.stations:
            uplinks._houses[identity] = StationHouse(  # no sockets in virtual time
                fleet, identity, names, _nobody, self.now
            )
        self.houses = uplinks._houses  # as above
        return fleet

    async def hear_from_above(
        self, who: int, action: str, payload: dict[str, Any]
    ) -> None:
        """Let the CSMS ask one station something."""
        names = sorted(self.houses)
        calls = Calls16(Deeds(self.houses[names[who % len(names)]]))
        try:
            await calls.answer(action, payload)
        except CallFault, EvenloadError:
            return


def _nobody(identity: str) -> Any:
    raise NotConnected(identity)


def _schedule(limits: list[float], unit: str, gap: int, kind: str) -> dict[str, Any]:
    schedule: dict[str, Any] = {
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [
            {"startPeriod": place * gap, "limit": limit * (700 if unit == "W" else 1)}
            for place, limit in enumerate(limits)
        ],
    }
    if kind != "Relative":
        schedule["startSchedule"] = virtual_now().isoformat()
    return schedule


profiles = st.fixed_dictionaries(
    {
        "limits": st.lists(
            st.sampled_from([0.0, 3.0, 6.0, 7.5, 16.0, 80.0]), min_size=1, max_size=3
        ),
        "unit": st.sampled_from(["A", "W"]),
        "gap": st.sampled_from([1, 30, 600]),
        "kind": st.sampled_from(["Absolute", "Relative", "Recurring"]),
        "purpose": st.sampled_from(
            ["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile", "Nonsense"]
        ),
        "connector": st.sampled_from([0, 1]),
        "level": st.integers(-1, 3),
        "id": st.integers(1, 3),
    }
)
deeds = st.tuples(
    st.integers(0, 4),
    st.sampled_from(["set", "set", "set", "clear"]),
    profiles,
)


async def deed(house: HouseBelow, said: tuple[int, str, dict[str, Any]]) -> None:
    who, what, profile = said
    if what == "clear":
        await house.hear_from_above(who, "ClearChargingProfile", {"id": profile["id"]})
        return
    body = {
        "chargingProfileId": profile["id"],
        "stackLevel": profile["level"],
        "chargingProfilePurpose": profile["purpose"],
        "chargingProfileKind": profile["kind"],
        "recurrencyKind": "Daily",
        "chargingSchedule": _schedule(
            profile["limits"], profile["unit"], profile["gap"], profile["kind"]
        ),
    }
    said_16 = {"connectorId": profile["connector"], "csChargingProfiles": body}
    await house.hear_from_above(who, "SetChargingProfile", said_16)


def above(site: SiteConfig) -> SiteConfig:
    return replace(
        site,
        stations={
            identity: replace(station, uplink=ABOVE)
            for identity, station in site.stations.items()
        },
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(life=lives(deeds))
def test_whatever_is_asked_from_above_no_limit_is_exceeded(life: Life) -> None:
    assert run_virtually(life.broken(above, HouseBelow, deed)) == ([], [])


@settings(max_examples=30, deadline=None)
@given(limit=st.sampled_from([0.0, 4.0, 6.0, 9.5, 16.0]))
def test_its_limit_is_kept_by_who_obeys(limit: float) -> None:
    async def live() -> float:
        house = await settled(above, HouseBelow)
        profile = {
            "limits": [limit],
            "unit": "A",
            "gap": 1,
            "kind": "Absolute",
            "purpose": "TxDefaultProfile",
            "connector": 0,
            "level": 0,
            "id": 1,
        }
        await deed(house, (0, "set", profile))
        await house.watch(60, 1.0)
        drawn_a = house.stations["A"].drawn_a()
        await house.die()
        return drawn_a

    assert run_virtually(live()) <= (limit if limit >= 6 else 0.0)
