"""B14: two processes claim and settle from one PostgreSQL, each against one that has it alone.

Twice as much is due where two take it. The server is the tests' own: it never waits for a disk.
"""

import asyncio
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context

import sqlalchemy as sa

from benchmarks import population
from benchmarks.report import Row, Scale, against_limit
from habits import sending, settling
from habits.outcomes import Sent
from habits.sending import LOOKED_AT
from habits.settling import Settlement
from habits.storage.database import Busy, Database, connect
from tests import postgres

LOADS_WITHIN = 4.0
"""Seconds after which both processes are there and begin at one instant."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What one process claimed and settled until nothing was due, and how often it was put off."""

    ids: list[int]
    seconds: float
    put_off: int

    @property
    def rate(self) -> float:
        """Messages a second."""
        return len(self.ids) / self.seconds


def rows(scale: Scale = Scale.NORMAL) -> Iterable[Row]:
    """One process with a database to itself, then two with one between them."""
    count = scale.pick(1_000, 10_000)
    with postgres.running() as server:
        alone, _ = _drained(server, 1, count)
        both, deadlocks = _drained(server, 2, count * 2)
    slower, least = min(each.rate for each in both), alone[0].rate
    what = "the slower of two processes on one PostgreSQL, against one alone"
    yield Row("B14", what, slower, "/s", least, slower / least, 0.8, "higher")
    claimed = [number for each in both for number in each.ids]
    what = f"of {count * 2:,} due to two processes"
    doubled = len(claimed) - len(set(claimed))
    yield against_limit("B14", f"{what}, doubled", doubled, "", 0)
    yield against_limit("B14", f"{what}, lost", count * 2 - len(set(claimed)), "", 0)
    errors = deadlocks + sum(each.put_off for each in both)
    yield against_limit("B14", f"{what}, deadlocks and locks not had in time", errors, "", 0)


def _drained(server: postgres.Server, processes: int, count: int) -> tuple[list[Drained], int]:
    """What each process did; and how many deadlocks PostgreSQL counted."""
    url, now = server.create(), datetime.now(UTC)
    population.fill_at(url, [now] * count)
    address, begins = url.render_as_string(hide_password=False), time.time() + LOADS_WITHIN
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        under_way = [pool.submit(_drain, address, now, begins) for _ in range(processes)]
        found = [each.result() for each in under_way]
    counted = "SELECT deadlocks FROM pg_stat_database WHERE datname = '{}'"
    deadlocks = server.run(counted.format(url.database))[0][0]
    server.drop(url)
    return found, deadlocks


def _drain(address: str, now: datetime, begins: float) -> Drained:
    """In a process of its own."""
    with closing(connect(sa.make_url(address))) as database:
        return asyncio.run(_until_nothing_is_due(database, now, begins))


async def _until_nothing_is_due(database: Database, now: datetime, begins: float) -> Drained:
    await asyncio.sleep(begins - time.time())
    ids: list[int] = []
    put_off, began = 0, time.perf_counter()
    while True:
        try:
            claimed = await database.write(sending.claim, now, LOOKED_AT)
            settled = [Settlement(owed, Sent(1), now) for owed in claimed]
            await database.write(settling.settle, settled)
        except Busy:
            put_off += 1
            continue
        if not claimed:
            return Drained(ids, time.perf_counter() - began, put_off)
        ids += [owed.id for owed in claimed]
