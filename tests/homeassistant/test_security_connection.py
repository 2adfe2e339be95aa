"""The form of an encrypted connection: what is wrong is said before it is saved, and what is right is told."""

from collections.abc import Callable, Generator
from datetime import timedelta
import errno
import json
from pathlib import Path
import re
from typing import Any
from unittest.mock import AsyncMock, Mock, patch

from cryptography.hazmat.primitives.asymmetric import rsa
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload import engine
from custom_components.evenload.connection import station_url
from custom_components.evenload.engine.model.configuration import ListenerConfig
from custom_components.evenload.engine.security import CertificateFacts
from tests.certificates import Files, authority, sign
from tests.homeassistant.conftest import NOW, config_entry, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.test_config_flow import FORM, fill_in

DAY = timedelta(days=1)
ENGINE = Path(engine.__file__).parent
ENGLISH = json.loads((ENGINE.parent / "translations/en.json").read_text())


@pytest.fixture(autouse=True)
def create_server() -> Generator[AsyncMock]:
    """Let every port be free."""
    with patch(
        "asyncio.base_events.BaseEventLoop.create_server",
        AsyncMock(return_value=Mock(wait_closed=AsyncMock())),
    ) as create:
        yield create


def form(files: Files, **advanced: Any) -> dict[str, Any]:
    """The form of a site with a certificate."""
    paths = {"certificate": files.certificate, "private_key": files.private_key}
    return FORM | {"advanced": paths | advanced}


async def test_two_ports_and_an_authority(hass: HomeAssistant, tmp_path: Path) -> None:
    hass.config.internal_url = "http://192.168.1.20:8123"
    files = sign("home", names=("ev.example.org",)).write(tmp_path)
    maker = authority().write(tmp_path / "maker").certificate
    result = await fill_in(hass, form(files, tls_port=9443, client_ca=maker))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {
        "port": 9000,
        "certificate": files.certificate,
        "private_key": files.private_key,
        "tls_port": 9443,
        "client_ca": maker,
    }
    assert result["description_placeholders"] == {
        "url": "ws://192.168.1.20:9000/ / wss://ev.example.org:9443/"
    }


WRONG: dict[str, Callable[[Path], dict[str, Any]]] = {
    "file_not_found": lambda folder: form(Files(str(folder / "none"), str(folder / "none"))),
    "file_not_readable": lambda folder: form(Files(str(folder), str(folder))),
    "not_a_certificate": lambda folder: form(Files(__file__, __file__)),
    "not_a_private_key": lambda folder: form(Files(sign("home").write(folder).certificate, __file__)),
    "key_has_password": lambda folder: form(sign("home").write(folder, password="secret")),
    "key_does_not_match": lambda folder: form(
        Files(sign("home").write(folder).certificate, sign("home").write(folder / "b").private_key)
    ),
    "certificate_expired": lambda folder: form(sign("home", begins=-9 * DAY, lasts=DAY).write(folder)),
    "certificate_not_yet_valid": lambda folder: form(sign("home", begins=DAY).write(folder)),
    "chain_incomplete": lambda folder: form(sign("home", by=authority(), names_issuer=True).write(folder)),
    "key_too_short": lambda folder: form(sign("home", key=rsa.generate_private_key(65537, 1024)).write(folder)),
    "ports_are_the_same": lambda folder: form(sign("home").write(folder), tls_port=9000),
    "encryption_without_certificate": lambda folder: FORM | {"advanced": {"tls_port": 9443}},
}  # fmt: skip


@pytest.mark.parametrize("key", WRONG)
async def test_what_is_wrong_has_a_sentence_and_can_be_put_right(
    hass: HomeAssistant, tmp_path: Path, key: str
) -> None:
    result = await fill_in(hass, WRONG[key](tmp_path))
    assert result["errors"] == {"base": key}
    # The sentence gets all that it fills in.
    sentence = ENGLISH["config"]["error"][key]
    blanks = set(re.findall(r"{(\w+)}", sentence))
    assert blanks <= result["description_placeholders"].keys()
    right = form(sign("home").write(tmp_path / "right"))
    result = await hass.config_entries.flow.async_configure(result["flow_id"], right)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_an_authority_that_is_none(hass: HomeAssistant, tmp_path: Path) -> None:
    files = sign("home").write(tmp_path)
    result = await fill_in(hass, form(files, client_ca=__file__))
    assert result["errors"] == {"base": "not_a_certificate"}
    assert result["description_placeholders"]["path"] == __file__


