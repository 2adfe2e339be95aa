"""The last frames of a station are there for diagnostics, without what is secret, and take little memory."""

import json

from custom_components.evenload.engine.csms.recollection import (
    FRAMES_KEPT,
    Recollection,
)

SAMPLES = [{"value": str(number), "measurand": "Voltage"} for number in range(60)]


def test_the_last_frames_are_told_as_they_were() -> None:
    recollection = Recollection()
    texts = [json.dumps([2, str(number), "MeterValues", {"meterValue": SAMPLES}]) for number in range(FRAMES_KEPT + 5)]  # fmt: skip
    for text in texts:
        recollection.keep("in", text)
    recollection.keep("out", '[3,"1",{}]')
    told = recollection.frames()
    said = [json.loads(one["frame"]) for one in told]
    assert said == [*map(json.loads, texts[6:]), [3, "1", {}]]
    assert [one["direction"] for one in told[-2:]] == ["in", "out"]


def test_no_secret_is_told() -> None:
    recollection = Recollection()
    payload = {"idTag": "SECRET-TAG", "filler": "x" * 300}
    recollection.keep("in", json.dumps([2, "1", "Authorize", payload]))
    assert "SECRET-TAG" not in recollection.frames()[0]["frame"]


def test_what_is_no_frame_is_kept_too() -> None:
    recollection = Recollection()
    recollection.keep("in", "é" * 100_000)
    recollection.keep("in", "half a \ud83d character " + "x" * 300)
    told = [one["frame"] for one in recollection.frames()]
    assert told == [
        "4000 characters that are not JSON",
        "319 characters that are not JSON",
    ]
