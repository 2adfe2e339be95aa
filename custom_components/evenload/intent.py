"""Intents: what can be asked for by voice. Home Assistant loads this when it can understand sentences."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv, intent
from homeassistant.helpers.importlib import async_import_module
from homeassistant.setup import async_when_setup
import voluptuous as vol

from .engine.model.limits import Current, Power
from .engine.model.planning import ChargeMode
from .voice.deeds import Deeds
from .voice.foretelling import what_it_costs, when_done
from .voice.looking import how_full, how_it_charges, what_is_left
from .voice.names import Named
from .voice.speaker import area_of_speaker
from .voice.times import in_a_while, next_time
from .voice.words import Refusal, Said, Vocabulary, async_load_words, words_for

# Its own module would bring along what understands sentences.
_CONVERSATION = "conversation"


def _said(value: Any) -> dict[str, Any]:
    """Return what is meant where nothing was said, as slots are: a schema validates it like one."""
    return {"value": value}


_NAME: dict[Any, Any] = {vol.Optional("name"): cv.string}
_HOUR = vol.All(vol.Coerce(int), vol.Range(min=0, max=24))
_MINUTE = vol.All(vol.Coerce(int), vol.Range(min=0, max=59))
# A week: a pause, or a departure, is no further away.
_IN_MINUTES = vol.All(vol.Coerce(int), vol.Range(min=0, max=7 * 24 * 60))
_REST_OF_TIME: dict[Any, Any] = {
    vol.Optional("in_minutes"): _IN_MINUTES,
    vol.Optional("minute", default=_said(0)): _MINUTE,
    vol.Optional("half"): vol.In(["am", "pm"]),
    vol.Optional("day"): vol.In(["today", "tomorrow"]),
}
_TIME: dict[Any, Any] = {vol.Optional("hour"): _HOUR, **_REST_OF_TIME}


async def async_setup_intents(hass: HomeAssistant) -> None:
    """Register the intents, and the sentences that mean them once there is somebody to hear them."""
    vocabulary = await async_load_words(hass)
    for operation in OPERATIONS:
        intent.async_register(hass, EvenloadIntent(operation, vocabulary))

    async def listen(hass: HomeAssistant, _: str) -> None:
        # What understands sentences is there only where the conversation integration is.
        name = f"{__package__}.voice.listening"
        (await async_import_module(hass, name)).async_listen(hass, vocabulary)

    async_when_setup(hass, _CONVERSATION, listen)


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that can be asked for: what is said with it, and what does it (it may raise `Refusal`)."""

    name: str
    description: str
    do: Callable[[Deeds, str | None, dict[str, Any]], Awaitable[list[Said]]]
    slots: dict[Any, Any]


