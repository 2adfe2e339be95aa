"""From plugging in to unplugging: when a transaction starts and stops (E01-E10, C01, F01-F03)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.ocpp2.authorization import name_of
from simulator.ocpp2.events import Events
from simulator.ocpp2.outlet import Outlet, Permission, Token
from simulator.ocppj.frames import Payload
from simulator.profiles import Installed, Purpose
from simulator.smart_charging import ends_transaction
from simulator.vehicle import Vehicle

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation


class Transactions:
    """The transactions of one station."""

    def __init__(self, station: ChargingStation, autostart_tag: str | None) -> None:
        """Charge for a tag, or for everybody under the tag given."""
        self._station = station
        self.autostart_tag = autostart_tag
        self._points: dict[int, frozenset[str]] = {}
        self.events = Events(station)
        station.outbox.on_answer = self._on_answer

    def forget(self) -> None:
        """Begin anew, as after a boot."""
        self._points.clear()

    def plug_in(self, outlet: Outlet, vehicle: Vehicle, connector_id: int) -> None:
        """A cable is put in."""
        outlet.evse.plug_in(vehicle, connector_id)
        self._offer_to_everybody(outlet)
        self.review(outlet, "CablePluggedIn")

    def unplug(self, outlet: Outlet) -> None:
        """A cable is pulled (E09, E10): who was authorised is not any more, unless the station is to wait for the cable."""
        outlet.evse.unplug()
        outlet.needs_replug = False
        if self._station.device_model.flag("TxCtrlr.StopTxOnEVSideDisconnect"):
            outlet.permission = None
        self.review(outlet, "EVCommunicationLost", "EVDisconnected")

    def look(self, outlet: Outlet) -> None:
        """See what there is, as after a boot or a repair."""
        if outlet.connected:
            self._offer_to_everybody(outlet)
        self.review(
            outlet, "AbnormalCondition" if outlet.transaction else "CablePluggedIn"
        )

    async def present(self, outlet: Outlet, token: Token) -> bool:
        """A token is held to the reader: it ends its own transaction or starts one; says whether it did either (C01, E07)."""
        running = outlet.permission
        # Until a vehicle comes, there is nothing to end but by waiting: the token is asked for once more (C01.FR.26).
        if running and (outlet.transaction or outlet.connected):
            authorization = self._station.authorization
            known = authorization.same_user(token, running.token, running.group)
            if not known and running.group is not None:
                # Another of the group may end it, but only the central system knows (C01.FR.03, C09).
                await authorization.permit(token)
                known = authorization.same_user(token, running.token, running.group)
            if known:
                self.withdraw(outlet, "StopAuthorized", "Local", token)
            return known
        if not outlet.operative or not self.may_use(outlet, token, None):
            return False
        named = self._station.transfer.named(outlet, token)
        permission = await self._station.authorization.permit(named)
        if permission is None or not self.may_use(outlet, token, permission.group):
            return False
        self.permit(outlet, permission, "Authorized")
        return True

    def may_use(self, outlet: Outlet, token: Token, group: Token | None) -> bool:
        """Whether a reservation is this token's or its group's (H01, H03)."""
        reservation = outlet.reservation
        if reservation is None or name_of(reservation.token) == name_of(token):
            return True
        group = group or self._station.authorization.group(token)
        if reservation.group is None or group is None:
            # Whose group it is may come with the answer of the central system.
            return reservation.group is not None and group is None
        return name_of(reservation.group) == name_of(group)

    def permit(self, outlet: Outlet, permission: Permission, trigger: str) -> None:
        """Somebody may charge: at once if the cable is in, or else within EVConnectionTimeOut."""
        patience_s = self._station.device_model.number("TxCtrlr.EVConnectionTimeOut")
        until_s = self._station.clock.monotonic() + patience_s
        reservation = outlet.reservation
        outlet.permission = replace(
            permission,
            until_s=until_s,
            reservation_id=reservation.reservation_id if reservation else None,
        )
        outlet.reservation = None
        outlet.needs_replug = False
        outlet.allowed = permission.allowed
        if outlet.transaction:
            self.events.authorised(outlet.transaction, outlet)
        self.review(outlet, trigger)

    def withdraw(
        self, outlet: Outlet, trigger: str, reason: str, token: Token | None = None
    ) -> None:
        """Nobody is authorised any more; the transaction ends if that is one of its stop points."""
        if outlet.transaction:
            outlet.transaction.stopped_by = token
        outlet.permission = None
        outlet.needs_replug = outlet.connected and self._station.faults.needs_replug
        self.review(outlet, trigger, reason)

    def end(self, outlet: Outlet, trigger: str, reason: str) -> None:
        """End the transaction whatever its stop points are, as for a reset."""
        if outlet.transaction is None:
            return
        outlet.permission = None
        outlet.evse.energised = False
        self._end(outlet, trigger, reason)
        self._points[outlet.evse_id] = self._true_points(outlet)

    def review(self, outlet: Outlet, trigger: str, reason: str = "Other") -> None:
        """Something happened at an outlet: start, update or end its transaction (E01, E06)."""
        outlet.evse.energised = outlet.may_deliver
        self._station.smart_charging.tick()
        before = self._points.get(outlet.evse_id, frozenset())
        now = self._points[outlet.evse_id] = self._true_points(outlet)
        if outlet.transaction is None:
            if (now - before) & self._configured("TxStartPoint"):
                self._start(outlet, trigger)
        elif (before - now) & self._configured("TxStopPoint"):
            self._end(outlet, trigger, reason)
        elif now != before or outlet.transaction.tells_token:
            self.events.update(outlet, trigger)
        self._note_delivery(outlet)
        self._station.statuses.update()

    def tick(self, dt_s: float) -> None:
        """Let permissions and reservations run out, and tell what vehicles do."""
        now_s = self._station.clock.monotonic()
        for outlet in self._station.outlets.values():
            permission = outlet.permission
            if permission and not outlet.connected and permission.until_s <= now_s:
                self.withdraw(outlet, "EVConnectTimeout", "Timeout")
            self._watch(outlet, dt_s)

    def _watch(self, outlet: Outlet, dt_s: float) -> None:
        transaction, state = outlet.transaction, outlet.charging_state
        if transaction is None:
            if outlet.evse.energised:
                self.review(outlet, "ChargingStateChanged")
            return
        if state == "Charging":
            transaction.charging_s += dt_s
        limit = self._station.smart_charging.limit(outlet.evse_id)
        if ends_transaction(limit, self._station.faults, outlet.evse.minimum_a):
            self.withdraw(outlet, "ChargingStateChanged", "Other")
            return
        if state != transaction.told_state:
            before = self._points.get(outlet.evse_id, frozenset())
            if self._true_points(outlet) != before:
                self.review(outlet, "ChargingStateChanged", "StoppedByEV")
            else:
                self.events.update(outlet, "ChargingStateChanged")

    def _start(self, outlet: Outlet, trigger: str) -> None:
        station = self._station
        transaction = self.events.start(outlet, trigger)
        if outlet.permission and outlet.permission.profile:
            # The profile of a remote start becomes the transaction's (F01.FR.10, F02.FR.18).
            profile = replace(
                outlet.permission.profile, transaction_id=transaction.transaction_id
            )
            station.profiles.put(Installed(outlet.evse_id, profile, station.now()))
            outlet.permission = replace(outlet.permission, profile=None)

    def _end(self, outlet: Outlet, trigger: str, reason: str) -> None:
        station, transaction = self._station, outlet.transaction
        self.events.end(outlet, trigger, reason)
        outlet.permission = None
        outlet.evse.energised = False
        outlet.service, outlet.allowed = "", ()
        if transaction:
            station.profiles.clear(
                lambda entry: (
                    entry.profile.purpose is Purpose.TX
                    and entry.profile.transaction_id == transaction.transaction_id
                )
            )
        station.transaction_ended(outlet)

    def _note_delivery(self, outlet: Outlet) -> None:
        """Relative schedules count from the moment that energy may flow (K01.FR.42)."""
        transaction = outlet.transaction
        if transaction and outlet.evse.energised and transaction.delivers_since is None:
            transaction.delivers_since = self._station.now()
            self._station.transfer.choose(outlet)

    def _offer_to_everybody(self, outlet: Outlet) -> None:
        """A station that asks nobody (AuthEnabled false, or a home's own) authorises by itself (C02, C06)."""
        free = not self._station.device_model.flag("AuthCtrlr.Enabled")
        usable = outlet.operative and not outlet.reservation and not outlet.evse.error
        if outlet.permission or not usable:
            return
        if self.autostart_tag:
            token: Token = {"idToken": self.autostart_tag, "type": "Local"}
            outlet.permission = Permission(token)
        elif free or self.autostart_tag is not None:
            outlet.permission = Permission({"idToken": "", "type": "NoAuthorization"})

    def _true_points(self, outlet: Outlet) -> frozenset[str]:
        """Which of the points at which transactions may start or stop hold now (TxStartPointValues, E01)."""
        if outlet.evse.error and outlet.transaction is None:
            # What is broken starts nothing, and starts it once it is mended.
            return frozenset()
        held = {
            "EVConnected": outlet.connected,
            "ParkingBayOccupancy": outlet.connected,
            "Authorized": outlet.permission is not None,
            "PowerPathClosed": outlet.connected and outlet.permission is not None,
            "EnergyTransfer": outlet.charging_state == "Charging",
        }
        return frozenset(name for name, holds in held.items() if holds)

    def _configured(self, name: str) -> set[str]:
        return set(self._station.device_model.items(f"TxCtrlr.{name}"))

    def _on_answer(self, event: Payload, answer: Payload) -> None:
        """The central system has answered, and may refuse the token (E05)."""
        info = answer.get("idTokenInfo")
        token = event.get("idToken")
        if not isinstance(info, dict) or not token:
            return
        self._station.authorization.remember(token, info)
        if info.get("status") == "Accepted" or event["eventType"] == "Ended":
            return
        wanted = event["transactionInfo"]["transactionId"]
        for outlet in self._station.outlets.values():
            transaction = outlet.transaction
            if transaction and transaction.transaction_id == wanted:
                self._refuse(outlet)

    def _refuse(self, outlet: Outlet) -> None:
        if self._station.device_model.flag("TxCtrlr.StopTxOnInvalidId"):
            self.withdraw(outlet, "Deauthorized", "DeAuthorized")
        elif outlet.transaction:
            # The transaction goes on without energy (E05.FR.02).
            outlet.transaction.refused = True
            self.review(outlet, "ChargingStateChanged")
            self._watch(outlet, 0.0)
