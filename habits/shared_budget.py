"""The send budget of a bot with several processes, as one of them sees it."""

import asyncio
import logging
from collections import deque

from habits import shares
from habits.budget import LOOKS_AGAIN, Budget
from habits.clock import Clock, boottime
from habits.shares import ANSWERS_AHEAD, REMINDERS_AHEAD, Share
from habits.storage.database import Busy, Database

ASKS_AGAIN = 0.5
"""Seconds after which the database is asked again when it did not answer."""

_log = logging.getLogger(__name__)


class SharedBudget(Budget):
    """Lets out at the moments that the database hands out, asked for while somebody waits.

    In any second the processes of a bot send rate + 5 at most between them. A pause that any of
    them was asked for is heard of with the next share, a fraction of a second later.
    """

    def __init__(self, rate: float, database: Database, clock: Clock) -> None:
        super().__init__(rate)
        self._database = database
        self._clock = clock
        self._moments: deque[tuple[float, float]] = deque()  # from when until when, in boottime
        self._asking: asyncio.Task[None] | None = None

    def close(self) -> None:
        """Let nothing more leave, and ask for nothing more."""
        super().close()
        if self._asking is not None:
            self._asking.cancel()

    def _fill(self) -> None:
        while self._moments and self._moments[0][1] < boottime():
            self._moments.popleft()
        if len(self._moments) < len(self._waiting) and self._asking is None:
            self._asking = asyncio.create_task(self._ask())

    def _may_leave(self) -> bool:
        return bool(self._moments) and self._moments[0][0] <= boottime()

    def _spend(self) -> None:
        self._moments.popleft()

    def _next_in(self) -> float:
        return self._moments[0][0] - boottime() if self._moments else shares.SHARE

    async def _ask(self) -> None:
        try:
            while (wanted := len(self._waiting) - len(self._moments)) > 0:
                pause = await self._ask_once(wanted)
                await asyncio.sleep(pause)
        finally:
            self._asking = None

    async def _ask_once(self, wanted: int) -> float:
        """Ask for a share; gives the seconds after which to ask for another one."""
        asked_at, now = boottime(), self._clock.now()
        ahead = ANSWERS_AHEAD if self.answering else REMINDERS_AHEAD
        try:
            share = await self._database.write(shares.take, now, self.rate, wanted, ahead)
        except Busy as error:
            _log.warning("nothing leaves, the send budget cannot be asked: %s", error)
            return ASKS_AGAIN
        self._keep(share, asked_at)
        return 0.0 if share.count else max(LOOKS_AGAIN, share.begins_in)

    def _keep(self, share: Share, asked_at: float) -> None:
        """When the database looked at its clock lies between our asking and now."""
        if share.paused:
            self.hold(share.paused)
        heard_at = boottime()
        for number in range(share.count):
            begins = share.begins_in + number / shares.slots_a_second(self.rate)
            ends = asked_at + begins + shares.lasts(self.rate)
            self._moments.append((heard_at + begins, ends))
        if share.count:
            self._look_now()

    def _look_now(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._release()
