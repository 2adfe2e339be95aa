"""Whoever runs a programme: the package's own client of that role, in both editions."""

from datetime import datetime, timedelta
from typing import Any

from openadr3_client.bl.http_factory import BusinessLogicHttpClientFactory
from openadr3_client.oadr301.models.event import event as event301
from openadr3_client.oadr301.models.program.program import NewProgram as Program301
from openadr3_client.oadr310.models.event import event as event31
from openadr3_client.oadr310.models.program.program import NewProgram as Program31
from openadr3_client.version import OADRVersion

from tests.openadr_vtn import BL_TOKEN, Vtn


class Business:
    """Makes programmes and events, and reads reports."""

    def __init__(self, vtn: Vtn) -> None:
        """Sign in."""
        self.is_old = vtn.edition == "3.0.1"
        self.client: Any = (
            BusinessLogicHttpClientFactory.create_anonymous_http_bl_client(
                vtn.url,
                allow_insecure_http=True,
                version=OADRVersion.OADR_301 if self.is_old else OADRVersion.OADR_310,
            )
        )
        for part in (self.client.programs, self.client.events, self.client.reports):
            part.session.headers["Authorization"] = f"Bearer {BL_TOKEN}"

    def programme(self, name: str, **fields: Any) -> str:
        """Make a programme; returns its id."""
        model = Program301 if self.is_old else Program31
        new = model.model_validate({"programName": name, **fields})
        return str(self.client.programs.create_program(new).id)

    def event(
        self,
        programme: str,
        *values: tuple[str, float],
        start: datetime,
        duration: timedelta,
        unit: str = "KW",
        **fields: Any,
    ) -> str:
        """Make an event with an interval for each value; returns its id."""
        model = event301 if self.is_old else event31
        new = model.NewEvent.model_validate(
            {
                "programID": programme,
                "intervalPeriod": {"start": start, "duration": duration},
                "payloadDescriptors": [
                    {"payloadType": kind, "units": unit}
                    for kind in {one[0] for one in values}
                ],
                "intervals": [
                    {"id": number, "payloads": [{"type": kind, "values": [value]}]}
                    for number, (kind, value) in enumerate(values)
                ],
                **fields,
            }
        )
        return str(self.client.events.create_event(new).id)

    def change(self, event_id: str, **fields: Any) -> None:
        """Change an event."""
        known = self.client.events.get_event_by_id(event_id)
        if self.is_old:
            update = event301.EventUpdate.model_validate(fields)
            self.client.events.update_event_by_id(event_id, known.update(update))
        else:
            whole = known.model_dump(by_alias=True, mode="json") | fields
            update31 = event31.EventUpdate.model_validate(whole)
            self.client.events.update_event_by_id(event_id, update31)

    def cancel(self, event_id: str) -> None:
        """Take an event away."""
        self.client.events.delete_event_by_id(event_id)

    def reports(self, event_id: str) -> list[Any]:
        """Return the reports about an event."""
        return list(self.client.reports.get_reports(None, None, event_id, None))
