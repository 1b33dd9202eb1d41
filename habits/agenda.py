"""What lies ahead of a person: the next reminders, what waits for an answer, what rests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from habits.reminders import CANCELLED, FADED, LOOKS_BACK, PENDING, next_go
from habits.rules.commitment import Commitment, State
from habits.rules.fading import is_faded
from habits.rules.person import Holiday, Person
from habits.rules.schedule import occasion_days
from habits.rules.touch import GO, go_at
from habits.rules.week import Week, weeks_between
from habits.rules.zone import local_day
from habits.storage.database import Tx
from habits.storage.rows import commitments_of
from habits.storage.tables import check_ins, deliveries, occasions, rests

SOON = timedelta(days=7)
FURTHEST = timedelta(weeks=12)
"""Beyond the end of a rest: every fourth week has its turn by then."""


@dataclass(frozen=True, slots=True)
class Coming:
    """A reminder to come. occasion_id: None while it is not laid out yet.

    reminds: False for a turn whose reminder has faded out.
    """

    commitment: Commitment
    at: datetime
    day: date
    occasion_id: int | None = None
    reminds: bool = True


@dataclass(frozen=True, slots=True)
class Waits:
    """The earliest unanswered occasion of a week that is neither kept nor resting.

    asked: its reminder was due already.
    """

    commitment: Commitment
    occasion_id: int
    day: date
    week: date
    asked: bool


@dataclass(frozen=True, slots=True)
class Agenda:
    """What lies ahead. week: the current one. holiday: the rest that is on today, if any."""

    week: Week
    coming: tuple[Coming, ...] = ()
    waiting: tuple[Waits, ...] = ()
    kept: tuple[Commitment, ...] = ()
    resting: tuple[Commitment, ...] = ()
    silent: tuple[Commitment, ...] = ()
    fading: tuple[Commitment, ...] = ()
    paused: tuple[Commitment, ...] = ()
    holiday: Holiday | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look at."""
        return not (
            self.coming or self.waiting or self.kept or self.resting or self.silent or self.paused
        )

    @property
    def this_week(self) -> tuple[Coming, ...]:
        """The turns of the current week whose reminders are still to come: they can be planned."""
        return tuple(
            each for each in self.coming if each.occasion_id is not None and each.day in self.week
        )

    @property
    def could_rest(self) -> tuple[Commitment, ...]:
        """The commitments whose current week waits for something."""
        return tuple(each.commitment for each in self.waiting if each.week == self.week.first)


def agenda(tx: Tx, person: Person, now: datetime) -> Agenda:
    """Everything that lies ahead, soonest first."""
    assert person.zone is not None
    today = local_day(now, person.zone)
    week = person.week_of(today)
    theirs = commitments_of(tx, person.id)
    active = [each for each in theirs if each.state is State.ACTIVE]
    found = _occasions(tx, person, today)
    done, resting = _done(tx, person, today), _resting(tx, person, today)
    return Agenda(
        week=week,
        coming=tuple(_coming(tx, person, active, now)),
        waiting=tuple(_waiting(active, found, done, resting, now)),
        kept=tuple(each for each in theirs if _is_kept(each, week, found, done)),
        resting=tuple(each for each in active if (each.id, week.first) in resting),
        silent=tuple(each for each in active if each.silent_since is not None),
        fading=tuple(each for each in active if each.fades_from and not each.silent_since),
        paused=tuple(each for each in theirs if each.state is State.PAUSED),
        holiday=holiday_on(person, today),
    )


def holiday_on(person: Person, today: date) -> Holiday | None:
    """The rest of everything that covers the day, the longest one."""
    covering = [holiday for holiday in person.holidays if today in holiday]
    return max(covering, key=lambda holiday: holiday.until, default=None)


def _occasions(tx: Tx, person: Person, today: date) -> Sequence[Any]:
    """The occasions of this week, and of weeks before it that are still open."""
    return tx.execute(
        sa.select(occasions)
        .where(
            occasions.c.person_id == person.id,
            occasions.c.week <= today,
            occasions.c.week >= today - LOOKS_BACK,
        )
        .order_by(occasions.c.day, occasions.c.go_at)
    ).all()


def _done(tx: Tx, person: Person, today: date) -> dict[tuple[int, date], int]:
    """The check-ins that count, by commitment and week."""
    rows = tx.execute(
        sa.select(check_ins.c.commitment_id, check_ins.c.week, sa.func.count().label("done"))
        .where(
            check_ins.c.person_id == person.id,
            check_ins.c.week >= today - LOOKS_BACK,
            check_ins.c.counts,
        )
        .group_by(check_ins.c.commitment_id, check_ins.c.week)
    )
    return {(row.commitment_id, row.week): row.done for row in rows}


