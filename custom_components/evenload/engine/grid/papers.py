"""Reports as they are sent, checked by the package's models before they are."""

from datetime import timedelta
from typing import Any, Final

from openadr3_client.oadr301.models.report.report import NewReport as Report301
from openadr3_client.oadr310.models.report.report import NewReport as Report31

from .reports import Entry, Report
from .server import Edition, Server

_AGGREGATED: Final = "AGGREGATED_REPORT"
_QUALITY: Final = "DATA_QUALITY"
_MISSING: Final = "MISSING"


def report_paper(server: Server, programme_id: str, report: Report) -> dict[str, Any]:
    """Return a report as JSON. Raises pydantic's `ValidationError`."""
    due = report.due
    resource = _AGGREGATED if due.request.aggregate else server.resource_name
    paper: dict[str, Any] = {
        "eventID": due.event.id,
        "clientName": server.ven_name,
        "reportName": f"{due.request.payload} {due.number}",
        "resources": [
            {
                "resourceName": resource,
                "intervals": [_interval(entry, report) for entry in report.entries],
            }
        ],
    }
    if server.edition is Edition.V301:
        paper["programID"] = programme_id
        Report301.model_validate(paper)
    else:
        Report31.model_validate(paper)
    # The models know only those of events here.
    descriptor = {"payloadType": due.request.payload, "units": report.units}
    if due.request.reading:
        descriptor["readingType"] = due.request.reading
    return paper | {"payloadDescriptors": [descriptor]}


def _interval(entry: Entry, report: Report) -> dict[str, Any]:
    """Return one interval: with its value, or that this is missing."""
    kind, value = (
        (_QUALITY, _MISSING)
        if entry.value is None
        else (report.due.request.payload, entry.value)
    )
    length = entry.span.end - entry.span.start
    return {
        "id": entry.span.id,
        "intervalPeriod": {
            "start": entry.span.start.isoformat(timespec="seconds"),
            "duration": _duration(length),
        },
        "payloads": [{"type": kind, "values": [value]}],
    }


def _duration(length: timedelta) -> str:
    return f"PT{round(length.total_seconds())}S"
