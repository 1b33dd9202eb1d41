"""Answers other than done: not this time for an occasion, rest for a week; and taking them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from habits import commitments, reminders
from habits.agenda import next_reminder
from habits.commitments import NotThere
from habits.rules.commitment import Commitment
from habits.rules.person import Person
from habits.rules.touch import FOLLOW_UP
from habits.rules.zone import persons_day
from habits.storage.database import Tx
from habits.storage.rows import commitment_of, commitments_of, insert_unless_there
from habits.storage.tables import check_ins, deliveries, rests
from habits.storage.tables import occasions as occasion_rows

DONE, DIDNT = "done", "didnt"
FOLLOWED_UP_FOR = timedelta(days=2)
"""So long what is typed may answer a follow-up."""

_OCCASION = sa.select(occasion_rows).where(
    occasion_rows.c.id == sa.bindparam("occasion"),
    occasion_rows.c.person_id == sa.bindparam("person"),
)
_ANSWER = sa.update(occasion_rows).where(
    occasion_rows.c.id == sa.bindparam("occasion"),
    occasion_rows.c.person_id == sa.bindparam("person"),
)


@dataclass(frozen=True, slots=True)
class Noted:
    """An answer other than done, with the next reminder of the commitment."""

    commitment: Commitment
    occasion_id: int | None
    week: date
    next_go: datetime | None


def not_this_time(tx: Tx, person: Person, occasion_id: int, now: datetime) -> Noted | NotThere:
    """Answer an occasion with *didn't*; a done one stays done."""
    found = occasion_of(tx, person, occasion_id)
    if found is None:
        return NotThere()
    row, commitment = found
    if row.answer != DONE:
        answer(tx, person, row.id, DIDNT, now)
    heard(tx, person, commitment, now)
    return Noted(commitment, row.id, row.week, next_reminder(tx, person, commitment, now))


def rest_week(tx: Tx, person: Person, occasion_id: int, now: datetime) -> Noted | NotThere:
    """Rest in the week of an occasion; check-ins of it stay."""
    found = occasion_of(tx, person, occasion_id)
    if found is None:
        return NotThere()
    row, commitment = found
    return rest(tx, person, commitment.id, row.week, now, occasion_id=row.id)


def rest(
    tx: Tx,
    person: Person,
    commitment_id: int,
    week: date,
    now: datetime,
    *,
    occasion_id: int | None = None,
) -> Noted | NotThere:
    """Let a week (named by its first day) of a commitment rest."""
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None:
        return NotThere()
    row = {
        "person_id": person.id,
        "commitment_id": commitment.id,
        "week": week,
        "made_at": now,
    }
    tx.execute(insert_unless_there(tx, rests).values(row).on_conflict_do_nothing())
    heard(tx, person, commitment, now)
    return Noted(commitment, occasion_id, week, next_reminder(tx, person, commitment, now))


def rest_all(
    tx: Tx, person: Person, commitment_ids: Sequence[int], week: date, now: datetime
) -> datetime | None:
    """Let a week of several commitments rest. Gives when they were put to rest together.

    A second press puts nothing to rest and gives the moment of the first, so that its undo
    takes back the same.
    """
    for commitment_id in commitment_ids:
        rest(tx, person, commitment_id, week, now)
    since: datetime | None = tx.scalar(
        sa.select(sa.func.max(rests.c.made_at)).where(
            rests.c.person_id == person.id, rests.c.week == week
        )
    )
    return since


def rest_none(tx: Tx, person: Person, rested_at: datetime, now: datetime) -> list[Noted]:
    """Undo what was put to rest at one moment."""
    found = tx.execute(
        sa.select(rests.c.commitment_id, rests.c.week).where(
            rests.c.person_id == person.id, rests.c.made_at == rested_at
        )
    ).all()
    undone = [rest_not(tx, person, row.commitment_id, row.week, now) for row in found]
    return [each for each in undone if isinstance(each, Noted)]


