"""Putting occasions that are laid out, and the touches owed for them, at another time."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from habits import ledger
from habits.reminders import CANCELLED, PENDING
from habits.rules.commitment import Commitment
from habits.rules.person import Person
from habits.rules.schedule import Schedule
from habits.rules.touch import FOLLOW_UP, GO, PLAN, after_quiet, go_at, not_after, plan_at
from habits.rules.week import Week
from habits.rules.zone import instant
from habits.storage.database import Tx
from habits.storage.tables import deliveries, occasions
from habits.weeks_ahead import occasion_settles_at, plan_of

NOT_LEFT = deliveries.c.state.in_((PENDING, CANCELLED))


def place_on(
    tx: Tx,
    person: Person,
    occasion_id: int,
    week_end: date,
    day: date,
    at: datetime,
    *,
    due_at: datetime,
) -> None:
    """Put an occasion on a day at an instant, and its `go` that has not left at `due_at`."""
    assert person.zone is not None
    settles_at = occasion_settles_at(person, week_end, max(at, due_at))
    tx.execute(
        sa.update(occasions)
        .where(occasions.c.id == occasion_id, occasions.c.person_id == person.id)
        .values(day=day, go_at=at, settles_at=settles_at)
    )
    until = not_after(due_at, person.zone)
    tx.execute(
        sa.update(deliveries)
        .where(
            deliveries.c.occasion_id == occasion_id,
            deliveries.c.person_id == person.id,
            deliveries.c.kind == GO,
            deliveries.c.round == 0,
            NOT_LEFT,
        )
        .values(due_at=due_at, next_attempt_at=due_at, not_after=until)
    )


def let_stand(tx: Tx, person: Person, commitment: Commitment, rows: Sequence[Any]) -> None:
    """What the new schedule does not ask for keeps its own clock time, wherever they travel."""
    assert person.zone is not None
    for row in rows:
        if row.go_at != turn_at(row, commitment.schedule, person):
            clock = row.go_at.astimezone(person.zone).time()
            tx.execute(
                sa.update(occasions)
                .where(occasions.c.id == row.id, occasions.c.person_id == person.id)
                .values(stands_at=clock)
            )


def turn_at(row: Any, schedule: Schedule, person: Person) -> datetime:
    """The instant of an occasion's `go`, by its schedule or by its own clock time."""
    assert person.zone is not None
    if row.stands_at is not None:
        return instant(row.day, row.stands_at, person.zone)
    return go_at(row.day, schedule, person)


def plan_again(
    tx: Tx,
    person: Person,
    commitment: Commitment,
    current: Week,
    planned: set[date],
    now: datetime,
) -> None:
    """One `plan` a week, before its first occasion; none in the weeks that had theirs."""
    ahead = sa.and_(
        occasions.c.commitment_id == commitment.id,
        occasions.c.person_id == person.id,
        occasions.c.day >= current.first,
    )
    tx.execute(
        sa.delete(deliveries).where(
            deliveries.c.person_id == person.id,
            deliveries.c.occasion_id.in_(sa.select(occasions.c.id).where(ahead)),
            deliveries.c.kind == PLAN,
            NOT_LEFT,
        )
    )
    firsts: dict[date, dict[str, Any]] = {}
    rows = tx.execute(sa.select(occasions).where(ahead).order_by(occasions.c.day)).mappings()
    for row in rows:
        firsts.setdefault(row["week"], dict(row))
    owing = [
        plan
        for week, first in firsts.items()
        if week not in planned and (plan := plan_of(person, first, now))
    ]
    if owing:
        ledger.owe(tx, owing)


def shift_others(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> None:
    """A `plan` keeps its local evening, a follow-up its moment, outside the new quiet hours."""
    rows = tx.execute(
        sa.select(
            deliveries.c.id,
            deliveries.c.kind,
            deliveries.c.due_at,
            occasions.c.day,
            occasions.c.go_at,
        )
        .join(occasions, occasions.c.id == deliveries.c.occasion_id)
        .where(
            occasions.c.commitment_id == commitment.id,
            occasions.c.person_id == person.id,
            deliveries.c.kind.in_((PLAN, FOLLOW_UP)),
            deliveries.c.due_at > now,
            NOT_LEFT,
        )
    ).all()
    for row in rows:
        mine = sa.and_(deliveries.c.id == row.id, deliveries.c.person_id == person.id)
        if (times := _shifted(row, person, now)) is None:
            tx.execute(sa.delete(deliveries).where(mine))
        else:
            tx.execute(sa.update(deliveries).where(mine).values(**times))


def _shifted(row: Any, person: Person, now: datetime) -> dict[str, datetime] | None:
    """The new times of a touch, or None for a `plan` that would come after its `go`."""
    assert person.zone is not None
    due_at = plan_at(row.day, person) if row.kind == PLAN else row.due_at
    due_at = after_quiet(max(due_at, now), person)
    until = row.go_at if row.kind == PLAN else not_after(due_at, person.zone)
    if row.kind == PLAN and due_at >= row.go_at:
        return None
    return {"due_at": due_at, "next_attempt_at": due_at, "not_after": until}
