"""The flows behind repair issues that one click can mend."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import voluptuous as vol

from .departure_fix import DepartureFlow
from .engine.model.notices import NoticeKind
from .fix_flow import OurFlow
from .fixes import FIXES
from .planning_inputs.input_fix import InputFlow
from .sensor_fix import SensorFlow


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow of an issue."""
    about: dict[str, Any] = data or {}
    if "sensor" in about:
        return SensorFlow(about)
    if "input" in about:
        return InputFlow(about)
    if about.get("key") == NoticeKind.DEPARTURE_TOO_SOON:
        return DepartureFlow(about)
    return FixFlow(about)


class FixFlow(OurFlow):
    """Explains, and does it when that is confirmed."""

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Explain first."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Do it."""
        if user_input is None:
            return self.async_show_form(
                step_id="confirm",
                data_schema=vol.Schema({}),
                description_placeholders=self._named,
            )
        if (entry := self._entry) is None:
            return self._not_running()
        try:
            await FIXES[self._about["key"]](self.hass, entry, self._about["who"])
        except HomeAssistantError as err:
            return self._failed(err)
        return self._done()
