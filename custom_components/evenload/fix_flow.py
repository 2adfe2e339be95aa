"""What the flows behind repair issues have in common."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntryState
from homeassistant.helpers import issue_registry as ir

from .const import DOMAIN
from .data import EvenloadConfigEntry


class OurFlow(RepairsFlow):
    """A flow that knows of which site its issue is."""

    def __init__(self, about: dict[str, Any]) -> None:
        """Take what the issue is about."""
        self._about = about

    @property
    def _entry(self) -> EvenloadConfigEntry | None:
        """The site, if it runs."""
        entry: EvenloadConfigEntry | None
        entry = self.hass.config_entries.async_get_entry(self._about["entry_id"])
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None
        return entry

    @property
    def _named(self) -> dict[str, str]:
        """What the sentences of the issue are filled in with."""
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        return dict((issue and issue.translation_placeholders) or {})

    def _not_running(self) -> RepairsFlowResult:
        return self.async_abort(reason="not_running")

    def _failed(self, detail: object) -> RepairsFlowResult:
        """Say what did not work."""
        return self.async_abort(
            reason="failed",
            description_placeholders={**self._named, "detail": str(detail)},
        )

    def _done(self) -> RepairsFlowResult:
        """End it: the issue is over when what it is about is over, and whoever tells it sees that."""
        if ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id) is not None:
            return self.async_abort(
                reason="waiting", description_placeholders=self._named
            )
        return self.async_create_entry(data={})
