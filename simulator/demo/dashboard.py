"""The dashboard of the simulated home, made from the entities that are there."""

from typing import Any

from . import home
from .home_assistant import HomeAssistant

type Json = dict[str, Any]

URL_PATH = "evenload-home"


async def create(home_assistant: HomeAssistant) -> None:
    """Add it to the sidebar and open Home Assistant with it; one that is there stays as it is."""
    dashboards = await home_assistant.call("lovelace/dashboards/list")
    if any(dashboard["url_path"] == URL_PATH for dashboard in dashboards):
        return
    found = await Entities.of(home_assistant)
    await home_assistant.call(
        "lovelace/dashboards/create",
        url_path=URL_PATH,
        title="Charging",
        icon="mdi:ev-station",
        show_in_sidebar=True,
        require_admin=False,
    )
    await home_assistant.call(
        "lovelace/config/save", url_path=URL_PATH, config={"views": [view(found)]}
    )
    await home_assistant.call(
        "frontend/set_system_data", key="core", value={"default_panel": URL_PATH}
    )


class Entities:
    """Finds entities by what they are, whatever they are called."""

    def __init__(self, entity_ids: dict[str, str], group: str) -> None:
        """Take entity ids by unique id, and the id of the group."""
        self._ids = entity_ids
        self._group = group

    @classmethod
    async def of(cls, home_assistant: HomeAssistant) -> Entities:
        """Read them from Home Assistant's registry."""
        registry = await home_assistant.call("config/entity_registry/list")
        entry = await home.entry(home_assistant) or {"entry_id": ""}
        groups = [
            subentry["subentry_id"]
            for subentry in await home.subentries(home_assistant, entry["entry_id"])
            if subentry["title"] == home.GROUP
        ]
        usable = {
            entity["unique_id"]: entity["entity_id"]
            for entity in registry
            if entity["platform"] in {home.DOMAIN, "rest"} and not entity["disabled_by"]
        }
        return cls(usable, groups[0] if groups else "")

    def group(self, key: str) -> str | None:
        """Return an entity of the group."""
        return self._ids.get(f"{self._group}_{key}")

    def evse(self, identity: str, key: str) -> str | None:
        """Return an entity of a station's first EVSE, or of the station."""
        return self._ids.get(f"{identity}_1_{key}") or self._ids.get(
            f"{identity}_{key}"
        )

    def grid(self, key: str) -> str | None:
        """Return a sensor of the household's meter."""
        return self._ids.get(f"grid_{key}")


def view(entities: Entities) -> Json:
    """Lay out the whole."""
    return {
        "title": "Charging",
        "path": "charging",
        "icon": "mdi:ev-station",
        "type": "sections",
        "max_columns": 4,
        "sections": [
            *(_station(entities, station) for station in home.STATIONS),
            _group(entities),
            _house(entities),
            _history(entities),
        ],
    }


def _group(entities: Entities) -> Json:
    return _section(
        _heading(f"Group {home.GROUP}", "mdi:scale-balance"),
        _tile(
            entities.group("limit"),
            name="Limit",
            color="deep-orange",
            features=[{"type": "numeric-input", "style": "slider"}],
            features_position="bottom",
        ),
        _tile(entities.group("used"), name="Used", columns=6, color="green"),
        _tile(entities.group("available"), name="Available", columns=6, color="blue"),
        _tile(entities.group("active"), name="Charging now", columns=6),
        _tile(entities.group("waiting"), name="Waiting", columns=6),
    )


def _station(entities: Entities, station: home.Station) -> Json:
    def tile(key: str, **options: Any) -> Json | None:
        return _tile(entities.evse(station.identity, key), **options)

    return _section(
        _heading(station.name, "mdi:ev-plug-type2"),
        tile("status", name="Status", columns=6),
        tile("power", name="Power", columns=6, color="amber"),
        tile("current_l1", name="L1", columns=4),
        tile("current_l2", name="L2", columns=4),
        tile("current_l3", name="L3", columns=4),
        tile("allotment", name="Allotment", columns=6, color="green"),
        tile("reason", name="Because of", columns=6, color="green"),
        tile("session_energy", name="This session", columns=6),
        tile("session_duration", name="Since", columns=6),
        tile(
            "maximum_current",
            name="Maximum current",
            color="deep-orange",
            features=[{"type": "numeric-input", "style": "slider"}],
            features_position="bottom",
        ),
        tile("charging_allowed", name="Charging allowed", color="green"),
    )


def _house(entities: Entities) -> Json:
    fuse_a = home.MAIN_FUSE_A
    gauges = [
        _card(
            "gauge",
            entities.grid(f"current_l{phase}_a"),
            columns=4,
            name=f"L{phase}",
            min=0,
            max=fuse_a,
            needle=True,
            severity={"green": 0, "yellow": 0.8 * fuse_a, "red": fuse_a},
        )
        for phase in (1, 2, 3)
    ]
    return _section(
        _heading(f"Grid connection 3 × {fuse_a} A", "mdi:transmission-tower"),
        *gauges,
        _tile(
            entities.grid("power_w"),
            name="Power from the grid",
            color="amber",
            features=[{"type": "trend-graph", "hours_to_show": 1}],
        ),
    )


def _history(entities: Entities) -> Json:
    def graph(title: str, names: dict[str, str | None]) -> Json | None:
        shown = [{"entity": id_, "name": name} for name, id_ in names.items() if id_]
        if not shown:
            return None
        return {
            "type": "history-graph",
            "title": title,
            "hours_to_show": 1,
            "entities": shown,
            "grid_options": {"columns": "full"},
        }

    cars = {
        station.name: entities.evse(station.identity, "current_l1")
        for station in home.STATIONS
    }
    grid = {f"L{phase}": entities.grid(f"current_l{phase}_a") for phase in (1, 2, 3)}
    return {
        **_section(
            _heading("The last hour", "mdi:chart-line"),
            graph("Charging current on L1", cars),
            graph("Grid current", grid),
        ),
        "column_span": 2,
    }


def _section(*cards: Json | None) -> Json:
    return {"type": "grid", "cards": [card for card in cards if card]}


def _heading(text: str, icon: str) -> Json:
    return {"type": "heading", "heading": text, "icon": icon}


def _tile(
    entity: str | None, columns: int | None = None, **options: Any
) -> Json | None:
    return _card("tile", entity, columns=columns, **options)


def _card(
    kind: str, entity: str | None, columns: int | None = None, **options: Any
) -> Json | None:
    """Return a card, or nothing where there is no such entity."""
    if not entity:
        return None
    size = {"grid_options": {"columns": columns or 12}}
    return {"type": kind, "entity": entity, **options, **size}