class EvenloadIntent(intent.IntentHandler):
    """Does an operation; refused with a reason where it cannot be."""

    def __init__(self, operation: Operation, vocabulary: Vocabulary) -> None:
        """Answer in the language of who speaks."""
        self.intent_type = operation.name
        self.description = operation.description
        self._operation = operation
        self._vocabulary = vocabulary

    @property
    @override
    def slot_schema(self) -> dict[Any, Any]:
        """Return what can be said with it."""
        return _NAME | self._operation.slots

    @override
    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Do it, and say what was done or why not."""
        said = self.async_validate_slots(intent_obj.slots)
        slots = {key: slot["value"] for key, slot in said.items()}
        assistant = intent_obj.assistant or _CONVERSATION
        area = area_of_speaker(
            intent_obj.hass, intent_obj.satellite_id, intent_obj.device_id
        )
        deeds = Deeds(intent_obj.hass, assistant, area)
        words = words_for(self._vocabulary, intent_obj.language)
        response = intent_obj.create_response()
        try:
            answers = await self._operation.do(deeds, slots.get("name"), slots)
        except Refusal as err:
            answer = words.say(err.said)
            response.async_set_error(
                intent.IntentResponseErrorCode.FAILED_TO_HANDLE, answer
            )
            if err.said.key == "which_one":
                response.async_set_reprompt(answer)
            return response
        response.async_set_speech(" ".join(words.say_all(answers)))
        return response


async def _limit(deeds: Deeds, name: str | None, slots: dict[str, Any]) -> list[Said]:
    amount: float = slots["amount"]
    in_watts = slots["unit"] == "kW"
    return await deeds.limit(
        name, Power(amount * 1000) if in_watts else Current(amount)
    )


async def _allow(deeds: Deeds, name: str | None, slots: dict[str, Any]) -> list[Said]:
    until = None
    if not slots["allowed"] and _has_time(slots):
        until = _time_of(slots, either=True)
    return await deeds.allow(name, allowed=slots["allowed"], until=until)


async def _unlimit(deeds: Deeds, name: str | None, _: dict[str, Any]) -> list[Said]:
    return await deeds.unlimit(name)


async def _boost(deeds: Deeds, name: str | None, slots: dict[str, Any]) -> list[Said]:
    return await deeds.boost(name, on=slots["on"])


async def _depart(deeds: Deeds, name: str | None, slots: dict[str, Any]) -> list[Said]:
    return await deeds.depart(name, _time_of(slots))


async def _discharge(
    deeds: Deeds, name: str | None, slots: dict[str, Any]
) -> list[Said]:
    # Nobody means until tomorrow morning in the evening.
    return await deeds.discharge(name, _time_of(slots, either=True))


async def _end_discharge(
    deeds: Deeds, name: str | None, _: dict[str, Any]
) -> list[Said]:
    return await deeds.end_discharge(name)


async def _why(deeds: Deeds, name: str | None, _: dict[str, Any]) -> list[Said]:
    return [how_it_charges(one) for one in deeds.connectors(name)]


async def _charge_to(
    deeds: Deeds, name: str | None, slots: dict[str, Any]
) -> list[Said]:
    when = _time_of(slots) if _has_time(slots) else None
    return await deeds.charge_to(name, slots["amount"], when)


async def _how(deeds: Deeds, name: str | None, slots: dict[str, Any]) -> list[Said]:
    return await deeds.charge_how(name, ChargeMode(slots["mode"]))


async def _how_full(deeds: Deeds, name: str | None, _: dict[str, Any]) -> list[Said]:
    return _each(how_full, deeds.connectors(name))


async def _when_done(deeds: Deeds, name: str | None, _: dict[str, Any]) -> list[Said]:
    return _each(when_done, deeds.connectors(name))


async def _cost(deeds: Deeds, name: str | None, _: dict[str, Any]) -> list[Said]:
    return _each(what_it_costs, deeds.connectors(name))


async def _headroom(deeds: Deeds, name: str | None, _: dict[str, Any]) -> list[Said]:
    return what_is_left(deeds.circuit(name))


def _each(ask: Callable[[Named], Said], several: Sequence[Named]) -> list[Said]:
    """Return what is known of each; of one alone that is not known, it is an error."""
    if len(several) == 1:
        return [ask(several[0])]
    answers = []
    for one in several:
        try:
            answers.append(ask(one))
        except Refusal as err:
            answers.append(err.said)
    return answers


def _has_time(slots: dict[str, Any]) -> bool:
    return "hour" in slots or "in_minutes" in slots


def _time_of(slots: dict[str, Any], *, either: bool = False) -> datetime:
    if not _has_time(slots):
        raise Refusal("not_understood")
    if "in_minutes" in slots:
        if not slots["in_minutes"]:
            raise Refusal("time_passed")
        return in_a_while(slots["in_minutes"])
    return next_time(
        slots["hour"],
        slots["minute"],
        half=slots.get("half"),
        day=slots.get("day"),
        either=either,
    )


OPERATIONS = (
    Operation(
        "EvenloadSetLimit",
        "Limits a charging station, a group of them or the grid connection, in A or kW",
        _limit,
        {
            vol.Required("amount"): vol.All(vol.Coerce(float), vol.Range(min=0)),
            vol.Optional("unit", default=_said("A")): vol.In(["A", "kW"]),
        },
    ),
    Operation(
        "EvenloadRemoveLimit",
        "Lets a charging station, a group or the grid connection draw as much as its settings allow",
        _unlimit,
        {},
    ),
    Operation(
        "EvenloadAllowCharging",
        "Pauses charging, for good or until a time, or lets it go on",
        _allow,
        {
            vol.Required("allowed"): cv.boolean,
            vol.Optional("hour"): _HOUR,
            **_REST_OF_TIME,
        },
    ),
    Operation(
        "EvenloadChargeFirst",
        "Charges a vehicle before all others until it is unplugged, or among them again",
        _boost,
        {vol.Optional("on", default=_said(True)): cv.boolean},
    ),
    Operation(
        "EvenloadChargeTo",
        "Sets how full a vehicle is to be, in percent, and by when",
        _charge_to,
        {
            vol.Required("amount"): vol.All(vol.Coerce(float), vol.Range(0, 100)),
            vol.Optional("hour"): _HOUR,
            **_REST_OF_TIME,
        },
    ),
    Operation(
        "EvenloadSetMode",
        "Charges a vehicle fast, with the sun only, or when it is cheapest",
        _how,
        {vol.Required("mode"): vol.In(["fast", "solar", "cheapest"])},
    ),
    Operation("EvenloadSetDeparture", "Sets when a vehicle leaves", _depart, _TIME),
    Operation(
        "EvenloadDischarge", "Lets a vehicle feed back until a time", _discharge, _TIME
    ),
    Operation(
        "EvenloadEndDischarge",
        "Ends that a vehicle feeds back until a time",
        _end_discharge,
        {},
    ),
    Operation(
        "EvenloadWhy",
        "Says how fast a vehicle charges, and why not faster",
        _why,
        {},
    ),
    Operation(
        "EvenloadHowFull", "Says how full the battery of a vehicle is", _how_full, {}
    ),
    Operation(
        "EvenloadWhenDone", "Says when a vehicle has what it is to have", _when_done, {}
    ),
    Operation(
        "EvenloadCost",
        "Says what it costs until a vehicle has what it is to have",
        _cost,
        {},
    ),
    Operation(
        "EvenloadHeadroom",
        "Says what is left on the main fuse, or of a group's limit",
        _headroom,
        {},
    ),
)
