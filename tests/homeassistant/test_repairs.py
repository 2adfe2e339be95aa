"""What one click in Repairs mends, and what every issue says."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
import json
from pathlib import Path
import re
from typing import Any
from unittest.mock import AsyncMock, Mock

from aiohttp.test_utils import TestClient
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components import evenload
from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.errors import (
    BadSetting,
    ListenerError,
    StationRefused,
)
from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from custom_components.evenload.engine.model.v2x import DischargeState, Hindrance
from custom_components.evenload.engine.model.v2x_ability import Method, V2xAbility
from custom_components.evenload.fixes import CHOICES, FIXES
from custom_components.evenload.planning_inputs import input_fix, input_issues
from custom_components.evenload.sensor_trouble import ISSUES as SENSORS
from tests.homeassistant import discharging_home
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import GARAGE, charge

LANGUAGES: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text())["issues"]
    for path in (Path(evenload.__file__).parent / "translations").glob("*.json")
}
ISSUES = LANGUAGES["en"]
INPUTS = {input_issues.ISSUES[state] for state in input_fix.FIXABLE}

entry = discharging_home.entry


@pytest.fixture
async def click(
    hass: HomeAssistant,
    site: FakeSite,
    hass_client: Callable[[], Awaitable[TestClient[Any, Any]]],
) -> Callable[[], Awaitable[dict[str, Any]]]:
    """Open the only issue on the page, and confirm."""
    assert await async_setup_component(hass, "repairs", {})
    await hass.async_block_till_done()
    page = await hass_client()

    async def post(path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = await page.post(f"/api/repairs/issues/fix{path}", json=body)
        assert response.status == HTTPStatus.OK
        found: dict[str, Any] = await response.json()
        return found

    async def click() -> dict[str, Any]:
        (issue,) = ours(hass)
        assert issue.is_fixable
        form = await post("", {"handler": DOMAIN, "issue_id": issue.issue_id})
        assert (form["type"], form["step_id"]) == ("form", "confirm")
        assert form["description_placeholders"]["name"] == "Garage"
        return await post(f"/{form['flow_id']}", {})

    return click


def ours(hass: HomeAssistant) -> list[ir.IssueEntry]:
    return [one for one in ir.async_get(hass).issues.values() if one.domain == DOMAIN]


type Click = Callable[[], Awaitable[dict[str, Any]]]

LEARNT = [kind for kind, fix in FIXES.items() if fix.__name__ == "_learn_again"]
RESTARTED = [kind for kind, fix in FIXES.items() if fix.__name__ == "_restart"]


@pytest.mark.parametrize("kind", LEARNT)
async def test_limits_are_learnt_again(
    hass: HomeAssistant,
    site: FakeSite,
    click: Click,
    kind: NoticeKind,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def learn(identity: str) -> None:
        """Nothing is known against the station any more."""
        site.asked.append(("learn", identity))
        site.notice(Notice(kind, identity, active=False))

    monkeypatch.setattr(site, "learn_limits_again", learn)
    site.notice(Notice(kind, "garage"))
    assert (await click())["type"] == "create_entry"
    assert site.asked == [("learn", "garage")]
    assert ours(hass) == []


@pytest.mark.parametrize("kind", RESTARTED)
async def test_a_station_is_restarted_and_the_issue_waits_for_what_it_does(
    hass: HomeAssistant, site: FakeSite, click: Click, kind: NoticeKind
) -> None:
    site.put_station("garage", connected=True)
    site.notice(Notice(kind, "garage"))
    result = await click()
    assert (result["type"], result["reason"]) == ("abort", "waiting")
    site.command.reset.assert_awaited_once_with(hard=False)
    assert len(ours(hass)) == 1
    site.notice(Notice(kind, "garage", active=False))
    assert ours(hass) == []


async def test_what_does_not_work_is_said(
    hass: HomeAssistant, site: FakeSite, click: Click
) -> None:
    site.notice(Notice(NoticeKind.LIMIT_IGNORED, "garage"))
    result = await click()
    assert (result["type"], result["reason"]) == ("abort", "failed")
    assert "Garage" in result["description_placeholders"]["detail"]
    site.put_station("garage", connected=True)
    site.command.reset.side_effect = StationRefused("garage", "Reset", "Rejected")
    result = await click()
    assert "Rejected" in result["description_placeholders"]["detail"]
    assert len(ours(hass)) == 1


@pytest.mark.parametrize(
    "kind", [NoticeKind.CERTIFICATE_ENDS, NoticeKind.CERTIFICATE_UNUSABLE]
)
async def test_certificates_are_read_again(
    hass: HomeAssistant, site: FakeSite, click: Click, kind: NoticeKind
) -> None:
    read: AsyncMock = site.security.reload_certificate  # type: ignore[assignment]  # a fake's
    site.notice(Notice(kind, "garage", placeholders={"date": "2026-12-01"}))
    read.side_effect = ListenerError(
        "invalid_certificate", None, 9001, "the key does not fit"
    )
    result = await click()
    assert result["reason"] == "failed"
    assert "the key does not fit" in result["description_placeholders"]["detail"]

    async def good() -> None:
        site.notice(Notice(kind, "garage", active=False))

    read.side_effect = good
    assert (await click())["type"] == "create_entry"


async def test_the_other_one_of_two_boxes_is_served(
    hass: HomeAssistant, site: FakeSite, click: Click
) -> None:
    serve: Mock = site.security.serve_other  # type: ignore[assignment]  # a fake's
    serve.side_effect = BadSetting("boxes_alike")
    about = {"address": "192.168.1.9"}
    site.notice(Notice(NoticeKind.STATION_DOUBLED, "garage", placeholders=about))
    result = await click()
    assert "one address" in result["description_placeholders"]["detail"]
    serve.side_effect = lambda who: site.notice(
        Notice(NoticeKind.STATION_DOUBLED, who, active=False)
    )
    assert (await click())["type"] == "create_entry"
    serve.assert_called_with("garage")


async def test_discharging_is_tested_again(
    hass: HomeAssistant, site: FakeSite, click: Click
) -> None:
    ability = V2xAbility(disproven=(Method.NATIVE,))
    site.put_station("garage", capabilities=Capabilities(v2x={1: ability}))
    charge(site, GARAGE, discharge=DischargeState(hindrance=Hindrance.NOT_PROVEN))
    await hass.async_block_till_done()
    pressed = async_mock_service(hass, "button", "press")
    result = await click()
    assert result["reason"] == "waiting"
    (call,) = pressed
    assert call.data["entity_id"] == "button.garage_test_discharging"


async def test_a_site_that_does_not_run_mends_nothing(
    hass: HomeAssistant,
    site: FakeSite,
    entry: MockConfigEntry,
    click: Click,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # An issue may be open on a page while its site is unloaded.
    site.notice(Notice(NoticeKind.NOT_CONTROLLABLE, "garage"))
    monkeypatch.setattr(ir, "async_delete_issue", lambda *_: None)
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert (await click())["reason"] == "not_running"


def test_a_click_mends_what_has_a_flow_and_nothing_else() -> None:
    flows = {key for key, one in ISSUES.items() if "fix_flow" in one}
    assert flows == FIXES.keys() | CHOICES | INPUTS | set(SENSORS.values())
    for key in FIXES:
        flow = ISSUES[key]["fix_flow"]
        assert flow["abort"].keys() == {"failed", "not_running", "waiting"}
    for key in flows:
        # The first page says what the list says.
        first = next(iter(ISSUES[key]["fix_flow"]["step"].values()))
        assert first["title"] == ISSUES[key]["title"]
    for key in INPUTS:
        assert ISSUES[key]["fix_flow"]["error"].keys() == input_fix.ERRORS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", ISSUES)
def test_every_issue_says_what_happened_what_that_means_now_and_what_to_do(
    key: str, language: str
) -> None:
    """Each is a paragraph of its own: what happened, what it means for charging at the moment, what its owner can do."""
    issue = LANGUAGES[language][key]
    if "fix_flow" in issue:
        issue = next(iter(issue["fix_flow"]["step"].values()))
    paragraphs = issue["description"].split("\n\n")
    assert len(paragraphs) == 3
    for paragraph in paragraphs:
        assert re.fullmatch(r"[A-ZÀ-Ü{].{15,}[.!?]", paragraph), paragraph
