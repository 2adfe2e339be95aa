"""Tells the engine what is known of the vehicle at a connector, and when it leaves."""

from datetime import datetime

from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.util import dt as dt_util

from ..data import EvenloadConfigEntry
from ..engine.model.identity import EvseKey
from ..engine.model.planning import VehicleFacts
from ..engine.model.stations import Evse
from .board import Board, Input, Place, Status
from .departures import async_departure
from .ticking import async_each_quarter
from .trouble import InputState, InputTroubleError
from .vehicle_config import DepartureConfig, VehicleConfig
from .vehicles import facts


class VehicleKeeper:
    """Follows the sensors, helpers and the calendar of one connector's vehicle.

    Clouds repeat for hours what a sleeping vehicle said once, and say nothing now and then. So what it said last holds
    until it says something else, or another vehicle is plugged in. A departure that was set by hand holds until the
    sources name another one than before.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EvenloadConfigEntry,
        key: EvseKey,
        config: VehicleConfig,
        board: Board,
    ) -> None:
        """Begin with what is known now."""
        self.config = config
        self._hass = hass
        self._entry = entry
        self._site = entry.runtime_data
        self._key = key
        self._board = board
        self._facts = VehicleFacts()
        self._departs_at: datetime | None = None
        self._plugged_in = self._is_plugged_in
        self._stops: list[CALLBACK_TYPE] = [
            self._site.on_evse(key, self._async_evse_changed),
            async_each_quarter(hass, self._look),
        ]
        if config.entities:
            self._stops.append(
                async_track_state_change_event(hass, config.entities, self._async_heard)
            )
        self._look()

    @callback
    def stop(self) -> None:
        """Listen no longer."""
        for stop in self._stops:
            stop()

    @callback
    def forget(self) -> None:
        """Listen no longer; what was said counts no more."""
        self.stop()
        for kind in (Input.VEHICLE, Input.DEPARTURE):
            self._put(kind, Status(InputState.NOT_SET_UP))
        if self._evse is not None:
            self._site.set_vehicle(self._key, VehicleFacts())

    @callback
    def _async_heard(self, _: Event[EventStateChangedData]) -> None:
        self._look()

    @callback
    def _async_evse_changed(self) -> None:
        """Say anew of another vehicle what its sources say of it."""
        before, self._plugged_in = self._plugged_in, self._is_plugged_in
        if self._plugged_in and not before:
            self._facts, self._departs_at = VehicleFacts(), None
            self._look()

    @callback
    def _look(self) -> None:
        if self._evse is None:
            return
        known, trouble = facts(self._hass, self.config, dt_util.utcnow())
        self._put(Input.VEHICLE, Status.of(trouble))
        quiet = trouble is None or trouble.state is InputState.SILENT
        if known.soc_percent is None and quiet:
            known = VehicleFacts(
                capacity_wh=known.capacity_wh,
                soc_percent=self._facts.soc_percent,
                efficiency=known.efficiency,
            )
        self._facts = known
        self._site.set_vehicle(self._key, known)
        if self.config.departure != DepartureConfig():
            self._entry.async_create_background_task(
                self._hass, self._async_look_at_departure(), "evenload departure"
            )

    async def _async_look_at_departure(self) -> None:
        """Tell when the vehicle leaves that is plugged in, if that is another time than its sources said before."""
        now = dt_util.utcnow()
        try:
            found = await async_departure(self._hass, self.config.departure, now)
        except InputTroubleError as err:
            self._put(Input.DEPARTURE, Status.of(err))
            return
        self._put(Input.DEPARTURE, Status(InputState.GOOD))
        evse = self._evse
        if evse is None or not self._plugged_in or found == self._departs_at:
            return
        known = evse.settings.departs_at
        by_hand = known is not None and known > now
        told, self._departs_at = self._departs_at, found
        if told is None and by_hand:
            # It was set before the vehicle came, or before Home Assistant started.
            return
        if found is not None or known == told:
            await self._site.set_departure(self._key, found)

    def _put(self, kind: Input, status: Status) -> None:
        self._board.put(Place(kind, self._key), status)

    @property
    def _evse(self) -> Evse | None:
        station = self._site.stations.get(self._key.identity)
        return None if station is None else station.evses.get(self._key.evse)

    @property
    def _is_plugged_in(self) -> bool:
        evse = self._evse
        status = None if evse is None else evse.status
        return status is not None and status.is_plugged_in
