"""Everything that happens by the calendar, where an hour late does no harm.

APScheduler keeps the hours; what is due to a person is never one of its jobs.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from habits import cards, inbox, monthly, new_zones, notices, occasions, outages, retention, weeks
from habits.clock import Clock, boottime, system_time
from habits.erasures import Erasures
from habits.storage.database import Busy, Database, Tx

BATCH = 500
CARDS = 50
"""People whose month is looked through in one go."""

_log = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]
BackUp = Callable[[datetime], object]
SomeOf = Callable[..., int]
"""A use case for as many as are due, or for one commitment or person alone."""
WhoseOf = Callable[[Tx, datetime], list[int]]

LATER = ("new zones", "retention", "monthly exports", "monthly cards")
LATER_BY = timedelta(minutes=1)
"""After the start: what looks through all there is takes a while, as a backup does, and people
wait for the first poll."""
AGAIN_IN = timedelta(seconds=30)
"""After a job has failed, if it would not come round sooner anyway; then twice as long each time:
what fails for hours, as a backup does on a full disk, is no load of its own."""
MOST_DOUBLED = 12
"""Times; longer than any job's own hours by then."""
PAGE = 10_000
"""Deliveries that are looked through in one transaction, for what may go."""


class Timetable:
    """Lays out, settles weeks and cleans up; each job also on request."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        back_up: BackUp | None = None,
        erasures: Erasures | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._erasures = erasures
        self._back_up = back_up
        self._calendar = AsyncIOScheduler(timezone=UTC)
        self.jobs: Mapping[str, tuple[timedelta, Job]] = {
            "new zones": (timedelta(hours=24), self._follow_zones),
            "lay out": (timedelta(hours=1), self._lay_out),
            "settle weeks": (timedelta(minutes=15), self._settle_weeks),
            "old updates": (timedelta(hours=24), self._forget_updates),
            "retention": (timedelta(hours=24), self._forget),
            "monthly exports": (timedelta(hours=1), self._owe_exports),
            "monthly cards": (timedelta(minutes=2), self._owe_cards),
        }
        self.done_at: dict[str, float] = {}
        self._failures: Counter[str] = Counter()

    @property
    def backs_up(self) -> bool:
        """Whether a backup is taken each day."""
        return self._back_up is not None

    @property
    def running(self) -> bool:
        """Whether the hours are being kept."""
        return bool(self._calendar.running)

    async def start(self) -> None:
        """Do once what people wait for, then keep to the hours."""
        for name, (every, job) in self.jobs.items():
            self._keep(name, every, job, LATER_BY if name in LATER else every)
        if self._back_up is not None:
            self._keep("backup", timedelta(hours=1), self.back_up, LATER_BY)
        for name, (_, job) in self.jobs.items():
            if name not in LATER:
                await self._run(name, job)
        self._calendar.start()

    def _keep(self, name: str, every: timedelta, job: Job, first_in: timedelta) -> None:
        self._calendar.add_job(
            self._run,
            IntervalTrigger(seconds=int(every.total_seconds()), timezone=UTC),
            args=(name, job),
            id=name,
            next_run_time=system_time() + first_in,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )

    def stop(self) -> None:
        """Begin nothing more."""
        if self._calendar.running:
            self._calendar.shutdown(wait=False)

    async def catch_up(self) -> None:
        """After a followed jump of the clock: the hours counted anew, and everything now."""
        if self._calendar.running:
            self._count_anew()
        for name, (_, job) in self.jobs.items():
            await self._run(name, job)

    def _count_anew(self) -> None:
        for name, (every, _) in self.jobs.items():
            self._calendar.reschedule_job(
                name,
                trigger=IntervalTrigger(seconds=int(every.total_seconds()), timezone=UTC),
            )
        if self.backs_up:  # the day may be another one now
            self._calendar.modify_job("backup", next_run_time=system_time() + LATER_BY)

    async def _run(self, name: str, job: Job) -> None:
        try:
            await job()
        except Exception:
            _log.exception("%s failed; it comes round again", name)
            self._soon_again(name)
        else:
            self.done_at[name] = boottime()
            del self._failures[name]

    def _soon_again(self, name: str) -> None:
        job = self._calendar.get_job(name)
        soon = system_time() + AGAIN_IN * 2 ** min(self._failures[name], MOST_DOUBLED)
        self._failures[name] += 1
        if job is not None and (job.next_run_time is None or job.next_run_time > soon):
            self._calendar.modify_job(name, next_run_time=soon)

    async def _follow_zones(self) -> None:
        """Once, after the first start with a new tzdata; an unreadable row holds up no other."""
        if await self._database.read(new_zones.are_followed):
            return
        concerned = await self._database.read(new_zones.concerned)
        for start in range(0, len(concerned), BATCH):
            some = concerned[start : start + BATCH]
            try:
                some = await self._database.read(new_zones.misplaced, some, self._now())
            except Busy:
                raise
            except Exception:
                _log.exception("time zones are looked at one by one")
            for each in some:
                what = "put by the new time zones"
                await self._for_one(f"commitment {each}", what, new_zones.put_right, each)
        await self._database.write(new_zones.follow)

    async def _lay_out(self) -> None:
        await self._for_everybody("laid out", occasions.lay_out_due, occasions.short_of_weeks)

    async def _settle_weeks(self) -> None:
        """What we failed to send is excused first: no week is settled as missed by our fault."""
        while await self._database.write(outages.expire, self._now(), BATCH) == BATCH:
            pass
        await self._for_everybody("settled", weeks.settle_due, weeks.unsettled)

    async def _for_everybody(self, done: str, some: SomeOf, whose: WhoseOf) -> None:
        """Many at once; where somebody's rows make that fail, each commitment by itself."""
        try:
            while await self._database.write(some, self._now(), BATCH) == BATCH:
                pass
        except Busy:
            raise  # nobody's rows are to blame
        except Exception:
            for each in await self._database.read(whose, self._now()):
                if not await self._for_one(f"commitment {each}", done, some, each):
                    await self._tell_stuck(each)

    async def _for_one(self, whom: str, done: str, some: SomeOf, only: int) -> bool:
        """Whether it was done."""
        try:
            await self._database.write(some, self._now(), BATCH, only)
        except Busy:
            raise
        except Exception:
            _log.exception("%s is not %s; it comes round again", whom, done)
            return False
        return True

    async def _tell_stuck(self, commitment_id: int) -> None:
        try:
            await self._database.write(notices.tell_stuck, commitment_id, self._now())
        except Exception:
            _log.exception("nobody can be told of commitment %d", commitment_id)

    async def _owe_exports(self) -> None:
        while await self._database.write(monthly.owe_due, self._now(), BATCH) == BATCH:
            pass

    async def _owe_cards(self) -> None:
        """A few at a time: each takes a look at a whole life, and nobody waits for it."""
        try:
            await self._database.write(cards.owe_due, self._now(), CARDS)
        except Busy:
            raise
        except Exception:
            for person_id in await self._database.read(cards.due, self._now(), CARDS):
                await self._for_one(f"person {person_id}", "given a card", cards.owe_due, person_id)

    async def _forget_updates(self) -> None:
        await self._database.write(inbox.forget_old, self._now())

    async def _forget(self) -> None:
        await self._database.write(retention.forget_old, self._now())
        last: int | None = 0
        while last is not None:
            last = await self._database.write(retention.forget_deliveries, self._now(), last, PAGE)
        if self._erasures is not None:
            await asyncio.to_thread(self._erasures.forget_old, self._now())

    async def back_up(self) -> None:
        """The day's backup, unless it is there; beside everything else, since it may take long."""
        assert self._back_up is not None
        await asyncio.to_thread(self._back_up, self._now())

    def _now(self) -> datetime:
        return self._clock.now()
