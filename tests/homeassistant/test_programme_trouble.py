"""What goes wrong with a grid programme, and what it is told: bad logins, malformed events, clocks, reports, and nothing else."""

from datetime import timedelta
from pathlib import Path
import subprocess
import sys

from homeassistant.components.diagnostics import REDACTED
import pytest

from custom_components.evenload.diagnostics import async_get_config_entry_diagnostics
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.readings import Reading
from custom_components.evenload.engine.model.stations import Evse, EvseStatus
from custom_components.evenload.engine.model.v2x import Battery
from tests.homeassistant import programme_home
from tests.homeassistant.programme_home import HOUR, START, Home, asked

business, entry = programme_home.business, programme_home.entry
home, programme, vtn = (
    programme_home.home,
    programme_home.programme,
    programme_home.vtn,
)

WRONG = {"id": "wrong", "programID": "1", "intervals": [{"payloads": 5}]}


async def test_a_login_that_is_refused_is_told_when_it_lasts(home: Home) -> None:
    home.vtn.clients["ven"] = "another"
    await home.set_up()
    assert home.shown("programme_state").state == "refused"
    assert home.issue("programme_refused") is None
    await home.patience()
    found = home.issue("programme_refused")
    assert found is not None
    assert found.translation_placeholders["name"] == "Flex"
    home.vtn.clients["ven"] = "secret"
    await home.later(minutes=1)
    assert home.shown("programme_state").state == "connected"
    assert home.issue("programme_refused") is None


async def test_a_malformed_event_costs_no_other_and_is_told(home: Home) -> None:
    home.event(("IMPORT_CAPACITY_LIMIT", 6.0), start=START, duration=HOUR)
    home.vtn.junk = [WRONG, None]
    site = await home.set_up()
    assert home.shown("programme_state").state == "connected"
    assert asked(site, "set_import_limit")[-1][1] == 6000
    found = home.issue("programme_event_refused")
    assert found is not None
    assert found.translation_placeholders["event"] == "wrong"
    home.vtn.junk = []
    await home.later(minutes=1)
    assert home.issue("programme_event_refused") is None


@pytest.mark.parametrize(
    ("answer", "state"), [("<html>", "not_understood"), ("[]", "no_programme")]
)
async def test_answers_that_are_none(home: Home, answer: str, state: str) -> None:
    await home.set_up()
    home.vtn.answers = answer
    await home.later(minutes=1)
    assert home.shown("programme_state").state == state


async def test_a_clock_that_differs_is_told(home: Home) -> None:
    home.vtn.clock = START + timedelta(minutes=5)
    await home.set_up()
    assert home.shown("programme_state").attributes["clock_difference"] == 300
    await home.patience()
    assert home.issue("programme_clock") is not None
    home.vtn.clock -= timedelta(minutes=5)
    await home.later(minutes=1)
    assert home.issue("programme_clock") is None


async def test_reports_are_sent_once_with_what_was_measured(home: Home) -> None:
    event = home.event(
        ("PRICE", 0.2),
        start=START,
        duration=timedelta(minutes=10),
        unit="KWH",
        reportDescriptors=[
            {"payloadType": "USAGE", "units": "KWH"},
            {"payloadType": "UP_REGULATION_AVAILABLE", "historical": False},
        ],
    )
    site = await home.set_up()
    site.batteries[""] = Battery(discharge_w=5000)
    key = EvseKey("garage", 1)
    for minute in range(11):
        reading = Reading(power_w=3000, energy_import_wh=1e6 + 50 * minute)
        site.put(Evse(key, status=EvseStatus.CHARGING, reading=reading))
        await home.later(minutes=1)
    await home.later(minutes=1)
    reports = {one.report_name: one for one in home.business.reports(event)}
    assert reports.keys() == {"USAGE 0", "UP_REGULATION_AVAILABLE 0"}
    (interval,) = reports["USAGE 0"].resources[0].intervals
    assert interval.payloads[0].values[0] == pytest.approx(0.45, abs=0.06)
    posted = [call for call in home.vtn.calls if call == ("POST", "/reports")]
    assert len(posted) == 2


async def test_a_programme_that_takes_no_reports_is_followed_all_the_same(
    home: Home,
) -> None:
    # Whoever has no token may read, and not write.
    home.event(
        ("IMPORT_CAPACITY_LIMIT", 6.0),
        start=START,
        duration=HOUR,
        reportDescriptors=[{"payloadType": "DEMAND", "historical": False}],
    )
    home.vtn.refused_kinds = {"reports"}
    site = await home.set_up()
    state = home.shown("programme_state")
    assert (state.state, state.attributes["reports"]) == ("connected", "refused")
    assert asked(site, "set_import_limit")[-1][1] == 6000


async def test_secrets_are_not_in_diagnostics(home: Home) -> None:
    await home.set_up()
    told = await async_get_config_entry_diagnostics(home.hass, home.entry)
    (data,) = [one["data"] for one in told["subentries"] if one["title"] == "Flex"]
    assert data["client_secret"] == REDACTED
    assert told["programmes"]["Flex"]["standing"]["events"] == 0


async def test_a_removed_programme_takes_what_it_asked_for_along(home: Home) -> None:
    for kind in ("IMPORT_CAPACITY_LIMIT", "EXPORT_CAPACITY_LIMIT", "DISPATCH_SETPOINT"):
        home.event((kind, 2.0), start=START, duration=HOUR)
    site = await home.set_up()
    assert site.dispatched
    home.hass.config_entries.async_remove_subentry(home.entry, "programme-flex")
    await home.hass.async_block_till_done(wait_background_tasks=True)
    assert not site.dispatched
    assert asked(site, "set_import_limit")[-1][1] is None
    assert site.outside_export_cap_w is None
    assert not [
        one for one in home.hass.states.async_entity_ids("sensor") if "flex" in one
    ]


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
