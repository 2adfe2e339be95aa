"""The folder that Home Assistant starts from."""

from collections.abc import Iterator, Sequence
import json
from pathlib import Path
from typing import Any

from . import home

PROJECT = Path(__file__).parents[2]

BASE = """\
# Written by the demo at every start.
homeassistant:
  name: Home
  latitude: 52.37
  longitude: 4.9
  elevation: 0
  country: NL
  currency: EUR
  time_zone: Europe/Amsterdam
  unit_system: metric

frontend:
history:
logbook:
energy:
assist_pipeline:

automation: !include automations.yaml
script: !include scripts.yaml
scene: !include scenes.yaml

logger:
  default: warning
  logs:
    custom_components.evenload: info
    # No camera and no loudspeaker here.
    haffmpeg: critical
    homeassistant.components.camera: critical
    # It says of each start that nothing is installed and that Evenload is not its own.
    homeassistant.bootstrap: error
    homeassistant.loader: error
"""

# What the pages of Home Assistant save; it begins empty.
SAVED = ("automations.yaml", "scripts.yaml", "scenes.yaml")

METER = """
# The household's meter: Evenload reads these sensors, as it would read those of a real one.
rest:
  - resource: {meter_url}
    scan_interval: 1
    sensor:
"""

SENSOR = """\
      - name: Grid {name}
        unique_id: grid_{key}
        value_template: "{{{{ value_json.{key} }}}}"
        device_class: {device_class}
        state_class: measurement
        unit_of_measurement: {unit}
"""

READINGS = [
    ("current_l1_a", "current L1", "current", "A"),
    ("current_l2_a", "current L2", "current", "A"),
    ("current_l3_a", "current L3", "current", "A"),
    ("power_l1_w", "power L1", "power", "W"),
    ("power_l2_w", "power L2", "power", "W"),
    ("power_l3_w", "power L3", "power", "W"),
    ("power_w", "power", "power", "W"),
    ("solar_w", "solar roof", "power", "W"),
]


ENERGIES = [
    ("import_kwh", "import"),
    ("export_kwh", "export"),
    ("solar_kwh", "solar energy"),
]

ENERGY = """\
      - name: Grid {name}
        unique_id: grid_{key}
        value_template: "{{{{ value_json.{key} }}}}"
        device_class: energy
        state_class: total_increasing
        unit_of_measurement: kWh
"""

# The supplier's prices, as a sensor tells them that lists those of the coming hours.
PRICES = """\
  - resource: {home_url}/prices
    scan_interval: 60
    sensor:
      - name: Electricity price
        unique_id: electricity_price
        value_template: "{{{{ value_json.price }}}}"
        json_attributes:
          - prices
        unit_of_measurement: EUR/kWh
"""

# How full the cars are, as their makers' clouds would tell it.
CARS = """\
  - resource: {home_url}/stations
    scan_interval: 10
    sensor:
"""

CAR = """\
      - name: {name} car battery
        unique_id: soc_{identity}
        value_template: "{{{{ value_json[{number}].evses[0].vehicle.soc_percent }}}}"
        availability: "{{{{ value_json[{number}].evses[0].vehicle is not none }}}}"
        device_class: battery
        state_class: measurement
        unit_of_measurement: "%"
"""


SWITCH = """
  - platform: rest
    name: {name}
    unique_id: {unique_id}
    icon: {icon}
    resource: {resource}
    state_resource: {state_resource}
    headers:
      Content-Type: application/json
    body_on: '{{"on": true}}'
    body_off: '{{"on": false}}'
    is_on_template: "{{{{ {is_on} }}}}"
    scan_interval: 2
"""

APPLIANCES = [
    ("kettle", "Kettle", "mdi:kettle"),
    ("oven", "Oven", "mdi:stove"),
    ("heat_pump", "Heat pump", "mdi:heat-pump"),
    ("dryer", "Dryer", "mdi:tumble-dryer"),
]

PLAIN_SWITCHES = [
    ("meter_plug", "Meter plugged in", "mdi:meter-electric", "meter/plug"),
    ("sun", "Sunshine", "mdi:weather-sunny", "sun"),
]


def write(folder: Path, home_url: str | None, stations: Sequence[home.Station]) -> None:
    """Write the configuration and put Evenload beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    yaml = BASE
    if home_url:
        yaml += METER.format(meter_url=f"{home_url}/meter")
        for key, name, device_class, unit in READINGS:
            yaml += SENSOR.format(
                key=key, name=name, device_class=device_class, unit=unit
            )
        for key, name in ENERGIES:
            yaml += ENERGY.format(key=key, name=name)
        yaml += PRICES.format(home_url=home_url)
        yaml += CARS.format(home_url=home_url)
        for number, station in enumerate(stations):
            yaml += CAR.format(
                number=number, name=station.name, identity=station.identity
            )
        yaml += "\nswitch:" + "".join(_switches(home_url, stations))
    (folder / "configuration.yaml").write_text(yaml)
    for name in SAVED:
        (folder / name).touch()
    install(folder)
    skip_downloads(folder)
    # Home Assistant keeps the port of its first start; the one asked for now is in its environment.
    (folder / ".storage/http").unlink(missing_ok=True)


def _switches(home_url: str, stations: Sequence[home.Station]) -> Iterator[str]:
    """What can be switched in the house, and the cars that can be plugged in."""
    for key, name, icon in APPLIANCES:
        yield SWITCH.format(
            name=name,
            unique_id=f"appliance_{key}",
            icon=icon,
            resource=f"{home_url}/appliances/{key}",
            state_resource=f"{home_url}/appliances",
            is_on=f"value_json.{key}",
        )
    for key, name, icon, path in PLAIN_SWITCHES:
        yield SWITCH.format(
            name=name,
            unique_id=key,
            icon=icon,
            resource=f"{home_url}/{path}",
            state_resource=f"{home_url}/{path}",
            is_on="value_json.on",
        )
    for number, station in enumerate(stations):
        yield SWITCH.format(
            name=f"{station.name} car plugged in",
            unique_id=f"car_{station.identity}",
            icon="mdi:car-electric",
            resource=f"{home_url}/stations/{station.identity}/1/car",
            state_resource=f"{home_url}/stations",
            is_on=f"value_json[{number}].evses[0].vehicle is not none",
        )


def install(folder: Path) -> None:
    """Link to Evenload as it is in this project, so that a restart shows a change, and to the roof's forecast."""
    for source in (
        PROJECT / "custom_components/evenload",
        Path(__file__).parent / "simulated_roof",
    ):
        link = folder / "custom_components" / source.name
        link.parent.mkdir(exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(source)


def skip_downloads(folder: Path) -> None:
    """Call the first visit's second step done: it would add weather, radio and speech from the Internet."""
    storage = folder / ".storage/onboarding"
    if storage.exists():
        return
    storage.parent.mkdir(exist_ok=True)
    done: dict[str, Any] = {"done": ["core_config"]}
    storage.write_text(
        json.dumps(
            {"version": 4, "minor_version": 1, "key": "onboarding", "data": done}
        )
    )
