"""What a station makes of a limit: pilots in whole amperes, or one in eight.

A station at home takes tenths of an ampere and rounds down itself. These take nothing but their pilots, so whoever
tells them rounds down; what that leaves goes, a pilot at a time, to whoever came nearest to the next one.
"""

from collections.abc import Mapping

from .car_park import CarPark

# What binary rounding may add up to, in amperes; acnportal allows for 1e-5.
_TOLERANCE_A = 1e-6


def rounded(
    allotted_a: Mapping[str, float],
    most_a: Mapping[str, float],
    car_park: CarPark,
) -> dict[str, float]:
    """Return a pilot for each station, by name; nobody that has nothing begins, and nobody stops."""
    pilots, limits_a = car_park.pilots, car_park.limits_a
    places = {
        name: max(
            i
            for i, pilot in enumerate(pilots[name])
            if pilot <= current_a + _TOLERANCE_A
        )
        for name, current_a in allotted_a.items()
    }
    given_a = {name: float(pilots[name][place]) for name, place in places.items()}
    flows = car_park.flows(given_a)
    by_crumb = sorted(given_a, key=lambda name: given_a[name] - allotted_a[name])
    for name in by_crumb:
        while places[name] and given_a[name] < most_a[name] - _TOLERANCE_A:
            if places[name] + 1 == len(pilots[name]):
                break
            more_a = pilots[name][places[name] + 1] - given_a[name]
            added = car_park.flows({name: more_a})
            if any(
                abs(flows[line] + added[line]) > limits_a[line] + _TOLERANCE_A
                for line in flows
            ):
                break
            flows = {line: flows[line] + added[line] for line in flows}
            places[name] += 1
            given_a[name] = float(pilots[name][places[name]])
    return given_a
