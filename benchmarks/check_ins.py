"""B9: check-ins, 16 at a time, on SQLite, each on disk before it is answered.

The peer runs the same use case with the same settings of SQLite, as a bot does that opens one
SQLAlchemy session for each handler and commits at its end.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from benchmarks import population, program
from benchmarks.report import Row, Scale
from habits import check_ins, encryption
from habits.storage import tables
from habits.storage.database import sqlite_engine
from habits.storage.sealed import Keyring, keyring, new_key

AT_A_TIME = 16

CheckIn = Callable[[int], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Measured:
    """rate: check-ins a second. worst: seconds that one in a hundred took longer than."""

    rate: float
    worst: float
    stored: int


def rows(scale: Scale = Scale.NORMAL) -> Iterable[Row]:
    """Ours against a session a handler, each on a database of its own."""
    count = scale.pick(64, 4_000)
    mine, theirs = _fresh(count, _ours), _fresh(count, _a_session_each)
    what = f"check-ins, {AT_A_TIME} at a time, each synced to disk, against a session a handler"
    yield Row("B9", what, mine.rate, "/s", theirs.rate, mine.rate / theirs.rate, 10, "higher")
    what = "one in a hundred check-ins took longer than"
    ratio = mine.worst / theirs.worst
    yield Row("B9", what, mine.worst * 1e3, "ms", theirs.worst * 1e3, ratio, 1, "lower")
    what, lost = f"of {count:,} check-ins, lost by us and by them", count - mine.stored
    yield Row("B9", what, lost, "", count - theirs.stored, float(lost), 0, "lower")
    sealed = _fresh(count, _ours_with_a_key)
    what = f"check-ins, {AT_A_TIME} at a time, people's words encrypted, against plain ones"
    yield Row("B9", what, sealed.rate, "/s", mine.rate, sealed.rate / mine.rate, 0.8, "higher")


def _fresh(count: int, measure: Callable[[Path, int, datetime], Measured]) -> Measured:
    now = datetime.now(UTC)
    with program.a_folder() as folder:
        population.fill(folder / "database", [now - timedelta(hours=1)] * count)
        return measure(folder / "database", count, now)


def _ours(path: Path, count: int, now: datetime) -> Measured:
    return _measured_in(path, count, now, None)


def _ours_with_a_key(path: Path, count: int, now: datetime) -> Measured:
    keys = keyring([new_key()])
    with population.opened(path, keys) as database:
        for table in tables.SEALED:
            asyncio.run(database.write(encryption.encrypt_some, table, None, count))
    return _measured_in(path, count, now, keys)


def _measured_in(path: Path, count: int, now: datetime, keys: Keyring | None) -> Measured:
    with population.opened(path, keys) as database:

        async def check_in(number: int) -> object:
            return await database.write(check_ins.did_it, population.person(number), number, now)

        return asyncio.run(_measured(path, check_in, count))


def _a_session_each(path: Path, count: int, now: datetime) -> Measured:
    engine = sqlite_engine(population.url_of(path), "BEGIN IMMEDIATE")
    new_session = sessionmaker(engine)
    with ThreadPoolExecutor(AT_A_TIME) as threads:

        def handle(number: int) -> None:
            with suppress(OperationalError), new_session() as session:  # "database is locked"
                _did_it(session, number, now)
                session.commit()

        async def check_in(number: int) -> object:
            return await asyncio.get_running_loop().run_in_executor(threads, handle, number)

        measured = asyncio.run(_measured(path, check_in, count))
    engine.dispose()
    return measured


def _did_it(session: Session, number: int, now: datetime) -> None:
    check_ins.did_it(session.connection(), population.person(number), number, now)


async def _measured(path: Path, check_in: CheckIn, count: int) -> Measured:
    numbers = iter(range(1, count + 1))
    took: list[float] = []

    async def one_after_another() -> None:
        for number in numbers:
            began = perf_counter()
            await check_in(number)
            took.append(perf_counter() - began)

    began = perf_counter()
    await asyncio.gather(*(one_after_another() for _ in range(AT_A_TIME)))
    seconds = perf_counter() - began
    return Measured(count / seconds, quantiles(took, n=100)[-1], _stored(path))


def _stored(path: Path) -> int:
    engine = sa.create_engine(population.url_of(path))
    with engine.connect() as tx:
        found = tx.scalars(sa.select(sa.func.count()).select_from(tables.check_ins)).one()
    engine.dispose()
    return found
