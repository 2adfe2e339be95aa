"""The trigger for a limit that begins to hold a vehicle back."""

from collections.abc import Callable, Mapping
from typing import override

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import CALLBACK_TYPE, State, callback
from homeassistant.helpers.target import (
    TargetStateChangedData,
    async_track_target_selector_state_change_event,
)
from homeassistant.helpers.trigger import (
    ENTITY_STATE_TRIGGER_SCHEMA,
    EntityTriggerBase,
    TriggerActionRunner,
    TriggerNotTriggeredReporter,
)

from .situations import DOMAIN_SPECS, REASON, STATUS, beside, is_held_back, ours


class LimitBecameActive(EntityTriggerBase):
    """Fires when a limit begins to hold a vehicle back.

    One entity of a connector tells which limit that is, another one whether there is a vehicle. Both change at about the
    same time, in either order, and one of them passes through states that say nothing of limits.
    """

    _domain_specs = DOMAIN_SPECS
    _schema = ENTITY_STATE_TRIGGER_SCHEMA

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return both entities of every connector of which one is meant."""
        return {
            found
            for entity_id in ours(self._hass, entities, {REASON, STATUS})
            for key in (REASON, STATUS)
            if (found := beside(self._hass, entity_id, key))
        }

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Remember of each connector whether a limit holds, and run when it begins to."""
        held: dict[str, bool] = {}

        def begins(reason_id: str, state_of: Callable[[str], State | None]) -> bool:
            now = is_held_back(self._hass, reason_id, state_of)
            if now is None:
                return False
            before, held[reason_id] = held.get(reason_id), now
            # What is seen for the first time may have been so for long.
            return now and before is False

        @callback
        def changed(data: TargetStateChangedData) -> None:
            event = data.state_change_event
            reason_id = beside(self._hass, event.data["entity_id"], REASON)
            states = data.targeted_entity_states
            if not reason_id or not begins(reason_id, states.get):
                return
            run_action(
                {
                    ATTR_ENTITY_ID: reason_id,
                    "from_state": event.data["old_state"],
                    "to_state": states[reason_id],
                },
                f"state of {reason_id}",
                event.context,
            )

        @callback
        def retargeted(
            added: set[str], removed: set[str], states: Mapping[str, State | None]
        ) -> None:
            for entity_id in removed:
                held.pop(entity_id, None)
            for entity_id in ours(self._hass, added, {REASON}):
                begins(entity_id, states.get)

        return await async_track_target_selector_state_change_event(
            self._hass, self._target, changed, self.entity_filter, retargeted
        )
