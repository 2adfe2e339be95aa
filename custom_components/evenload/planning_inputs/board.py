"""How every input of planning is now, for the sensors and issues that show it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..data import EvenloadConfigEntry
from ..engine.model.identity import EvseKey
from ..engine.observers import Unsubscribe
from .trouble import InputState, InputTroubleError


class Input(StrEnum):
    """What planning is told of; the names of the sensors that show how it is."""

    PRICES = "price_input"
    EXPORT = "export_input"
    SUN = "sun_input"
    HOUSE = "house_input"
    DEMAND = "demand_input"
    VEHICLE = "vehicle_input"
    DEPARTURE = "departure_input"


@dataclass(frozen=True, slots=True)
class Place:
    """One input: of the site, or of a connector."""

    kind: Input
    key: EvseKey | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """How an input is, and what stands in the sentence that says so."""

    state: InputState
    placeholders: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, trouble: InputTroubleError | None) -> Status:
        """Return the status of an input with this trouble, or with none."""
        if trouble is None:
            return cls(InputState.GOOD)
        return cls(trouble.state, trouble.placeholders)


class Board:
    """What is known of all inputs of one site. Whoever looks on is told what has changed."""

    def __init__(self) -> None:
        """Nothing is set up."""
        self._statuses: dict[Place, Status] = {}
        self._observers: list[Callable[[Place], None]] = []

    def status(self, place: Place) -> Status:
        """Return how an input is."""
        return self._statuses.get(place, Status(InputState.NOT_SET_UP))

    @property
    def statuses(self) -> Mapping[Place, Status]:
        """Every input that is set up."""
        return self._statuses

    @callback
    def put(self, place: Place, status: Status) -> None:
        """Keep how an input is, and tell if that is news."""
        if self.status(place) == status:
            return
        if status.state is InputState.NOT_SET_UP:
            self._statuses.pop(place)
        else:
            self._statuses[place] = status
        for observer in tuple(self._observers):
            observer(place)

    def watch(self, observer: Callable[[Place], None]) -> Unsubscribe:
        """Tell which input is otherwise than before."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)


_BOARDS: HassKey[dict[str, Board]] = HassKey("evenload_planning_inputs")


@callback
def board_of(hass: HomeAssistant, entry: EvenloadConfigEntry) -> Board:
    """Return the board of a site."""
    return hass.data.setdefault(_BOARDS, {}).setdefault(entry.entry_id, Board())


@callback
def forget_board(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Forget what was known of a site that is unloaded."""
    hass.data.get(_BOARDS, {}).pop(entry.entry_id, None)
