"""Benchmarks as tests run them: in a process of their own, for the figures that they print."""

from dataclasses import dataclass
from pathlib import Path
import subprocess
import sys

PROJECT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Printed:
    """What a benchmark printed: its lines in words, and the figures among them by name."""

    lines: list[list[str]]

    @property
    def figures(self) -> dict[str, float]:
        figures = (words for words in self.lines if words[:1] == ["figure"])
        return {words[1]: float(words[2]) for words in figures}


def run_bench(name: str, *arguments: str, seconds: float) -> Printed:
    """Run a benchmark; it ends well within so many seconds."""
    told = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *arguments],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return Printed([line.split() for line in told.stdout.splitlines()])
