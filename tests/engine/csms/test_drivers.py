"""Who may charge, over a socket: answers, lists in stations, transactions that were refused, charging without a card."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.control import admitting, local_lists
from custom_components.evenload.engine.drivers.judging import group_of
from custom_components.evenload.engine.model.configuration import SiteConfig
from custom_components.evenload.engine.model.drivers import (
    Admission,
    Driver,
    DriverToken,
    Hours,
    TokenPolicy,
)
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial, Dial2, OpenSite, site_config
from tests.engine.csms.dialler import Dialler, configuration
from tests.engine.csms.dialler2 import Dialler2, event

NOW = datetime.now(UTC)
AT = NOW.isoformat()
TOMORROW = (NOW + timedelta(days=1)).replace(microsecond=0)
ANNA = Driver(
    id="anna", name="Anna", tokens=(DriverToken("ANNA"), DriverToken("ANNA2"))
)
CARL = Driver(id="carl", name="Carl", tokens=(DriverToken("CARL", until=TOMORROW),))
NEVER = Driver(
    id="never",
    name="Never",
    tokens=(DriverToken("NEVER"),),
    # One day of the week, and not this one.
    hours=Hours(time(0), time(0), frozenset({(NOW.weekday() + 3) % 7})),
)
LOST = Driver(id="lost", name="Lost", tokens=(DriverToken("LOST", blocked=True),))
OLD = Driver(
    id="old", name="Old", tokens=(DriverToken("OLD", until=NOW - timedelta(days=1)),)
)
FAR = Driver(
    id="far", name="Far", tokens=(DriverToken("FAR"),), stations=frozenset("Z")
)
EVERYBODY = (ANNA, CARL, NEVER, LOST, OLD, FAR)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (
        (admitting, "ENDS_WITHIN"),
        (admitting, "SHOWS_WITHIN"),
        (local_lists, "AFTER_CONNECT"),
    ):
        monkeypatch.setattr(module, name, timedelta(seconds=0.05))


def house(
    admission: Admission = Admission(TokenPolicy.KNOWN),  # frozen
    *drivers: Driver,
) -> SiteConfig:
    config = site_config("A", "B", drivers={one.id: one for one in drivers})
    stations = {
        identity: replace(station, admission=admission)
        for identity, station in config.stations.items()
    }
    return replace(config, stations=stations)


@pytest.fixture
def come(
    open_site: OpenSite, dial: Dial
) -> Callable[..., Awaitable[tuple[Site, Dialler]]]:
    """A station of 1.6 in such a house."""

    async def opened(config: SiteConfig, **answers: Any) -> tuple[Site, Dialler]:
        site = await open_site(config=config)
        station = await dial(site)
        station.answers |= {"GetLocalListVersion": {"listVersion": 0}} | answers
        await station.boot()
        return site, station

    return opened


type Come = Callable[..., Awaitable[tuple[Site, Dialler]]]


@pytest.mark.parametrize(
    ("tag", "info"),
    [
        ("ANNA", {"status": "Accepted", "parentIdTag": group_of("anna")}),
        ("anna2", {"status": "Accepted", "parentIdTag": group_of("anna")}),
        ("LOST", {"status": "Blocked"}),
        ("OLD", {"status": "Expired"}),
        # §7.2 knows neither hours nor places.
        ("NEVER", {"status": "Invalid"}),
        ("FAR", {"status": "Invalid"}),
        ("STRANGER", {"status": "Invalid"}),
    ],
)
async def test_1_6_is_answered_in_its_words(
    come: Come, tag: str, info: dict[str, Any]
) -> None:
    _, station = await come(house(Admission(TokenPolicy.KNOWN), *EVERYBODY))
    assert await station.result("Authorize", {"idTag": tag}) == {"idTagInfo": info}


async def test_a_tag_is_to_be_forgotten_when_it_expires(come: Come) -> None:
    """§7.9: `expiryDate` is the date at which the tag should be removed from the cache."""
    _, station = await come(house(Admission(TokenPolicy.KNOWN), CARL))
    answer = await station.result("Authorize", {"idTag": "CARL"})
    assert datetime.fromisoformat(answer["idTagInfo"]["expiryDate"]) == TOMORROW


@pytest.mark.parametrize(
    ("token", "status"),
    [
        ("ANNA", "Accepted"),
        ("LOST", "Blocked"),
        ("OLD", "Expired"),
        ("NEVER", "NotAtThisTime"),
        ("FAR", "NotAtThisLocation"),
        ("STRANGER", "Unknown"),
    ],
)
async def test_2_0_1_is_answered_in_its_words(
    open_site: OpenSite, dial2: Dial2, token: str, status: str
) -> None:
    site = await open_site(config=house(Admission(TokenPolicy.KNOWN), *EVERYBODY))
    station = await dial2(site)
    await station.boot()
    answer = await station.result(
        "Authorize", {"idToken": {"idToken": token, "type": "ISO14443"}}
    )
    assert answer["idTokenInfo"]["status"] == status
    group = answer["idTokenInfo"].get("groupIdToken")
    assert group == (
        {"idToken": group_of("anna"), "type": "Central"} if token == "ANNA" else None
    )


async def start(station: Dialler, tag: str, register: int = 0) -> dict[str, Any]:
    await station.result(
        "StatusNotification",
        {"connectorId": 1, "errorCode": "NoError", "status": "Charging"},
    )
    return await station.result(
        "StartTransaction",
        {"connectorId": 1, "idTag": tag, "meterStart": register, "timestamp": AT},
    )


async def test_a_tag_charges_one_vehicle_at_a_time(come: Come, dial: Dial) -> None:
    """§7.2: ConcurrentTx is only said of a StartTransaction."""
    site, first = await come(house(Admission(TokenPolicy.KNOWN), ANNA))
    second = await dial(site, "B")
    second.answers["GetLocalListVersion"] = {"listVersion": 0}
    await second.boot()
    begun = await start(first, "ANNA")
    assert begun["idTagInfo"]["status"] == "Accepted"
    shown = await second.result("Authorize", {"idTag": "ANNA"})
    assert shown["idTagInfo"]["status"] == "Accepted"
    assert (await start(second, "ANNA"))["idTagInfo"]["status"] == "ConcurrentTx"
    # Told again, its own transaction is no other one.
    assert (await start(first, "ANNA"))["idTagInfo"]["status"] == "Accepted"


async def test_a_refused_transaction_that_goes_on_is_ended(come: Come) -> None:
    """A station need not end it by itself (§4.8, StopTransactionOnInvalidId); what was drawn is kept."""
    site, station = await come(house(Admission(TokenPolicy.KNOWN), ANNA))
    begun = await start(station, "STRANGER")
    assert begun["idTagInfo"] == {"status": "Invalid"}
    assert await station.called("RemoteStopTransaction") == [
        {"transactionId": begun["transactionId"]}
    ]
    session = site.stations["A"].evses[1].session
    assert session is not None
    assert session.is_open


async def test_whoever_is_plugged_in_charges_on_the_chosen_account(come: Come) -> None:
    admission = Admission(TokenPolicy.PLUG_AND_CHARGE, "anna")
    _, station = await come(house(admission, ANNA))
    await station.result(
        "StatusNotification",
        {"connectorId": 1, "errorCode": "NoError", "status": "Preparing"},
    )
    [asked] = await station.called("RemoteStartTransaction")
    assert (asked["connectorId"], asked["idTag"]) == (1, "ANNA")


async def test_where_a_card_is_needed_nothing_begins_by_itself(come: Come) -> None:
    _, station = await come(house(Admission(TokenPolicy.KNOWN), ANNA))
    await station.result(
        "StatusNotification",
        {"connectorId": 1, "errorCode": "NoError", "status": "Preparing"},
    )
    await station.called("SendLocalList")
    assert station.asked("RemoteStartTransaction") == []


async def test_drivers_are_known_by_heart_also_while_the_house_is_away(
    come: Come,
) -> None:
    settings = configuration(
        LocalAuthListEnabled=("false", False),
        LocalAuthorizeOffline=("true", False),
        AllowOfflineTxForUnknownId=("true", False),
        SendLocalListMaxLength=("2", True),
    )
    _, station = await come(
        house(Admission(TokenPolicy.KNOWN), *EVERYBODY), GetConfiguration=settings
    )
    sent = await station.called("SendLocalList", 3)
    assert station.asked("ChangeConfiguration") == [
        {"key": "LocalAuthListEnabled", "value": "true"},
        {"key": "AllowOfflineTxForUnknownId", "value": "false"},
    ]
    # §5.15: a differential list needs a higher number than the one before.
    assert [one["updateType"] for one in sent] == [
        "Full",
        "Differential",
        "Differential",
    ]
    numbers = [one["listVersion"] for one in sent]
    assert numbers == sorted(set(numbers))
    lines = {
        line["idTag"]: line["idTagInfo"]["status"]
        for one in sent
        for line in one["localAuthorizationList"]
    }
    # Who may not charge at all hours has to ask.
    assert lines == {
        "ANNA": "Accepted",
        "ANNA2": "Accepted",
        "CARL": "Accepted",
        "LOST": "Blocked",
        "OLD": "Accepted",
    }


async def test_a_list_that_is_up_to_date_is_not_sent_again(
    come: Come, dial: Dial
) -> None:
    site, station = await come(house(Admission(TokenPolicy.KNOWN), ANNA))
    [sent] = await station.called("SendLocalList")
    await station.close()
    again = await dial(site)
    again.answers["GetLocalListVersion"] = {"listVersion": sent["listVersion"]}
    await again.boot()
    await again.called("GetLocalListVersion")
    # What else it is asked comes after that.
    await again.called("TriggerMessage", 2)
    assert again.asked("SendLocalList") == []


async def test_a_list_follows_the_drivers_and_is_emptied_after_the_last(
    come: Come,
) -> None:
    config = house(Admission(TokenPolicy.KNOWN), ANNA)
    site, station = await come(config)
    [first] = await station.called("SendLocalList")
    station.answers["GetLocalListVersion"] = {"listVersion": first["listVersion"]}
    site.reconfigure(replace(config, drivers={}))
    _, emptied = await station.called("SendLocalList", 2)
    assert emptied == {"listVersion": 1, "updateType": "Full"}


async def test_without_drivers_a_stations_own_list_is_left_alone(come: Come) -> None:
    _, station = await come(house(Admission()))
    await station.called("TriggerMessage", 2)
    assert station.asked("GetLocalListVersion") == []
    assert station.asked("SendLocalList") == []


async def test_a_station_of_2_0_1_ends_what_was_refused(
    open_site: OpenSite, dial2: Dial2
) -> None:
    site = await open_site(config=house(Admission(TokenPolicy.KNOWN), ANNA))
    station = await dial2(site)
    station.answers["GetLocalListVersion"] = {"versionNumber": 0}
    await station.boot()
    await station.status("Occupied")
    answer = await station.result(
        "TransactionEvent",
        event(
            "Started",
            AT,
            0,
            state="Charging",
            trigger="Authorized",
            evse={"id": 1, "connectorId": 1},
            idToken={"idToken": "STRANGER", "type": "ISO14443"},
        ),
    )
    assert answer["idTokenInfo"]["status"] == "Unknown"
    assert await station.called("RequestStopTransaction") == [{"transactionId": "T1"}]


async def test_a_stranger_may_go_on_where_the_owner_lets_everybody_charge_meanwhile(
    open_site: OpenSite, dial2: Dial2, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admitting, "ENDS_WITHIN", timedelta(seconds=60))
    site = await open_site(config=house(Admission(TokenPolicy.KNOWN)))
    station: Dialler2 = await dial2(site)
    await station.boot()
    shown = {"idToken": {"idToken": "STRANGER", "type": "ISO14443"}}
    places = {"evse": {"id": 1, "connectorId": 1}}
    await station.result(
        "TransactionEvent", event("Started", AT, 0, state="Charging") | shown | places
    )
    site.reconfigure(house(Admission()))
    answer = await station.result(
        "TransactionEvent", event("Updated", AT, 1, state="Charging") | shown | places
    )
    assert answer["idTokenInfo"]["status"] == "Accepted"
