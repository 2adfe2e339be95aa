"""A house that lives through a story while those above it say something before each step."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from custom_components.evenload.engine.model.configuration import SiteConfig
from tests.engine.control.happenings import Step, built, happen
from tests.engine.control.held import Nature
from tests.engine.control.house import House
from tests.engine.control.journal import Journal
from tests.engine.control.promises import begun
from tests.engine.control.random_houses import LIVELY_HOUSES
from tests.engine.control.test_enforcer import pair


@dataclass(frozen=True)
class Life:
    """Who lives there, what happens to them, and what is said from above."""

    site: SiteConfig
    kinds: list[Nature]
    story: list[Step]
    deeds: list[tuple[Any, ...]]

    async def broken[H: House](
        self,
        known: Callable[[SiteConfig], SiteConfig],
        kind: type[H],
        deed: Callable[[H, Any], Awaitable[None]],
    ) -> tuple[list[str], list[str]]:
        """Return what was exceeded, and what was ordered that is impossible."""
        house = await begun(known(self.site), self.kinds, kind)
        assert isinstance(house, kind)
        journal = Journal(house)
        for place, step in enumerate(self.story):
            await deed(house, self.deeds[place % len(self.deeds)])
            await happen(house, step)
            await house.watch(step.pause_s, min(1.0, step.pause_s))
        await house.die()
        return house.exceeded, journal.impossible


def lives(deeds: st.SearchStrategy[Any]) -> st.SearchStrategy[Life]:
    """Random lives in which such deeds are done from above."""
    said = st.lists(deeds, min_size=1, max_size=8)
    return st.builds(Life, **LIVELY_HOUSES, deeds=said)


async def settled[H: House](
    known: Callable[[SiteConfig], SiteConfig], kind: type[H]
) -> H:
    """Two stations that have been there for a while, and obey."""
    house = built(known(pair()), [Nature(), Nature()], kind)
    assert isinstance(house, kind)
    for name in sorted(house.stations):
        house.connect(name)
    await house.watch(120, 1.0)
    return house
