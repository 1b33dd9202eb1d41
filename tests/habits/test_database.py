"""Transactions: nothing lost, nothing doubled, and trouble that passes is told from mistakes."""

import asyncio
import contextlib
import sqlite3
import threading
import time
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError

from habits import conversations, people
from habits.conversations import Conversation
from habits.storage.database import Busy, Database, Tx, address, connect
from habits.storage.rows import person_of
from habits.storage.tables import program
from tests.conftest import on_postgresql, on_sqlite
from tests.house import MONDAY, House
from tests.postgres import Server


def set_to(tx: Tx, key: str, value: str) -> None:
    tx.execute(sa.delete(program).where(program.c.key == key))
    tx.execute(sa.insert(program).values(key=key, value=value))


def value_of(tx: Tx, key: str) -> str | None:
    value: str | None = tx.scalar(sa.select(program.c.value).where(program.c.key == key))
    return value


def increment(tx: Tx, key: str) -> int:
    """Read, add, write: what a database that is set up wrongly loses."""
    query = sa.select(program.c.value).where(program.c.key == key).with_for_update()
    value = int(tx.scalars(query).one()) + 1
    tx.execute(sa.update(program).where(program.c.key == key).values(value=str(value)))
    return value


async def test_two_hundred_increments_at_once_make_two_hundred(database: Database):
    await database.write(set_to, "count", "0")
    found = await asyncio.gather(*(database.write(increment, "count") for _ in range(200)))
    assert sorted(found) == list(range(1, 201))
    assert await database.read(value_of, "count") == "200"


async def test_two_connections_to_one_database_lose_nothing_to_each_other(
    database: Database, database_url: sa.URL
):
    other = connect(database_url)
    await database.write(set_to, "count", "0")
    writes = [each.write(increment, "count") for each in (database, other) for _ in range(60)]
    await asyncio.gather(*writes)
    assert await other.read(value_of, "count") == "120"
    other.close()


class OurMistake(Exception):
    pass


async def test_one_that_fails_harms_none_that_is_committed_with_it(database: Database):
    """On SQLite they share a commit; the rest of the batch is run again without it."""

    def fails(tx: Tx, number: int) -> None:
        set_to(tx, f"failed {number}", "x")
        if number % 3 == 0:
            raise OurMistake(number)
        tx.execute(sa.text("INSERT INTO program VALUES (NULL, NULL)"))

    def works(tx: Tx, number: int) -> int:
        set_to(tx, f"worked {number}", "x")
        return number

    both = [database.write(each, n) for n in range(60) for each in (fails, works)]
    results = await asyncio.gather(*both, return_exceptions=True)
    assert [each for each in results if isinstance(each, int)] == list(range(60))
    assert sum(isinstance(each, OurMistake) for each in results) == 20
    assert sum(isinstance(each, IntegrityError) for each in results) == 40

    def keys(tx: Tx) -> list[str]:
        return sorted(tx.scalars(sa.select(program.c.key)))

    assert await database.read(keys) == sorted(f"worked {n}" for n in range(60))


@on_sqlite
async def test_many_waiting_writes_share_their_commits(database: Database):
    """One flush of the disk each would be 10 ms each; a hundred check-ins would take a second."""
    commits = []

    @sa.event.listens_for(sa.Engine, "commit")
    def counted(_: Any) -> None:
        commits.append(1)

    await asyncio.gather(*(database.write(set_to, f"{n}", "x") for n in range(200)))
    sa.event.remove(sa.Engine, "commit", counted)
    assert len(commits) <= 20


async def test_what_is_read_is_one_moment_of_the_database(database: Database):
    await database.write(set_to, "a", "old")
    began, written = threading.Event(), threading.Event()

    def look_twice(tx: Tx) -> tuple[str | None, str | None]:
        first = value_of(tx, "a")
        began.set()
        written.wait(5)
        return first, value_of(tx, "a")

    looking = asyncio.create_task(database.read(look_twice))
    await asyncio.to_thread(began.wait, 5)
    await database.write(set_to, "a", "new")
    written.set()
    assert await looking == ("old", "old")
    assert await database.read(value_of, "a") == "new"


async def test_a_caller_who_is_cancelled_does_not_undo_what_was_begun(database: Database):
    begun = threading.Event()

    def slowly(tx: Tx) -> None:
        begun.set()
        time.sleep(0.3)
        set_to(tx, "a", "x")

    writing = asyncio.create_task(database.write(slowly))
    await asyncio.to_thread(begun.wait, 5)
    writing.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await writing
    await database.write(set_to, "b", "y")
    await asyncio.sleep(0.5)
    assert await database.read(value_of, "a") == "x"
    assert await database.read(value_of, "b") == "y"


async def test_closing_finishes_what_was_submitted(database_url: sa.URL):
    database = connect(database_url)
    writes = [asyncio.create_task(database.write(set_to, f"{n}", "x")) for n in range(50)]
    await asyncio.sleep(0)
    database.close()
    await asyncio.gather(*writes)
    again = connect(database_url)

    def count(tx: Tx) -> int:
        return int(tx.scalars(sa.select(sa.func.count()).select_from(program)).one())

    assert await again.read(count) == 50
    again.close()


