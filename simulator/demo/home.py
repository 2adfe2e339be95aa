"""The home to look at: what its owner would enter into Evenload's forms."""

from dataclasses import dataclass
from typing import Any

from .home_assistant import HomeAssistant

type Json = dict[str, Any]

DOMAIN = "evenload"


@dataclass(frozen=True, slots=True)
class Station:
    """A charging station of the simulated home."""

    identity: str
    name: str
    phases: str
    maximum_a: float
    car_kwh: float
    discharge_w: float = 0

    @property
    def grid_phases(self) -> list[str]:
        """The phases of the grid that it is on, its own L1 first: the form calls the usual three 3."""
        return ["l1", "l2", "l3"] if self.phases == "3" else self.phases.split("_")


STATIONS = [
    Station("EVL-GARAGE", "Garage", phases="3", maximum_a=32, car_kwh=77),
    Station("EVL-DRIVEWAY", "Driveway", phases="l2", maximum_a=32, car_kwh=52),
    # As its electrician wired it.
    Station("EVL-CARPORT", "Carport", phases="l3_l1_l2", maximum_a=16, car_kwh=18),
]
# Its car feeds back: what the house takes, and nothing beyond.
V2G_STATION = Station(
    "EVL-BARN", "Barn", phases="3", maximum_a=16, car_kwh=77, discharge_w=10_000
)
V2G_MINIMUM_SOC = 30
V2G_MODE = "house"
MAIN_FUSE_A = 25
SITE: Json = {"main_fuse_a": MAIN_FUSE_A, "phases": "3", "voltage_v": 230}
GROUP = "Cars"
GROUP_LIMIT_A = 24

# The meter speaks every second: soon it is missed, and soon it is lost. Without it 6 A are left for each station.
METER_STALE_S = 10
METER_LOST_S = 25
LEAST_A = 6
WITHOUT_METER_A = LEAST_A * len(STATIONS)
METER_LINES = ("l1", "l2", "l3")

# When the car in the garage leaves in the morning.
LEAVES_AT = "07:30:00"


def stations(*, v2g: bool) -> list[Station]:
    """Return the stations, with or without the one whose car feeds back."""
    return [*STATIONS, V2G_STATION] if v2g else STATIONS


async def configure(
    home_assistant: HomeAssistant, ocpp_port: int, *, v2g: bool
) -> None:
    """Fill in the forms that are not filled in yet."""
    entry_id = await _site(home_assistant, ocpp_port)
    there = {
        (subentry["subentry_type"], subentry["title"])
        for subentry in await subentries(home_assistant, entry_id)
    }
    for station in stations(v2g=v2g):
        if ("station", station.name) not in there:
            await _add(home_assistant, entry_id, "station", _station_form(station))
            await _tell_of_vehicle(home_assistant, entry_id, station)
    if ("group", GROUP) not in there:
        await _add(home_assistant, entry_id, "group", _group_form())
        forms = _meter_forms(LEAST_A * len(stations(v2g=v2g)))
        await home_assistant.fill_in("options/flow", entry_id, forms)


async def _tell_of_vehicle(
    home_assistant: HomeAssistant, entry_id: str, station: Station
) -> None:
    """Say in the station's form what is known of its car, and what the owner lets it feed back: into the house only."""
    [subentry_id] = [
        subentry["subentry_id"]
        for subentry in await subentries(home_assistant, entry_id)
        if subentry["title"] == station.name
    ]
    form = {key: v for key, v in _station_form(station).items() if key != "identity"}
    vehicle: Json = {
        "soc_sensor": f"sensor.{station.name.lower()}_car_battery",
        "capacity_kwh": station.car_kwh,
    }
    if station is STATIONS[0]:
        vehicle["departure_time"] = LEAVES_AT
    permission = {
        "discharge_w": station.discharge_w,
        "where": "house",
        "minimum_soc": V2G_MINIMUM_SOC,
        "told": "as_it_says",
        "confirmed": True,
    }
    await home_assistant.fill_in(
        "subentries/flow",
        [entry_id, "station"],
        {
            "reconfigure": form
            | {"vehicles": True, "discharging": station.discharge_w > 0},
            "vehicle": vehicle,
            "discharging": permission,
        },
        subentry_id=subentry_id,
    )


async def entry(home_assistant: HomeAssistant) -> Json | None:
    """Return Evenload's config entry, where there is one."""
    entries = await home_assistant.call("config_entries/get", domain=DOMAIN)
    return entries[0] if entries else None


async def subentries(home_assistant: HomeAssistant, entry_id: str) -> list[Json]:
    """Return the entry's stations and groups."""
    found: list[Json] = await home_assistant.call(
        "config_entries/subentries/list", entry_id=entry_id
    )
    return found


async def _site(home_assistant: HomeAssistant, ocpp_port: int) -> str:
    if existing := await entry(home_assistant):
        return str(existing["entry_id"])
    form = {"port": ocpp_port, **SITE, "advanced": {}}
    made = await home_assistant.fill_in("flow", DOMAIN, {"user": form})
    return str(made["result"]["entry_id"])


async def _add(
    home_assistant: HomeAssistant, entry_id: str, kind: str, form: Json
) -> None:
    await home_assistant.fill_in("subentries/flow", [entry_id, kind], {"user": form})


def _station_form(station: Station) -> Json:
    return {
        "name": station.name,
        "identity": station.identity,
        "phases": station.phases,
        "maximum_a": station.maximum_a,
    }


def _group_form() -> Json:
    return {
        "name": GROUP,
        "limit": GROUP_LIMIT_A,
        "unit": "A",
        "strategy": "equal_serve",
        "members": [station.identity for station in STATIONS],
    }


def _meter_forms(fallback_a: float) -> dict[str, Json]:
    """Return the answers to the forms of the household's meter, by step."""
    return {
        "init": {"next_step_id": "meter"},
        "meter": {"kind": "currents"},
        "meter_sensors": {
            **{line: f"sensor.grid_current_{line}" for line in METER_LINES},
            "inverted": False,
            "includes_stations": True,
        },
        "meter_check": {"next_step_id": "meter_belief"},
        "meter_belief": {
            "margin_a": 1,
            "largest_a": 0,
            "fallback_a": fallback_a,
            "stale_s": METER_STALE_S,
            "lost_s": METER_LOST_S,
        },
    }
