"""B12: laying out a week, and how late reminders get while very many weeks are laid out."""

import asyncio
import random
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from statistics import median
from time import perf_counter

import sqlalchemy as sa

from benchmarks import population, program
from benchmarks.report import Row, Scale, against_limit
from habits import occasions
from habits.budget import Budget
from habits.clock import Clock
from habits.outcomes import Outcome, Sent
from habits.sending import Owed
from habits.storage import tables
from habits.storage.database import Database
from scheduler.dispatch import Dispatch
from scheduler.timetable import BATCH

A_WEDNESDAY, NEXT_MONDAY = datetime(2099, 1, 7, 12, tzinfo=UTC), date(2099, 1, 12)
"""From one to the other: exactly one week is to be laid out."""
FILLED = 10_000
"""Made one by one; beyond, they are copied."""
EXPECTED = 12_000
"""Commitments a second; over so long are the reminders strewn."""


def rows(scale: Scale = Scale.NORMAL) -> Iterable[Row]:
    """How many commitments a second, and the lateness of reminders meanwhile."""
    yield from asyncio.run(_by_itself(scale.pick(1_000, 30_000)))
    yield from asyncio.run(_meanwhile(scale.pick(2_000, 100_000, 1_000_000), scale.pick(5, 60)))


async def _by_itself(count: int) -> list[Row]:
    with program.a_folder() as folder:
        path = folder / "database"
        population.fill(path, [None] * count, laid_until=NEXT_MONDAY)
        with population.opened(path) as database:
            began = perf_counter()
            await _lay_out(database)
            rate = count / (perf_counter() - began)
            laid = await database.read(_with_an_occasion)
    what = f"commitments whose week is laid out, of {count:,}"
    return [
        Row("B12", what, rate, "/s", "at least 10,000 /s", rate / 10_000, 1, "higher"),
        against_limit("B12", f"of {count:,} commitments, left out", count - laid, "", 0),
    ]


async def _lay_out(database: Database) -> None:
    """As the timetable does it."""
    while await database.write(occasions.lay_out_due, A_WEDNESDAY, BATCH) == BATCH:
        pass


def _with_an_occasion(tx: sa.Connection) -> int:
    query = sa.select(sa.func.count(sa.distinct(tables.occasions.c.commitment_id)))
    return tx.scalars(query).one()


class Watching:
    """A courier that notes when each reminder came to it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.late: list[float] = []

    async def deliver(self, owed: Owed) -> Outcome:
        """Note it."""
        self.late.append((self._clock.now() - owed.due_at).total_seconds())
        return Sent(1)

    async def answers(self) -> bool:
        """It always does."""
        return True


async def _meanwhile(count: int, reminders: int) -> list[Row]:
    clock, chance = Clock(), random.Random(7)
    lasts = count / EXPECTED
    with program.a_folder() as folder:
        path = folder / "database"
        population.fill(path, [None] * min(count, FILLED), laid_until=NEXT_MONDAY)
        population.grow(path, count)
        first = clock.now() + timedelta(seconds=1)
        due = [first + timedelta(seconds=chance.uniform(0, lasts)) for _ in range(reminders)]
        population.fill(path, due, first=count + 1)
        with population.opened(path) as database:
            courier = Watching(clock)
            dispatch = Dispatch(database, clock, Budget(25), courier)
            running = asyncio.create_task(dispatch.run())
            await _lay_out(database)
            while len(courier.late) < reminders:
                await asyncio.sleep(0.1)
            dispatch.stop()
            await running
    what = f"lateness of {reminders} reminders while {count:,} commitments are laid out"
    return [
        against_limit("B12", f"{what}, median", median(courier.late) * 1000, "ms", 300),
        against_limit("B12", f"{what}, worst", max(courier.late) * 1000, "ms", 1000),
    ]
