"""What comes of a house without a meter: what its EVSEs hold for good, and what they may draw now."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from custom_components.evenload.engine.balancing.allotting import allot
from custom_components.evenload.engine.control.lasting import Lasting, lasting_of
from custom_components.evenload.engine.control.rooms import rooms_of, tree_of
from custom_components.evenload.engine.control.targets import Present, present_of
from custom_components.evenload.engine.model.allotments import Allotment, Demand
from custom_components.evenload.engine.model.configuration import SiteConfig
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.tree import Tree

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def circuits_of(site: SiteConfig) -> Tree:
    """Return the circuits of a site; nobody else draws anything there."""
    return tree_of(site, rooms_of(site, {}, {}, NOON))


def for_good(site: SiteConfig, demands: Sequence[Demand]) -> Lasting:
    """Return what everybody holds for good, which is the same whoever is there."""
    anybody = [
        replace(one, plugged_in_at=None, paused=False, charging=False)
        for one in _on_lines(site, demands)
    ]
    return lasting_of(site, circuits_of(site), anybody, frozenset())


def now(site: SiteConfig, demands: Sequence[Demand]) -> Mapping[EvseKey, Allotment]:
    """Return what every EVSE may draw now."""
    return allot(circuits_of(site), _on_lines(site, demands), NOON)


def beside(
    site: SiteConfig, demands: Sequence[Demand], held: Mapping[str, float]
) -> Present:
    """Return what everybody may draw beside stations that cannot be told, with what those hold, in amperes."""
    found = _on_lines(site, demands)
    lasting = for_good(site, demands)
    return present_of(site, circuits_of(site), lasting, found, held, NOON)


def _on_lines(site: SiteConfig, demands: Sequence[Demand]) -> list[Demand]:
    return [replace(one, load=site.load_of(one.key.identity)) for one in demands]
