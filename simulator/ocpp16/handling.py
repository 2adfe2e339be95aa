"""A station of OCPP 1.6 as a hand and an eye meet it."""

from simulator.limit import Limit
from simulator.ocpp16.outbox import Outbox
from simulator.ocpp16.outlet import Outlet
from simulator.ocpp16.profile_json import write_installed
from simulator.ocpp16.sessions import Sessions
from simulator.ocpp16.statuses import Statuses
from simulator.ocppj.frames import Payload
from simulator.profiles import ProfileStore
from simulator.smart_charging import SmartCharging
from simulator.vehicle import Vehicle


class Handling:
    """What can be done to a station, and seen of it, from outside."""

    outlets: dict[int, Outlet]
    profiles: ProfileStore
    outbox: Outbox
    sessions: Sessions
    statuses: Statuses
    smart_charging: SmartCharging

    def plug_in(self, evse_id: int, vehicle: Vehicle, connector_id: int = 1) -> None:
        """Put a vehicle on the cable; raises ValueError where there is one already."""
        self.sessions.plug_in(self.outlets[evse_id], vehicle)

    def unplug(self, evse_id: int) -> None:
        """Pull the cable."""
        self.sessions.unplug(self.outlets[evse_id])

    async def present_tag(self, evse_id: int, tag: str) -> bool:
        """Hold a tag to the reader; says whether that did anything."""
        return await self.sessions.present_tag(self.outlets[evse_id], tag)

    def set_error(self, evse_id: int, code: str | None) -> None:
        """Break an EVSE with an error code, or mend it; a transaction on it goes on (§4.9)."""
        outlet = self.outlets[evse_id]
        outlet.evse.error = code
        self.statuses.update()
        self.sessions.start_if_allowed(outlet)

    def limit_from_outside(self, evse_id: int, limit_a: float | None) -> None:
        """OCPP 1.6 has no word for it; raises ValueError."""
        raise ValueError("limits from outside are told in OCPP 2.x only")

    def setpoint_from_outside(self, evse_id: int, power_w: float) -> None:
        """OCPP 1.6 has no word for it; raises ValueError."""
        raise ValueError("setpoints from outside are told in OCPP 2.1 only")

    def grid_event(self, fault: str | None) -> None:
        """OCPP 1.6 has no word for it; raises ValueError."""
        raise ValueError("events of the grid are told in OCPP 2.1 only")

    def lose_profiles(self) -> None:
        """Forget every charging profile."""
        self.profiles.clear(lambda _: True)
        self.smart_charging.tick()

    def status(self, evse_id: int) -> str:
        """The status of an EVSE."""
        return self.outlets[evse_id].activity.value

    def limit(self, evse_id: int) -> Limit | None:
        """The composite limit of an EVSE's profiles now, or None."""
        return self.smart_charging.limit(evse_id)

    def in_transaction(self, evse_id: int) -> bool:
        """Whether a transaction runs, with an id or not yet."""
        return self.outlets[evse_id].transaction is not None

    def transaction_id(self, evse_id: int) -> int | None:
        """The central system's id of the running transaction, once it is known."""
        transaction = self.outlets[evse_id].transaction
        return transaction.transaction_id if transaction else None

    @property
    def waiting_messages(self) -> int:
        """Number of messages about transactions that the central system does not have yet."""
        return len(self.outbox)

    @property
    def last_sent(self) -> dict[str, Payload]:
        """The latest message about a transaction, by its action."""
        return self.outbox.last_sent

    def profiles_view(self) -> list[Payload]:
        """The charging profiles in OCPP's own words."""
        return [write_installed(entry) for entry in self.profiles]
