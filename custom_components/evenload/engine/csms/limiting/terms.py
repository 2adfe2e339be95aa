"""What may be tried at one station: the owner's word goes before its dialect's, and that before what was learnt."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from ...model.capabilities import Capabilities, Place
from ...model.clocks import Clock
from ...model.configuration import Overrides
from ...model.limits import RateUnit
from ..dialects.quirks import Quirks

# How far up a station is followed that does not say what its highest stack level is.
_HIGHEST_UNKNOWN = 3


@dataclass(slots=True)
class _Found:
    """What was worked out last, and of what."""

    of: tuple[Capabilities, Quirks, Overrides] | None = None
    abilities: Capabilities = field(default_factory=Capabilities)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is known of one station, as it is at the moment of asking, and where to what is learnt."""

    capabilities: Callable[[], Capabilities]
    quirks: Callable[[], Quirks]
    overrides: Callable[[], Overrides]
    learn: Callable[[Capabilities], None]
    # Whether the version spoken has dynamic profiles: a station that takes them may speak another one now.
    has_dynamic: bool = True
    clock: Callable[[], Clock] = Clock
    _found: _Found = field(default_factory=_Found, repr=False, compare=False)

    def abilities(self) -> Capabilities:
        """Return what holds of the station when all are heard: worked out once for every change."""
        known, quirks, overrides = self.capabilities(), self.quirks(), self.overrides()
        of = self._found.of
        if (
            of is None
            or of[0] is not known
            or of[1] is not quirks
            or of[2] is not overrides
        ):
            self._found.of = known, quirks, overrides
            if not self.has_dynamic:
                known = replace(known, dynamic_profiles=None)
            self._found.abilities = abilities_of(known, quirks, overrides)
        return self._found.abilities

    def as_read(self, at: datetime) -> datetime:
        """Return a time as the station has to be told it, so that it takes it for this."""
        try:
            return at + self.clock().shift(self.capabilities().reads_own_clock)
        except OverflowError:
            return at


def ours(at: datetime) -> datetime:
    """Return a time as it is told to a station whose clock goes like ours."""
    return at


def abilities_of(
    known: Capabilities, quirks: Quirks, overrides: Overrides
) -> Capabilities:
    """Return what holds of a station when its dialect and its owner are heard; units and levels are those worth trying."""
    highest = _highest_stack_level(known, quirks)
    return replace(
        known,
        units=_units(known, quirks, overrides),
        highest_stack_level=highest,
        station_limit=_first(quirks.station_limit, known.station_limit),
        leases=_first(overrides.leases, known.leases if highest > 0 else False),
        pause=_first(overrides.pause, quirks.pause, known.pause),
        phase_switching=_first(
            overrides.phase_switching,
            quirks.phase_switching,
            None if quirks.phase_key is None else True,
            known.phase_switching,
        ),
    )


def takes_watts(abilities: Capabilities) -> bool:
    """Whether the limits of an EVSE leave in watts, as far as is known."""
    rung = abilities.rungs.get(Place.EVSE)
    if rung is not None and rung.unit in abilities.units:
        return rung.unit is RateUnit.WATTS
    return abilities.units[:1] == (RateUnit.WATTS,)


def relearning(known: Capabilities, firmware: str | None) -> Capabilities:
    """Return what is known after the station booted with a firmware: with another one, limits are learnt anew.

    Who took none that lasts is asked again after every restart: its owner may have switched something on. How another
    firmware discharges is not known until it was tried again.
    """
    current = firmware or ""
    if known.limits_learnt_from == current and known.keeps_limits:
        return known
    is_another = known.limits_learnt_from not in {None, current}
    return replace(
        forgetting(known),
        limits_learnt_from=current,
        v2x={} if is_another else known.v2x,
    )


def forgetting(known: Capabilities) -> Capabilities:
    """Return what is known without all that was learnt from how limits were taken."""
    return replace(
        known,
        station_limit=None,
        evse_limit=None,
        leases=None,
        transaction_leases=None,
        rungs={},
        refusals={},
        pause=None,
        reads_own_clock=None,
    )


def _first[T](*words: T | None) -> T | None:
    """Return the word of the first who has one."""
    return next((word for word in words if word is not None), None)


def _units(
    known: Capabilities, quirks: Quirks, overrides: Overrides
) -> tuple[RateUnit, ...]:
    """Return the units worth trying: amperes before watts where nothing speaks against it."""
    if overrides.unit is not None:
        return (overrides.unit,)
    return quirks.units or known.units or tuple(RateUnit)


def _highest_stack_level(known: Capabilities, quirks: Quirks) -> int:
    said = (known.highest_stack_level, quirks.highest_stack_level)
    return min((level for level in said if level is not None), default=_HIGHEST_UNKNOWN)
