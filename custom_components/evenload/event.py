"""What happens at a connector: sessions, cards, discharging that was refused or proven, and what the grid does to its station."""

from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .data import EvenloadConfigEntry
from .engine.model.events import (
    Event,
    GridAlarmReported,
    GridControlReported,
    TokenPresented,
)
from .engine.model.identity import EvseKey
from .engine.model.sessions import Booked
from .engine.model.stations import Evse
from .engine.model.transactions import Session
from .engine.model.v2x import Hindrance
from .engine.model.v2x_ability import V2xAbility
from .engine.observers import Observers
from .entity import EvseEntity
from .roster import async_add_as_they_come
from .session_rows import charged_to, driver_name, kwh, money
from .states import masked

# Nothing is polled.
PARALLEL_UPDATES = 0

SESSION_STARTED = "session_started"
SESSION_ENDED = "session_ended"
SESSION_BOOKED = "session_booked"
TAG_READ = "tag_read"
DISCHARGING_REFUSED = "discharging_refused"
DISCHARGING_PROVEN = "discharging_proven"
DISCHARGING_DISPROVEN = "discharging_disproven"
GRID_ALARM = "grid_alarm"
GRID_ALARM_OVER = "grid_alarm_over"
GRID_CONTROL_STARTED = "grid_control_started"
GRID_CONTROL_ENDED = "grid_control_ended"

# What a station tells that is shown at one of its connectors.
type Told = TokenPresented | GridAlarmReported | GridControlReported

ACTIVITY = EventEntityDescription(
    key="activity",
    event_types=[
        SESSION_STARTED,
        SESSION_ENDED,
        SESSION_BOOKED,
        TAG_READ,
        DISCHARGING_REFUSED,
        DISCHARGING_PROVEN,
        DISCHARGING_DISPROVEN,
        GRID_ALARM,
        GRID_ALARM_OVER,
        GRID_CONTROL_STARTED,
        GRID_CONTROL_ENDED,
    ],
)

_NO_ABILITY = V2xAbility()


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the events."""
    # By station: most of what happens is a meter's report, and no connector is to be woken by another station's.
    stations = Observers[Told]()

    @callback
    def pass_on(event: Event) -> None:
        if isinstance(event, TokenPresented | GridAlarmReported | GridControlReported):
            stations.tell(event.identity, event)

    entry.async_on_unload(entry.runtime_data.on_event(pass_on))
    async_add_as_they_come(
        hass,
        entry,
        async_add_entities,
        evse=lambda key: [Activity(entry, key, ACTIVITY, stations)],
    )


class Activity(EvseEntity, EventEntity):
    """The latest that happened; it stays when the station goes."""

    _needs_connection = False

    def __init__(
        self,
        entry: EvenloadConfigEntry,
        key: EvseKey,
        description: EventEntityDescription,
        stations: Observers[Told],
    ) -> None:
        """Take the connector as it is now; `stations` tells what each of them told."""
        super().__init__(entry, key, description)
        self._stations = stations

    @override
    async def async_added_to_hass(self) -> None:
        """Be told of cards and of the grid too."""
        await super().async_added_to_hass()
        self.async_on_remove(self._stations.add(self._key.identity, self._async_told))
        self.async_on_remove(self._site.on_booked(self._key, self._async_booked))

    @callback
    @override
    def async_changed(self) -> None:
        """Tell which sessions ended and began since the last change."""
        before, ability = self._evse, self._ability
        if not self._refresh():
            return
        for event_type, session in _news(before.session, self._evse.session):
            self._tell(event_type, _summary(session))
        if _refuses(self._evse) and not _refuses(before):
            self._tell(DISCHARGING_REFUSED, {})
        if self._ability is not ability:
            self._tell_of_tests(ability)

    @property
    def _ability(self) -> V2xAbility:
        v2x = self._station.capabilities.v2x
        return v2x.get(self._key.evse, _NO_ABILITY)

    def _tell_of_tests(self, before: V2xAbility) -> None:
        """Tell what a test has shown: by which method, and what flowed."""
        now = self._ability
        measured = {"power_w": self._evse.reading.power_w}
        for event_type, known, methods in (
            (DISCHARGING_PROVEN, before.proven, now.proven),
            (DISCHARGING_DISPROVEN, before.disproven, now.disproven),
        ):
            for method in methods:
                if method not in known:
                    self._tell(event_type, {"method": method.value} | measured)

    @callback
    def _async_told(self, event: Told) -> None:
        """Tell what a station told; where it does not say of which connector, its first one is meant."""
        evse = event.evse if isinstance(event, TokenPresented) else None
        if (evse or min(self._station.evses)) != self._key.evse:
            return
        match event:
            case TokenPresented():
                self._tell(
                    TAG_READ, {"tag": masked(event.token), "accepted": event.accepted}
                )
            case GridAlarmReported():
                self._tell(
                    GRID_ALARM_OVER if event.ended else GRID_ALARM,
                    {"control": event.control, "fault": event.fault},
                )
            case GridControlReported():
                self._tell(
                    GRID_CONTROL_STARTED if event.started else GRID_CONTROL_ENDED,
                    {"control": event.control_id},
                )

    @callback
    def _async_booked(self, booked: Booked) -> None:
        """Tell what a session came to, once: when its end is on record."""
        if booked.is_news:
            account = charged_to(self._entry, booked)
            about = {
                "session": booked.id,
                "exported_kwh": kwh(account.exported_wh),
                "own_kwh": kwh(account.own_wh),
                "cost": money(account.cost),
                "unpriced_kwh": kwh(account.unpriced_wh),
                "currency": account.currency,
                "driver": driver_name(self._entry, booked),
            }
            # Of a station without a register the energy is added up.
            summary = _summary(booked.session) | {"energy_kwh": kwh(account.energy_wh)}
            self._tell(SESSION_BOOKED, summary | about)

    def _tell(self, event_type: str, attributes: dict[str, Any]) -> None:
        self._trigger_event(event_type, attributes)
        self.async_write_ha_state()


def _refuses(evse: Evse) -> bool:
    return evse.discharge.hindrance is Hindrance.STATION_REFUSES


def _news(before: Session | None, after: Session | None) -> list[tuple[str, Session]]:
    """Return which sessions ended and began between two values, in that order."""
    # A session may turn out to have begun earlier than thought, when its transaction tells. Another begins later.
    if before and after and after.started_at <= before.started_at:
        if before.is_open == after.is_open:
            return []
        return [(SESSION_STARTED if after.is_open else SESSION_ENDED, after)]
    ended = [(SESSION_ENDED, before)] if before and before.is_open else []
    began = [(SESSION_STARTED, after)] if after and after.is_open else []
    return ended + began


def _summary(session: Session) -> dict[str, Any]:
    """Return what an automation may want to know of a session."""
    token = next(
        (
            transaction.token
            for transaction in reversed(session.transactions)
            if transaction.token
        ),
        None,
    )
    ended_at = session.ended_at
    return {
        "started_at": session.started_at.isoformat(),
        "ended_at": ended_at.isoformat() if ended_at else None,
        "energy_kwh": round(session.energy_wh / 1000, 3),
        "duration_s": round(session.duration_s(dt_util.utcnow())),
        "transactions": [transaction.id for transaction in session.transactions],
        "tag": masked(token) if token else None,
    }
