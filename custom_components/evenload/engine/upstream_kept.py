"""What is kept of one uplink, over restarts: the names that both sides give, and the charging profiles of those above."""

from collections.abc import Mapping
import json

from .uplink.names import PROFILE, Names
from .uplink.outbox import Outbox
from .uplink.profile import Profile
from .uplink.profiles import Profiles


class KeptNames:
    """The names of one uplink, in the outbox."""

    def __init__(self, outbox: Outbox, station: str) -> None:
        """Look them up there."""
        self._outbox = outbox
        self._station = station

    def theirs(self, kind: str, ours: str) -> str | None:
        """Return their name of something, or None."""
        return self._outbox.theirs(self._station, kind, ours)

    def ours(self, kind: str, theirs: str) -> str | None:
        """Return our name of something, or None."""
        return self._outbox.ours(self._station, kind, theirs)

    def keep(self, kind: str, ours: str, theirs: str) -> None:
        """Keep a name."""
        self._outbox.name(self._station, kind, ours, theirs)

    def drop(self, kind: str, ours: str) -> None:
        """Forget a name."""
        self._outbox.unname(self._station, kind, ours)


class Kept:
    """Both of one uplink."""

    def __init__(self, outbox: Outbox, key: str) -> None:
        """Take up what an earlier life has kept by this name."""
        self.names: Names = KeptNames(outbox, key)
        self.profiles = Profiles(_kept_profiles(outbox.named(key, PROFILE)))
        self._on_disk = {profile.id: profile for profile in self.profiles}
        self._outbox = outbox
        self._key = key

    def has_untold(self) -> bool:
        """Whether anything waits to be told to those above."""
        return self._outbox.count(self._key) > 0

    def keep_profiles(self) -> None:
        """Keep the profiles as they are now: what changed of them."""
        now = {profile.id: profile for profile in self.profiles}
        for number in self._on_disk.keys() - now.keys():
            self.names.drop(PROFILE, str(number))
        for number, profile in now.items():
            if self._on_disk.get(number) is not profile:
                self.names.keep(PROFILE, str(number), _written(profile))
        self._on_disk = now


def _written(profile: Profile) -> str:
    """Return how a profile is kept."""
    said = {
        "evse": profile.evse,
        "oldest": profile.is_oldest,
        "body": profile.body,
    }
    return json.dumps(said)


def _kept_profiles(kept: Mapping[str, str]) -> list[Profile]:
    """Return the profiles that were kept."""
    said = [json.loads(text) for text in kept.values()]
    return [Profile(one["evse"], one["body"], one["oldest"]) for one in said]
