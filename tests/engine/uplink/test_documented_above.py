"""The page on systems above lists all that is answered NotSupported, and nothing else."""

from pathlib import Path
import re

import pytest

from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.csms.v2.commands import FROM_STATION
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.uplink import calls_2, calls_16
from custom_components.evenload.engine.uplink.pairs import PAIRS

PAGE = Path(__file__).parents[3] / "docs" / "uplink.md"

# 1.6 §4 and the security whitepaper: what a station says.
SAID_BY_1_6 = frozenset(
    {
        *("Authorize", "BootNotification", "DiagnosticsStatusNotification"),
        *("FirmwareStatusNotification", "Heartbeat", "LogStatusNotification"),
        *("MeterValues", "SecurityEventNotification", "SignCertificate"),
        *("SignedFirmwareStatusNotification", "StartTransaction"),
        *("StatusNotification", "StopTransaction"),
    }
)


def answered(module: object, owner: str) -> frozenset[str]:
    """Return all actions that a table of handlers has, as it is written."""
    source = Path(str(getattr(module, "__file__", ""))).parent
    files = {
        "Calls16": ("calls_16.py", "settings_16.py", "upkeep_16.py"),
        "Calls2": ("calls_2.py", "limits_2.py", "settings_2.py", "upkeep_2.py"),
    }[owner]
    texts = [(source / name).read_text(encoding="utf-8") for name in files]
    return frozenset(
        name
        for text in texts
        for name in re.findall(r'^ +"([A-Z]\w+)": self\._\w+,$', text, re.MULTILINE)
    )


def listed(heading: str) -> set[str]:
    """Return the actions in the row of the page that begins so."""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"| {heading} |"):
            return set(re.findall(r"`(\w+)`", line.removeprefix(f"| {heading} |")))
    raise AssertionError(heading)


@pytest.mark.parametrize(
    ("version", "below"),
    [
        (OcppVersion.V16, "any"),
        (OcppVersion.V201, "1.6"),
        (OcppVersion.V201, "2.x"),
        (OcppVersion.V21, "1.6"),
        (OcppVersion.V21, "2.x"),
    ],
)
def test_what_is_not_supported_is_listed(version: OcppVersion, below: str) -> None:
    if version is OcppVersion.V16:
        asked = schemas(version).actions - SAID_BY_1_6
        done = answered(calls_16, "Calls16")
    else:
        # A data transfer may be said by both.
        asked = schemas(version).actions - (FROM_STATION - {"DataTransfer"})
        done = answered(calls_2, "Calls2")
        if below == "2.x":
            done |= calls_2.AS_SAID.keys()
    wanted = asked - done
    rows = {f"{version.value}, any station"}
    if version is not OcppVersion.V16:
        if below == "1.6":
            rows |= {f"{version.value}, a station of 1.6"}
    assert set().union(*map(listed, rows)) == wanted, sorted(wanted)


def test_all_pairs_of_settings_are_listed() -> None:
    text = PAGE.read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)` \| `(\w+/[\w\[\]]+)` \|$", text, re.MULTILINE)
    assert dict(listed) == PAIRS
