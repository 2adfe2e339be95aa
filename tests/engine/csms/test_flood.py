"""A station that sends rubbish gets the right answers, and nobody else notices."""

import asyncio
from itertools import cycle, islice
import json
import logging
import time
from typing import Any

import pytest

from custom_components.evenload.engine.csms.door.admission import ADOPTED_FRAME_BYTES
from tests.engine.csms.conftest import Dial, OpenSite
from tests.engine.csms.dialler import Dialler

FORMATION = "FormationViolation"
PROTOCOL = "ProtocolError"
PROPERTY = "PropertyConstraintViolation"
OCCURRENCE = "OccurenceConstraintViolation"
TYPE = "TypeConstraintViolation"
NOT_IMPLEMENTED = "NotImplemented"
NOT_SUPPORTED = "NotSupported"
ANSWERED = "an answer"
NOTHING = "nothing"

NOW = "2026-01-01T00:00:00Z"
START = {"connectorId": 1, "idTag": "T", "meterStart": 0, "timestamp": NOW}
STOP = {"transactionId": 1, "meterStop": 5, "timestamp": NOW}
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}


def call(action: str, payload: Any) -> str:
    return json.dumps([2, "f", action, payload])


def meters(*sampled: Any, **fields: Any) -> str:
    value = {"timestamp": NOW, "sampledValue": list(sampled)}
    return call("MeterValues", {"connectorId": 1, "meterValue": [value]} | fields)


def nested(depth: int) -> str:
    return '[2,"f","DataTransfer",' + '{"a":' * depth + "1" + "}" * depth + "]"


