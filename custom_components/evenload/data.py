"""The config entry's type: what it carries while it is loaded."""

from homeassistant.config_entries import ConfigEntry

from .engine.site import Site

type EvenloadConfigEntry = ConfigEntry[Site]
