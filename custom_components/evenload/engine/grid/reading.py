"""Events as a server sends them, read one by one: what is wrong with one costs no other. Tolerant of what is merely untidy."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
import math
from typing import Any, Final

from .events import LIMITS, Ask, GridEvent, Interval, Period, Refused, ReportRequest
from .times import Malformed, duration_of, is_now, time_of

# What one of a unit is in ours. OpenADR's units are KW and KWH; others are agreed on in private.
_POWER_W: Final = {"": 1000.0, "KW": 1000.0, "W": 1.0, "MW": 1_000_000.0}
_PRICE_KWH: Final = {"": 1.0, "KWH": 1.0, "MWH": 0.001, "WH": 1000.0}
_ENERGY_WH: Final = {"KWH": 1000.0, "WH": 1.0, "MWH": 1_000_000.0}
_PARTS: Final = ("", "PERCENT", "%")

# More of it nobody means: a day in quarter hours is 96.
MOST_INTERVALS: Final = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How a programme's events are to be understood, and whom they may be meant for."""

    discharge_is_positive: bool = False
    ven_name: str = ""
    resource_name: str = ""
    # The `payloadDescriptors` of the programme: they hold where an event says nothing else.
    descriptors: tuple[Mapping[str, Any], ...] = field(default=())

    def events(
        self, data: object, heard: Mapping[str, datetime], now: datetime
    ) -> tuple[tuple[GridEvent, ...], tuple[Refused, ...]]:
        """Return the events that can be understood and are meant for us, and those that cannot be understood.

        `heard` is when the events that were there before were first heard of. Raises `Malformed` where it is no list.
        """
        if not isinstance(data, list):
            raise Malformed("no list of events")
        events: list[GridEvent] = []
        refused: list[Refused] = []
        for one in data:
            name = str(one.get("id", "?"))[:128] if isinstance(one, dict) else "?"
            try:
                event = self._event(_mapping(one, "event"), heard, now)
            except Malformed as err:
                refused.append(Refused(name, str(err)))
            else:
                if event is not None:
                    events.append(event)
        return tuple(events), tuple(refused)

    def _event(
        self, data: Mapping[str, Any], heard: Mapping[str, datetime], now: datetime
    ) -> GridEvent | None:
        """Return one event; None: it is for others."""
        event_id = data.get("id")
        if not isinstance(event_id, str) or not event_id:
            raise Malformed("an event without an id")
        if not self._is_for_us(data.get("targets")):
            return None
        units, currency = self._units(data.get("payloadDescriptors"))
        intervals = _list(data.get("intervals"), "intervals")
        if len(intervals) > MOST_INTERVALS:
            raise Malformed(f"{len(intervals)} intervals")
        duration = data.get("duration")
        return GridEvent(
            id=event_id,
            heard_at=heard.get(event_id, now),
            name=str(data.get("eventName") or ""),
            priority=_whole(data.get("priority")),
            changed_at=_changed(data),
            period=_period(data.get("intervalPeriod")),
            duration=None if duration is None else duration_of(duration),
            intervals=tuple(
                self._interval(_mapping(one, "interval"), number, units)
                for number, one in enumerate(intervals)
            ),
            currency=currency,
            charge_in_wh=units.get(Ask.CHARGE_STATE, "") in _ENERGY_WH,
            reports=tuple(
                _request(_mapping(one, "report descriptor"))
                for one in _list(data.get("reportDescriptors"), "report descriptors")
            ),
        )

    def _is_for_us(self, targets: object) -> bool:
        """Whether an event may be ours: of 3.0.1's targets those count that name a VEN or a resource.

        In 3.1 targets are words that only the server knows; it shows nobody what is for others.
        """
        for target in _list(targets, "targets"):
            if not isinstance(target, dict):
                continue
            named = {"VEN_NAME": self.ven_name, "RESOURCE_NAME": self.resource_name}
            ours = named.get(str(target.get("type")))
            if ours is not None and ours not in _list(target.get("values"), "targets"):
                return False
        return True

    def _units(self, own: object) -> tuple[dict[Ask, str], dict[Ask, str]]:
        """Return the units and currencies of payloads."""
        units: dict[Ask, str] = {}
        currency: dict[Ask, str] = {}
        for one in (*self.descriptors, *_list(own, "payload descriptors")):
            descriptor = _mapping(one, "payload descriptor")
            if (ask := _ask(descriptor.get("payloadType"))) is None:
                continue
            if descriptor.get("units") is not None:
                units[ask] = str(descriptor["units"]).upper()
            if descriptor.get("currency") is not None:
                currency[ask] = str(descriptor["currency"])
        return units, currency

    def _interval(
        self, data: Mapping[str, Any], number: int, units: Mapping[Ask, str]
    ) -> Interval:
        values: dict[Ask, tuple[float, ...]] = {}
        for one in _list(data.get("payloads"), "payloads"):
            payload = _mapping(one, "payload")
            if (ask := _ask(payload.get("type"))) is None:
                continue
            said = [_number(value, ask) for value in _list(payload.get("values"), ask)]
            ours = self._in_our_units(ask, units.get(ask, ""))
            values[ask] = tuple(map(ours, said))
        own_id = _whole(data.get("id"))
        return Interval(
            number if own_id is None else own_id,
            _period(data.get("intervalPeriod")) or Period(),
            values,
        )

    def _in_our_units(self, ask: Ask, unit: str) -> Callable[[float], float]:
        """Return what makes one of our values of what was said. Raises `Malformed` for a unit that is not known."""
        match ask:
            case Ask.PRICE | Ask.EXPORT_PRICE:
                scale = _PRICE_KWH.get(unit)
            case Ask.CHARGE_STATE:
                if unit in _PARTS:
                    return _part
                scale = _ENERGY_WH.get(unit)
            case Ask.DISPATCH:
                scale = _POWER_W.get(unit)
                if scale is not None and self.discharge_is_positive:
                    scale = -scale
            case _:
                scale = _POWER_W.get(unit)
        if scale is None:
            raise Malformed(f"{ask} in {unit}")
        return lambda value: value * scale


