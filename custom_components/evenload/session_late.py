"""Late energy that waits until the statistics can be corrected: on the disk, since a restart may come first."""

import asyncio
import logging

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey
from mashumaro.codecs.basic import BasicDecoder, BasicEncoder
from mashumaro.exceptions import InvalidFieldValue, MissingField

from .const import DOMAIN
from .engine.model.sessions import LateEnergy
from .vault import MINOR_VERSION, VERSION, DurableStore

_LOGGER = logging.getLogger(__name__)

_ENCODER = BasicEncoder(list[LateEnergy])
_DECODER = BasicDecoder(list[LateEnergy])


class Waiting:
    """What waits, of one site; it outlives a reload, and what is written outlives everything."""

    def __init__(self, hass: HomeAssistant, entry_id: str) -> None:
        """Name the file; nothing is read yet."""
        self._hass = hass
        self._late: list[LateEnergy] = []
        self._is_loaded = False
        self._lock = asyncio.Lock()
        self._store = DurableStore(
            hass,
            VERSION,
            f"{DOMAIN}.{entry_id}.late_energy",
            private=True,
            atomic_writes=True,
            minor_version=MINOR_VERSION,
        )

    @callback
    def add(self, late: LateEnergy) -> None:
        """Keep what was told late."""
        self._late.append(late)
        self._save()

    @callback
    def done(self, late: LateEnergy) -> None:
        """Forget what has been corrected."""
        self._late = [one for one in self._late if one is not late]
        self._save()

    async def earlier(self) -> tuple[LateEnergy, ...]:
        """Return what waits since before a reload or a restart."""
        async with self._lock:
            if self._is_loaded:
                return tuple(self._late)
            earlier = _decoded(await self._store.async_load())
            self._is_loaded = True
            self._late = [*earlier, *self._late]
            return earlier

    async def remove(self) -> None:
        """Delete the file."""
        await self._store.async_remove()

    @callback
    def _save(self) -> None:
        # Home Assistant waits for it, also while it stops.
        self._hass.async_create_task(self._written(), "evenload late energy")

    async def _written(self) -> None:
        await self.earlier()
        try:
            await self._store.async_save({"late": _ENCODER.encode(self._late)})
        except OSError as err:
            _LOGGER.warning("What was told late is not written: %s", err)


_WAITING: HassKey[dict[str, Waiting]] = HassKey(f"{DOMAIN}_late_energy")


@callback
def waiting_of(hass: HomeAssistant, entry_id: str) -> Waiting:
    """Return what waits of a site."""
    sites = hass.data.setdefault(_WAITING, {})
    if entry_id not in sites:
        sites[entry_id] = Waiting(hass, entry_id)
    return sites[entry_id]


async def async_forget_late_energy(hass: HomeAssistant, entry_id: str) -> None:
    """Delete what waits of a site that is removed."""
    await waiting_of(hass, entry_id).remove()
    del hass.data[_WAITING][entry_id]


def _decoded(data: dict[str, object] | None) -> tuple[LateEnergy, ...]:
    if data is None:
        return ()
    try:
        return tuple(_DECODER.decode(data["late"]))
    except MissingField, InvalidFieldValue, ValueError, TypeError, KeyError:
        _LOGGER.error("What was told late before the restart cannot be read")
        return ()
