"""Kills the house at random moments while a vehicle charges, and counts what was lost of what it had confirmed.

usage: scripts/bench sigkill [KILLS]     how often (default 200)
"""

from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
import multiprocessing
from pathlib import Path
from random import Random
import sqlite3
import sys
import tempfile
from time import perf_counter, sleep
from typing import Any

from .killed.house import begin
from .killed.story import IDENTITY, QUARTER_S, Story, Visit

KILLS = 200

# A reading comes each minute.
MINUTE_S = 60

FORKS = multiprocessing.get_context("fork")

# An end of a cent and of a Wh is rounding.
WH = 1.0
MONEY = 0.01


@dataclass(slots=True)
class Losses:
    """What was missing after a kill."""

    sessions: int = 0
    ends: int = 0
    older_readings: int = 0
    in_quarter_wh: list[float] = field(default_factory=list)
    # When the readings were taken that were confirmed since the last kill.
    confirmed_at: list[float] = field(default_factory=list)


class House:
    """One life of the house: a process of its own, forked from this one, which knows all that has to be imported."""

    def __init__(self, folder: Path) -> None:
        """Begin it, and wait until it listens."""
        self._line, other = FORKS.Pipe()
        self._process = FORKS.Process(target=begin, args=(folder, other))
        self._process.start()
        other.close()
        self._line.recv()

    def tell(self, told: dict[str, Any]) -> dict[str, Any]:
        """Say something, and return the answer."""
        self._line.send(told)
        answer: dict[str, Any] = self._line.recv()
        return answer

    def say(self, told: dict[str, Any]) -> None:
        """Say something, and do not wait for an answer."""
        self._line.send(told)

    def kill(self) -> None:
        """Pull the plug: nothing of it runs one instruction more."""
        self._process.kill()
        self._process.join()

    def close(self) -> None:
        """Let it end well."""
        self._line.send(None)
        self._process.join()


def run(kills: int, seed: int, folder: Path) -> tuple[Losses, Story]:
    """Kill the house so often; returns what was lost, and what had happened."""
    random = Random(seed)  # no secret
    story, losses = Story(Random(seed + 1)), Losses()  # no secret
    messages = story.messages()
    house, told = House(folder), next(messages)
    for _ in range(kills):
        confirmed: dict[str, Any] | None = None
        for _ in range(random.randint(1, 60)):
            _tell(house, story.visits[-1], told)
            if told["kind"] == "meter":
                at = datetime.fromisoformat(told["at"]).timestamp()
                losses.confirmed_at.append(at)
            confirmed, told = told, next(messages)
        # Somewhere in the middle of what it does with the next.
        house.say(_named(story.visits[-1], told))
        sleep(random.uniform(0, 0.03))
        house.kill()
        _look(folder, story, confirmed, told, losses)
        house = House(folder)
        if confirmed is not None:
            # A house that is back asks a station how things stand.
            house.tell({**confirmed, "kind": _status(confirmed["kind"])})
    while told["kind"] != "available":
        _tell(house, story.visits[-1], told)
        told = next(messages)
    _tell(house, story.visits[-1], told)
    house.close()
    return losses, story


def _tell(house: House, visit: Visit, told: dict[str, Any]) -> None:
    answer = house.tell(_named(visit, told))
    if told["kind"] == "start":
        visit.id = answer["id"]


def _status(kind: str) -> str:
    """Return what the status was after a message."""
    match kind:
        case "start" | "meter":
            return "charging"
        case "end":
            return "finishing"
        case status:
            return status


def _named(visit: Visit, told: dict[str, Any]) -> dict[str, Any]:
    return told if told["kind"] == "start" else {**told, "id": visit.id}


def _look(
    folder: Path,
    story: Story,
    confirmed: dict[str, Any] | None,
    told: dict[str, Any],
    losses: Losses,
) -> None:
    """Compare what was confirmed with what is on the disk."""
    with closing(sqlite3.connect(folder / "sessions.db")) as disk:
        known = dict(
            disk.execute(
                "SELECT transactions.id, sessions.end_reason FROM transactions"
                " JOIN sessions ON sessions.id = transactions.session"
            ).fetchall()
        )
        last = disk.execute(
            "SELECT last_at, last FROM readings WHERE identity = ? AND kind = 0"
            " ORDER BY slot DESC LIMIT 1",
            (IDENTITY,),
        ).fetchone()
    begun = [one for one in story.visits if one.id is not None]
    losses.sessions += sum(one.id not in known for one in begun)
    ended = [one for one in begun[:-1] if one.ended]
    losses.ends += sum(known.get(one.id or "") is None for one in ended)
    if confirmed is None or last is None:
        return
    lost = [at for at in losses.confirmed_at if at > last[0]]
    now = datetime.fromisoformat(confirmed["at"]).timestamp()
    losses.older_readings += sum(now - at > QUARTER_S + MINUTE_S for at in lost)
    losses.in_quarter_wh.append(max(0.0, confirmed["wh"] - last[1]))
    losses.confirmed_at.clear()


def compared(folder: Path, story: Story) -> tuple[int, float, float]:
    """Return how many sessions are on record, and by how much the worst is wrong in Wh and money."""
    with closing(sqlite3.connect(folder / "sessions.db")) as disk:
        rows = {
            token: (wh, cost)
            for token, wh, cost in disk.execute(
                "SELECT token, energy_wh, cost FROM sessions"
            )
        }
        (count,) = disk.execute("SELECT count(*) FROM sessions").fetchone()
    worst_wh = worst = 0.0
    for visit in story.visits:
        wh, cost = rows.get(visit.token, (0.0, 0.0))
        worst_wh = max(worst_wh, abs(wh - visit.wh))
        worst = max(worst, abs((cost or 0.0) - visit.cost))
    return count, worst_wh, worst


def main() -> None:
    """Print what was lost."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    began = perf_counter()
    with tempfile.TemporaryDirectory() as name:
        losses, story = run(kills, 2026, Path(name))
        count, worst_wh, worst = compared(Path(name), story)
    lost = losses.in_quarter_wh or [0.0]
    print(f"kills (SIGKILL) while charging        {kills}")
    print(f"sessions                              {len(story.visits)}")
    print(f"sessions on record at the end         {count}")
    print(f"begun and confirmed, then missing     {losses.sessions}")
    print(f"ended and confirmed, then missing     {losses.ends}")
    print(f"readings older than a quarter hour lost  {losses.older_readings}")
    print(
        f"not yet on disk, at most              {max(lost):.0f} Wh (of the quarter hour)"
    )
    print(f"wrong in the end, at most             {worst_wh:.2f} Wh, {worst:.4f} EUR")
    print(f"took                                  {perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
