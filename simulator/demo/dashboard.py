"""The dashboard that the demo opens on: Evenload's own, and a view of the simulated home, made from the entities that are there."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from . import configuration, home
from .home_assistant import HomeAssistant

type Json = dict[str, Any]

URL_PATH = "evenload-home"
PATIENCE_S = 30
# Widths of a card, in the columns of a section.
WHOLE, HALF, THIRD = 12, 6, 4


async def create(
    home_assistant: HomeAssistant, stations: Sequence[home.Station]
) -> None:
    """Add it to the sidebar and open Home Assistant with it; one that is there stays as it is."""
    dashboards = await home_assistant.call("lovelace/dashboards/list")
    if any(dashboard["url_path"] == URL_PATH for dashboard in dashboards):
        return
    found = await complete(home_assistant, stations)
    await home_assistant.call(
        "lovelace/dashboards/create",
        url_path=URL_PATH,
        title="Charging",
        icon="mdi:ev-station",
        show_in_sidebar=True,
        require_admin=False,
    )
    await home_assistant.call(
        "lovelace/config/save",
        url_path=URL_PATH,
        config={"views": views(found, stations)},
    )
    await home_assistant.call(
        "frontend/set_system_data", key="core", value={"default_panel": URL_PATH}
    )


async def complete(
    home_assistant: HomeAssistant, stations: Sequence[home.Station]
) -> Entities:
    """Wait a while until every station has measured each of its phases: entities come with what they show."""
    wanted = [
        (station.identity, f"current_{phase}")
        for station in stations
        for phase in station.grid_phases
        if not station.discharge_w
    ]
    # Direct current has no phases.
    wanted += [
        (station.identity, key)
        for station in stations
        if station.discharge_w
        for key in ("power", "soc")
    ]
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            while True:
                found = await Entities.of(home_assistant)
                if all(found.evse(*entity) for entity in wanted):
                    return found
                await asyncio.sleep(0.5)
    return await Entities.of(home_assistant)


class Entities:
    """Finds entities by what they are, whatever they are called."""

    def __init__(self, entity_ids: dict[str, str]) -> None:
        """Take entity ids by unique id."""
        self._ids = entity_ids

    @classmethod
    async def of(cls, home_assistant: HomeAssistant) -> Entities:
        """Read them from Home Assistant's registry."""
        registry = await home_assistant.call("config/entity_registry/list")
        return cls(
            {
                entity["unique_id"]: entity["entity_id"]
                for entity in registry
                if entity["platform"] in {home.DOMAIN, "rest"}
                and not entity["disabled_by"]
            }
        )

    def evse(self, identity: str, key: str) -> str | None:
        """Return an entity of a station's first EVSE, or of the station."""
        return self._ids.get(f"{identity}_1_{key}") or self._ids.get(
            f"{identity}_{key}"
        )

    def switch(self, unique_id: str) -> str | None:
        """Return an appliance of the house, or the car at a station."""
        return self._ids.get(unique_id)

    def grid(self, key: str) -> str | None:
        """Return a sensor of the household's meter."""
        return self._ids.get(f"grid_{key}")


def views(entities: Entities, stations: Sequence[home.Station]) -> list[Json]:
    """Evenload's own dashboard, and what can be done in the simulated home."""
    return [
        {
            "title": "Charging",
            "path": "charging",
            "icon": "mdi:ev-station",
            "strategy": {"type": "custom:evenload"},
        },
        {
            "title": "Simulated home",
            "path": "simulated-home",
            "icon": "mdi:home-lightning-bolt",
            "type": "sections",
            "max_columns": 4,
            "sections": [
                _section(*_cars(entities, stations)),
                _section(*_house(entities)),
                _section(*_grid(entities)),
                {**_section(*_history(entities, stations)), "column_span": 4},
            ],
        },
    ]


def _cars(entities: Entities, stations: Sequence[home.Station]) -> list[Json | None]:
    return [
        _heading("Cars plugged in", "mdi:car-electric"),
        *(
            _tile(
                entities.switch(f"car_{station.identity}"),
                name=station.name,
                color="green",
            )
            for station in stations
        ),
    ]


def _house(entities: Entities) -> list[Json | None]:
    return [
        _heading("The house", "mdi:home-lightning-bolt"),
        *(
            _tile(entities.switch(f"appliance_{key}"), HALF, name=name)
            for key, name, _ in configuration.APPLIANCES
        ),
        _tile(entities.switch("sun"), HALF, name="Sunshine", color="amber"),
        _tile(entities.grid("solar_w"), HALF, name="Solar roof", color="amber"),
    ]


def _grid(entities: Entities) -> list[Json | None]:
    fuse_a = home.MAIN_FUSE_A
    gauges = [
        _card(
            "gauge",
            entities.grid(f"current_l{phase}_a"),
            THIRD,
            name=f"L{phase}",
            min=0,
            max=fuse_a,
            needle=True,
            severity={"green": 0, "yellow": 0.8 * fuse_a, "red": 0.95 * fuse_a},
        )
        for phase in (1, 2, 3)
    ]
    return [
        _heading(f"Household meter, 3 × {fuse_a} A", "mdi:transmission-tower"),
        *gauges,
        _tile(entities.switch("meter_plug"), name="Meter plugged in", color="green"),
        _tile(
            entities.grid("power_w"),
            name="Power from the grid",
            color="amber",
            features=[{"type": "trend-graph", "hours_to_show": 1}],
        ),
    ]


def _history(entities: Entities, stations: Sequence[home.Station]) -> list[Json | None]:
    cars = {
        station.name: entities.evse(
            station.identity, f"current_{station.grid_phases[0]}"
        )
        for station in stations
        if not station.discharge_w
    }
    house = {
        station.name: entities.evse(station.identity, "power")
        for station in stations
        if station.discharge_w
    } | {"Grid": entities.grid("power_w")}
    grid = {f"L{phase}": entities.grid(f"current_l{phase}_a") for phase in (1, 2, 3)}
    return [
        _heading("The last quarter of an hour", "mdi:chart-line"),
        _graph("Charging current, first phase of each station", cars),
        _graph("Grid current", grid),
        _graph("The car that carries the house, and the grid", house)
        if len(house) > 1
        else None,
    ]


def _graph(title: str, entities: dict[str, str | None]) -> Json | None:
    shown = [{"entity": id_, "name": name} for name, id_ in entities.items() if id_]
    if not shown:
        return None
    return {
        "type": "history-graph",
        "title": title,
        "hours_to_show": 0.25,
        "entities": shown,
        "grid_options": {"columns": 2 * WHOLE},
    }


def _section(*cards: Json | None) -> Json:
    return {"type": "grid", "cards": [card for card in cards if card]}


def _heading(text: str, icon: str) -> Json:
    return {"type": "heading", "heading": text, "icon": icon}


def _tile(entity: str | None, columns: int = WHOLE, **options: Any) -> Json | None:
    return _card("tile", entity, columns, **options)


def _card(kind: str, entity: str | None, columns: int, **options: Any) -> Json | None:
    """Return a card, or nothing where there is no such entity."""
    if not entity:
        return None
    size = {"grid_options": {"columns": columns}}
    return {"type": kind, "entity": entity, **options, **size}
