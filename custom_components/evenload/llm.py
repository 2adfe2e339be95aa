"""Tools for language models that talk to Home Assistant: the same as can be said, and what explains it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, override

from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.llm import (
    LLM_API_ASSIST,
    LLMContext,
    Tool,
    ToolAnnotations,
    ToolInput,
    ToolResult,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from .const import DOMAIN
from .engine.model.limits import Current, Power
from .voice.deeds import Deeds
from .voice.foretelling import plan_figures
from .voice.looking import circuit_figures, connector_figures
from .voice.names import Known, async_known
from .voice.words import Refusal, Said, async_load_words, words_for

_PROMPT = (
    "Charging of electric vehicles is shared by Evenload. To say how fast a vehicle charges and why not faster, call"
    f" {DOMAIN}__get_charging: 'limited_by' names the constraint. When a tool refuses, tell the user its reason."
)

_ALTERS = ToolAnnotations(destructive=False, idempotent=True, open_world=False)
_READS = ToolAnnotations(
    read_only=True, destructive=False, idempotent=True, open_world=False
)


@callback
def async_get_tools(
    hass: HomeAssistant, llm_context: LLMContext, api_id: str
) -> LLMTools | None:
    """Return the tools, where anything of ours is exposed."""
    if api_id != LLM_API_ASSIST:
        return None
    known = async_known(hass, llm_context.assistant)
    if not known.connectors and not known.circuits:
        return None
    tools: list[Tool] = [GetCharging(known)]
    if any(one.may_change for one in (*known.connectors, *known.circuits)):
        tools += [ChangingTool(change, known) for change in _CHANGES]
    return LLMTools(tools=tools, prompt=_PROMPT)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that can be changed: what a model is told of it, and what does it (it may raise `Refusal`)."""

    name: str
    title: str
    description: str
    do: Callable[[Deeds, dict[str, Any]], Awaitable[list[Said]]]
    arguments: dict[Any, Any] = field(default_factory=dict)


