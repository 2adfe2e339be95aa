"""A tariff of two rates: a high price, and a low one at night."""

from datetime import datetime, timedelta
import math

from homeassistant.util import dt as dt_util

from ..engine.model.planning import QUARTER
from .config import TwoRates
from .quarters import Slot, quarter_of

_SATURDAY = 5


def two_rates(rates: TwoRates, now: datetime, horizon: timedelta) -> list[Slot]:
    """Return the price of every quarter from now on; the owner's clock says which rate holds."""
    first = quarter_of(now)
    return [
        Slot(start, rates.low if _is_low(rates, start) else rates.high, start + QUARTER)
        for place in range(math.ceil(horizon / QUARTER))
        for start in [first + place * QUARTER]
    ]


def _is_low(rates: TwoRates, moment: datetime) -> bool:
    local = dt_util.as_local(moment)
    if rates.weekend_low and local.weekday() >= _SATURDAY:
        return True
    clock = local.time()
    if rates.low_from <= rates.low_until:
        return rates.low_from <= clock < rates.low_until
    # Over midnight.
    return clock >= rates.low_from or clock < rates.low_until
