"""What of an EVSE its limits go by, beside what is shared: who charges, on how many phases, and what its status is."""

from ..model.identity import EvseKey
from ..model.stations import EvseStatus, Station
from .bound import Use
from .commitments import Commitments

type Sight = tuple[Use, bool, EvseStatus | None]


def sights_of(commitments: Commitments, station: Station) -> dict[EvseKey, Sight]:
    """Return it for every EVSE of a station."""
    return {
        evse.key: (
            commitments.use(evse.key),
            commitments.is_single(evse.key),
            evse.status,
        )
        for evse in station.evses.values()
    }
