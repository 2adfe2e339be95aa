"""The forms of a site: each answers a wrong field with a sentence, and then takes the right one."""

from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
import socket
from typing import Any
from unittest.mock import AsyncMock, Mock, patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.network import NoURLAvailableError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.model.errors import ListenerError
from tests.homeassistant.conftest import OPTIONS
from tests.homeassistant.fake_site import FakeSite

FORM = {"port": 9000, **OPTIONS, "advanced": {}}


@pytest.fixture(autouse=True)
def free_port(request: pytest.FixtureRequest) -> Generator[AsyncMock | None]:
    """Let every port be free, but where real sockets are the point."""
    if "socket_enabled" in request.fixturenames:
        yield None
        return
    server = Mock(wait_closed=AsyncMock())
    with patch(
        "asyncio.base_events.BaseEventLoop.create_server",
        AsyncMock(return_value=server),
    ) as create:
        yield create


async def fill_in(hass: HomeAssistant, form: dict[str, Any]) -> dict[str, Any]:
    """Open the first form and submit it."""
    result = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == {}
    return await hass.config_entries.flow.async_configure(result["flow_id"], form)


async def test_a_site_is_set_up(hass: HomeAssistant) -> None:
    hass.config.internal_url = "http://192.168.1.20:8123"
    result = await fill_in(hass, FORM)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == hass.config.location_name
    assert result["data"] == {"port": 9000}
    assert result["options"] == OPTIONS
    assert result["description_placeholders"] == {"url": "ws://192.168.1.20:9000/"}


async def test_the_defaults_are_enough(hass: HomeAssistant) -> None:
    result = await fill_in(hass, {"advanced": {}})

    assert result["data"] == {"port": 9000}
    assert result["options"] == OPTIONS


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"main_fuse_a": 5.9}, {"main_fuse_a": "main_fuse_out_of_range"}),
        ({"main_fuse_a": float("nan")}, {"main_fuse_a": "main_fuse_out_of_range"}),
        ({"main_fuse_a": float("inf")}, {"main_fuse_a": "main_fuse_out_of_range"}),
        ({"voltage_v": 12}, {"voltage_v": "voltage_out_of_range"}),
        ({"port": 0}, {"base": "port_out_of_range"}),
        ({"port": 9000.5}, {"base": "port_out_of_range"}),
        ({"port": float("inf")}, {"base": "port_out_of_range"}),
        ({"advanced": {"tls_port": 70_000}}, {"base": "port_out_of_range"}),
        (
            {"advanced": {"certificate": "/tmp/chain.pem"}},
            {"base": "certificate_without_key"},
        ),
        (
            {"advanced": {"private_key": "/tmp/key.pem"}},
            {"base": "certificate_without_key"},
        ),
        (
            {"advanced": {"certificate": "/no/such.pem", "private_key": "/no/key.pem"}},
            {"base": "file_not_found"},
        ),
        (
            {"advanced": {"certificate": __file__, "private_key": __file__}},
            {"base": "not_a_certificate"},
        ),
    ],
)
async def test_a_wrong_field_is_answered_and_can_be_put_right(
    hass: HomeAssistant, wrong: dict[str, Any], errors: dict[str, str]
) -> None:
    result = await fill_in(hass, FORM | wrong)

    assert result["type"] is FlowResultType.FORM
    assert result["errors"] == errors
    result = await hass.config_entries.flow.async_configure(result["flow_id"], FORM)
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.usefixtures("socket_enabled")
async def test_a_port_in_use_is_answered_and_another_is_taken(
    hass: HomeAssistant, unused_tcp_port: int
) -> None:
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        result = await fill_in(hass, FORM | {"port": port})
        assert result["errors"] == {"port": "address_in_use"}

    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], FORM | {"port": unused_tcp_port}
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY


@pytest.mark.usefixtures("socket_enabled")
async def test_an_address_of_another_machine_is_answered(
    hass: HomeAssistant, unused_tcp_port: int
) -> None:
    form = FORM | {"port": unused_tcp_port, "advanced": {"host": "192.0.2.1"}}
    result = await fill_in(hass, form)
    assert result["errors"] == {"base": "no_such_address"}
    assert result["description_placeholders"]["host"] == "192.0.2.1"
    # What is wrong is to be seen.
    advanced = result["data_schema"].schema["advanced"]
    assert advanced.options == {"collapsed": False}

    form["advanced"] = {"host": "127.0.0.1"}
    result = await hass.config_entries.flow.async_configure(result["flow_id"], form)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {"port": unused_tcp_port, "host": "127.0.0.1"}
    assert result["description_placeholders"] == {
        "url": f"ws://127.0.0.1:{unused_tcp_port}/"
    }


