"""Every text is a frame, a fault or nothing (OCPP-J 1.6 §4.1 to §4.2)."""

import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.evenload.engine.csms.frames import (
    UNKNOWN_ID,
    Call,
    CallError,
    CallFault,
    CallResult,
    Ignored,
    dump_call,
    dump_error,
    dump_result,
    parse,
)
from custom_components.evenload.engine.csms.framing import Fault

WELL_FORMED: list[tuple[str | bytes, Any]] = [
    ('[2,"1","Heartbeat",{}]', Call("1", "Heartbeat", {})),
    (b'[2,"1","Heartbeat",{}]', Call("1", "Heartbeat", {})),
    (' [2 , "1", "Heartbeat", {"a":1}]\n', Call("1", "Heartbeat", {"a": 1})),
    # What the field leaves out or adds, and everybody understands.
    ('[2,"1","Heartbeat"]', Call("1", "Heartbeat", {})),
    ('[2,"1","Heartbeat",null]', Call("1", "Heartbeat", {})),
    ('[2,17,"Heartbeat",{}]', Call(17, "Heartbeat", {})),
    (f'[2,"{"x" * 100}","Heartbeat",{{}}]', Call("x" * 100, "Heartbeat", {})),
    ('[2,"ü","Heartbeat",{}]', Call("ü", "Heartbeat", {})),
    (r'[2,"1","D",{"a":"\ud83d\ude00"}]', Call("1", "D", {"a": "😀"})),
    ('[3,"1",{"status":"Accepted"}]', CallResult("1", {"status": "Accepted"})),
    ('[3,"1",{},"more"]', CallResult("1", {})),
    ('[3,"1",null]', CallResult("1", {})),
    ('[3,"1",["no object"]]', CallResult("1", {})),
    ('[4,"1","GenericError","no",{}]', CallError("1", "GenericError", "no", {})),
    ('[4,"1","GenericError"]', CallError("1", "GenericError", "", None)),
    ('[4,"1"]', CallError("1", "", "", None)),
    ('[4,"1",null,null,null]', CallError("1", "", "", None)),
    ('[4,"1","",""]', CallError("1", "", "", None)),
]


@pytest.mark.parametrize(("text", "frame"), WELL_FORMED)
def test_what_can_be_understood_is(text: str | bytes, frame: Any) -> None:
    assert parse(text) == frame


# §4.2.3: FormationViolation is the code for what does not have the structure of a message.
MALFORMED: list[tuple[str | bytes, str]] = [
    ("", UNKNOWN_ID),
    ("hello", UNKNOWN_ID),
    ('[2,"1","Heartbeat",{}', UNKNOWN_ID),
    ('[2,"1","Heartbeat",{}]]', UNKNOWN_ID),
    ('[2,"1","Heartbeat",{}][2,"2","Heartbeat",{}]', UNKNOWN_ID),
    ("{}", UNKNOWN_ID),
    ("null", UNKNOWN_ID),
    ("2", UNKNOWN_ID),
    ('"[2]"', UNKNOWN_ID),
    ("[]", UNKNOWN_ID),
    ("[null]", UNKNOWN_ID),
    ("[true]", UNKNOWN_ID),
    ('["2","1","Heartbeat",{}]', UNKNOWN_ID),
    ("[[2]]", UNKNOWN_ID),
    ("[2]", UNKNOWN_ID),
    ("[2,null]", UNKNOWN_ID),
    ('[2,"","Heartbeat",{}]', UNKNOWN_ID),
    ('[2,true,"Heartbeat",{}]', UNKNOWN_ID),
    ('[2,1.5,"Heartbeat",{}]', UNKNOWN_ID),
    ('[2,{},"Heartbeat",{}]', UNKNOWN_ID),
    (f'[2,"{"x" * 256}","Heartbeat",{{}}]', UNKNOWN_ID),
    ('[2,"1"]', "1"),
    ('[2,"1",5,{}]', "1"),
    ('[2,"1",null,{}]', "1"),
    ('[2,"1","Heartbeat",[]]', "1"),
    ('[2,"1","Heartbeat","{}"]', "1"),
    ('[2,"1","Heartbeat",7]', "1"),
    ('[2,"1","Heartbeat",{},{}]', "1"),
    (r'[2,"1","D",{"a":"\ud800"}]', UNKNOWN_ID),
    (r'[2,"\udfff","D",{}]', UNKNOWN_ID),
    ('[2,"1","D",{"a":' + "9" * 5000 + "}]", UNKNOWN_ID),
    ("\N{ZERO WIDTH NO-BREAK SPACE}[2]", UNKNOWN_ID),
    (b"\xff\xfe[\x002\x00", UNKNOWN_ID),
    (b'[2,"\xff","Heartbeat",{}]', UNKNOWN_ID),
    ('[2,"1","D",' + '{"a":' * 40 + "1" + "}" * 41, UNKNOWN_ID),
    ('[2,"1","D",' + '{"a":' * 40 + "1" + "}" * 40 + "]", "1"),
    ('[2,"1","D",' + '{"a":' * 5000 + "1" + "}" * 5000 + "]", "1"),
    ("[" * 100 + "]" * 100, UNKNOWN_ID),
    ("[" * 100_000, UNKNOWN_ID),
    ("[" * 300_000 + "]" * 300_000, UNKNOWN_ID),
]


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_nothing(word: str) -> None:
    # Not JSON, but written by the libraries of some stations; it must not cost the frame its id.
    assert parse(f'[2,"1","D",{{"a":{word}}}]') == Call("1", "D", {"a": None})


