"""Every file of this folder is a scenario: what happens in a house, and what each car may then draw, and why."""

from pathlib import Path

import pytest

from tests.engine.scenarios.driver import Driver
from tests.engine.scenarios.story import FOLDER, read, unknown_reasons

FILES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario(path: Path) -> None:
    """At every step, everybody who is named has what is expected, for the reason that is given."""
    story = read(path)
    driver = Driver.of(story)
    for step in story.steps:
        assert step.unmet(driver.play(step)) == [], story.title


def test_reasons_are_words_that_exist() -> None:
    """A reason that is misspelt would otherwise only be seen when it is expected and something else comes."""
    assert unknown_reasons(FILES) == []


def test_titles_say_one_thing_each() -> None:
    """No two scenarios have one title."""
    titles = [read(path).title for path in FILES]
    assert len(titles) == len(set(titles)) >= 40
