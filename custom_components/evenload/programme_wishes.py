"""The setpoint that a grid programme has for its vehicles, and whether they have it already."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from homeassistant.util import dt as dt_util

from .data import EvenloadConfigEntry
from .engine.grid.events import Ask
from .engine.model.v2x import Dispatch
from .programme import Programme
from .programme_battery import Battery, power_towards

# A setpoint that differs by less, or only lasts a little longer, is not given anew.
NEARLY_W = 100.0
NEARLY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Wish:
    """A setpoint that a programme has for its target."""

    power_w: float
    until: datetime


def wish_of(entry: EvenloadConfigEntry, programme: Programme) -> Wish | None:
    """Return what a programme wants of its vehicles now: a power, or that which brings them to a state of charge."""
    values, now = programme.holding.values, dt_util.utcnow()
    held = values.get(Ask.DISPATCH)
    if held is not None and held.until > now:
        return Wish(held.value, held.until)
    held = values.get(Ask.CHARGE_STATE)
    if held is None or held.until <= now:
        return None
    battery = Battery(entry, programme.target)
    power_w = power_towards(battery, held.value, in_wh=held.event.charge_in_wh)
    return None if power_w is None else Wish(power_w, held.until)


def is_as_good(given: Dispatch | None, wish: Wish) -> bool:
    """Whether what was given is what is wished, but for what is not worth a message."""
    if given is None or abs(given.power_w - wish.power_w) > NEARLY_W:
        return False
    if (given.power_w == 0) != (wish.power_w == 0):
        return False
    if given.until == wish.until:
        return True
    # One without an end in sight is renewed now and then.
    return given.until < wish.until and given.until - dt_util.utcnow() > NEARLY
