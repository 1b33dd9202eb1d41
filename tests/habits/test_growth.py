"""What looks through everybody reads along an index: a table that grows slows nobody down."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from habits import cards, ledger, monthly, occasions, outages, sending, settling, weeks
from habits.reminders import owed
from habits.storage.database import Tx
from tests.conftest import on_postgresql, on_sqlite
from tests.house import GO, House

GROWS = ("people", "commitments", "occasions", "deliveries")


def whole_tables_read(tx: Tx, work: Callable[[], object]) -> list[str]:
    """The steps of SQLite's plans in which it goes through a table, statement by statement."""
    found: list[str] = []

    def explain(connection: Tx, _: Any, statement: str, values: Any, *__: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            cursor = connection.connection.cursor()
            steps = cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            scans = [f"SCAN {table}" for table in GROWS]
            found.extend(step for *_, step in steps if step in scans)

    sa.event.listen(tx, "before_cursor_execute", explain)
    work()
    return found


@on_sqlite
@pytest.mark.parametrize(
    ("work", "more"),
    [
        (settling.free_all, ()),
        (settling.reap, ()),
        (occasions.lay_out_due, (500,)),
        (outages.expire, (500,)),
        (weeks.settle_due, (500,)),
        (weeks.unsettled, ()),
        (monthly.owe_due, (500,)),
        (cards.owe_due, (50,)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_nothing_that_comes_round_often_goes_through_a_whole_table(
    house: House, work: Callable[..., object], more: tuple[int, ...]
):
    await house.commitment(await house.person())
    house.now = GO
    await house.send_due()
    look = lambda tx: whole_tables_read(tx, lambda: work(tx, house.now, *more))  # noqa: E731
    assert await house.database.write(look) == []


def deliveries_sorted(tx: Tx, work: Callable[[], object]) -> list[str]:
    """By what PostgreSQL's plans put messages in order, statement by statement."""
    found: list[str] = []

    def explain(connection: Tx, _: Any, statement: str, values: Any, *__: Any) -> None:
        if statement.startswith("SELECT"):
            plan = connection.connection.cursor().execute(f"EXPLAIN {statement}", values)
            found.extend(step for (step,) in plan.fetchall() if "Sort Key: deliveries" in step)

    sa.event.listen(tx, "before_cursor_execute", explain)
    work()
    return found


@on_postgresql
async def test_a_claim_follows_the_index_also_before_postgresql_has_counted_the_rows(house: House):
    person = await house.person()
    due = [owed(person, "note", GO, subject=str(number)) for number in range(5_000)]
    await house.database.write(ledger.owe, due)
    look = lambda tx: deliveries_sorted(tx, lambda: sending.claim(tx, GO, 10))  # noqa: E731
    assert await house.database.write(look) == []