def _resting(tx: Tx, person: Person, today: date) -> set[tuple[int, date]]:
    rows = tx.execute(
        sa.select(rests.c.commitment_id, rests.c.week).where(
            rests.c.person_id == person.id, rests.c.week >= today - LOOKS_BACK
        )
    )
    return {(row.commitment_id, row.week) for row in rows}


def _coming(
    tx: Tx, person: Person, active: Sequence[Commitment], now: datetime
) -> Iterable[Coming]:
    """The reminders of the next days, and the next one of each commitment however far it is."""
    laid = laid_out(tx, person, active, now)
    first = {each.commitment.id: each for each in reversed(laid)}
    planned = [
        next_planned(person, each, now)
        for each in active
        if each.id not in first and each.silent_since is None
    ]
    near = [each for each in laid if each.at <= now + SOON or each in first.values()]
    return sorted([*near, *(each for each in planned if each)], key=lambda each: each.at)


def laid_out(tx: Tx, person: Person, active: Sequence[Commitment], now: datetime) -> list[Coming]:
    """The reminders of these commitments that are laid out and wait or faded, soonest first."""
    due_at = sa.func.min(deliveries.c.due_at)
    has_faded = sa.and_(
        deliveries.c.state == CANCELLED, deliveries.c.reason == FADED, deliveries.c.due_at > now
    )
    rows = tx.execute(
        sa.select(
            occasions.c.commitment_id,
            occasions.c.id,
            occasions.c.day,
            due_at.label("due_at"),
            sa.func.max(sa.case((deliveries.c.state == PENDING, 1), else_=0)).label("reminds"),
        )
        .join(occasions, occasions.c.id == deliveries.c.occasion_id)
        .where(
            deliveries.c.person_id == person.id,
            deliveries.c.kind == GO,
            sa.or_(deliveries.c.state == PENDING, has_faded),
        )
        .group_by(occasions.c.commitment_id, occasions.c.id, occasions.c.day)
        .order_by(due_at)
    ).all()
    known = {each.id: each for each in active}
    return [
        Coming(known[row.commitment_id], row.due_at, row.day, row.id, bool(row.reminds))
        for row in rows
        if row.commitment_id in known
    ]


def next_planned(person: Person, commitment: Commitment, now: datetime) -> Coming | None:
    """The first turn after what is laid out: by the schedule, once every rest is over."""
    assert person.zone is not None
    first = max(commitment.laid_until, local_day(now, person.zone))
    over = max([holiday.until for holiday in person.holidays], default=first)
    first = max(first, over)
    for week in weeks_between(first, first + FURTHEST, person.beginnings):
        for day in occasion_days(commitment.schedule, week, commitment.phase):
            at = go_at(day, commitment.schedule, person)
            faded = is_faded(commitment.fades_from, week.first, commitment.schedule.every)
            if day >= first and at > now and not faded:
                return Coming(commitment, at, day)
    return None


def next_reminder(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> datetime | None:
    """When the commitment speaks next, laid out already or not; None while it keeps still."""
    laid_out = next_go(tx, person, commitment)
    if laid_out or commitment.state is not State.ACTIVE or commitment.silent_since is not None:
        return laid_out
    planned = next_planned(person, commitment, now) if person.zone else None
    return planned.at if planned else None


def _waiting(
    active: Sequence[Commitment],
    found: Sequence[Any],
    done: dict[tuple[int, date], int],
    resting: set[tuple[int, date]],
    now: datetime,
) -> Iterable[Waits]:
    known = {each.id: each for each in active}
    seen = set(resting)
    for row in found:
        turn = (row.commitment_id, row.week)
        is_open = row.answer is None and row.excuse is None and row.settles_at > now
        if not is_open or row.commitment_id not in known or turn in seen:
            continue
        if done.get(turn, 0) < row.target:
            seen.add(turn)
            commitment = known[row.commitment_id]
            yield Waits(commitment, row.id, row.day, row.week, asked=row.go_at <= now)


def _is_kept(
    commitment: Commitment,
    week: Week,
    found: Sequence[Any],
    done: dict[tuple[int, date], int],
) -> bool:
    targets = [
        row.target for row in found if row.commitment_id == commitment.id and row.week == week.first
    ]
    target = max(targets, default=commitment.schedule.target)
    return done.get((commitment.id, week.first), 0) >= target
