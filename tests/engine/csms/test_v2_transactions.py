"""What a 2.x station says of its transactions reaches the book of sessions (2.0.1 blocks C and E)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.model.events import (
    Event,
    MetersSampled,
    TokenPresented,
    TransactionEnded,
    TransactionStarted,
    TransactionUpdated,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.phases import Phase
from custom_components.evenload.engine.model.readings import Context, Sample
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial2, OpenSite
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import Dialler2, event

KEY = EvseKey("A", 1)
CARD = {"idToken": "CARD", "type": "ISO14443"}
NOT_ASKED = {"idToken": "", "type": "NoAuthorization"}
EVSE = {"id": 1, "connectorId": 1}


def at(minutes: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=2) + timedelta(minutes=minutes)).isoformat()  # fmt: skip


def meter(minutes: float, *values: Payload) -> list[Payload]:
    return [{"timestamp": at(minutes), "sampledValue": list(values)}]


class Ear(list[Event]):
    """What the house hears."""

    def of[T: Event](self, kind: type[T]) -> list[T]:
        return [one for one in self if isinstance(one, kind)]


@pytest.fixture
async def trio(open_site: OpenSite, dial2: Dial2) -> tuple[Site, Dialler2, Ear]:
    site = await open_site("A")
    station = await dial2(site)
    await station.boot()
    await station.settled()
    ear = Ear()
    site.on_event(ear.append)
    return site, station, ear


async def tell(station: Dialler2, *words: Any, **fields: Any) -> Payload:
    return await station.result("TransactionEvent", event(*words, **fields))


async def test_a_token_is_answered_only_when_it_is_shown(
    trio: tuple[Site, Dialler2, Ear],
) -> None:
    # E01.FR.11, C01: and a button is as good as a card at home.
    _, station, ear = trio
    accepted = {"idTokenInfo": {"status": "Accepted"}}
    assert await tell(station, "Started", at(0), 0, evse=EVSE) == {}
    assert await tell(station, "Updated", at(1), 1, idToken=CARD) == accepted
    assert await tell(station, "Updated", at(2), 2) == {}
    assert await tell(station, "Ended", at(3), 3, idToken=CARD) == accepted
    assert (
        await tell(station, "Started", at(4), 0, transaction="T2", idToken=NOT_ASKED)
        == accepted
    )
    [first, second] = ear.of(TransactionStarted)
    assert (first.token, second.token) == (None, None)
    assert "CARD" in [one.token for one in ear.of(TransactionUpdated)]


@pytest.mark.parametrize(
    ("token", "status"),
    [
        (CARD, "Accepted"),
        ({"idToken": "DE-8AA-1A2B3C4D5", "type": "eMAID"}, "Accepted"),
        ({"idToken": "0011AABB", "type": "MacAddress"}, "Accepted"),
        (NOT_ASKED, "Accepted"),
        ({"idToken": "", "type": "ISO14443"}, "Unknown"),
        # A word of 2.1 from a station that says that it speaks 2.0.1.
        ({"idToken": "X", "type": "DirectPayment"}, "Accepted"),
    ],
)
async def test_tokens_of_every_kind_are_judged(
    trio: tuple[Site, Dialler2, Ear], token: Payload, status: str
) -> None:
    _, station, ear = trio
    answer = await station.result("Authorize", {"idToken": token})
    assert answer == {"idTokenInfo": {"status": status}}
    [presented] = ear.of(TokenPresented)
    assert presented.token == token["idToken"]
    assert presented.accepted is (status == "Accepted")


async def test_a_contract_is_answered_with_its_certificates(
    trio: tuple[Site, Dialler2, Ear],
) -> None:
    # C07.FR.05: who sends a certificate is told of it.
    _, station, _ = trio
    token = {"idToken": "DE-8AA-1A2B3C4D5", "type": "eMAID"}
    payload = {"idToken": token, "certificate": "-----BEGIN CERTIFICATE-----"}
    assert await station.result("Authorize", payload) == {
        "idTokenInfo": {"status": "Accepted"},
        "certificateStatus": "Accepted",
    }


async def test_where_a_transaction_is_may_be_told_later(
    open_site: OpenSite, dial2: Dial2
) -> None:
    # E03: a card is shown before it is clear which EVSE will be used.
    site = await open_site("A")
    station = await dial2(site)
    station.model["EVSE@2/AvailabilityState"] = ("Available", "ReadOnly", "")
    await station.boot()
    await station.settled()
    ear = Ear()
    site.on_event(ear.append)
    await tell(station, "Started", at(0), 0, idToken=CARD, trigger="Authorized")
    assert ear.of(TransactionStarted) == []
    await tell(station, "Updated", at(1), 1, evse={"id": 2}, state="Charging")
    [started] = ear.of(TransactionStarted)
    assert (started.evse, started.token) == (2, "CARD")
    assert site.evse(EvseKey("A", 2)).transaction is not None
    assert site.evse(KEY).transaction is None
    # From then on it is known, also after a reconnect.
    station.cut()
    again = await dial2(site)
    meters = meter(30, {"value": 5000})
    await tell(again, "Updated", at(30), 2, meterValue=meters)
    assert ear.of(MetersSampled)[-1].evse == 2
    await tell(again, "Ended", at(40), 3, meterValue=meter(40, {"value": 6000}))
    [ended] = ear.of(TransactionEnded)
    assert ended.meter_stop_wh == 6000
    assert site.evse(EvseKey("A", 2)).transaction is None


async def test_one_evse_needs_no_naming(trio: tuple[Site, Dialler2, Ear]) -> None:
    site, station, _ = trio
    await tell(station, "Started", at(0), 0)
    assert site.evse(KEY).transaction is not None


async def test_registers_are_those_of_the_beginning_and_the_end(
    trio: tuple[Site, Dialler2, Ear],
) -> None:
    _, station, ear = trio
    begin = {"value": 1.5, "context": "Transaction.Begin"} | {
        "unitOfMeasure": {"unit": "kWh"}
    }
    clock = {"value": 1400, "context": "Sample.Clock"}
    await tell(
        station, "Started", at(0), 0, evse=EVSE, meterValue=meter(0, clock, begin)
    )
    phases = [
        {"value": 1000.0, "phase": phase, "context": "Transaction.End"}
        for phase in ("L1", "L2", "L3")
    ]
    history = meter(5, {"value": 2000}) + meter(10, *phases)
    await tell(station, "Ended", at(10), 1, reason="EVDisconnected", meterValue=history)
    assert ear.of(TransactionStarted)[0].meter_start_wh == 1500.0
    [ended] = ear.of(TransactionEnded)
    assert (ended.meter_stop_wh, ended.reason) == (3000.0, "EVDisconnected")
    assert sum(len(samples) for _, samples in ended.moments) == 4


async def test_an_end_without_a_reason_is_local(
    trio: tuple[Site, Dialler2, Ear],
) -> None:
    # E06: stoppedReason may be left out when it is Local.
    _, station, ear = trio
    await tell(station, "Started", at(0), 0, evse=EVSE, reservationId=7)
    await tell(station, "Ended", at(1), 1)
    assert ear.of(TransactionStarted)[0].reservation_id == 7
    [ended] = ear.of(TransactionEnded)
    assert (ended.reason, ended.meter_stop_wh) == ("Local", None)


@pytest.mark.parametrize(
    ("sampled", "sample"),
    [
        ({"value": 230.4, "measurand": "Voltage"}, ("Voltage", 230.4, "V")),
        (
            {"value": 11, "measurand": "Power.Active.Import"}
            | {"unitOfMeasure": {"unit": "W", "multiplier": 3}},
            ("Power.Active.Import", 11000.0, "W"),
        ),
        (
            {"value": -3.7, "measurand": "Power.Active.Import"}
            | {"unitOfMeasure": {"unit": "kW"}},
            ("Power.Active.Import", -3700.0, "W"),
        ),
        (
            {"value": 12345, "unitOfMeasure": {"multiplier": -1}},
            ("Energy.Active.Import.Register", 1234.5, "Wh"),
        ),
        # Signed, and with what a maker adds.
        (
            {
                "value": 7,
                "signedMeterValue": {
                    "signedMeterData": "AA",
                    "signingMethod": "",
                    "encodingMethod": "OCMF",
                    "publicKey": "",
                },
                "customData": {"vendorId": "v", "more": 1},
            },
            ("Energy.Active.Import.Register", 7.0, "Wh"),
        ),
    ],
)
async def test_samples_are_read_in_base_units(
    trio: tuple[Site, Dialler2, Ear],
    sampled: Payload,
    sample: tuple[str, float, str],
) -> None:
    _, station, ear = trio
    payload = {"evseId": 1, "meterValue": meter(0, sampled)}
    await station.result("MeterValues", payload)
    [heard] = ear.of(MetersSampled)
    [found] = heard.samples
    assert (found.measurand, pytest.approx(found.value), found.unit) == sample


async def test_phases_contexts_and_the_main_meter(
    trio: tuple[Site, Dialler2, Ear],
) -> None:
    site, station, ear = trio
    current = {"value": 10, "measurand": "Current.Import", "phase": "L2"}
    payload = {"evseId": 1, "meterValue": meter(0, current | {"context": "Trigger"})}
    await station.result("MeterValues", payload)
    [sample] = ear.of(MetersSampled)[0].samples
    assert sample == Sample("Current.Import", 10.0, "A", "L2", Context.TRIGGER)
    assert site.evse(KEY).reading.current_a[Phase.L2] == 10.0
    # EVSE 0 is the station's main meter: no reading of an EVSE.
    main = {"evseId": 0, "meterValue": meter(1, current | {"value": 30})}
    await station.result("MeterValues", main)
    assert ear.of(MetersSampled)[1].evse == 0
    assert site.evse(KEY).reading.current_a[Phase.L2] == 10.0


async def test_the_grid_side_of_a_station_is_not_its_vehicle(
    open_site: OpenSite, dial2: Dial2
) -> None:
    # 2.1 adds the location Upstream, and new names for what is offered.
    site = await open_site("A")
    station = await dial2(site, version="2.1")
    await station.boot()
    await station.settled()
    upstream = {"value": 40, "measurand": "Current.Import", "phase": "L1"}
    offered = {"value": 16, "measurand": "Current.Import.Offered"}
    values = meter(0, upstream | {"location": "Upstream"}, offered)
    await station.result("MeterValues", {"evseId": 1, "meterValue": values})
    reading = site.evse(KEY).reading
    assert (dict(reading.current_a), reading.offered_a) == ({}, 16.0)


@pytest.mark.parametrize("unreadable", ["", "yesterday", "2026-02-30T00:00:00Z"])
async def test_a_time_that_cannot_be_read_costs_no_session(
    trio: tuple[Site, Dialler2, Ear], unreadable: str
) -> None:
    # E04.FR.01: what is refused is told again, and given up in the end. Something happened, and it happened by now.
    site, station, _ = trio
    began = datetime.now(UTC)
    register = {"value": 5000.0, "context": "Transaction.Begin"}
    values = [{"timestamp": unreadable, "sampledValue": [register]}]
    await tell(station, "Started", unreadable, 0, evse=EVSE, meterValue=values)
    session = site.stations["A"].evses[1].session
    assert session is not None
    assert session.transactions[0].meter_start_wh == 5000.0
    assert began - timedelta(seconds=1) <= session.started_at <= datetime.now(UTC)
    register = {"value": 7000.0, "context": "Transaction.End"}
    values = [{"timestamp": unreadable, "sampledValue": [register]}]
    await tell(station, "Ended", unreadable, 1, meterValue=values)
    session = site.stations["A"].evses[1].session
    assert session is not None
    assert session.transactions[0].energy_wh == 2000.0
