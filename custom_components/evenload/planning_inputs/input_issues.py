"""Repair issues for inputs of planning that only their owner can mend, once they had time to mend themselves."""

from datetime import timedelta

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.issue_registry import IssueSeverity

from ..const import DOMAIN
from ..data import EvenloadConfigEntry
from .board import Board, Input, Place, Status
from .input_fix import FIXABLE, about_input
from .trouble import InputState

_SOON = timedelta(minutes=10)
_LATER = timedelta(hours=1)

# After how long each is told. What is over, and what is still learnt, is nothing to mend.
PATIENCE = {
    InputState.MISSING: _SOON,
    InputState.UNREADABLE: _SOON,
    InputState.OTHER_UNIT: _SOON,
    InputState.OTHER_CURRENCY: _SOON,
    InputState.OUT_OF_RANGE: _SOON,
    # Services go away for a while, and cars sleep.
    InputState.GAPS: _LATER,
    InputState.FAILED: _LATER,
    InputState.SILENT: timedelta(hours=12),
}

# Without prices nobody charges by them, and nobody's bill is complete.
PRICES_MISSING = "prices_missing"
_PRICELESS = frozenset({InputState.FAILED, InputState.OVER, InputState.SILENT})
_PRICES_PATIENCE = timedelta(hours=2)

ISSUES = {state: f"input_{state}" for state in PATIENCE}


class InputIssues:
    """Keeps an issue for each input that has been of no use for a while."""

    def __init__(
        self, hass: HomeAssistant, entry: EvenloadConfigEntry, board: Board
    ) -> None:
        """Look on from now on."""
        self._hass = hass
        self._entry = entry
        self._board = board
        self._waiting: dict[Place, tuple[InputState, CALLBACK_TYPE]] = {}
        self._shown: dict[Place, tuple[str, Status]] = {}
        self._leave = board.watch(self._async_changed)

    @callback
    def stop(self) -> None:
        """Say nothing more."""
        self._leave()
        for place in tuple(self._waiting):
            self._forget(place)
        for place in tuple(self._shown):
            self._hide(place)

    @callback
    def _async_changed(self, place: Place) -> None:
        status = self._board.status(place)
        if place in self._shown:
            before = self._shown[place][1]
            if before == status:
                return
            if _issue(place, before.state) == _issue(place, status.state):
                # It is silent in another way.
                self._show(place)
                return
        waits_for = self._waiting[place][0] if place in self._waiting else None
        if waits_for is not None and _issue(place, waits_for) == _issue(
            place, status.state
        ):
            return
        self._forget(place)
        self._hide(place)
        patience = _patience(place, status.state)
        if patience is None:
            return

        @callback
        def show(_: object) -> None:
            self._waiting.pop(place)
            self._show(place)

        self._waiting[place] = (
            status.state,
            async_call_later(
                self._hass, patience, HassJob(show, cancel_on_shutdown=True)
            ),
        )

    def _show(self, place: Place) -> None:
        status = self._board.status(place)
        key = _issue(place, status.state)
        assert key is not None
        issue_id = "_".join((key, self._entry.entry_id, place.kind, str(place.key)))
        self._shown[place] = (issue_id, status)
        is_fixable = status.state in FIXABLE
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            data={"entry_id": self._entry.entry_id, **about_input(place)}
            if is_fixable
            else None,
            is_fixable=is_fixable,
            severity=IssueSeverity.WARNING,
            translation_key=key,
            translation_placeholders={
                "name": self._entry.title,
                **status.placeholders,
            },
        )

    def _hide(self, place: Place) -> None:
        if shown := self._shown.pop(place, None):
            ir.async_delete_issue(self._hass, DOMAIN, shown[0])

    def _forget(self, place: Place) -> None:
        if waiting := self._waiting.pop(place, None):
            waiting[1]()


def _issue(place: Place, state: InputState) -> str | None:
    """Return the issue that says so of an input; None where there is nothing to say."""
    if place.kind is Input.PRICES and state in _PRICELESS:
        return PRICES_MISSING
    return ISSUES.get(state)


def _patience(place: Place, state: InputState) -> timedelta | None:
    """Return for how long an input may be so."""
    if _issue(place, state) == PRICES_MISSING:
        return _PRICES_PATIENCE
    return PATIENCE.get(state)
