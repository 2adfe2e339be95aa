"""Random houses to be planned: circuits, cars of all kinds, prices, sun and house, with what is missing or odd."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.loads import (
    DeltaWye,
    Load,
    between_lines,
    to_neutral,
)
from custom_components.evenload.engine.model.phases import ALL_PHASES, PhaseCurrents
from custom_components.evenload.engine.model.planning import (
    QUARTER,
    ChargeMode,
    DemandTariff,
    Outlook,
    Series,
)
from custom_components.evenload.engine.model.tree import (
    ROOT,
    Node,
    NodeKind,
    Room,
    Tree,
    station_node,
)
from custom_components.evenload.engine.planning.problem import Problem, Wish

NOW = datetime(2026, 3, 28, 22, 7, 30, tzinfo=UTC)
QUARTERS = 40

_LOADS = (
    to_neutral(ALL_PHASES, 230.0),
    *(to_neutral((line,), 230.0) for line in ALL_PHASES),
    to_neutral(ALL_PHASES[:2], 230.0),
)
_BETWEEN = tuple(
    between_lines(ALL_PHASES[line], ALL_PHASES[(line + 1) % 3], 120.0)
    for line in range(3)
)


@st.composite
def problems(draw: st.DrawFn, *, transformers: bool = False) -> Problem:
    """A house with one to five cars."""
    tree, stations = draw(_trees(transformers=transformers))
    loads = _BETWEEN if transformers else _LOADS
    return Problem(
        now=NOW,
        tree=tree,
        wishes=tuple(
            draw(_wishes(name, draw(st.sampled_from(loads)))) for name in stations
        ),
        outlook=draw(_outlooks()),
        quarters=QUARTERS,
        import_cap_w=draw(st.none() | _series(st.floats(0, 20_000))),
        export_cap_w=draw(st.sampled_from([0.0, 0.0, 3000.0])),
    )


@st.composite
def _trees(draw: st.DrawFn, *, transformers: bool) -> tuple[Tree, list[str]]:
    stations = [f"s{number}" for number in range(draw(st.integers(1, 5)))]
    nodes = [Node(ROOT, "", NodeKind.SITE, None, draw(_rooms(63.0)))]
    groups = [ROOT]
    for number in range(draw(st.integers(0, 2))):
        name = f"g{number}"
        hangs = DeltaWye(4.0) if transformers and number == 0 else None
        strategy = draw(st.sampled_from([None, Strategy.STATIC]))
        parent = draw(st.sampled_from(groups))
        nodes.append(
            Node(
                name,
                name,
                NodeKind.GROUP,
                parent,
                draw(_rooms(40.0)),
                strategy,
                transformer=hangs,
            )
        )
        groups.append(name)
    for name in stations:
        parent = draw(st.sampled_from(groups))
        nodes.append(Node(station_node(name), name, NodeKind.STATION, parent))
    return Tree({node.id: node for node in nodes}), stations


def _rooms(most: float) -> st.SearchStrategy[Room]:
    amperes = st.floats(0.0, most)
    currents = st.builds(PhaseCurrents, amperes, amperes, amperes)
    watts = st.none() | st.floats(0.0, 30_000.0)
    return st.builds(Room, st.none() | currents, watts)


@st.composite
def _wishes(draw: st.DrawFn, name: str, load: Load) -> Wish:
    capacity_wh = draw(st.none() | st.floats(10_000, 90_000))
    mode = draw(st.sampled_from(ChargeMode))
    most_w = draw(st.sampled_from([16.0, 32.0])) * load.watts
    hours = st.floats(-2, 14).map(lambda hours: NOW + timedelta(hours=hours))
    return Wish(
        key=EvseKey(name, 1),
        node=station_node(name),
        load=load,
        mode=mode,
        least_w=draw(st.sampled_from([0.0, 6.0, 8.0])) * load.watts,
        most_w=most_w,
        needs_wh=draw(st.floats(-5_000, 60_000)),
        room_wh=draw(st.none() | st.floats(0, 80_000)),
        efficiency=draw(st.sampled_from([1.0, 0.9])),
        departs_at=draw(st.none() | hours),
        arrives_at=draw(st.none() | hours),
        capacity_wh=capacity_wh,
        stored_wh=capacity_wh and capacity_wh * draw(st.floats(0, 1.02)),
        taper=draw(st.sampled_from([(), ((80.0, 9000.0), (100.0, 2000.0))])),
        least_discharge_w=draw(st.sampled_from([0.0, 1400.0])),
        most_discharge_w=draw(st.sampled_from([0.0, 5000.0])),
        minimum_soc_percent=draw(st.floats(5, 90)),
        to_grid=draw(st.booleans()),
        wear_per_kwh=draw(st.sampled_from([0.0, 0.05])),
        price_limit=draw(st.none() | st.floats(-0.1, 0.5)),
        late=draw(st.booleans()),
        together=draw(st.booleans()),
        charging=draw(st.booleans()),
        weight=draw(st.sampled_from([1.0, 2.0])),
    )


@st.composite
def _outlooks(draw: st.DrawFn) -> Outlook:
    prices = st.floats(-0.3, 1.0)
    known = st.none() | _series(prices) | _series(st.none() | prices)
    tariff = DemandTariff(price=5.0, reached_w=2000.0, minutes=60)
    return Outlook(
        import_price=draw(known),
        export_price=draw(known),
        sun_w=draw(st.none() | _series(st.floats(0, 12_000))),
        house_w=draw(st.none() | _series(st.floats(0, 9_000))),
        demand_tariffs=draw(st.sampled_from([(), (), (tariff,)])),
    )


@st.composite
def _series(draw: st.DrawFn, values: st.SearchStrategy[float | None]) -> Series:
    """A few values, each for some quarters: hypothesis need not shrink one for each."""
    pieces = draw(st.lists(values, min_size=1, max_size=6))
    start = NOW.replace(minute=0, second=0)
    each = -(-(QUARTERS + 4) // len(pieces))
    return Series(start, tuple(value for value in pieces for _ in range(each)))


__all__ = ["NOW", "QUARTER", "QUARTERS", "problems"]