class ChangingTool(Tool):
    """A tool that is told a name, and refuses with a reason."""

    integration = DOMAIN
    annotations = _ALTERS

    def __init__(self, change: Change, known: Known) -> None:
        """Offer the names that there are."""
        self.name = f"{DOMAIN}__{change.name}"
        self.title = change.title
        self.description = change.description
        self._change = change
        name = vol.Required(
            "name",
            description="The charging station, connector, group, grid connection or area that is meant",
        )
        self.parameters = vol.Schema({name: _one_of(known)} | change.arguments)

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Do it, and say what was done or why not."""
        words = words_for(await async_load_words(hass), llm_context.language)
        deeds = Deeds(hass, llm_context.assistant)
        try:
            said = self.parameters(tool_input.tool_args)
            answers = await self._change.do(deeds, said)
        except Refusal as err:
            return ToolResult(data={"error": words.say(err.said)}, error=True)
        except vol.Invalid as err:
            return ToolResult(data={"error": str(err)}, error=True)
        return ToolResult(data={"done": [words.say(answer) for answer in answers]})


class GetCharging(Tool):
    """Tells what is charging, how fast and why."""

    name = f"{DOMAIN}__get_charging"
    title = "Get charging"
    description = (
        "Says how fast vehicles charge or feed back and what limits them, when they will be charged and what that costs, and"
        " what is left on groups and the main fuse. Use it for 'how fast is the car charging and why', 'when is the car full'"
        " and 'what is left on the main fuse'."
    )
    integration = DOMAIN
    annotations = _READS

    def __init__(self, known: Known) -> None:
        """Offer the names that there are."""
        name = vol.Optional(
            "name", description="Who is meant; leave it out for everything"
        )
        self.parameters = vol.Schema({name: _one_of(known)})

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> ToolResult:
        """Return the figures."""
        words = words_for(await async_load_words(hass), llm_context.language)
        known = async_known(hass, llm_context.assistant)
        try:
            name: str | None = self.parameters(tool_input.tool_args).get("name")
        except vol.Invalid as err:
            return ToolResult(data={"error": str(err)}, error=True)
        meant = known.called(name) if name else [*known.connectors, *known.circuits]
        connectors: list[Any] = []
        for one in meant:
            if one.key:
                figures = connector_figures(one) | plan_figures(one)
                if "limited_by" in figures:
                    figures["because"] = words.reason(figures["limited_by"])
                connectors.append(figures)
        circuits: list[Any] = [circuit_figures(one) for one in meant if not one.key]
        return ToolResult(data={"connectors": connectors, "circuits": circuits})


def _one_of(known: Known) -> vol.In:
    """Return the names that there are, as they are written."""
    return vol.In(sorted(known.written.values()))


def _moment(said: str) -> datetime:
    """Return a time in UTC: without a zone it is the one of the house. Raises `Refusal`."""
    moment = dt_util.parse_datetime(said)
    if moment is None:
        raise Refusal("not_understood")
    found = dt_util.as_utc(moment)
    if found <= dt_util.utcnow():
        raise Refusal("time_passed")
    return found


async def _limit(deeds: Deeds, said: dict[str, Any]) -> list[Said]:
    amount: float = said["amount"]
    limit = Power(amount * 1000) if said["unit"] == "kW" else Current(amount)
    return await deeds.limit(said["name"], limit)


async def _allow(deeds: Deeds, said: dict[str, Any]) -> list[Said]:
    until: str | None = said.get("until")
    if until is None or said["allowed"]:
        return await deeds.allow(said["name"], allowed=said["allowed"])
    return await deeds.allow(said["name"], allowed=False, until=_moment(until))


async def _unlimit(deeds: Deeds, said: dict[str, Any]) -> list[Said]:
    return await deeds.unlimit(said["name"])


async def _boost(deeds: Deeds, said: dict[str, Any]) -> list[Said]:
    return await deeds.boost(said["name"], on=said["on"])


async def _depart(deeds: Deeds, said: dict[str, Any]) -> list[Said]:
    return await deeds.depart(said["name"], _moment(said["departure"]))


async def _charge_to(deeds: Deeds, said: dict[str, Any]) -> list[Said]:
    departure: str | None = said.get("departure")
    when = None if departure is None else _moment(departure)
    return await deeds.charge_to(said["name"], said["percent"], when)


async def _discharge(deeds: Deeds, said: dict[str, Any]) -> list[Said]:
    return await deeds.discharge(said["name"], _moment(said["until"]))


async def _end_discharge(deeds: Deeds, said: dict[str, Any]) -> list[Said]:
    return await deeds.end_discharge(said["name"])


_CHANGES = (
    Change(
        "set_limit",
        "Set charging limit",
        "Sets the most that a charging station, a group or the grid connection may draw",
        _limit,
        {
            vol.Required("amount", description="How much"): vol.All(
                vol.Coerce(float), vol.Range(min=0)
            ),
            vol.Required(
                "unit", description="A is amperes per phase, kW is all phases together"
            ): vol.In(["A", "kW"]),
        },
    ),
    Change(
        "allow_charging",
        "Pause or resume charging",
        "Pauses charging without ending it, or lets it go on",
        _allow,
        {
            vol.Required(
                "allowed", description="False pauses, true resumes"
            ): cv.boolean,
            vol.Optional(
                "until",
                description="When a pause ends by itself: local date and time, such as 2026-11-22 21:00",
            ): cv.string,
        },
    ),
    Change(
        "remove_limit",
        "Remove charging limit",
        "Lets a charging station, a group or the grid connection draw as much as its settings allow again",
        _unlimit,
    ),
    Change(
        "charge_first",
        "Charge first",
        "Charges a vehicle before all others until it is unplugged; with on false, among them again",
        _boost,
        {vol.Optional("on", default=True): cv.boolean},
    ),
    Change(
        "charge_to",
        "Charge to",
        "Sets how full a vehicle is to be; with a departure it charges in the cheapest hours until then",
        _charge_to,
        {
            vol.Required("percent", description="100 is full"): vol.All(
                vol.Coerce(float), vol.Range(min=0, max=100)
            ),
            vol.Optional(
                "departure", description="Local date and time, such as 2026-11-23 07:00"
            ): cv.string,
        },
    ),
    Change(
        "set_departure",
        "Set departure",
        "Sets when a vehicle leaves",
        _depart,
        {
            vol.Required(
                "departure", description="Local date and time, such as 2026-11-23 07:00"
            ): cv.string
        },
    ),
    Change(
        "discharge",
        "Discharge until",
        "Lets a vehicle feed back until a time, as far as its owner allows discharging",
        _discharge,
        {
            vol.Required(
                "until", description="Local date and time, such as 2026-11-22 21:00"
            ): cv.string
        },
    ),
    Change(
        "end_discharge",
        "End discharging",
        "Ends that a vehicle feeds back until a time",
        _end_discharge,
    ),
)
