"""What goes wrong with a grid programme, and what it is told: bad logins, malformed events, clocks, reports, and nothing else."""

from datetime import timedelta
from pathlib import Path
import subprocess
import sys
from typing import Any

from homeassistant.components.diagnostics import REDACTED
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.diagnostics import async_get_config_entry_diagnostics
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.readings import Reading
from custom_components.evenload.engine.model.stations import Evse, EvseStatus
from custom_components.evenload.engine.model.v2x import Battery
from tests.engine.grid.business import Business
from tests.homeassistant import programme_home
from tests.homeassistant.programme_home import HOUR, START, asked, later, set_up, shown
from tests.openadr_vtn import Vtn

business, entry = programme_home.business, programme_home.entry
programme, vtn = programme_home.programme, programme_home.vtn

WRONG = {"id": "wrong", "programID": "1", "intervals": [{"payloads": 5}]}


def issue(hass: HomeAssistant, key: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{key}_site_programme-flex")


async def test_a_login_that_is_refused_is_told_when_it_lasts(
    hass: HomeAssistant, entry: MockConfigEntry, vtn: Vtn, programme: str, freezer: Any
) -> None:
    vtn.clients["ven"] = "another"
    await set_up(hass, entry)
    assert shown(hass, "programme_state").state == "refused"
    assert issue(hass, "programme_refused") is None
    for _ in range(11):
        await later(hass, freezer, vtn, minutes=1)
    found = issue(hass, "programme_refused")
    assert found is not None
    assert found.translation_placeholders["name"] == "Flex"
    vtn.clients["ven"] = "secret"
    await later(hass, freezer, vtn, minutes=1)
    assert shown(hass, "programme_state").state == "connected"
    assert issue(hass, "programme_refused") is None


async def test_a_malformed_event_costs_no_other_and_is_told(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    vtn: Vtn,
    business: Business,
    programme: str,
    freezer: Any,
) -> None:
    business.event(
        programme, ("IMPORT_CAPACITY_LIMIT", 6.0), start=START, duration=HOUR
    )
    vtn.junk = [WRONG, None]
    site = await set_up(hass, entry)
    assert shown(hass, "programme_state").state == "connected"
    assert asked(site, "set_import_limit")[-1][1] == 6000
    found = issue(hass, "programme_event_refused")
    assert found is not None
    assert found.translation_placeholders["event"] == "wrong"
    vtn.junk = []
    await later(hass, freezer, vtn, minutes=1)
    assert issue(hass, "programme_event_refused") is None


@pytest.mark.parametrize(
    ("answer", "state"), [("<html>", "not_understood"), ("[]", "no_programme")]
)
async def test_answers_that_are_none(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    vtn: Vtn,
    programme: str,
    freezer: Any,
    answer: str,
    state: str,
) -> None:
    await set_up(hass, entry)
    vtn.answers = answer
    await later(hass, freezer, vtn, minutes=1)
    assert shown(hass, "programme_state").state == state


async def test_a_clock_that_differs_is_told(
    hass: HomeAssistant, entry: MockConfigEntry, vtn: Vtn, programme: str, freezer: Any
) -> None:
    vtn.clock = START + timedelta(minutes=5)
    await set_up(hass, entry)
    assert shown(hass, "programme_state").attributes["clock_difference"] == 300
    for _ in range(11):
        await later(hass, freezer, vtn, minutes=1)
    assert issue(hass, "programme_clock") is not None
    vtn.clock -= timedelta(minutes=5)
    await later(hass, freezer, vtn, minutes=1)
    assert issue(hass, "programme_clock") is None


async def test_reports_are_sent_once_with_what_was_measured(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    vtn: Vtn,
    business: Business,
    programme: str,
    freezer: Any,
) -> None:
    event = business.event(
        programme,
        ("PRICE", 0.2),
        start=START,
        duration=timedelta(minutes=10),
        unit="KWH",
        reportDescriptors=[
            {"payloadType": "USAGE", "units": "KWH"},
            {"payloadType": "UP_REGULATION_AVAILABLE", "historical": False},
        ],
    )
    site = await set_up(hass, entry)
    site.batteries[""] = Battery(discharge_w=5000)
    key = EvseKey("garage", 1)
    for minute in range(11):
        reading = Reading(power_w=3000, energy_import_wh=1e6 + 50 * minute)
        site.put(Evse(key, status=EvseStatus.CHARGING, reading=reading))
        await later(hass, freezer, vtn, minutes=1)
    await later(hass, freezer, vtn, minutes=1)
    reports = {one.report_name: one for one in business.reports(event)}
    assert reports.keys() == {"USAGE 0", "UP_REGULATION_AVAILABLE 0"}
    (interval,) = reports["USAGE 0"].resources[0].intervals
    assert interval.payloads[0].values[0] == pytest.approx(0.45, abs=0.06)
    posted = [call for call in vtn.calls if call == ("POST", "/reports")]
    assert len(posted) == 2


async def test_a_programme_that_takes_no_reports_is_followed_all_the_same(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    vtn: Vtn,
    business: Business,
    programme: str,
    freezer: Any,
) -> None:
    # Whoever has no token may read, and not write.
    business.event(
        programme,
        ("IMPORT_CAPACITY_LIMIT", 6.0),
        start=START,
        duration=HOUR,
        reportDescriptors=[{"payloadType": "DEMAND", "historical": False}],
    )
    vtn.refused_kinds = {"reports"}
    site = await set_up(hass, entry)
    state = shown(hass, "programme_state")
    assert (state.state, state.attributes["reports"]) == ("connected", "refused")
    assert asked(site, "set_import_limit")[-1][1] == 6000


async def test_secrets_are_not_in_diagnostics(
    hass: HomeAssistant, entry: MockConfigEntry, vtn: Vtn, programme: str
) -> None:
    await set_up(hass, entry)
    told = await async_get_config_entry_diagnostics(hass, entry)
    (data,) = [one["data"] for one in told["subentries"] if one["title"] == "Flex"]
    assert data["client_secret"] == REDACTED
    assert told["programmes"]["Flex"]["standing"]["events"] == 0


async def test_a_removed_programme_takes_what_it_asked_for_along(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    vtn: Vtn,
    business: Business,
    programme: str,
) -> None:
    for kind in ("IMPORT_CAPACITY_LIMIT", "EXPORT_CAPACITY_LIMIT", "DISPATCH_SETPOINT"):
        business.event(programme, (kind, 2.0), start=START, duration=HOUR)
    site = await set_up(hass, entry)
    assert site.dispatched
    hass.config_entries.async_remove_subentry(entry, "programme-flex")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert not site.dispatched
    assert asked(site, "set_import_limit")[-1][1] is None
    assert site.outside_export_cap_w is None
    assert not [one for one in hass.states.async_entity_ids("sensor") if "flex" in one]


def test_without_a_programme_nothing_of_the_client_is_imported() -> None:
    """It takes a second, and a small computer several."""
    script = (
        "import sys; import custom_components.evenload.config_flow, custom_components.evenload.sensor;"
        "print([name for name in sys.modules if name.partition('.')[0] in"
        " {'openadr3_client', 'oauthlib', 'requests_oauthlib', 'pycountry'}])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
