"""The loop that sends: against a real database and a courier that writes down what it was given."""

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from habits import notices, outages, settling
from habits.budget import Budget, reminding
from habits.clock import Clock, boottime
from habits.outcomes import NotSent, Outcome, Sent, Unsure
from habits.reminders import PENDING, SENDING, SENT, owed
from habits.sending import Owed
from habits.storage.database import Busy, Database, Engine, Tx, Work, connect
from habits.storage.tables import deliveries
from habits.storage.tables import outages as outage_rows
from habits.storage.tables import people as people_rows
from scheduler import dispatch as loop
from scheduler.dispatch import Dispatch
from tests.conftest import on_postgresql, on_sqlite
from tests.house import ANNA, GO, House

Delivering = Callable[[Owed], Awaitable[Outcome]]


@dataclass
class Recorder:
    """Delivers into a list."""

    clock: Clock
    delivering: Delivering | None = None
    reachable: bool = True
    sent: list[tuple[Owed, datetime]] = field(default_factory=list)
    probes: int = 0

    async def deliver(self, owed: Owed) -> Outcome:
        self.sent.append((owed, self.clock.now()))
        if self.delivering is not None:
            return await self.delivering(owed)
        return Sent(len(self.sent))

    async def answers(self) -> bool:
        self.probes += 1
        return self.reachable

    @property
    def ids(self) -> list[int]:
        return [owed.id for owed, _ in self.sent]


@pytest.fixture
def clock() -> Clock:
    return clock_at(GO)


def clock_at(moment: datetime) -> Clock:
    """A clock that goes on from a moment."""
    clock = Clock()
    clock.offset = moment - clock.now()
    return clock


@pytest.fixture
def courier(clock: Clock) -> Recorder:
    return Recorder(clock)


@contextlib.asynccontextmanager
async def dispatching(
    database: Database, clock: Clock, courier: Recorder, rate: float = 200
) -> AsyncIterator[Dispatch]:
    """The loop, running while the block lasts."""
    dispatch = Dispatch(database, clock, Budget(rate), courier)
    running = asyncio.create_task(dispatch.run())
    yield dispatch
    dispatch.stop()
    await asyncio.wait_for(running, 20)


async def owe(house: House, due: datetime, person_id: int = ANNA, **more: Any) -> int:
    person = await house.person(person_id)

    def write(tx: Tx) -> int:
        row = owed(person, "note", due, **more)
        return tx.scalars(sa.insert(deliveries).values(row).returning(deliveries.c.id)).one()

    return await house.database.write(write)


