"""What the owner is being told."""

from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from custom_components.evenload.engine.site import Site


def told(site: Site) -> dict[NoticeKind, Notice]:
    """Every notice that lasts, by its kind."""
    shown: list[Notice] = []
    site.on_notice(shown.append)()
    return {notice.kind: notice for notice in shown}
