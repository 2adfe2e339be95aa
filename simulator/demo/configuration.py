"""The folder that Home Assistant starts from."""

import json
from pathlib import Path
from typing import Any

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
]


def write(folder: Path, meter_url: str | None) -> None:
    """Write the configuration and put Evenload beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    yaml = BASE
    if meter_url:
        yaml += METER.format(meter_url=meter_url)
        for key, name, device_class, unit in READINGS:
            yaml += SENSOR.format(
                key=key, name=name, device_class=device_class, unit=unit
            )
    (folder / "configuration.yaml").write_text(yaml)
    install(folder)
    skip_downloads(folder)
    # Home Assistant keeps the port of its first start; the one asked for now is in its environment.
    (folder / ".storage/http").unlink(missing_ok=True)


def install(folder: Path) -> None:
    """Link to Evenload as it is in this project, so that a restart shows a change."""
    link = folder / "custom_components/evenload"
    link.parent.mkdir(exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(PROJECT / "custom_components/evenload")


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
