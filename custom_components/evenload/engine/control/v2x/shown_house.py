"""What is shown of the house while vehicles follow: what was believed when the meter was read, and not the most that it may be."""

from ...model.phases import PhaseCurrents
from .fleet_view import FleetView


def house_on(view: FleetView, most: PhaseCurrents) -> PhaseCurrents:
    """Return what the house draws on each line; `most` is that where all that may be fed back is added to its meter.

    A vehicle that was just told something may do so or not. What limits are made of counts the worst of that, and would jump
    with every setpoint.
    """
    load_w, feeding = view.house.shown_w, view.feeding
    lines = {
        phase
        for key in feeding
        if key.identity in view.site.stations and feeding.may_follow(key)
        for phase in view.site.stations[key.identity].wiring
    }
    if load_w is None or not lines:
        return most
    shown = most
    beyond_a = (sum(most) - load_w / view.site.voltage_v) / len(lines)
    for phase in lines:
        shown = shown.on(phase, shown[phase] - beyond_a)
    return shown
