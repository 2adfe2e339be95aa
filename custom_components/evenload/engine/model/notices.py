"""What the owner has to be told beyond the state of things: each becomes a repair issue while it lasts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class NoticeKind(StrEnum):
    """What is wrong. The value is also the key of the sentence that is shown."""

    # A station refused every kind of limit: it is counted at its maximum for good.
    NOT_CONTROLLABLE = "not_controllable"
    # A station takes limits for the transaction that runs and no others: it is counted at its maximum for good.
    LIMITS_ONLY_WHILE_CHARGING = "limits_only_while_charging"
    # A station takes limits but none that expires: a pause or own maximum outlives Home Assistant.
    LIMITS_DO_NOT_EXPIRE = "limits_do_not_expire"
    # A station does not answer what it is told: it may or may not have taken the limit.
    LIMIT_UNANSWERED = "limit_unanswered"
    # A station draws more than the limit that it accepted.
    LIMIT_IGNORED = "limit_ignored"
    # A station says that it allows more than it was told: somebody else's limit lies above ours.
    LIMIT_OVERRULED = "limit_overruled"
    # A vehicle that was paused may go on and does not: it has to be unplugged and plugged in again.
    UNPLUG_NEEDED = "unplug_needed"
    # The share of an EVSE is less than a vehicle can take (it has more EVSEs than the form knew).
    SHARE_TOO_SMALL = "share_too_small"
    # A station says that it has fewer EVSEs than it once had: the others keep their share until it is added anew.
    EVSES_GONE = "evses_gone"
    # The clock of a station is wrong by minutes, and stays so though it is told the time.
    CLOCK_WRONG = "clock_wrong"
    # What the owner of a station of a known make can set in it, when what that helps against is met.
    ADVICE_EXTERNAL_ENERGY_MANAGEMENT = "advice_external_energy_management"
    ADVICE_USE_OCPP_16 = "advice_use_ocpp_16"
    ADVICE_UPDATE_FIRMWARE = "advice_update_firmware"
    # The site's meter shows what flows out as if it flowed in: no vehicle feeds back by it.
    METER_UNSIGNED = "meter_unsigned"
    # Energy comes out of a vehicle, and nobody has asked for it.
    DISCHARGES_UNASKED = "discharges_unasked"
    # A vehicle will leave with less than its owner wants, however it is charged until then.
    DEPARTURE_TOO_SOON = "departure_too_soon"
    # No plan can be made, or not in time: vehicles that are in none charge at once.
    PLANNING_FAILED = "planning_failed"
    PLANNING_LATE = "planning_late"
    # State could not be written to disk.
    STORAGE_FAILED = "storage_failed"
    # The file of sessions cannot be used: the last ones are kept elsewhere.
    SESSIONS_UNUSABLE = "sessions_unusable"
    # The file of sessions was damaged; it was put aside, and what could be read was taken over.
    SESSIONS_DAMAGED = "sessions_damaged"
    # What is to be told to a CSMS above cannot be written: it is lost if Home Assistant ends now.
    UPLINK_NOT_KEPT = "uplink_not_kept"
    # A station dialled in with an identity that cannot be used.
    IDENTITY_REFUSED = "identity_refused"
    # Two boxes dial in with one identity: the first is served.
    STATION_DOUBLED = "station_doubled"
    # More unknown stations dial in than are held.
    TOO_MANY_UNKNOWN = "too_many_unknown"
    # A station was not let in (the values are those of `security.Refusal`).
    PASSWORD_MISSING = "password_missing"
    PASSWORD_WRONG = "password_wrong"
    PASSWORD_UNKNOWN = "password_unknown"
    ENCRYPTION_MISSING = "encryption_missing"
    STATION_CERTIFICATE_MISSING = "station_certificate_missing"
    STATION_CERTIFICATE_FOREIGN = "station_certificate_foreign"
    # A station was given a password and comes without it.
    PASSWORD_UNUSED = "password_unused"
    # Somebody could not agree on encryption (the values are those of `security.TlsFailure`).
    TLS_NOT_ENCRYPTED = "tls_not_encrypted"
    TLS_ON_PLAIN_PORT = "tls_on_plain_port"
    TLS_NOTHING_IN_COMMON = "tls_nothing_in_common"
    TLS_DISTRUSTED = "tls_distrusted"
    TLS_STATION_CERTIFICATE = "tls_station_certificate"
    TLS_BROKEN_OFF = "tls_broken_off"
    # The certificate of the site ends within a month, or a newer one cannot be used.
    CERTIFICATE_ENDS = "certificate_ends"
    CERTIFICATE_UNUSABLE = "certificate_unusable"


ADVICE = (
    NoticeKind.ADVICE_EXTERNAL_ENERGY_MANAGEMENT,
    NoticeKind.ADVICE_USE_OCPP_16,
    NoticeKind.ADVICE_UPDATE_FIRMWARE,
)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell, or (`active` False) something that is over. `subject` is a station, a group or the site."""

    kind: NoticeKind
    subject: str
    active: bool = True
    placeholders: Mapping[str, str] = field(default_factory=dict)
