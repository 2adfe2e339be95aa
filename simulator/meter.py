"""The energy meter inside a station: both of its registers only ever count up."""

from dataclasses import dataclass


@dataclass
class EnergyMeter:
    """An import and an export register in watt hours that outlive reboots."""

    register_wh: float = 0.0
    export_wh: float = 0.0

    def count(self, power_w: float, dt_s: float) -> None:
        """Add the energy of a moment, in the register of its direction."""
        self.register_wh += max(0.0, power_w) * dt_s / 3600
        self.export_wh += max(0.0, -power_w) * dt_s / 3600
