"""B3: claim, deliver and settle with the network left out, against one job per reminder.

10,000 are due at one instant. Ours are rows in SQLite, taken in the batches that the sender
takes; the peers hold one APScheduler job a reminder and start a moment after they fell due, as
after any restart. A courier that returns at once stands in for Telegram on all sides.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

import sqlalchemy as sa
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from telegram.ext import Application, ApplicationBuilder

from benchmarks import population, program
from benchmarks.report import Row, Scale, against_limit
from habits import sending, settling
from habits.outcomes import Sent
from habits.sending import LOOKED_AT
from habits.settling import Settlement
from habits.storage.tables import deliveries

LATE = timedelta(seconds=3)
"""Past the one second of grace that APScheduler gives by default."""


@dataclass(frozen=True, slots=True)
class Done:
    """seconds: until all were delivered or given up. fired: how many were delivered."""

    seconds: float
    fired: int


def rows(scale: Scale = Scale.NORMAL) -> Iterable[Row]:
    """Ours and three peers, each with all of them due at once."""
    count = scale.pick(200, 10_000)
    mine = asyncio.run(ours(count))
    yield against_limit("B3", f"of {count:,} due at once, lost by us", count - mine.fired, "", 0)
    peers: tuple[tuple[str, float, Callable[[int], Awaitable[Done]]], ...] = (
        ("APScheduler's SQLAlchemyJobStore", 40, job_store),
        ("the job store with WAL and no grace time", 10, job_store_at_its_best),
    )
    logging.disable(logging.WARNING)  # each job that is given up would say so
    for name, limit, peer in peers:
        theirs = asyncio.run(_measured(peer, count))
        what = (
            f"claim, deliver, settle {count:,} against {name}, which lost {count - theirs.fired:,}"
        )
        rate, other = count / mine.seconds, count / theirs.seconds
        yield Row("B3", what, rate, "/s", other, rate / other, limit, "higher")
    theirs = asyncio.run(_measured(job_queue, count))
    logging.disable(logging.NOTSET)
    what = f"of {count:,} due at once, lost by us and by PTB's JobQueue"
    lost = count - mine.fired
    yield Row("B3", what, lost, "", count - theirs.fired, float(lost), 0, "lower")


async def _measured(peer: Callable[[int], Awaitable[Done]], count: int) -> Done:
    return await peer(count)


async def ours(count: int) -> Done:
    """Until nothing is due any more."""
    with program.a_folder() as folder:
        path, now = folder / "database", datetime.now(UTC)
        population.fill(path, [now] * count)
        with population.opened(path) as database:
            began = perf_counter()
            while claimed := await database.write(sending.claim, now, LOOKED_AT):
                settled = [Settlement(owed, Sent(1), now) for owed in claimed]
                await database.write(settling.settle, settled)
            took = perf_counter() - began
            return Done(took, await database.read(_sent))


def _sent(tx: sa.Connection) -> int:
    query = sa.select(sa.func.count()).where(
        deliveries.c.state == "sent", deliveries.c.kind == "go"
    )
    return tx.scalars(query).one()


fired: list[int] = []


async def deliver(number: int) -> None:
    """What a peer's job does; it is found by its name, so it stands in the module."""
    fired.append(number)


async def job_store(count: int) -> Done:
    """As it comes: SQLite's default journal, one second of grace."""
    with program.a_folder() as folder:
        engine = sa.create_engine(population.url_of(folder / "jobs"))
        return await _fire(_in_store(engine), count)


async def job_store_at_its_best(count: int) -> Done:
    """WAL, and no reminder given up for being late."""
    with program.a_folder() as folder:
        engine = sa.create_engine(population.url_of(folder / "jobs"))
        sa.event.listen(engine, "connect", _use_wal)
        return await _fire(_in_store(engine), count, misfire_grace_time=None)


def _use_wal(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")


def _in_store(engine: sa.Engine) -> AsyncIOScheduler:
    store = SQLAlchemyJobStore(engine=engine)
    return AsyncIOScheduler(jobstores={"default": store}, timezone=UTC)


async def _fire(scheduler: AsyncIOScheduler, count: int, **options: Any) -> Done:
    fired.clear()
    due = datetime.now(UTC) - LATE
    scheduler.start(paused=True)
    for number in range(count):
        # weekly, as a reminder is; the job then stays and has to be moved on
        scheduler.add_job(
            deliver,
            "interval",
            weeks=1,
            start_date=due,
            args=(number,),
            next_run_time=due,
            **options,
        )
    began = perf_counter()
    scheduler.resume()
    await _all_moved_on(scheduler)
    took = perf_counter() - began
    scheduler.shutdown(wait=False)
    return Done(took, len(fired))


async def _all_moved_on(scheduler: AsyncIOScheduler) -> None:
    """Until no job is due any more and what was started has run."""
    await asyncio.sleep(0)
    store = scheduler._lookup_jobstore("default")
    while store.get_next_run_time() <= datetime.now(UTC):
        await asyncio.sleep(0.01)
    await asyncio.sleep(0)


async def job_queue(count: int) -> Done:
    """PTB's run_daily as its documentation shows it; its jobs live in memory only."""
    application: Application[Any, Any, Any, Any, Any, Any] = (
        ApplicationBuilder().token("1000:benchmark").build()
    )
    assert application.job_queue is not None
    fired.clear()
    scheduler = application.job_queue.scheduler
    scheduler.start(paused=True)
    due = datetime.now(UTC) - LATE
    for number in range(count):
        job = application.job_queue.run_repeating(_job, timedelta(weeks=1), data=number)
        job.job.modify(next_run_time=due)
    began = perf_counter()
    scheduler.resume()
    await _all_moved_on(scheduler)
    took = perf_counter() - began
    scheduler.shutdown(wait=False)
    return Done(took, len(fired))


async def _job(context: Any) -> None:
    fired.append(context.job.data)
