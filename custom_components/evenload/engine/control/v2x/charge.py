"""How full a vehicle is, as far as anybody says it: its station, the vehicle when it was plugged in, or its own sensor."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...model.identity import EvseKey

# A vehicle of which nobody says what it holds is taken for a small one: what it gives then counts for more.
LEAST_CAPACITY_WH = 15_000.0

# A battery loses more than a meter shows to come out of it, and gets less than what goes in. There and back, 79 to 88 % were
# measured (Schram et al. 2020, "Empirical Evaluation of V2G Round-trip Efficiency"), so 89 to 94 % one way: this is below all.
ONE_WAY_EFFICIENCY = 0.85

# While energy flows out, what was said longer ago says nothing any more.
SOC_AGE = timedelta(hours=1)

# Some stations tell 0 while nothing flows, and some 1 now and then. What falls so far at once must be said again.
_GLITCH_PERCENT = 1.5
_SAID_AGAIN = 3

# Two that say the same differ by this much.
_SAME_PERCENT = 0.05


@dataclass(frozen=True, slots=True)
class Charge:
    """What was said of a vehicle, when, and what its battery has lost (less what it got) since, in Wh."""

    soc_percent: float
    at: datetime
    given_wh: float = 0.0
    doubted: int = 0
    # Since when it is told to give anything, if it was since then: from there on what was said grows old.
    told_at: datetime | None = None


class Charges:
    """What is believed of every vehicle."""

    def __init__(self) -> None:
        """Know nothing."""
        self._known: dict[EvseKey, Charge] = {}
        # What nobody says any more, or was said in an earlier life: it only counts where the same is said again.
        self._doubted: dict[EvseKey, Charge] = {}

    def say(
        self,
        key: EvseKey,
        soc_percent: float,
        now: datetime,
        *,
        power_w: float | None = None,
    ) -> None:
        """Take what somebody says; `power_w` is what flowed then, where a station says it."""
        if not 0.0 <= soc_percent <= 100.0:
            return
        known = self._known.get(key) or self._doubted.pop(key, None)
        if soc_percent < _GLITCH_PERCENT and (
            known is None or known.soc_percent > 2 * _GLITCH_PERCENT
        ):
            if soc_percent == 0.0 and abs(power_w or 0.0) < 1.0:
                return
            if known is None or known.doubted + 1 < _SAID_AGAIN:
                if known is not None:
                    self._known[key] = replace(known, doubted=known.doubted + 1)
                return
        if known is not None and abs(soc_percent - known.soc_percent) < _SAME_PERCENT:
            # What is only repeated does not know of what was given.
            self._known[key] = replace(known, at=now, doubted=0)
        else:
            self._known[key] = Charge(soc_percent, now)

    def gave(self, key: EvseKey, energy_wh: float) -> None:
        """Count energy that a meter showed to come out of a vehicle, or (below 0) to go into it."""
        if energy_wh > 0:
            lost_wh = energy_wh / ONE_WAY_EFFICIENCY
        else:
            lost_wh = energy_wh * ONE_WAY_EFFICIENCY
        for charges in (self._known, self._doubted):
            if (known := charges.get(key)) is not None:
                # What goes in is only believed when the vehicle says it.
                given_wh = max(0.0, known.given_wh + lost_wh)
                charges[key] = replace(known, given_wh=given_wh)

    def told(self, key: EvseKey, now: datetime) -> None:
        """Take that a vehicle is told to give: what was said of it grows old, though nobody may measure what it gives."""
        known = self._known.get(key)
        if known is not None and known.told_at is None:
            self._known[key] = replace(known, told_at=now)

    def soc(
        self, key: EvseKey, capacity_wh: float | None, now: datetime
    ) -> float | None:
        """Return how full a vehicle is at least; None where that is not known, or was said too long ago."""
        known = self._known.get(key)
        if known is None:
            return None
        if known.told_at is not None or known.given_wh > 0.0:
            since = max(known.at, known.told_at or known.at)
            if now - since > SOC_AGE:
                return None
        given = 100.0 * known.given_wh / (capacity_wh or LEAST_CAPACITY_WH)
        return max(0.0, known.soc_percent - given)

    def doubt(self, key: EvseKey) -> None:
        """Believe no longer what was said, but keep what was given until something else is said."""
        if (known := self._known.pop(key, None)) is not None:
            self._doubted[key] = known

    def kept(self) -> dict[str, Charge]:
        """Return what must survive a restart, by EVSE."""
        known = self._doubted | self._known
        return {str(key): charge for key, charge in known.items()}

    def restore(self, kept: Mapping[str, Charge], keys: Mapping[str, EvseKey]) -> None:
        """Take up what was given in an earlier life; how full a vehicle is has to be said anew."""
        self._doubted = {keys[name]: one for name, one in kept.items() if name in keys}

    def clock_was_set(self, by: timedelta) -> None:
        """Go on by another clock: what was said grows no older by that, and no younger."""
        for charges in (self._known, self._doubted):
            for key, one in charges.items():
                told_at = one.told_at and one.told_at + by
                charges[key] = replace(one, at=one.at + by, told_at=told_at)

    def forget(self, key: EvseKey) -> None:
        """Forget a vehicle: it has left, or nobody knows how full it is any more."""
        self._known.pop(key, None)
        self._doubted.pop(key, None)
