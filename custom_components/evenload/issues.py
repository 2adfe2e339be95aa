"""Repair issues: what the owner has to be told beyond the state of things."""

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.issue_registry import IssueSeverity

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .devices import station_subentry
from .engine.model.notices import Notice, NoticeKind
from .fixes import fix_data

SEVERITY = {
    NoticeKind.LIMIT_IGNORED: IssueSeverity.ERROR,
    NoticeKind.NOT_CONTROLLABLE: IssueSeverity.ERROR,
    NoticeKind.STORAGE_FAILED: IssueSeverity.ERROR,
}


@callback
def async_follow_notices(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Keep an issue for each notice while it lasts and the entry is loaded."""
    shown: set[str] = set()

    @callback
    def follow(notice: Notice) -> None:
        issue_id = f"{notice.kind}_{entry.entry_id}_{notice.subject}"
        if not notice.active:
            shown.discard(issue_id)
            ir.async_delete_issue(hass, DOMAIN, issue_id)
            return
        shown.add(issue_id)
        data = fix_data(entry, notice.kind, notice.subject)
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id,
            data=data,
            is_fixable=data is not None,
            severity=SEVERITY.get(notice.kind, IssueSeverity.WARNING),
            translation_key=notice.kind,
            translation_placeholders={
                "name": _name(entry, notice.subject),
                **notice.placeholders,
            },
        )

    @callback
    def forget() -> None:
        for issue_id in shown:
            ir.async_delete_issue(hass, DOMAIN, issue_id)

    entry.async_on_unload(forget)
    entry.async_on_unload(entry.runtime_data.on_notice(follow))


def _name(entry: EvenloadConfigEntry, subject: str) -> str:
    """Return what the owner calls it."""
    if group := entry.subentries.get(subject):
        return group.title
    if station := station_subentry(entry, subject):
        return station.title
    return subject or entry.title
