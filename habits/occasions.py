"""Laying out: from a schedule to the coming occasions and their reminders."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from habits.reminders import (
    BLOCKED,
    CANCELLED,
    PENDING,
    REST,
    SENDING,
    SENT,
    SILENT,
    align,
    excuse_for,
    owed,
)
from habits.rules.commitment import Commitment, State
from habits.rules.person import Person
from habits.rules.schedule import Schedule, occasion_days
from habits.rules.touch import (
    GO,
    PLAN,
    after_quiet,
    days_end,
    follow_up_at,
    go_at,
    not_after,
    plan_at,
)
from habits.rules.week import Week, first_week_is_due, settles_at, weeks_between
from habits.rules.zone import local_day
from habits.storage.database import Tx
from habits.storage.rows import commitments_from, new_id, people_of
from habits.storage.tables import check_ins, commitments, deliveries, occasions

AHEAD = timedelta(days=9)
"""So far beyond a person's today weeks are laid out; at least eight days always are."""

WEST_OF_ALL = timedelta(hours=12)
"""Nowhere on earth is it earlier than UTC by more; there the calendar turns last."""

MOST_WEEKS_BACK = timedelta(weeks=60)
"""After a longer absence the weeks before are let go."""


def lay_out_due(tx: Tx, now: datetime, limit: int) -> int:
    """Lay out the commitments that are short of AHEAD; returns how many there were (<= limit).

    Whatever is found here is laid out further, wherever its person is, so that asking again
    comes to an end. Several processes may do this at once: each takes rows no other holds.
    """
    horizon = (now - WEST_OF_ALL).date() + AHEAD
    query = (
        sa.select(commitments)
        .where(commitments.c.state == State.ACTIVE.value, commitments.c.laid_until <= horizon)
        .order_by(commitments.c.laid_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = commitments_from(tx, tx.execute(query).all())
    people = people_of(tx, list({commitment.person_id for commitment in found}))
    pairs = [(people[commitment.person_id], commitment) for commitment in found]
    lay_out_all(tx, pairs, now)
    return len(found)


def lay_out(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> None:
    """Lay out one commitment up to AHEAD."""
    lay_out_all(tx, [(person, commitment)], now)


def lay_out_all(tx: Tx, pairs: Sequence[tuple[Person, Commitment]], now: datetime) -> None:
    """Lay out commitments from where each was left; an occasion and its `go` go in together."""
    laid: list[dict[str, Any]] = []
    owing: list[dict[str, Any]] = []
    ends: list[dict[str, Any]] = []
    for person, commitment in pairs:
        if person.zone is None or commitment.state is not State.ACTIVE:
            continue
        for week in _weeks_ahead(person, commitment, now):
            found = week_of_occasions(person, commitment, week)
            laid += found
            owing += _touches(person, found, now)
            ends.append({"the_id": commitment.id, "laid_until": week.end})
    if laid:
        tx.execute(sa.insert(occasions), laid)
        tx.execute(sa.insert(deliveries), owing)
    if ends:
        last = {end["the_id"]: end for end in ends}  # the last of each
        tx.execute(
            sa.update(commitments).where(commitments.c.id == sa.bindparam("the_id")),
            list(last.values()),
        )


def _weeks_ahead(person: Person, commitment: Commitment, now: datetime) -> Iterable[Week]:
    assert person.zone is not None
    today = local_day(now, person.zone)
    first = max(commitment.laid_until, today - MOST_WEEKS_BACK)
    return weeks_between(first, today + AHEAD, person.beginnings)


def week_of_occasions(person: Person, commitment: Commitment, week: Week) -> list[dict[str, Any]]:
    """The rows of one week's occasions: those that lie after the schedule began to hold."""
    days = occasion_days(commitment.schedule, week, commitment.phase)
    instants = {day: go_at(day, commitment.schedule, person) for day in days}
    ahead = {day: at for day, at in instants.items() if at > commitment.begins_at}
    due = first_week_is_due(instants.values(), commitment.begins_at)
    target = min(commitment.schedule.target, len(ahead))
    return [
        _occasion(person, commitment, week, day, at, target=target, due=due)
        for day, at in ahead.items()
    ]


def _occasion(
    person: Person,
    commitment: Commitment,
    week: Week,
    day: date,
    at: datetime,
    *,
    target: int,
    due: bool,
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "person_id": person.id,
        "commitment_id": commitment.id,
        "day": day,
        "week": week.first,
        "week_end": week.end,
        "target": target,
        "due": due,
        "go_at": at,
        "excuse": excuse_for(person, commitment, day),
        "settles_at": _settles_at(person, week.end, at),
        "settled": False,
    }


def _settles_at(person: Person, week_end: date, at: datetime) -> datetime:
    assert person.zone is not None
    last_touch = follow_up_at(at, person) if person.asks_follow_up else at
    return settles_at(days_end(week_end, person.zone), last_touch)


def _touches(person: Person, rows: list[dict[str, Any]], now: datetime) -> Iterable[dict[str, Any]]:
    """A `go` for each occasion; a `plan` before the first of them for who wants it."""
    for row in rows:
        yield _go(person, row)
    if rows and person.asks_plan:
        first = min(rows, key=lambda row: row["day"])
        due = plan_at(first["day"], person)
        if now < due < first["go_at"] and first["excuse"] is None:
            yield owed(person, PLAN, due, occasion_id=first["id"], not_after=first["go_at"])


def _go(person: Person, row: dict[str, Any]) -> dict[str, Any]:
    silence = {"holiday": REST, SILENT: SILENT if person.reachable else BLOCKED}
    if row["excuse"] is None:
        return owed(person, GO, row["go_at"], occasion_id=row["id"])
    reason = silence[row["excuse"]]
    return owed(person, GO, row["go_at"], occasion_id=row["id"], state=CANCELLED, reason=reason)


def lay_out_again(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> None:
    """After an edit: lay out afresh what is unanswered and ahead.

    Where the new schedule leaves no day in this week, the old one stands in it. A past week
    is never touched, and a kept week stays kept.
    """
    if person.zone is None:
        return
    current = person.week_of(local_day(now, person.zone))
    there = _from_week_on(tx, person, commitment, current)
    this_week = [row for row in there if row.day in current]
    fixed = [row for row in this_week if not _is_open_ahead(row, now)]
    fresh = _fresh_in(person, commitment, current, {row.day for row in fixed}, now)
    stands = not fresh and commitment.state is State.ACTIVE
    gone = [row for row in there if _is_open_ahead(row, now)]
    if stands:
        gone = [row for row in gone if row.day not in current]
    _remove(tx, person, gone)
    if fresh:
        due = any(row.due for row in this_week) if this_week else fresh[0]["due"]
        fresh = [row | {"due": due} for row in fresh]
        tx.execute(sa.insert(occasions), fresh)
        tx.execute(sa.insert(deliveries), list(_touches(person, fresh, now)))
    _set_week(tx, person, commitment, current, this_week, lasting=not fresh)
    tx.execute(
        sa.update(commitments)
        .where(commitments.c.id == commitment.id, commitments.c.person_id == person.id)
        .values(laid_until=current.end)
    )
    lay_out(tx, person, replace(commitment, laid_until=current.end), now)
    align(tx, person, commitment, now)


def _from_week_on(tx: Tx, person: Person, commitment: Commitment, week: Week) -> Sequence[Any]:
    begun = (
        sa.exists()
        .where(
            deliveries.c.occasion_id == occasions.c.id,
            deliveries.c.kind == GO,
            deliveries.c.state.in_((SENDING, SENT)),
        )
        .label("begun")
    )
    return tx.execute(
        sa.select(occasions, begun).where(
            occasions.c.commitment_id == commitment.id,
            occasions.c.person_id == person.id,
            occasions.c.day >= week.first,
        )
    ).all()


def _is_open_ahead(row: Any, now: datetime) -> bool:
    return row.answer is None and row.go_at > now and not row.begun


def _fresh_in(
    person: Person, commitment: Commitment, week: Week, taken: set[date], now: datetime
) -> list[dict[str, Any]]:
    if commitment.state is not State.ACTIVE:
        return []
    found = week_of_occasions(person, commitment, week)
    return [row for row in found if row["day"] not in taken and row["go_at"] > now]


def _remove(tx: Tx, person: Person, rows: Sequence[Any]) -> None:
    if rows:
        tx.execute(
            sa.delete(occasions).where(
                occasions.c.person_id == person.id, occasions.c.id.in_([row.id for row in rows])
            )
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


def move(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> None:
    """After a change of zone or of the parts of the day: the same days, at their new instants.

    A `go` that has not left and whose new time has passed leaves at once, or when quiet hours
    end; nothing is skipped and nothing doubled, since the occasion stays the same one.
    """
    assert person.zone is not None
    open_ones = (
        sa.select(occasions)
        .join(deliveries, deliveries.c.occasion_id == occasions.c.id)
        .where(
            occasions.c.commitment_id == commitment.id,
            occasions.c.person_id == person.id,
            occasions.c.answer.is_(None),
            deliveries.c.kind == GO,
            deliveries.c.round == 0,
            deliveries.c.state.in_((PENDING, CANCELLED)),
            occasions.c.settles_at > now,
        )
    )
    for row in tx.execute(open_ones).all():
        at = go_at(row.day, commitment.schedule, person)
        due = at if at > now else after_quiet(now, person)
        if row.go_at <= now and at <= now:
            due = max(row.go_at, at)  # it was due already; it stays due
        tx.execute(
            sa.update(occasions)
            .where(occasions.c.id == row.id, occasions.c.person_id == person.id)
            .values(go_at=at, settles_at=_settles_at(person, row.week_end, max(at, due)))
        )
        tx.execute(
            sa.update(deliveries)
            .where(
                deliveries.c.occasion_id == row.id,
                deliveries.c.person_id == person.id,
                deliveries.c.kind == GO,
                deliveries.c.round == 0,
                deliveries.c.state.in_((PENDING, CANCELLED)),
            )
            .values(due_at=due, next_attempt_at=due, not_after=not_after(due, person.zone))
        )
    lay_out(tx, person, commitment, now)
    align(tx, person, commitment, now)


def first_go(person: Person, schedule: Schedule, now: datetime) -> datetime:
    """When the first reminder of a schedule would come if it were promised now."""
    assert person.zone is not None
    today = local_day(now, person.zone)
    week = person.week_of(today)
    while True:  # a week or two; a schedule has a day in each
        for day in occasion_days(replace(schedule, every=1), week, week.first):
            if (at := go_at(day, schedule, person)) > now:
                return at
        week = person.week_of(week.end)
