"""What planning shows: of a connector what it will do, cost and miss, and when; of the grid connection all of it together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_utc_time_change
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from .data import EvenloadConfigEntry
from .devices import subentry_id
from .engine.model.identity import EvseKey
from .engine.model.planning import QUARTER, PlanKind
from .engine.model.tree import ROOT
from .engine.observers import Unsubscribe
from .engine.site import Site
from .engine.telling import Observer
from .entity import EvenloadEntity, EvseEntity, GroupEntity
from .lazy import Latecomers
from .plans import price_unit, site_slots, slots_of
from .sensor_forms import STORED_ENERGY, WATTS

# Home Assistant keeps "unknown" for what is not known.
NO_PLAN = "none"


@dataclass(frozen=True, kw_only=True)
class PlanSensorDescription(SensorEntityDescription):
    """A sensor of what a connector is planned to do; None where it is in no plan. `of_currency`: in the money of the prices."""

    value: Callable[[Site, EvseKey], StateType | datetime]
    of_currency: bool = False
    has_slots: bool = False


def _power_now(site: Site, key: EvseKey) -> float | None:
    power_w = None if site.plan is None else site.plan.power_w(key, dt_util.utcnow())
    return None if power_w is None else round(power_w)


def _cost(site: Site, key: EvseKey) -> float | None:
    vehicle = None if site.plan is None else site.plan.vehicles.get(key)
    if vehicle is None or vehicle.cost is None:
        return None
    return round(vehicle.cost, 2)


def _shortfall(site: Site, key: EvseKey) -> float | None:
    is_planned = site.plan is not None and key in site.plan.vehicles
    return round(site.shortfall_wh(key)) if is_planned else None


def _full_at(site: Site, key: EvseKey) -> datetime | None:
    vehicle = None if site.plan is None else site.plan.vehicles.get(key)
    return None if vehicle is None else vehicle.full_at


PLAN_SENSORS = (
    PlanSensorDescription(
        key="full_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=_full_at,
    ),
    PlanSensorDescription(
        key="next_start",
        device_class=SensorDeviceClass.TIMESTAMP,
        value=lambda site, key: site.next_plan_in_force(key),
    ),
    PlanSensorDescription(
        key="plan",
        **WATTS,
        value=_power_now,
        has_slots=True,
    ),
    PlanSensorDescription(
        key="planned_cost",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        value=_cost,
        of_currency=True,
    ),
    PlanSensorDescription(
        key="shortfall",
        **STORED_ENERGY,
        value=_shortfall,
    ),
)

SITE_PLAN = SensorEntityDescription(
    key="charging_plan",
    device_class=SensorDeviceClass.ENUM,
    options=[NO_PLAN, *(kind.value for kind in PlanKind)],
)


def plan_sensors(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> Callable[[EvseKey], list[Entity]]:
    """Return what makes the sensors of connectors that are, or once were, planned for."""
    site = entry.runtime_data

    def of(key: EvseKey, rows: Iterable[PlanSensorDescription]) -> list[Entity]:
        return [PlanSensor(entry, key, row) for row in rows]

    latecomers = Latecomers[EvseKey, PlanSensorDescription](
        hass,
        entry,
        PLAN_SENSORS,
        ready=lambda key, _: site.plan is not None and key in site.plan.vehicles,
        subscribe=lambda _, observer: site.on_plan(observer),
        add=lambda key, rows: async_add_entities(
            of(key, rows), config_subentry_id=subentry_id(entry, key.identity)
        ),
    )
    return lambda key: of(key, latecomers.split(key))


def site_plan_sensors(entry: EvenloadConfigEntry, node_id: str) -> list[Entity]:
    """Return the sensor of the plan for the whole grid connection."""
    return [SitePlanSensor(entry, node_id, SITE_PLAN)] if node_id == ROOT else []


class _Planned(EvenloadEntity):
    """Something that changes with the plan, and with each quarter of an hour."""

    # Charts draw it; nobody looks for it in the past, and it is long.
    _unrecorded_attributes = frozenset({"slots"})

    _attr_extra_state_attributes: dict[str, Any]

    @override
    def _subscribe(self, observer: Observer) -> Unsubscribe:
        leave = self._site.on_plan(observer)
        stop = _each_quarter(self.hass, observer)

        def unsubscribe() -> None:
            leave()
            stop()

        return unsubscribe


class PlanSensor(_Planned, EvseEntity, SensorEntity):
    """What a connector is planned to do; it is known while the station is away, too."""

    entity_description: PlanSensorDescription
    _needs_connection = False

    @override
    def _refresh(self) -> bool:
        if not super()._refresh():
            return False
        row = self.entity_description
        self._attr_native_value = row.value(self._site, self._key)
        if row.has_slots:
            self._attr_extra_state_attributes = _attributes(
                self._site, slots_of(self._site, self._key), self._price_unit
            )
        return True

    @property
    def _price_unit(self) -> str:
        return price_unit(self.hass, self._site)

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the unit; that of money is known when prices are."""
        if not self.entity_description.of_currency:
            return super().native_unit_of_measurement
        return self._site.outlook.currency or self.hass.config.currency

    @property
    @override
    def _shown(self) -> object:
        if self.entity_description.has_slots:
            return self.native_value, self._attr_extra_state_attributes
        return self.native_value, self.native_unit_of_measurement


class SitePlanSensor(_Planned, GroupEntity, SensorEntity):
    """How good the plan is, and all that is in it."""

    @override
    def _refresh(self) -> bool:
        if not super()._refresh():
            return False
        plan = self._site.plan
        self._attr_native_value = NO_PLAN if plan is None else plan.kind.value
        attributes = _attributes(
            self._site, site_slots(self._site), price_unit(self.hass, self._site)
        )
        if plan is not None:
            attributes["cost"] = None if plan.cost is None else round(plan.cost, 2)
        trouble = self._site.plan_trouble
        attributes["trouble"] = None if trouble is None else trouble.value
        self._attr_extra_state_attributes = attributes
        return True

    @property
    @override
    def _shown(self) -> object:
        return self.native_value, self._attr_extra_state_attributes


def _attributes(
    site: Site, slots: list[Mapping[str, Any]], unit: str
) -> dict[str, Any]:
    """Return what charts draw, and how it came about."""
    plan = site.plan
    return {
        "slots": slots,
        "price_unit": unit,
        "kind": None if plan is None else plan.kind.value,
        "made_at": None if plan is None else plan.made_at.isoformat(),
        "without": [] if plan is None else list(plan.without),
    }


def _each_quarter(hass: HomeAssistant, observer: Observer) -> CALLBACK_TYPE:
    """Call at the beginning of each quarter of an hour."""

    @callback
    def tell(_: datetime) -> None:
        observer()

    minutes = range(0, 60, QUARTER // timedelta(minutes=1))
    return async_track_utc_time_change(hass, tell, minute=list(minutes), second=1)
