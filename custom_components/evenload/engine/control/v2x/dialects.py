"""How an EVSE is told to discharge: as its owner wrote it, else as its station says."""

from collections.abc import Iterable
from dataclasses import replace

from ...model.stations import OcppVersion, Station
from ...model.v2x import (
    SETPOINT_LASTS_S,
    IdleMethod,
    SetpointOrder,
    V2gConfig,
    V2xDialect,
)
from ...model.v2x_ability import Method, OperationMode, V2xAbility

# These are the standard's own, or announced by the station itself: its word is enough. Others must be proven.
_ANNOUNCED = frozenset({Method.NATIVE, Method.EXTENSION})

# A charging profile ends by itself. A key only where the maker or the station says so.
_PROFILES = frozenset({Method.NATIVE, Method.EXTENSION, Method.NEGATIVE_LIMIT})

# What is written so holds until something else is written.
_KEYS = frozenset({Method.CONFIGURATION_KEY, Method.VARIABLE})
_WRITTEN = _KEYS | {Method.DATA_TRANSFER}

# Of the forms that a station of 1.6 names, the one is taken that says most: both limits, then how long it lasts.
_BEST_FIRST = (Method.DATA_TRANSFER, Method.NEGATIVE_LIMIT, Method.CONFIGURATION_KEY)

_NOTHING_SAID = V2xAbility()


def ability_of(station: Station, evse: int) -> V2xAbility:
    """Return what a station says of discharging at one of its EVSEs, or of all (0)."""
    known = station.capabilities.v2x
    return known.get(evse) or known.get(0) or _NOTHING_SAID


def dialect_of(
    config: V2gConfig, ability: V2xAbility, version: OcppVersion | None = None
) -> V2xDialect | None:
    """Return how an EVSE is told, or None where nobody knows."""
    dialect = config.dialect or _own_dialect(ability, version)
    if dialect is None or dialect.expires_s is not None or dialect.key:
        return dialect
    if dialect.method not in _KEYS or not ability.expires_s:
        return dialect
    # The key of docs/v2g-extension.md has a time of its own, which the station shows.
    return replace(dialect, expires_s=ability.expires_s)


def _own_dialect(ability: V2xAbility, version: OcppVersion | None) -> V2xDialect | None:
    """Return how a station says that it is told."""
    method = _own_method(ability, version)
    if method is None:
        return None
    dialect = V2xDialect(method=method)
    if ability.minimum_w is not None:
        dialect = replace(dialect, minimum_w=ability.minimum_w)
    if method in _ANNOUNCED and OperationMode.IDLE in ability.modes:
        dialect = replace(dialect, idle=IdleMethod.IDLE_MODE)
    return dialect


def _own_method(ability: V2xAbility, version: OcppVersion | None) -> Method | None:
    if ability.extension:
        return Method.EXTENSION
    has_setpoints = OperationMode.CENTRAL_SETPOINT in ability.modes
    if has_setpoints and version is not OcppVersion.V201:
        return Method.NATIVE
    if version is OcppVersion.V201:
        # 2.0.1 has no setpoints of its own: all there is of them is the variable.
        return Method.VARIABLE if ability.writable else None
    named = [one for one in _BEST_FIRST if one in ability.methods]
    if not ability.writable and Method.CONFIGURATION_KEY in named:
        named.remove(Method.CONFIGURATION_KEY)
    # What a probe has shown not to work gives way to what was not tried.
    untried = [one for one in named if one not in ability.disproven]
    return next(iter(untried or named), None)


def is_proven(dialect: V2xDialect, ability: V2xAbility) -> bool:
    """Whether a station is believed to do what it is told."""
    if dialect.method in ability.disproven:
        return False
    return dialect.method in _ANNOUNCED or dialect.method in ability.proven


def lasts_s(dialect: V2xDialect) -> float | None:
    """Return after how long a station discharges no more that is told nothing, in seconds; None: it goes on for ever."""
    return float(SETPOINT_LASTS_S) if _says_seconds(dialect) else dialect.expires_s


def holds_s(order: SetpointOrder) -> float | None:
    """Return for how long an order holds that nobody renews: as it says itself, or as its station has it."""
    dialect = order.dialect
    return order.lasts_s if _says_seconds(dialect) else dialect.expires_s


def _says_seconds(dialect: V2xDialect) -> bool:
    """Whether a setpoint carries how long it lasts."""
    if dialect.method is Method.DATA_TRANSFER:
        # The message of docs/v2g-extension.md does; one of a maker's own where it has a word for it.
        texts = dialect.fields.values()
        return not dialect.fields or any("{seconds}" in text for text in texts)
    return dialect.method in _PROFILES


def refresh_s(dialect: V2xDialect) -> float:
    """Return how often a setpoint is said again: well before it lapses."""
    lasts = lasts_s(dialect)
    return dialect.refresh_s if lasts is None else min(dialect.refresh_s, lasts / 3)


def ends_with_limit(dialect: V2xDialect) -> bool:
    """Whether what ends a setpoint also says what may be charged with from then on: charging goes by no limits beside it."""
    if dialect.charges_by_limits or dialect.method not in _WRITTEN:
        return False
    by_key = dialect.method is not Method.DATA_TRANSFER
    return not (by_key and dialect.released) or "{charge_limit}" in dialect.released


def least_or_rest(charge_w: float, least_w: float, dialect: V2xDialect) -> float:
    """Return what may be charged with where nothing else says it: what is too little to charge with is a rest."""
    if charge_w >= min(dialect.minimum_w, least_w):
        return charge_w
    rest_w = dialect.upkeep_w if dialect.idle is IdleMethod.UPKEEP else 0.0
    return min(rest_w, charge_w)


def having(
    known: Iterable[Method], method: Method, *, there: bool
) -> tuple[Method, ...]:
    """Return methods with one of them in, or out."""
    others = tuple(one for one in known if one is not method)
    return (*others, method) if there else others
