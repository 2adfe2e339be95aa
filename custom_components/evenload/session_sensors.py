"""The last session of each connector that is on record: its energy, and what it cost."""

from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import UnitOfEnergy
from homeassistant.core import callback
from homeassistant.helpers.typing import StateType

from .data import EvenloadConfigEntry
from .engine.model.errors import StoreUnusable
from .engine.model.identity import EvseKey
from .engine.model.sessions import Account, Booked, SessionQuery, SessionRecord
from .entity import EvseEntity
from .session_rows import charged_to, driver_name, kwh, money

ENERGY = SensorEntityDescription(
    key="last_session_energy",
    device_class=SensorDeviceClass.ENERGY,
    native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
    suggested_display_precision=2,
    suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
)

COST = SensorEntityDescription(
    key="last_session_cost",
    device_class=SensorDeviceClass.MONETARY,
    suggested_display_precision=2,
)


def session_sensors(entry: EvenloadConfigEntry, key: EvseKey) -> list[SensorEntity]:
    """Return the sensors of a connector's last session."""
    return [LastEnergy(entry, key, ENERGY), LastCost(entry, key, COST)]


class LastSession(EvseEntity, SensorEntity):
    """Something of the last session; it is there while the station is away as well."""

    _needs_connection = False
    _account: Account | None = None
    _about: dict[str, Any] | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Begin with the last one on record, and be told of the next."""
        await super().async_added_to_hass()
        self.async_on_remove(self._site.on_booked(self._key, self._async_booked))
        query = SessionQuery(
            identities=frozenset({self._key.identity}),
            evse=self._key.evse,
            only_ended=True,
            limit=1,
        )
        try:
            records = await self._site.list_sessions(query)
        except StoreUnusable:
            return
        for one in records:
            self._take(one, one.ended_at)
        self.async_write_ha_state()

    @callback
    def _async_booked(self, booked: Booked) -> None:
        """Show a session that has ended, or what became of the one that is shown."""
        session = booked.session
        if session.ended_at is None or self._is_earlier(session.ended_at.isoformat()):
            return
        self._take(booked, session.ended_at)
        self.async_write_ha_state()

    def _is_earlier(self, ended_at: str) -> bool:
        return self._about is not None and ended_at < self._about["ended_at"]

    def _take(self, one: SessionRecord | Booked, ended_at: Any) -> None:
        self._account = account = charged_to(self._entry, one)
        self._about = {
            "session": one.id,
            "ended_at": ended_at.isoformat(),
            "driver": driver_name(self._entry, one),
            "exported_kwh": kwh(account.exported_wh),
            "own_kwh": kwh(account.own_wh),
            "unpriced_kwh": kwh(account.unpriced_wh),
        }

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """Return which session it is, and whose."""
        return self._about

    @property
    @override
    def _shown(self) -> object:
        return self._account, self._about


class LastEnergy(LastSession):
    """The energy of the last session."""

    @property
    @override
    def native_value(self) -> StateType:
        """Return the energy into the vehicle."""
        return None if self._account is None else self._account.energy_wh


class LastCost(LastSession):
    """What the last session cost; less than nothing where it earned."""

    @property
    @override
    def native_value(self) -> StateType:
        """Return the cost, as far as prices are known."""
        return None if self._account is None else money(self._account.cost)

    @property
    @override
    def native_unit_of_measurement(self) -> str:
        """Return the currency of its prices."""
        account = self._account
        return (account.currency if account else None) or self.hass.config.currency
