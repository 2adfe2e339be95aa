"""How an EVSE is told to discharge: as its owner wrote it, else as its station says."""

from collections.abc import Iterable

from ...model.stations import Station
from ...model.v2x import SETPOINT_LASTS_S, IdleMethod, V2gConfig, V2xDialect
from ...model.v2x_ability import Method, OperationMode, V2xAbility

# These are the standard's own, or announced by the station itself: its word is enough. Others must be proven.
_ANNOUNCED = frozenset({Method.NATIVE, Method.EXTENSION})

# A charging profile ends by itself. A key or a message only where the maker says so.
_PROFILES = frozenset({Method.NATIVE, Method.EXTENSION, Method.NEGATIVE_LIMIT})

# What is written so holds until something else is written.
_WRITTEN = frozenset({Method.CONFIGURATION_KEY, Method.VARIABLE, Method.DATA_TRANSFER})

_NOTHING_SAID = V2xAbility()


def ability_of(station: Station, evse: int) -> V2xAbility:
    """Return what a station says of discharging at one of its EVSEs, or of all (0)."""
    known = station.capabilities.v2x
    return known.get(evse) or known.get(0) or _NOTHING_SAID


def dialect_of(config: V2gConfig, ability: V2xAbility) -> V2xDialect | None:
    """Return how an EVSE is told, or None where nobody knows."""
    if config.dialect is not None:
        return config.dialect
    if OperationMode.CENTRAL_SETPOINT in ability.modes:
        has_idle = OperationMode.IDLE in ability.modes
        idle = IdleMethod.IDLE_MODE if has_idle else IdleMethod.ZERO
        method = Method.EXTENSION if ability.extension else Method.NATIVE
        return V2xDialect(method=method, idle=idle)
    if ability.extension:
        return V2xDialect(method=Method.EXTENSION)
    return None


def is_proven(dialect: V2xDialect, ability: V2xAbility) -> bool:
    """Whether a station is believed to do what it is told."""
    if dialect.method in ability.disproven:
        return False
    return dialect.method in _ANNOUNCED or dialect.method in ability.proven


def lasts_s(dialect: V2xDialect) -> float | None:
    """Return after how long a station discharges no more that is told nothing, in seconds; None: it goes on for ever."""
    if dialect.method in _PROFILES:
        return float(SETPOINT_LASTS_S)
    return dialect.expires_s


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