def rest_not(
    tx: Tx, person: Person, commitment_id: int, week: date, now: datetime
) -> Noted | NotThere:
    """Undo a week's rest; reminders that still lie ahead come after all."""
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None:
        return NotThere()
    tx.execute(
        sa.delete(rests).where(
            rests.c.commitment_id == commitment.id,
            rests.c.person_id == person.id,
            rests.c.week == week,
        )
    )
    reminders.align(tx, person, commitment, now)
    return Noted(commitment, None, week, next_reminder(tx, person, commitment, now))


def answer_unasked(tx: Tx, person: Person, now: datetime, *, rests: bool) -> Noted | NotThere:
    """A typed "rest" or "not this time": for the earliest open occasion up to today."""
    assert person.zone is not None
    today = persons_day(now, person.zone)
    waiting = [
        row
        for commitment in commitments_of(tx, person.id)
        for row in open_in_week(tx, person, commitment, today)
        if row.answer is None
    ]
    if not waiting:
        return NotThere()
    earliest = min(waiting, key=lambda row: row.go_at)
    answer = rest_week if rests else not_this_time
    return answer(tx, person, earliest.id, now)


def followed_up(tx: Tx, person: Person, now: datetime) -> Sequence[int]:
    """The unanswered occasions that a follow-up has asked about lately, one message each."""
    return tx.scalars(
        sa.select(occasion_rows.c.id)
        .join(deliveries, deliveries.c.occasion_id == occasion_rows.c.id)
        .where(
            occasion_rows.c.person_id == person.id,
            occasion_rows.c.answer.is_(None),
            deliveries.c.person_id == person.id,
            deliveries.c.kind == FOLLOW_UP,
            deliveries.c.sent_at >= now - FOLLOWED_UP_FOR,
        )
    ).all()


def unanswer(tx: Tx, person: Person, occasion_id: int, now: datetime) -> Noted | NotThere:
    """Undo whatever was answered to an occasion; its check-in goes with it."""
    found = occasion_of(tx, person, occasion_id)
    if found is None:
        return NotThere()
    row, commitment = found
    tx.execute(
        sa.delete(check_ins).where(
            check_ins.c.occasion_id == row.id, check_ins.c.person_id == person.id
        )
    )
    answer(tx, person, row.id, None, now)
    reminders.align(tx, person, commitment, now)
    return Noted(commitment, row.id, row.week, next_reminder(tx, person, commitment, now))


def occasion_of(tx: Tx, person: Person, occasion_id: int) -> tuple[Any, Commitment] | None:
    """An occasion of this person and the commitment it is a turn of."""
    wanted = {"occasion": occasion_id, "person": person.id}
    row = tx.execute(_OCCASION, wanted).one_or_none()
    if row is None:
        return None
    commitment = commitment_of(tx, person.id, row.commitment_id)
    return None if commitment is None else (row, commitment)


def open_in_week(tx: Tx, person: Person, commitment: Commitment, day: date) -> Sequence[Any]:
    """Occasions of the day's week up to that day that may still be done, earliest first.

    What was told not to have happened comes last.
    """
    week = person.week_of(day)
    return tx.execute(
        sa.select(occasion_rows)
        .where(
            occasion_rows.c.commitment_id == commitment.id,
            occasion_rows.c.person_id == person.id,
            occasion_rows.c.week == week.first,
            occasion_rows.c.day <= day,
            sa.or_(occasion_rows.c.answer.is_(None), occasion_rows.c.answer == DIDNT),
        )
        .order_by(occasion_rows.c.answer.is_not(None), occasion_rows.c.day)
    ).all()


def answer(tx: Tx, person: Person, occasion_id: int, answer: str | None, now: datetime) -> None:
    """Store the answer to an occasion; None takes it back."""
    answered_at = None if answer is None else now
    whose = {"occasion": occasion_id, "person": person.id}
    tx.execute(_ANSWER, whose | {"answer": answer, "answered_at": answered_at})


def heard(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> None:
    """An answer ends a commitment's silence, and silences what it makes idle."""
    if commitment.silent_since is not None:
        commitments.speak_again(tx, person, commitment, now)
    else:
        reminders.align(tx, person, commitment, now)
