"""The demo's child processes: each in a group of its own, so that one signal ends all of it."""

import asyncio
from collections.abc import Mapping, Sequence
import os
from pathlib import Path
import signal
from types import TracebackType
from typing import Self

STOP_S = 30
LAST_LINES = 20


class ProcessDiedError(Exception):
    """A child ended by itself."""


class ChildProcess:
    """One program, its output in a file."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        log: Path,
        cwd: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Describe it; it starts when entered."""
        self.name = name
        self.log = log
        self._command = [str(part) for part in command]
        self._cwd = cwd
        self._environment = {**os.environ, **(environment or {})}
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        """Start it."""
        self.log.unlink(missing_ok=True)
        await self._start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ask its whole group to end, and insist after a while."""
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_S):
                await self._process.wait()
        except TimeoutError:
            pass
        finally:
            # What the program itself has started and left behind goes too.
            self._signal(signal.SIGKILL)

    @property
    def pid(self) -> int:
        """The number of the process."""
        assert self._process
        return self._process.pid

    async def wait(self) -> int:
        """Return its exit code when it ends."""
        assert self._process
        return await self._process.wait()

    async def restart(self) -> None:
        """Start it again after it ended."""
        await self._start()

    async def died(self) -> ProcessDiedError:
        """Wait for its end and say how it ended."""
        code = await self.wait()
        lines = self.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
        return ProcessDiedError(
            "\n".join([*lines, f"{self.name} ended with code {code} (log: {self.log})"])
        )

    async def _start(self) -> None:
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=self._cwd,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _signal(self, number: signal.Signals) -> None:
        assert self._process
        try:
            os.killpg(self._process.pid, number)
        except ProcessLookupError:
            return