# Name, frame, and the error code that it is answered with (OCPP-J 1.6 §4.2.3), or what else happens.
KINDS: dict[str, tuple[str | bytes, str]] = {
    # No frames at all.
    "empty message": ("", FORMATION),
    "blanks": (" \r\n\t ", FORMATION),
    "not JSON": ("hello station", FORMATION),
    "XML": ("<soap:Envelope/>", FORMATION),
    "truncated": ('[2,"f","Heartb', FORMATION),
    "two frames in one": ('[2,"f","Heartbeat",{}][2,"g","Heartbeat",{}]', FORMATION),
    "trailing comma": ('[2,"f","Heartbeat",{},]', FORMATION),
    "single quotes": ("[2,'f','Heartbeat',{}]", FORMATION),
    "control character": ('[2,"f","Heart\x00beat",{}]', FORMATION),
    "byte order mark": ('\ufeff[2,"f","Heartbeat",{}]', FORMATION),
    "not an array": ('{"action":"Heartbeat"}', FORMATION),
    "a number": ("42", FORMATION),
    "a string": ('"Heartbeat"', FORMATION),
    "null": ("null", FORMATION),
    "empty array": ("[]", FORMATION),
    "array of arrays": ("[[],[]]", FORMATION),
    # No JSON, and met in the field: read as nothing, so what the message needs is missing.
    "NaN": ('[2,"f","StartTransaction",{"meterStart":NaN}]', PROTOCOL),
    "Infinity": ('[2,"f","StartTransaction",{"meterStart":Infinity}]', PROTOCOL),
    "number of 5000 digits": (
        '[2,"f","Heartbeat",{"a":' + "9" * 5000 + "}]",
        FORMATION,
    ),
    "lone surrogate": (r'[2,"f","Authorize",{"idTag":"\ud800"}]', FORMATION),
    "nested 100 deep": (nested(100), FORMATION),
    "nested 5000 deep": (nested(5000), FORMATION),
    "nested beyond any stack": ("[" * 200_000, FORMATION),
    "binary rubbish": (b"\x00\x01\x02\xff", FORMATION),
    "binary of another encoding": ('[2,"ü"'.encode("latin-1"), FORMATION),
    # Wrong types at every place.
    "type as text": ('["2","f","Heartbeat",{}]', FORMATION),
    "type true": ('[true,"f","Heartbeat",{}]', FORMATION),
    "type null": ('[null,"f","Heartbeat",{}]', FORMATION),
    "no id": ("[2]", FORMATION),
    "id null": ('[2,null,"Heartbeat",{}]', FORMATION),
    "id empty": ('[2,"","Heartbeat",{}]', FORMATION),
    "id an object": ('[2,{},"Heartbeat",{}]', FORMATION),
    "id of 5000 characters": (f'[2,"{"i" * 5000}","Heartbeat",{{}}]', FORMATION),
    "no action": ('[2,"f"]', FORMATION),
    "action a number": ('[2,"f",5,{}]', FORMATION),
    "action null": ('[2,"f",null,{}]', FORMATION),
    "payload an array": ('[2,"f","Heartbeat",[]]', FORMATION),
    "payload a text": ('[2,"f","Heartbeat","{}"]', FORMATION),
    "payload a number": ('[2,"f","Heartbeat",1]', FORMATION),
    "five fields": ('[2,"f","Heartbeat",{},{}]', FORMATION),
    # Message types of the future, and answers to nobody.
    "message type 5": ('[5,"f","Heartbeat",{}]', NOTHING),
    "message type 6": ('[6,"f",{}]', NOTHING),
    "message type 99": ('[99,"f","Heartbeat",{}]', NOTHING),
    "message type -1": ('[-1,"f","Heartbeat",{}]', NOTHING),
    "message type 0": ("[0]", NOTHING),
    "answer to nobody": ('[3,"nobody",{}]', NOTHING),
    "answer without id": ("[3]", NOTHING),
    "answer with id null": ("[3,null,{}]", NOTHING),
    "answer that is a text": ('[3,"f","Accepted"]', NOTHING),
    "answer nested deep": ('[3,"f",' + "[" * 5000 + "]" * 5000 + "]", NOTHING),
    "error to nobody": ('[4,"nobody","GenericError","",{}]', NOTHING),
    "error without anything": ("[4]", NOTHING),
    "error with wrong types": ('[4,"f",[1],{"a":2},"x"]', NOTHING),
    "error with id null": ('[4,null,"GenericError","",{}]', NOTHING),
    "error nested deep": ('[4,"f",' + "[" * 5000 + "]" * 5000 + "]", NOTHING),
    "error of an unknown code": ('[4,"f","Whatever","",{}]', NOTHING),
    # Actions.
    "unknown action": (call("MakeCoffee", {}), NOT_IMPLEMENTED),
    "action in another case": (call("heartbeat", {}), NOT_IMPLEMENTED),
    "action of 2.0.1": (call("TransactionEvent", {}), NOT_IMPLEMENTED),
    "empty action": (call("", {}), NOT_IMPLEMENTED),
    "action of 5000 characters": (call("A" * 5000, {}), NOT_IMPLEMENTED),
    "answer as an action": (call("HeartbeatResponse", {}), NOT_IMPLEMENTED),
    "action of a server": (call("Reset", {"type": "Hard"}), NOT_SUPPORTED),
    "profile for the server": (call("SetChargingProfile", {}), NOT_SUPPORTED),
    # Payloads.
    "nothing of what is required": (call("StartTransaction", {}), PROTOCOL),
    "one required field missing": (call("Authorize", {"tag": "T"}), PROTOCOL),
    "required field null": (call("Authorize", {"idTag": None}), PROTOCOL),
    "text where a number is": (
        call("StartTransaction", START | {"meterStart": "many"}),
        TYPE,
    ),
    "object where a text is": (call("Authorize", {"idTag": {"a": 1}}), TYPE),
    "list where a text is": (call("Authorize", {"idTag": ["T"]}), TYPE),
    "true where a number is": (
        call("StartTransaction", START | {"connectorId": True}),
        TYPE,
    ),
    "half a connector": (
        call("StatusNotification", STATUS | {"connectorId": 0.5}),
        TYPE,
    ),
    "number beyond any float": (
        call("StartTransaction", START).replace(
            '"meterStart": 0', '"meterStart": 1e999'
        ),
        TYPE,
    ),
    "connector of 400 digits": (
        call("StatusNotification", STATUS | {"connectorId": 10**400}),
        PROPERTY,
    ),
    "essay for a token": (call("Authorize", {"idTag": "T" * 100_000}), TYPE),
    "unknown status": (
        call("StatusNotification", STATUS | {"status": "Fine"}),
        PROPERTY,
    ),
    "unknown connector": (
        call("StatusNotification", STATUS | {"connectorId": 33}),
        PROPERTY,
    ),
    "negative connector": (
        call("StatusNotification", STATUS | {"connectorId": -1}),
        PROPERTY,
    ),
    "transaction on connector 0": (
        call("StartTransaction", START | {"connectorId": 0}),
        PROPERTY,
    ),
    "no meter values": (
        call("MeterValues", {"connectorId": 1, "meterValue": []}),
        OCCURRENCE,
    ),
    "meter values that are a text": (
        call("MeterValues", {"connectorId": 1, "meterValue": "12"}),
        TYPE,
    ),
    "no samples": (meters(), OCCURRENCE),
    "a sample that is a number": (meters(12), TYPE),
    "samples without a value": (meters({"unit": "Wh"}), PROTOCOL),
    "unknown measurand": (meters({"value": "1", "measurand": "Mood"}), PROPERTY),
    "meter values on an unknown connector": (
        meters({"value": "1"}, connectorId=33),
        PROPERTY,
    ),
    "timestamp that is a word": (
        call("StopTransaction", STOP | {"timestamp": "now"}),
        TYPE,
    ),
    "timestamp that is a number": (
        call("StopTransaction", STOP | {"timestamp": 1767225600}),
        TYPE,
    ),
    "timestamp of February 30": (
        call("StartTransaction", START | {"timestamp": "2026-02-30T00:00:00Z"}),
        TYPE,
    ),
    "timestamp before time": (
        call("StopTransaction", STOP | {"timestamp": "0001-01-01T00:00:00+14:00"}),
        TYPE,
    ),
    # Odd, but it can be understood.
    "status with a bad timestamp": (
        call("StatusNotification", STATUS | {"timestamp": "yesterday"}),
        ANSWERED,
    ),
    "status with an object for a timestamp": (
        call("StatusNotification", STATUS | {"timestamp": {"at": 1}}),
        ANSWERED,
    ),
    "number for an id": ('[2,7,"Heartbeat",{}]', ANSWERED),
    "no payload": ('[2,"f","Heartbeat"]', ANSWERED),
    "payload null": ('[2,"f","Heartbeat",null]', ANSWERED),
    "binary frame": (b'[2,"f","Heartbeat",{}]', ANSWERED),
    "duplicate keys": ('[2,"f","Authorize",{"idTag":1,"idTag":"T"}]', ANSWERED),
    "unknown fields": (call("Heartbeat", {"mood": "good"}), ANSWERED),
    "overlong serial": (
        call(
            "BootNotification",
            {
                "chargePointVendor": "M",
                "chargePointModel": "B",
                "chargePointSerialNumber": "S" * 60,
            },
        ),
        ANSWERED,
    ),
    "unknown error code": (
        call("StatusNotification", STATUS | {"errorCode": "Oops"}),
        ANSWERED,
    ),
    "unknown transaction": (
        call("StopTransaction", STOP | {"transactionId": 2**63 - 1}),
        ANSWERED,
    ),
    "negative transaction": (
        call("StopTransaction", STOP | {"transactionId": -1}),
        ANSWERED,
    ),
    "meter values of an unknown transaction": (
        meters({"value": "5"}, transactionId=2**63 - 1),
        ANSWERED,
    ),
    "value that is no number": (meters({"value": "abc"}), ANSWERED),
    "value NaN": (meters({"value": "NaN"}), ANSWERED),
    "maker's own message": (call("DataTransfer", {"vendorId": "nobody"}), ANSWERED),
}


