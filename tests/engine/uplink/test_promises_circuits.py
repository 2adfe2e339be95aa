"""Whatever a CSMS above the site or a group sends, the promises hold, and its caps are kept by who obeys."""

from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from tests.engine.uplink.circuits_above import HouseBelow, known_above, profile
from tests.engine.uplink.promises_above import Life, lives, settled
from tests.engine.virtual import run_virtually, virtual_now

amounts = st.sampled_from([-9000.0, -1.0, 0.0, 3.0, 6.0, 7.5, 16.0, 4140.0, 1e6])
whoever = st.sampled_from(["controller", "station"])
periods = st.one_of(
    st.fixed_dictionaries({"limit": amounts}),
    st.fixed_dictionaries(
        {
            "operationMode": st.sampled_from(
                ["CentralSetpoint", "CentralFrequency", "Idle", "Nonsense"]
            ),
            "setpoint": amounts,
        }
    ),
    st.just(
        {
            "operationMode": "LocalFrequency",
            "v2xBaseline": 1000.0,
            "v2xSignalWattCurve": [
                {"signal": -100, "power": -5000.0},
                {"signal": 100, "power": 5000.0},
            ],
        }
    ),
)
bodies = st.builds(
    dict,
    number=st.integers(1, 3),
    purpose=st.sampled_from(
        [
            "ChargingStationMaxProfile",
            "ChargingStationExternalConstraints",
            "TxDefaultProfile",
            "TxProfile",
        ]
    ),
    kind=st.sampled_from(["Absolute", "Relative", "Recurring", "Dynamic"]),
    unit=st.sampled_from(["A", "W"]),
    level=st.integers(0, 2),
    lasts_s=st.sampled_from([None, 1, 30, 3600]),
    starts=st.booleans(),
    period=periods,
)
deeds = st.tuples(
    whoever,
    st.sampled_from(["set", "set", "set", "clear", "update", "signal"]),
    st.integers(0, 3),
    bodies,
    amounts,
)


async def deed(house: HouseBelow, said: tuple[Any, ...]) -> None:
    who, what, evse, body, amount = said
    match what:
        case "clear":
            await house.above.ask(
                who, "ClearChargingProfile", {"chargingProfileId": body["number"]}
            )
        case "update":
            update = {"limit": amount, "setpoint": amount}
            await house.above.ask(
                who,
                "UpdateDynamicSchedule",
                {"chargingProfileId": body["number"], "scheduleUpdate": update},
            )
        case "signal":
            at = virtual_now().isoformat()
            await house.above.ask(
                who, "AFRRSignal", {"timestamp": at, "signal": round(amount)}
            )
        case _:
            fields = {key: value for key, value in body.items() if key != "period"}
            written = profile(**fields, **body["period"])
            await house.above.ask(
                who, "SetChargingProfile", {"evseId": evse, "chargingProfile": written}
            )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(life=lives(deeds))
def test_whatever_is_asked_from_above_no_limit_is_exceeded(life: Life) -> None:
    assert run_virtually(life.broken(known_above, HouseBelow, deed)) == ([], [])


@settings(max_examples=30, deadline=None)
@given(
    who=whoever,
    limit_w=st.sampled_from([0.0, 3000.0, 4140.0, 8280.0, 12_000.0]),
    is_setpoint=st.booleans(),
)
def test_its_cap_is_kept_by_who_obeys(
    who: str, limit_w: float, is_setpoint: bool
) -> None:
    async def live() -> float:
        house = await settled(known_above, HouseBelow)
        wanted = (
            profile(
                purpose="TxDefaultProfile",
                operationMode="CentralSetpoint",
                setpoint=limit_w,
            )
            if is_setpoint
            else profile(limit=limit_w)
        )
        said = {"evseId": 0, "chargingProfile": wanted}
        answer = await house.above.ask(who, "SetChargingProfile", said)
        assert answer["status"] == "Accepted"
        await house.watch(60, 1.0)
        drawn_a = sum(station.drawn_a() for station in house.stations.values())
        await house.die()
        return drawn_a

    # Three phases of 230 V.
    assert run_virtually(live()) <= limit_w / 690 + 0.01
