"""In what 2.0.1 and 2.1 differ beyond their schemas, as data."""

from dataclasses import dataclass

from ...model.stations import OcppVersion


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of OCPP 2."""

    version: OcppVersion
    # What a vehicle's needs are answered with: its limits lie in the station already (2.0.1 K15.FR.04; 2.1 has a word for it).
    needs_answer: str
    # Whether a station can be asked to send what a maker has named (2.1 F06).
    custom_triggers: bool


EDITIONS = {
    OcppVersion.V201: Edition(
        OcppVersion.V201, needs_answer="Processing", custom_triggers=False
    ),
    OcppVersion.V21: Edition(
        OcppVersion.V21, needs_answer="NoChargingProfile", custom_triggers=True
    ),
}
