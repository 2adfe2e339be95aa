"""The energy meter inside a station: it only ever counts up."""

from dataclasses import dataclass


@dataclass
class EnergyMeter:
    """An import register in watt hours that outlives reboots."""

    register_wh: float = 0.0

    def count(self, power_w: float, dt_s: float) -> None:
        """Add the energy of a moment."""
        self.register_wh += max(0.0, power_w) * dt_s / 3600
