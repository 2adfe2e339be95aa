"""A server that speaks OpenADR 3. The only file that knows the client's package, which is slow to import and blocks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
import json
import logging
from typing import Any, Final, override

from openadr3_client.oadr301._ven.client import VirtualEndNodeClient as Client301
from openadr3_client.oadr301.models.ven.ven import NewVen
from openadr3_client.oadr310._ven.client import VirtualEndNodeClient as Client31
from openadr3_client.oadr310.models.ven.ven import NewVenVenRequest
from openadr3_client.ven.http_factory import VirtualEndNodeHttpClientFactory
from openadr3_client.version import OADRVersion
from pydantic import ValidationError
from requests import HTTPError, PreparedRequest, RequestException, Response, Session
from requests.adapters import HTTPAdapter

from .bearer import Bearer
from .papers import report_paper
from .reports import Report
from .server import Answer, Edition, ProgrammeError, Server, Trouble, is_own_machine

_LOGGER = logging.getLogger(__name__)

_VERSIONS: Final = {
    Edition.V301: OADRVersion.OADR_301,
    Edition.V31: OADRVersion.OADR_310,
}
# To connect, and between two pieces of an answer.
_PATIENCE_S: Final = (10.0, 20.0)
# The most that a server gives at once, and more than any programme has.
_PAGE: Final = 50
_MOST_PAGES: Final = 20


class Vtn:
    """One programme of one server."""

    def __init__(self, server: Server) -> None:
        """Ask nothing yet. Raises `ProgrammeError` for an address that others could listen to."""
        if server.is_open and not is_own_machine(server.url):
            raise ProgrammeError(Trouble.REFUSED, f"{server.url} is not encrypted")
        self._server = server
        # Tokens are asked for without one.
        self._plain, self._session = _patient(), _patient()
        self._client = _client_of(server, self._plain, self._session)
        self._bearer: Bearer | None = None
        self._ready = False

    def ask(self) -> Answer:
        """Return the programme's events. Raises `ProgrammeError`."""
        with _explained():
            self._get_ready()
            programme = self._programme()
            query = {"programID": str(programme["id"])}
            events, clock = self._list("events", query)
            return Answer(events, programme, clock)

    def send(self, report: Report) -> None:
        """Hand in a report. Raises `ProgrammeError`."""
        with _explained():
            self._get_ready()
            paper = report_paper(self._server, str(self._programme()["id"]), report)
            answer = self._call("POST", "reports", json=paper)
            # It is there already: it was sent, and the answer was lost.
            if answer.status_code != 409:
                answer.raise_for_status()

    def close(self) -> None:
        """Let go of connections."""
        self._plain.close()
        self._session.close()

    # Inside

    def _get_ready(self) -> None:
        """Find out where tokens are given, and say who we are, once."""
        if self._ready:
            return
        if self._server.client_id:
            self._bearer = Bearer(self._server, self._token_url(), self._plain)
            self._session.auth = self._bearer
            self._enrol()
        self._ready = True

    def _token_url(self) -> str:
        """Return where tokens are given: as the owner says, as the server says (3.1), or at the usual place (3.0.1)."""
        url = self._server.token_url
        if not url and isinstance(self._client, Client31):
            url = self._client.auth.get_auth_server().token_url
        url = url or f"{self._server.url}/auth/token"
        if not url.startswith("https://") and not is_own_machine(url):
            raise ProgrammeError(Trouble.REFUSED, f"{url} is not encrypted")
        return url

    def _enrol(self) -> None:
        """Make ourselves known by name. Servers whose operators do this refuse it, and that is all right."""
        name = self._server.ven_name
        if not name:
            return
        try:
            match self._client:
                case Client31() as new:
                    if not new.vens.get_vens(name, None, None):
                        new.vens.create_ven(NewVenVenRequest(ven_name=name))
                case Client301() as old:
                    if not old.vens.get_vens(name, None, None):
                        old.vens.create_ven(NewVen(ven_name=name))
        except (HTTPError, ValidationError) as err:
            _LOGGER.debug("%s does not enrol %s: %s", self._server.url, name, err)

    def _programme(self) -> dict[str, Any]:
        """Return the programme by its name or id. Raises `ProgrammeError`."""
        wanted = self._server.programme
        programmes, _ = self._list("programs", {})
        for one in programmes:
            if not isinstance(one, dict) or not isinstance(one.get("id"), str):
                continue
            if wanted in (one.get("programName"), one["id"]):
                return one
        raise ProgrammeError(Trouble.NO_PROGRAMME, wanted)

    def _list(
        self, what: str, query: dict[str, str]
    ) -> tuple[list[Any], datetime | None]:
        """Return all of what a server has, page by page, and its clock."""
        found: list[Any] = []
        clock: datetime | None = None
        for page in range(_MOST_PAGES):
            place = {"skip": str(page * _PAGE), "limit": str(_PAGE)}
            answer = self._call("GET", what, params=query | place)
            answer.raise_for_status()
            clock = clock or _clock(answer)
            data = answer.json()
            if not isinstance(data, list):
                raise ProgrammeError(Trouble.NOT_UNDERSTOOD, f"{what}: no list")
            # One that knows no pages gives the same again.
            if data and found[: len(data)] == data:
                break
            found += data
            if len(data) < _PAGE:
                break
        return found, clock

    def _call(self, method: str, path: str, **said: Any) -> Response:
        """Ask the server; a token that it does not know any more is got anew, once."""
        url = f"{self._server.url}/{path}"
        answer = self._session.request(method, url, **said)
        if answer.status_code == 401 and self._bearer is not None:
            self._bearer.forget()
            answer = self._session.request(method, url, **said)
        return answer


class _Patient(HTTPAdapter):
    """Waits for a server, but not for ever, as `requests` does by itself."""

    @override
    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Send a request with a limit to how long it may take."""
        kwargs["timeout"] = kwargs.get("timeout") or _PATIENCE_S
        return super().send(request, *args, **kwargs)


def _patient() -> Session:
    session = Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Patient())
    return session


def _client_of(server: Server, plain: Session, signed: Session) -> Client301 | Client31:
    """Return the package's client, made to use our own sessions: with our tokens, and with an end to waiting."""
    client = VirtualEndNodeHttpClientFactory.create_anonymous_http_ven_client(
        server.url,
        allow_insecure_http=server.is_open,
        version=_VERSIONS[server.edition],
    )
    if not isinstance(client, Client301 | Client31):
        raise TypeError(type(client).__name__)
    vars(client.vens)["session"] = signed
    if isinstance(client, Client31):
        vars(client.auth)["session"] = plain
    return client


@contextmanager
def _explained() -> Iterator[None]:
    """Turn whatever goes wrong into one kind of error."""
    try:
        yield
    except HTTPError as err:
        status = 0 if err.response is None else err.response.status_code
        refused = status in {401, 403}
        trouble = Trouble.REFUSED if refused else Trouble.UNREACHABLE
        raise ProgrammeError(trouble, str(err)) from err
    except json.JSONDecodeError as err:
        raise ProgrammeError(Trouble.NOT_UNDERSTOOD, str(err)) from err
    except ValidationError as err:
        raise ProgrammeError(Trouble.NOT_UNDERSTOOD, str(err)) from err
    except RequestException as err:
        raise ProgrammeError(Trouble.UNREACHABLE, str(err)) from err


def _clock(answer: Response) -> datetime | None:
    """Return the server's time, as its answer says it; one that was kept on the way says nothing."""
    if "Age" in answer.headers or "Date" not in answer.headers:
        return None
    try:
        at = parsedate_to_datetime(answer.headers["Date"])
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
