"""When a station reports its meter values (OCPP 1.6 §4.7, §3.16)."""

from typing import TYPE_CHECKING

from simulator.ocpp16.outbox import Message
from simulator.ocpp16.outlet import Outlet
from simulator.ocppj.fields import format_time
from simulator.ocppj.frames import Payload

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint


class Metering:
    """Sampled and clock-aligned meter values of one station."""

    def __init__(self, charge_point: ChargePoint) -> None:
        """Watch the station's outlets."""
        self._charge_point = charge_point
        self._sampled: dict[int, tuple[str, float]] = {}
        self._aligned_slot: tuple[int, int] | None = None

    def tick(self) -> None:
        """Send what is due."""
        if self._charge_point.faults.silent_meter:
            return
        for outlet in self._charge_point.outlets.values():
            self._sample_if_due(outlet)
        self._align_if_due()

    def reading(self, outlet: Outlet, measurands: list[str], context: str) -> Payload:
        """A meter value with its time."""
        sampled = self._charge_point.sampler.sample(outlet, measurands, context)
        return {
            "timestamp": format_time(self._charge_point.now()),
            "sampledValue": sampled,
        }

    def report(self, outlet: Outlet, measurands_key: str, context: str) -> None:
        """Send a reading now: with its transaction and in its order, or by itself where there is none."""
        measurands = self._charge_point.configuration.items(measurands_key)
        reading = self.reading(outlet, measurands, context)
        if not reading["sampledValue"]:
            return
        payload = {"connectorId": outlet.connector_id, "meterValue": [reading]}
        if outlet.transaction:
            self._charge_point.outbox.put(
                Message("MeterValues", payload, outlet.transaction.local_id)
            )
        else:
            self._charge_point.notify("MeterValues", payload)

    def _sample_if_due(self, outlet: Outlet) -> None:
        interval_s = self._charge_point.configuration.number("MeterValueSampleInterval")
        if outlet.transaction is None or interval_s == 0:
            return
        now_s, local_id = (
            self._charge_point.clock.monotonic(),
            outlet.transaction.local_id,
        )
        sampled_id, sampled_at_s = self._sampled.get(outlet.connector_id, ("", now_s))
        if sampled_id != local_id:
            self._sampled[outlet.connector_id] = (local_id, now_s)
        elif (waited_s := now_s - sampled_at_s) >= interval_s:
            # From the last due time, not from now: ticks must not make the interval drift.
            self._sampled[outlet.connector_id] = (
                local_id,
                now_s - waited_s % interval_s,
            )
            self.report(outlet, "MeterValuesSampledData", "Sample.Periodic")

    def _align_if_due(self) -> None:
        interval_s = self._charge_point.configuration.number("ClockAlignedDataInterval")
        if interval_s == 0:
            self._aligned_slot = None
            return
        slot = (interval_s, int(self._charge_point.now().timestamp() // interval_s))
        previous, self._aligned_slot = self._aligned_slot, slot
        if previous is None or previous[0] != interval_s or previous == slot:
            return
        for outlet in self._charge_point.outlets.values():
            self.report(outlet, "MeterValuesAlignedData", "Sample.Clock")
