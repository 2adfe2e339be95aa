"""The client against a small server of both editions, with the package's own business logic on the other side."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.grid.events import Ask
from custom_components.evenload.engine.grid.openadr import Vtn as Client
from custom_components.evenload.engine.grid.reading import Reader
from custom_components.evenload.engine.grid.reports import due_reports, filled
from custom_components.evenload.engine.grid.server import (
    Answer,
    Edition,
    ProgrammeError,
    Server,
    Trouble,
    is_own_machine,
)
from custom_components.evenload.engine.grid.storage import Diary, Sample
from tests.engine.grid.business import Business
from tests.openadr_vtn import Vtn, running

HOUR = timedelta(hours=1)


@pytest.fixture(params=["3.0.1", "3.1"])
def vtn(request: pytest.FixtureRequest) -> Iterator[Vtn]:
    with running(Vtn(request.param)) as vtn:
        yield vtn


def server(vtn: Vtn, **fields: Any) -> Server:
    given: dict[str, Any] = {
        "url": vtn.url,
        "edition": Edition(vtn.edition),
        "programme": "flex",
        "client_id": "ven",
        "client_secret": "secret",
        "ven_name": "home",
        "resource_name": "garage",
    }
    return Server(**given | fields)


def ask(vtn: Vtn, **fields: Any) -> Answer:
    client = Client(server(vtn, **fields))
    try:
        return client.ask()
    finally:
        client.close()


def trouble(vtn: Vtn, **fields: Any) -> Trouble:
    with pytest.raises(ProgrammeError) as caught:
        ask(vtn, **fields)
    return caught.value.trouble


def test_events_of_the_programme_and_of_no_other(vtn: Vtn) -> None:
    business = Business(vtn)
    ours, other = business.programme("flex"), business.programme("other")
    start = datetime(2026, 11, 1, 12, tzinfo=UTC)
    limit = business.event(
        ours, ("IMPORT_CAPACITY_LIMIT", 6.5), start=start, duration=HOUR
    )
    setpoint = business.event(
        ours,
        ("DISPATCH_SETPOINT", -3.0),
        ("DISPATCH_SETPOINT", 2.0),
        start=start,
        duration=HOUR,
        priority=1,
        eventName="Peak",
    )
    business.event(other, ("PRICE", 1.0), start=start, duration=HOUR, unit="KWH")
    answer = ask(vtn)
    assert answer.programme["id"] == ours
    assert answer.clock is not None
    events, refused = Reader().events(answer.events, {}, start)
    assert not refused
    assert {event.id for event in events} == {limit, setpoint}
    peak = next(event for event in events if event.id == setpoint)
    assert (peak.title, peak.priority) == ("Peak", 1)
    assert [one.values[Ask.DISPATCH] for one in peak.intervals] == [(-3000,), (2000,)]


def test_changed_and_cancelled_events(vtn: Vtn) -> None:
    business = Business(vtn)
    programme = business.programme("flex")
    start = datetime(2026, 11, 1, 12, tzinfo=UTC)
    event = business.event(
        programme, ("IMPORT_CAPACITY_LIMIT", 6.0), start=start, duration=HOUR
    )
    client = Client(server(vtn))
    business.change(event, priority=3)
    assert [one["priority"] for one in client.ask().events] == [3]
    business.cancel(event)
    assert client.ask().events == []
    client.close()


def test_a_programme_by_its_id(vtn: Vtn) -> None:
    programme = Business(vtn).programme("flex")
    assert ask(vtn, programme=programme).programme["programName"] == "flex"


def test_many_events_come_page_by_page(vtn: Vtn) -> None:
    business = Business(vtn)
    programme = business.programme("flex")
    start = datetime(2026, 11, 1, tzinfo=UTC)
    for _ in range(120):
        business.event(
            programme, ("PRICE", 0.1), start=start, duration=HOUR, unit="KWH"
        )
    assert len(ask(vtn).events) == 120


def test_anybody_may_read_an_open_programme(vtn: Vtn) -> None:
    vtn.needs_token = False
    Business(vtn).programme("flex")
    assert ask(vtn, client_id="", client_secret="").events == []
    assert not any("auth" in path for _, path in vtn.calls)


@pytest.mark.parametrize("place", ["body", "header"])
def test_the_secret_goes_where_the_server_takes_it(vtn: Vtn, place: str) -> None:
    vtn.takes_secret_in = {place}
    Business(vtn).programme("flex")
    assert ask(vtn).events == []


def test_a_token_is_used_again_and_got_anew_when_it_is_not_believed(vtn: Vtn) -> None:
    Business(vtn).programme("flex")
    client = Client(server(vtn))
    client.ask()
    client.ask()
    tokens = [path for _, path in vtn.calls if path == "/auth/token"]
    assert len(tokens) == 1
    vtn.forget_tokens()
    assert client.ask().events == []
    client.close()


def test_we_are_made_known_once(vtn: Vtn) -> None:
    Business(vtn).programme("flex")
    ask(vtn)
    ask(vtn)
    assert [ven["venName"] for ven in vtn.stored("vens")] == ["home"]


def test_a_server_that_enrols_nobody_is_asked_all_the_same(vtn: Vtn) -> None:
    vtn.refused_kinds = {"vens"}
    Business(vtn).programme("flex")
    assert ask(vtn).events == []
    assert vtn.stored("vens") == []


def test_what_can_go_wrong(vtn: Vtn) -> None:
    assert trouble(vtn) is Trouble.NO_PROGRAMME
    assert trouble(vtn, client_secret="wrong") is Trouble.REFUSED
    Business(vtn).programme("flex")
    assert trouble(vtn, client_id="", client_secret="") is Trouble.REFUSED
    vtn.status = 503
    assert trouble(vtn) is Trouble.UNREACHABLE
    vtn.status = None
    for answer in ("<html>", '{"a": 1}', "[", "null"):
        vtn.answers = answer
        assert trouble(vtn, client_id="") is Trouble.NOT_UNDERSTOOD


def test_a_server_that_is_away() -> None:
    with running(Vtn("3.1")) as vtn:
        pass
    assert trouble(vtn) is Trouble.UNREACHABLE


def test_nothing_is_said_in_the_open_to_another_machine() -> None:
    given = server(Vtn("3.1"), url="http://vtn.example/openadr3")
    with pytest.raises(ProgrammeError) as caught:
        Client(given)
    assert caught.value.trouble is Trouble.REFUSED
    with running(Vtn("3.1")) as vtn:
        assert trouble(vtn, token_url="http://vtn.example/token") is Trouble.REFUSED
        assert not vtn.calls


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://localhost:8080/x", True),
        ("http://127.0.0.1", True),
        ("http://[::1]:3000", True),
        ("http://192.168.1.2", False),
        ("http://localhost.example", False),
        ("http://", False),
    ],
)
def test_what_is_our_own_machine(url: str, own: bool) -> None:
    assert is_own_machine(url) == own


def test_a_secret_is_not_shown() -> None:
    assert "hush" not in repr(replace(server(Vtn("3.1")), client_secret="hush"))


def test_the_business_reads_what_it_asked_for(vtn: Vtn) -> None:
    business = Business(vtn)
    programme = business.programme("flex")
    start = datetime(2026, 11, 1, 12, tzinfo=UTC)
    event_id = business.event(
        programme,
        ("PRICE", 0.2),
        ("PRICE", 0.3),
        start=start,
        duration=HOUR,
        unit="KWH",
        reportDescriptors=[
            {"payloadType": "USAGE", "units": "KWH", "readingType": "DIRECT_READ"},
            {"payloadType": "STORAGE_CHARGE_LEVEL", "aggregate": True},
        ],
    )
    client = Client(server(vtn))
    answer = client.ask()
    (event,), _ = Reader().events(answer.events, {}, start)
    # The second hour was not measured to its end.
    diary = Diary(
        Sample(
            at=start + timedelta(minutes=minute),
            drawn_wh=10 * minute,
            capacity_wh=50000,
            stored_wh=20000,
        )
        for minute in range(100)
    )
    for one in due_reports(event, "seed", start + 2 * HOUR):
        client.send(filled(one, diary))
        # The answer was lost, and it is sent again.
        client.send(filled(one, diary))
    client.close()
    usage, level = sorted(
        business.reports(event_id), key=lambda one: one.report_name, reverse=True
    )
    assert usage.client_name == "home"
    (resource,) = usage.resources
    assert resource.resource_name == "garage"
    first, second = resource.intervals
    assert (first.id, first.interval_period.start) == (0, start)
    assert (first.payloads[0].type, first.payloads[0].values) == ("USAGE", (0.6,))
    assert (second.payloads[0].type, second.payloads[0].values) == (
        "DATA_QUALITY",
        ("MISSING",),
    )
    assert level.resources[0].resource_name == "AGGREGATED_REPORT"
    assert level.resources[0].intervals[0].payloads[0].values == (0.4,)
    descriptors = vtn.stored("reports")[0]["payloadDescriptors"]
    assert descriptors == [
        {"payloadType": "USAGE", "units": "KWH", "readingType": "DIRECT_READ"}
    ]
