"""Laying out: from a schedule to the coming occasions and their reminders."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from habits import ledger
from habits.placing import NOT_LEFT, let_stand, place_on, plan_again, shift_others, turn_at
from habits.reminders import SENDING, SENT, align, excuse_for
from habits.rules.commitment import Commitment, State
from habits.rules.person import Person
from habits.rules.schedule import Schedule, occasion_days
from habits.rules.touch import GO, PLAN, after_quiet, go_at
from habits.rules.week import Week, weeks_between
from habits.rules.zone import local_day
from habits.storage.among import among
from habits.storage.database import Tx
from habits.storage.rows import commitments_from, people_of
from habits.storage.tables import check_ins, commitments, deliveries, occasions
from habits.storage.tables import people as people_rows
from habits.weeks_ahead import faded, go_of, touches, week_of_occasions

AHEAD = timedelta(days=8)
"""A weekly commitment always has its next occasion laid out."""

MOST_WEEKS_BACK = timedelta(weeks=60)
"""After a longer absence the weeks before are let go."""

Row = dict[str, Any]


def lay_out_due(tx: Tx, now: datetime, limit: int, only: int | None = None) -> int:
    """Lay out the commitments that are short of AHEAD; returns how many there were (<= limit).

    Several processes may do this at once: each takes rows that no other holds.
    only: the commitment to which this is confined.
    """
    query = _short(sa.select(commitments), now).limit(limit)
    if only is not None:
        query = query.where(commitments.c.id == only)
    query = query.with_for_update(of=commitments, skip_locked=True)
    found = commitments_from(tx, tx.execute(query).all())
    people = people_of(tx, list({commitment.person_id for commitment in found}))
    pairs = [(people[commitment.person_id], commitment) for commitment in found]
    lay_out_all(tx, pairs, now)
    return len(found)


def short_of_weeks(tx: Tx, now: datetime) -> list[int]:
    """The ids of the commitments that are short of AHEAD."""
    return list(tx.scalars(_short(sa.select(commitments.c.id), now)))


def _short(query: sa.Select[Any], now: datetime) -> sa.Select[Any]:
    return (
        query.join(people_rows, people_rows.c.id == commitments.c.person_id)
        .where(
            commitments.c.state == State.ACTIVE.value,
            commitments.c.laid_until <= _horizon(now),
            people_rows.c.zone.is_not(None),  # nothing can be laid out, so it would come again
        )
        .order_by(commitments.c.laid_until)
    )


def _horizon(now: datetime) -> date:
    """The last day to lay out for: AHEAD of the latest local date on earth.

    One for all zones, so that whatever is found short of it is not short of it afterwards.
    """
    return (now + AHEAD + timedelta(days=1)).date()


def lay_out(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> None:
    """Lay out one commitment up to AHEAD."""
    lay_out_all(tx, [(person, commitment)], now)


def lay_out_all(tx: Tx, pairs: Sequence[tuple[Person, Commitment]], now: datetime) -> None:
    """Lay out commitments from where each was left; an occasion and its `go` go in together."""
    laid: list[Row] = []
    owing: list[Row] = []
    ends: dict[int, date] = {}
    for person, commitment in pairs:
        if person.zone is None or commitment.state is not State.ACTIVE:
            continue
        for week in _weeks_ahead(person, commitment, now):
            found = week_of_occasions(person, commitment, week)
            laid += found
            owing += faded(commitment, week, touches(person, found, now))
            ends[commitment.id] = week.end
    if laid:
        tx.execute(sa.insert(occasions), laid)
        ledger.owe(tx, owing)
    for end in set(ends.values()):
        theirs = [commitment_id for commitment_id, each in ends.items() if each == end]
        tx.execute(_LAID_UNTIL, {"ids": theirs, "end": end})


_LAID_UNTIL = (
    sa.update(commitments).where(among(commitments.c.id)).values(laid_until=sa.bindparam("end"))
)


def _weeks_ahead(person: Person, commitment: Commitment, now: datetime) -> Iterable[Week]:
    assert person.zone is not None
    first = max(commitment.laid_until, local_day(now, person.zone) - MOST_WEEKS_BACK)
    return weeks_between(first, _horizon(now), person.beginnings)


def lay_out_again(
    tx: Tx, person: Person, commitment: Commitment, now: datetime, *, undoing: bool = False
) -> None:
    """After an edit: lay out afresh what is unanswered and ahead.

    Where the new schedule leaves no day in this week, the old one stands in it. A past week
    is never touched, and a kept week stays kept. An occasion that the new schedule asks for
    as well stays the same one, so that the buttons of its messages go on working.

    undoing: the schedule held before, so it may leave the rest of this week empty, unless the
    week would have no turn at all.
    """
    if person.zone is None:
        return
    current = person.week_of(local_day(now, person.zone))
    there = _from_week_on(tx, person, commitment, current)
    this_week = [row for row in there if row.day in current]
    fixed = [row for row in there if not _is_open_ahead(row, now)]
    movable = {_asked_for(row): row for row in there if _is_open_ahead(row, now)}
    begun = replace(commitment, laid_until=current.first)
    wanted = _wanted(person, begun, movable, fixed, now)
    asks_this_week = any(day in current for day in wanted)
    has_a_turn = any(row in fixed for row in this_week) or not _is_on(commitment, current)
    stands = commitment.state is State.ACTIVE and not (asks_this_week or (undoing and has_a_turn))
    gone = [row for slot, row in movable.items() if slot not in wanted]
    _remove(tx, person, [row for row in gone if not (stands and row.day in current)])
    if this_week:
        due = any(row.due for row in this_week)
        wanted |= {day: row | {"due": due} for day, row in wanted.items() if day in current}
    _put(tx, person, wanted, movable)
    let_stand(tx, person, commitment, [row for row in there if _asked_for(row) not in wanted])
    _set_week(tx, person, commitment, current, this_week, lasting=not asks_this_week)
    for week in {person.week_of(row.day) for row in fixed} - {current}:  # over the date line
        _set_week(tx, person, commitment, week, [r for r in fixed if r.day in week], lasting=False)
    plan_again(tx, person, commitment, current, {row.week for row in there if row.planned}, now)
    _set_laid(tx, person, commitment, current, now)
    align(tx, person, commitment, now)


def _is_on(commitment: Commitment, week: Week) -> bool:
    return bool(occasion_days(commitment.schedule, week, commitment.phase))


def _from_week_on(tx: Tx, person: Person, commitment: Commitment, week: Week) -> Sequence[Any]:
    left = sa.or_(deliveries.c.state.in_((SENDING, SENT)), deliveries.c.maybe_sent)
    own = deliveries.c.occasion_id == occasions.c.id
    return tx.execute(
        sa.select(
            occasions,
            sa.exists().where(own, deliveries.c.kind == GO, left).label("begun"),
            sa.exists().where(own, deliveries.c.kind == PLAN, ~NOT_LEFT).label("planned"),
        ).where(
            occasions.c.commitment_id == commitment.id,
            occasions.c.person_id == person.id,
            occasions.c.day >= week.first,
        )
    ).all()


def _is_open_ahead(row: Any, now: datetime) -> bool:
    return row.answer is None and row.go_at > now and not row.begun


def _asked_for(row: Any) -> date:
    """The day of the schedule that an occasion is the turn of, wherever it was moved to."""
    day: date = row.moved_from or row.day
    return day


def _wanted(
    person: Person,
    commitment: Commitment,
    movable: dict[date, Any],
    fixed: Sequence[Any],
    now: datetime,
) -> dict[date, Row]:
    """What the schedule asks for ahead, by its own day, less the turns that have been taken.

    A turn that the person put on another day stays there, as long as the schedule asks for it.
    """
    if commitment.state is not State.ACTIVE:
        return {}
    taken = {row.day for row in fixed} | {_asked_for(row) for row in fixed}
    wanted = {
        row["day"]: row
        for week in _weeks_ahead(person, commitment, now)
        for row in week_of_occasions(person, commitment, week)
        if row["go_at"] > now and row["day"] not in taken
    }
    for slot, row in movable.items():
        at = go_at(row.day, commitment.schedule, person)
        if row.moved_from and row.day not in wanted and at > now:
            wanted |= _where_it_was_put(person, commitment, row, wanted.get(slot), at)
    return wanted


def _where_it_was_put(
    person: Person, commitment: Commitment, row: Any, wanted: Row | None, at: datetime
) -> dict[date, Row]:
    week = person.week_of(row.moved_from)
    if row.moved_from not in occasion_days(commitment.schedule, week, commitment.phase):
        return {}
    as_it_is = wanted or dict(row._mapping)
    excuse = excuse_for(person, commitment, row.day)
    return {row.moved_from: as_it_is | {"day": row.day, "go_at": at, "excuse": excuse}}


def _remove(tx: Tx, person: Person, rows: Sequence[Any]) -> None:
    if rows:
        ids = [row.id for row in rows]
        tx.execute(
            sa.delete(occasions).where(occasions.c.person_id == person.id, occasions.c.id.in_(ids))
        )


def _put(tx: Tx, person: Person, wanted: dict[date, Row], movable: dict[date, Any]) -> None:
    for slot in wanted.keys() & movable.keys():
        _keep(tx, person, movable[slot], wanted[slot])
    if fresh := [row for slot, row in wanted.items() if slot not in movable]:
        tx.execute(sa.insert(occasions), fresh)
        ledger.owe(tx, [go_of(person, row) for row in fresh])


def _keep(tx: Tx, person: Person, row: Any, wanted: Row) -> None:
    """Bring an occasion that stays to where it is asked for now."""
    place_on(
        tx,
        person,
        row.id,
        wanted["week_end"],
        wanted["day"],
        wanted["go_at"],
        due_at=wanted["go_at"],
    )
    told = {name: wanted[name] for name in ("week", "week_end", "target", "due", "excuse")}
    slot = _asked_for(row)
    tx.execute(
        sa.update(occasions)
        .where(occasions.c.id == row.id, occasions.c.person_id == person.id)
        .values(**told, stands_at=None, moved_from=None if wanted["day"] == slot else slot)
    )


def _set_week(
    tx: Tx, person: Person, commitment: Commitment, week: Week, before: list[Any], *, lasting: bool
) -> None:
    """What this week asks for now; what it asked for before, where it is kept by that already."""
    this_week = sa.and_(
        occasions.c.commitment_id == commitment.id,
        occasions.c.person_id == person.id,
        occasions.c.day >= week.first,
        occasions.c.day < week.end,
    )
    count = tx.scalar(sa.select(sa.func.count()).where(this_week)) or 0
    target = min(commitment.schedule.target, max(count, 1))
    old = max((row.target for row in before), default=target)
    done = tx.scalar(
        sa.select(sa.func.count()).where(
            check_ins.c.commitment_id == commitment.id,
            check_ins.c.person_id == person.id,
            check_ins.c.week == week.first,
            check_ins.c.counts,
        )
    )
    if lasting or (before and (done or 0) >= old):
        target = old
    tx.execute(
        sa.update(occasions)
        .where(this_week)
        .values(target=target, week=week.first, week_end=week.end)
    )


def _set_laid(tx: Tx, person: Person, commitment: Commitment, current: Week, now: datetime) -> None:
    """Note how far it is laid out; a paused one only to the end of this week."""
    until = current.end
    if commitment.state is State.ACTIVE:
        until = list(weeks_between(current.first, _horizon(now), person.beginnings))[-1].end
    tx.execute(
        sa.update(commitments)
        .where(commitments.c.id == commitment.id, commitments.c.person_id == person.id)
        .values(laid_until=until)
    )


def move(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> None:
    """After a change of zone or of the parts of the day: the same days, at their new instants.

    A `go` that has not left and whose new time has passed leaves at once, or when quiet hours
    end; nothing is skipped and nothing doubled, since the occasion stays the same one.
    """
    for row in tx.execute(_not_left(person, commitment, now)).all():
        at = turn_at(row, commitment.schedule, person)
        if at <= now and row.go_at <= now and row.due_at <= now:
            continue  # it is leaving already
        due_at = at if at > now else after_quiet(now, person)
        place_on(tx, person, row.id, row.week_end, row.day, at, due_at=due_at)
    shift_others(tx, person, commitment, now)
    lay_out(tx, person, commitment, now)
    align(tx, person, commitment, now)


def _not_left(person: Person, commitment: Commitment, now: datetime) -> sa.Select[Any]:
    """The open occasions whose `go` has surely not been seen by anyone."""
    return (
        sa.select(occasions, deliveries.c.due_at)
        .join(deliveries, deliveries.c.occasion_id == occasions.c.id)
        .where(
            occasions.c.commitment_id == commitment.id,
            occasions.c.person_id == person.id,
            occasions.c.answer.is_(None),
            deliveries.c.kind == GO,
            deliveries.c.round == 0,
            NOT_LEFT,
            ~deliveries.c.maybe_sent,
            occasions.c.settles_at > now,
        )
    )


def first_go(person: Person, schedule: Schedule, now: datetime) -> datetime:
    """When the first reminder of a schedule would come if it were promised now."""
    assert person.zone is not None
    week = person.week_of(local_day(now, person.zone))
    while True:  # a week or two; a schedule has a day in each
        for day in occasion_days(replace(schedule, every=1), week, week.first):
            if (at := go_at(day, schedule, person)) > now:
                return at
        week = person.week_of(week.end)
