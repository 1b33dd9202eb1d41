"""Asking again: one more round of a reminder, for one occasion only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from habits import ledger
from habits.answers import occasion_of
from habits.commitments import NotThere
from habits.reminders import PENDING, done_by_week, owed, resting_weeks
from habits.rules.commitment import Commitment, State
from habits.rules.person import Person
from habits.rules.schedule import clock_time
from habits.rules.touch import FOLLOW_UP, GO
from habits.rules.week import settles_at
from habits.rules.zone import instant, local_day
from habits.storage.database import Tx
from habits.storage.tables import deliveries
from habits.storage.tables import occasions as occasion_rows


class Later(StrEnum):
    """When else the reminder may come."""

    HOUR = "hour"
    EVENING = "evening"
    TOMORROW = "tomorrow"


class NothingOpen:
    """The turn is over: answered or excused, its week kept, resting or settled, or paused."""


@dataclass(frozen=True, slots=True)
class Postponed:
    """Another round of the reminder is due at `at`."""

    commitment: Commitment
    at: datetime


def later_times(
    person: Person, commitment: Commitment, now: datetime
) -> list[tuple[Later, datetime]]:
    """When else a reminder may come, and at which instant; only what still lies ahead."""
    assert person.zone is not None
    today = local_day(now, person.zone)
    at = clock_time(commitment.schedule.at, person.parts)
    evening = instant(today, person.parts.evening, person.zone)
    offers = [
        (Later.HOUR, now + timedelta(hours=1)),
        (Later.EVENING, evening),
        (Later.TOMORROW, instant(today + timedelta(days=1), at, person.zone)),
    ]
    return [
        (later, moment)
        for later, moment in offers
        if later is not Later.EVENING or moment > now + timedelta(hours=1)
    ]


def _is_over(tx: Tx, person: Person, commitment: Commitment, row: Any, now: datetime) -> bool:
    done = done_by_week(tx, person, commitment, row.week).get(row.week, 0)
    return (
        commitment.state is not State.ACTIVE
        or row.answer is not None
        or row.excuse is not None
        or done >= row.target
        or row.week in resting_weeks(tx, person, commitment)
        or row.settles_at <= now
    )


def postpone(
    tx: Tx, person: Person, occasion_id: int, later: Later, now: datetime
) -> Postponed | NothingOpen | NotThere:
    """Add a round of the reminder for this occasion only; the series never moves."""
    found = occasion_of(tx, person, occasion_id)
    if found is None or person.zone is None:
        return NotThere()
    row, commitment = found
    if _is_over(tx, person, commitment, row, now):
        return NothingOpen()
    at = dict(later_times(person, commitment, now)).get(later, now + timedelta(hours=1))
    goes = sa.and_(
        deliveries.c.occasion_id == row.id,
        deliveries.c.person_id == person.id,
        deliveries.c.kind == GO,
    )
    waiting = sa.and_(goes, deliveries.c.state == PENDING, deliveries.c.round > 0)
    moved = tx.execute(
        sa.update(deliveries)
        .where(waiting)
        .values(due_at=at, next_attempt_at=at, not_after=owed(person, GO, at)["not_after"])
    ).rowcount
    if not moved:
        last = tx.scalar(sa.select(sa.func.max(deliveries.c.round)).where(goes)) or 0
        ledger.owe(tx, [owed(person, GO, at, occasion_id=row.id, round=last + 1)])
    _cancel_follow_up(tx, person, row.id)
    tx.execute(
        sa.update(occasion_rows)
        .where(
            occasion_rows.c.id == row.id,
            occasion_rows.c.person_id == person.id,
            occasion_rows.c.settles_at < settles_at(at, None),
        )
        .values(settles_at=settles_at(at, None))
    )
    return Postponed(commitment, at)


def _cancel_follow_up(tx: Tx, person: Person, occasion_id: int) -> None:
    follow_up = sa.and_(
        deliveries.c.occasion_id == occasion_id,
        deliveries.c.person_id == person.id,
        deliveries.c.kind == FOLLOW_UP,
    )
    ledger.cancel(tx, follow_up, "later")
