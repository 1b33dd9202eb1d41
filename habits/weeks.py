"""Settling weeks, and falling silent after two that nobody answered."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from habits import fading, notices, reminders
from habits.check_ins import anything_in
from habits.rules.commitment import Commitment, State
from habits.rules.person import Person
from habits.storage.database import Tx
from habits.storage.rows import commitments_from, people_of
from habits.storage.tables import UNSETTLED, commitments, occasions

LAPSE = "lapse"
"""The one notice after two ignored due weeks: same, smaller, another day, rest."""
IGNORED_WEEKS = 2


def settle_due(tx: Tx, now: datetime, limit: int, only: int | None = None) -> int:
    """Settle occasions whose time is up; gives how many there were (<= limit).

    only: the commitment to which this is confined.
    """
    due = (
        sa.select(occasions.c.id, occasions.c.commitment_id)
        .where(UNSETTLED, occasions.c.settles_at <= now)
        .order_by(occasions.c.settles_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    if only is not None:
        due = due.where(occasions.c.commitment_id == only)
    rows = tx.execute(due).all()
    if not rows:
        return 0
    tx.execute(
        sa.update(occasions)
        .where(occasions.c.id.in_([row.id for row in rows]))
        .values(settled=True)
    )
    _fall_silent(tx, {row.commitment_id for row in rows}, now)
    return len(rows)


def unsettled(tx: Tx, now: datetime) -> list[int]:
    """The ids of the commitments that have occasions whose time is up."""
    is_due = sa.and_(UNSETTLED, occasions.c.settles_at <= now)
    return list(tx.scalars(sa.select(occasions.c.commitment_id).where(is_due).distinct()))


def _fall_silent(tx: Tx, ids: set[int], now: datetime) -> None:
    query = sa.select(commitments).where(
        commitments.c.id.in_(ids),
        commitments.c.state == State.ACTIVE.value,
        commitments.c.silent_since.is_(None),
    )
    rows = tx.execute(query).all()
    whom = people_of(tx, [row.person_id for row in rows])
    for row, commitment in zip(rows, commitments_from(tx, rows), strict=True):
        person = whom[commitment.person_id]
        fading.ask_after_a_miss(tx, person, commitment, now)
        if _ignored(tx, person, commitment, row.heard_at):
            _silence(tx, person, commitment, now)


def _ignored(tx: Tx, person: Person, commitment: Commitment, heard_at: datetime) -> bool:
    """Whether the last two settled due weeks since we heard from them went by unanswered.

    A week is settled when the last of its occasions is.
    """
    open_ones = sa.func.sum(sa.case((occasions.c.settled, 0), else_=1))
    weeks = tx.execute(
        sa.select(
            occasions.c.week,
            sa.func.count(occasions.c.answer).label("answers"),
            sa.func.count(occasions.c.excuse).label("excuses"),
        )
        .where(
            occasions.c.commitment_id == commitment.id,
            occasions.c.person_id == person.id,
            occasions.c.due,
            occasions.c.go_at > heard_at,
        )
        .group_by(occasions.c.week)
        .having(open_ones == 0)
        .order_by(occasions.c.week.desc())
        .limit(IGNORED_WEEKS)
    ).all()
    return len(weeks) == IGNORED_WEEKS and all(
        _went_by(tx, person, commitment, week) for week in weeks
    )


def _went_by(tx: Tx, person: Person, commitment: Commitment, week: Any) -> bool:
    answered = week.answers or anything_in(tx, person, commitment, week.week)
    return not answered and not week.excuses


def _silence(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> None:
    tx.execute(
        sa.update(commitments)
        .where(commitments.c.id == commitment.id, commitments.c.person_id == person.id)
        .values(silent_since=now)
    )
    silent = replace(commitment, silent_since=now)
    reminders.align(tx, person, silent, now)
    if commitment.fades_from is not None:  # they were asked after the first of the two weeks
        fading.end(tx, person, silent, now)
        return
    about = {"commitment": commitment.id}
    subject = f"{commitment.id}:{now:%Y-%m-%d}"
    notices.owe(tx, [person.id], LAPSE, subject, now, about)
