"""Notices that become repair issues, and go with what they are about."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from tests.homeassistant.fake_site import FakeSite


def issues(hass: HomeAssistant) -> dict[str, ir.IssueEntry]:
    """Return our issues by the key of their sentence."""
    registry = ir.async_get(hass)
    return {
        str(issue.translation_key): issue
        for (domain, _), issue in registry.issues.items()
        if domain == DOMAIN
    }


@pytest.mark.parametrize("kind", list(NoticeKind))
async def test_an_issue_lasts_as_long_as_its_notice(
    hass: HomeAssistant, site: FakeSite, kind: NoticeKind
) -> None:
    site.notice(Notice(kind, "garage"))
    assert issues(hass)[kind].translation_placeholders == {"name": "Garage"}

    site.notice(Notice(kind, "drive", active=False))
    assert kind in issues(hass)
    site.notice(Notice(kind, "garage", active=False))
    assert issues(hass) == {}


@pytest.mark.parametrize(
    ("subject", "name"),
    [("group-yard", "Yard"), ("garage", "Garage"), ("CP-9", "CP-9"), ("", "Home")],
)
async def test_an_issue_names_what_the_owner_knows(
    hass: HomeAssistant, site: FakeSite, subject: str, name: str
) -> None:
    site.notice(Notice(NoticeKind.SHARE_TOO_SMALL, subject))
    issue = issues(hass)["share_too_small"]
    assert issue.translation_placeholders == {"name": name}


async def test_what_keeps_charging_from_being_limited_is_an_error(
    hass: HomeAssistant, site: FakeSite
) -> None:
    site.notice(Notice(NoticeKind.NOT_CONTROLLABLE, "garage"))
    site.notice(Notice(NoticeKind.LIMITS_DO_NOT_EXPIRE, "garage"))
    found = issues(hass)
    assert found["not_controllable"].severity is ir.IssueSeverity.ERROR
    assert found["limits_do_not_expire"].severity is ir.IssueSeverity.WARNING


async def test_issues_go_with_the_site(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    site.notice(Notice(NoticeKind.STORAGE_FAILED, "Home"))
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert issues(hass) == {}
