"""The flow behind a vehicle that will not be ready when it leaves: it leaves later, or charges before the others."""

from datetime import timedelta
from typing import Any

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.helpers.selector import DateTimeSelector
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .engine.model.identity import EvseKey
from .fix_flow import OurFlow

CONF_DEPARTURE = "departure"

# What is proposed: so much later.
_LATER = timedelta(hours=1)


class DepartureFlow(OurFlow):
    """Offers what helps at once."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask at once."""
        return await self.async_step_choose()

    async def async_step_choose(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask what is to be done."""
        if self._entry is None:
            return self._not_running()
        return self.async_show_menu(
            step_id="choose",
            menu_options=["later", "first"],
            description_placeholders=self._named,
        )

    async def async_step_later(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask when it leaves."""
        if (entry := self._entry) is None:
            return self._not_running()
        key = self._key
        errors: dict[str, str] = {}
        if user_input is not None:
            said = dt_util.parse_datetime(user_input[CONF_DEPARTURE])
            departs_at = None if said is None else dt_util.as_utc(said)
            if departs_at is not None and departs_at > dt_util.utcnow():
                await entry.runtime_data.set_departure(key, departs_at)
                return self._done()
            errors = {CONF_DEPARTURE: "departure_over"}
        known = entry.runtime_data.evse(key).settings.departs_at
        proposed = dt_util.as_local((known or dt_util.utcnow()) + _LATER)
        return self.async_show_form(
            step_id="later",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema({vol.Required(CONF_DEPARTURE): DateTimeSelector()}),
                user_input
                or {CONF_DEPARTURE: proposed.replace(tzinfo=None).isoformat(" ")},
            ),
            errors=errors,
            description_placeholders=self._named,
        )

    async def async_step_first(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Have it charge before the others, until it is unplugged."""
        if (entry := self._entry) is None:
            return self._not_running()
        await entry.runtime_data.boost(self._key, on=True)
        return self._done()

    @property
    def _key(self) -> EvseKey:
        """The connector of the station at which most is missing."""
        assert self._entry is not None
        site, identity = self._entry.runtime_data, self._about["who"]
        keys = [evse.key for evse in site.stations[identity].evses.values()]
        return max(keys, key=site.shortfall_wh)
