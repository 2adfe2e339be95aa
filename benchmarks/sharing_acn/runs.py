"""One month in the car park under one algorithm, and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
import gzip
import json
from pathlib import Path
from time import process_time
from typing import Any
import warnings

with warnings.catch_warnings():
    # acnportal is of 2023: it warns of pkg_resources, and that the events were written by an older version of it.
    warnings.simplefilter("ignore")
    from acnportal import acnsim, algorithms
    from acnportal.acnsim import analysis

from custom_components.evenload.engine.model.configuration import Strategy

from .planned import Planned
from .strategies import Shared

PERIOD_MIN = 5
VOLTAGE_V = 208

# Theirs, by the name that they go by; the published figures at 10 kW are of round robin in steps of 0.1 A.
_SORTED = {
    "FCFS": algorithms.first_come_first_served,
    "EDF": algorithms.earliest_deadline_first,
    "LLF": algorithms.least_laxity_first,
}
THEIRS = ("FCFS", "RR", "EDF", "LLF")
OURS = (
    Strategy.FIRST_COME_FIRST_SERVE,
    Strategy.EQUAL_SERVE,
    Strategy.EARLIEST_DEPARTURE,
)
PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a month."""

    energy_percent: float
    met_percent: float
    # The processor's time: other work on the machine does not count.
    step_ms: float
    # How often a session was paused before it was done; only ours count.
    pauses: int | None = None


def theirs(name: str, *, quantised: bool, step_a: float = 1.0) -> Any:
    """Return one of acnportal's algorithms; with real pilots it keeps the minimum where it can."""
    if name == "RR":
        return algorithms.RoundRobin(
            algorithms.first_come_first_served,
            continuous_inc=step_a,
            uninterrupted_charging=quantised,
        )
    return algorithms.SortedSchedulingAlgo(
        _SORTED[name], uninterrupted_charging=quantised
    )


def algorithm(name: str, *, quantised: bool) -> Any:
    """Return an algorithm of theirs or ours by its name."""
    if name == PLANNED:
        return Planned()
    return (
        theirs(name, quantised=quantised) if name in THEIRS else Shared(Strategy(name))
    )


def read_events(path: Path) -> Callable[[], Any]:
    """Return what makes a fresh queue of the events in a file; raises `OSError` and `ValueError`."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        text = json.load(file)
    return lambda: acnsim.EventQueue.from_json(text)


def most_possible(events: Callable[[], Any]) -> float:
    """Return how much of what all wanted can be had at best, in percent: each charges at its full power all the time."""
    sessions = [
        event.ev for _, event in events().queue if isinstance(event, acnsim.PluginEvent)
    ]
    hours = PERIOD_MIN / 60.0
    had = sum(
        min(
            ev.requested_energy,
            (ev.departure - ev.arrival) * hours * ev.maximum_charging_power,
        )
        for ev in sessions
    )
    return 100.0 * float(had / sum(ev.requested_energy for ev in sessions))


def live_through(
    events: Callable[[], Any], chosen: Any, capacity_kw: float, *, quantised: bool
) -> Outcome:
    """Let an algorithm run the car park for the month."""
    network = acnsim.sites.caltech_acn(
        basic_evse=not quantised, voltage=VOLTAGE_V, transformer_cap=capacity_kw
    )
    times_s = _timed(chosen)
    with warnings.catch_warnings():
        # What is left to see is a schedule that does not fit: that is an error.
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", message="Invalid schedule")
        simulator = acnsim.Simulator(
            network,
            chosen,
            events(),
            datetime(2019, 3, 1),
            period=PERIOD_MIN,
            verbose=False,
        )
        simulator.run()
    return Outcome(
        100.0 * float(analysis.proportion_of_energy_delivered(simulator)),
        100.0 * float(analysis.proportion_of_demands_met(simulator)),
        1000.0 * sum(times_s) / len(times_s),
        getattr(chosen, "pauses", None),
    )


def _timed(chosen: Any) -> list[float]:
    """Have an algorithm's decisions timed; return the list that they go to, in seconds."""
    decide = chosen.schedule
    times_s: list[float] = []

    def schedule(sessions: Any) -> Any:
        begin = process_time()
        pilots = decide(sessions)
        times_s.append(process_time() - begin)
        return pilots

    chosen.schedule = schedule
    return times_s
