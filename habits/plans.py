"""What a person plans for one week: another day, another way, smaller. The series stays."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from habits import reminders
from habits.commitments import NotThere
from habits.placing import place_on
from habits.reminders import CANCELLED, PENDING
from habits.rules.commitment import Commitment, Way
from habits.rules.person import Person
from habits.rules.touch import GO, go_at
from habits.rules.week import Week
from habits.rules.zone import local_day
from habits.storage.database import Tx
from habits.storage.rows import commitment_of
from habits.storage.tables import deliveries, occasions


@dataclass(frozen=True, slots=True)
class Planned:
    """One turn as it stands now: its day, its reminder's moment, the way if one is chosen.

    instead_of: the schedule's day, where the person chose another for this week.
    smaller: what they planned instead of all of it. reminds: whether its reminder is to come.
    """

    commitment: Commitment
    occasion_id: int
    day: date
    at: datetime
    way: Way | None = None
    instead_of: date | None = None
    smaller: str | None = None
    reminds: bool = True


@dataclass(frozen=True, slots=True)
class TooLate:
    """The reminder has left, or the turn is answered: there is nothing to plan any more."""

    commitment: Commitment


@dataclass(frozen=True, slots=True)
class DayGone:
    """That day has passed, or has a turn of its own; these are left."""

    planned: Planned
    days: Sequence[date]


def look(tx: Tx, person: Person, occasion_id: int, now: datetime) -> Planned | TooLate | NotThere:
    """How a turn stands; the days and ways are still open while its reminder has not left."""
    row = tx.execute(_turn(person, occasion_id)).one_or_none()
    commitment = None if row is None else commitment_of(tx, person.id, row.commitment_id)
    if row is None or commitment is None or person.zone is None:
        return NotThere()
    if row.answer is not None or row.go_at <= now or not row.waiting:
        return TooLate(commitment)
    return _planned(commitment, row)


def _turn(person: Person, occasion_id: int) -> sa.Select[Any]:
    go = sa.exists().where(
        deliveries.c.occasion_id == occasions.c.id,
        deliveries.c.kind == GO,
        deliveries.c.round == 0,
    )
    not_left = deliveries.c.state.in_((PENDING, CANCELLED))
    return sa.select(
        occasions,
        go.where(not_left, ~deliveries.c.maybe_sent).label("waiting"),
        go.where(deliveries.c.state == PENDING).label("reminds"),
    ).where(occasions.c.id == occasion_id, occasions.c.person_id == person.id)


def _planned(commitment: Commitment, row: Any) -> Planned:
    way = next((way for way in commitment.ways if way.id == row.way_id), None)
    return Planned(
        commitment,
        row.id,
        row.day,
        row.go_at,
        way=way,
        instead_of=row.moved_from,
        smaller=row.smaller,
        reminds=row.reminds,
    )


def days_left(tx: Tx, person: Person, planned: Planned, now: datetime) -> list[date]:
    """The other days of the turn's week that it could be put on, without a turn of their own."""
    assert person.zone is not None
    commitment = planned.commitment
    rows = tx.execute(
        sa.select(
            occasions.c.id, occasions.c.day, occasions.c.moved_from, occasions.c.week_end
        ).where(occasions.c.commitment_id == commitment.id, occasions.c.person_id == person.id)
    ).all()
    own = next(row for row in rows if row.id == planned.occasion_id)
    week = person.week_of(planned.day)
    others = [row for row in rows if row.id != own.id]
    taken = {row.day for row in others} | {row.moved_from for row in others} | {planned.day}
    today = local_day(now, person.zone)
    return [
        day
        for day in Week(week.first, own.week_end).days
        if day >= today and day not in taken and go_at(day, commitment.schedule, person) > now
    ]


def put_on(
    tx: Tx, person: Person, occasion_id: int, day: date, now: datetime
) -> Planned | DayGone | TooLate | NotThere:
    """Put this turn on another day of its week, at the schedule's time of day."""
    planned = look(tx, person, occasion_id, now)
    if not isinstance(planned, Planned) or day == planned.day:
        return planned
    left = days_left(tx, person, planned, now)
    if day not in left:
        return DayGone(planned, left)
    commitment = planned.commitment
    at = go_at(day, commitment.schedule, person)
    slot = planned.instead_of or planned.day
    mine = sa.and_(occasions.c.id == occasion_id, occasions.c.person_id == person.id)
    week_end = tx.scalars(sa.select(occasions.c.week_end).where(mine)).one()
    place_on(tx, person, occasion_id, week_end, day, at, due_at=at)
    instead_of = None if day == slot else slot
    tx.execute(sa.update(occasions).where(mine).values(moved_from=instead_of, stands_at=None))
    reminders.align(tx, person, commitment, now)
    return replace(planned, day=day, at=at, instead_of=instead_of)


def same(tx: Tx, person: Person, occasion_id: int, now: datetime) -> Planned | TooLate | NotThere:
    """As always: no way chosen, all of it, on the schedule's own day where that lies ahead."""
    choose_way(tx, person, occasion_id, None, now)
    planned = make_smaller(tx, person, occasion_id, None, now)
    if not isinstance(planned, Planned) or planned.instead_of is None:
        return planned
    outcome = put_on(tx, person, occasion_id, planned.instead_of, now)
    return planned if isinstance(outcome, DayGone) else outcome


def choose_way(
    tx: Tx, person: Person, occasion_id: int, way_id: int | None, now: datetime
) -> Planned | TooLate | NotThere:
    """Say ahead which way it will be, or (None) leave it open again."""
    planned = look(tx, person, occasion_id, now)
    if not isinstance(planned, Planned):
        return planned
    ways = {way.id: way for way in planned.commitment.open_ways}
    if way_id is not None and way_id not in ways:
        return NotThere()
    _keep(tx, person, occasion_id, way_id=way_id)
    return replace(planned, way=None if way_id is None else ways[way_id])


def make_smaller(
    tx: Tx, person: Person, occasion_id: int, smaller: str | None, now: datetime
) -> Planned | TooLate | NotThere:
    """Plan a smaller version of this turn, "one chapter", or (None) all of it again."""
    planned = look(tx, person, occasion_id, now)
    if not isinstance(planned, Planned):
        return planned
    _keep(tx, person, occasion_id, smaller=smaller)
    return replace(planned, smaller=smaller)


def _keep(tx: Tx, person: Person, occasion_id: int, **plan: Any) -> None:
    tx.execute(
        sa.update(occasions)
        .where(occasions.c.id == occasion_id, occasions.c.person_id == person.id)
        .values(**plan)
    )


def look_with_days(
    tx: Tx, person: Person, occasion_id: int, now: datetime
) -> tuple[Planned, list[date]] | TooLate | NotThere:
    """How a turn stands, and the other days that it could be put on."""
    planned = look(tx, person, occasion_id, now)
    if not isinstance(planned, Planned):
        return planned
    return planned, days_left(tx, person, planned, now)