@on_sqlite
async def test_a_write_after_closing_is_refused_and_does_not_hang(database_url: sa.URL):
    database = connect(database_url)
    database.close()
    with pytest.raises(Busy):
        await asyncio.wait_for(database.write(set_to, "a", "x"), 5)


async def test_a_mistake_in_a_statement_is_not_taken_for_trouble_that_passes(database: Database):
    def wrong(tx: Tx) -> None:
        tx.execute(sa.text("SELECT * FROM nowhere"))

    for run in (database.read, database.write):
        with pytest.raises(sa.exc.DBAPIError):
            await run(wrong)


# SQLite in trouble.


@contextlib.contextmanager
def locked(url: sa.URL, seconds: float) -> Iterator[None]:
    """Another program holds the file, as a backup or somebody's sqlite3 shell does."""
    assert url.database is not None
    held = threading.Event()

    def hold() -> None:
        with contextlib.closing(sqlite3.connect(str(url.database), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            held.set()
            time.sleep(seconds)
            other.execute("ROLLBACK")

    holding = threading.Thread(target=hold)
    holding.start()
    held.wait()
    yield
    holding.join()


@on_sqlite
async def test_a_short_lock_of_another_program_is_waited_for(
    database: Database, database_url: sa.URL
):
    with locked(database_url, 2):
        await database.write(set_to, "a", "x")
    assert await database.read(value_of, "a") == "x"


@on_sqlite
async def test_a_long_lock_of_another_program_is_busy_and_leaves_no_trace(
    database: Database, database_url: sa.URL
):
    with locked(database_url, 6.5):
        with pytest.raises(Busy, match="locked"):
            await database.write(set_to, "a", "x")
        assert await database.read(value_of, "a") is None  # who only looks is not kept waiting
    await database.write(set_to, "a", "x")
    assert await database.read(value_of, "a") == "x"


@on_sqlite
async def test_on_a_full_disk_nothing_is_half_written_and_it_recovers(house: House):
    """SQLite's own bound stands for the disk's: both end in "database or disk is full"."""

    def pages(tx: Tx, most: int | None) -> int:
        now = int(tx.exec_driver_sql("PRAGMA page_count").scalar_one())
        return int(tx.exec_driver_sql(f"PRAGMA max_page_count = {most or now}").scalar_one())

    await house.database.write(pages, None)
    big = Conversation("writing", {"text": "tea " * 50_000})
    with pytest.raises(Busy, match="full"):
        await house.database.write(_meet_and_keep, big)
    assert not house.database.disk_fails  # room may be made
    assert await house.database.read(person_of, 1) is None
    await house.database.write(pages, 10**6)
    await house.database.write(_meet_and_keep, big)
    assert await house.database.read(conversations.read, 1) == big


@on_sqlite
async def test_a_disk_that_is_read_only_is_told_until_it_takes_a_write_again(database: Database):
    """SQLite's own switch stands for it: both end in "attempt to write a readonly database"."""
    engine = database._engine._writing  # type: ignore[attr-defined]

    def switch(to: str) -> None:
        with contextlib.closing(engine.raw_connection()) as connection:
            connection.cursor().execute(f"PRAGMA query_only = {to}")

    await database.write(set_to, "a", "x")
    assert not database.disk_fails
    switch("ON")
    with pytest.raises(Busy, match="readonly"):
        await database.write(set_to, "a", "y")
    assert database.disk_fails
    switch("OFF")
    await database.write(set_to, "a", "y")
    assert not database.disk_fails


def _meet_and_keep(tx: Tx, conversation: Conversation) -> None:
    people.meet(tx, 1, "Anna", "en", MONDAY)
    conversations.keep(tx, 1, conversation, MONDAY)


# PostgreSQL in trouble.


def backend(tx: Tx) -> int:
    return int(tx.scalars(sa.text("SELECT pg_backend_pid()")).one())


@on_postgresql
async def test_a_connection_that_dies_in_a_transaction_has_its_work_done_once_by_another(
    database: Database, server: Server
):
    await database.write(set_to, "count", "0")
    killed = []

    def dies_once(tx: Tx) -> int:
        value = increment(tx, "count")
        if not killed:
            killed.append(backend(tx))
            server.run(f"SELECT pg_terminate_backend({killed[0]})")
        return value + 0 * backend(tx)

    assert await database.write(dies_once) == 1
    assert await database.read(value_of, "count") == "1"


@on_postgresql
async def test_a_connection_that_dies_while_reading_is_replaced(database: Database, server: Server):
    killed = []

    def dies_once(tx: Tx) -> int:
        if not killed:
            killed.append(backend(tx))
            server.run(f"SELECT pg_terminate_backend({killed[0]})")
        return backend(tx)

    assert await database.read(dies_once) != killed[0]


@on_postgresql
async def test_idle_connections_that_died_are_not_noticed_by_anybody(
    database: Database, server: Server
):
    await asyncio.gather(*(database.write(set_to, f"{n}", "x") for n in range(20)))
    server.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname LIKE 'test_%' AND pid <> pg_backend_pid()"
    )
    await asyncio.gather(*(database.write(set_to, f"{n}", "y") for n in range(20)))
    assert await database.read(value_of, "7") == "y"


@on_postgresql
async def test_of_two_that_wait_for_each_other_both_are_done(database: Database):
    """The deadlock's victim is run again."""
    await database.write(set_to, "a", "0")
    await database.write(set_to, "b", "0")
    both = threading.Barrier(2, timeout=10)
    runs = []

    def crosswise(tx: Tx, first: str, second: str) -> None:
        runs.append(first)
        increment(tx, first)
        if len(runs) <= 2:
            both.wait()
        increment(tx, second)

    await asyncio.gather(database.write(crosswise, "a", "b"), database.write(crosswise, "b", "a"))
    assert len(runs) == 3
    assert database.tally.counts("database")["again",] == 1
    assert await database.read(value_of, "a") == "2"
    assert await database.read(value_of, "b") == "2"


@on_postgresql
async def test_a_serialization_failure_is_run_again(database: Database):
    await database.write(set_to, "a", "0")
    runs = []

    def outrun_once(tx: Tx) -> None:
        tx.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        runs.append(value_of(tx, "a"))
        if len(runs) == 1:
            other = tx.engine.connect()
            with other.begin():
                increment(other, "a")
            other.close()
        increment(tx, "a")

    await database.write(outrun_once)
    assert runs == ["0", "1"]
    assert await database.read(value_of, "a") == "2"


@on_postgresql
async def test_a_lock_that_is_held_too_long_is_busy(database: Database, database_url: sa.URL):
    await database.write(set_to, "a", "0")
    engine = sa.create_engine(database_url)
    with engine.begin() as holder:
        increment(holder, "a")
        with pytest.raises(Busy, match="lock"):
            await database.write(increment, "a")
    engine.dispose()


async def test_a_server_that_is_not_there_is_busy_at_once(tmp_path: Any):
    url = sa.URL.create("postgresql+psycopg", database="x", query={"host": str(tmp_path)})
    database = connect(url)
    for run in (database.read, database.write):
        with pytest.raises(Busy):
            await run(backend)
    database.close()


# What people type.

ODD = [
    "naïve ☕️ 👩‍👩‍👧 Ärger Ωμέγα עברית",
    "\u202eright to left\u202c",
    "a'; DROP TABLE people; --",
    "line\nbreak\ttab \x01 \x7f",
    "\\u0000 and \\ud83d, typed out",
    "💤" * 64,
]


@pytest.mark.parametrize("words", ODD, ids=range(len(ODD)))
async def test_what_people_type_comes_back_as_they_typed_it(database: Database, words: str):
    await database.write(people.meet, 1, words, "en", MONDAY)
    await database.write(conversations.keep, 1, Conversation(words, {words: [words]}), MONDAY)
    found = await database.read(person_of, 1)
    assert found is not None
    assert found.name == words
    assert await database.read(conversations.read, 1) == Conversation(words, {words: [words]})


@pytest.mark.parametrize(
    ("words", "stored"),
    [
        ("tea\x00with nothing", "teawith nothing"),
        ("half an emoji \ud83d", "half an emoji \ufffd"),
        ("\udc00", "\ufffd"),
        ("both halves \ud83d\ude00", "both halves 😀"),
    ],
    ids=range(4),
)
async def test_what_no_database_takes_is_stored_without_it(
    database: Database, words: str, stored: str
):
    """PostgreSQL knows no NUL, neither of the two half a surrogate pair."""
    await database.write(people.meet, 1, words, "en", MONDAY)
    await database.write(conversations.keep, 1, Conversation("asked", {"said": words}), MONDAY)
    found = await database.read(person_of, 1)
    kept = await database.read(conversations.read, 1)
    assert found is not None
    assert kept is not None
    assert found.name == stored
    assert kept.data == {"said": stored}


# Where it is.


def test_an_address_is_taken_as_people_write_it(tmp_path: Any):
    for written in ("postgres://bot@host/house", "postgresql://bot@host/house"):
        assert address(written, tmp_path, "x").drivername == "postgresql+psycopg"
    assert address(None, tmp_path, "x").database == str(tmp_path / "x.sqlite3")


@on_postgresql
async def test_what_the_database_refuses_is_told_without_the_row(database: Database):
    """PostgreSQL quotes the row in its detail, and a value in its first line."""
    word = "Zwetsch" + "gendatschi"  # lines of this file are in the trace
    statements = {
        "NotNullViolation": "INSERT INTO program VALUES (NULL, :word)",
        "InvalidTextRepresentation": "SELECT CAST(:word AS integer)",
    }

    def refused(tx: Tx, statement: str) -> None:
        tx.execute(sa.text(statement), {"word": word})

    for kind, statement in statements.items():
        with pytest.raises(DBAPIError, match=kind) as found:
            await database.write(refused, statement)
        told = "".join(traceback.format_exception(found.value))
        assert word not in told
        assert kind in told
