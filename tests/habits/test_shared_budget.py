"""One send budget for several processes: moments to send at, each handed out once."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, closing

import pytest
import sqlalchemy as sa

from habits import pauses, shares
from habits.budget import BURST, reminding
from habits.clock import Clock, boottime
from habits.shared_budget import SharedBudget
from habits.shares import ANSWERS_AHEAD, REMINDERS_AHEAD, Share, lasts, slots_a_second
from habits.storage.database import Database, Tx, connect
from habits.storage.tables import send_budget
from tests import postgres
from tests.habits.test_budget import most_in_any_second

NOW = Clock().now()


@pytest.fixture
def database(migrated: sa.URL, server: postgres.Server) -> Iterator[Database]:
    """A database on PostgreSQL, since on SQLite nobody shares."""
    with closing(connect(migrated)) as database:
        yield database
    server.empty(migrated, ["send_budget"])


async def take(database: Database, rate: float, wanted: int, ahead: float) -> Share:
    return await database.write(shares.take, NOW, rate, wanted, ahead)


async def test_no_moment_is_handed_out_twice(database: Database):
    first = await take(database, 1, 5, ANSWERS_AHEAD)
    second = await take(database, 1, 5, 3.0)
    assert (first.count, second.count) == (1, 1)
    assert -lasts(1) < first.begins_in < 0  # it may still be used
    assert 0 < second.begins_in <= 1 + first.begins_in  # a second after the first one


@pytest.mark.parametrize(("rate", "late"), [(1, 0.1), (10, 0.1), (25, 0.1), (60, 0.02), (1000, 0)])
def test_also_where_some_are_later_on_their_way_no_second_has_more(rate: int, late: float):
    """A second has the moments in it, and of those before it what is used or arrives so late."""
    assert 1 + (1 + lasts(rate) + late) * slots_a_second(rate) <= rate + BURST + 1e-6
    assert slots_a_second(rate) >= 0.96 * rate


async def test_while_answers_reach_ahead_reminders_get_nothing(database: Database):
    wait = 0.0
    while wait <= REMINDERS_AHEAD:  # on a busy machine time may have gone by
        share = await take(database, 25, 5, ANSWERS_AHEAD)
        wait = share.begins_in
    told = await take(database, 25, 5, 0.0)
    assert told.count == 0
    assert told.begins_in > 0


async def test_a_pause_is_told_to_whoever_asks(database: Database):
    await database.write(pauses.pause, NOW, 30.0)
    told = await take(database, 25, 5, ANSWERS_AHEAD)
    assert told.count == 0
    assert 25 < told.paused <= 30


async def test_a_database_whose_clock_was_set_back_is_not_waited_for(database: Database):
    def far_ahead(tx: Tx) -> None:
        tx.execute(sa.insert(send_budget).values(id=1, next_at=4_000_000_000.0))

    await database.write(far_ahead)
    assert (await take(database, 25, 1, REMINDERS_AHEAD)).count == 1


@pytest.fixture
def three(migrated: sa.URL, database: Database) -> Iterator[list[Database]]:
    """As three processes have it: a pool of connections each."""
    with ExitStack() as stack:
        yield [stack.enter_context(closing(connect(migrated))) for _ in range(3)]


async def leave(budget: SharedBudget, log: list[tuple[str, float]], *, reminder: bool) -> None:
    reminding.set(reminder)
    await budget.token()
    log.append(("reminder" if reminder else "answer", boottime()))


@pytest.mark.parametrize("rate", [25, 200])
async def test_three_processes_together_stay_within_the_rate_and_a_burst(
    three: list[Database], rate: int
):
    budgets = [SharedBudget(rate, database, Clock()) for database in three]
    log: list[tuple[str, float]] = []
    await asyncio.gather(
        *(leave(budgets[n % 3], log, reminder=n % 4 > 0) for n in range(int(rate * 2.2)))
    )
    most = most_in_any_second([at for _, at in log])
    assert rate / 2 < most <= rate + BURST  # and it is used


async def test_answers_of_one_process_leave_before_the_reminders_of_others(three: list[Database]):
    reminding_ones = [SharedBudget(25, database, Clock()) for database in three[:2]]
    answering = SharedBudget(25, three[2], Clock())
    log: list[tuple[str, float]] = []
    reminders = [
        asyncio.create_task(leave(reminding_ones[n % 2], log, reminder=True)) for n in range(60)
    ]
    while len(log) < 5:
        await asyncio.sleep(0.01)
    before = len(log)
    await asyncio.gather(*(leave(answering, log, reminder=False) for _ in range(20)))
    overtook = [kind for kind, _ in log[before:]].count("reminder")
    assert overtook <= 10
    for each in reminders:
        each.cancel()
    for budget in reminding_ones:
        budget.close()


async def test_a_pause_that_one_process_was_asked_for_holds_the_others(three: list[Database]):
    budget, log = SharedBudget(100, three[0], Clock()), []
    await leave(budget, log, reminder=True)
    await three[1].write(pauses.pause, NOW, 1.0)
    paused_at = boottime()
    await leave(budget, log, reminder=True)
    await leave(budget, log, reminder=False)
    assert [at > paused_at + 0.9 for _, at in log] == [False, True, True]


async def test_a_database_that_is_away_lets_nothing_out_and_everything_afterwards(
    three: list[Database], server: postgres.Server, migrated: sa.URL
):
    budget, log = SharedBudget(100, three[0], Clock()), []
    await leave(budget, log, reminder=True)
    server.run(f"ALTER DATABASE {migrated.database} ALLOW_CONNECTIONS false")
    try:
        server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{migrated.database}'"
        )
        waiting = asyncio.create_task(leave(budget, log, reminder=True))
        await asyncio.sleep(0.5)
        assert len(log) == 1
    finally:
        server.run(f"ALTER DATABASE {migrated.database} ALLOW_CONNECTIONS true")
    await waiting
    assert len(log) == 2
