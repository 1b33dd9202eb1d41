"""The pauses that Telegram asks for (429): a chat's, and those of the whole bot.

They stand in the database, so that a restart and other processes keep to them.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from habits.storage.database import Tx
from habits.storage.rows import insert_unless_there
from habits.storage.tables import people, send_budget

LONGER = 0.5
"""Seconds that a pause is kept beyond what Telegram asked for."""

# Put together once, as in habits/storage/rows.py.
_PAUSED_UNTIL = sa.select(send_budget.c.paused_until).where(send_budget.c.id == 1)
_CHAT_PAUSED_UNTIL = sa.select(people.c.paused_until).where(
    people.c.id == sa.bindparam("person_id")
)


def moment(tx: Tx, now: datetime) -> datetime:
    """The instant that pauses are counted in: one clock for all processes."""
    if tx.dialect.name == "postgresql":
        at: datetime = tx.scalars(sa.text("SELECT clock_timestamp()")).one()
        return at
    return now


def paused_for(tx: Tx, now: datetime) -> float:
    """The seconds for which Telegram asked the whole bot to wait, or 0."""
    until = tx.scalar(_PAUSED_UNTIL)
    return 0.0 if until is None else max(0.0, (until - moment(tx, now)).total_seconds())


def chat_paused_for(tx: Tx, person_id: int, now: datetime) -> float:
    """The seconds for which Telegram asked us to leave somebody's chat alone, or 0."""
    until = tx.scalar(_CHAT_PAUSED_UNTIL, {"person_id": person_id})
    return 0.0 if until is None else max(0.0, (until - moment(tx, now)).total_seconds())


def told_to_wait(tx: Tx, person_id: int, now: datetime, seconds: float) -> datetime:
    """A 429 pauses the chat; if another chat is pausing already, the whole bot.

    Gives until when, by the caller's own clock.
    """
    at = moment(tx, now)
    until = at + timedelta(seconds=seconds + LONGER)
    pausing: dict[int, datetime] = {
        row.id: row.paused_until
        for row in tx.execute(
            sa.select(people.c.id, people.c.paused_until).where(people.c.paused_until > at)
        )
    }
    until = max(until, pausing.get(person_id, until))
    tx.execute(sa.update(people).where(people.c.id == person_id).values(paused_until=until))
    if pausing.keys() - {person_id}:
        pause(tx, now, (until - at).total_seconds())
    return now + (until - at)


def pause(tx: Tx, now: datetime, seconds: float) -> None:
    """Send nothing at all for a while; survives a restart, and is never made shorter."""
    until = moment(tx, now) + timedelta(seconds=seconds)
    row = {"id": 1, "paused_until": until}
    insert = insert_unless_there(tx, send_budget).values(row)
    before = send_budget.c.paused_until
    tx.execute(
        insert.on_conflict_do_update(
            index_elements=["id"],
            set_={"paused_until": until},
            where=sa.or_(before.is_(None), before < until),
        )
    )