async def test_what_nobody_expected_is_answered_too(
    hass: HomeAssistant, free_port: AsyncMock
) -> None:
    free_port.side_effect = RuntimeError
    result = await fill_in(hass, FORM)
    assert result["errors"] == {"base": "unknown"}

    free_port.side_effect = None
    result = await hass.config_entries.flow.async_configure(result["flow_id"], FORM)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_certificate_makes_the_address_a_secure_one(
    hass: HomeAssistant, certificate: dict[str, str]
) -> None:
    hass.config.internal_url = "http://192.168.1.20:8123"
    result = await fill_in(hass, FORM | {"advanced": certificate})

    assert result["data"] == {"port": 9000, **certificate}
    # A station takes the certificate only under a name that it bears.
    assert result["description_placeholders"] == {"url": "wss://evenload.test:9000/"}


@pytest.mark.parametrize(
    ("api", "host"),
    [(None, "homeassistant.local"), (Mock(local_ip="10.0.0.5"), "10.0.0.5")],
)
async def test_without_an_own_address_the_machine_s_is_told(
    hass: HomeAssistant, api: Mock | None, host: str
) -> None:
    hass.config.api = api
    with patch(
        "custom_components.evenload.connection.get_url",
        side_effect=NoURLAvailableError,
    ):
        result = await fill_in(hass, FORM)
    assert result["description_placeholders"] == {"url": f"ws://{host}:9000/"}
    hass.config.api = None


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
async def test_every_address_is_none_to_dial(hass: HomeAssistant, host: str) -> None:
    hass.config.internal_url = "http://192.168.1.20:8123"
    result = await fill_in(hass, FORM | {"advanced": {"host": host}})
    assert result["data"]["host"] == host
    assert result["description_placeholders"] == {"url": "ws://192.168.1.20:9000/"}


async def test_a_second_site_on_the_same_port_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    result = await fill_in(hass, FORM)

    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"


async def test_ignored_stations_do_not_hinder_a_site(hass: HomeAssistant) -> None:
    MockConfigEntry(domain=DOMAIN, source="ignore", unique_id="CP-9").add_to_hass(hass)
    result = await fill_in(hass, FORM)

    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_another_port_reloads_the_site(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    result = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"],
        {"port": 9001, "advanced": {"certificate": "/no/such.pem"}},
    )
    assert result["errors"] == {"base": "certificate_without_key"}

    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"port": 9001, "advanced": {"host": " "}}
    )
    await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    assert entry.data == {"port": 9001}
    assert not site.is_open
    assert entry.runtime_data.is_open
    assert entry.runtime_data.listener.port == 9001


async def test_the_port_that_the_site_holds_is_not_opened_twice(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite, free_port: AsyncMock
) -> None:
    result = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"port": 9000, "advanced": {}}
    )
    await hass.async_block_till_done()

    assert result["reason"] == "reconfigure_successful"
    assert free_port.await_args.args[1:] == (None, 0)
    assert entry.runtime_data is site


async def test_a_site_that_could_not_start_is_tried_anew(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    with patch.object(
        FakeSite, "error", ListenerError("invalid_certificate", None, 9000)
    ):
        assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR

    result = await entry.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"port": 9000, "advanced": {}}
    )
    await hass.async_block_till_done()
    assert result["reason"] == "reconfigure_successful"
    assert entry.state is ConfigEntryState.LOADED


async def test_another_site_s_port_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    other = MockConfigEntry(domain=DOMAIN, data={"port": 9001}, options=OPTIONS)
    other.add_to_hass(hass)

    result = await other.start_reconfigure_flow(hass)
    result = await hass.config_entries.flow.async_configure(
        result["flow_id"], {"port": 9000, "advanced": {}}
    )
    assert result["reason"] == "already_configured"


@pytest.mark.parametrize(
    ("wrong", "errors", "placeholders"),
    [
        (
            {"main_fuse_a": 0},
            {"main_fuse_a": "main_fuse_out_of_range"},
            {"minimum": "6", "maximum": "1000"},
        ),
        (
            {"main_fuse_a": 16},
            {"main_fuse_a": "fuse_below_group_limit"},
            {"group": "Yard", "main_fuse": "16 A"},
        ),
    ],
)
async def test_options_are_checked_and_applied_without_a_reload(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    site: FakeSite,
    wrong: dict[str, Any],
    errors: dict[str, str],
    placeholders: dict[str, str],
) -> None:
    result = await hass.config_entries.options.async_init(entry.entry_id)
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], {"next_step_id": "grid"}
    )
    result = await hass.config_entries.options.async_configure(
        result["flow_id"], OPTIONS | wrong
    )
    assert result["errors"] == errors
    assert result["description_placeholders"] == placeholders

    result = await hass.config_entries.options.async_configure(
        result["flow_id"], OPTIONS | {"main_fuse_a": 35}
    )
    await hass.async_block_till_done()
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.runtime_data is site
    assert site.config.main_fuse.a == 35


@pytest.fixture
def certificate(tmp_path: Path) -> dict[str, str]:
    """A certificate that signs itself, and its key, as the form names them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "evenload.test")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    chain, secret = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return {"certificate": str(chain), "private_key": str(secret)}
