"""Between what and what vehicles drew when the site's meter was read: in all, and on each of its lines."""

from datetime import datetime
from typing import TYPE_CHECKING

from ...model.phases import ALL_PHASES
from ...model.stations import Evse
from .export import lines_of
from .following import Span
from .told import WHOLE, On

if TYPE_CHECKING:
    from .fleet_view import FleetView


def span_of(view: FleetView, evse: Evse, at: datetime, on: On = WHOLE) -> Span:
    """Return what an EVSE may have drawn from the grid, in watts."""
    feeding, flow = view.feeding, view.flow(evse.key)
    last, shown_w = feeding.last(evse.key), None
    if last is None:
        low = high = (flow.power_w or 0.0) * on.measured(flow)
    else:
        low, high = feeding.span(evse.key, at, view.house.lag_s, flow, on)
        if last.is_handed and flow.power_w is not None:
            shown_w = flow.power_w * on.measured(flow, last)
            shown_w = min(0.0, _on_grid(view, evse, shown_w))
    return Span(_on_grid(view, evse, low), _on_grid(view, evse, high), shown_w)


def line_spans(view: FleetView, evse: Evse, at: datetime) -> list[Span]:
    """Return the same on each line of the grid."""
    key = evse.key
    wiring = view.site.stations[key.identity].wiring
    seen, needs = view.phases_seen.of(evse), view.orders.needs.get(key)
    parts = lines_of(view.site, key, view.kind(key), needs, seen)
    return [
        span_of(view, evse, at, On(wiring.index(phase), parts[phase]))
        if phase in parts
        else Span()
        for phase in ALL_PHASES
    ]


def _on_grid(view: FleetView, evse: Evse, power_w: float) -> float:
    """Return what a vehicle's power comes to at the meter: what makes direct current of it loses some."""
    return view.kind(evse.key).grid_w(power_w)
