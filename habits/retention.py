"""What is not kept for ever: delivery details go after 90 days, whoever is gone after a year."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from habits import admissions, taking_in
from habits.reminders import PENDING, SENDING
from habits.storage.database import Tx
from habits.storage.rows import YES
from habits.storage.tables import changes, deliveries, outages, people

DELIVERIES_KEPT = timedelta(days=90)
CHANGES_KEPT = timedelta(days=90)
OUT_OF_REACH_KEPT = timedelta(days=365)


def forget_deliveries(tx: Tx, now: datetime, after: int, limit: int) -> int | None:
    """Drop the old ones among the next so many deliveries; gives the last one's id, if any.

    A person has a hundred of them: all at once would keep everybody's writes waiting.
    """
    page = sa.select(deliveries.c.id).where(deliveries.c.id > after)
    page = page.order_by(deliveries.c.id).limit(limit)
    last: int | None = tx.scalar(sa.select(sa.func.max(page.subquery().c.id)))
    if last is not None:
        tx.execute(
            sa.delete(deliveries).where(
                deliveries.c.id.between(after + 1, last),
                deliveries.c.due_at < now - DELIVERIES_KEPT,
                deliveries.c.state.not_in((PENDING, SENDING)),
            )
        )
    return last


def forget_old(tx: Tx, now: datetime) -> None:
    """Drop what else is older than we promised. Check-ins and occasions are not touched."""
    tx.execute(sa.delete(changes).where(changes.c.made_at < now - CHANGES_KEPT))
    taking_in.forget_old(tx, now)
    admissions.forget_old(tx, now)
    tx.execute(sa.delete(outages).where(outages.c.ended_at < now - DELIVERIES_KEPT))
    tx.execute(
        sa.delete(people).where(
            people.c.reachable != YES, people.c.seen_at < now - OUT_OF_REACH_KEPT
        )
    )
