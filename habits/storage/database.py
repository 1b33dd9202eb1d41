"""Connections and transactions: `write` for what changes something, `read` for what only looks.

Use cases are plain functions that take the transaction first. They run in threads beside the
event loop and may be run again after a conflict, so they touch nothing but the database.
"""

import asyncio
import queue
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from habits.clock import boottime
from habits.storage import tally as tallies
from habits.storage.errors import quote_nothing
from habits.storage.sealed import Keyring, give
from habits.storage.silence import KEEPALIVE, UNTIL_CONNECTED, Patience, Silent, impatient
from habits.storage.tally import Tally

P = ParamSpec("P")
T = TypeVar("T")
Tx = sa.Connection
"""A transaction under way. The doors pass it on without looking inside."""
Work = Callable[[Tx], Any]

TOGETHER = 128
"""At most so many waiting writes share one commit on SQLite."""
TRIES = 5
THREADS = 10
FINISHES_WITHIN = 2.0
"""Seconds after closing in which what was submitted may still begin."""


class Busy(Exception):
    """The database could not take a write in time; nothing was changed."""


class Engine(Protocol):
    """What differs between the two databases."""

    url: sa.URL
    tally: Tally
    disk_fails: bool
    """Whether the last write ended in an error of the disk's, as far as we can tell."""

    def submit(self, work: Work, *, writes: bool) -> "Future[Any]":
        """Run the work in a transaction, in a thread; commit before the future is done."""

    def hurry(self) -> None:
        """Wait hardly at all for a server that says nothing: we are ending."""

    def close(self) -> None:
        """Finish what was submitted and let every connection go."""


