"""Messages written down and crossed out, each counted as it happens; see habits/storage/tally.py.

What is counted is what became of them, by kind and reason; a row may go later, its count stays.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from habits.storage import tally
from habits.storage.database import Tx
from habits.storage.rows import insert_unless_there
from habits.storage.tables import deliveries

MESSAGES = "messages"
OWED, AGAIN, COPY = "owed", "again", "copy"
"""Beside the states that end a message: written down, tried again, sent though it may be there."""
PENDING, CANCELLED = "pending", "cancelled"
_OURS = re.compile(r"[A-Za-z0-9_ ]{0,40}")


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
    insert = insert_unless_there(tx, deliveries).on_conflict_do_nothing()
    all_became(tx, OWED, tx.scalars(insert.returning(deliveries.c.kind), rows))


def _count_owed(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    for (kind, state, reason), count in Counter(
        (row["kind"], row["state"], row["reason"]) for row in rows
    ).items():
        became(tx, OWED, kind, count=count)
        if state == CANCELLED:
            became(tx, CANCELLED, kind, reason, count=count)


def cancel(tx: Tx, which: sa.ColumnElement[bool], reason: str) -> None:
    """Cross out those of these messages that are still to be sent; say whose they are in it."""
    kinds = tx.scalars(
        sa.update(deliveries)
        .where(which, deliveries.c.state == PENDING)
        .values(state=CANCELLED, reason=reason)
        .returning(deliveries.c.kind)
    )
    all_became(tx, CANCELLED, kinds, reason)
