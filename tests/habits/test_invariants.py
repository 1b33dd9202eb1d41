"""Each invariant tells of the rows that break it, and of nothing where all is well."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from habits import outages
from habits.commitments import commit
from habits.invariants import broken, rules
from habits.rules.schedule import Schedule
from habits.storage.database import Tx
from habits.storage.tables import check_ins, commitments, deliveries, inbox, occasions
from tests.conftest import on_sqlite
from tests.house import BEN, MONDAY, House

LONG_AGO = MONDAY.replace(year=2020)
TORN: dict[str, list[Any]] = {
    "messages sent, with neither a number nor a doubt": [
        sa.update(deliveries).values(state="sent", message_id=None, reason=None)
    ],
    "occasions whose person is not their commitment's": [
        sa.update(occasions).values(person_id=BEN),
        sa.update(deliveries).values(person_id=BEN),
    ],
    "messages whose person is not their occasion's": [sa.update(deliveries).values(person_id=BEN)],
    "check-ins whose person is not their commitment's": [
        sa.insert(check_ins).from_select(
            ["id", "person_id", "commitment_id", "week", "day", "counts", "made_at"],
            sa.select(
                sa.literal(1),
                sa.literal(BEN),
                commitments.c.id,
                commitments.c.phase,
                commitments.c.phase,
                sa.true(),
                commitments.c.made_at,
            ),
        )
    ],
    "updates handled whose words are still there": [
        sa.insert(inbox).values(
            update_id=1, state="done", tries=0, received_at=LONG_AGO, body="words"
        )
    ],
}
NEGLECTED: dict[str, list[Any]] = {
    "active commitments with no reminder ahead": [sa.delete(occasions)],
    "active commitments that are not laid out for eight days": [
        sa.update(commitments).values(laid_until=MONDAY.date() + timedelta(days=7))
    ],
    "occasions further ahead than any is laid out": [
        sa.update(occasions).values(go_at=MONDAY + timedelta(days=24))
    ],
    "messages under way that nobody holds": [
        sa.update(deliveries).values(state="sending", lease_until=0.0)
    ],
    "messages that wait and are too late": [
        sa.update(deliveries).values(not_after=LONG_AGO, next_attempt_at=LONG_AGO)
    ],
    "an update that has been waiting for two minutes": [
        sa.insert(inbox).values(
            update_id=1, state="new", tries=0, received_at=LONG_AGO, body="words"
        )
    ],
}


async def found(house: House) -> list[str]:
    sentences = await house.database.read(broken, house.now)
    return [sentence.rpartition(":")[0] for sentence in sentences]


async def a_life(house: House) -> None:
    await house.person(BEN)
    await house.commitment(await house.person())


@pytest.mark.parametrize("rule", TORN | NEGLECTED)
async def test_a_broken_invariant_is_told_and_an_unbroken_one_is_not(house: House, rule: str):
    await a_life(house)
    await house.database.write(outages.beat, house.now)
    assert await found(house) == []
    for statement in (TORN | NEGLECTED)[rule]:
        await house.change(statement)
    assert await found(house) == [rule]


async def test_every_rule_is_broken_here(house: House):
    def look(tx: Tx) -> set[str]:
        return set(rules(tx, house.now, running=True))

    of_nobody = {each for each in await house.database.read(look) if each.startswith("rows in ")}
    assert await house.database.read(look) - of_nobody == set(TORN | NEGLECTED)


async def test_whatever_its_rhythm_a_commitment_that_is_never_laid_out_is_told(house: House):
    """And none that is, on any day of its weeks off."""
    anna = await house.person()
    for every in range(1, 5):
        await house.commitment(anna, f"Every {every}", days=(1,), every=every)
    once = Schedule((6, 7), once=True)
    await house.database.write(commit, anna, "Walk", ["Walk"], once, house.now)
    for _ in range(36):
        house.now += timedelta(days=1)
        await house.lay_out()
        await house.change(sa.update(deliveries).values(state="cancelled"))
        await house.database.write(outages.beat, house.now)
        assert await found(house) == []
    await house.change(sa.delete(occasions))
    [told] = await house.database.read(broken, house.now)
    assert told == "active commitments with no reminder ahead: 5"


@pytest.mark.parametrize("rule", NEGLECTED)
async def test_what_the_running_bot_sees_to_is_no_fault_while_it_does_not_run(
    house: House, rule: str
):
    await a_life(house)
    await house.database.write(outages.beat, house.now - 2 * outages.AN_OUTAGE)
    for statement in NEGLECTED[rule]:
        await house.change(statement)
    assert await found(house) == []


@on_sqlite
async def test_rows_of_nobody_are_told_with_their_table(house: House, database_url: sa.URL):
    """As a tool leaves them that does not ask SQLite to look."""
    await a_life(house)
    with closing(sqlite3.connect(str(database_url.database))) as outside, outside:
        outside.execute("DELETE FROM people WHERE id <> ?", (BEN,))
    assert "rows in commitments of nobody" in await found(house)
