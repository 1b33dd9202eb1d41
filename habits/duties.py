"""What only one process of a bot does at a time, and which one that is.

A row that lapses: whoever does it says so again and again, and when they fall silent, stopped or
dead, the next who asks takes over. Two at once for a moment must do no harm; it saves effort only.
"""

import sqlalchemy as sa

from habits.sending import ticks
from habits.storage.database import Tx
from habits.storage.rows import insert_unless_there
from habits.storage.tables import duties

POLLING = "polling"


def take(tx: Tx, duty: str, process: str, seconds: float) -> bool:
    """Have a duty for so many seconds from now, unless another process has it."""
    at = ticks(tx)
    row = {"duty": duty, "process": process, "until": at + seconds}
    insert = insert_unless_there(tx, duties).values(row)
    taken = insert.on_conflict_do_update(
        index_elements=["duty"],
        set_=row,
        where=sa.or_(duties.c.process == process, duties.c.until < at),
    )
    return tx.execute(taken.returning(duties.c.duty)).one_or_none() is not None


def give_back(tx: Tx, duty: str, process: str) -> None:
    """Let the next who asks have it at once."""
    tx.execute(sa.delete(duties).where(duties.c.duty == duty, duties.c.process == process))
