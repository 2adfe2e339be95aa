"""What a programme is told: the vehicles it may use as one battery, in samples over time."""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import fmean
from typing import Final

from .events import ReportRequest

# Older samples no report asks for.
KEPT: Final = timedelta(hours=50)
# Nearer together they say nothing new.
APART: Final = timedelta(seconds=15)
# A moment that lies no further than this from the first or the last sample is known as well.
NEAR: Final = timedelta(minutes=2)


class Told(StrEnum):
    """What can be reported (OpenADR 3, report payload types)."""

    CAPACITY = "STORAGE_USABLE_CAPACITY"
    LEVEL = "STORAGE_CHARGE_LEVEL"
    CHARGE = "STORAGE_MAX_CHARGE_POWER"
    DISCHARGE = "STORAGE_MAX_DISCHARGE_POWER"
    UP = "UP_REGULATION_AVAILABLE"
    DOWN = "DOWN_REGULATION_AVAILABLE"
    USAGE = "USAGE"
    DEMAND = "DEMAND"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The vehicles at one moment, in watts and watt-hours; None: not known.

    `power_w` is signed, into the vehicles; the two maxima are magnitudes. `drawn_wh` and `fed_wh` are registers: what
    flowed in and out since whenever, and never less than before.
    """

    at: datetime
    capacity_wh: float | None = None
    stored_wh: float | None = None
    charge_w: float = 0.0
    discharge_w: float = 0.0
    power_w: float = 0.0
    drawn_wh: float = 0.0
    fed_wh: float = 0.0

    @property
    def net_wh(self) -> float:
        """What flowed in, less what flowed out."""
        return self.drawn_wh - self.fed_wh


class Diary:
    """The samples of the last two days, oldest first."""

    def __init__(self, samples: Iterable[Sample] = ()) -> None:
        """Begin with what is known."""
        self._samples = deque(samples)

    def add(self, sample: Sample) -> None:
        """Write a sample down. Where three come close together, the one between is not kept."""
        while self._samples and sample.at - self._samples[0].at > KEPT:
            self._samples.popleft()
        if len(self._samples) > 1 and sample.at - self._samples[-2].at < APART:
            self._samples.pop()
        self._samples.append(sample)

    @property
    def last(self) -> Sample | None:
        """The newest."""
        return self._samples[-1] if self._samples else None

    def within(self, start: datetime, end: datetime) -> list[Sample]:
        """Return the samples of a span of time."""
        return [one for one in self._samples if start <= one.at <= end]

    def used_wh(self, start: datetime, end: datetime) -> float | None:
        """Return what was drawn less what was fed back; None where the diary does not reach both ends."""
        before, after = self._net_wh(start), self._net_wh(end)
        return None if before is None or after is None else after - before

    def _net_wh(self, at: datetime) -> float | None:
        """Return the registers at a moment, which lies between two samples or next to one."""
        earlier = [one for one in self._samples if one.at <= at]
        later = next((one for one in self._samples if one.at >= at), None)
        if earlier and later is not None:
            first, whole = earlier[-1], later.at - earlier[-1].at
            part = (at - first.at) / whole if whole else 0.0
            return first.net_wh + part * (later.net_wh - first.net_wh)
        nearest = earlier[-1] if earlier else later
        if nearest is None or abs(nearest.at - at) > NEAR:
            return None
        return nearest.net_wh


def value_of(
    request: ReportRequest, diary: Diary, start: datetime, end: datetime
) -> float | None:
    """Return what is reported of a span of time, in the units that were asked for; None: it is not known.

    Usage and demand are what is consumed, by the specification never below nothing. A forecast is what holds now.
    """
    if request.payload not in Told:
        return None
    told = Told(request.payload)
    if told is Told.USAGE:
        used_wh = diary.used_wh(start, end) if request.historical else None
        return None if used_wh is None else _energy(max(0.0, used_wh), request)
    if request.historical:
        samples = diary.within(start, end)
    else:
        samples = [diary.last] if diary.last else []
    return _state(told, samples, request) if samples else None


def _state(told: Told, samples: list[Sample], request: ReportRequest) -> float | None:
    """Return what is reported of some samples."""
    last = samples[-1]
    match told:
        case Told.CAPACITY:
            return _energy(last.capacity_wh, request)
        case Told.LEVEL:
            if not last.capacity_wh or last.stored_wh is None:
                return None
            return round(min(1.0, max(0.0, last.stored_wh / last.capacity_wh)), 4)
        case Told.DEMAND:
            return _power(samples, lambda one: max(0.0, one.power_w), request)
        case Told.CHARGE:
            return _power(samples[-1:], lambda one: one.charge_w, request)
        case Told.DISCHARGE:
            return _power(samples[-1:], lambda one: one.discharge_w, request)
        # Up is more for the grid: less drawn, or more fed back.
        case Told.UP:
            return _power(
                samples, lambda one: max(0.0, one.power_w + one.discharge_w), request
            )
        case Told.DOWN:
            return _power(
                samples, lambda one: max(0.0, one.charge_w - one.power_w), request
            )
    return None


def units_of(request: ReportRequest) -> str:
    """Return the units of what is reported."""
    match request.payload:
        case Told.LEVEL:
            return "PERCENT"
        case Told.CAPACITY | Told.USAGE:
            return "WH" if request.units == "WH" else "KWH"
        case _:
            return "W" if request.units == "W" else "KW"


def _energy(wh: float | None, request: ReportRequest) -> float | None:
    if wh is None:
        return None
    return round(wh if request.units == "WH" else wh / 1000, 4)


def _power(
    samples: list[Sample], of: Callable[[Sample], float], request: ReportRequest
) -> float:
    """Return a power over some samples: their mean, or the peak; of a direct reading the last."""
    found = [of(one) for one in samples]
    match request.reading:
        case "PEAK":
            watts = max(found)
        case "MEAN" | "AVERAGE" | "SUMMED" | "ESTIMATED":
            watts = fmean(found)
        case _:
            watts = found[-1]
    return round(watts if request.units == "W" else watts / 1000, 4)
