"""What an owner sets on a connector as a number: one row for each, with what it is now, its bounds, and how it is set."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from math import floor
from typing import override

from homeassistant.components.number import (
    NumberDeviceClass,
    NumberEntity,
    NumberEntityDescription,
    NumberMode,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfPower,
)

from .engine.model.identity import EvseKey
from .engine.model.phases import CurrentType
from .engine.model.v2x import LEAST_SOC_PERCENT
from .engine.settings import PRIORITIES, shown_maximum, value
from .engine.site import Site
from .entity import EvseEntity
from .errors import translated_errors

type Bounds = tuple[float, float]

# Nobody pays more for a kWh, in any currency; and what is paid for drawing it is below 0.
HIGHEST_PRICE = 100.0


@dataclass(frozen=True, kw_only=True)
class OwnNumberDescription(NumberEntityDescription):
    """A number of a connector: `now` is None where it is not set, `bounds` where they are its form's or its station's.

    Without bounds there is nothing to set, so nothing changes. One with a `current_type` is only of such connectors, and
    `of_currency` is in the money of the site, per kWh.
    """

    now: Callable[[Site, EvseKey], float | None]
    put: Callable[[Site, EvseKey, float], Awaitable[None]]
    bounds: Callable[[Site, EvseKey], Bounds | None] | None = None
    current_type: CurrentType | None = None
    of_currency: bool = False


def _bounds_of_maximum(site: Site, key: EvseKey) -> Bounds:
    kind = site.kind(key)
    return value(kind.minimum), floor(value(kind.maximum) + 1e-6)


def _maximum(site: Site, key: EvseKey) -> float:
    maximum = shown_maximum(site.evse(key).settings, site.kind(key))
    return _bounds_of_maximum(site, key)[1] if maximum is None else round(maximum, 1)


def _bounds_of_discharging(site: Site, key: EvseKey) -> Bounds | None:
    config = site.v2g_config(key)
    return None if config is None else (0.0, config.maximum_w)


def _discharge_limit(site: Site, key: EvseKey) -> float | None:
    if (config := site.v2g_config(key)) is None:
        return None
    limit_w = site.evse(key).settings.discharge_limit_w
    return config.maximum_w if limit_w is None else min(limit_w, config.maximum_w)


def _bounds_of_soc(site: Site, key: EvseKey) -> Bounds | None:
    return None if site.v2g_config(key) is None else (LEAST_SOC_PERCENT, 100.0)


def _minimum_soc(site: Site, key: EvseKey) -> float | None:
    if (config := site.v2g_config(key)) is None:
        return None
    percent = site.evse(key).settings.minimum_soc_percent
    return config.minimum_soc_percent if percent is None else percent


def _target_soc(site: Site, key: EvseKey) -> float:
    percent = site.goal(key).soc_percent
    return 100.0 if percent is None else percent


async def _set_target_soc(site: Site, key: EvseKey, percent: float) -> None:
    # Full is when the vehicle says so.
    soc_percent = None if percent >= 100 else percent
    await site.set_charge_goal(key, replace(site.goal(key), soc_percent=soc_percent))


async def _set_price_limit(site: Site, key: EvseKey, price: float) -> None:
    await site.set_charge_goal(key, replace(site.goal(key), price_limit=price))


def _row_of_maximum(
    key: str,
    current_type: CurrentType,
    device_class: NumberDeviceClass,
    mode: NumberMode,
    step: float,
    unit: str,
) -> OwnNumberDescription:
    return OwnNumberDescription(
        key=key,
        current_type=current_type,
        device_class=device_class,
        mode=mode,
        native_step=step,
        native_unit_of_measurement=unit,
        now=_maximum,
        put=lambda site, key, maximum: site.set_maximum(key, maximum),
        bounds=_bounds_of_maximum,
    )


MAXIMA = (
    _row_of_maximum(
        "maximum_current",
        CurrentType.AC,
        NumberDeviceClass.CURRENT,
        NumberMode.SLIDER,
        1,
        UnitOfElectricCurrent.AMPERE,
    ),
    # Direct current is limited in watts.
    _row_of_maximum(
        "maximum_power",
        CurrentType.DC,
        NumberDeviceClass.POWER,
        NumberMode.BOX,
        100,
        UnitOfPower.WATT,
    ),
)
PRIORITY = OwnNumberDescription(
    key="priority",
    entity_category=EntityCategory.CONFIG,
    mode=NumberMode.SLIDER,
    native_max_value=PRIORITIES[-1],
    native_min_value=PRIORITIES[0],
    native_step=1,
    now=lambda site, key: site.evse(key).settings.priority,
    put=lambda site, key, priority: site.set_priority(key, int(priority)),
)
DISCHARGING = (
    OwnNumberDescription(
        key="discharge_limit",
        device_class=NumberDeviceClass.POWER,
        mode=NumberMode.BOX,
        native_step=100,
        native_unit_of_measurement=UnitOfPower.WATT,
        now=_discharge_limit,
        put=lambda site, key, watts: site.set_discharge_limit(key, watts),
        bounds=_bounds_of_discharging,
    ),
    OwnNumberDescription(
        key="minimum_soc",
        # The only one: lists of those who may feed back are filtered by it.
        device_class=NumberDeviceClass.BATTERY,
        mode=NumberMode.SLIDER,
        native_step=1,
        native_unit_of_measurement=PERCENTAGE,
        now=_minimum_soc,
        put=lambda site, key, percent: site.set_minimum_soc(key, percent),
        bounds=_bounds_of_soc,
    ),
)
CHARGING = (
    OwnNumberDescription(
        key="price_limit",
        mode=NumberMode.BOX,
        native_max_value=HIGHEST_PRICE,
        native_min_value=-HIGHEST_PRICE,
        native_step=0.001,
        of_currency=True,
        now=lambda site, key: site.goal(key).price_limit,
        put=_set_price_limit,
    ),
    OwnNumberDescription(
        key="target_soc",
        mode=NumberMode.SLIDER,
        native_max_value=100,
        native_min_value=1,
        native_step=1,
        native_unit_of_measurement=PERCENTAGE,
        now=_target_soc,
        put=_set_target_soc,
    ),
)


class OwnNumber(EvseEntity, NumberEntity):
    """A number of a connector; the owner's, so it can be set while the station is away."""

    entity_description: OwnNumberDescription
    _needs_connection = False

    @override
    def _refresh(self) -> bool:
        if not super()._refresh():
            return False
        row = self.entity_description
        if row.bounds is not None:
            if (bounds := row.bounds(self._site, self._key)) is None:
                return False
            self._attr_native_min_value, self._attr_native_max_value = bounds
        self._attr_native_value = row.now(self._site, self._key)
        return True

    @property
    @override
    def native_unit_of_measurement(self) -> str | None:
        """Return the unit; that of prices is known when they are."""
        if not self.entity_description.of_currency:
            return super().native_unit_of_measurement
        currency = self._site.outlook.currency or self.hass.config.currency
        return f"{currency}/kWh"

    @property
    @override
    def _shown(self) -> object:
        unit = self.native_unit_of_measurement
        return self.native_value, self.native_max_value, unit

    @override
    async def async_set_native_value(self, value: float) -> None:
        """Set it."""
        with translated_errors(self._entry):
            await self.entity_description.put(self._site, self._key, value)
