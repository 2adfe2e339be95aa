"""What docs/removal.md says takes the limits out of a station, and they stay out."""

from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
import yaml

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site
from tests.homeassistant.real_site import Station, until

pytestmark = pytest.mark.usefixtures("socket_enabled")

engine, entry, site = real_site.engine, real_site.entry, real_site.site

PAGE = Path(__file__).parents[2] / "docs/removal.md"
EXAMPLES: list[dict[str, Any]] = [
    yaml.safe_load(text)
    for text in re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
]


async def test_limits_are_taken_out_and_none_is_sent_again(
    hass: HomeAssistant, site: Site
) -> None:
    garage = await Station.dial(site, "garage")
    await garage.say(
        "StatusNotification", connectorId=1, errorCode="NoError", status="Preparing"
    )
    await until(hass, "sensor.garage_allowed_current", "10.0")
    for entity_id in ("switch.home_watch_only", "switch.yard_watch_only"):
        await hass.services.async_call(
            "switch", "turn_on", {"entity_id": entity_id}, blocking=True
        )
    await hass.async_block_till_done()
    device = dr.async_get(hass).async_get_device_by_identifier(
        (DOMAIN, "garage"), "site"
    )
    data = EXAMPLES[0]["data"] | {"device_id": device.id}
    answer = await hass.services.async_call(
        DOMAIN, "call", data, blocking=True, return_response=True
    )
    assert answer == {"status": "Accepted"}
    cleared = garage.heard.index("ClearChargingProfile")
    await garage.say("Heartbeat")
    await garage.say(
        "StatusNotification", connectorId=1, errorCode="NoError", status="Charging"
    )
    await until(hass, "sensor.garage_status", "charging")
    assert "SetChargingProfile" not in garage.heard[cleared:]
    await garage.hang_up()


@pytest.mark.parametrize("version", [OcppVersion.V201, OcppVersion.V21])
@pytest.mark.parametrize("purpose", ["ChargingStationMaxProfile", "TxDefaultProfile"])
def test_the_message_of_newer_versions_is_one(
    version: OcppVersion, purpose: str
) -> None:
    payload = EXAMPLES[1]["data"]["payload"]
    payload["chargingProfileCriteria"]["chargingProfilePurpose"] = purpose
    assert schemas(version).violations("ClearChargingProfile", payload) == []
