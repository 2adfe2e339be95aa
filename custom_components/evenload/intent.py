"""Intents: what can be asked for by voice. Home Assistant loads this when it can understand sentences."""

from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, intent
from homeassistant.helpers.importlib import async_import_module
from homeassistant.setup import async_when_setup
import voluptuous as vol

from .engine.model.limits import Current, Power
from .voice.deeds import Deeds
from .voice.looking import how_it_charges, what_is_left
from .voice.times import next_time
from .voice.words import Refusal, Said, Vocabulary, async_load_words, words_for

# Its own module would bring along what understands sentences.
_CONVERSATION = "conversation"

_NAME: dict[Any, Any] = {vol.Optional("name"): cv.string}
_TIME: dict[Any, Any] = {
    vol.Required("hour"): vol.All(vol.Coerce(int), vol.Range(min=0, max=24)),
    vol.Optional("minute", default=0): vol.All(
        vol.Coerce(int), vol.Range(min=0, max=59)
    ),
    vol.Optional("half"): vol.In(["am", "pm"]),
}


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents, and the sentences that mean them once there is somebody to hear them."""
    vocabulary = await async_load_words(hass)
    for handler in HANDLERS:
        intent.async_register(hass, handler(vocabulary))

    async def listen(hass: HomeAssistant, _: str) -> None:
        # What understands sentences is there only where the conversation integration is.
        name = f"{__package__}.voice.listening"
        (await async_import_module(hass, name)).async_listen(hass, vocabulary)

    async_when_setup(hass, _CONVERSATION, listen)


class EvenloadIntent(intent.IntentHandler):
    """Something that can be asked for; refused with a reason where it cannot be."""

    slots: dict[Any, Any] = _NAME

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Answer in the language of who speaks."""
        self._vocabulary = vocabulary

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        """Return what can be said with it."""
        return self.slots

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Do it, and say what was done or why not."""
        said = self.async_validate_slots(intent_obj.slots)
        slots = {key: slot["value"] for key, slot in said.items()}
        deeds = Deeds(intent_obj.hass, intent_obj.assistant or _CONVERSATION)
        words = words_for(self._vocabulary, intent_obj.language)
        response = intent_obj.create_response()
        try:
            answers = await self._do(deeds, slots.get("name"), slots)
        except Refusal as err:
            response.async_set_error(
                intent.IntentResponseErrorCode.FAILED_TO_HANDLE, words.say(err.said)
            )
            return response
        response.async_set_speech(" ".join(words.say(answer) for answer in answers))
        return response

    async def _do(
        self, deeds: Deeds, name: str | None, slots: dict[str, Any]
    ) -> list[Said]:
        """Do it. Raises `Refusal`."""
        raise NotImplementedError


class SetLimit(EvenloadIntent):
    """Limit the garage to ten amps."""

    intent_type = "EvenloadSetLimit"
    description = (
        "Limits a charging station, a group of them or the grid connection, in A or kW"
    )
    slots = _NAME | {
        vol.Required("amount"): vol.All(vol.Coerce(float), vol.Range(min=0)),
        vol.Optional("unit", default="A"): vol.In(["A", "kW"]),
    }

    @override
    async def _do(
        self, deeds: Deeds, name: str | None, slots: dict[str, Any]
    ) -> list[Said]:
        amount: float = slots["amount"]
        in_watts = slots["unit"] == "kW"
        return await deeds.limit(
            name, Power(amount * 1000) if in_watts else Current(amount)
        )


class AllowCharging(EvenloadIntent):
    """Pause the charger."""

    intent_type = "EvenloadAllowCharging"
    description = "Pauses charging, or lets it go on"
    slots = _NAME | {vol.Required("allowed"): cv.boolean}

    @override
    async def _do(
        self, deeds: Deeds, name: str | None, slots: dict[str, Any]
    ) -> list[Said]:
        return await deeds.allow(name, allowed=slots["allowed"])


class ChargeFirst(EvenloadIntent):
    """Put the garage first."""

    intent_type = "EvenloadChargeFirst"
    description = (
        "Charges a vehicle before all others until it is unplugged, or among them again"
    )
    slots = _NAME | {vol.Optional("on", default=True): cv.boolean}

    @override
    async def _do(
        self, deeds: Deeds, name: str | None, slots: dict[str, Any]
    ) -> list[Said]:
        return await deeds.boost(name, on=slots["on"])


class SetDeparture(EvenloadIntent):
    """Set the departure of the Ioniq to seven."""

    intent_type = "EvenloadSetDeparture"
    description = "Sets when a vehicle leaves"
    slots = _NAME | _TIME

    @override
    async def _do(
        self, deeds: Deeds, name: str | None, slots: dict[str, Any]
    ) -> list[Said]:
        when = next_time(slots["hour"], slots["minute"], half=slots.get("half"))
        return await deeds.depart(name, when)


class Discharge(EvenloadIntent):
    """Discharge the car until nine."""

    intent_type = "EvenloadDischarge"
    description = "Lets a vehicle feed back until a time"
    slots = _NAME | _TIME

    @override
    async def _do(
        self, deeds: Deeds, name: str | None, slots: dict[str, Any]
    ) -> list[Said]:
        # Nobody means until tomorrow morning in the evening.
        until = next_time(
            slots["hour"], slots["minute"], half=slots.get("half"), either=True
        )
        return await deeds.discharge(name, until)


class EndDischarge(EvenloadIntent):
    """Stop discharging."""

    intent_type = "EvenloadEndDischarge"
    description = "Ends that a vehicle feeds back until a time"

    @override
    async def _do(
        self, deeds: Deeds, name: str | None, slots: dict[str, Any]
    ) -> list[Said]:
        return await deeds.end_discharge(name)


class Why(EvenloadIntent):
    """How fast is the Ioniq charging and why?"""

    intent_type = "EvenloadWhy"
    description = "Says how fast a vehicle charges, and why not faster"

    @override
    async def _do(
        self, deeds: Deeds, name: str | None, slots: dict[str, Any]
    ) -> list[Said]:
        return [how_it_charges(one) for one in deeds.connectors(name)]


class Headroom(EvenloadIntent):
    """What is left on the main fuse?"""

    intent_type = "EvenloadHeadroom"
    description = "Says what is left on the main fuse, or of a group's limit"

    @override
    async def _do(
        self, deeds: Deeds, name: str | None, slots: dict[str, Any]
    ) -> list[Said]:
        return what_is_left(deeds.circuit(name))


HANDLERS: tuple[type[EvenloadIntent], ...] = (
    SetLimit,
    AllowCharging,
    ChargeFirst,
    SetDeparture,
    Discharge,
    EndDischarge,
    Why,
    Headroom,
)
