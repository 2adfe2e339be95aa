"""A station that did not answer is told all the same what is right, and is believed again as soon as it answers."""

from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import ALL_PHASES
from tests.engine.control.happenings import built
from tests.engine.control.held import Nature
from tests.engine.virtual import run_virtually

# Takes no limit at all, and charges with all that it has.
WILFUL = Nature(refuses_station_limit=True, refuses_evse_limit=True)


def test_who_did_not_answer_makes_room_for_who_cannot_be_told() -> None:
    """What would be its own if everybody obeyed is more than there is beside the one that does not."""
    stations = {
        name: StationConfig(name, name, ALL_PHASES, Current(10.0)) for name in "AB"
    }
    site = SiteConfig("Home", Current(16.0), stations=stations)
    nature = Nature(refuses_leases=True)

    async def live() -> None:
        house = built(site, [WILFUL, nature])
        house.connect("B")
        await house.watch(60)
        assert house.draws()["B"] == 8.0
        nature.loses_answers = 1.0
        house.connect("A")
        await house.watch(20)
        nature.loses_answers = 0.0
        await house.watch(120, 1.0)
        assert house.draws() == {"A": 10.0, "B": 6.0}

    run_virtually(live())
