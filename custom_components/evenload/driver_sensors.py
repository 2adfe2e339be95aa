"""What each driver has charged this month, and what that cost."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfEnergy
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_utc_time_change
from homeassistant.util import dt as dt_util

from .const import DOMAIN, SIGNAL_CHANGED
from .data import EvenloadConfigEntry
from .driver_config import drivers_of
from .engine.model.errors import StoreUnusable
from .engine.model.sessions import Booked, SessionQuery, Totals
from .engine.observers import Unsubscribe
from .engine.telling import Observer
from .entity import EvenloadEntity
from .session_rows import kwh, money

ENERGY = SensorEntityDescription(
    key="energy_this_month",
    device_class=SensorDeviceClass.ENERGY,
    state_class=SensorStateClass.TOTAL,
    native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
    suggested_display_precision=2,
    suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
)

COST = SensorEntityDescription(
    key="cost_this_month",
    device_class=SensorDeviceClass.MONETARY,
    state_class=SensorStateClass.TOTAL,
    suggested_display_precision=2,
)

# Sessions that go on are put on record with each quarter hour, and months turn with one in every time zone.
QUARTERS = [0, 15, 30, 45]
AFTER_S = 30

NOTHING = Totals(0, 0.0, 0.0)


class Month:
    """What sessions that began this month came to by driver; asked once for all sensors, and only while there are any."""

    def __init__(self, hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
        """Know nothing yet."""
        self.begins = _begin()
        # None: the sessions on record cannot be read.
        self.totals: Mapping[str | None, Totals] | None = None
        self._hass = hass
        self._entry = entry
        self._observers: list[Observer] = []
        self._leave: list[CALLBACK_TYPE] = []
        self._asking: asyncio.Task[None] | None = None
        self._ask_again = False

    @callback
    def follow(self, observer: Observer) -> Unsubscribe:
        """Tell an observer of changes; the first one has them asked for."""
        self._observers.append(observer)
        if len(self._observers) == 1:
            site = self._entry.runtime_data
            self._leave = [
                site.on_booked(None, self._booked),
                async_track_utc_time_change(
                    self._hass, self._ask, minute=QUARTERS, second=AFTER_S
                ),
            ]
        self._ask()

        def leave() -> None:
            self._observers.remove(observer)
            if not self._observers:
                for unsubscribe in self._leave:
                    unsubscribe()

        return leave

    @callback
    def _booked(self, booked: Booked) -> None:
        # To ask puts those that go on on record as well: that is no reason to ask again.
        if booked.session.ended_at is not None:
            self._ask()

    @callback
    def _ask(self, _: datetime | None = None) -> None:
        if self._asking is not None and not self._asking.done():
            self._ask_again = True
            return
        self._asking = self._entry.async_create_task(
            self._hass, self._look(), eager_start=False
        )

    async def _look(self) -> None:
        """Ask until nothing has happened meanwhile, and tell everybody."""
        self._ask_again = True
        while self._ask_again and self._observers:
            self._ask_again = False
            begins = _begin()
            try:
                query = SessionQuery(start=begins)
                totals = await self._entry.runtime_data.session_totals(query)
            except StoreUnusable:
                totals = None
            self.begins, self.totals = begins, totals
        for observer in tuple(self._observers):
            observer()


class DriverSensor(EvenloadEntity, SensorEntity):
    """Something of what a driver has charged this month."""

    _sum = NOTHING

    def __init__(
        self,
        entry: EvenloadConfigEntry,
        driver_id: str,
        description: SensorEntityDescription,
        month: Month,
    ) -> None:
        """Take the month as it is known now."""
        super().__init__(entry, description, driver_id)
        self._driver_id = driver_id
        self._month = month
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, driver_id)})

    @property
    @override
    def available(self) -> bool:
        """Whether the sessions on record can be read."""
        return self._month.totals is not None

    @property
    @override
    def last_reset(self) -> datetime:
        """Return when the month began."""
        return self._month.begins

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return how many sessions it were, what was fed back in them, and what is in no cost."""
        return {
            "sessions": self._sum.sessions,
            "exported_kwh": kwh(self._sum.exported_wh),
            "unpriced_kwh": kwh(self._sum.unpriced_wh) if self._is_counted else 0.0,
        }

    @property
    def _is_counted(self) -> bool:
        """Whether the driver is charged with anything."""
        driver = drivers_of(self._entry).get(self._driver_id)
        return driver is not None and driver.counted

    @property
    @override
    def _shown(self) -> object:
        return self.available, self.last_reset, self._sum, self.native_value

    @override
    def _subscribe(self, observer: Observer) -> Unsubscribe:
        return self._month.follow(observer)

    @override
    def _refresh(self) -> bool:
        self._sum = (self._month.totals or {}).get(self._driver_id, NOTHING)
        return self._driver_id in self._entry.subentries


class MonthsEnergy(DriverSensor):
    """The energy into a driver's vehicles."""

    @property
    @override
    def native_value(self) -> float:
        """Return what is on record."""
        return round(self._sum.energy_wh, 1)


class MonthsCost(DriverSensor):
    """What that cost; less than nothing where it earned."""

    @property
    @override
    def native_value(self) -> float | None:
        """Return the cost, as far as prices are known; nothing of who charges for free."""
        if not self._is_counted or not self._sum.sessions:
            return 0.0
        return money(self._sum.cost.get(self._currency))

    @property
    @override
    def native_unit_of_measurement(self) -> str:
        """Return the currency of its prices."""
        return self._currency or self.hass.config.currency

    @property
    def _currency(self) -> str:
        """The currency of the house, or else the one in which most is on record."""
        costs = self._sum.cost
        ours = self.hass.config.currency
        return ours if ours in costs else max(costs, key=costs.__getitem__, default="")


@callback
def async_add_driver_sensors(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of every driver there is, and of those that come."""
    month = Month(hass, entry)
    present: set[str] = set()
    kinds: tuple[tuple[Callable[..., DriverSensor], SensorEntityDescription], ...] = (
        (MonthsEnergy, ENERGY),
        (MonthsCost, COST),
    )

    @callback
    def sweep() -> None:
        drivers = drivers_of(entry)
        present.intersection_update(drivers)
        for driver_id in drivers.keys() - present:
            present.add(driver_id)
            async_add_entities(
                [create(entry, driver_id, row, month) for create, row in kinds],
                config_subentry_id=driver_id,
            )

    entry.async_on_unload(
        async_dispatcher_connect(hass, SIGNAL_CHANGED.format(entry.entry_id), sweep)
    )
    sweep()


def _begin() -> datetime:
    """Return when this month began, by the clock of the house."""
    return dt_util.as_utc(dt_util.start_of_local_day().replace(day=1))
