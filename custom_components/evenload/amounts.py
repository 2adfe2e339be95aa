"""Limits in the unit of what they are for, whatever unit they are said in."""

from .configuration import site_config
from .data import EvenloadConfigEntry
from .devices import node_state
from .engine.live import check_live_limit, rating_of
from .engine.model.identity import EvseKey
from .engine.model.limits import Current, Limit, Power, floor_tenths
from .engine.settings import value, with_maximum


def for_connector(entry: EvenloadConfigEntry, key: EvseKey, limit: Limit) -> float:
    """Return a limit of a connector in amperes per phase, or in watts where it gives direct current."""
    kind = entry.runtime_data.kind(key)
    if isinstance(limit, Current) and kind.is_dc:
        return kind.watts(limit.a)
    if isinstance(limit, Power) and not kind.is_dc:
        return floor_tenths(kind.amperes(limit))
    return value(limit)


def for_circuit(entry: EvenloadConfigEntry, node_id: str, limit: Limit) -> float:
    """Return a limit in the unit of a circuit's own; power counts as spread over all phases."""
    config = site_config(entry)
    state = node_state(entry.runtime_data, node_id)
    all_phases_v = config.voltage_v * len(config.phases)
    in_amperes = state is None or isinstance(state.limit, Current)
    if in_amperes and isinstance(limit, Power):
        return floor_tenths(limit.w / all_phases_v)
    if not in_amperes and isinstance(limit, Current):
        return limit.a * all_phases_v
    return value(limit)


def highest_of(entry: EvenloadConfigEntry, where: EvseKey | str) -> Limit:
    """Return the most that the settings of a connector, or of a circuit, allow."""
    if isinstance(where, str):
        return rating_of(site_config(entry), where)
    return entry.runtime_data.kind(where).maximum


def check_limit(entry: EvenloadConfigEntry, where: EvseKey | str, limit: Limit) -> None:
    """Check a limit of a connector, or of a circuit, before any of several is set. Raises `BadSetting`."""
    site = entry.runtime_data
    if isinstance(where, str):
        number = for_circuit(entry, where, limit)
        check_live_limit(site_config(entry), where, number)
    else:
        number = for_connector(entry, where, limit)
        with_maximum(site.evse(where).settings, site.kind(where), number)