@pytest.mark.parametrize(("text", "call_id"), MALFORMED)
def test_what_is_malformed_is_told_so(text: str | bytes, call_id: str) -> None:
    with pytest.raises(CallFault) as caught:
        parse(text)
    # Without an id it is no message at all, for which 1.6 has the same word.
    is_message = call_id != UNKNOWN_ID
    assert caught.value.fault is (Fault.FORMAT if is_message else Fault.FRAMEWORK)
    assert caught.value.call_id == call_id


# §4.1.3: an unknown message type is ignored. An answer is never answered.
IGNORED = [
    '[5,"1","SendLater",{}]',
    '[6,"1",{}]',
    "[99]",
    "[-1]",
    "[0]",
    "[" + "9" * 4000 + "]",
    "[3]",
    "[4]",
    '[3,"1"]',
    "[3,null,{}]",
    '[3,{"a":1},{}]',
    '[4,null,"GenericError","",{}]',
    '[4,"1",' + "[" * 5000 + "]" * 5000 + "]",
    '[3,"1",' + '{"a":' * 5000 + "1" + "}" * 5000 + "]",
]


@pytest.mark.parametrize("text", IGNORED)
def test_what_needs_no_answer_gets_none(text: str) -> None:
    with pytest.raises(Ignored):
        parse(text)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([2, 3, 4, "1"]),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(deadline=None)
@given(
    st.text()
    | st.binary()
    | JSON.map(json.dumps)
    | st.tuples(st.integers(1, 5), JSON, JSON, JSON).map(json.dumps)
)
def test_nothing_else_is_ever_raised(message: str | bytes) -> None:
    call_id: str | int = UNKNOWN_ID
    try:
        call_id = parse(message).id
    except CallFault as fault:
        call_id = fault.call_id
    except Ignored:
        pass
    # Whatever was understood can be stored, shown and echoed.
    assert json.dumps(call_id, ensure_ascii=False).encode()


@given(st.text(min_size=1, max_size=36), st.dictionaries(st.text(), st.integers()))
def test_what_is_written_can_be_read(call_id: str, payload: dict[str, Any]) -> None:
    try:
        call_id.encode()
        json.dumps(payload, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return
    assert parse(dump_call(call_id, "A", payload)) == Call(call_id, "A", payload)
    assert parse(dump_result(call_id, payload)) == CallResult(call_id, payload)
    assert parse(dump_error(call_id, "GenericError", "why")) == CallError(
        call_id, "GenericError", "why", {}
    )


def test_a_description_is_cut_to_what_the_protocol_allows() -> None:
    # §4.2.3: errorDescription is at most 255 characters.
    assert len(json.loads(dump_error("1", "GenericError", "x" * 999))[3]) == 255


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_does_not_leave_the_house(value: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        dump_call("1", "SetChargingProfile", {"limit": value})
    with pytest.raises(ValueError, match="JSON compliant"):
        dump_result("1", {"limit": value})
