"""Evenload: smart charging for electric vehicles, with the OCPP server that charging stations dial."""

from homeassistant.const import EVENT_HOMEASSISTANT_STOP, Platform
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.exceptions import (
    ConfigEntryError,
    ConfigEntryNotReady,
    HomeAssistantError,
)
from homeassistant.helpers import config_validation as cv, device_registry as dr
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import dt as dt_util

from .configuration import listener_config, site_config
from .const import DOMAIN, SIGNAL_CHANGED
from .dashboard import async_setup_dashboard
from .data import EvenloadConfigEntry
from .devices import async_sync_devices, is_known_device
from .discharge_trouble import async_follow_discharging
from .discharging import async_follow_permissions
from .discovery import async_announce_unknown
from .engine.model.errors import ListenerError
from .engine.site import Site
from .grid_trouble import async_follow_grid
from .household import async_follow_meters
from .issues import async_follow_notices
from .outside_sensors import async_follow_outside, async_offer_response
from .own_blueprints import async_offer_blueprints, async_take_back_blueprints
from .planning_inputs.following import async_follow_inputs
from .presence import async_follow_presence
from .programmes import async_follow_programmes, async_forget_programmes
from .services import async_setup_services
from .session_late import async_forget_late_energy
from .session_statistics import async_follow_late_energy
from .session_upkeep import async_follow_age, async_forget_sessions, database_of
from .uplink_trouble import async_follow_uplinks
from .vault import StoreVault

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)

PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.DATETIME,
    Platform.EVENT,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
]


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what does not belong to one site."""
    async_setup_services(hass)
    await async_setup_dashboard(hass)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: EvenloadConfigEntry) -> bool:
    """Build the site, show it, and only then open the port that stations dial."""
    site = Site(
        site_config(entry),
        listener_config(entry.data),
        StoreVault(hass, entry.entry_id),
        now=dt_util.utcnow,
        database=database_of(hass, entry.entry_id),
    )
    await site.load()
    entry.runtime_data = site
    async_sync_devices(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    _follow(hass, entry)
    await async_offer_response(entry)
    try:
        await site.open()
    except ListenerError as err:
        await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
        await site.close()
        raise _setup_error(err) from err
    # Nothing waits for them, and automations may be loaded anew.
    entry.async_create_task(hass, async_offer_blueprints(hass))
    return True


async def async_unload_entry(hass: HomeAssistant, entry: EvenloadConfigEntry) -> bool:
    """Take the entities away, then close every connection."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await entry.runtime_data.close()
    return True


async def async_remove_entry(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Forget what was learnt."""
    await StoreVault(hass, entry.entry_id).remove()
    await async_forget_sessions(hass, entry.entry_id)
    await async_forget_late_energy(hass, entry.entry_id)
    await async_forget_programmes(hass, entry.entry_id)
    if not hass.config_entries.async_entries(DOMAIN, include_ignore=False):
        await async_take_back_blueprints(hass)


async def async_remove_config_entry_device(
    hass: HomeAssistant, entry: EvenloadConfigEntry, device: dr.AnyDeviceEntry
) -> bool:
    """Let the owner remove a device that the site no longer has; of others, say what to remove instead."""
    if is_known_device(entry, device):
        raise HomeAssistantError(
            translation_domain=DOMAIN, translation_key="device_in_use"
        )
    return True


@callback
def _follow(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Follow the owner's changes and the site's news until the entry is unloaded."""
    site = entry.runtime_data
    listener = listener_config(entry.data)

    @callback
    def show(_: object) -> None:
        async_sync_devices(hass, entry)
        async_dispatcher_send(hass, SIGNAL_CHANGED.format(entry.entry_id))

    async def apply(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
        # Only another port or certificate is worth dropping every connection.
        if listener_config(entry.data) != listener:
            hass.config_entries.async_schedule_reload(entry.entry_id)
            return
        site.reconfigure(site_config(entry))
        show(None)
        await async_offer_response(entry)

    async def stop(_: Event) -> None:
        await site.close()

    entry.async_on_unload(entry.add_update_listener(apply))
    entry.async_on_unload(site.on_new_evse(show))
    entry.async_on_unload(hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, stop))
    async_follow_presence(hass, entry)
    async_follow_age(hass, entry)
    async_follow_late_energy(hass, entry)
    async_follow_meters(hass, entry)
    async_follow_notices(hass, entry)
    async_follow_discharging(hass, entry)
    async_follow_grid(hass, entry)
    async_follow_outside(hass, entry)
    async_follow_inputs(hass, entry)
    async_follow_permissions(hass, entry)
    async_follow_programmes(hass, entry)
    async_follow_uplinks(hass, entry)
    async_announce_unknown(hass, entry)


def _setup_error(err: ListenerError) -> ConfigEntryNotReady | ConfigEntryError:
    """Say why the port is not open: a wrong certificate does not get better by waiting."""
    wrong = err.key == "invalid_certificate"
    return (ConfigEntryError if wrong else ConfigEntryNotReady)(
        translation_domain=DOMAIN,
        translation_key=err.key,
        translation_placeholders={"port": str(err.port), "detail": err.detail},
    )
