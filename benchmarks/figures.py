"""How a figure is reported: one line that people and programs can read; and what it was measured on."""

from importlib.metadata import version
import os
from pathlib import Path
import platform

# Of /proc/stat: all that processors do but wait.
_IDLE, _WAITING = 3, 4


def figure(
    name: str, value: float, unit: str, goal: float, *, at_most: bool = True
) -> str:
    """Return the line of one figure: `figure NAME VALUE UNIT goal GOAL ok|short`."""
    met = value <= goal if at_most else value >= goal
    return f"figure {name} {value:.4g} {unit} goal {goal:g} {'ok' if met else 'short'}"


def machine() -> str:
    """Describe what this runs on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    named = (line.partition(":")[2] for line in lines if line.startswith("model name"))
    cpu = " ".join(next(named, platform.machine()).split())
    python, house = platform.python_version(), version("homeassistant")
    return f"{os.cpu_count()} cores, {cpu}; Python {python}, Home Assistant {house}"


def all_cpu_s() -> float:
    """Return the seconds that all cores of the machine have been busy so far, with whatever it is."""
    spent = [int(part) for part in Path("/proc/stat").read_text().split()[1:9]]
    return (sum(spent) - spent[_IDLE] - spent[_WAITING]) / os.sysconf("SC_CLK_TCK")
