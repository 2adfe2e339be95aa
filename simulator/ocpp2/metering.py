"""When a station reports its meter values (J01, J02)."""

from typing import TYPE_CHECKING

from simulator.ocpp2.outlet import Outlet
from simulator.ocpp2.sampling import sampled
from simulator.ocppj.fields import format_time
from simulator.ocppj.frames import Payload

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation


class Metering:
    """Sampled and clock-aligned meter values of one station."""

    def __init__(self, station: ChargingStation) -> None:
        """Watch the station's outlets."""
        self._station = station
        self._sampled: dict[tuple[int, str], tuple[str, float]] = {}
        self._aligned_slots: dict[str, tuple[int, int]] = {}

    def tick(self) -> None:
        """Send what is due."""
        device_model = self._station.device_model
        if self._station.faults.silent_meter:
            return
        if device_model.flag("SampledDataCtrlr.Enabled"):
            for outlet in self._station.outlets.values():
                self._sample_if_due(outlet)
        if device_model.flag("AlignedDataCtrlr.Enabled"):
            self._align_if_due()

    def reading(self, outlet: Outlet, measurands: str, context: str) -> list[Payload]:
        """A meter value of the measurands that a variable lists, with its time; nothing where there are none."""
        names = self._station.device_model.items(measurands)
        values = sampled(self._station.meters.read(outlet.evse, names), context)
        if not values:
            return []
        at = format_time(self._station.now())
        return [{"timestamp": at, "sampledValue": values}]

    def report(self, outlet: Outlet, measurands: str, context: str) -> None:
        """Send a reading that belongs to no transaction (J01)."""
        if reading := self.reading(outlet, measurands, context):
            payload = {"evseId": outlet.evse_id, "meterValue": reading}
            self._station.notify("MeterValues", payload)

    def trigger(self, outlet: Outlet) -> None:
        """Send a reading because it was asked for (F06)."""
        self.report(outlet, "SampledDataCtrlr.TxUpdatedMeasurands", "Trigger")

    def _sample_if_due(self, outlet: Outlet) -> None:
        if outlet.transaction is None:
            return
        if self._is_due(outlet, "SampledDataCtrlr.TxUpdatedInterval"):
            measurands = "SampledDataCtrlr.TxUpdatedMeasurands"
            readings = self.reading(outlet, measurands, "Sample.Periodic")
            self._station.transactions.events.update(
                outlet, "MeterValuePeriodic", readings
            )
        if self._is_due(outlet, "SampledDataCtrlr.TxEndedInterval"):
            outlet.transaction.readings += self.reading(
                outlet, "SampledDataCtrlr.TxEndedMeasurands", "Sample.Periodic"
            )

    def _is_due(self, outlet: Outlet, interval: str) -> bool:
        interval_s = self._station.device_model.number(interval)
        if interval_s == 0 or outlet.transaction is None:
            return False
        now_s, wanted = (
            self._station.clock.monotonic(),
            outlet.transaction.transaction_id,
        )
        which = (outlet.evse_id, interval)
        sampled_id, sampled_at_s = self._sampled.get(which, ("", now_s))
        if sampled_id != wanted:
            self._sampled[which] = (wanted, now_s)
            return False
        if (waited_s := now_s - sampled_at_s) < interval_s:
            return False
        # From the last due time, not from now: ticks must not make the interval drift.
        self._sampled[which] = (wanted, now_s - waited_s % interval_s)
        return True

    def _align_if_due(self) -> None:
        if self._begins("AlignedDataCtrlr.TxEndedInterval"):
            for outlet in self._station.outlets.values():
                if outlet.transaction:
                    outlet.transaction.readings += self.reading(
                        outlet, "AlignedDataCtrlr.TxEndedMeasurands", "Sample.Clock"
                    )
        if not self._begins("AlignedDataCtrlr.Interval"):
            return
        idle = all(
            outlet.transaction is None for outlet in self._station.outlets.values()
        )
        if (
            self._station.device_model.flag("AlignedDataCtrlr.SendDuringIdle")
            and not idle
        ):
            return
        self._align_whole()
        for outlet in self._station.outlets.values():
            self._align(outlet)

    def _begins(self, interval: str) -> bool:
        """Whether an interval of the clock, counted from midnight, begins now (J01.FR.14)."""
        interval_s = self._station.device_model.number(interval)
        if interval_s == 0:
            self._aligned_slots.pop(interval, None)
            return False
        slot = (interval_s, int(self._station.now().timestamp() // interval_s))
        previous = self._aligned_slots.get(interval)
        self._aligned_slots[interval] = slot
        return previous is not None and previous[0] == interval_s and previous != slot

    def _align_whole(self) -> None:
        """The meter at the station's own feed is EVSE 0 (J01.FR.03, FR.04)."""
        names = self._station.device_model.items("AlignedDataCtrlr.Measurands")
        values = sampled(self._station.meters.read_whole(names), "Sample.Clock")
        if values:
            at = format_time(self._station.now())
            reading = [{"timestamp": at, "sampledValue": values}]
            self._station.notify("MeterValues", {"evseId": 0, "meterValue": reading})

    def _align(self, outlet: Outlet) -> None:
        measurands = "AlignedDataCtrlr.Measurands"
        if outlet.transaction is None:
            self.report(outlet, measurands, "Sample.Clock")
            return
        # In a transaction the reading belongs to it (J01.FR.22).
        if readings := self.reading(outlet, measurands, "Sample.Clock"):
            self._station.transactions.events.update(
                outlet, "MeterValueClock", readings
            )
