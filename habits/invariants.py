"""What holds of the rows whatever went wrong before; looked at, and nothing is changed.

That no occasion has two reminders of one kind and round, the schema sees to itself.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from habits import inbox, outages
from habits.occasions import AHEAD
from habits.reminders import PENDING, SENDING, SENT
from habits.rules.commitment import State
from habits.rules.week import WEEK
from habits.sending import ticks
from habits.storage.database import Tx
from habits.storage.tables import (
    check_ins,
    commitments,
    deliveries,
    metadata,
    occasions,
    people,
)
from habits.storage.tables import inbox as inbox_rows

LATE_BY = timedelta(minutes=5)
"""What is found within this time may still be under way."""
LAPSED_BY = 60.0
"""Seconds for which a claim may have lapsed until somebody takes it back."""
AT_MOST_AHEAD = AHEAD + timedelta(days=1) + 2 * WEEK
"""The horizon of all zones, and the longest week that may begin before it."""

Rows = sa.Select[Any]


def broken(tx: Tx, now: datetime) -> list[str]:
    """Which of them do not hold, a sentence each, with how many rows break it.

    Those that take somebody to keep them are asked for only while the bot runs.
    """
    asked = rules(tx, now, running=outages.beating(tx, now))
    found = {rule: _count(tx, rows) for rule, rows in asked.items()}
    return [f"{rule}: {count}" for rule, count in found.items() if count]


def rules(tx: Tx, now: datetime, *, running: bool) -> dict[str, Rows]:
    """Each rule, and what finds the rows that break it."""
    return _always() | (_while_running(tx, now) if running else {})


def _count(tx: Tx, rows: Rows) -> int:
    return tx.scalars(sa.select(sa.func.count()).select_from(rows.subquery())).one()


def _always() -> dict[str, Rows]:
    return {
        "messages sent, with neither a number nor a doubt": _unproven(),
        "check-ins whose person is not their commitment's": _strangers(check_ins),
        "occasions whose person is not their commitment's": _strangers(occasions),
        "messages whose person is not their occasion's": _strange_messages(),
        "updates handled whose words are still there": _words_left(),
    } | {f"rows in {table.name} of nobody": _orphans(table) for table in _persons()}


def _while_running(tx: Tx, now: datetime) -> dict[str, Rows]:
    return {
        "active commitments with no reminder ahead": _without_reminder(now),
        "active commitments that are not laid out for eight days": _short(now),
        "occasions further ahead than any is laid out": _too_far(now),
        "messages under way that nobody holds": _stuck(tx),
        "messages that wait and are too late": _too_late(now),
        "an update that has been waiting for two minutes": _waiting(now),
    }


def _unproven() -> Rows:
    return sa.select(deliveries.c.id).where(
        deliveries.c.state == SENT,
        deliveries.c.message_id.is_(None),
        deliveries.c.reason.is_(None),
    )


def _strangers(rows: sa.Table) -> Rows:
    return (
        sa.select(rows.c.id)
        .join(commitments, commitments.c.id == rows.c.commitment_id)
        .where(rows.c.person_id != commitments.c.person_id)
    )


def _strange_messages() -> Rows:
    return (
        sa.select(deliveries.c.id)
        .join(occasions, occasions.c.id == deliveries.c.occasion_id)
        .where(deliveries.c.person_id != occasions.c.person_id)
    )


def _words_left() -> Rows:
    return sa.select(inbox_rows.c.update_id).where(
        inbox_rows.c.state == inbox.DONE, inbox_rows.c.body.is_not(None)
    )


def _persons() -> list[sa.Table]:
    """The tables of a person's rows; an update may come from somebody who is none yet."""
    return [
        table
        for table in metadata.sorted_tables
        if table is not inbox_rows and "person_id" in table.c
    ]


def _orphans(table: sa.Table) -> Rows:
    return sa.select(table.c.person_id).where(
        table.c.person_id.is_not(None), ~sa.exists().where(people.c.id == table.c.person_id)
    )


def _without_reminder(now: datetime) -> Rows:
    """The next occasion of a weekly commitment is always there, the others' within their rhythm.

    One that asks for a day of several may leave most of a lengthened week free.
    """
    weekly = sa.and_(commitments.c.every == 1, commitments.c.once.is_(False))
    breaks = [
        sa.and_(
            commitments.c.every == every,
            ~weekly,
            commitments.c.begins_at < now - LATE_BY - every * WEEK,
            ~_has_occasion_after(now - LATE_BY - every * WEEK),
        )
        for every in range(1, 5)
    ]
    return _active().where(sa.or_(weekly & ~_has_occasion_after(now - LATE_BY), *breaks))


def _has_occasion_after(moment: datetime) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        occasions.c.commitment_id == commitments.c.id, occasions.c.go_at > moment
    )


def _active() -> Rows:
    """The commitments that are laid out: of people whose zone is known."""
    return (
        sa.select(commitments.c.id)
        .join(people, people.c.id == commitments.c.person_id)
        .where(commitments.c.state == State.ACTIVE.value, people.c.zone.is_not(None))
    )


def _short(now: datetime) -> Rows:
    return _active().where(commitments.c.laid_until <= (now + AHEAD).date())


def _too_far(now: datetime) -> Rows:
    return sa.select(occasions.c.id).where(occasions.c.go_at > now + AT_MOST_AHEAD)


def _stuck(tx: Tx) -> Rows:
    return sa.select(deliveries.c.id).where(
        deliveries.c.state == SENDING, deliveries.c.lease_until < ticks(tx) - LAPSED_BY
    )


def _too_late(now: datetime) -> Rows:
    """What sits out a pause is set aside at its end: nothing could be told before."""
    return sa.select(deliveries.c.id).where(
        deliveries.c.state == PENDING,
        deliveries.c.not_after < now - LATE_BY,
        deliveries.c.next_attempt_at < now - LATE_BY,
    )


def _waiting(now: datetime) -> Rows:
    since = inbox.WAITING_SINCE.scalar_subquery()
    return sa.select(since).where(since < now - inbox.HANDLED_WITHIN)
