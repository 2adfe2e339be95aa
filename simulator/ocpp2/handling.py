"""A station of OCPP 2.x as a hand and an eye meet it."""

from simulator.limit import Limit
from simulator.ocpp2.grid import Grid
from simulator.ocpp2.monitors import Monitors
from simulator.ocpp2.outbox import Outbox
from simulator.ocpp2.outlet import Outlet, Token
from simulator.ocpp2.outside import OutsideLimits
from simulator.ocpp2.profile_json import write_installed
from simulator.ocpp2.statuses import Statuses
from simulator.ocpp2.transactions import Transactions
from simulator.ocppj.frames import Payload
from simulator.profiles import ProfileStore
from simulator.smart_charging import SmartCharging
from simulator.vehicle import Vehicle


class Handling:
    """What can be done to a station, and seen of it, from outside."""

    version: str
    grid: Grid
    outlets: dict[int, Outlet]
    profiles: ProfileStore
    outbox: Outbox
    outside: OutsideLimits
    monitors: Monitors
    statuses: Statuses
    transactions: Transactions
    smart_charging: SmartCharging

    def plug_in(self, evse_id: int, vehicle: Vehicle, connector_id: int = 1) -> None:
        """Put a vehicle on the cable; raises ValueError where there is one already."""
        self.transactions.plug_in(self.outlets[evse_id], vehicle, connector_id)

    def unplug(self, evse_id: int) -> None:
        """Pull the cable."""
        self.transactions.unplug(self.outlets[evse_id])

    async def present_tag(self, evse_id: int, tag: str) -> bool:
        """Hold a tag to the reader; says whether that did anything."""
        # What it charges everybody under is no card, but a button.
        own = tag == self.transactions.autostart_tag
        token: Token = {"idToken": tag, "type": "Local" if own else "ISO14443"}
        return await self.transactions.present(self.outlets[evse_id], token)

    def set_error(self, evse_id: int, code: str | None) -> None:
        """Break an EVSE, or mend it; a transaction on it goes on without energy."""
        outlet = self.outlets[evse_id]
        outlet.evse.error = code
        self.monitors.problem(evse_id, code)
        self.transactions.look(outlet)

    def limit_from_outside(self, evse_id: int, limit_a: float | None) -> None:
        """Let an energy manager limit an EVSE, or with 0 the station (K11-K14)."""
        if limit_a is None:
            self.outside.release(evse_id)
        else:
            self.outside.limit(evse_id, limit_a)

    def setpoint_from_outside(self, evse_id: int, power_w: float) -> None:
        """Let an energy manager say what is to flow (Q05); raises ValueError."""
        self._must_be_2_1()
        self.outside.setpoint(evse_id, power_w)

    def grid_event(self, fault: str | None) -> None:
        """Put the grid out of bounds, or into them again (R05); raises ValueError."""
        self._must_be_2_1()
        self.grid.alarm(fault)

    def _must_be_2_1(self) -> None:
        if self.version != "2.1":
            raise ValueError("that is told in OCPP 2.1 only")

    def lose_profiles(self) -> None:
        """Forget every charging profile."""
        self.profiles.clear(lambda _: True)
        self.smart_charging.tick()

    def status(self, evse_id: int) -> str:
        """The status of an EVSE's connector."""
        return self.outlets[evse_id].status

    def limit(self, evse_id: int) -> Limit | None:
        """The composite limit of an EVSE's profiles now, or None."""
        return self.smart_charging.limit(evse_id)

    def in_transaction(self, evse_id: int) -> bool:
        """Whether a transaction runs."""
        return self.outlets[evse_id].transaction is not None

    def transaction_id(self, evse_id: int) -> str | None:
        """The id of the running transaction."""
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
