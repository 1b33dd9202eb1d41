"""From due to sent: claim (commit), deliver (no transaction open), settle (if the epoch holds).

It asks the database what is due and sleeps on monotonic time, so that no step of the wall clock
makes it miss a turn. Due means `<= now`.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from habits import marks, outages, sending, settling
from habits.budget import Budget, reminding
from habits.clock import Clock, boottime
from habits.ledger import reason_named
from habits.marks import following
from habits.outcomes import Crashed, NotSent, Outcome, Sent, Unsure
from habits.sending import LEASE, Owed
from habits.settling import Settlement
from habits.storage.database import Busy, Database

LOOKS_EVERY = 1.0
CLAIM_LASTS = 30.0
"""Seconds after which a claim is not acted upon any more: half the lease."""
REAPS_EVERY = 10.0
REAPS_AFTER_TROUBLE = 15.0
EXPIRES_EVERY = 5.0
AT_ONCE = 500
"""Messages set aside in one transaction."""
LONGEST_PAUSE = 5.0
LAST_CALLS = 10.0
"""Seconds that calls under way are given when we are asked to stop."""
MOST_AT_ONCE = 50
LEAST_AT_ONCE = 0.25
"""The part of all slots that has to be free before more is claimed: a claim costs a commit."""
BUSY_LOOP, ENOUGH = 0.01, 20
"""Seconds that the loop lags behind, after which no more than these are put under way: more would
only wait in it, and whoever presses a button with them."""
BEGUN_AT_ONCE = 10
"""Messages begun before the loop turns to others, who may have pressed a button."""
SETTLES_TOGETHER = 0.02
"""Seconds that a settlement waits for others to share its commit."""
SLOT_FREE_IN = 0.01
"""Seconds after which one of the messages under way may have been settled."""
CHAT_FREE_IN = 0.2
"""Seconds to wait where all that is due waits for its chat."""

_log = logging.getLogger(__name__)


class Courier(Protocol):
    """Whoever can deliver a message."""

    async def deliver(self, owed: Owed) -> Outcome:
        """Send one message and say what became of it."""

    async def answers(self) -> bool:
        """Whether the other side answers at all; asked before something is sent again."""


class Dispatch:
    """The loop that sends what is due.

    settled: told of each message whose end has been written down.
    """

    def __init__(self, database: Database, clock: Clock, budget: Budget, courier: Courier) -> None:
        self._database = database
        self._clock = clock
        self._budget = budget
        self._courier = courier
        self.settled: Callable[[Settlement], None] | None = None
        self._at_once = max(4, int(budget.rate / 5))
        self._under_way: set[asyncio.Task[None]] = set()
        self._settlements: asyncio.Queue[Settlement] = asyncio.Queue()
        self._held: set[tuple[int, int]] = set()
        self._claiming = False
        self._stopping = False
        self._woken = asyncio.Event()
        self._lag = 0.0
        self._reap_at = 0.0
        self._expire_at = 0.0
        self._worked_at = boottime()
        self._beat_at = 0.0
        self.looked_at = boottime()

    async def run(self) -> None:
        """Send what is due until asked to stop; then finish what is under way."""
        self._worked_at = boottime()
        writing = asyncio.create_task(self._settle_all())
        failures = 0
        while not self._stopping:
            try:
                pause = await self._round()
                failures = 0
            except Exception as error:
                failures = min(failures + 1, 10)
                pause = min(LONGEST_PAUSE, 0.2 * 2**failures)
                self._reap_at = boottime() + REAPS_AFTER_TROUBLE
                _log_failure(error, "a round of sending failed; the next one in %.1f s", pause)
            await self._sleep(pause)
        await self._last_calls()
        writing.cancel()

    def stop(self) -> None:
        """Claim nothing more; `run` returns when everything under way is settled."""
        self._stopping = True
        self.wake()

    def wake(self) -> None:
        """Look at once what is due: the clock was moved."""
        self._woken.set()

    async def idle(self) -> None:
        """Wait until nothing that is due is left to send."""
        while await self._due_in() <= 0 or self._claiming or self._held:
            await asyncio.sleep(0.02)

    async def _sleep(self, seconds: float) -> None:
        began = boottime()
        try:
            await asyncio.wait_for(self._woken.wait(), seconds)
        except TimeoutError:
            self._lag = boottime() - began - seconds
        else:
            self._woken.clear()

    async def _round(self) -> float:
        """Send what is due now; says after how many seconds to look again."""
        self.looked_at = boottime()
        await self._reap()
        due_in = await self._due_in()  # the database answers, so we are there
        await self._notice_absence()
        if self._clock.held:
            return LOOKS_EVERY
        if due_in > 0:
            return min(LOOKS_EVERY, due_in)
        await self._expire()
        if self._lag > BUSY_LOOP and len(self._held) > ENOUGH:
            return SLOT_FREE_IN
        free = self._at_once - len(self._held)
        if free < max(1, int(self._at_once * LEAST_AT_ONCE)):
            return SLOT_FREE_IN
        if self._budget.held or self._budget.answering:
            return SLOT_FREE_IN
        claimed = await self._claim(min(free, MOST_AT_ONCE))
        return SLOT_FREE_IN if claimed else CHAT_FREE_IN

    async def _claim(self, most: int) -> list[Owed]:
        self._claiming = True
        try:
            claimed = await self._database.write(sending.claim, self._clock.now(), most)
            for number, owed in enumerate(claimed, 1):
                self._start(owed)
                if number % BEGUN_AT_ONCE == 0:
                    await asyncio.sleep(0)
        finally:
            self._claiming = False
        return claimed

    async def _due_in(self) -> float:
        due = await self._database.read(sending.due_next)
        return LOOKS_EVERY if due is None else (due - self._clock.now()).total_seconds()

    async def _reap(self) -> None:
        """Free what others left; ours may have outlasted its lease while we or a disk stood still.

        We are still to be told, or to write down, what became of it: sending it again would
        double it.
        """
        if boottime() < self._reap_at:
            return
        self._reap_at = boottime() + REAPS_EVERY
        held = [number for number, _ in self._held]
        if freed := await self._database.write(settling.reap, self._clock.now(), held):
            _log.warning("%d messages were claimed and never settled; they go out again", freed)

    async def beat(self) -> None:
        """Note that we are there; where we were away until now, the outage.

        The heart is beaten here and nowhere else, so that no beat hides what is still to be noted.
        """
        away, now = self._away(), self._clock.now()
        if away <= outages.AN_OUTAGE:
            await self._database.write(outages.beat, now)
        elif await self._database.write(outages.absent, now, away):
            _log.warning("we were away for %d minutes", away.total_seconds() // 60)
        self._worked_at = boottime()
        self._beat_at = boottime() + outages.BEATS_EVERY.total_seconds()

    async def _notice_absence(self) -> None:
        """A suspended machine or a database out of reach is an outage, before anything leaves."""
        away = self._away() > outages.AN_OUTAGE
        if self._clock.held and away:
            return  # it is told once the time is certain
        if away or (not self._clock.held and boottime() >= self._beat_at):
            await self.beat()
        self._worked_at = boottime()

    def _away(self) -> timedelta:
        return timedelta(seconds=boottime() - self._worked_at)

    async def _expire(self) -> None:
        if boottime() < self._expire_at:
            return
        while count := await self._database.write(outages.expire, self._clock.now(), AT_ONCE):
            _log.warning("%d messages were too late to be worth sending", count)
        self._expire_at = boottime() + EXPIRES_EVERY

    def _start(self, owed: Owed) -> None:
        self._held.add((owed.id, owed.epoch))
        task = asyncio.create_task(self._deliver(owed))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _deliver(self, owed: Owed) -> None:
        reminding.set(True)  # in this task's own context
        following.set(_mark(owed))
        marks.tell(_mark(owed), "claimed")
        try:
            outcome = await self._outcome(owed)
        except asyncio.CancelledError:
            outcome = Unsure("cut off when we stopped")
        except Exception as error:
            _log.exception("a message could not be written")
            outcome = Crashed(type(error).__name__)
        self._settlements.put_nowait(Settlement(owed, outcome, self._clock.now()))

    async def _outcome(self, owed: Owed) -> Outcome:
        if owed.maybe_sent and not await self._courier.answers():
            return NotSent("no answer to the probe")
        if boottime() - owed.claimed_at > CLAIM_LASTS:
            return NotSent("the claim had grown old")
        return await self._courier.deliver(owed)

    async def _settle_all(self) -> None:
        while True:
            batch = [await self._settlements.get()]
            await asyncio.sleep(SETTLES_TOGETHER)
            while not self._settlements.empty():
                batch.append(self._settlements.get_nowait())
            await self._settle(batch)
            self._held -= {(each.owed.id, each.owed.epoch) for each in batch}

    async def _settle(self, batch: list[Settlement]) -> None:
        """Write it down, one by one where one of them may be to blame."""
        try:
            held = await self._database.write(settling.settle, batch)
        except Exception as error:
            _log_failure(error, "%d deliveries are not settled yet; trying again", len(batch))
            await asyncio.gather(*(self._insist(each) for each in batch))
        else:
            self._tell(batch, held)

    def _tell(self, batch: list[Settlement], held: list[Settlement]) -> None:
        """Of what another process has claimed meanwhile, that one tells the end."""
        for each in held:
            marks.tell(_mark(each.owed), _ended(each), ends=True)
            if self.settled is not None:
                self.settled(each)
        for each in batch if len(held) < len(batch) else ():
            if each not in held:
                late = f"{_ended(each)}, after another had claimed it"
                marks.tell(_mark(each.owed), late, ends=True)

    async def _insist(self, settlement: Settlement) -> None:
        """Try for as long as the database is away; what it refuses is left to the reaper."""
        pause, about = 0.1, {"delivery": _mark(settlement.owed)}
        while True:
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)
            try:
                held = await self._database.write(settling.settle, [settlement])
            except Busy as busy:
                _log.warning("not settled yet: %s", busy, extra=about)
            except Exception:
                if boottime() - settlement.owed.claimed_at > LEASE:
                    _log.exception("cannot be settled", extra=about)
                    return
            else:
                self._tell([settlement], held)
                return

    async def _last_calls(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LAST_CALLS)
        for task in self._under_way:
            task.cancel()
        deadline = boottime() + 3.0
        while self._held and boottime() < deadline:
            await asyncio.sleep(0.01)


def _log_failure(error: Exception, what: str, *details: object) -> None:
    """In one line where the database says why; with the way there where we may be to blame."""
    if isinstance(error, Busy):
        _log.warning(what + ": %s", *details, error)
    else:
        _log.error(what, *details, exc_info=error)


def _mark(owed: Owed) -> str:
    return marks.mark_of(owed.turn.id if owed.turn else None, owed.kind, owed.round, owed.id)


def _ended(settlement: Settlement) -> str:
    """How one delivery ended, in words of ours."""
    outcome, due_at = settlement.outcome, settlement.owed.due_at
    if isinstance(outcome, Sent):
        return f"sent, {(settlement.at - due_at).total_seconds():.1f} s after its time"
    why = reason_named(getattr(outcome, "why", None))
    return f"settled as {type(outcome).__name__}{f': {why}' if why else ''}"
