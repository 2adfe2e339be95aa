"""Which charging profiles a station takes, and why not (K01; reason codes of appendix 5)."""

from dataclasses import dataclass
from itertools import pairwise

from simulator.evse import Evse
from simulator.faults import Faults
from simulator.ocpp2 import v2x_rules
from simulator.ocpp2.device_model import DeviceModel
from simulator.profiles import (
    Installed,
    Kind,
    Profile,
    ProfileStore,
    Purpose,
    RateUnit,
    Schedule,
)
from simulator.setpoints import Refused
from simulator.station import Station


@dataclass(frozen=True, slots=True)
class Rules:
    """What one station accepts."""

    version: str
    station: Station
    device_model: DeviceModel
    profiles: ProfileStore
    faults: Faults

    def check(self, entry: Installed, transactions: dict[int, str]) -> None:
        """Whether a profile may be installed, with the running transactions by EVSE; raises Refused."""
        self.check_brought(entry)
        if entry.profile.purpose is Purpose.TX:
            self._check_transaction(entry.evse_id, entry.profile, transactions)
        self._check_others(entry)

    def check_brought(self, entry: Installed) -> None:
        """Whether a profile by itself may be installed, as for a transaction that is still to come; raises Refused."""
        evse_id, profile = entry.evse_id, entry.profile
        if evse_id != 0 and evse_id not in self.station.evses:
            raise Refused("UnknownEVSE")
        self._check_purpose(evse_id, profile)
        self._check_kind(profile)
        if not 0 <= profile.stack_level <= self._number("ProfileStackLevel"):
            raise Refused("InvalidStackLevel")
        for schedule in (profile.schedule, *profile.alternatives):
            self._check_schedule(evse_id, profile, schedule)
            for evse in self._concerned(evse_id):
                self._check_phases(evse, schedule)

    def _check_purpose(self, evse_id: int, profile: Profile) -> None:
        if profile.purpose is Purpose.EXTERNAL:
            # K01.FR.22: that is for those who are not the central system.
            raise Refused("InvalidValue", "external constraints are not the CSMS's")
        additional = self._list("SupportedAdditionalPurposes")
        if profile.purpose is Purpose.PRIORITY and "PriorityCharging" not in additional:
            raise Refused("UnsupportedPurpose")
        if profile.purpose is Purpose.LOCAL_GENERATION:
            raise Refused("UnsupportedPurpose")
        if profile.purpose is Purpose.STATION_MAX and evse_id != 0:
            raise Refused("InvalidValue", "the station's maximum belongs to EVSE 0")
        if profile.purpose is Purpose.TX and evse_id == 0:
            # K01.FR.16
            raise Refused("InvalidValue", "a transaction is on an EVSE above 0")
        highest = self._number("MaxExternalConstraintsId")
        if self.version == "2.1" and profile.profile_id <= highest:
            raise Refused("InvalidProfileId")

    def _check_kind(self, profile: Profile) -> None:
        schedule, kind = profile.schedule, profile.kind
        if kind is Kind.RELATIVE and profile.purpose is Purpose.STATION_MAX:
            # K01.FR.38
            raise Refused("InvalidProfile", "the station's maximum is not relative")
        if kind is Kind.RELATIVE and schedule.start is not None:
            # K01.FR.41
            raise Refused("InvalidSchedule", "a relative schedule has no start")
        if kind in (Kind.ABSOLUTE, Kind.RECURRING) and schedule.start is None:
            # K01.FR.40
            raise Refused("InvalidSchedule", "the schedule needs its start")
        if kind is Kind.RECURRING and profile.recurrency is None:
            raise Refused("InvalidProfile", "how often does it recur")
        if kind is not Kind.DYNAMIC:
            if profile.more.keys() & {"dynUpdateInterval", "dynUpdateTime"}:
                # K01.FR.122
                raise Refused("InvalidProfile", "only a dynamic one is updated")
            return
        if not self._flag("SupportsDynamicProfiles"):
            raise Refused("UnsupportedKind")
        if profile.alternatives or len(schedule.periods) != 1:
            # K28.FR.01-02
            raise Refused("InvalidSchedule", "a dynamic profile has one period")

    def _check_schedule(
        self, evse_id: int, profile: Profile, schedule: Schedule
    ) -> None:
        periods = schedule.periods
        if schedule.unit.value not in self._list("RateUnit"):
            # K01.FR.26
            raise Refused("UnsupportedRateUnit")
        if not 0 < len(periods) <= self._number("PeriodsPerSchedule"):
            raise Refused("InvalidSchedule", "no periods, or too many")
        if periods[0].start_s != 0:
            # K01.FR.31
            raise Refused("InvalidSchedule", "the first period starts at 0")
        if any(
            later.start_s <= earlier.start_s for earlier, later in pairwise(periods)
        ):
            # K01.FR.35
            raise Refused("InvalidSchedule", "periods out of order")
        self._check_extras(profile, schedule)
        v2x_rules.check_schedule(
            profile,
            schedule,
            self.station.evses.get(evse_id),
            self.station.bidirectional,
            self.device_model,
            self.faults,
        )

    def _check_extras(self, profile: Profile, schedule: Schedule) -> None:
        """What 2.1 allows and this station does not support (K01.FR.70, FR.123-FR.125)."""
        if profile.purpose is Purpose.PRIORITY and schedule.duration_s is not None:
            raise Refused("InvalidSchedule", "priority lasts as long as it lasts")
        if schedule.more.get("useLocalTime") and not self._flag("SupportsUseLocalTime"):
            raise Refused("InvalidSchedule", "no local time")
        if schedule.more.get("randomizedDelay") and not self._flag(
            "SupportsRandomizedDelay"
        ):
            raise Refused("InvalidSchedule", "no randomised delay")
        if "limitAtSoC" in schedule.more and not self._flag("SupportsLimitAtSoC"):
            raise Refused("InvalidSchedule", "no limit at a state of charge")

    def _check_phases(self, evse: Evse, schedule: Schedule) -> None:
        if evse.is_dc and schedule.unit is RateUnit.AMPERES:
            raise Refused("UnsupportedRateUnit", "direct current is limited in watts")
        for period in schedule.periods:
            asked = period.phases is not None or period.terminal is not None
            if evse.is_dc and asked:
                # K01.FR.44
                raise Refused("NoPhaseForDC")
            if evse.is_dc:
                continue
            lines, switches = len(evse.wiring), self.station.switches_phases
            if period.terminal is not None:
                # K01.FR.19, FR.20, FR.48
                fits = period.phases in (None, 1) and 1 <= period.terminal <= lines
                if not fits or not (switches or (lines == 1 and period.terminal == 1)):
                    raise Refused("InvalidSchedule", "that phase is not to be had")
            if period.phases is not None and period.phases < lines and not switches:
                # K01.FR.43
                raise Refused("InvalidSchedule", "the number of phases is fixed")

    def _check_transaction(
        self, evse_id: int, profile: Profile, transactions: dict[int, str]
    ) -> None:
        running = transactions.get(evse_id)
        if running is None:
            # K01.FR.09
            raise Refused("TxNotFound")
        if profile.transaction_id is None:
            # K01.FR.03
            raise Refused("MissingParam", "which transaction")
        if profile.transaction_id != running:
            # K01.FR.33
            raise Refused("TxNotFound")

    def _check_others(self, entry: Installed) -> None:
        """That no two profiles of a purpose and stack level hold at once (K01.FR.05, FR.06, FR.39, FR.52, FR.53)."""
        profile = entry.profile
        for other in self.profiles:
            same = other.profile.profile_id == profile.profile_id
            if same and other.profile.purpose is Purpose.EXTERNAL:
                raise Refused("InvalidProfileId")
            twin = (
                other.profile.purpose is profile.purpose
                and other.profile.stack_level == profile.stack_level
                and (
                    other.evse_id == entry.evse_id
                    or 0 in (other.evse_id, entry.evse_id)
                )
            )
            if twin and not same and _overlap(profile, other.profile):
                raise Refused("DuplicateProfile")

    def _concerned(self, evse_id: int) -> list[Evse]:
        """The EVSEs whose hardware a schedule must suit; what is for all may suit only some (a DC EVSE beside others)."""
        if evse_id:
            return [self.station.evses[evse_id]]
        kinds = {evse.is_dc for evse in self.station.evses.values()}
        return list(self.station.evses.values()) if len(kinds) == 1 else []

    def _number(self, name: str) -> int:
        return self.device_model.number(f"SmartChargingCtrlr.{name}")

    def _flag(self, name: str) -> bool:
        return self.device_model.flag(f"SmartChargingCtrlr.{name}")

    def _list(self, name: str) -> list[str]:
        return self.device_model.items(f"SmartChargingCtrlr.{name}")


def _overlap(one: Profile, other: Profile) -> bool:
    """Whether there is a time at which both are valid."""
    begins = max((at for at in (one.valid_from, other.valid_from) if at), default=None)
    ends = min((at for at in (one.valid_to, other.valid_to) if at), default=None)
    return begins is None or ends is None or begins < ends