class Database:
    """The bot's database; open it with `connect`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @property
    def is_sqlite(self) -> bool:
        """Whether one file and one process carry it."""
        return self._engine.url.get_backend_name() == "sqlite"

    @property
    def disk_fails(self) -> bool:
        """Whether the last write found a disk that answers with errors or takes nothing more.

        Not so where it is merely full. Of PostgreSQL's disk we know nothing.
        """
        return self._engine.disk_fails

    @property
    def tally(self) -> Tally:
        """What was done through this object."""
        return self._engine.tally

    async def write(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case in a transaction of its own; it is on disk when this returns.

        Raises Busy or what the use case raised; then nothing was changed. A caller that is
        cancelled here does not stop the write.
        """
        future = self._engine.submit(lambda tx: work(tx, *args, **kwargs), writes=True)
        return await asyncio.shield(asyncio.wrap_future(future))

    async def read(
        self, work: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a use case that only looks, on a snapshot of its own. Raises Busy as `write` does."""
        future = self._engine.submit(lambda tx: work(tx, *args, **kwargs), writes=False)
        return await asyncio.wrap_future(future)

    def hurry(self) -> None:
        """We are ending: wait hardly at all for a server that says nothing."""
        self._engine.hurry()

    def close(self) -> None:
        """Finish what is under way and close every connection."""
        self._engine.close()


def connect(url: sa.URL, keys: Keyring | None = None) -> Database:
    """Open the database behind the address; SQLite's file is made if it is not there.

    keys: what people's words are encrypted with; plain without any.
    """
    engine = Sqlite if url.get_backend_name() == "sqlite" else Postgres
    return Database(engine(url, keys))


def address(database_url: str | None, data_dir: Path, name: str) -> sa.URL:
    """Where the database is: the address as people write it, or a file in the data directory."""
    if database_url is None:
        return sa.URL.create("sqlite", database=str(data_dir / f"{name}.sqlite3"))
    url = sa.make_url(database_url)
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    return url


def without_passwords(url: sa.URL) -> str:
    """The address without the passwords in it."""
    return repr(url.difference_update_query(["password", "sslpassword"]))


@dataclass
class _Waiting:
    work: Work
    future: "Future[Any]"


class Sqlite:
    """One thread writes, and what is waiting commits together; a few others read."""

    def __init__(self, url: sa.URL, keys: Keyring | None = None) -> None:
        self.url = url
        self._writing = sqlite_engine(url, "BEGIN IMMEDIATE", keys)
        self._reading = sqlite_engine(url, "BEGIN", keys)
        self.tally = Tally()
        self.disk_fails = False
        self._readers = ThreadPoolExecutor(4, thread_name_prefix="read")
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._closed = False
        self._writer = threading.Thread(target=self._write_all, name="write", daemon=True)
        self._writer.start()

    def submit(self, work: Work, *, writes: bool) -> "Future[Any]":
        if not writes:
            return self._readers.submit(_once, self.tally, _read, self._reading, work)
        waiting = _Waiting(work, Future())
        waiting.future.set_running_or_notify_cancel()  # a write is not called off half way
        if self._closed:
            waiting.future.set_exception(Busy("the database is closed"))
        else:
            self._waiting.put(waiting)
        return waiting.future

    def hurry(self) -> None:
        pass

    def close(self) -> None:
        self._closed = True
        self._waiting.put(None)
        self._writer.join()
        self._readers.shutdown()
        self._writing.dispose()
        self._reading.dispose()

    def _write_all(self) -> None:
        while (first := self._waiting.get()) is not None:
            batch = [first]
            while len(batch) < TOGETHER and not self._waiting.empty():
                if (another := self._waiting.get()) is None:
                    self._waiting.put(None)
                    break
                batch.append(another)
            self._write_together(batch)

    def _write_together(self, batch: list[_Waiting]) -> None:
        """Commit the batch as one; whoever raises is told and left out, the rest run again."""
        while batch:
            failing: _Waiting | None = None
            results: list[Any] = []
            try:
                with self.tally.busy("write"), self._writing.begin() as tx:
                    tallies.begin(tx)
                    for waiting in batch:
                        failing = waiting
                        results.append(waiting.work(tx))
                    failing = None
                    counts = tallies.noted(tx)
            except BaseException as error:  # noqa: BLE001 - it is handed to whoever waits for it
                self.disk_fails = _by_the_disk(error)
                told = batch if failing is None else [failing]
                for waiting in told:
                    waiting.future.set_exception(_told(self.tally, error))
                batch = [waiting for waiting in batch if waiting not in told]
            else:
                self.disk_fails = False
                self.tally.add(counts)
                for waiting, result in zip(batch, results, strict=True):
                    waiting.future.set_result(result)
                return


class Postgres:
    """A pool of connections, a transaction a thread; a lost race or connection is tried again."""

    disk_fails = False

    def __init__(self, url: sa.URL, keys: Keyring | None = None) -> None:
        self.url = url
        self._patience = Patience()
        self._engine = impatient(postgres_engine(url, keys), self._patience)
        self._closed_at: float | None = None
        self.tally = Tally()
        self._looking = self._engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="database")

    def submit(self, work: Work, *, writes: bool) -> "Future[Any]":
        if writes:
            return self._threads.submit(self._do, _write, self._engine, work)
        return self._threads.submit(self._do, _read, self._looking, work)

    def _do(self, run: "Run", engine: sa.Engine, work: Work) -> Any:
        if self._closed_at is not None and boottime() - self._closed_at > FINISHES_WITHIN:
            raise Busy("the database is closed")
        return _several_times(self.tally, run, engine, work)

    def hurry(self) -> None:
        self._patience.end()

    def close(self) -> None:
        self.hurry()
        self._closed_at = boottime()
        self._threads.shutdown()
        self._engine.dispose()


def sqlite_engine(url: sa.URL, begin: str, keys: Keyring | None = None) -> sa.Engine:
    """An engine whose transactions begin as told; a deferred BEGIN would lose writes' races."""
    engine = sa.create_engine(
        url,
        hide_parameters=True,  # an error's text goes into the log, what people typed does not
        connect_args={"check_same_thread": False, "timeout": 5.0},
    )

    @sa.event.listens_for(engine, "connect")
    def settle(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",  # what somebody deleted is overwritten, in the file as well
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin_so(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    return give(engine, keys)


def postgres_engine(url: sa.URL, keys: Keyring | None = None) -> sa.Engine:
    """An engine with the time limits that keep one stuck statement from stopping all.

    Its connections are named after the key that encrypts, for whoever wants to retire another.
    """
    options = "-c timezone=UTC -c lock_timeout=3s -c statement_timeout=10s"
    options += " -c idle_in_transaction_session_timeout=15s"
    engine = sa.create_engine(
        url,
        hide_parameters=True,
        pool_size=THREADS,
        max_overflow=0,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args={
            "options": options,
            "connect_timeout": UNTIL_CONNECTED,
            **KEEPALIVE,
            "application_name": named_after(keys),
        },
    )
    return give(quote_nothing(engine), keys)


def named_after(keys: Keyring | None) -> str:
    """What PostgreSQL is told of a process: which key it encrypts with."""
    return f"letloose {keys.first if keys else 'plain'}"


def in_one_piece(engine: sa.Engine, work: Callable[[Tx], T]) -> T:
    """Run the work in a transaction of its own, anew where another's work or a break undid it.

    Raises DBAPIError as it is.
    """

    def run() -> T:
        with engine.begin() as tx:
            return work(tx)

    return _anew(run)


def _anew(run: Callable[[], T], again: Callable[[], None] = lambda: None) -> T:
    """Run it, several times where another try may succeed; `again` is told before each."""
    for attempt in range(1, TRIES):
        try:
            return run()
        except DBAPIError as error:
            if not _worth_another_try(error):
                raise
        again()
        time.sleep(random.uniform(0.05, 0.2) * attempt)
    return run()


Run = Callable[[Tally, sa.Engine, Work], Any]


def _read(tally: Tally, engine: sa.Engine, work: Work) -> Any:
    with tally.busy("read"), engine.connect() as tx:
        return work(tx)


def _write(tally: Tally, engine: sa.Engine, work: Work) -> Any:
    with tally.busy("write"), engine.begin() as tx:
        tallies.begin(tx)
        result = work(tx)
        counts = tallies.noted(tx)
    tally.add(counts)
    return result


def _once(tally: Tally, run: Run, engine: sa.Engine, work: Work) -> Any:
    try:
        return run(tally, engine, work)
    except DBAPIError as error:
        raise _told(tally, error) from error.orig


def _several_times(tally: Tally, run: Run, engine: sa.Engine, work: Work) -> Any:
    def begun_again() -> None:
        tally.add({("database", "again"): 1})

    try:
        return _anew(lambda: run(tally, engine, work), begun_again)
    except DBAPIError as error:
        raise _told(tally, error) from error.orig


def _worth_another_try(error: DBAPIError) -> bool:
    """A lost connection, a serialization failure or a deadlock: the same work may succeed."""
    if isinstance(error.orig, Silent):
        return False  # each try would take as long
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in (
        "40001",
        "40P01",
    )


def _told(tally: Tally, error: BaseException) -> BaseException:
    told = _plain(error)
    if isinstance(told, Busy):
        tally.add({("database", "busy"): 1})
    return told


def _by_the_disk(error: BaseException) -> bool:
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
    return code & 0xFF in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY)


def _plain(error: BaseException) -> BaseException:
    """Trouble that may pass as Busy ("database is locked", a full disk); the rest as it is."""
    if not isinstance(error, DBAPIError):
        return error
    our_mistake = getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    passing = isinstance(error, OperationalError) and not our_mistake
    return Busy(str(error.orig)) if passing or error.connection_invalidated else error
