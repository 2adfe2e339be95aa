"""What the owner has to be told of a station's limits."""

from collections.abc import Mapping
from datetime import timedelta

from ..csms.dialects.matching import quirks_of
from ..csms.dialects.quirks import Occasion
from ..model.allotments import Reason
from ..model.configuration import SiteConfig
from ..model.notices import ADVICE, Notice, NoticeKind
from ..model.stations import Station
from .binding import can_lease, pauses_with_transaction
from .commitments import Commitments
from .findings import Findings
from .targets import Targets
from .wish import SAME_A

# Within this time after a boot a station has told of all its EVSEs: it is asked to.
_SETTLED = timedelta(minutes=5)


def concerns_of(
    site: SiteConfig,
    station: Station,
    targets: Targets,
    commitments: Commitments,
    findings: Findings,
) -> list[Notice]:
    """Return every notice that a station can raise, active or not."""
    name = site.stations[station.identity].name
    allotments = [
        targets.allotments[evse.key]
        for evse in station.evses.values()
        if evse.key in targets.allotments
    ]
    starved = [
        allotment for allotment in allotments if allotment.reason is Reason.NOT_ENOUGH
    ]
    lasts = any(
        abs(allotment.current.a - targets.fallbacks[allotment.key].current.a) > SAME_A
        and not pauses_with_transaction(station, targets, allotment.key)
        for allotment in allotments
    )
    ignored, overruled, stuck = findings.of(station.identity)
    known = station.capabilities
    facts = {
        NoticeKind.NOT_CONTROLLABLE: not known.is_controllable,
        NoticeKind.LIMITS_ONLY_WHILE_CHARGING: known.is_controllable
        and not known.keeps_limits,
        NoticeKind.LIMITS_DO_NOT_EXPIRE: lasts
        and known.keeps_limits
        and not can_lease(known),
        NoticeKind.CLOCK_WRONG: station.connected and station.clock.is_astray,
        NoticeKind.LIMIT_UNANSWERED: station.connected
        and station.identity in commitments.deaf,
        NoticeKind.LIMIT_IGNORED: station.connected and ignored,
        NoticeKind.LIMIT_OVERRULED: station.connected and overruled and not ignored,
        NoticeKind.UNPLUG_NEEDED: station.connected and stuck,
        NoticeKind.SHARE_TOO_SMALL: bool(starved),
        NoticeKind.EVSES_GONE: station.connected and _lacks_evses(station),
    }
    facts |= _advice(station, facts)
    told = {
        NoticeKind.CLOCK_WRONG: {
            "minutes": str(round(abs(station.clock.ahead_s or 0.0) / 60))
        }
    }
    return [
        Notice(kind, station.identity, active, {"name": name, **told.get(kind, {})})
        for kind, active in facts.items()
    ]


def _lacks_evses(station: Station) -> bool:
    """Whether a station says that it has fewer EVSEs than are known, and has not spoken of the others since it booted."""
    told, booted, seen = (
        station.capabilities.evses_told,
        station.booted_at,
        station.last_seen,
    )
    if told is None or booted is None or seen is None or seen < booted + _SETTLED:
        return False
    others = [evse for number, evse in station.evses.items() if number > told]
    return bool(others) and all(
        (evse.status_at is None or evse.status_at < booted)
        and (evse.metered_at is None or evse.metered_at < booted)
        and (evse.transaction is None or not evse.transaction.is_open)
        for evse in others
    )


def _advice(
    station: Station, facts: Mapping[NoticeKind, bool]
) -> dict[NoticeKind, bool]:
    """Return what is known to help at stations of this make, and whether what it helps against is met."""
    quirks = quirks_of(station.info)
    met = {
        Occasion.LIMITS_REFUSED: facts[NoticeKind.NOT_CONTROLLABLE]
        or facts[NoticeKind.LIMITS_ONLY_WHILE_CHARGING],
        Occasion.LIMITS_IGNORED: facts[NoticeKind.LIMIT_IGNORED],
        Occasion.NEW_VERSION: station.connected and station.version in quirks.avoids,
    }
    given = {advice.notice for advice in quirks.advice if met[advice.occasion]}
    return {kind: kind in given for kind in ADVICE}
