"""What is known of the vehicles: what they hold and how full they are, as they last said it, and what they got since."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from ...model.configuration import SiteConfig
from ...model.identity import EvseKey
from ...model.needs import ChargingNeeds
from ...model.planning import ChargeGoal, VehicleFacts
from ...model.stations import Evse

# A vehicle of which nobody says what it needs is taken to need so much, and while it takes more, so much more.
USUAL_WH = 30_000.0
STILL_WH = 5_000.0

# Who has reached its goal begins again when it has lost so much.
SINKS_PERCENT = 3.0

_NOBODY = VehicleFacts()


@dataclass(frozen=True, slots=True)
class Known:
    """Facts, and what the EVSE's registers had counted when the state of charge was said."""

    facts: VehicleFacts = field(default_factory=VehicleFacts)
    imported_wh: float | None = None
    exported_wh: float | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """What shall go into a battery, and what fits; None: not known. `guessed`: nobody has said what it needs."""

    energy_wh: float
    room_wh: float | None = None
    guessed: bool = False


class Vehicles:
    """What is known of the vehicle at every EVSE."""

    def __init__(self, site: Callable[[], SiteConfig]) -> None:
        """Know nothing; the form says of some what they hold."""
        self._site = site
        self._known: dict[EvseKey, Known] = {}
        # What vehicles asked for over ISO 15118 while they are plugged in.
        self.needs: dict[EvseKey, ChargingNeeds] = {}
        self._reached: set[EvseKey] = set()

    def say(self, evse: Evse, facts: VehicleFacts) -> bool:
        """Take what is said of the vehicle at an EVSE; returns whether it is news."""
        before = self._known.get(evse.key)
        if before is not None and before.facts == facts:
            return False
        told = before is None or before.facts.soc_percent != facts.soc_percent
        self._known[evse.key] = (
            Known(
                facts,
                evse.reading.energy_import_wh,
                evse.reading.energy_export_wh,
            )
            if told or before is None
            else replace(before, facts=facts)
        )
        return True

    def facts(self, key: EvseKey) -> VehicleFacts:
        """Return what was said of a vehicle."""
        known = self._known.get(key)
        return _NOBODY if known is None else known.facts

    def capacity_wh(self, key: EvseKey) -> float | None:
        """Return what a battery holds: as its owner says, else as the vehicle does."""
        said_wh = self.facts(key).capacity_wh
        form = self._site().stations[key.identity].v2g.get(key.evse)
        needs = self.needs.get(key)
        return (
            said_wh
            or (form and form.capacity_wh)
            or (needs and needs.capacity_wh)
            or None
        )

    def soc_percent(self, evse: Evse) -> float | None:
        """Return how full a vehicle is: as its station measures it, else as it was last said with what it got since."""
        session, measured_at = evse.session, evse.metered_at
        told = evse.reading.soc_percent
        if (
            told is not None
            and measured_at is not None
            and session is not None
            and measured_at >= session.started_at
        ):
            return told
        known = self._known.get(evse.key)
        if known is None or known.facts.soc_percent is None:
            return None
        capacity_wh = self.capacity_wh(evse.key)
        soc = known.facts.soc_percent
        if capacity_wh is not None:
            soc += 100.0 * _added_wh(known, evse) / capacity_wh
        return min(100.0, max(0.0, soc))

    def need(self, evse: Evse) -> Need:
        """Return what a vehicle shall still get."""
        goal, key = evse.settings.goal, evse.key
        soc, capacity_wh = self.soc_percent(evse), self.capacity_wh(key)
        room_wh = None
        if soc is not None and capacity_wh is not None:
            room_wh = max(0.0, 100.0 - soc) / 100 * capacity_wh
        got_wh = 0.0 if evse.session is None else evse.session.energy_wh
        efficiency = self.facts(key).efficiency
        if room_wh is not None and capacity_wh is not None and soc is not None:
            if goal.soc_percent is not None or goal.energy_wh is None:
                target = 100.0 if goal.soc_percent is None else goal.soc_percent
                wanted_wh = max(0.0, target - soc) / 100 * capacity_wh
                return Need(wanted_wh, room_wh)
        if goal.energy_wh is not None:
            return Need(max(0.0, goal.energy_wh - got_wh) * efficiency, room_wh)
        needs = self.needs.get(key)
        asked_wh = None if needs is None else needs.energy_wh
        if asked_wh is not None:
            return Need(max(0.0, asked_wh - got_wh * efficiency), room_wh)
        usual_wh = max(STILL_WH, USUAL_WH - got_wh * efficiency)
        return Need(usual_wh, room_wh, guessed=True)

    def has_reached(self, evse: Evse) -> bool:
        """Whether a vehicle has what its owner wants it to have."""
        key = evse.key
        less = SINKS_PERCENT if key in self._reached else 0.0
        reached = self._reaches(evse, evse.settings.goal, less)
        (self._reached.add if reached else self._reached.discard)(key)
        return reached

    def looks_reached(self, evse: Evse) -> bool:
        """Whether a vehicle has just come to have what it was to have, or has it no more."""
        goal = evse.settings.goal
        if goal.soc_percent is None and goal.energy_wh is None:
            return False
        before = evse.key in self._reached
        less = SINKS_PERCENT if before else 0.0
        return before != self._reaches(evse, goal, less)

    def _reaches(self, evse: Evse, goal: ChargeGoal, less: float) -> bool:
        soc = self.soc_percent(evse)
        if goal.soc_percent is not None and soc is not None:
            return soc >= goal.soc_percent - less - 1e-6
        if goal.energy_wh is None or evse.session is None:
            return False
        return evse.session.energy_wh >= goal.energy_wh

    def left(self, key: EvseKey) -> None:
        """Forget what a vehicle has asked for: it has gone. Its own sensors go on."""
        self.needs.pop(key, None)
        self._reached.discard(key)

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        for key in [one for one in self._known if one.identity == identity]:
            del self._known[key]

    def kept(self) -> dict[str, Known]:
        """Return what must survive a restart, by EVSE."""
        return {str(key): known for key, known in self._known.items()}

    def restore(self, kept: Mapping[str, Known], keys: Mapping[str, EvseKey]) -> None:
        """Take up what an earlier life knew."""
        self._known = {keys[name]: one for name, one in kept.items() if name in keys}


def _added_wh(known: Known, evse: Evse) -> float:
    """Return what has gone into a battery since its state of charge was said, less what came out."""
    added_wh = 0.0
    now_wh, then_wh = evse.reading.energy_import_wh, known.imported_wh
    if now_wh is not None and then_wh is not None:
        added_wh += max(0.0, now_wh - then_wh) * known.facts.efficiency
    now_wh, then_wh = evse.reading.energy_export_wh, known.exported_wh
    if now_wh is not None and then_wh is not None:
        added_wh -= max(0.0, now_wh - then_wh) / known.facts.efficiency
    return added_wh
