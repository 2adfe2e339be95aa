"""Every file of `living` is a scenario of seconds: what the meter shows, what stations are told, and when there is more again."""

from pathlib import Path

import pytest

from tests.engine.scenarios.living_house import LivingHouse
from tests.engine.scenarios.story import FOLDER, Story, read, unknown_reasons
from tests.engine.virtual import run_virtually

FILES = sorted((FOLDER / "living").glob("*.yaml"))


async def wrong_in(story: Story) -> list[str]:
    """Return where somebody has something else than what is expected, or a promise is broken."""
    house = LivingHouse(story)
    found: list[str] = []
    for step in story.steps:
        found += step.unmet(await house.play(step))
    return found + await house.end()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario(path: Path) -> None:
    """A second after every step everybody who is named has what is expected, for the reason that is given."""
    story = read(path)
    assert run_virtually(wrong_in(story)) == [], story.title


def test_reasons_are_words_that_exist() -> None:
    """A reason that is misspelt would otherwise only be seen when it is expected and something else comes."""
    assert unknown_reasons(FILES) == []
