"""What a CSMS of any version may ask for, done by the house in its own words: who may, what becomes of it."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from ..model.access import ListedToken, Reservation
from ..model.errors import InvalidRequest, NotConnected, StationRefused
from ..model.uplink import Domain
from .anchors import anchored, updated
from .house import House
from .profile import WHOLE_STATION, NotAProfile, Profile, Purpose, checked, is_of
from .setpoints import asks_for_power, check_setpoints

REJECTED = {"status": "Rejected"}
ACCEPTED = {"status": "Accepted"}

# What both versions answer beside yes and no (1.6 §7.18 and §7.40, 2.0.1 ReserveNowStatusEnum and DataTransferStatusEnum).
_NOT_FREE = frozenset({"Occupied", "Faulted", "Unavailable"})
_NOT_KNOWN = frozenset({"UnknownMessageId", "UnknownVendorId"})
_NOT_DONE = frozenset({"NotImplemented"})
_NO_WORDS: Mapping[str, str] = {}


class Deeds:
    """Does what is asked of one station."""

    def __init__(self, house: House) -> None:
        """Ask the station through the house."""
        self.house = house

    async def done(
        self,
        domain: Domain,
        doing: Awaitable[object],
        refusal: str = "Rejected",
        words: Mapping[str, str] = _NO_WORDS,
    ) -> dict[str, Any]:
        """Have the station do something, if those above decide it; returns how that went as a status.

        `words` are what of the station's own words for a no is told, and how.
        """
        if not self.house.decides(domain):
            if hasattr(doing, "close"):
                doing.close()
            return {"status": refusal}
        try:
            await doing
        except StationRefused as refused:
            return {"status": words.get(refused.answer, refusal)}
        except InvalidRequest, NotConnected:
            return {"status": refusal}
        return dict(ACCEPTED)

    async def passed(
        self,
        domain: Domain,
        action: str,
        payload: dict[str, Any],
        refusal: str = "Rejected",
    ) -> dict[str, Any]:
        """Ask the station word for word, if those above decide it; returns its own answer, or a no."""
        if not self.house.decides(domain):
            return {"status": refusal}
        try:
            return await self.house.commands.call(action, payload)
        except StationRefused, InvalidRequest, NotConnected:
            return {"status": refusal}

    async def available(self, evse: int, *, operative: bool) -> dict[str, Any]:
        """Take an EVSE or the station in or out of service."""
        waits = False

        async def set_it() -> None:
            nonlocal waits
            waits = not await self.house.commands.set_availability(
                evse, operative=operative
            )

        said = await self.done(Domain.AVAILABILITY, set_it())
        return {"status": "Scheduled"} if waits else said

    async def unlock(
        self, evse: int, words: Mapping[str, str] = _NO_WORDS
    ) -> dict[str, Any]:
        """Release the cable at an EVSE; `words` as in `done`."""

        async def unlock() -> None:
            await self.house.commands.unlock(evse)

        said = await self.done(Domain.TRANSACTIONS, unlock(), "UnlockFailed", words)
        return {"status": "Unlocked"} if said == ACCEPTED else said

    async def reserve(self, reservation: Reservation) -> dict[str, Any]:
        """Keep an EVSE for a token."""
        if not self.house.decides(Domain.TRANSACTIONS):
            return dict(REJECTED)
        try:
            await self.house.commands.reserve(reservation)
        except StationRefused as refusal:
            return _refused(refusal, _NOT_FREE)
        except InvalidRequest, NotConnected:
            return dict(REJECTED)
        return dict(ACCEPTED)

    async def cancel(self, reservation_id: int) -> dict[str, Any]:
        """Take a reservation back."""

        async def cancel() -> None:
            await self.house.commands.cancel_reservation(reservation_id)

        return await self.done(Domain.TRANSACTIONS, cancel())

    async def list_version(self) -> int | None:
        """Return the version of the station's own list of tokens; None where nobody above is told."""
        if not self.house.decides(Domain.TRANSACTIONS):
            return None
        try:
            return await self.house.commands.local_list_version()
        except StationRefused, NotConnected:
            return None

    async def send_list(
        self, version: int, lines: Sequence[ListedToken], update: str
    ) -> dict[str, Any]:
        """Replace the station's own list of tokens, or change single lines of it."""

        async def send() -> None:
            await self.house.commands.send_local_list(
                version, lines, full=update == "Full"
            )

        return await self.done(Domain.TRANSACTIONS, send(), "Failed")

    async def clear_cache(self) -> dict[str, Any]:
        """Have the station forget the tokens that it has learnt."""

        async def clear() -> None:
            await self.house.commands.clear_cache()

        return await self.done(Domain.TRANSACTIONS, clear())

    async def trigger(self, message: str, evse: int | None) -> dict[str, Any]:
        """Have the station say something now."""
        try:
            await self.house.commands.trigger(message, evse)
        except StationRefused as refusal:
            return _refused(refusal, _NOT_DONE)
        except InvalidRequest:
            # The station's version has no such message.
            return {"status": "NotImplemented"}
        except NotConnected:
            return dict(REJECTED)
        return dict(ACCEPTED)

    async def transfer(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Pass a message of the maker's own on."""
        try:
            data = await self.house.commands.data_transfer(
                payload["vendorId"], payload.get("messageId"), payload.get("data")
            )
        except StationRefused as refusal:
            return _refused(refusal, _NOT_KNOWN)
        except InvalidRequest, NotConnected:
            return dict(REJECTED)
        return dict(ACCEPTED) | ({} if data is None else {"data": data})

    def limited(
        self, evse: int, body: dict[str, Any], *, is_oldest: bool
    ) -> Profile | None:
        """Take a charging profile that bounds what the house allots, or says what is to flow; returns it if it was taken."""
        profile = self._read(evse, body, is_oldest=is_oldest)
        if profile is None or not is_of(profile, self.house.running_at(evse)):
            return None
        self._take(profile)
        return profile

    async def start(
        self,
        evse: int | None,
        starting: Awaitable[object],
        body: dict[str, Any] | None,
        *,
        is_oldest: bool,
    ) -> dict[str, Any]:
        """Have a transaction begun, with the charging profile that is for it (1.6 §5.11, 2.0.1 F01); both or neither.

        Where the owner decides limits, it is ignored, as by a station that has none.
        """
        profile = None
        if body is not None and self.house.decides(Domain.LIMITS):
            profile = self._of_start(evse, body, is_oldest=is_oldest)
            if profile is None:
                if hasattr(starting, "close"):
                    starting.close()
                return dict(REJECTED)
        said = await self.done(Domain.TRANSACTIONS, starting)
        if said == ACCEPTED and profile is not None:
            self._take(profile)
        return said

    def _of_start(
        self, evse: int | None, body: dict[str, Any], *, is_oldest: bool
    ) -> Profile | None:
        """Return the profile that comes with a start; None where it cannot be held to, or nobody knows at which EVSE."""
        if evse is None:
            evses = tuple(self.house.station.evses)
            if len(evses) != 1:
                return None
            evse = evses[0]
        if evse == WHOLE_STATION:
            return None
        profile = self._read(evse, body, is_oldest=is_oldest)
        is_its = profile is not None and profile.purpose is Purpose.TX
        return profile if is_its else None

    def _read(
        self, evse: int, body: dict[str, Any], *, is_oldest: bool
    ) -> Profile | None:
        if not self.house.decides(Domain.LIMITS):
            return None
        if evse != WHOLE_STATION and evse not in self.house.station.evses:
            return None
        try:
            profile = self._checked(Profile(evse, body, is_oldest))
        except NotAProfile:
            return None
        if not self.house.profiles.has_room_for(profile):
            return None
        return anchored(profile, self.house.now())

    def _take(self, profile: Profile) -> None:
        if self.house.profiles.get(profile.id) == profile:
            # Said again, it changes nothing.
            return
        self.house.profiles.put(profile)
        self.house.profiles_changed()

    def updated(self, profile_id: int, update: dict[str, Any]) -> bool:
        """Take what changes of a dynamic profile (2.1 K28); returns whether there is such a one."""
        if not self.house.decides(Domain.LIMITS):
            return False
        known = self.house.profiles.get(profile_id)
        changed = known and updated(known, update, self.house.now())
        if changed is None:
            return False
        try:
            self.house.profiles.put(self._checked(changed))
        except NotAProfile:
            return False
        self.house.profiles_changed()
        return True

    def _checked(self, profile: Profile) -> Profile:
        """Return a profile that the house can hold to. Raises `NotAProfile`."""
        if checked(profile).purpose is Purpose.EXTERNAL:
            raise NotAProfile("a CSMS does not say what others limit (2.x K01.FR.22)")
        if asks_for_power(profile):
            if not self.house.follows_setpoints:
                raise NotAProfile("nobody divides it here")
            check_setpoints(profile)
        return profile

    def unlimited(self, **criteria: Any) -> bool:
        """Take charging profiles away; returns whether there were any that fit."""
        if not self.house.profiles.clear(**criteria):
            return False
        self.house.profiles_changed()
        return True

    def composite(self, evse: int, seconds: int, unit: str | None) -> dict[str, Any]:
        """Return what is really in force, as a charging schedule, in the unit that was asked for."""
        in_watts, watts = unit == "W", self.house.watts_per_ampere(evse)
        periods = [
            {
                "startPeriod": start,
                "limit": round(amperes * (watts if in_watts else 1.0), 1),
            }
            for start, amperes in self.house.in_force(evse, seconds)
        ]
        return {
            "duration": seconds,
            "chargingRateUnit": "W" if in_watts else "A",
            "chargingSchedulePeriod": periods,
        }


def _refused(refusal: StationRefused, known: frozenset[str]) -> dict[str, Any]:
    """Return a no in the station's own word, where both versions know it."""
    return {"status": refusal.answer if refusal.answer in known else "Rejected"}
