"""Which alarms were given when, so that none of a kind comes twice within an hour."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from habits.storage.database import Tx
from habits.storage.rows import insert_unless_there
from habits.storage.tables import alarms

ONCE_IN = timedelta(hours=1)


def may_tell(tx: Tx, kind: str, now: datetime) -> bool:
    """Take the right to give an alarm of this kind; of several processes one gets it.

    What was told in the time ahead was told by a clock that has gone back.
    """
    row = {"kind": kind, "told_at": now}
    before = alarms.c.told_at
    insert = insert_unless_there(tx, alarms).values(row)
    taken = insert.on_conflict_do_update(
        index_elements=["kind"],
        set_={"told_at": now},
        where=sa.or_(before <= now - ONCE_IN, before > now),
    )
    return tx.scalar(taken.returning(alarms.c.kind)) is not None


def not_told(tx: Tx, kind: str, now: datetime) -> None:
    """Give the right back that was taken at this moment: the alarm did not leave."""
    tx.execute(sa.delete(alarms).where(alarms.c.kind == kind, alarms.c.told_at == now))
