"""How a station misbehaves: data that a test or a hand switches on and off while it runs."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from simulator.quirks import Quirk


@dataclass
class Faults:
    """Misbehaviours of one station; as made, there are none.

    Action names are OCPP's. What a station does with single messages is told by `quirks`; the others are about its
    hardware, its meter and its line, and the first few say the commonest quirks shorter. Acts that happen once (dropping
    the connection, rebooting, losing profiles, sending garbage, sending a message twice) are methods of the simulated station.
    """

    quirks: list[Quirk] = field(default_factory=list)
    answer_delay_s: float = 0.0
    reject: set[str] = field(default_factory=set)
    """Calls of these actions are answered with status Rejected and change nothing."""
    ignore: set[str] = field(default_factory=set)
    """Calls of these actions are never answered and change nothing."""
    errors: dict[str, str] = field(default_factory=dict)
    """Calls of these actions are answered with a CALLERROR of the given code."""
    malformed: set[str] = field(default_factory=set)
    """Calls of these actions are obeyed but answered with a payload that no schema allows."""
    rewrite: Callable[[str, dict[str, Any]], dict[str, Any]] | None = None
    """Changes each payload before it leaves, by the name of its schema (`MeterValues`, `ResetResponse`): any accent."""

    deaf_to_pings: bool = False
    closes_when_idle_s: float = 0.0
    """The connection is closed when nothing came over it for so long; 0 never does."""
    redials_after_s: float = 0.0
    """A broken connection is dialled again after so long, every time; 0 leaves it to the back-off."""
    offers_no_subprotocol: bool = False
    talks_before_boot: bool = False
    """Status notifications leave before the boot was accepted."""
    clock_wrong_by_s: float = 0.0
    forgets_configuration: bool = False
    """What was configured is gone after a boot."""

    obeys_after_s: float = 0.0
    """Profiles are answered at once and take effect so much later."""
    ignores_limits: bool = False
    """Profiles are accepted and reported, and the vehicle is offered the hardware's maximum all the same."""
    ignores_purposes: set[str] = field(default_factory=set)
    """Profiles of these purposes, by OCPP's names, are accepted and reported and not obeyed."""
    ignores_durations: bool = False
    """Profiles never expire: the duration of a schedule and validTo are not read."""
    ignores_number_phases: bool = False
    """The numberPhases of a period is not read: all phases stay on, and watts are divided by three."""
    ignores_limit_after_pause: bool = False
    """After a limit of 0 the first that allows charging again is not read: the hardware's maximum is offered."""
    zero_means_minimum: bool = False
    """A limit below 6 A does not pause: 6 A are offered."""
    zero_ends_transaction: bool = False
    """A limit below 6 A ends the transaction."""
    single_phase_below_w: float = 0.0
    """Under a limit of less than that the station charges on one phase."""
    obeys_silently: bool = False
    """SetChargingProfile is obeyed and never answered."""
    needs_replug: bool = False
    """After a transaction, none starts until the cable was pulled."""

    ignores_setpoints: bool = False
    """Setpoints, and limits below zero, are accepted and not read: charging goes on."""
    clamps_negative: bool = False
    """A limit below zero is accepted and read as one of 0."""
    negative_is_unlimited: bool = False
    """A limit below zero is accepted and read as a number without a sign: no limit at all."""
    errors_on_negative: bool = False
    """A limit below zero is answered with a CALLERROR."""
    refuses_setpoints_below_w: float = 0.0
    """Setpoints of less than that, in either direction, are refused."""
    idles_below_w: float = 0.0
    """Setpoints of less than that are accepted, and nothing flows."""
    zero_breaks_session: bool = False
    """Where nothing is to flow any more the vehicle breaks off, and only another plugging in mends that."""

    reported_current_factor: float = 1.0
    """Currents and powers are reported wrong by this factor; what flows is another matter."""
    currents_on_neutral: bool = False
    """One current is reported, as that of the neutral conductor."""
    voltages_between_phases: bool = False
    """Voltages are reported from phase to phase."""
    register_reads_zero: bool = False
    register_reads_zero_every: int = 0
    """Each so manieth reading of the register is zero; 0 is none."""
    register_per_session: bool = False
    """The register is reported as if it had begun at zero with the transaction."""
    meter_frozen: bool = False
    """Every meter value repeats what was reported when the meter froze."""
    signed_import: bool = False
    """What comes out of the vehicle is reported as an import below zero."""
    silent_meter: bool = False
    """No meter values are sent unless asked for."""

    def about(
        self, message: str, payload: dict[str, Any], accepted: bool = True
    ) -> list[Quirk]:
        """The quirks that a message meets."""
        if not self.quirks:
            return []
        return [
            quirk for quirk in self.quirks if quirk.takes(message, payload, accepted)
        ]

    def change(self, changes: dict[str, Any]) -> None:
        """Switch several at once, from names and plain values; raises ValueError for a name that is none."""
        known = {item.name for item in fields(self)} - {"rewrite"}
        if unknown := sorted(changes.keys() - known):
            raise ValueError(
                f"no such fault: {', '.join(unknown)}; there are {', '.join(sorted(known))}"
            )
        for name, value in changes.items():
            setattr(self, name, self._plain(name, value))

    def clear(self) -> None:
        """Behave again."""
        well = Faults()
        for item in fields(self):
            setattr(self, item.name, getattr(well, item.name))

    def _plain(self, name: str, value: Any) -> Any:
        """A value in the type that the fault has."""
        current = getattr(self, name)
        if name == "quirks":
            return [
                each if isinstance(each, Quirk) else Quirk.of(each) for each in value
            ]
        return set(value) if isinstance(current, set) else type(current)(value)
