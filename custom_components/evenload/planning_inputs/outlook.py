"""Puts together what is expected of the next hours; what cannot be had is left out, and its trouble kept."""

from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
import math

from homeassistant.const import UnitOfPower
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.unit_conversion import PowerConverter

from ..data import EvenloadConfigEntry
from ..engine.model.planning import HORIZON, QUARTER, DemandTariff, Outlook, Series
from ..measuring import unit_of
from .board import Input, Status
from .config import (
    NO_SOURCE,
    OF_ACTION,
    DemandConfig,
    ExportSource,
    OutlookConfig,
    PriceConfig,
)
from .habits import Habits
from .house_load import async_habits
from .peaks import async_reached_w
from .prices import async_prices, name_of
from .quarters import Slot, has_gap, quarter_of, series
from .sun import async_sun
from .tariffs import two_rates
from .trouble import InputState, InputTroubleError

# Who is asked over the Internet is not asked with every quarter of an hour.
_ASK_AGAIN = timedelta(minutes=30)

# So far back prices are told again, where they can be: a house may have been away for a night, and a station for longer.
PAST = timedelta(days=7)

# What is learnt of weeks changes slowly.
_LEARN_AGAIN = timedelta(hours=6)


class OutlookMaker:
    """Makes outlooks of one site, and remembers what need not be asked again."""

    def __init__(self, hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
        """Know nothing yet."""
        self._hass = hass
        self._entry = entry
        self._asked: dict[tuple[str, bool], tuple[datetime, list[Slot]]] = {}
        self._habits: tuple[datetime, Habits] | None = None
        self.statuses: dict[Input, Status] = {}

    def forget(self) -> None:
        """Ask everything anew: the owner chose otherwise."""
        self._asked.clear()
        self._habits = None

    async def make(self, config: OutlookConfig, now: datetime) -> Outlook:
        """Return what is expected from now on, and keep how each input is."""
        self.statuses = {}
        prices = config.prices
        raw = await self._settled(
            Input.PRICES, self._raw(prices, now, now, HORIZON), prices.source
        )
        tariff = await self._demand(config.demand, now)
        return Outlook(
            import_price=raw and _with_all(raw, prices),
            export_price=await self._settled(
                Input.EXPORT,
                self._export(prices, now, now, HORIZON),
                prices.export_source
                if prices.export is ExportSource.SENSOR
                else prices.source,
            ),
            sun_w=await self._settled(
                Input.SUN, self._sun(config, now), *config.forecasts
            ),
            house_w=await self._house_so_far(config, now),
            currency=self._hass.config.currency,
            demand_tariffs=(tariff,) if tariff else (),
            past=await self._past(prices, now),
        )

    async def _past(
        self, config: PriceConfig, now: datetime
    ) -> tuple[Series | None, Series | None]:
        """Return the prices of the last days that can still be told: what a station tells late is to have its cost."""
        begun = quarter_of(now) - PAST
        bought = sold = None
        with suppress(InputTroubleError):
            raw = await self._raw(config, now, begun, PAST)
            bought = raw and _with_all(raw, config)
        with suppress(InputTroubleError):
            sold = await self._export(config, now, begun, PAST)
        return bought, sold

    async def _settled(
        self, kind: Input, found: Awaitable[Series | None], *sources: str
    ) -> Series | None:
        """Wait for an input, and keep how it is."""
        try:
            known = await found
        except InputTroubleError as err:
            self.statuses[kind] = Status.of(err)
            return None
        if known is None:
            state = InputState.OVER
        else:
            state = InputState.GAPS if has_gap(known) else InputState.GOOD
        names = (name_of(self._hass, source) for source in sources)
        self.statuses[kind] = Status(state, {"source": ", ".join(names)})
        return known

    async def _raw(
        self, config: PriceConfig, now: datetime, begin: datetime, length: timedelta
    ) -> Series | None:
        """Return prices before what comes on top."""
        if config.two_rates:
            return series(two_rates(config.two_rates, begin, length), begin, length)
        return series(await self._told(config.source, now), begin, length)

    async def _told(
        self, source: str, now: datetime, *, export: bool = False
    ) -> list[Slot]:
        """Return what a source tells, or told not long ago."""
        known = self._asked.get((source, export))
        if known and now - known[0] < _ASK_AGAIN:
            return known[1]
        told = await async_prices(self._hass, source, now, HORIZON, export=export)
        if source.startswith(OF_ACTION):
            self._asked[source, export] = (now, told)
        return told

    async def _export(
        self, config: PriceConfig, now: datetime, begin: datetime, length: timedelta
    ) -> Series | None:
        match config.export:
            case ExportSource.FIXED:
                count = math.ceil(length / QUARTER)
                return Series(quarter_of(begin), (config.export_price,) * count)
            case ExportSource.MARKET:
                told = await self._told(config.source, now, export=True)
            case ExportSource.SENSOR:
                told = await self._told(config.export_source, now)
            case _:
                raise InputTroubleError(InputState.NOT_SET_UP)
        known = series(told, begin, length)
        deduction = config.export_deduction
        return known and _changed(known, added=-deduction, times=1.0)

    async def _sun(self, config: OutlookConfig, now: datetime) -> Series | None:
        if not config.forecasts:
            raise InputTroubleError(InputState.NOT_SET_UP)
        return await async_sun(self._hass, config.forecasts, now, HORIZON)

    async def _house_so_far(
        self, config: OutlookConfig, now: datetime
    ) -> Series | None:
        """Return what the house is expected to draw; while it is learnt, that stands there as well."""
        found = await self._settled(Input.HOUSE, self._house(config, now))
        if found and self._habits and self._habits[1].is_learning:
            self.statuses[Input.HOUSE] = Status(InputState.LEARNING)
        return found

    async def _house(self, config: OutlookConfig, now: datetime) -> Series | None:
        if not config.learns_house:
            raise InputTroubleError(InputState.NOT_SET_UP)
        known = self._habits
        if known is None or known[1].is_learning or now - known[0] >= _LEARN_AGAIN:
            found = await async_habits(self._hass, self._entry, config.roof_sensor)
            self._habits = known = None if found is None else (now, found)
        if known is None:
            raise InputTroubleError(InputState.LEARNING)
        return known[1].series(now, HORIZON, dt_util.get_default_time_zone())

    async def _demand(
        self, config: DemandConfig | None, now: datetime
    ) -> DemandTariff | None:
        """Return the price of the highest power, with what its period has come to."""
        if config is None:
            return None
        self.statuses[Input.DEMAND] = Status(InputState.GOOD)
        if config.sensor is None:
            reached_w = await async_reached_w(self._hass, config.tariff, now)
            return replace(config.tariff, reached_w=reached_w)
        try:
            reached_w = watts_of(self._hass, config.sensor)
        except InputTroubleError as err:
            self.statuses[Input.DEMAND] = Status.of(err)
            return config.tariff
        return replace(config.tariff, reached_w=reached_w)


def _with_all(raw: Series, config: PriceConfig) -> Series:
    """Return what the owner pays: of two rates that was said itself."""
    if config.two_rates or config.source == NO_SOURCE:
        return raw
    return _changed(raw, config.surcharge, 1.0 + config.vat_percent / 100.0)


def _changed(known: Series, added: float, times: float) -> Series:
    return replace(
        known,
        values=tuple(
            None if value is None else (value + added) * times for value in known.values
        ),
    )


def watts_of(hass: HomeAssistant, entity_id: str) -> float:
    """Return the power that a sensor tells. Raises `InputTroubleError`."""
    if (state := hass.states.get(entity_id)) is None:
        raise InputTroubleError(InputState.MISSING, source=entity_id)
    unit = unit_of(state)
    if unit not in PowerConverter.VALID_UNITS:
        raise InputTroubleError(
            InputState.OTHER_UNIT, source=state.name, unit=unit or "–"
        )
    try:
        value = float(state.state)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputTroubleError(InputState.SILENT, source=state.name)
    return max(0.0, PowerConverter.convert(value, unit, UnitOfPower.WATT))
