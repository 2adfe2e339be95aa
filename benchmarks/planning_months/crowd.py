"""Many vehicles at once, for how long a plan of them takes."""

from datetime import UTC, datetime, timedelta
from math import pi, sin
from random import Random

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.loads import to_neutral
from custom_components.evenload.engine.model.phases import ALL_PHASES, PhaseCurrents
from custom_components.evenload.engine.model.planning import Outlook, Series
from custom_components.evenload.engine.model.tree import (
    ROOT,
    Node,
    NodeKind,
    Room,
    Tree,
    station_node,
)
from custom_components.evenload.engine.planning.problem import Problem, Wish

NOW = datetime(2026, 11, 22, 15, 7, tzinfo=UTC)


def crowd(vehicles: int, seed: int) -> Problem:
    """Return vehicles on all kinds of lines, with sun, prices that change each quarter, and a fuse for a few of them."""
    random = Random(seed)
    nodes = [
        Node(
            ROOT, "", NodeKind.SITE, None, Room(PhaseCurrents.even(16.0 + 4 * vehicles))
        )
    ]
    wishes = []
    for number in range(vehicles):
        name = f"s{number}"
        nodes.append(Node(station_node(name), name, NodeKind.STATION, ROOT))
        lines = random.choice((ALL_PHASES, ALL_PHASES, ALL_PHASES[number % 3 :][:1]))
        load = to_neutral(lines, 230.0)
        wishes.append(
            Wish(
                key=EvseKey(name, 1),
                node=station_node(name),
                load=load,
                least_w=6.0 * load.watts,
                most_w=random.choice((16.0, 16.0, 32.0)) * load.watts,
                needs_wh=random.uniform(5_000.0, 50_000.0),
                departs_at=NOW + timedelta(hours=random.uniform(6.0, 40.0)),
            )
        )
    start = NOW.replace(minute=0)
    prices = [
        0.25 + 0.1 * sin(quarter / 96 * 4 * pi) + 0.03 * random.random()
        for quarter in range(145)
    ]
    sun_w = [
        max(0.0, 6000.0 * sin(pi * ((quarter / 4 + 15) % 24 - 7) / 10))
        for quarter in range(145)
    ]
    return Problem(
        now=NOW,
        tree=Tree({node.id: node for node in nodes}),
        wishes=tuple(wishes),
        outlook=Outlook(
            import_price=Series(start, tuple(prices)),
            export_price=Series(start, tuple(0.3 * price for price in prices)),
            sun_w=Series(start, tuple(sun_w)),
            house_w=Series(start, (500.0,) * 145),
        ),
    )
