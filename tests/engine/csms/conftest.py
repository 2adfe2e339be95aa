"""A house with an open port, and stations that dial it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from copy import deepcopy
from typing import Any

import pytest

from custom_components.evenload.engine.csms import onboarding
from custom_components.evenload.engine.csms.commands import Commands
from custom_components.evenload.engine.model.configuration import (
    ListenerConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import Phase
from custom_components.evenload.engine.model.v2x_ability import OperationMode
from custom_components.evenload.engine.site import Site
from custom_components.evenload.engine.vault import Part
from tests.engine.csms.dialler import Dialler
from tests.engine.csms.dialler2 import Dialler2

type OpenSite = Callable[..., Awaitable[Site]]
type Dial = Callable[..., Awaitable[Dialler]]
type Dial2 = Callable[..., Awaitable[Dialler2]]


class DictVault:
    """A vault that survives what a test calls a crash: only what was saved is in it."""

    def __init__(self, parts: dict[Part, Any] | None = None) -> None:
        """Begin empty, or with what another one holds."""
        self.parts = parts or {}

    async def load(self, part: Part) -> dict[str, Any] | None:
        return deepcopy(self.parts.get(part))

    async def save(self, part: Part, data: dict[str, Any]) -> None:
        self.parts[part] = deepcopy(data)

    def copy(self) -> DictVault:
        return DictVault(deepcopy(self.parts))


def site_config(*identities: str, phases: int = 3, **changes: Any) -> SiteConfig:
    """A site with a fuse of 100 A, so that nobody waits for anybody."""
    wiring = tuple(Phase)[:phases]
    stations = {
        identity: StationConfig(identity, f"Station {identity}", wiring)
        for identity in identities
    }
    return SiteConfig("Home", Current(100.0), stations=stations, **changes)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the house wait for tenths of a second where it waits for seconds."""
    monkeypatch.setattr(onboarding, "QUIET_PERIOD_S", 0.3)
    monkeypatch.setattr(onboarding, "SETTLE_S", 0.02)


@pytest.fixture
def vault() -> DictVault:
    return DictVault()


@pytest.fixture
async def open_site(vault: DictVault) -> AsyncIterator[OpenSite]:
    """Open a site with these stations adopted; it is closed after the test."""
    # Debug mode keeps a traceback of every turn of the loop.
    asyncio.get_running_loop().set_debug(False)
    async with AsyncExitStack() as stack:

        async def start(
            *identities: str,
            listener: ListenerConfig = ListenerConfig(0, "127.0.0.1"),
            vault: DictVault = vault,
            config: SiteConfig | None = None,
            **changes: Any,
        ) -> Site:
            site = Site(config or site_config(*identities, **changes), listener, vault)
            await site.load()
            await site.open()
            stack.push_async_callback(site.close)
            return site

        yield start


@pytest.fixture
async def dial() -> AsyncIterator[Dial]:
    """Dial a site as a station; it hangs up after the test."""
    async with AsyncExitStack() as stack:

        async def connect(site: Site, identity: str = "A", **options: Any) -> Dialler:
            port = site.security.tls_port if options.get("tls") else site.port
            return await stack.enter_async_context(Dialler(port, identity, **options))

        yield connect


@pytest.fixture
async def dial2() -> AsyncIterator[Dial2]:
    """Dial a site as a station of 2.0.1 (or another `version` of 2.x); it hangs up after the test."""
    async with AsyncExitStack() as stack:

        async def connect(site: Site, identity: str = "A", **options: Any) -> Dialler2:
            return await stack.enter_async_context(
                Dialler2(site.port, identity, **options)
            )

        yield connect


@pytest.fixture
async def station(open_site: OpenSite, dial: Dial) -> tuple[Site, Dialler]:
    """A station that has been set up, and now only answers what a test asks."""
    site = await open_site("A")
    dialler = await dial(site)
    await dialler.boot()
    await dialler.called("TriggerMessage", 2)
    dialler.calls.clear()
    return site, dialler


@pytest.fixture
def shows() -> dict[str, tuple[str | None, str, str]]:
    """What the station of 2.1 that can discharge shows beyond that; a test parametrizes it."""
    return {}


@pytest.fixture
async def bidirectional(
    open_site: OpenSite, dial2: Dial2, shows: dict[str, tuple[str | None, str, str]]
) -> tuple[Commands, Dialler2]:
    """What can be asked of a station of 2.1 with all operation modes and dynamic profiles."""
    site = await open_site("A")
    dialler = await dial2(site, version="2.1")
    dialler.model |= {
        "SmartChargingCtrlr/SupportsDynamicProfiles": ("true", "ReadOnly", ""),
        "SmartChargingCtrlr/SupportsMaxOfflineDuration": ("true", "ReadOnly", ""),
        "V2XChargingCtrlr@1/Enabled": ("true", "ReadWrite", ""),
        "V2XChargingCtrlr@1/SupportedOperationModes": (
            ",".join(OperationMode),
            "ReadOnly",
            "",
        ),
    } | shows
    await dialler.boot()
    await dialler.settled()
    return site.commands("A"), dialler
