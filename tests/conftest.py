"""What all tests share: our package before the test package's, and sockets where real ones are the point."""

import os
from pathlib import Path

from hypothesis import is_hypothesis_test, settings
import pytest

# The test package brings a custom_components of its own: the first one imported is the one Home Assistant searches.
import custom_components  # noqa: F401

TESTS = Path(__file__).parent

# A property that fails is made smaller for up to five minutes. A test that is stopped meanwhile would be taken for another
# failure, one that cannot be repeated, and hide the true one.
PROPERTY_TIMEOUT_S = 600

# Every change is tried on the same examples: that one fails says something of the change. New examples are found by who runs
# the tests by hand, and by the long forms in scripts/bench.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI") == "true":
    settings.load_profile("ci")

WITH_SOCKETS = {"engine", "simulator", "end_to_end"}


def folder(request: pytest.FixtureRequest) -> str:
    """The folder of tests/ that a test lives in."""
    return request.path.relative_to(TESTS).parts[0]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give properties time to be made smaller."""
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.timeout(PROPERTY_TIMEOUT_S))


@pytest.fixture(autouse=True)
def loopback(request: pytest.FixtureRequest) -> None:
    """Let the tests outside Home Assistant open sockets; only 127.0.0.1 can be reached."""
    if folder(request) in WITH_SOCKETS:
        request.getfixturevalue("socket_enabled")


@pytest.fixture(autouse=True)
def our_integration(request: pytest.FixtureRequest) -> None:
    """Let the tests inside Home Assistant load Evenload."""
    if folder(request) == "homeassistant":
        # The recorder must be there before Home Assistant is.
        if "recorder_mock" in request.fixturenames:
            request.getfixturevalue("recorder_mock")
        request.getfixturevalue("enable_custom_integrations")
