"""Months that were lived through, one in each line of a file: a long run may end at any time, and go on later."""

from dataclasses import asdict, dataclass
import json
from pathlib import Path

from .living import Outcome


@dataclass(frozen=True, slots=True)
class Lived:
    """What one month came to in every way, and how many seconds of the processor each plan took."""

    seed: int
    days: int
    outcomes: tuple[Outcome, ...]
    seconds: tuple[float, ...]


def keep(file: Path, lived: Lived) -> None:
    """Add a month to a file."""
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f"{json.dumps(asdict(lived))}\n")


def kept(file: Path) -> dict[tuple[int, int], Lived]:
    """Return the months in a file by seed and days; none where there is no file yet."""
    if not file.exists():
        return {}
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        said = json.loads(line)
        outcomes = tuple(Outcome(**one) for one in said["outcomes"])
        lived = Lived(said["seed"], said["days"], outcomes, tuple(said["seconds"]))
        found[lived.seed, lived.days] = lived
    return found