async def verdict(station: Dialler, frame: str | bytes) -> str:
    """Send a frame and a heartbeat behind it; what comes before the heartbeat's answer belongs to the frame."""
    await station.send(frame)
    await station.send('[2,"after","Heartbeat",{}]')
    answer = await station.next_answer()
    if answer[1] == "after":
        return NOTHING
    assert (await station.next_answer())[1] == "after"
    return ANSWERED if answer[0] == 3 else answer[2]


async def beat(station: Dialler, delays_s: list[float]) -> None:
    """Be a good station, and measure how long each answer takes."""
    while True:
        sent_at = time.perf_counter()
        await station.result("Heartbeat", {})
        delays_s.append(time.perf_counter() - sent_at)
        await asyncio.sleep(0.005)


def assert_nothing_went_wrong(caplog: pytest.LogCaptureFixture) -> None:
    assert [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING or record.exc_info
    ] == []


@pytest.fixture
def all_logs(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.DEBUG, "custom_components.evenload")
    return caplog


async def test_a_thousand_malformed_frames(
    open_site: OpenSite, dial: Dial, all_logs: pytest.LogCaptureFixture
) -> None:
    site = await open_site("A", "B")
    good, bad = await dial(site, "B"), await dial(site, "A")
    await good.boot()
    await bad.boot()
    await bad.called("TriggerMessage", 2)
    delays_s: list[float] = []
    beating = asyncio.create_task(beat(good, delays_s))
    wrong = []
    for name, (frame, due) in islice(cycle(KINDS.items()), 1000):
        if (got := await verdict(bad, frame)) != due:
            wrong.append((name, due, got))
    beating.cancel()
    assert wrong == []
    assert len(KINDS) >= 30
    assert not bad.closed.is_set()
    assert len(delays_s) > 20
    assert max(delays_s) < 1.0
    assert_nothing_went_wrong(all_logs)
    # What the diagnostics show of it is JSON, too.
    assert json.dumps(site.frames("A"))
    # Nothing of all that became state.
    assert site.stations["A"].evses.keys() == {1}
    assert site.stations["A"].evses[1].session is None


