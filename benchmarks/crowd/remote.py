"""The crowd as the benchmark sees it: a process of its own, so that its work does not count as Home Assistant's."""

import asyncio
from collections.abc import Sequence
import json
from pathlib import Path
import sys
from types import TracebackType
from typing import Any, Self

PROJECT = Path(__file__).parents[2]

# A whole answer is one line.
LONGEST_LINE = 2**26


class RemoteCrowd:
    """Starts the process, tells it what to do and returns how it went."""

    def __init__(self, url: str, names: Sequence[str], versions: Sequence[str]) -> None:
        """Describe it; it starts when entered."""
        self.names = tuple(names)
        self._arguments = (url, ",".join(names), ",".join(versions))
        self._process: asyncio.subprocess.Process

    async def __aenter__(self) -> Self:
        """Start it."""
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.crowd", *self._arguments),
            cwd=PROJECT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        if self._process.returncode is None:
            self._process.terminate()
        await self._process.wait()

    async def ask(self, do: str, **arguments: float) -> dict[str, Any]:
        """Let it do something and return how that went."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = json.dumps({"do": do, **arguments})
        self._process.stdin.write(order.encode() + b"\n")
        await self._process.stdin.drain()
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the stations' process has ended")
        result: dict[str, Any] = json.loads(line)
        return result
