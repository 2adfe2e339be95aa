"""Whenever Home Assistant is killed: what a station was answered is told, in order, and known by its names (promise 8)."""

import asyncio
from pathlib import Path

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.evenload.engine.uplink import outbox as module
from custom_components.evenload.engine.uplink.outbox import Outbox

STEPS = st.lists(st.tuples(st.sampled_from("ppddfwk"), st.integers(1, 20)), max_size=25)


class Lives:
    """One outbox after the other, over one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.said = 0
        # What was told, in each life.
        self.told: list[list[int]] = []
        self.box: Outbox

    async def begin(self) -> None:
        self.box = Outbox(self._path, lambda _: None)
        await self.box.open()
        self.told.append([])

    async def say(self, count: int) -> None:
        """Say something, and wait as a station does for its answer."""
        for _ in range(count):
            self.box.name("A", "begun", str(self.said), "")
            self.box.put("A", "StartTransaction", {"n": self.said})
            self.said += 1
        await self.box.kept()

    async def deliver(self, count: int) -> None:
        for _ in range(min(count, self.box.count("A"))):
            message = await self.box.next("A")
            self.told[-1].append(message.payload["n"])
            self.box.delivered(message)

    async def kill(self) -> None:
        """Be gone: nothing is written any more, but what the system has in hand."""
        box = self.box
        if box._flushing is not None:
            box._flushing.cancel()
            await asyncio.gather(box._flushing, return_exceptions=True)
        box._writer.shutdown()
        box._file.close()
        await self.begin()

    def names(self) -> set[int]:
        return {int(ours) for ours in self.box.named("A", "begun")}


@given(steps=STEPS)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_was_answered_is_told_in_order_and_known(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    steps: list[tuple[str, int]],
) -> None:
    """p: say and be answered, d: deliver, f: flush, w: wait for what is written by itself, k: be killed."""
    monkeypatch.setattr(module, "WINDOW", 7)
    monkeypatch.setattr(module, "FLUSH_S", 0.002)

    async def story() -> Lives:
        lives = Lives(tmp_path_factory.mktemp("outbox") / "uplink.db")
        await lives.begin()
        for kind, count in [*steps, ("k", 0)]:
            match kind:
                case "p":
                    await lives.say(count)
                case "d":
                    await lives.deliver(count)
                case "f":
                    await lives.box.flush()
                case "w":
                    await asyncio.sleep(count / 4000)
                case _:
                    await lives.kill()
                    assert lives.names() == {*range(lives.said)}
        await lives.deliver(lives.said)
        await lives.box.close()
        return lives

    lives = asyncio.run(story())
    # In each life in order and once; only what no life has noted as delivered comes again.
    for told in lives.told:
        assert told == [*range(told[0], told[0] + len(told))] if told else True
    assert {number for told in lives.told for number in told} == {*range(lives.said)}
