"""Keeps the engine's outlook up to date: with every quarter of an hour, with news of a source, and with other settings."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HassJob,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_call_later, async_track_state_change_event
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..data import EvenloadConfigEntry
from ..engine.model.planning import QUARTER, Outlook, Series
from .board import Board, Input, Place, Status
from .config import OutlookConfig, outlook_config
from .outlook import OutlookMaker
from .prices import entities_of
from .ticking import async_each_quarter
from .trouble import InputState

# What could not be had is tried again soon, a few times: integrations come one after the other at a start.
_RETRY_S = 60
_RETRIES = 5

_OF_SITE = tuple(kind for kind in Input if kind not in {Input.VEHICLE, Input.DEPARTURE})
_PASSING = {InputState.MISSING, InputState.SILENT, InputState.FAILED}


class OutlookKeeper:
    """Makes the outlook of one site, one at a time, and tells the engine of it."""

    def __init__(
        self, hass: HomeAssistant, entry: EvenloadConfigEntry, board: Board
    ) -> None:
        """Begin when Home Assistant has started; until then others are still coming."""
        self._hass = hass
        self._entry = entry
        self._board = board
        self._maker = OutlookMaker(hass, entry)
        self._config = outlook_config(entry.options)
        self._told = Outlook()
        # What was told before a restart, too.
        self._known = entry.runtime_data.outlook
        self._runs = self._again = False
        self._tries = 0
        self._retry: CALLBACK_TYPE | None = None
        self._untrack: CALLBACK_TYPE | None = None
        self._stops = [
            async_each_quarter(hass, self.refresh),
            async_at_started(hass, self._async_started),
        ]
        self._track()

    @callback
    def stop(self) -> None:
        """Follow nothing more."""
        for stop in self._stops:
            stop()
        if self._untrack:
            self._untrack()
        self._cancel_retry()

    @callback
    def reconfigure(self) -> None:
        """Take other settings."""
        config = outlook_config(self._entry.options)
        if config == self._config:
            return
        self._config = config
        self._known = Outlook()
        self._maker.forget()
        self._tries = 0
        self._track()
        self.refresh()

    @callback
    def refresh(self) -> None:
        """Make another outlook; if one is being made, make one more after it."""
        self._again = True
        if not self._runs:
            self._runs = True
            self._entry.async_create_background_task(
                self._hass, self._async_run(), "evenload outlook"
            )

    async def _async_run(self) -> None:
        try:
            while self._again:
                self._again = False
                config = self._config
                outlook = await self._maker.make(config, dt_util.utcnow())
                if config == self._config:
                    self._tell(outlook)
        finally:
            self._runs = False

    def _tell(self, outlook: Outlook) -> None:
        outlook = (
            self._with_what_was_told(outlook)
            if _says_anything(self._config)
            else Outlook()
        )
        self._known = outlook
        if outlook != self._told:
            self._told = outlook
            self._entry.runtime_data.set_outlook(outlook)
        statuses = self._maker.statuses
        for kind in _OF_SITE:
            none = Status(InputState.NOT_SET_UP)
            self._board.put(Place(kind), statuses.get(kind, none))
        self._cancel_retry()
        if not _is_passing(statuses.values()):
            self._tries = 0
        elif self._tries < _RETRIES:
            self._tries += 1
            self._retry = async_call_later(
                self._hass,
                _RETRY_S,
                HassJob(self._async_try_again, cancel_on_shutdown=True),
            )

    def _with_what_was_told(self, outlook: Outlook) -> Outlook:
        """Return an outlook with the prices that were told before of a source that says nothing just now.

        They were published, and hold: without them whoever waits for a cheaper hour would charge at once.
        """
        known = self._known
        if known.currency != outlook.currency:
            return outlook
        if self._is_away(Input.PRICES) and _reaches(known.import_price):
            outlook = replace(outlook, import_price=known.import_price, past=known.past)
        if self._is_away(Input.EXPORT) and _reaches(known.export_price):
            outlook = replace(outlook, export_price=known.export_price)
        return outlook

    def _is_away(self, kind: Input) -> bool:
        status = self._maker.statuses.get(kind)
        return status is not None and status.state in _PASSING

    def _track(self) -> None:
        """Be told of what the sources of prices say."""
        if self._untrack:
            self._untrack()
        prices = self._config.prices
        entities = [
            entity_id
            for source in (prices.source, prices.export_source)
            for entity_id in entities_of(self._hass, source)
        ]
        self._untrack = (
            async_track_state_change_event(self._hass, entities, self._async_heard)
            if entities
            else None
        )

    @callback
    def _async_heard(self, _: Event[EventStateChangedData]) -> None:
        self.refresh()

    @callback
    def _async_started(self, _: HomeAssistant) -> None:
        # By now the registry knows who tells of tomorrow.
        self._track()
        self.refresh()

    @callback
    def _async_try_again(self, _: datetime) -> None:
        self._retry = None
        self.refresh()

    def _cancel_retry(self) -> None:
        if self._retry:
            self._retry()
            self._retry = None


def _reaches(prices: Series | None) -> bool:
    """Whether prices are known of the present, or of what is to come."""
    if prices is None:
        return False
    past = (dt_util.utcnow() - prices.start) // QUARTER
    return any(price is not None for price in prices.values[max(0, past) :])


def _is_passing(statuses: Iterable[Status]) -> bool:
    """Whether something is wrong that may be right in a minute."""
    return any(status.state in _PASSING for status in statuses)


def _says_anything(config: OutlookConfig) -> bool:
    """Whether the owner set anything up: else there is no currency to speak of either."""
    return config != OutlookConfig()
