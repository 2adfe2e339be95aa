"""A clock that strikes just after every quarter of an hour has begun."""

from collections.abc import Callable
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..engine.model.planning import QUARTER
from .quarters import quarter_of

# Others that write at the full quarter are done by then.
_AFTER = timedelta(seconds=2)


@callback
def async_each_quarter(
    hass: HomeAssistant, action: Callable[[], None]
) -> CALLBACK_TYPE:
    """Call with every quarter of an hour, until the returned function is called, or Home Assistant stops."""
    cancel: CALLBACK_TYPE

    @callback
    def strike(_: datetime) -> None:
        wind()
        action()

    def wind() -> None:
        nonlocal cancel
        now = dt_util.utcnow()
        wait = quarter_of(now) + QUARTER + _AFTER - now
        cancel = async_call_later(hass, wait, HassJob(strike, cancel_on_shutdown=True))

    wind()
    return lambda: cancel()