async def test_a_second_port_that_is_taken_is_named(
    hass: HomeAssistant, tmp_path: Path, create_server: AsyncMock
) -> None:
    server = create_server.return_value
    create_server.side_effect = [server, OSError(errno.EADDRINUSE, "taken")]
    files = sign("home").write(tmp_path)
    result = await fill_in(hass, form(files, tls_port=9443))
    assert result["errors"] == {"base": "address_in_use"}
    assert result["description_placeholders"]["port"] == "9443"


async def test_a_change_is_checked_like_a_beginning(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    site: FakeSite,
    tmp_path: Path,
    create_server: AsyncMock,
) -> None:
    files = sign("home").write(tmp_path)
    result = await entry.start_reconfigure_flow(hass)
    wrong = {key: form(files, tls_port=9000)[key] for key in ("port", "advanced")}
    result = await hass.config_entries.flow.async_configure(result["flow_id"], wrong)
    assert result["errors"] == {"base": "ports_are_the_same"}
    right = {key: form(files, tls_port=9443)[key] for key in ("port", "advanced")}
    result = await hass.config_entries.flow.async_configure(result["flow_id"], right)
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    # The port that the site holds is not opened twice; the new one is tried.
    assert [call.args[2] for call in create_server.await_args_list] == [0, 9443]
    assert entry.runtime_data.listener.tls_port == 9443


@pytest.mark.parametrize("profile", [2, 3])
async def test_encryption_that_a_station_needs_stays(
    hass: HomeAssistant, tmp_path: Path, profile: int
) -> None:
    files = sign("home").write(tmp_path)
    paths = {"certificate": files.certificate, "private_key": files.private_key}
    protected = station("garage", "Garage", security_profile=profile)
    entry = config_entry(protected, **paths, client_ca=files.certificate)
    entry.add_to_hass(hass)
    result = await entry.start_reconfigure_flow(hass)
    without: dict[str, Any] = {"port": 9000, "advanced": paths if profile == 3 else {}}
    result = await hass.config_entries.flow.async_configure(result["flow_id"], without)
    assert result["errors"] == {"base": "station_needs_encryption"}
    assert result["description_placeholders"]["station"] == "Garage"


@pytest.mark.parametrize(
    ("names", "host"),
    [
        ((), "10.0.0.5"),
        (("ev.example.org",), "ev.example.org"),
        (("other.example", "10.0.0.5"), "10.0.0.5"),
        (("*.example.org", "Home"), "10.0.0.5"),
        (("127.0.0.1", "::1"), "10.0.0.5"),
        (("*.example.org", "192.168.1.7"), "192.168.1.7"),
    ],
)
def test_the_address_bears_a_name_that_the_certificate_does(
    hass: HomeAssistant, names: tuple[str, ...], host: str
) -> None:
    config = ListenerConfig(9443, "10.0.0.5", certificate="c", private_key="k")
    url = station_url(hass, config, CertificateFacts(names, NOW))
    assert url == f"wss://{host}:9443/"


def test_every_problem_has_a_sentence_in_its_forms() -> None:
    def raised(path: Path) -> set[str]:
        return set(re.findall(r'BadSetting\(\s*"(\w+)"', path.read_text()))

    of_certificates = raised(ENGINE / "csms/door/certificates.py") | {
        "certificate_expired",
        "certificate_not_yet_valid",
    }
    of_connection = raised(ENGINE.parent / "connection.py")
    assert of_certificates | of_connection <= ENGLISH["config"]["error"].keys()
    of_stations = raised(ENGINE.parent / "security_flow.py") | raised(
        ENGINE / "safe.py"
    )
    # A station is added in its own form, and from its card.
    assert of_stations <= ENGLISH["config"]["error"].keys()
    of_stations -= {"station_needs_encryption"}
    assert of_stations <= (ENGLISH["config_subentries"]["station"]["error"].keys())
