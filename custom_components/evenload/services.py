"""Actions that do not belong to one entity."""

from homeassistant.const import ATTR_DEVICE_ID
from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv, service
import voluptuous as vol

from .appliance_services import async_setup_appliance_services
from .const import DOMAIN
from .data import EvenloadConfigEntry
from .devices import station_of
from .discharge_services import async_setup_discharge_services
from .dispatch_services import async_setup_dispatch_services
from .engine.model.errors import ListenerError
from .errors import translated_errors
from .hosting_services import async_setup_hosting_services
from .pause_services import async_setup_pause_services
from .plan_services import async_setup_plan_services
from .profile_services import async_setup_profile_services
from .queue_services import async_setup_queue_services
from .session_services import async_setup_session_services
from .station_services import async_setup_station_services
from .wish_services import async_setup_wish_services

SERVICE_CALL = "call"
SERVICE_RELOAD_CERTIFICATES = "reload_certificates"

ATTR_ACTION = "action"
ATTR_PAYLOAD = "payload"

CALL_SCHEMA = vol.Schema(
    {
        vol.Required(ATTR_DEVICE_ID): cv.string,
        vol.Required(ATTR_ACTION): cv.string,
        vol.Optional(ATTR_PAYLOAD, default=dict): dict,
    }
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions."""
    async_setup_queue_services(hass)
    async_setup_discharge_services(hass)
    async_setup_dispatch_services(hass)
    async_setup_hosting_services(hass)
    async_setup_session_services(hass)
    async_setup_pause_services(hass)
    async_setup_wish_services(hass)
    async_setup_station_services(hass)
    async_setup_profile_services(hass)
    async_setup_plan_services(hass)
    async_setup_appliance_services(hass)
    # Any message can be sent with it, also one that changes a password or the firmware.
    service.async_register_admin_service(
        hass,
        DOMAIN,
        SERVICE_CALL,
        _call,
        schema=CALL_SCHEMA,
        supports_response=SupportsResponse.ONLY,
    )
    service.async_register_admin_service(
        hass, DOMAIN, SERVICE_RELOAD_CERTIFICATES, _reload_certificates
    )


async def _reload_certificates(call: ServiceCall) -> None:
    """Use the certificates that the files hold now; no station is disconnected."""
    entries: list[EvenloadConfigEntry] = call.hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    for entry in entries:
        try:
            await entry.runtime_data.security.reload_certificate()
        except ListenerError as err:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="invalid_certificate",
                translation_placeholders={"port": str(err.port), "detail": err.detail},
            ) from err


async def _call(call: ServiceCall) -> ServiceResponse:
    """Send a station any message, and return its answer."""
    entry: EvenloadConfigEntry
    device, entry = service.async_get_device_and_config_entry(
        call.hass, DOMAIN, call.data[ATTR_DEVICE_ID]
    )
    identity = station_of(entry, device)
    if identity is None:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="not_a_station",
            translation_placeholders={"device": device.name or device.id},
        )
    with translated_errors(entry):
        return await entry.runtime_data.commands(identity).call(
            call.data[ATTR_ACTION], call.data[ATTR_PAYLOAD]
        )
