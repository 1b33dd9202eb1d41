"""B7: what ten and a hundred times as many commitments cost: every kind of work, memory, disk."""

import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from benchmarks import population, program
from benchmarks.laying_out import A_WEDNESDAY, NEXT_MONDAY
from benchmarks.report import Row, Scale, against_limit
from benchmarks.server import serving
from habits import check_ins, occasions, sending
from habits.storage.database import sqlite_engine
from habits.storage.tables import commitments, deliveries

DUE = 500
REPEATED = 200
SETTLED_DOWN = 3.0
"""Seconds after which a start's own work is done."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that each kind of work takes, and the start; megabytes while running and on disk.

    commitments: how many there are. idle: an idle round's query. due: a query of 500 due.
    lay_out: 500 commitments' week.
    """

    commitments: int
    idle: float
    due: float
    check_in: float
    lay_out: float
    start: float
    memory: float
    disk: float


def rows(scale: Scale = Scale.NORMAL) -> Iterable[Row]:
    """The same database small, grown, and grown again."""
    small = scale.pick(1_000, 10_000)
    sizes = scale.pick((20_000,), (100_000, 1_000_000))
    with program.a_folder() as folder:
        soon = datetime.now(UTC) + timedelta(days=2)
        never = [soon + timedelta(seconds=number) for number in range(small)]
        population.fill(program.database_in(folder), never)
        before = _measured(folder, small)
        for size in sizes:
            yield from _grown(before, _measured(folder, size))


def _measured(folder: Path, size: int) -> Cost:
    """In a copy that has grown: to measure leaves traces."""
    with program.a_folder() as copy:
        shutil.copytree(folder, copy, dirs_exist_ok=True)
        population.grow(program.database_in(copy), size)
        return _cost(copy, size)


def _grown(before: Cost, after: Cost) -> Iterable[Row]:
    grown = f"from {before.commitments:,} to {after.commitments:,} commitments"
    yield _row(f"an idle round, {grown}", before.idle, after.idle, 1.5)
    yield _row(f"reading {DUE} due, {grown}", before.due, after.due, 3)
    yield _row(f"one check-in, {grown}", before.check_in, after.check_in, 1.5)
    yield _row(f"laying out {DUE} weeks, {grown}", before.lay_out, after.lay_out, 1.5)
    what, ratio = f"a start, until it runs, {grown}", after.start / before.start
    yield Row("B7", what, after.start, "s", before.start, ratio, 1.5, "lower")
    more = after.memory - before.memory
    yield against_limit("B7", f"more memory, {grown}", more, "MB", 25)
    before_each, each = (cost.disk * 1e6 / cost.commitments for cost in (before, after))
    what = f"disk for each commitment with its reminder, {grown}"
    yield Row("B7", what, each, "bytes", before_each, each / before_each, 1.5, "lower")


def _row(what: str, before: float, after: float, limit: float) -> Row:
    return Row("B7", what, after * 1e6, "µs", before * 1e6, after / before, limit, "lower")


def _cost(folder: Path, size: int) -> Cost:
    path = program.database_in(folder)
    start, memory = _started(folder)
    engine = sqlite_engine(population.url_of(path), "BEGIN IMMEDIATE")
    now = datetime.now(UTC)
    idle = _time(engine, sending.due_next)
    _make_due(engine, now)
    due = _time(engine, lambda tx: tx.execute(sending.DUE, _asked(tx, now)).all())
    check_in = _time(engine, lambda tx: check_ins.did_it(tx, population.person(1), 1, now))
    _make_short(engine)
    lay_out = _time(engine, lambda tx: occasions.lay_out_due(tx, A_WEDNESDAY, DUE), REPEATED // 10)
    engine.dispose()
    disk = path.stat().st_size / 1e6
    return Cost(size, idle, due, check_in, lay_out, start, memory, disk)


def _asked(tx: sa.Connection, now: datetime) -> dict[str, Any]:
    return {"now": now, "moment": now, "at": sending.ticks(tx), "most": DUE}


def _started(folder: Path) -> tuple[float, float]:
    with serving(latency=0) as server:
        began = perf_counter()
        with program.running(server.address, folder) as running:
            took = perf_counter() - began
            time.sleep(SETTLED_DOWN)
            return took, running.memory


def _time(
    engine: sa.Engine, work: Callable[[sa.Connection], object], times: int = REPEATED
) -> float:
    """The median of many; nothing is kept."""
    took = []
    for _ in range(times):
        with engine.connect() as tx, tx.begin() as transaction:
            began = perf_counter()
            work(tx)
            took.append(perf_counter() - began)
            transaction.rollback()
    return median(took)


def _make_due(engine: sa.Engine, now: datetime) -> None:
    """500 reminders somewhere in the table fall due."""
    with engine.begin() as tx:
        most = tx.scalars(sa.select(sa.func.max(deliveries.c.id))).one()
        ids = range(1, most, max(1, most // DUE))[:DUE]
        tx.execute(
            sa.update(deliveries)
            .where(deliveries.c.id.in_(list(ids)))
            .values(next_attempt_at=now - timedelta(seconds=1))
        )


def _make_short(engine: sa.Engine) -> None:
    """Of 500 commitments one week is to be laid out, on a Wednesday far ahead."""
    with engine.begin() as tx:
        short = sa.update(commitments).where(commitments.c.id <= DUE)
        tx.execute(short.values(laid_until=NEXT_MONDAY))
