"""All charging profiles that a CSMS above has set at a station, and what they allow at a moment (1.6 §3.13, 2.0.1 block K).

They are never sent to a station: they bound what the house allots, which goes to it as one limit.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from ..model.limits import Limit
from .profile import PURPOSES, WHOLE_STATION, Profile, Purpose
from .setpoints import asks_for_power

# Each is looked at whenever current is divided, and kept on the disk.
MOST = 100


class Profiles:
    """Those of one station."""

    def __init__(self, profiles: Iterable[Profile] = ()) -> None:
        """Begin with those that were kept."""
        self._profiles = {profile.id: profile for profile in profiles}

    def __iter__(self) -> Iterator[Profile]:
        """Go through them."""
        return iter(self._profiles.values())

    def get(self, profile_id: int) -> Profile | None:
        """Return the one with a number, or None."""
        return self._profiles.get(profile_id)

    def put(self, profile: Profile) -> None:
        """Add one, in place of one with its number, and of one for the same purpose, place and stack level (K01.FR.05)."""
        for number in self._replaced(profile):
            del self._profiles[number]
        self._profiles[profile.id] = profile

    def has_room_for(self, profile: Profile) -> bool:
        """Whether one more can be kept, or it takes the place of another (K01.FR.05)."""
        return len(self._profiles) < MOST or bool(self._replaced(profile))

    def _replaced(self, profile: Profile) -> set[int]:
        """Return the numbers of those in whose place one comes."""
        return {
            other.id
            for other in self._profiles.values()
            if other.id == profile.id
            or (other.evse, other.purpose, other.stack_level, other.transaction)
            == (
                profile.evse,
                profile.purpose,
                profile.stack_level,
                profile.transaction,
            )
        }

    def clear(
        self,
        profile_id: int | None = None,
        evse: int | None = None,
        purpose: str | None = None,
        stack_level: int | None = None,
    ) -> bool:
        """Take out those that fit all that is said; returns whether there were any. A number alone is enough."""
        wanted = None if purpose is None else PURPOSES.get(purpose)
        gone = [
            profile.id
            for profile in self._profiles.values()
            if (
                profile.id == profile_id
                if profile_id is not None
                else (evse is None or profile.evse == evse)
                and (purpose is None or profile.purpose is wanted)
                and (stack_level is None or profile.stack_level == stack_level)
            )
        ]
        for number in gone:
            del self._profiles[number]
        return bool(gone)

    def ended(self, transaction: str, evse: int | None = None) -> bool:
        """Take out those of a transaction that has ended, and those that came with its start; returns whether there were any.

        Source: 1.6 §3.13.3, §5.11; 2.0.1 F01.FR.09.
        """
        gone = [
            one.id
            for one in self._profiles.values()
            if one.transaction == transaction
            or (
                one.purpose is Purpose.TX
                and one.transaction is None
                and one.evse == evse
            )
        ]
        for number in gone:
            del self._profiles[number]
        return bool(gone)

    def limits(
        self,
        evse: int,
        transaction: str | None,
        now: datetime,
        plugged_in_at: datetime | None,
    ) -> tuple[tuple[Limit, ...], datetime | None]:
        """Return all that bounds an EVSE (0: the station as a whole) now, and when that changes next.

        At an EVSE a transaction's own profile stands in for the default one, which may be the station's.
        """
        found: list[Limit] = []
        changes: list[datetime] = []
        purposes = (
            ((Purpose.MAXIMUM,), (Purpose.EXTERNAL,))
            if evse == WHOLE_STATION
            else (
                (Purpose.TX, Purpose.DEFAULT),
                (Purpose.MAXIMUM,),
                (Purpose.EXTERNAL,),
            )
        )
        for group in purposes:
            for purpose in group:
                limit, change = self._leading(
                    purpose, evse, transaction, now, plugged_in_at
                )
                changes += change
                if limit is not None:
                    found.append(limit)
                    break
        return tuple(found), min((at for at in changes if at > now), default=None)

    def asking(
        self,
        evse: int,
        transaction: str | None,
        now: datetime,
        plugged_in_at: datetime | None,
    ) -> tuple[tuple[Profile, Mapping[str, Any]] | None, datetime | None]:
        """Return the profile, and its period, that says what is to flow at an EVSE (0: at all together), and when that changes."""
        changes: list[datetime] = []
        fitting = [
            one
            for one in self._profiles.values()
            if one.evse == evse
            and asks_for_power(one)
            and (one.transaction is None or one.transaction == transaction)
            and (one.purpose is not Purpose.TX or transaction is not None)
        ]
        found = None
        for profile in sorted(fitting, key=lambda one: one.stack_level, reverse=True):
            period, change = profile.period(now, plugged_in_at)
            if change is not None and change > now:
                changes.append(change)
            if period is not None:
                found = profile, period
                break
        return found, min(changes, default=None)

    def _leading(
        self,
        purpose: Purpose,
        evse: int,
        transaction: str | None,
        now: datetime,
        plugged_in_at: datetime | None,
    ) -> tuple[Limit | None, list[datetime]]:
        """Return what the profile of a purpose with the highest stack level says that says anything."""
        places = {evse, WHOLE_STATION} if purpose is Purpose.DEFAULT else {evse}
        changes: list[datetime] = []
        fitting = [
            one
            for one in self._profiles.values()
            if one.purpose is purpose
            and one.evse in places
            and (one.transaction is None or one.transaction == transaction)
            and (purpose is not Purpose.TX or transaction is not None)
        ]
        for profile in sorted(
            fitting, key=lambda one: (one.stack_level, one.evse), reverse=True
        ):
            limit, change = profile.limit(now, plugged_in_at)
            if change is not None:
                changes.append(change)
            if limit is not None:
                return limit, changes
        return None, changes
