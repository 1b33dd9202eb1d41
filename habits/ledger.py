"""Messages written down and crossed out, each counted as it happens; see habits/storage/tally.py.

What is counted is what became of them, by kind and reason; a row may go later, its count stays.
"""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from habits import marks
from habits.storage import tally
from habits.storage.database import Tx
from habits.storage.rows import insert_unless_there
from habits.storage.tables import deliveries

MESSAGES = "messages"
OWED, AGAIN, COPY = "owed", "again", "copy"
"""Beside the states that end a message: written down, tried again, sent though it may be there."""
WHICH = (deliveries.c.id, deliveries.c.kind, deliveries.c.round, deliveries.c.occasion_id)
"""What has to be known of a row to tell of it."""
PENDING, CANCELLED = "pending", "cancelled"
_log = logging.getLogger("habits.deliveries")
_OURS = re.compile(r"[A-Za-z0-9_ ]{0,40}")


def mark_of(row: Any) -> str:
    """What the lines in the log about a row of WHICH bear."""
    return marks.mark_of(row.occasion_id, row.kind, row.round, row.id)


def reason_named(reason: str | None) -> str:
    """A reason of ours as it is; of the words in which Telegram refused a message, no word."""
    return reason if reason and _OURS.fullmatch(reason) else "refused" if reason else ""


def became(tx: Tx, what: str, kind: str, reason: str | None = None, *, count: int = 1) -> None:
    """Count what became of messages, if the transaction is committed."""
    if count:
        tally.note(tx, MESSAGES, kind, what, reason_named(reason), count=count)


def all_became(tx: Tx, what: str, kinds: Iterable[str], reason: str | None = None) -> None:
    """Count messages of these kinds, all of which became the same."""
    for kind, count in Counter(kinds).items():
        became(tx, what, kind, reason, count=count)


def owe(tx: Tx, rows: Sequence[Mapping[str, Any]], *, unless_there: bool = False) -> None:
    """Write messages down. unless_there: some may be there already."""
    if not unless_there:
        tx.execute(sa.insert(deliveries), rows)
        _count_owed(tx, rows)
        return
    for kind in {row["kind"] for row in rows}:
        _owe_unless_there(tx, kind, [row for row in rows if row["kind"] == kind])


def _owe_unless_there(tx: Tx, kind: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Counted by how many rows came: to be told which, they would travel in one long statement
    that is read anew each time, and on PostgreSQL takes longer than all else."""
    insert = insert_unless_there(tx, deliveries).on_conflict_do_nothing()
    new = tx.execute(insert, rows, execution_options={"preserve_rowcount": True}).rowcount
    became(tx, OWED, kind, count=new)
    for row in rows if _log.isEnabledFor(logging.DEBUG) else ():
        mark = marks.mark_of(row["occasion_id"], kind, row["round"], None)
        marks.tell(mark, "laid out" if new == len(rows) else "laid out, or there already")


def _count_owed(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows if _log.isEnabledFor(logging.DEBUG) else ():
        mark = marks.mark_of(row["occasion_id"], row["kind"], row["round"], None)
        marks.tell(mark, f"laid out, {row['state']}")
    for (kind, state, reason), count in Counter(
        (row["kind"], row["state"], row["reason"]) for row in rows
    ).items():
        became(tx, OWED, kind, count=count)
        if state == CANCELLED:
            became(tx, CANCELLED, kind, reason, count=count)


def cancel(tx: Tx, which: sa.ColumnElement[bool], reason: str) -> None:
    """Cross out those of these messages that are still to be sent; say whose they are in it."""
    cancelled = tx.execute(
        sa.update(deliveries)
        .where(which, deliveries.c.state == PENDING)
        .values(state=CANCELLED, reason=reason)
        .returning(*WHICH)
    ).all()
    all_became(tx, CANCELLED, [row.kind for row in cancelled], reason)
    for row in cancelled:
        marks.tell(mark_of(row), f"cancelled: {reason}")
