"""Guarding the clock: a jump is followed when Telegram's `Date` confirms it, else we hold."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from habits.clock import A_JUMP, Clock

LOOKS_EVERY = 1.0
ASKS_AGAIN_AFTER = 2.0
NOT_COMPARED = "the clock has not been compared with Telegram's yet"

_log = logging.getLogger(__name__)

Ask = Callable[[], Awaitable["datetime | Unknown"]]


class Unknown:
    """Telegram could not be asked (answered: False), or its answer bore no time (True)."""

    def __init__(self, *, answered: bool) -> None:
        self.answered = answered


class Guard:
    """Compares the system clock with CLOCK_BOOTTIME, and in doubt with Telegram's.

    resumed: what there is to do before anything is sent by a clock that is trusted (again).
    """

    def __init__(self, clock: Clock, ask: Ask, resumed: Callable[[], Awaitable[None]]) -> None:
        self._clock = clock
        self._ask = ask
        self._resumed = resumed

    async def first_look(self) -> None:
        """At the start: hold until Telegram's time has been seen to agree."""
        self._clock.held = NOT_COMPARED
        await self.look()

    async def run(self) -> None:
        """Look every second; a confirmed jump is followed at once."""
        while True:
            await asyncio.sleep(ASKS_AGAIN_AFTER if self._clock.held else LOOKS_EVERY)
            await self.look()

    async def look(self) -> None:
        """Compare once. What goes wrong in doing so leaves things as they are, held or not."""
        try:
            away = self._clock.jumped_by()
            if away or self._clock.held:
                await self._judge(away)
        except Exception:
            _log.exception("the clock could not be judged; trying again")

    async def _judge(self, away: timedelta) -> None:
        if away and self._clock.held is None:
            self._hold(f"the clock jumped by {away.total_seconds():+.0f} s, unconfirmed so far")
        stated = await self._ask()
        if isinstance(stated, Unknown):
            if not stated.answered:
                return
            stated = self._clock.shown()  # nothing speaks against it
        off = self._clock.shown() - stated
        if abs(off) > A_JUMP:
            self._hold(f"the clock is off by {off.total_seconds():+.0f} s from Telegram's")
            return
        self._clock.follow()
        await self._resumed()
        self._clock.held = None
        if away:
            _log.warning("the clock jumped by %+.0f s: confirmed, followed", away.total_seconds())

    def _hold(self, why: str) -> None:
        if self._clock.held != why:
            _log.error("nothing is sent: %s", why)
        self._clock.held = why
