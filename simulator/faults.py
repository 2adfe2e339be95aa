"""How a station misbehaves: data that a test or a hand switches on and off while it runs."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass
class Faults:
    """Misbehaviours of one station; as made, there are none.

    Action names are OCPP's. Acts that happen once (dropping the connection, rebooting, losing profiles, sending
    garbage, sending a message twice) are methods of the simulated station.
    """

    answer_delay_s: float = 0.0
    reject: set[str] = field(default_factory=set)
    """Calls of these actions are answered with status Rejected and change nothing."""
    ignore: set[str] = field(default_factory=set)
    """Calls of these actions are never answered and change nothing."""
    errors: dict[str, str] = field(default_factory=dict)
    """Calls of these actions are answered with a CALLERROR of the given code."""
    malformed: set[str] = field(default_factory=set)
    """Calls of these actions are obeyed but answered with a payload that no schema allows."""
    deaf_to_pings: bool = False
    obeys_after_s: float = 0.0
    """Profiles are answered at once and take effect so much later."""
    ignores_limits: bool = False
    """Profiles are accepted and reported, and the vehicle is offered the hardware's maximum all the same."""
    ignores_durations: bool = False
    """Profiles never expire: the duration of a schedule and validTo are not read."""
    ignores_number_phases: bool = False
    """The numberPhases of a period is not read: all phases stay on, and watts are divided by three."""
    obeys_silently: bool = False
    """SetChargingProfile is obeyed and never answered."""
    reported_current_factor: float = 1.0
    """Currents and powers are reported wrong by this factor; what flows is another matter."""
    register_reads_zero: bool = False
    meter_frozen: bool = False
    """Every meter value repeats what was reported when the meter froze."""
    silent_meter: bool = False
    """No meter values are sent unless asked for."""
    talks_before_boot: bool = False
    """Status notifications leave before the boot was accepted."""
    clock_wrong_by_s: float = 0.0
    rewrite: Callable[[str, dict[str, Any]], dict[str, Any]] | None = None
    """Changes each payload before it leaves, by the name of its schema (`MeterValues`, `ResetResponse`): any accent."""

    def change(self, changes: dict[str, Any]) -> None:
        """Switch several at once, from names and plain values; raises ValueError for a name that is none."""
        known = {item.name for item in fields(self)} - {"rewrite"}
        if unknown := sorted(changes.keys() - known):
            raise ValueError(
                f"no such fault: {', '.join(unknown)}; there are {', '.join(sorted(known))}"
            )
        for name, value in changes.items():
            current = getattr(self, name)
            setattr(
                self,
                name,
                set(value) if isinstance(current, set) else type(current)(value),
            )

    def clear(self) -> None:
        """Behave again."""
        well = Faults()
        for item in fields(self):
            setattr(self, item.name, getattr(well, item.name))
