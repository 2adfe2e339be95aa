"""What all stations together may be drawing: the sums that promise 1 is about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil, inf

from ..csms.dialects.matching import quirks_of
from ..model.identity import EvseKey
from ..model.orders import WHOLE_STATION, LimitOrder, Outcome
from ..model.readings import LIVE_A
from ..model.stations import Evse, Station
from .bound import flow_a
from .held import READING_AGE_S, Held
from .holdings import SETTLING_S

# What has to fit until then has to fit beside all that lies beneath leases.
FOR_EVER = datetime.max.replace(tzinfo=UTC)

# A meter that reads more than the limit by this much, and a twentieth of it, shows a station that disobeys.
DISOBEDIENCE_A = 1.0
DISOBEDIENCE_FRACTION = 0.05

# A vehicle that is given enough for all its phases uses them by then, also where a contactor has to be moved.
PROVEN_AFTER = timedelta(seconds=30)
PROVEN_SWITCHING_AFTER = timedelta(seconds=90)


class Commitments(Held):
    """What all stations together may be drawing, and who cannot be told otherwise."""

    def evse_a(
        self, key: EvseKey, *, settling: bool = True, until: datetime | None = None
    ) -> float:
        """Return the most that an EVSE may be drawing, in amperes per phase; `settling` counts who still lets go.

        `until` counts what comes back when leases end before that, should nobody renew them.
        """

        def work() -> float:
            return self._evse_a(key, settling=settling, until=until)

        if not _is_lasting(until):
            return work()
        return self.remembered(key.identity, ("evse", key.evse, settling, until), work)

    def _evse_a(self, key: EvseKey, *, settling: bool, until: datetime | None) -> float:
        station = self._stations()[key.identity]
        most_a = self.holding(key).most_a(
            self._now(),
            self.unlimited_a(key),
            connected=station.connected,
            settling=settling,
            use=self.use(key),
            until=until,
        )
        return max(most_a, self._disobedience_a(station.evses.get(key.evse)))

    def station_a(
        self, identity: str, *, settling: bool = True, until: datetime | None = None
    ) -> float:
        """Return the most that a station may be drawing: the sum of its EVSEs, or its own limit if that is less."""
        if not self._was_seen(self._stations()[identity]):
            return self.shares.get(identity, 0.0)

        def work() -> float:
            return self._station_a(identity, settling=settling, until=until)

        if not _is_lasting(until):
            return work()
        return self.remembered(identity, ("station", settling, until), work)

    def _station_a(
        self, identity: str, *, settling: bool, until: datetime | None
    ) -> float:
        station = self._stations()[identity]
        whole = EvseKey(identity, WHOLE_STATION)
        own_a = self.holding(whole).most_a(
            self._now(),
            self.unlimited_a(whole),
            connected=station.connected,
            settling=settling,
        )
        evses = station.evses.values()
        measured_a = sum(self._disobedience_a(evse) for evse in evses)
        sum_a = self.together_a(
            identity,
            (self.evse_a(evse.key, settling=settling, until=until) for evse in evses),
        )
        return max(measured_a, min(own_a, sum_a))

    def reserved(self) -> dict[str, float]:
        """Return what stations may draw that cannot be told to draw less: offline, deaf, out of control."""
        found = {identity: self.reservation(identity) for identity in self._stations()}
        return {
            identity: held_a for identity, held_a in found.items() if held_a is not None
        }

    def reservation(self, identity: str) -> float | None:
        """Return what one station may draw that cannot be told to draw less, or None when it obeys.

        Who still follows a lowered limit will have done so before anybody else has.
        """
        station = self._stations()[identity]
        if not self._was_seen(station) or self._obeys(station):
            return None
        return self.station_a(identity, settling=False)

    def is_settling(self) -> bool:
        """Whether any vehicle may still be following a lowered limit."""
        return any(
            holding.is_settling(self._now()) for holding in self.holdings.values()
        )

    def observe(self, evse: Evse) -> bool:
        """Look whether a vehicle was measured to have followed its lowered limit; returns whether that is news."""
        self._prove(evse)
        self.disobedience.note(
            evse,
            is_beyond=self._beyond_a(evse) > 0,
            is_certain=self._is_comparable(evse),
        )
        holding = self.holding(evse.key)
        at = evse.metered_at
        if (
            holding.settling_until is None
            or at is None
            or not holding.is_settling(self._now())
        ):
            return False
        if self.is_told(evse.key):
            # What it draws by a setpoint shows nothing of what it would by its limit, when the setpoint ends.
            return False
        lowered_at = holding.settling_until - timedelta(seconds=SETTLING_S)
        limit_a = self.own_in_force_a(evse.key)
        # Where it was lowered by little, what it drew before is no sign that it has followed.
        step_a = (holding.settling_a or limit_a) - limit_a
        near_a = min(DISOBEDIENCE_A, step_a) / 2
        if at <= lowered_at or holding.may_rise(at):
            return False
        if self.drawn_a(evse) > limit_a + near_a:
            return False
        self.holdings[evse.key] = holding.settled()
        return True

    def is_idle(self, key: EvseKey) -> bool:
        """Whether it is certain that nothing is being drawn: a status may be frozen, and a meter later than it."""
        evses = self._stations()[key.identity].evses
        concerned = evses.values() if key.evse == WHOLE_STATION else [evses[key.evse]]
        return all(
            evse.status is not None
            and not evse.is_charging
            and self.drawn_a(evse) < LIVE_A
            for evse in concerned
        )

    def disobeys(self, evse: Evse) -> bool:
        """Whether an EVSE measurably draws more than the limit it accepted."""
        return self._disobedience_a(evse) > 0

    def may_not_pause(self, evse: Evse) -> bool:
        """Whether an EVSE that may draw nothing draws a vehicle's least, while it is not known how it pauses."""
        if self._stations()[evse.key.identity].capabilities.pause is not None:
            return False
        least_a = self.kind(evse.key).minimum_a + DISOBEDIENCE_A
        is_paused = self.own_in_force_a(evse.key) == 0.0
        return is_paused and self.drawn_a(evse) <= least_a

    def is_single(self, key: EvseKey) -> bool:
        """Whether a vehicle was proven to use one phase only, though it might have used more."""
        transaction = self.use(key).transaction
        return transaction is not None and (
            self.holding(key).bound.single_for == transaction
        )

    def _prove(self, evse: Evse) -> None:
        """Note a vehicle that draws on one phase only while it is given enough for more."""
        key, at = evse.key, evse.metered_at
        holding, use = self.holding(key), self.use(key)
        bound = holding.bound
        if (
            at is None
            or bound.at is None
            or at < bound.at + self._proof(key)
            or bound.phases == 1
            or not bound.holds(self._now(), use)
        ):
            return
        reading = evse.reading
        # Who feeds back on one phase may draw on more.
        draws = evse.is_charging and (reading.power_w is None or reading.power_w > 0)
        if draws and reading.phases_in_use() == 1 and not self.is_told(key):
            single = replace(bound, single_for=use.transaction)
            self.holdings[key] = replace(holding, bound=single)

    def _proof(self, key: EvseKey) -> timedelta:
        """Return after how long a vehicle has shown how many phases it uses."""
        info = self._stations()[key.identity].info
        switches = quirks_of(info).three_phase_minimum_w is not None
        return PROVEN_SWITCHING_AFTER if switches else PROVEN_AFTER

    def _was_seen(self, station: Station) -> bool:
        """Whether the station has ever been connected, in this life or an earlier one."""
        return station.last_seen is not None

    def _obeys(self, station: Station) -> bool:
        return (
            station.connected
            and station.identity not in self.deaf
            and not self._refuses(station.identity)
            and not station.capabilities.lacks_lasting_limits
            and not any(self.disobeys(evse) for evse in station.evses.values())
        )

    def _refuses(self, identity: str) -> bool:
        """Whether a station keeps more than its share because it refused to have less."""
        if identity not in self.refusing:
            return False
        return self.station_a(identity, settling=False) > self.shares.get(identity, inf)

    def _disobedience_a(self, evse: Evse | None) -> float:
        """Return what an EVSE measurably draws beyond its limit, in whole amperes, or 0 when it obeys."""
        if evse is None:
            return 0.0
        if evse is not self._stations()[evse.key.identity].evses.get(evse.key.evse):
            return self._disobedience_of(evse)
        return self.remembered(
            evse.key.identity,
            ("beyond", evse.key.evse),
            lambda: self._disobedience_of(evse),
        )

    def _disobedience_of(self, evse: Evse) -> float:
        if self.disobedience.is_seen(evse) or self._is_comparable(evse):
            return self._beyond_a(evse)
        return 0.0

    def _is_comparable(self, evse: Evse) -> bool:
        """Whether a reading is young, and what was drawn under the limits that hold now."""
        at = evse.metered_at
        if at is None or self._now() - at > timedelta(seconds=READING_AGE_S):
            return False
        holdings = (
            self.holding(evse.key),
            self.holding(EvseKey(evse.key.identity, WHOLE_STATION)),
        )
        # What was drawn before the limit changed says nothing of how it is obeyed.
        return not any(holding.is_after(at) for holding in holdings)

    def _beyond_a(self, evse: Evse) -> float:
        """Return what an EVSE drew when it last measured, in whole amperes, or 0 where its limit allows that."""
        allowed_a = self.in_force_a(evse.key) * (1 + DISOBEDIENCE_FRACTION)
        drawn_a = self.drawn_a(evse)
        # Whole amperes: a current that wavers must not have the others written to all the time.
        return float(ceil(drawn_a)) if drawn_a > allowed_a + DISOBEDIENCE_A else 0.0

    def raises(self, identity: str, order: LimitOrder) -> bool:
        """Whether an order lets more flow at an EVSE than its limits let through now."""
        key = EvseKey(identity, order.evse)
        return flow_a(order, self.use(key)) > self.own_in_force_a(key)

    def heard(self, identity: str, outcome: Outcome) -> None:
        """Note whether a station answers, and does what it is told."""
        for one, stations in (
            (Outcome.UNKNOWN, self.deaf),
            (Outcome.REFUSED, self.refusing),
        ):
            if outcome is one:
                stations.add(identity)
            else:
                stations.discard(identity)


def _is_lasting(until: datetime | None) -> bool:
    """Whether it is worth remembering: any other moment is asked for once."""
    return until is None or until == FOR_EVER
