"""What all tests share: our package before the test package's, and sockets where real ones are the point."""

from pathlib import Path

import pytest

# The test package brings a custom_components of its own: the first one imported is the one Home Assistant searches.
import custom_components  # noqa: F401

TESTS = Path(__file__).parent
WITH_SOCKETS = {"engine", "simulator", "end_to_end"}


def folder(request: pytest.FixtureRequest) -> str:
    """The folder of tests/ that a test lives in."""
    return request.path.relative_to(TESTS).parts[0]


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
