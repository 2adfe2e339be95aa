"""Recognises direct current by what is measured: a 1.6 station does not say which its EVSEs give.

Taken for alternating current, what a vehicle gets at 400 V would count as if it came from the grid so, and high currents
would be thrown away as impossible.
"""

from collections import Counter
from dataclasses import replace

from ..model.capabilities import Capabilities, EvseTraits
from ..model.configuration import SiteConfig
from ..model.events import MetersSampled
from ..model.identity import EvseKey
from ..model.kinds import EvseKind, evse_kind
from ..model.orders import WHOLE_STATION
from ..model.phases import CurrentType
from ..model.readings import Location
from ..model.stations import Station

# So often in a row it must look like that: garbage seldom fits together, and not again.
_TIMES = 3

# With less, any power is about the product.
_LEAST_A = 5.0

# On three phases the power is 1.7 times the product; so much may be measured at different moments.
_FITS = 0.1

# A phase has less; what is measured between two phases has more, and then the power does not fit.
_ABOVE = 1.3
_MOST_V = 1500.0


class DirectCurrents:
    """What readings show of the EVSEs of which nobody has said what they give."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._seen: Counter[EvseKey] = Counter()

    def learnt(
        self, site: SiteConfig, station: Station, event: MetersSampled
    ) -> Capabilities | None:
        """Return what is known of a station when a reading has shown that an EVSE gives direct current; else None."""
        key, known = EvseKey(event.identity, event.evse), station.capabilities
        if event.evse == WHOLE_STATION or _is_said(site, known, key):
            return None
        if not _is_direct(event, evse_kind(site, known, key)):
            del self._seen[key]
            return None
        self._seen[key] += 1
        if self._seen[key] < _TIMES:
            return None
        traits = replace(
            known.evse_traits.get(event.evse, EvseTraits()),
            current_type=CurrentType.DC,
        )
        return replace(known, evse_traits={**known.evse_traits, event.evse: traits})

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        for key in [key for key in self._seen if key.identity == identity]:
            del self._seen[key]


def _is_said(site: SiteConfig, known: Capabilities, key: EvseKey) -> bool:
    """Whether its owner or the station has said what an EVSE gives."""
    said = site.stations[key.identity].evses.get(key.evse)
    traits = known.evse_traits.get(key.evse)
    return (said is not None and said.current_type is not None) or (
        traits is not None
        and (traits.current_type is not None or bool(traits.connectors))
    )


def _is_direct(event: MetersSampled, kind: EvseKind) -> bool:
    """Whether power, voltage and current of one moment fit together as only those of direct current do."""
    told = {
        sample.measurand: sample.value
        for sample in event.samples
        if sample.phase is None and sample.location is Location.OUTLET
    }
    phased = any(sample.phase is not None for sample in event.samples)
    voltage_v, current_a = told.get("Voltage", 0.0), told.get("Current.Import", 0.0)
    product_w = voltage_v * current_a
    return (
        not phased
        and _ABOVE * kind.voltage_v <= voltage_v <= _MOST_V
        and current_a >= _LEAST_A
        and abs(told.get("Power.Active.Import", 0.0) - product_w) <= _FITS * product_w
    )
