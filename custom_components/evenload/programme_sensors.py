"""Sensors of a grid programme: whether it is heard, what it asks for, what comes next, and its prices."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .data import EvenloadConfigEntry
from .devices import service_device
from .engine.grid.events import Ask
from .engine.grid.server import Trouble
from .engine.observers import Unsubscribe
from .engine.telling import Observer
from .entity import EvenloadEntity
from .programme import Programme
from .programmes import programmes_of

CONNECTED = "connected"
NOTHING = "nothing"
# What is asked for, by what matters most.
ASKS = {
    Ask.DISPATCH: "dispatch",
    Ask.CHARGE_STATE: "charge_state",
    Ask.IMPORT_LIMIT: "limit",
    Ask.EXPORT_LIMIT: "limit",
    Ask.PRICE: "price",
    Ask.EXPORT_PRICE: "price",
}


@dataclass(frozen=True, kw_only=True)
class ProgrammeSensorDescription(SensorEntityDescription):
    """A sensor of a programme; one of a price exists where there are prices."""

    value: Callable[[Programme], StateType | datetime]
    attributes: Callable[[Programme], Mapping[str, Any]]
    price: Ask | None = None


def _state(programme: Programme) -> str | None:
    standing = programme.standing
    return CONNECTED if standing.connected else standing.trouble


def _standing(programme: Programme) -> dict[str, Any]:
    standing = programme.standing
    clock_s = standing.clock_s
    return {
        "since": standing.since,
        "last_heard": standing.heard_at,
        "events": len(programme.events),
        "not_understood": [f"{one.id}: {one.why}" for one in standing.refused],
        "clock_difference": None if clock_s is None else round(clock_s / 10) * 10,
        "reports": standing.reports or "accepted",
    }


def _asks(programme: Programme) -> str:
    values = programme.holding.values
    return next((word for ask, word in ASKS.items() if ask in values), NOTHING)


def _asked(programme: Programme) -> dict[str, Any]:
    holding = programme.holding
    charge = holding.values.get(Ask.CHARGE_STATE)
    ends = [held.until for held in holding.values.values()]
    return {
        "events": [event.title for event in holding.active],
        "import_limit_w": holding.watts(Ask.IMPORT_LIMIT),
        "export_limit_w": holding.watts(Ask.EXPORT_LIMIT),
        "setpoint_w": holding.watts(Ask.DISPATCH),
        "charge_state": None if charge is None else charge.value,
        "until": min(ends, default=None),
    }


def _upcoming(programme: Programme) -> dict[str, Any]:
    upcoming = programme.holding.upcoming
    return {"event": None if upcoming is None else upcoming.title}


def _price(key: str, ask: Ask) -> ProgrammeSensorDescription:
    def now(programme: Programme) -> float | None:
        return programme.holding.watts(ask)

    def series(programme: Programme) -> dict[str, Any]:
        return {
            "prices": [
                {"start": one.start, "end": one.end, "price": one.price}
                for one in programme.prices(ask)
            ]
        }

    return ProgrammeSensorDescription(
        key=key,
        price=ask,
        suggested_display_precision=4,
        value=now,
        attributes=series,
    )


PROGRAMME_SENSORS = (
    ProgrammeSensorDescription(
        key="programme_state",
        device_class=SensorDeviceClass.ENUM,
        entity_category=EntityCategory.DIAGNOSTIC,
        options=[CONNECTED, *Trouble],
        value=_state,
        attributes=_standing,
    ),
    ProgrammeSensorDescription(
        key="programme_event",
        device_class=SensorDeviceClass.ENUM,
        options=[NOTHING, *dict.fromkeys(ASKS.values())],
        value=_asks,
        attributes=_asked,
    ),
    ProgrammeSensorDescription(
        key="programme_next",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda programme: programme.holding.upcoming_at,
        attributes=_upcoming,
    ),
    _price("programme_price", Ask.PRICE),
    _price("programme_export_price", Ask.EXPORT_PRICE),
)


class ProgrammeSensor(EvenloadEntity, SensorEntity):
    """Something of a grid programme."""

    entity_description: ProgrammeSensorDescription
    _unrecorded_attributes = frozenset({"prices"})

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EvenloadConfigEntry,
        programme: Programme,
        description: ProgrammeSensorDescription,
    ) -> None:
        """Take the programme as it is now."""
        super().__init__(entry, description, programme.id)
        self._programmes = programmes_of(hass, entry)
        self._programme = programme
        self._attr_device_info = service_device(
            programme.id, "Grid programme", programme.title
        )

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """Return what is known now."""
        return self.entity_description.value(self._programme)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the currency of a price, for a kilowatt-hour."""
        if (ask := self.entity_description.price) is None:
            return None
        currencies = (event.currency.get(ask) for event in self._programme.events)
        currency = next((one for one in currencies if one), None)
        return f"{currency or self.hass.config.currency}/kWh"

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return what stands behind it."""
        return self.entity_description.attributes(self._programme)

    @property
    @override
    def _shown(self) -> object:
        # What was heard last changes with every poll, and is no news by itself.
        attributes = dict(self.extra_state_attributes)
        attributes.pop("last_heard", None)
        return self.native_value, attributes

    @override
    def _subscribe(self, observer: Observer) -> Unsubscribe:
        return self._programmes.on_change(observer)

    @override
    def _refresh(self) -> bool:
        found = self._programmes.running.get(self._programme.id)
        if found is None:
            return False
        self._programme = found
        return True


@callback
def async_add_programme_sensors(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the sensors of every programme that comes, and those of prices when there are any."""
    every = programmes_of(hass, entry)
    added: set[tuple[str, str]] = set()

    @callback
    def sweep() -> None:
        added.difference_update({one for one in added if one[0] not in every.running})
        for programme in every.running.values():
            rows = [
                row
                for row in PROGRAMME_SENSORS
                if (programme.id, row.key) not in added
                and (row.price is None or programme.prices(row.price))
            ]
            added.update((programme.id, row.key) for row in rows)
            if rows:
                async_add_entities(
                    [ProgrammeSensor(hass, entry, programme, row) for row in rows],
                    config_subentry_id=programme.id,
                )

    entry.async_on_unload(every.on_change(sweep))
    sweep()


def programmes_shown(hass: HomeAssistant, entry: EvenloadConfigEntry) -> dict[str, Any]:
    """Return what is known of the programmes, for diagnostics."""
    return {
        programme.title: {
            "standing": _standing(programme),
            "asks": _asked(programme),
            "next": programme.holding.upcoming_at,
            "now": dt_util.utcnow(),
        }
        for programme in programmes_of(hass, entry).running.values()
    }
