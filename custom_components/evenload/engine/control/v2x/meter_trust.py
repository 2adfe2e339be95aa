"""Whether a meter that speaks can be believed while vehicles feed back: one that stands still cannot."""

from datetime import datetime, timedelta

from ...model.phases import PhaseCurrents

# Real meters waver within this, also those that count in whole amperes.
_STANDS = timedelta(seconds=60)


class MeterTrust:
    """What the readings of one meter say of it."""

    def __init__(self) -> None:
        """Believe it."""
        # It said the same on all lines for too long; it is believed again when it says something else.
        self.is_stuck = False
        self._currents: PhaseCurrents | None = None
        self._since: datetime | None = None

    def begin_again(self) -> None:
        """Look anew for how long it stands still: nobody knows how late it is."""
        self._since = None

    def read(self, currents: PhaseCurrents, at: datetime, *, gives: bool) -> None:
        """Take a reading; `gives`: whether any vehicle may be feeding back."""
        if currents != self._currents:
            self._currents, self._since, self.is_stuck = currents, None, False
        if not gives:
            # A quiet house may well draw the same all night.
            self._since = None
        elif self._since is None:
            self._since = at
        elif at - self._since > _STANDS:
            self.is_stuck = True
