"""The steps of discharging in a station's form: which connectors, how much, and how the station is told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.util import dt as dt_util

from .configuration import site_config, station_config
from .const import (
    CONF_EVSES,
    CONF_IDENTITY,
    CONF_NUMBER,
    SECTION_ADVANCED,
    SECTION_CONNECTORS,
)
from .data import EvenloadConfigEntry
from .engine.model.capabilities import Capabilities
from .engine.model.errors import BadSetting
from .engine.model.identity import EvseKey
from .engine.model.kinds import evse_kind
from .engine.model.v2x import Steering
from .engine.model.v2x_ability import Method
from .v2g_checks import check_dialect, check_permission, form_error
from .v2g_config import (
    AS_IT_SAYS,
    CONF_CONFIRMED,
    CONF_CONFIRMED_AT,
    CONF_DIALECT,
    CONF_DISCHARGE_W,
    CONF_STEERING,
    CONF_TOLD,
    CONF_V2G,
    CONF_WHERE,
    rows_of,
    steerings_of,
)
from .v2g_fields import (
    CONF_CONNECTORS,
    connectors_schema,
    dialect_schema,
    permission_schema,
)


class DischargingSteps(ConfigSubentryFlow):
    """Asks of one connector after the other what it may feed back, and keeps it with the station."""

    # The station as the first page left it, what is known of its connectors, and those that are still to be asked about.
    _title: str
    _data: dict[str, Any]
    _rows: dict[str, dict[str, Any]]
    _left: list[str]

    async def _async_discharging(
        self, title: str, data: dict[str, Any]
    ) -> SubentryFlowResult:
        """Begin; what the first page said is saved already."""
        self._title, self._data = title, data
        self._rows = {number: dict(row) for number, row in rows_of(data).items()}
        connectors = self._connectors
        if len(connectors) > 1:
            return await self.async_step_discharging_connectors()
        self._left = [str(number) for number in connectors]
        return await self.async_step_discharging()

    async def async_step_discharging_connectors(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask which connectors may feed back."""
        if user_input is not None:
            self._left = sorted(user_input[CONF_CONNECTORS], key=int)
            self._rows = {
                number: row
                for number, row in self._rows.items()
                if number in self._left
            }
            return await self._async_next()
        return self.async_show_form(
            step_id="discharging_connectors",
            data_schema=self.add_suggested_values_to_schema(
                connectors_schema(self._connectors), {CONF_CONNECTORS: [*self._rows]}
            ),
        )

    async def async_step_discharging(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what a connector may feed back."""
        errors: dict[str, str] = {}
        number = self._left[0]
        placeholders = {"connector": number, "most": f"{self._most_w:g}"}
        known = self._rows.get(number, {})
        if user_input is not None:
            try:
                check_permission(self.hass, user_input, self._most_w)
            except BadSetting as err:
                errors, placeholders = form_error(err), placeholders | err.placeholders
            else:
                self._rows[number] = _confirmed(user_input, known)
                if user_input[CONF_TOLD] == AS_IT_SAYS:
                    return await self._async_next(done=True)
                return await self.async_step_discharging_dialect()
        return self.async_show_form(
            step_id="discharging",
            data_schema=self.add_suggested_values_to_schema(
                permission_schema(self._steerings(known), self.hass.config.currency),
                user_input or {**known, CONF_CONFIRMED: CONF_CONFIRMED_AT in known},
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_discharging_dialect(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Ask what the maker's manual says of how the station is told."""
        errors: dict[str, str] = {}
        placeholders = {"connector": self._left[0]}
        row = self._rows[self._left[0]]
        method = Method(row[CONF_TOLD])
        if user_input is not None:
            data = dict(user_input)
            data |= data.pop(SECTION_ADVANCED)
            try:
                check_dialect(method, data, row[CONF_DISCHARGE_W])
            except BadSetting as err:
                errors, placeholders = form_error(err), placeholders | err.placeholders
            else:
                row[CONF_DIALECT] = data
                return await self._async_next(done=True)
        known = row.get(CONF_DIALECT, {})
        return self.async_show_form(
            step_id="discharging_dialect",
            data_schema=self.add_suggested_values_to_schema(
                dialect_schema(method, unfolded="base" in errors),
                user_input or {**known, SECTION_ADVANCED: known},
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def _async_next(self, *, done: bool = False) -> SubentryFlowResult:
        """Go on with the next connector, or keep what was said of all."""
        if done:
            self._left.pop(0)
        if self._left:
            return await self.async_step_discharging()
        data = {key: value for key, value in self._data.items() if key != CONF_V2G}
        if self._rows:
            data[CONF_V2G] = self._rows
        return self.async_update_and_abort(
            self._get_entry(),
            self._get_reconfigure_subentry(),
            title=self._title,
            data=data,
        )

    @property
    def _connectors(self) -> list[int]:
        """The connectors that the station has, as far as it or its owner said."""
        rows = self._data.get(SECTION_CONNECTORS, {}).get(CONF_EVSES, ())
        found = {int(row[CONF_NUMBER]) for row in rows}
        found |= {int(number) for number in self._rows}
        entry: EvenloadConfigEntry = self._get_entry()
        if entry.state is ConfigEntryState.LOADED:
            found |= set(entry.runtime_data.stations[self._data[CONF_IDENTITY]].evses)
        return sorted(found) or [1]

    def _steerings(self, known: Mapping[str, Any]) -> list[Steering]:
        """Return who may set the power: whoever the station offers it to, and who was chosen before."""
        entry: EvenloadConfigEntry = self._get_entry()
        offered: set[Steering] = set()
        if entry.state is ConfigEntryState.LOADED:
            station = entry.runtime_data.stations[self._data[CONF_IDENTITY]]
            offered = steerings_of(station, int(self._left[0]))
        offered |= {Steering.EVENLOAD, Steering(known.get(CONF_STEERING, "evenload"))}
        return [steering for steering in Steering if steering in offered]

    @property
    def _most_w(self) -> float:
        """What the connector is built for, in watts on the grid."""
        entry: EvenloadConfigEntry = self._get_entry()
        site = site_config(entry)
        station = station_config(self._title, self._data, site.phases)
        site = replace(site, stations={**site.stations, station.identity: station})
        capabilities = Capabilities()
        if entry.state is ConfigEntryState.LOADED:
            capabilities = entry.runtime_data.stations[station.identity].capabilities
        key = EvseKey(station.identity, int(self._left[0]))
        kind = evse_kind(site, capabilities, key)
        return round(kind.installed_a * kind.voltage_v * kind.phases)


def _confirmed(said: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of a form: when the owner confirmed it, and for another amount or place anew."""
    row = {key: value for key, value in said.items() if key != CONF_CONFIRMED}
    same = all(known.get(key) == said[key] for key in (CONF_DISCHARGE_W, CONF_WHERE))
    confirmed_at = known.get(CONF_CONFIRMED_AT) if same else None
    row[CONF_CONFIRMED_AT] = confirmed_at or dt_util.utcnow().isoformat()
    if known.get(CONF_TOLD) == row[CONF_TOLD] != AS_IT_SAYS and CONF_DIALECT in known:
        row[CONF_DIALECT] = known[CONF_DIALECT]
    return row
