"""The n-th call fails, for n = 1, 2, 3 … until a run stays untouched: nothing owed is harmed.

A statement that the database refuses, a commit whose answer is lost, a call that never reaches
Telegram or whose answer never reaches us: each once, wherever it may hit, from the start of the
program to its stop. On PostgreSQL also a connection that ends and a transaction that loses against
another. The suite tries some n, `make faults` every one.
"""

import asyncio
import contextlib
import itertools
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bot import hearing, receiver
from habits import inbox, sending, settling
from habits.storage.database import Busy, Database
from playground.faults import Fault
from playground.shapes import page_message
from scheduler import dispatch
from tests import postgres
from tests.faults.rig import FIRST, WHOLE, was_carried_out
from tests.faults.wired import Wired, wired

PEOPLE = (FIRST, FIRST + 1)
TRIES = 5
"""How often somebody taps or types again who sees that nothing has happened."""
SAMPLED, SAMPLED_THERE = (1, 4), (5, 15)
"""The suite tries 1, 4, 16 … on SQLite and 5, 75, 1125 … on PostgreSQL: the first, and times."""


class Nth:
    """Counts calls, from whatever thread, and says which one is to fail."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._count = itertools.count(1)
        self.asked = 0

    def is_this(self) -> bool:
        self.asked = next(self._count)
        return self.asked == self.number


def a_statement(refuse: Callable[[sa.Connection], None]) -> Callable[[Nth, Wired], Any]:
    """The n-th one that the program makes after its migration is refused."""

    @contextmanager
    def fails(nth: Nth, _: Wired) -> Iterator[None]:
        def before(tx: sa.Connection, *_more: Any) -> None:
            ours = threading.current_thread() is not threading.main_thread()
            if ours and nth.is_this():
                refuse(tx)

        sa.event.listen(sa.Engine, "before_cursor_execute", before)
        try:
            yield
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", before)

    return fails


def as_a_disk(_: sa.Connection) -> None:
    """Nothing of its transaction stays."""
    raise OperationalError("", {}, sqlite3.OperationalError("disk I/O error"))


def as_a_full_disk_there(_: sa.Connection) -> None:
    raise OperationalError("", {}, psycopg.errors.DiskFull("could not extend file"))


def as_who_lost(_: sa.Connection) -> None:
    raise OperationalError("", {}, psycopg.errors.DeadlockDetected("deadlock detected"))


def as_who_is_cut_off(tx: sa.Connection) -> None:
    """The server ends the connection; the statement itself finds that out."""
    process = tx.connection.dbapi_connection.info.backend_pid  # type: ignore[union-attr]
    elsewhere = sa.create_engine(tx.engine.url)
    with elsewhere.connect() as another:
        another.execute(sa.text("SELECT pg_terminate_backend(:p, 5000)"), {"p": process})
    elsewhere.dispose()


@contextmanager
def a_commit_is_not_heard_of(nth: Nth, _: Wired) -> Iterator[None]:
    """It is on disk, and whoever wrote it is told that it failed."""
    write = Database.write

    async def written(self: Database, *args: Any, **kwargs: Any) -> Any:
        result = await write(self, *args, **kwargs)
        if nth.is_this():
            raise Busy("the connection ended with the answer")
        return result

    Database.write = written  # type: ignore[method-assign]
    try:
        yield
    finally:
        Database.write = write  # type: ignore[method-assign]


def a_call(what: Any) -> Callable[[Nth, Wired], Any]:
    """Telegram or the way to it fails, as `playground.faults` has it."""

    @contextmanager
    def fails(nth: Nth, made: Wired) -> Iterator[None]:
        made.playground.faults.add(Fault(what, after=nth.number - 1))
        yield
        nth.asked = len(made.playground.calls)

    return fails


EVERYWHERE = {
    "a commit is not heard of": (a_commit_is_not_heard_of, 2),
    "a call never arrives": (a_call("drop"), 1),
    "a gateway answers": (a_call("html"), 1),
    "an answer is lost": (a_call("lose"), 2),
}
FAILURES = {"a statement is refused": (a_statement(as_a_disk), 1)} | EVERYWHERE
FAILURES_THERE = {
    "a statement is refused": (a_statement(as_a_full_disk_there), 1),
    "a transaction loses": (a_statement(as_who_lost), 1),
    "a connection ends": (a_statement(as_who_is_cut_off), 1),
} | EVERYWHERE
"""What fails on SQLite and on PostgreSQL, and how many copies of a reminder may arrive then."""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every wait before another try be short, and claims as well."""
    backoff = settling.backoff
    monkeypatch.setattr(settling, "backoff", lambda tries: backoff(tries) / 20)
    monkeypatch.setattr(hearing, "PAUSES", (0.05,))
    monkeypatch.setattr(receiver, "NOTED_LATER", 0.1)
    monkeypatch.setattr(inbox, "RETRIES", (timedelta(seconds=0.1),) * 3)
    for module in (sending, dispatch):
        monkeypatch.setattr(module, "LEASE", 1.0)
    monkeypatch.setattr(dispatch, "LOOKS_EVERY", 0.1)
    monkeypatch.setattr(dispatch, "REAPS_EVERY", 0.1)
    monkeypatch.setattr(dispatch, "REAPS_AFTER_TROUBLE", 0.1)


