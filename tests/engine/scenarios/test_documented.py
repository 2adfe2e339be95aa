"""The examples in docs/sharing.md come out as they are written there."""

from pathlib import Path
import re

import pytest

from custom_components.evenload.engine.model.configuration import Strategy
from tests.engine.scenarios.driver import Driver
from tests.engine.scenarios.story import FOLDER, read

FILES = sorted((FOLDER / "documented").glob("*.yaml"))
PAGE = FOLDER.parents[2] / "docs/sharing.md"
SECTIONS = [" ".join(part.split()) for part in re.split(r"\n#+ .*\n", PAGE.read_text())]


def section_of(title: str) -> str:
    """Return the section in which an example stands, from the example on."""
    (section,) = [part for part in SECTIONS if title in part]
    return section[section.index(title) :]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_comes_out_as_it_is_written(path: Path) -> None:
    """The title of the file is the sentence of the page that it plays; its amperes stand behind that."""
    story = read(path)
    said = section_of(story.title)
    driver = Driver.of(story)
    for step in story.steps:
        assert step.unmet(driver.play(step)) == []
        for wanted in step.expect.values():
            if wanted.amperes:
                assert re.search(rf"\b{wanted.amperes:g}\s?A", said), wanted.words
            else:
                assert "wait" in said


def test_every_strategy_has_an_example() -> None:
    assert {path.stem for path in FILES} >= {strategy.value for strategy in Strategy}
