"""The token that a server wants to see (OAuth 2.0, client credentials), got when it is needed."""

from threading import Lock
from time import monotonic
from typing import Final, override

from requests import PreparedRequest, RequestException, Session
from requests.auth import AuthBase, HTTPBasicAuth

from .server import ProgrammeError, Server, Trouble

# What no server says; it is got anew after half of that.
_LASTS_S: Final = 3600.0
_LEAST_S: Final = 10.0


class Bearer(AuthBase):
    """Puts a token on every request. Raises `ProgrammeError` where there is none to get."""

    def __init__(self, server: Server, token_url: str, session: Session) -> None:
        """Get nothing yet; `session` asks for tokens."""
        self._server = server
        self._url = token_url
        self._session = session
        self._lock = Lock()
        self._token = ""
        self._until = 0.0

    @override
    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        """Sign a request."""
        with self._lock:
            if not self._token or monotonic() >= self._until:
                self._renew()
            r.headers["Authorization"] = f"Bearer {self._token}"
        return r

    def forget(self) -> None:
        """Get another one next time: the server does not know this one any more."""
        self._token = ""

    def _renew(self) -> None:
        self._token = ""
        grant = {"grant_type": "client_credentials"}
        if self._server.scope:
            grant["scope"] = self._server.scope
        name, secret = self._server.client_id, self._server.client_secret
        # In the body, as OpenADR's own description has it; servers that follow RFC 6749 alone want it in the header.
        told = grant | {"client_id": name, "client_secret": secret}
        if not self._asked(told, None) and not self._asked(
            grant, HTTPBasicAuth(name, secret)
        ):
            raise ProgrammeError(Trouble.REFUSED, "client id or secret")

    def _asked(self, form: dict[str, str], auth: HTTPBasicAuth | None) -> bool:
        """Ask for a token; returns whether there was one."""
        try:
            answer = self._session.post(self._url, data=form, auth=auth)
        except RequestException as err:
            raise ProgrammeError(Trouble.UNREACHABLE, str(err)) from err
        if answer.status_code in {400, 401, 403}:
            return False
        if not answer.ok:
            detail = f"{answer.status_code} from {self._url}"
            raise ProgrammeError(Trouble.UNREACHABLE, detail)
        try:
            data = answer.json()
            self._token = str(data["access_token"])
            lasts_s = float(data.get("expires_in") or _LASTS_S)
        except (ValueError, TypeError, KeyError) as err:
            raise ProgrammeError(Trouble.NOT_UNDERSTOOD, f"token: {err}") from err
        self._until = monotonic() + max(_LEAST_S, lasts_s / 2)
        return True
