"""Notices: messages owed to a person and not to an occasion; and what they tell was lost."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from habits import ledger, marks
from habits.reminders import EXPIRED, FAILED, PENDING, owed
from habits.rules.person import Person
from habits.rules.touch import GO, after_quiet
from habits.storage.database import Tx
from habits.storage.rows import each_readable, people_of
from habits.storage.tables import commitments, deliveries, occasions

OUTAGE = "outage"
"""The notice that tells what we did not send."""
STUCK = "stuck"
"""The notice that a commitment's weeks cannot be laid out or settled."""
UNREADABLE = "unreadable"
LASTS = timedelta(days=3)
AT_ONCE = 500
"""People in one statement; the databases bind only so many values."""
WHOSE = (*ledger.WHICH, deliveries.c.person_id)
"""What has to be known of a lost message."""
_log = logging.getLogger(__name__)


def owe(
    tx: Tx, person_ids: Iterable[int], kind: str, subject: str, now: datetime, about: Any = None
) -> None:
    """Owe people a notice, once for each subject, outside their quiet hours."""
    for some in _batches(person_ids):
        rows = [
            owed(
                person,
                kind,
                after_quiet(now, person),
                subject=subject,
                about=about,
                not_after=now + LASTS,
            )
            for person in _readable(tx, some)
            if person.zone is not None and person.reachable
        ]
        if rows:
            ledger.owe(tx, rows, unless_there=True)


def tell_stuck(tx: Tx, commitment_id: int, now: datetime) -> None:
    """Tell its person, once, that a commitment's row cannot be read."""
    whose = sa.select(commitments.c.person_id).where(commitments.c.id == commitment_id)
    about = {"commitment": commitment_id}
    owe(tx, tx.scalars(whose), STUCK, str(commitment_id), now, about)


def set_aside(tx: Tx, row: Any, now: datetime) -> None:
    """End a message of DUE whose person or commitment cannot be read, and tell whoever can be."""
    tx.execute(
        sa.update(deliveries)
        .where(deliveries.c.id == row.id)
        .values(state=FAILED, reason=UNREADABLE)
    )
    ledger.became(tx, FAILED, row.kind, UNREADABLE)
    if row.occasion_id is not None:
        _excuse(tx, [row.occasion_id])
        whose = sa.select(occasions.c.commitment_id).where(occasions.c.id == row.occasion_id)
        tell_stuck(tx, tx.scalars(whose).one(), now)


def _readable(tx: Tx, person_ids: Sequence[int]) -> list[Person]:
    """People by id; whoever cannot be read is left out."""

    def leave_out(person_id: int, error: Exception) -> None:
        _log.error("person %d cannot be read: they are told nothing", person_id, exc_info=error)

    return each_readable(lambda ids: people_of(tx, ids).values(), person_ids, leave_out)


def _batches(person_ids: Iterable[int]) -> Iterable[list[int]]:
    everybody = sorted(set(person_ids))
    for start in range(0, len(everybody), AT_ONCE):
        yield everybody[start : start + AT_ONCE]


def expire(tx: Tx, now: datetime, subject: str, about: Any, limit: int) -> int:
    """Set aside what is too late to be worth sending; gives how much that was (<= limit).

    Whoever missed a reminder by it is told. subject, about: the outage that it is counted to;
    one notice a person for each.
    """
    late = (
        sa.select(deliveries.c.id)
        .where(
            deliveries.c.state == PENDING,
            deliveries.c.next_attempt_at <= now,
            deliveries.c.not_after < now,
        )
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("late")  # a subquery PostgreSQL may ask anew for each row, past the limit
    )
    rows = tx.execute(
        sa.update(deliveries)
        .where(deliveries.c.id.in_(sa.select(late.c.id)))
        .values(state=EXPIRED, reason="late")
        .returning(*WHOSE)
    ).all()
    ledger.all_became(tx, EXPIRED, [row.kind for row in rows], "late")
    for row in rows:
        marks.tell(ledger.mark_of(row), "expired: late", ends=True)
    excuse_lost(tx, rows, subject, now, about)
    return len(rows)


def excuse_lost(tx: Tx, rows: Sequence[Any], subject: str, now: datetime, about: Any) -> None:
    """A reminder lost through our fault counts for nobody, and whoever missed it is told."""
    goes = [row for row in rows if row.kind == GO]
    if goes:
        _excuse(tx, [row.occasion_id for row in goes])
        owe(tx, {row.person_id for row in goes}, OUTAGE, subject, now, about)


def _excuse(tx: Tx, occasion_ids: Sequence[int]) -> None:
    tx.execute(
        sa.update(occasions)
        .where(occasions.c.id.in_(occasion_ids), occasions.c.answer.is_(None))
        .values(excuse="late")
    )
