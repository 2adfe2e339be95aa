"""The form of a driver: who it is, which cards, where and when; and waiting for a card to be held to a reader."""

import asyncio
from datetime import timedelta
from typing import Any

from homeassistant.config_entries import (
    ConfigEntryState,
    ConfigSubentryFlow,
    SubentryFlowResult,
)
from homeassistant.const import CONF_NAME
from homeassistant.core import callback
from homeassistant.util import dt as dt_util

from .configuration import site_config
from .data import EvenloadConfigEntry
from .driver_config import (
    CONF_STATIONS,
    CONF_TOKEN_KINDS,
    CONF_TOKENS,
    check_driver,
    tidied,
)
from .driver_fields import CONF_READER, driver_schema
from .engine.drivers.tokens import is_valid, plain
from .engine.model.access import TokenKind
from .engine.model.drivers import OWN_TOKEN
from .engine.model.errors import BadSetting
from .engine.model.events import Event, TokenPresented, TransactionStarted
from .form_errors import form_error
from .schemas import unfolded

# So long is waited for a card.
WAITING_S = 60.0

# So far a station's clock may lag, and what it tells still be of now: else it tells of a card of earlier, which may be anybody's.
RECENT = timedelta(minutes=5)


class DriverFlow(ConfigSubentryFlow):
    """Adds a driver and changes it."""

    # What the form said last, and what went wrong while a card was waited for.
    _said: dict[str, Any] | None = None
    _wrong: str | None = None
    _waiting: asyncio.Task[tuple[str, str] | None] | None = None
    # What the cards are that were read by a reader.
    _kinds: dict[str, str]

    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Add a driver."""
        if self._said is None:
            self._said, self._kinds = {}, {}
        return await self._async_ask(user_input)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Change a driver."""
        if self._said is None:
            subentry = self._get_reconfigure_subentry()
            self._kinds = dict(subentry.data.get(CONF_TOKEN_KINDS, {}))
            self._said = {CONF_NAME: subentry.title, **subentry.data}
            # A station that was removed cannot be chosen any more.
            self._said[CONF_STATIONS] = [
                one for one in subentry.data[CONF_STATIONS] if one in self._stations
            ]
        return await self._async_ask(user_input)

    async def async_step_card(
        self, user_input: dict[str, Any] | None = None
    ) -> SubentryFlowResult:
        """Wait until a card is held to the reader that was chosen, then go on with the form."""
        said = self._said or {}
        if self._waiting is None:
            self._waiting = self.hass.async_create_task(
                self._async_card(said[CONF_READER]), eager_start=False
            )
        if not self._waiting.done():
            return self.async_show_progress(
                step_id="card",
                progress_action="card",
                description_placeholders={"station": self._stations[said[CONF_READER]]},
                progress_task=self._waiting,
            )
        found, self._waiting = self._waiting.result(), None
        if found is None:
            self._wrong = "no_card_shown"
        else:
            token, kind = found
            self._kinds[plain(token)] = kind
            said[CONF_TOKENS] = tidied([*said.get(CONF_TOKENS, ()), token])
            # One card is read at a time.
            del said[CONF_READER]
        return self.async_show_progress_done(next_step_id=self._step)

    async def _async_card(self, reader: str) -> tuple[str, str] | None:
        """Return the first token that is shown to a station, and its kind; None where none is."""
        loop = asyncio.get_running_loop()
        shown: asyncio.Future[tuple[str, str]] = loop.create_future()

        @callback
        def hear(event: Event) -> None:
            if event.identity != reader or shown.done():
                return
            if (card := _card_of(event)) is not None:
                shown.set_result(card)

        site = self._entry.runtime_data
        unsubscribe = site.on_event(hear)
        try:
            async with asyncio.timeout(WAITING_S):
                return await shown
        except TimeoutError:
            return None
        finally:
            unsubscribe()

    async def _async_ask(self, user_input: dict[str, Any] | None) -> SubentryFlowResult:
        """Show the form until it can be kept."""
        errors = {} if self._wrong is None else {"base": self._wrong}
        placeholders: dict[str, str] = {}
        self._wrong = None
        if user_input:
            self._said = dict(user_input)
            try:
                self._said[CONF_TOKENS] = tidied(user_input.get(CONF_TOKENS, ()))
                if CONF_READER in user_input:
                    self._check_running()
                    return await self.async_step_card()
                return self._kept(dict(self._said))
            except BadSetting as err:
                errors, placeholders = form_error(err), err.placeholders
        return self.async_show_form(
            step_id=self._step,
            data_schema=self.add_suggested_values_to_schema(
                unfolded(driver_schema(self._stations), errors), self._said
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _check_running(self) -> None:
        """Check that stations can be heard. Raises `BadSetting`."""
        if self._entry.state is not ConfigEntryState.LOADED:
            raise BadSetting("site_not_running")

    def _kept(self, data: dict[str, Any]) -> SubentryFlowResult:
        """Keep a driver. Raises `BadSetting`."""
        name = data.pop(CONF_NAME).strip()
        check_driver(self._entry, self._known_id, name, data)
        data[CONF_TOKEN_KINDS] = {
            token: kind
            for token, kind in self._kinds.items()
            if token in data[CONF_TOKENS]
        }
        if self._known_id is None:
            return self.async_create_entry(title=name, data=data)
        return self.async_update_and_abort(
            self._entry, self._get_reconfigure_subentry(), title=name, data=data
        )

    @property
    def _entry(self) -> EvenloadConfigEntry:
        return self._get_entry()

    @property
    def _step(self) -> str:
        return "user" if self._known_id is None else "reconfigure"

    @property
    def _known_id(self) -> str | None:
        """The driver's id; a new one has none yet."""
        return self.context.get("subentry_id")

    @property
    def _stations(self) -> dict[str, str]:
        """The names of the site's stations by identity."""
        stations = site_config(self._entry).stations.values()
        return {station.identity: station.name for station in stations}


def _card_of(event: Event) -> tuple[str, str] | None:
    """Return the card that is held to a reader, and its kind; a button is none, nor is what we begin to charge with ourselves."""
    match event:
        case TokenPresented(token=token, kind=kind) if (
            kind is not TokenKind.NO_AUTHORIZATION
        ):
            found = token, kind.value
        case TransactionStarted(token=str(token)) if (
            dt_util.utcnow() - event.at < RECENT
        ):
            # Some ask nobody before they begin.
            found = token, TokenKind.ISO14443.value
        case _:
            return None
    is_card = is_valid(plain(token)) and plain(token) != plain(OWN_TOKEN)
    return found if is_card else None
