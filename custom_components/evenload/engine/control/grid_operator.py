"""What a grid operator may ask of a site's stations for a while (Germany: § 14a EnWG)."""

from ..model.configuration import SiteConfig
from ..model.limits import Current, Limit, Power

# What a controllable device keeps that is controlled by itself, in watts, however short of power the grid is (4.5.1).
DEVICE_W = 4200.0

# How much of that counts for each further device behind one energy manager, by the number of devices.
_SIMULTANEITY = {2: 0.80, 3: 0.75, 4: 0.70, 5: 0.65, 6: 0.60, 7: 0.55, 8: 0.50}
_SIMULTANEITY_OF_MORE = 0.45


def least_cap_w(devices: int) -> float:
    """Return the least that devices behind one energy manager must be left together, in watts.

    4.2 kW for the first; each further one adds 4.2 kW times a factor for how many there are. It is a sum: the manager
    shares it as it likes, and one device may get less. What a roof or a battery gives may be drawn on top of it.
    Source: Bundesnetzagentur, BK6-22-300, annex 1, 4.5.2. Heat pumps above 11 kW, which count otherwise, are not ours.
    """
    if devices <= 0:
        return 0.0
    factor = _SIMULTANEITY.get(devices, _SIMULTANEITY_OF_MORE)
    return DEVICE_W * (1 + (devices - 1) * factor)


def cap_in_force(site: SiteConfig, cap: Limit | None) -> Limit | None:
    """Return what a cap comes to: never less than must be left, where the owner wants that. A station is a device."""
    if cap is None or not site.keeps_least:
        return cap
    least_w = least_cap_w(len(site.stations))
    match cap:
        case Power(w):
            return Power(max(w, least_w))
        case Current(a):
            return Current(max(a, least_w / site.voltage_v / len(site.phases)))