@pytest.mark.parametrize(
    ("rubbish", "code"),
    [
        # RFC 6455 §7.4.1, §8.1: the connection is failed.
        (b"[2,\xc3\x28]", 1007),
        (b"\xff\xfe", 1007),
        (b"x" * (ADOPTED_FRAME_BYTES + 1), 1009),
    ],
)
async def test_what_no_websocket_may_carry_closes_it(
    open_site: OpenSite,
    dial: Dial,
    all_logs: pytest.LogCaptureFixture,
    rubbish: bytes,
    code: int,
) -> None:
    site = await open_site("A", "B")
    good, bad = await dial(site, "B"), await dial(site, "A")
    await bad.send_text_bytes(rubbish)
    await asyncio.wait_for(bad.closed.wait(), 5)
    assert bad.close_code == code
    assert await good.boot()
    again = await dial(site, "A")
    assert (await again.boot())["status"] == "Accepted"
    assert site.stations["A"].connected
    assert_nothing_went_wrong(all_logs)


async def test_the_largest_frame_is_read(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site("A")
    station = await dial(site)
    sample = {"value": "1", "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
    worst = {"value": "1", "measurand": "Mood", "unit": "much", "more": {"a": "b"}}
    text = meters(*[sample] * 1000, *[worst] * 5000)
    assert 300_000 < len(text) < ADOPTED_FRAME_BYTES
    started = time.process_time()
    assert (await station.ask(text))[0] == 3
    # A tenth of that where nothing else is done.
    assert time.process_time() - started < 5.0