def _ask(name: object) -> Ask | None:
    """Return what is asked for; many kinds of payload are none of ours."""
    return Ask(name) if isinstance(name, str) and name in Ask else None


def _part(value: float) -> float:
    """Return a state of charge as a part of 1: the specification has it so, and many write 80 for 80 %."""
    return value if value <= 1 else value / 100


def _number(value: object, ask: Ask) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Malformed(f"{ask} of {value!r}")
    try:
        number = float(value)
    except ValueError as err:
        raise Malformed(f"{ask} of {value!r}") from err
    if not math.isfinite(number):
        raise Malformed(f"{ask} of {value!r}")
    if number < 0 and (ask in LIMITS or ask is Ask.CHARGE_STATE):
        raise Malformed(f"{ask} of {value!r}")
    return number


def _period(data: object) -> Period | None:
    if data is None:
        return None
    period = _mapping(data, "interval period")
    start, duration = period.get("start"), period.get("duration")
    randomize = period.get("randomizeStart")
    now = is_now(start)
    return Period(
        start=None if now or start is None else time_of(start),
        now=now,
        duration=None if duration is None else duration_of(duration),
        randomize=None if randomize is None else abs(duration_of(randomize)),
    )


def _request(data: Mapping[str, Any]) -> ReportRequest:
    def whole(key: str, usual: int) -> int:
        found = _whole(data.get(key))
        return usual if found is None else found

    return ReportRequest(
        # The guide's own example of an aggregated report writes it otherwise.
        payload=str(data.get("payloadType") or data.get("payLoadType") or ""),
        reading=str(data.get("readingType") or ""),
        units=str(data.get("units") or "").upper(),
        aggregate=data.get("aggregate") is True,
        start_interval=whole("startInterval", -1),
        num_intervals=whole("numIntervals", -1),
        historical=data.get("historical") is not False,
        frequency=whole("frequency", -1),
        repeat=whole("repeat", 1),
    )


def _changed(data: Mapping[str, Any]) -> datetime | None:
    """Return when an event was changed last; it only decides between equals, so what cannot be read is nothing."""
    for key in ("modificationDateTime", "createdDateTime"):
        try:
            return time_of(data.get(key))
        except Malformed:
            continue
    return None


def _whole(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Malformed(f"{value!r} is not a number")
    if not math.isfinite(value):
        raise Malformed(f"{value!r} is not a number")
    return int(value)


def _mapping(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(f"an {what} that is none")
    return value


def _list(value: object, what: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Malformed(f"{what} that are no list")
    return value
