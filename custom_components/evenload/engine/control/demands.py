"""What every EVSE could use now, as the balancer is told it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ..model.allotments import Demand, Reason
from ..model.capabilities import PauseMethod
from ..model.configuration import SiteConfig
from ..model.kinds import EvseKind, evse_kind
from ..model.loads import Load, to_neutral
from ..model.stations import Evse, EvseStatus, Station
from .turns import Turn
from .v2x.stance import Stance

# A vehicle that has stopped by itself for so long is done for now. Many stop for a moment when they begin.
DONE_AFTER = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of an EVSE beside its state: its turn, what its vehicle was found to take, what it has for good.

    `most_a` is what it can be given at all, where its station keeps a limit for good and so no more than its share.
    """

    turn: Turn
    takes_a: float | None = None
    lasting_a: float = 0.0
    most_a: float | None = None
    can_switch: bool = False
    is_single: bool = False
    # What discharging asks for.
    stance: Stance | None = None


def lasting_demand(site: SiteConfig, station: Station, evse: Evse) -> Demand:
    """Return what an EVSE could use whoever comes.

    It knows neither pauses, nor who is plugged in, nor who is away: what follows lies in the memory of stations, and must be
    right when nobody is there to change it.
    """
    kind = evse_kind(site, station.capabilities, evse.key)
    return Demand(
        key=evse.key,
        maximum_a=own_a(evse, kind),
        minimum_a=kind.minimum_a,
        phases=site.stations[evse.key.identity].wiring,
        load=site.load_of(evse.key.identity),
        keeps=station.capabilities.pause is PauseMethod.STOP,
    )


def demand_of(
    site: SiteConfig,
    station: Station,
    evse: Evse,
    known: Circumstances,
    now: datetime,
) -> Demand:
    """Return what an EVSE could use now."""
    kind = evse_kind(site, station.capabilities, evse.key)
    config, settings = site.stations[evse.key.identity], evse.settings
    maximum_a, most = own_a(evse, kind), Reason.OWN_MAXIMUM
    if known.takes_a is not None and known.takes_a < maximum_a:
        maximum_a = max(known.takes_a, kind.minimum_a)
        most = Reason.VEHICLE_TAKES_NO_MORE
    if known.most_a is not None and known.most_a < maximum_a:
        maximum_a, most = known.most_a, Reason.NO_LEASES
    wants = evse.status is None or (evse.wants_energy and not is_done(evse, now))
    if (stance := known.stance) is not None and evse.may_charge:
        # What it has is kept for the moment in which it stops, however still it is meanwhile.
        wants, most = evse.wants_energy, stance.reason
        maximum_a = min(maximum_a, stance.most_a(kind.minimum_a))
    departs_at = settings.departs_at
    return Demand(
        key=evse.key,
        maximum_a=maximum_a,
        minimum_a=kind.minimum_a,
        phases=config.wiring,
        plugged_in_at=plugged_in_at(evse),
        paused=not evse.may_charge or _is_paused(known.stance),
        charging=evse.is_charging,
        load=site.load_of(evse.key.identity),
        single=_single(site, evse.key.identity) if known.can_switch else None,
        is_single=known.is_single,
        most=most,
        wants=wants,
        standing_a=max(known.lasting_a, kind.minimum_a if evse.wants_energy else 0.0),
        # Whoever comes charges until it is stopped, and nobody may be there to do that.
        keeps=station.capabilities.pause is PauseMethod.STOP
        and known.lasting_a >= kind.minimum_a,
        weight=float(settings.priority),
        boosted=settings.boosted,
        departs_at=departs_at if departs_at and departs_at > now else None,
        served_wh=0.0 if evse.session is None else evse.session.energy_wh,
        is_served=known.turn.is_served,
        since=known.turn.since,
        pauses=known.turn.pauses,
    )


def is_done(evse: Evse, now: datetime) -> bool:
    """Whether a vehicle has stopped by itself, and not only for a moment."""
    return (
        evse.status is EvseStatus.SUSPENDED_EV
        and evse.status_at is not None
        and now - evse.status_at >= DONE_AFTER
    )


def plugged_in_at(evse: Evse) -> datetime | None:
    """Return since when a vehicle is there, or None where there is none."""
    if evse.session is not None and evse.session.is_open:
        return evse.session.started_at
    return evse.status_at if evse.wants_energy else None


def _is_paused(stance: Stance | None) -> bool:
    return stance is not None and stance.paused


def own_a(evse: Evse, kind: EvseKind) -> float:
    """Return the most that an EVSE may have as its owner says, in amperes per phase."""
    own = evse.settings.maximum
    return kind.rated_a if own is None else min(kind.rated_a, kind.amperes(own))


def _single(site: SiteConfig, identity: str) -> Load:
    """Return what a station puts on the grid that charges on its first phase only."""
    return to_neutral(site.stations[identity].wiring[:1], site.voltage_v)
