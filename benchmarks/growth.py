"""B7: what a hundred times as many commitments cost: an idle round, a claim, memory.

By default up to 300,000 commitments, with --full 1,000,000; the row says which.
"""

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
from benchmarks.report import Row, Scale, against_limit, main
from benchmarks.server import serving
from habits import sending
from habits.storage.database import sqlite_engine
from habits.storage.tables import deliveries

DUE = 500
REPEATED = 200
SETTLED_DOWN = 3.0
"""Seconds after which a start's own work is done."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds an idle round's query and a query of 500 due take; megabytes while running."""

    idle: float
    due: float
    memory: float


def rows(scale: Scale = Scale.NORMAL) -> Iterable[Row]:
    """The same database small and grown."""
    small, large = scale.pick(1_000, 10_000), scale.pick(20_000, 300_000, 1_000_000)
    with program.a_folder() as folder:
        soon = datetime.now(UTC) + timedelta(days=2)
        never = [soon + timedelta(seconds=number) for number in range(small)]
        population.fill(program.database_in(folder), never)
        before = _cost(folder)
        population.grow(program.database_in(folder), large)
        after = _cost(folder)
    grown = f"from {small:,} to {large:,} commitments"
    yield _row(f"an idle round, {grown}", before.idle, after.idle, 1.5)
    yield _row(f"reading {DUE} due, {grown}", before.due, after.due, 3)
    more = after.memory - before.memory
    yield against_limit("B7", f"more memory, {grown}", more, "MB", 25)


def _row(what: str, before: float, after: float, limit: float) -> Row:
    return Row("B7", what, after * 1e6, "µs", before * 1e6, after / before, limit, "lower")


def _cost(folder: Path) -> Cost:
    path = program.database_in(folder)
    memory = _memory(folder)
    engine = sqlite_engine(population.url_of(path), "BEGIN IMMEDIATE")
    now = datetime.now(UTC)
    idle = _time(engine, sending.due_next)
    _make_due(engine, now)
    due = _time(engine, lambda tx: tx.execute(sending.DUE, _asked(tx, now)).all())
    engine.dispose()
    return Cost(idle, due, memory)


def _asked(tx: sa.Connection, now: datetime) -> dict[str, Any]:
    return {"now": now, "at": sending.ticks(tx), "most": DUE}


def _memory(folder: Path) -> float:
    with serving() as server, program.running(server.address, folder) as running:
        time.sleep(SETTLED_DOWN)
        return running.memory


def _time(engine: sa.Engine, work: Callable[[sa.Connection], object]) -> float:
    """The median of many; nothing is kept."""
    took = []
    for _ in range(REPEATED):
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


if __name__ == "__main__":
    main(rows)
