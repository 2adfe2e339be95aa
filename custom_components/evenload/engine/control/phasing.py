"""Which EVSEs charge on one phase and which on three: what the owner wants, what the limits allow, what is under way."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from ..csms.dialects.matching import quirks_of
from ..model.allotments import Allotment, Reason
from ..model.configuration import SiteConfig
from ..model.identity import EvseKey
from ..model.limits import Current
from ..model.phases import ALL_PHASES, Phase
from ..model.readings import LIVE_A
from ..model.stations import Evse, Station
from .commitments import Commitments
from .headroom import headroom_a
from .switching import SINGLE, THREE, Facts, Stage, Switch
from .targets import Targets
from .usage import Places
from .wish import SAME_A

# What a vehicle is not given because it is too little for three phases.
_STARVING = frozenset(
    {
        Reason.NOT_ENOUGH,
        Reason.WAITING_FOR_OTHERS,
        Reason.WAITING_FOR_SUN,
        Reason.WAITING_FOR_TURN,
    }
)


class Phasing:
    """Keeps a switch for every EVSE that has one. What its limits say of phases survives a restart with the holdings."""

    def __init__(
        self,
        stations: Callable[[], Mapping[str, Station]],
        commitments: Commitments,
        now: Callable[[], datetime],
        share: Callable[[], None],
    ) -> None:
        """Begin with what the holdings say; `share` is called when what anybody may draw has changed."""
        self._stations = stations
        self._commitments = commitments
        self._now = now
        self._share = share
        self._switches: dict[EvseKey, Switch] = {}
        self._wanted: dict[EvseKey, int] = {}
        # The stations that were last shown to be on one of their phases, and on which.
        self._singles: dict[str, int] = {}
        self._shown = Places()

    def can_switch(self, config: SiteConfig, key: EvseKey) -> bool:
        """Whether an EVSE can change between one and three phases while a vehicle is plugged in."""
        station, own = self._stations()[key.identity], config.stations[key.identity]
        if len(own.wiring) != THREE or station.capabilities.evse_limit is False:
            return False
        quirks = quirks_of(station.info)
        if quirks.phase_key is not None and len(station.evses) > 1:
            # Such a setting is the whole station's.
            return False
        words = (
            own.overrides.phase_switching,
            quirks.phase_switching,
            None if quirks.phase_key is None else True,
            station.capabilities.phase_switching,
        )
        said = next((word for word in words if word is not None), False)
        return said and not self._commitments.kind(key).is_dc

    def is_single(self, key: EvseKey) -> bool:
        """Whether an EVSE was switched to one phase, or is about to be back."""
        return key in self._switches and self._switch(key).phases == SINGLE

    def site(self, config: SiteConfig) -> SiteConfig:
        """Return the site with every station on the phases that it can draw on: all that are wired, unless all of its EVSEs are on one."""
        self._singles = self._single_phases(config)
        return self._shown.on(
            config, {identity: (place,) for identity, place in self._singles.items()}
        )

    def is_outdated(self, config: SiteConfig, identity: str) -> bool:
        """Whether what a station holds puts it on other phases than the site was last shown with."""
        return self._single_phase(config, identity) != self._singles.get(identity)

    def applied(self, config: SiteConfig, targets: Targets) -> Targets:
        """Return targets in which who is switching pauses, and all that can be told are told how many phases to use."""
        allotments, fallbacks = dict(targets.allotments), dict(targets.fallbacks)
        use_phases = {}
        for key in targets.allotments:
            if not self.can_switch(config, key):
                continue
            switch = self._switch(key)
            use_phases[key] = switch.told
            least_a = targets.minimum_a(key)
            allotments[key] = _while_switching(allotments[key], switch, least_a)
            if switch.stage is Stage.PROVING:
                fallbacks[key] = _while_switching(fallbacks[key], switch, least_a)
        return replace(
            targets,
            allotments=allotments,
            fallbacks=fallbacks,
            use_phases=use_phases,
        )

    def switchable(self, config: SiteConfig) -> list[EvseKey]:
        """Return every EVSE that can change between one and three phases."""
        return [
            evse.key
            for identity in config.stations
            for evse in self._stations()[identity].evses.values()
            if self.can_switch(config, evse.key)
        ]

    def want(self, config: SiteConfig, on_all: Mapping[EvseKey, Allotment]) -> None:
        """Decide how many phases every EVSE that can switch should use; `on_all` is what each gets that may choose."""
        keys = self.switchable(config)
        self._switches = {
            key: switch for key, switch in self._switches.items() if key in keys
        }
        self._wanted = {}
        for key in keys:
            said = self._evse(key).settings.phases
            if self._switch(key).is_hopeless:
                self._wanted[key] = THREE
            elif said is not None:
                self._wanted[key] = said
            elif on_all[key].single:
                self._wanted[key] = SINGLE
            elif on_all[key].current.a > 0 or on_all[key].reason not in _STARVING:
                self._wanted[key] = THREE
            else:
                # It pauses either way.
                self._wanted[key] = self._switch(key).phases

    def look(self, config: SiteConfig, identity: str) -> float | None:
        """Take a station's switches further; returns after how many seconds to look again, or None."""
        waits: list[float] = []
        for key, wanted in self._wanted.items():
            if key.identity != identity:
                continue
            before = self._switch(key)
            after = before.after(self._facts(config, key, before), self._now())
            self._switches[key] = after
            if (before.phases, before.stage, before.own) != (
                after.phases,
                after.stage,
                after.own,
            ):
                self._share()
            wait_s = after.wait_s(wanted, self._now())
            waits += [] if wait_s is None else [wait_s]
        return min(waits, default=None)

    def is_watching(self, key: EvseKey) -> bool:
        """Whether a reading may tell something of how a station was switched."""
        return self.is_single(key)

    def restarted(self, identity: str) -> None:
        """Believe again that a station can switch: it has started anew, maybe with another firmware."""
        for key, switch in self._switches.items():
            if key.identity == identity:
                self._switches[key] = replace(switch, failures=0)

    def _switch(self, key: EvseKey) -> Switch:
        """Return the switch of an EVSE; before it was ever looked at, as its limits say."""
        known = self._switches.get(key)
        if known is not None:
            return known
        told = self._commitments.holding(key).use_phases(self._now())
        return Switch(SINGLE if told == SINGLE else THREE)

    def _evse(self, key: EvseKey) -> Evse:
        return self._stations()[key.identity].evses[key.evse]

    def _single_phases(self, config: SiteConfig) -> dict[str, int]:
        return {
            identity: own
            for identity in config.stations
            if (own := self._single_phase(config, identity)) is not None
        }

    def _single_phase(self, config: SiteConfig, identity: str) -> int | None:
        """Return the place of the one phase that a station can draw on, or None where it can on all."""
        places = set()
        for evse in self._stations()[identity].evses.values():
            told = self._commitments.holding(evse.key).use_phases(self._now())
            switch = self._switch(evse.key)
            if told != SINGLE or not switch.is_single:
                return None
            if not self.can_switch(config, evse.key):
                return None
            places.add(ALL_PHASES.index(switch.own))
        return places.pop() if len(places) == 1 else None

    def _facts(self, config: SiteConfig, key: EvseKey, switch: Switch) -> Facts:
        evse = self._evse(key)
        return Facts(
            wanted=self._wanted[key],
            is_at_rest=self._commitments.evse_a(key) < SAME_A,
            has_room=self._wanted[key] == SINGLE or self._has_room(config, key),
            told=self._commitments.holding(key).use_phases(self._now()),
            is_charging=evse.is_charging,
            live=_live_since(evse, switch.since),
        )

    def _has_room(self, config: SiteConfig, key: EvseKey) -> bool:
        """Whether what a station holds fits on all of its phases."""
        committed = {
            identity: self._commitments.station_a(identity)
            for identity in config.stations
        }
        room_a = headroom_a(self._commitments.tree, config, key.identity, committed)
        return committed[key.identity] <= room_a + SAME_A


def _while_switching(
    allotment: Allotment, switch: Switch, minimum_a: float
) -> Allotment:
    if allotment.current.a == 0:
        return allotment
    if switch.is_paused:
        return Allotment(allotment.key, Current(0.0), Reason.SWITCHING_PHASES)
    if switch.stage is Stage.PROVING and allotment.current.a > minimum_a:
        return Allotment(allotment.key, Current(minimum_a), Reason.SWITCHING_PHASES)
    return allotment


def _live_since(evse: Evse, since: datetime | None) -> tuple[Phase, ...]:
    """Return the phases on which current was measured after a moment."""
    if evse.metered_at is None or (since is not None and evse.metered_at <= since):
        return ()
    reading = evse.reading
    return tuple(
        phase
        for phase in reading.live_phases
        if reading.current_a.get(phase, 0.0) >= LIVE_A
    )
