"""The send budget: so many messages a second leave, answers to people first.

Here that of a process which has the bot to itself; where several share it, what they may send
is handed out by the database: habits/shared_budget.py.
"""

import asyncio
import heapq
import itertools
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar

from habits.clock import boottime

BURST = 5
ON_THE_WAY = 0.1
"""Seconds by which a message may be later on its way than another one, on a busy machine."""
CATCHES_UP = 0.1
"""Seconds of sending that a quiet while earns, where that is more than a burst."""
LOOKS_AGAIN = 0.004
"""Seconds at least between two looks at who may leave; at high rates a few leave at each."""

reminding: ContextVar[bool] = ContextVar("reminding", default=False)
"""Set in the task that delivers a claimed message; everything else is an answer to somebody."""


def held_up(rate: float) -> float:
    """Seconds on the way that the five beside the rate pay for; above 30 a second fewer."""
    return min(ON_THE_WAY, (BURST - 2) / rate)


class Budget:
    """The send budget of this process: `rate` messages a second, in any second at most rate + 5.

    That is so where they arrive: the second is counted with what may be held up on its way.
    Whoever sends waits for a token; answers to people get theirs first, reminders in their
    order after them. Counted on a clock that nobody can step. held_for: seconds, all in all.
    """

    def __init__(self, rate: float, seconds: Callable[[], float] = boottime) -> None:
        self.rate = rate
        self._seconds = seconds
        self._tokens = 0.0  # a restart brings no burst of its own
        self._most = max(float(BURST), rate * CATCHES_UP)
        self._second = 1 + held_up(rate)
        self._left: deque[float] = deque()
        self._at = seconds()
        self._held_until = 0.0
        self.held_for = 0.0
        self._waiting: list[tuple[bool, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    async def token(self) -> None:
        """Wait until one more message may leave."""
        if not self._waiting:
            self._fill()  # a quiet while earns a small burst and no more
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (reminding.get(), next(self._numbers), turn))
        self._release()
        await turn

    def close(self) -> None:
        """Let nothing more leave."""
        if self._timer is not None:
            self._timer.cancel()

    def hold(self, seconds: float) -> None:
        """Let nothing leave for a while: Telegram asked the whole bot to wait."""
        at = self._seconds()
        until = max(self._held_until, at + seconds)
        self.held_for += until - max(self._held_until, at)
        self._held_until = until

    @property
    def holds_for(self) -> float:
        """Seconds for which everything waits."""
        return max(0.0, self._held_until - self._seconds())

    @property
    def held(self) -> bool:
        """Whether everything waits."""
        return self.holds_for > 0

    @property
    def waiting(self) -> int:
        """How many messages wait for a token."""
        return len(self._waiting)

    @property
    def answering(self) -> bool:
        """Whether answers are waiting; what is claimed now would wait behind them."""
        return bool(self._waiting) and not self._waiting[0][0]

    def _release(self) -> None:
        wait = self._held_until - self._seconds()
        self._fill()
        while wait <= 0 and self._waiting and self._may_leave():
            turn = heapq.heappop(self._waiting)[-1]
            if not turn.done():  # it may have been cancelled while it waited
                self._spend()
                turn.set_result(None)
        if self._waiting and self._timer is None:
            wait = max(wait, self._next_in(), LOOKS_AGAIN)
            self._timer = asyncio.get_running_loop().call_later(wait, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._release()

    def _fill(self) -> None:
        """What a machine that stood still kept from those who waited is made up for.

        A pause that was asked for earns nothing.
        """
        at = self._seconds()
        earned = max(0.0, at - max(self._at, self._held_until)) * self.rate
        most = max(self._most, self.rate) if self._waiting else self._most
        self._tokens = min(most, self._tokens + earned)
        self._at = at
        while self._left and self._left[0] <= at - self._second:
            self._left.popleft()

    def _spend(self) -> None:
        self._tokens -= 1
        self._left.append(self._at)

    def _next_in(self) -> float:
        """After how many seconds to look again."""
        return (1 - self._tokens) / self.rate

    def _may_leave(self) -> bool:
        """Whether there is a token, and the second that ends now has room for one more."""
        return self._tokens >= 1 and len(self._left) < self.rate + BURST