@pytest.mark.timeout(1800 if WHOLE else 300)
@pytest.mark.parametrize("failure", FAILURES)
async def test_whichever_call_fails_nothing_owed_is_lost_or_doubled(impatient: None, failure: str):
    for number in numbers(*SAMPLED):
        if await run(FAILURES[failure], number, failure) < number:
            break


@pytest.mark.timeout(3600 if WHOLE else 300)
@pytest.mark.parametrize("failure", FAILURES_THERE)
async def test_whichever_call_fails_on_postgresql_nothing_owed_is_lost_or_doubled(
    impatient: None, server: postgres.Server, migrated: sa.URL, failure: str
):
    for number in numbers(*SAMPLED_THERE):
        place = server.create(template=str(migrated.database))
        try:
            address = place.render_as_string(hide_password=False)
            made = await run(FAILURES_THERE[failure], number, failure, database_url=address)
        finally:
            server.drop(place)
        if made < number:
            break


def numbers(first: int, times: int) -> Iterator[int]:
    """Which calls are to fail, one in each run."""
    if WHOLE:
        return itertools.count(1)
    return (first * times**power for power in itertools.count())


async def run(failure: tuple[Any, int], number: int, name: str, **settings: Any) -> int:
    """One run on a fresh database, with one call that fails; gives how many there were."""
    fail, copies = failure
    nth = Nth(number)
    with tempfile.TemporaryDirectory() as folder:
        async with wired(Path(folder), send_rate=200, **settings) as made:
            assert tuple(await made.seed(len(PEOPLE))) == PEOPLE
            with fail(nth, made):
                await live_through(made)
                await made.stop()
            hold(made, copies, f"{name}, number {number}")
    return nth.asked


async def live_through(made: Wired) -> None:
    """Be reminded, check in, promise something else; whoever sees nothing happen tries again."""
    await start(made)
    await made.sent(len(PEOPLE))
    for person in PEOPLE:
        await insist(made, lambda p=person: tap(made, p, "Did it"), lambda p=person: kept(made, p))
    await insist(made, lambda: promise(made), lambda: promised(made) == 2)


async def start(made: Wired) -> None:
    """Start the program, and again where it said that it could not."""
    for _ in range(TRIES):
        with contextlib.suppress(Busy, OperationalError):
            await made.start()
            return
    raise AssertionError("it never started")


async def insist(made: Wired, act: Callable[[], None], is_so: Callable[[], bool]) -> None:
    for _ in range(TRIES):
        if is_so():
            return
        act()
        with contextlib.suppress(Busy):  # the call that failed may be of this look itself
            await made.handled()
        await asyncio.sleep(0.05)
    assert is_so()


def tap(made: Wired, person: int, label: str) -> bool:
    """Tap the newest button of that name, if there is one."""
    playground = made.playground
    for message in reversed(list(playground.chats.messages(person))):
        shown = page_message(message, playground.bot_id)
        for button in itertools.chain.from_iterable(shown["inline_keyboard"] or ()):
            if label in button["text"]:
                made.presses(person, button["callback_data"], shown["message_id"])
                return True
    return False


def promise(made: Wired) -> None:
    if not tap(made, FIRST, "Yes, that's it"):
        made.says(FIRST, "film every Sunday at 20:00")


def kept(made: Wired, person: int) -> bool:
    query = "SELECT count(*) FROM check_ins WHERE person_id = :person"
    return bool(made.rows(query, person=person)[0][0])


def promised(made: Wired) -> int:
    query = "SELECT count(*) FROM commitments WHERE person_id = :person"
    return int(made.rows(query, person=FIRST)[0][0])


def reminders(made: Wired, person: int) -> int:
    """How many arrived; a tap edits them, so it is the calls that tell."""
    sent = [call for call in made.calls("sendMessage") if call.chat == person]
    return sum(
        "Did it" in call.parameters.get("reply_markup", "") and was_carried_out(call.as_json())
        for call in sent
    )


def hold(made: Wired, copies: int, why: str) -> None:
    """Everything owed came, everything done counts once, and the rows are in order."""
    for person in PEOPLE:
        assert 1 <= reminders(made, person) <= copies, why
        query = "SELECT count(*) FROM check_ins WHERE person_id = :person"
        assert made.rows(query, person=person) == [(1,)], why
    assert promised(made) == 2, why
    assert made.broken() == [], why
