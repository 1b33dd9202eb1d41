"""Starts the real program, and starts it again whenever it ends, as systemd would."""

import asyncio
import contextlib
import os
import random
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from playground.faults import boottime
from tests.faults.test_kills import MOMENTS
from tests.process import ROOT, Program

GRACE = 20.0
"""Seconds in which a process that was asked to stop has stopped."""


@dataclass
class Supervised:
    """One process of the bot. codes: how its runs ended; ends: when they ended. runs: it has begun
    to work, and not ended since.

    last_words: what a run that ended with 1 wrote.
    fatal: how likely a run is given a moment at which it kills itself.
    """

    program: Program
    chance: random.Random
    fatal: float = 0.0
    process: asyncio.subprocess.Process | None = None
    runs: asyncio.Event = field(default_factory=asyncio.Event)
    codes: Counter[int] = field(default_factory=Counter)
    ends: list[float] = field(default_factory=list)
    over: bool = False
    last_words: str = ""

    @property
    def log(self) -> Path:
        """Where its lines go."""
        return self.program.data_dir.parent / f"{self.program.data_dir.name}.log"

    async def run(self) -> None:
        """Keep it running until `stop`."""
        with self.log.open("a") as log:
            while not self.over:
                begins = log.tell()
                self.process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-m", self.program.module, *self.program.command),
                    cwd=ROOT,
                    env=self.program.environment | self._fate(),
                    stdout=asyncio.subprocess.PIPE,
                    stderr=log,
                )
                if self.over:  # asked to stop while this one was being started
                    self.send(signal.SIGTERM)
                assert self.process.stdout is not None
                if await self.process.stdout.readline():  # it says that it runs, or has ended
                    self.runs.set()
                code = await self.process.wait()
                self.runs.clear()
                self.codes[code] += 1
                self.ends.append(boottime())
                if code == 1:
                    self.last_words = self.log.read_text()[begins:][-2000:]

    def _fate(self) -> dict[str, str]:
        if self.over or self.chance.random() >= self.fatal:
            return {}
        return {"FAULT_KILL": self.chance.choice(sorted(MOMENTS))}

    @property
    def alive(self) -> bool:
        """Whether there is something to strike at the moment."""
        return self.process is not None and self.process.returncode is None

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, unless it has just ended by itself.

        Not by `send_signal`: that looks whether it has ended, and then asyncio never hears how.
        """
        if self.alive:
            assert self.process is not None
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, number)

    async def stop(self) -> None:
        """SIGTERM, and no other start."""
        self.over = True
        self.send(signal.SIGTERM)
        assert self.process is not None
        await asyncio.wait_for(self.process.wait(), GRACE)

    def end(self) -> None:
        """SIGKILL, whatever state it is in, and no other start."""
        self.over = True
        self.send(signal.SIGKILL)