async def until(look: Callable[[], Any], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not look():
            await asyncio.sleep(0.01)


async def states(house: House) -> dict[int, str]:
    return {row.id: row.state for row in await house.deliveries()}


async def test_what_is_due_leaves_within_a_second_and_nothing_before(
    house: House, clock: Clock, courier: Recorder
):
    dues = {}
    for number in range(5):
        due = clock.now() + timedelta(seconds=0.3 + 0.3 * number)
        dues[await owe(house, due, person_id=2000 + number)] = due
    async with dispatching(house.database, clock, courier):
        await until(lambda: len(courier.sent) == 5)
    late = [(at - dues[owed.id]).total_seconds() for owed, at in courier.sent]
    assert all(0 <= each < 1 for each in late), late
    assert set((await states(house)).values()) == {SENT}


async def test_while_the_clock_is_held_nothing_leaves(
    house: House, clock: Clock, courier: Recorder
):
    await owe(house, GO)
    clock.held = "for a reason"
    async with dispatching(house.database, clock, courier):
        await asyncio.sleep(1.3)
        assert courier.sent == []
        clock.held = None
        await until(lambda: courier.sent)


async def test_a_hundred_at_once_leave_once_each_and_idle_waits_for_the_last(
    house: House, clock: Clock, courier: Recorder
):
    owing = {await owe(house, GO, person_id=2000 + number) for number in range(100)}
    async with dispatching(house.database, clock, courier, rate=1000) as dispatch:
        await asyncio.wait_for(dispatch.idle(), 20)
        assert set(courier.ids) == owing
        assert len(courier.ids) == 100
        assert set((await states(house)).values()) == {SENT}


async def test_being_asked_to_stop_finishes_what_is_under_way(
    house: House, clock: Clock, courier: Recorder
):
    async def slowly(owed: Owed) -> Outcome:
        await asyncio.sleep(0.5)
        return Sent(1)

    courier.delivering = slowly
    owing = await owe(house, GO)
    async with dispatching(house.database, clock, courier):
        await until(lambda: courier.sent)
    assert await states(house) == {owing: SENT}


async def test_a_call_that_takes_too_long_to_stop_for_is_cut_and_may_have_arrived(
    house: House, clock: Clock, courier: Recorder, monkeypatch: pytest.MonkeyPatch
):
    async def for_ever(owed: Owed) -> Outcome:
        await asyncio.sleep(3600)
        return Sent(1)

    monkeypatch.setattr(loop, "LAST_CALLS", 0.2)
    courier.delivering = for_ever
    owing = await owe(house, GO)
    async with dispatching(house.database, clock, courier):
        await until(lambda: courier.sent)
    row = await house.delivery(owing)
    assert (row.state, row.maybe_sent, row.resends) == (PENDING, True, 1)
    assert row.reason == "cut off when we stopped"


async def test_a_courier_that_raises_costs_only_the_message_that_made_it_raise(
    house: House, clock: Clock, courier: Recorder
):
    bad = await owe(house, GO - timedelta(minutes=1), person_id=2000)
    good = {await owe(house, GO, person_id=2001 + number) for number in range(5)}

    async def raising(owed: Owed) -> Outcome:
        if owed.id == bad:
            raise KeyError("no such text")
        return Sent(1)

    courier.delivering = raising
    async with dispatching(house.database, clock, courier):
        for _ in range(3):
            await until(lambda: len(courier.sent) >= 6)
            await asyncio.sleep(0.3)
            clock.offset += timedelta(seconds=10)
            await asyncio.sleep(1.2)
    row = await house.delivery(bad)
    assert (row.state, row.reason, courier.ids.count(bad)) == ("failed", "poison", 3)
    assert {each for each, state in (await states(house)).items() if state == SENT} == good


async def test_what_may_have_arrived_goes_out_again_only_after_a_good_probe(
    house: House, clock: Clock, courier: Recorder
):
    owing = await owe(house, GO)
    await house.change(sa.update(deliveries).values(maybe_sent=True, resends=1, epoch=1))
    courier.reachable = False
    async with dispatching(house.database, clock, courier):
        await until(lambda: courier.probes)
        await asyncio.sleep(0.3)
        assert courier.sent == []
        courier.reachable = True
        clock.offset += timedelta(seconds=10)
        await until(lambda: courier.sent)
    assert await states(house) == {owing: SENT}


async def test_what_is_delivered_takes_its_token_behind_answers(
    house: House, clock: Clock, courier: Recorder
):
    behind = []

    async def delivering(_: Owed) -> Outcome:
        behind.append(reminding.get())
        return Sent(1)

    courier.delivering = delivering
    await owe(house, GO)
    async with dispatching(house.database, clock, courier):
        await until(lambda: behind)
    assert behind == [True]
    assert not reminding.get()  # nobody else's


async def test_a_claim_that_has_grown_old_is_not_acted_upon(
    house: House, clock: Clock, courier: Recorder, monkeypatch: pytest.MonkeyPatch
):
    """As after a pause of the whole process between the claim and the call."""
    monkeypatch.setattr(loop, "CLAIM_LASTS", -1.0)
    owing = await owe(house, GO)
    async with dispatching(house.database, clock, courier):
        await asyncio.sleep(0.5)
    row = await house.delivery(owing)
    assert courier.sent == []
    assert (row.state, row.reason, row.maybe_sent) == (PENDING, "the claim had grown old", False)


# When the database is away.


@dataclass
class Shaky(Engine):
    """A database that is away now and then: nothing reaches the real one while it is."""

    engine: Engine
    away: bool = False

    @property
    def url(self) -> sa.URL:  # type: ignore[override]
        return self.engine.url

    def submit(self, work: Work, *, writes: bool) -> "Future[Any]":
        if not self.away:
            return self.engine.submit(work, writes=writes)
        refused: Future[Any] = Future()
        refused.set_exception(Busy("the database is away"))
        return refused

    def close(self) -> None:
        self.engine.close()


@pytest.fixture
def shaky(database: Database) -> Shaky:
    return Shaky(database._engine)


async def test_nothing_is_sent_that_could_not_be_claimed_and_everything_afterwards(
    house: House, clock: Clock, courier: Recorder, shaky: Shaky
):
    owing = {await owe(house, GO, person_id=2000 + number) for number in range(10)}
    shaky.away = True
    async with dispatching(Database(shaky), clock, courier):
        await asyncio.sleep(1)
        assert courier.sent == []
        shaky.away = False
        await until(lambda: len(courier.sent) == 10)
    assert set(courier.ids) == owing
    assert set((await states(house)).values()) == {SENT}


async def test_while_the_loop_lags_behind_little_more_is_put_under_way(
    house: House, clock: Clock, courier: Recorder
):
    for number in range(150):
        await owe(house, GO, person_id=2000 + number)
    most = 0

    async def deliver(owed: Owed) -> Outcome:
        nonlocal most
        most = max(most, len(dispatch._held))
        await asyncio.sleep(0.8)
        return Sent(1)

    async def hold_up() -> None:
        while True:
            time.sleep(0.03)
            await asyncio.sleep(0)

    courier.delivering = deliver
    busy = asyncio.create_task(hold_up())
    async with dispatching(house.database, clock, courier, rate=1000) as dispatch:
        await until(lambda: len(courier.sent) == 150, seconds=20)
    busy.cancel()
    assert most <= loop.MOST_AT_ONCE + loop.ENOUGH


async def test_what_another_has_claimed_meanwhile_is_told_as_nobodys_end_here(
    house: House, clock: Clock, courier: Recorder, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("INFO", "habits.deliveries")
    first, second = await owe(house, GO), await owe(house, GO, person_id=2000)

    async def take_away(owed: Owed) -> Outcome:
        mine = sa.and_(deliveries.c.id == first, deliveries.c.id == owed.id)
        await house.change(sa.update(deliveries).where(mine).values(epoch=owed.epoch + 1))
        return Sent(1)

    courier.delivering = take_away
    told: list[int] = []
    async with dispatching(house.database, clock, courier) as dispatch:
        dispatch.settled = lambda settlement: told.append(settlement.owed.id)
        await until(lambda: len(caplog.records) == 2)
    assert told == [second]
    late = [each for each in caplog.messages if each.endswith("after another had claimed it")]
    assert len(late) == 1
    assert (await states(house))[first] == SENDING


async def test_what_was_sent_is_settled_once_the_database_is_back_and_not_sent_again(
    house: House, clock: Clock, courier: Recorder, shaky: Shaky
):
    async def and_then_the_database_goes(owed: Owed) -> Outcome:
        shaky.away = True
        return Sent(1)

    courier.delivering = and_then_the_database_goes
    owing = await owe(house, GO)
    async with dispatching(Database(shaky), clock, courier):
        await until(lambda: courier.sent)
        await asyncio.sleep(1)
        assert await states(house) == {owing: SENDING}
        shaky.away = False
        await asyncio.sleep(2.5)
        assert await states(house) == {owing: SENT}
    assert courier.ids == [owing]


@dataclass
class Tardy(Shaky):
    """A database that has committed a good while before we hear of it."""

    def submit(self, work: Work, *, writes: bool) -> "Future[Any]":
        future = self.engine.submit(work, writes=writes)
        if not writes:
            return future
        heard: Future[Any] = Future()
        later = threading.Timer(0.3, lambda: heard.set_result(future.result()))
        later.start()
        return heard


async def test_idle_waits_for_what_is_claimed_and_not_known_of_yet(
    house: House, database: Database, clock: Clock, courier: Recorder
):
    """Else the playground's clock would go on before the reminder has left."""
    await owe(house, clock.now() + timedelta(seconds=0.5))
    async with dispatching(Database(Tardy(database._engine)), clock, courier) as dispatch:
        await asyncio.sleep(0.6)
        await asyncio.wait_for(dispatch.idle(), 10)
        assert len(courier.sent) == 1
        assert set((await states(house)).values()) == {SENT}


async def test_a_database_that_stays_away_for_days_does_not_end_the_loop(
    house: House,
    clock: Clock,
    courier: Recorder,
    shaky: Shaky,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    caplog.set_level("CRITICAL")
    monkeypatch.setattr(loop, "LONGEST_PAUSE", 0.0)
    await owe(house, GO)
    shaky.away = True
    refused = 0
    submit = shaky.submit

    def counted(work: Work, *, writes: bool) -> "Future[Any]":
        nonlocal refused
        refused += 1
        return submit(work, writes=writes)

    monkeypatch.setattr(shaky, "submit", counted)
    async with dispatching(Database(shaky), clock, courier):
        await until(lambda: refused > 1100, 30)
        shaky.away = False
        await until(lambda: courier.sent)


@on_sqlite  # the trigger below is written for it
async def test_one_delivery_that_cannot_be_written_down_does_not_keep_the_others(
    house: House, clock: Clock, courier: Recorder
):
    await house.change(
        sa.text(
            "CREATE TRIGGER refuses BEFORE UPDATE ON deliveries WHEN NEW.message_id = 13 "
            "BEGIN SELECT RAISE(ABORT, 'not this one'); END"
        )
    )
    bad = await owe(house, GO, person_id=2000)
    good = [await owe(house, GO, person_id=2001 + number) for number in range(8)]

    async def numbered(owed: Owed) -> Outcome:
        return Sent(13 if owed.id == bad else 1)

    courier.delivering = numbered
    dispatch = Dispatch(house.database, clock, Budget(200), courier)
    running = asyncio.create_task(dispatch.run())
    await until(lambda: len(courier.sent) == 9)
    await asyncio.sleep(1)
    found = await states(house)
    assert found.pop(bad) == SENDING
    assert set(found) == set(good)
    assert set(found.values()) == {SENT}
    dispatch.stop()
    await asyncio.wait_for(running, 10)
    assert courier.ids.count(bad) == 1


async def test_an_absence_while_running_is_an_outage_and_told_once(
    house: House, clock: Clock, courier: Recorder, shaky: Shaky, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(outages, "AN_OUTAGE", timedelta(seconds=2))
    monkeypatch.setattr(outages, "PRESSES_LIVE", timedelta(seconds=2))
    await house.commitment(await house.person())
    async with dispatching(Database(shaky), clock, courier):
        await until(lambda: courier.sent)
        await asyncio.sleep(0.2)
        began = clock.now()
        shaky.away = True
        await asyncio.sleep(3.5)
        shaky.away = False
        await until(lambda: len(courier.sent) == 2, 15)
        ended = clock.now()
    [(found_begin, found_end)] = await house.rows(sa.select(outage_rows))
    assert abs(found_begin - began) < timedelta(seconds=1.2)
    assert found_begin + timedelta(seconds=2) < found_end <= ended
    assert [owed.kind for owed, _ in courier.sent] == ["go", notices.OUTAGE]


async def test_the_file_locked_by_another_program_delays_and_loses_nothing(
    migrated_file: Any, tmp_path: Any, clock: Clock, courier: Recorder
):
    """Longer than SQLite's own patience of five seconds."""
    file = tmp_path / "locked.sqlite3"
    file.write_bytes(migrated_file.read_bytes())
    database = connect(sa.URL.create("sqlite", database=str(file)))
    house = House(database)
    owing = {await owe(house, GO, person_id=2000 + number) for number in range(5)}
    locked = threading.Event()

    def lock() -> None:
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            locked.set()
            time.sleep(8)
            other.execute("ROLLBACK")

    locking = threading.Thread(target=lock)
    locking.start()
    locked.wait()
    began = clock.now()
    async with dispatching(database, clock, courier):
        await until(lambda: len(courier.sent) == 5, 20)
    locking.join()
    late = max((at - began).total_seconds() for _, at in courier.sent)
    assert 7 < late <= 10
    assert set(courier.ids) == owing
    assert set((await states(house)).values()) == {SENT}
    database.close()


@on_postgresql  # one process at a time uses a SQLite file
async def test_two_loops_on_one_database_send_each_message_once(
    house: House, database_url: sa.URL, clock: Clock
):
    owing = {await owe(house, GO, person_id=2000 + number) for number in range(60)}

    async def at_ease(owed: Owed) -> Outcome:
        await asyncio.sleep(0.05)
        return Sent(1)

    couriers = [Recorder(clock, at_ease), Recorder(clock, at_ease)]
    other = connect(database_url)
    async with (
        dispatching(house.database, clock, couriers[0], rate=20) as one,
        dispatching(other, clock, couriers[1], rate=20) as two,
    ):
        await asyncio.wait_for(asyncio.gather(one.idle(), two.idle()), 30)
    other.close()
    together = [each for courier in couriers for each in courier.ids]
    assert len(together) == 60
    assert set(together) == owing
    assert all(courier.sent for courier in couriers)


async def test_what_is_too_late_is_set_aside_and_whoever_missed_it_is_told(
    house: House, courier: Recorder, clock: Clock
):
    anna = await house.person()
    commitment = await house.commitment(anna)
    clock.offset += timedelta(hours=8, minutes=1)
    async with dispatching(house.database, clock, courier):
        await asyncio.sleep(0.5)
    assert courier.sent == []  # 22:01 in Berlin: the notice waits until the morning
    [occasion, *_] = await house.occasions(commitment)
    assert occasion.excuse == "late"
    [notice] = await house.deliveries(notices.OUTAGE)
    assert notice.due_at.astimezone(anna.zone).hour == 8


async def test_unsure_and_not_sent_come_back_by_themselves(
    house: House, clock: Clock, courier: Recorder
):
    outcomes = [NotSent("no way"), Unsure("cut"), Sent(1)]

    async def one_after_the_other(owed: Owed) -> Outcome:
        return outcomes.pop(0)

    courier.delivering = one_after_the_other
    owing = await owe(house, GO)
    async with dispatching(house.database, clock, courier):
        for count in (1, 2, 3):
            await until(lambda count=count: len(courier.sent) == count)
            await asyncio.sleep(0.2)
            clock.offset += timedelta(seconds=10)
            await house.let_chats_rest()
    row = await house.delivery(owing)
    assert (row.state, row.epoch, row.resends) == (SENT, 3, 1)


async def test_what_another_process_left_behind_is_reaped_and_sent(
    house: House, clock: Clock, courier: Recorder
):
    owing = await owe(house, GO)
    house.now = GO
    await house.claim_one()
    await house.change(sa.update(deliveries).values(lease_until=0.0))
    await house.change(sa.update(people_rows).values(next_send_at=0.0))
    async with dispatching(house.database, clock, courier):
        await until(lambda: courier.sent)
    assert courier.probes == 1
    row = await house.delivery(owing)
    assert (row.state, row.maybe_sent, row.epoch) == (SENT, True, 2)
    assert await house.database.write(settling.reap, house.now) == 0


async def test_what_another_process_left_behind_waits_while_that_one_may_still_settle_it(
    house: House,
    clock: Clock,
    courier: Recorder,
    shaky: Shaky,
    monkeypatch: pytest.MonkeyPatch,
):
    """A database that was away was away for all, and the other one may know what became of it."""
    monkeypatch.setattr(loop, "REAPS_EVERY", 0.0)
    monkeypatch.setattr(loop, "REAPS_AFTER_TROUBLE", 2.0)
    owing = await owe(house, GO)
    house.now = GO
    await house.claim_one()
    await house.change(sa.update(deliveries).values(lease_until=0.0))
    await house.change(sa.update(people_rows).values(next_send_at=0.0))
    shaky.away = True
    async with dispatching(Database(shaky), clock, courier) as dispatch:
        await asyncio.sleep(0.5)
        shaky.away = False
        back = boottime()
        await until(lambda: dispatch.looked_at > back)
        await asyncio.sleep(0.3)
        assert await states(house) == {owing: SENDING}
        await until(lambda: courier.sent)
    assert await states(house) == {owing: SENT}


async def test_what_is_under_way_here_outlasts_its_lease_and_is_not_sent_again(
    house: House, clock: Clock, courier: Recorder, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(loop, "REAPS_EVERY", 0.0)
    monkeypatch.setattr(loop, "LOOKS_EVERY", 0.02)
    answered = asyncio.Event()

    async def late(_: Owed) -> Outcome:
        await answered.wait()
        return Sent(1)

    courier.delivering = late
    owing = await owe(house, GO)
    async with dispatching(house.database, clock, courier) as dispatch:
        await until(lambda: courier.sent)
        await house.change(sa.update(deliveries).values(lease_until=0.0))
        await house.let_chats_rest()
        overdue = dispatch.looked_at
        await until(lambda: dispatch.looked_at > overdue + 0.3)
        answered.set()
    row = await house.delivery(owing)
    assert (len(courier.sent), row.state, row.epoch) == (1, SENT, 1)
