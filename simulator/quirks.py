"""One departure from the standard, as data: the same for every version of OCPP.

A quirk waits for a message by its name: `SetChargingProfile` for the call, whoever makes it, `SetChargingProfileResponse`
for its answer. `where` narrows it to messages that say something, by the paths of `simulator.paths`. What it then does is
said by the other fields, as many of them as are wanted. Some stations of the field, each a row:

    Quirk("ChangeAvailability", where={"connectorId": 0}, answer={"status": "Rejected"})
    Quirk("SetChargingProfile", where={"chargingProfile.chargingProfileKind": "Relative"}, answer={"status": "Rejected"})
    Quirk("StartTransactionResponse", drop_after_s=0.8)
    Quirk("TriggerMessage", where={"requestedMessage": "BootNotification"}, drop_after_s=0)
    Quirk("GetConfiguration", where={"key.*": "MeterValuesSampledData"}, reboot_after_s=0)
    Quirk("GetVariables", unless_accepted=True, silent=True)
    Quirk("StatusNotification", edit={"evseId": 0, "connectorId": 0})
    Quirk("NotifyReport", edit={"reportData[component.name=EVSE]": REMOVE})
    Quirk("MeterValues", edit={"meterValue.*.sampledValue[measurand=Voltage].unit": "v"})
    Quirk("BootNotification", then_call=("TransactionStarted", {"transactionId": 7}))
    Quirk("Reset", error="")
    Quirk("GetConfigurationResponse", raw='[3,"{id}",{"configurationKey":[nonsense]}]')

Misbehaviour of the hardware and of the meter (limits that are not obeyed, registers that jump) is in `simulator.faults`,
and what a station can do at all (its units, its configuration) is how it is built.
"""

from collections.abc import Callable, Mapping
import copy
from dataclasses import dataclass, field, fields
from typing import Any, Self

from simulator.paths import edited, values

type Payload = dict[str, Any]


@dataclass(slots=True)
class Quirk:
    """What happens with a message; the fields after `times` say what, and the commonest are nothing."""

    on: str
    where: Mapping[str, Any] = field(default_factory=dict)
    """Paths, and what must be there: a value, one of a list or set, what a function likes, or None for nothing."""
    unless_accepted: bool = False
    """Only as long as the boot was not accepted."""
    skip: int = 0
    """Lets so many pass first."""
    times: int | None = None
    """At most so often."""
    silent: bool = False
    """A call from the other side is not answered and not obeyed; an answer is not given, or not taken note of; a call of
    the station's own is not made, and taken for done."""
    answer: Payload | Callable[[Payload], Payload] | None = None
    """The station's answer to a call, which it does not obey; it may be made of the call's payload."""
    error: str | None = None
    """The station's answer is a CALLERROR with that code, and it does not obey."""
    raw: str | None = None
    """What goes over the wire instead of the station's answer, be it no JSON; `{id}` in it is the id of the call."""
    edit: Mapping[str, Any] = field(default_factory=dict)
    """Paths and what to write there: in what is sent before it leaves, in what comes before it is read."""
    delay_s: float = 0.0
    drop_after_s: float | None = None
    """The connection ends so long after the message."""
    reboot_after_s: float | None = None
    """The station loses its power so long after the message."""
    then_call: tuple[str, Payload | Callable[[Payload], Payload]] | None = None
    """Another call that the station makes after it; its payload may be made of the message's."""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Make one of plain values; raises ValueError."""
        known = {item.name for item in fields(cls)}
        if unknown := sorted(values.keys() - known):
            raise ValueError(f"a quirk has no {', '.join(unknown)}")
        if not values.get("on"):
            raise ValueError('a quirk is "on" a message')
        plain = dict(values)
        if "then_call" in plain:
            plain["then_call"] = tuple(plain["then_call"])
        return cls(**plain)

    def takes(self, message: str, payload: Payload, accepted: bool) -> bool:
        """Whether it is about this message; counts."""
        if message != self.on or (self.unless_accepted and accepted):
            return False
        if not all(_holds(payload, *condition) for condition in self.where.items()):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
            return self.times >= 0
        return True

    def edited(self, payload: Payload) -> Payload:
        """The payload as this quirk leaves it."""
        if not self.edit:
            return payload
        changed = copy.deepcopy(payload)
        for path, value in self.edit.items():
            edited(changed, path, value)
        return changed


def edited_by(quirks: list[Quirk], payload: Payload) -> Payload:
    """The payload as several quirks leave it."""
    for quirk in quirks:
        payload = quirk.edited(payload)
    return payload


def _holds(payload: Payload, path: str, wanted: Any) -> bool:
    found = values(payload, path)
    if wanted is None:
        return not found
    if callable(wanted):
        return any(wanted(value) for value in found)
    if isinstance(wanted, list | tuple | set | frozenset):
        return any(value in wanted for value in found)
    return any(value == wanted for value in found)
