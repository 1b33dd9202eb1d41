"""What holds of the rows at any quiet moment, whatever went wrong before; nothing is changed.

The rules are numbered as where they were first written down: I1 to I8.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from habits.storage.database import Tx
from habits.storage.tables import (
    check_ins,
    commitments,
    deliveries,
    inbox,
    metadata,
    occasions,
    people,
)

LONGEST_LEASE = timedelta(minutes=2)
INBOX_LIVES = timedelta(minutes=2)
LATE_BY = timedelta(minutes=5)


def broken(tx: Tx, now: datetime) -> list[str]:
    """Which invariants do not hold now, a sentence each."""
    rules = {
        "I1: an active commitment with no reminder ahead": _without_reminder(now),
        "I2: sending, and its lease is gone": _stuck(tx, now),
        "I3: two reminders of one kind and round for one occasion": _doubled(),
        "I4: sent, with neither a message nor a doubt": _unproven(),
        "I5: a row whose person is not its commitment's": _strangers(check_ins),
        "I5: an occasion whose person is not its commitment's": _strangers(occasions),
        "I6: an update waits for too long": _forgotten(now),
        "I6: an update is done and its words are still there": _words_left(),
        "I8: pending, and too late to be worth sending": _too_late(now),
    }
    found = [f"{rule} ({count})" for rule, query in rules.items() if (count := _count(tx, query))]
    return found + list(_orphans(tx))


def _count(tx: Tx, query: "sa.Select[Any]") -> int:
    return len(tx.execute(query).all())


def _without_reminder(now: datetime) -> "sa.Select[Any]":
    """Every active weekly commitment that is not silent has an occasion within its rhythm."""
    ahead = sa.exists().where(
        occasions.c.commitment_id == commitments.c.id, occasions.c.go_at > now - LATE_BY
    )
    zoned = sa.exists().where(people.c.id == commitments.c.person_id, people.c.zone.is_not(None))
    return sa.select(commitments.c.id).where(
        commitments.c.state == "active",
        commitments.c.every == 1,
        commitments.c.once.is_(False),
        zoned,
        ~ahead,
    )


def _stuck(tx: Tx, now: datetime) -> "sa.Select[Any]":
    """By the database's own time, not by ticks: a row that has been due for long enough."""
    return sa.select(deliveries.c.id).where(
        deliveries.c.state == "sending", deliveries.c.next_attempt_at < now - LONGEST_LEASE
    )


def _doubled() -> "sa.Select[Any]":
    return (
        sa.select(deliveries.c.occasion_id)
        .where(deliveries.c.occasion_id.is_not(None))
        .group_by(deliveries.c.occasion_id, deliveries.c.kind, deliveries.c.round)
        .having(sa.func.count() > 1)
    )


def _unproven() -> "sa.Select[Any]":
    return sa.select(deliveries.c.id).where(
        deliveries.c.state == "sent",
        deliveries.c.message_id.is_(None),
        deliveries.c.reason.is_(None),
    )


def _strangers(rows: sa.Table) -> "sa.Select[Any]":
    return (
        sa.select(rows.c.id)
        .join(commitments, commitments.c.id == rows.c.commitment_id)
        .where(rows.c.person_id != commitments.c.person_id)
    )


def _forgotten(now: datetime) -> "sa.Select[Any]":
    return sa.select(inbox.c.update_id).where(
        inbox.c.state == "new", inbox.c.received_at < now - INBOX_LIVES
    )


def _words_left() -> "sa.Select[Any]":
    return sa.select(inbox.c.update_id).where(inbox.c.state == "done", inbox.c.body.is_not(None))


def _too_late(now: datetime) -> "sa.Select[Any]":
    return sa.select(deliveries.c.id).where(
        deliveries.c.state == "pending", deliveries.c.not_after < now - LATE_BY
    )


def _orphans(tx: Tx) -> Iterator[str]:
    """I7: every row of a person's is reached from a person there is."""
    for table in metadata.sorted_tables:
        if table is inbox or "person_id" not in table.c:
            continue
        lost = sa.select(table.c.person_id).where(
            table.c.person_id.is_not(None),
            ~sa.exists().where(people.c.id == table.c.person_id),
        )
        if count := _count(tx, lost):
            yield f"I7: rows of nobody in {table.name} ({count})"
