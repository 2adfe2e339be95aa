"""Lives in which those above say anything at all: what was broken of the promises, and what of ours was wrong above."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from custom_components.evenload.engine.model.configuration import SiteConfig
from custom_components.evenload.engine.model.stations import OcppVersion
from tests.engine.control.happenings import Step, happen
from tests.engine.control.held import Nature
from tests.engine.control.journal import Journal
from tests.engine.control.metered import Habits, Moment
from tests.engine.control.promises import FALLING_BACK_S, begun
from tests.engine.control.random_circuits import metered_houses
from tests.engine.control.random_houses import LIVELY_HOUSES
from tests.engine.uplink.wild_calls import Said, said
from tests.engine.uplink.wild_house import KnownAbove, MeteredAbove, known_above

# The connection breaks, with what is in hand.
GONE = Said(0, OcppVersion.V16, "")

SAID = st.lists(
    st.lists(said() | said() | said() | st.just(GONE), min_size=1, max_size=6),
    min_size=1,
    max_size=6,
)


@dataclass(frozen=True)
class Life:
    """Who lives there, what happens to them, and what is said from above before each step."""

    site: SiteConfig
    kinds: list[Nature]
    story: list[Step]
    said: list[list[Said]]

    async def broken(self) -> list[str]:
        """Return what was exceeded, what was ordered that is impossible, and what was wrong above."""
        site = known_above(self.site)
        house = await begun(site, self.kinds, KnownAbove)
        assert isinstance(house, KnownAbove)
        journal = Journal(house)
        wrong: list[str] = []
        for place, step in enumerate(self.story):
            for one in self.said[place % len(self.said)]:
                house.hear_from_above(one)
            await happen(house, step)
            await house.watch(step.pause_s, min(1.0, step.pause_s))
            wrong += house.wrong
        await house.die()
        return house.exceeded + journal.impossible + wrong


@dataclass(frozen=True)
class MeteredLife:
    """The same in a house with a meter, whose other appliances come and go."""

    house: tuple[SiteConfig, list[Nature], list[Moment], Habits]
    said: list[list[Said]]
    loses_answers: float

    async def broken(self) -> list[str]:
        """Return where an overload lasted, who was told late or raised in haste, and what was wrong above."""
        site, kinds, story, habits = self.house
        kinds = [replace(kind, loses_answers=self.loses_answers) for kind in kinds]
        house = await begun(known_above(site), kinds, MeteredAbove)
        assert isinstance(house, MeteredAbove)
        house.begin_metering(habits)
        await house.live(150)
        house.broken.clear()
        for place, moment in enumerate(story):
            for one in self.said[place % len(self.said)]:
                house.hear_from_above(one)
            name = sorted(house.stations)[moment.who % len(house.stations)]
            house.load = dict(zip(house.load, moment.load, strict=False))
            house.is_speaking = moment.what != "silence"
            if moment.what == "leave":
                house.leave(name)
            elif moment.what == "arrive":
                house.arrive(name)
            await house.live(moment.seconds)
            if house.silent_s > house.meter_config.lost_s + FALLING_BACK_S:
                house.broken += house.fallen_back()
            if house.broken or house.wrong:
                break
        await house.die()
        # Who answers nothing cannot be told in the same moment.
        lost = self.loses_answers > 0
        broken = [
            one for one in house.broken if not lost or not one.startswith("too long")
        ]
        return broken + house.wrong


LIVES_ABOVE = st.builds(Life, **LIVELY_HOUSES, said=SAID)
METERED_LIVES_ABOVE = st.builds(
    MeteredLife, house=metered_houses(), said=SAID, loses_answers=st.just(0.0)
)
