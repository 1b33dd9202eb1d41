"""The messages owed for occasions: written down, silenced, woken again."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from habits import ledger, marks
from habits.rules.commitment import Commitment, State
from habits.rules.fading import is_faded
from habits.rules.person import Person
from habits.rules.schedule import occasion_days
from habits.rules.touch import FOLLOW_UP, GO, PLAN, go_at, not_after
from habits.rules.week import weeks_between
from habits.rules.zone import local_day
from habits.storage.among import among
from habits.storage.database import Tx
from habits.storage.tables import check_ins, commitments, deliveries, occasions, rests

PENDING, SENDING, SENT = "pending", "sending", "sent"
EXPIRED, FAILED, CANCELLED = "expired", "failed", "cancelled"

ANSWERED, KEPT, REST, SILENT, PAUSED, BLOCKED, FADED, UNWANTED = (
    "answered",
    "kept",
    "rest",
    "silent",
    "paused",
    "blocked",
    "faded",
    "unwanted",
)
WOKEN_AGAIN = (ANSWERED, KEPT, REST, SILENT, PAUSED, BLOCKED, FADED, UNWANTED)
"""Reasons for silence that can pass: undoing what gave them wakes what still lies ahead."""

LOOKS_BACK = timedelta(days=21)
LOOKS_AHEAD = timedelta(weeks=60)
"""Four weeks and a long holiday: the next reminder lies nearer, or nobody asked for one."""


# Every press and every settlement asks these, so they are put together once, as in
# habits/storage/rows.py.
_IN_COMMITMENT = sa.and_(
    occasions.c.commitment_id == sa.bindparam("commitment"),
    occasions.c.person_id == sa.bindparam("person"),
)
_TOUCHES = (
    sa.select(
        *ledger.WHICH,
        deliveries.c.state,
        deliveries.c.reason,
        deliveries.c.due_at,
        occasions.c.day,
        occasions.c.week,
        occasions.c.target,
        occasions.c.answer,
    )
    .join(occasions, occasions.c.id == deliveries.c.occasion_id)
    .where(
        _IN_COMMITMENT,
        occasions.c.day >= sa.bindparam("since"),
        deliveries.c.state.in_((PENDING, CANCELLED)),
    )
)
_OPEN = sa.select(occasions.c.id, occasions.c.day, occasions.c.go_at, occasions.c.excuse).where(
    _IN_COMMITMENT, occasions.c.answer.is_(None), ~occasions.c.settled
)
_DONE = (
    sa.select(check_ins.c.week, sa.func.count().label("done"))
    .where(
        check_ins.c.commitment_id == sa.bindparam("commitment"),
        check_ins.c.person_id == sa.bindparam("person"),
        check_ins.c.week >= sa.bindparam("since"),
        check_ins.c.counts,
    )
    .group_by(check_ins.c.week)
)
_RESTING = sa.select(rests.c.week).where(
    rests.c.commitment_id == sa.bindparam("commitment"),
    rests.c.person_id == sa.bindparam("person"),
)
_SET_STATE = sa.update(deliveries).where(
    deliveries.c.person_id == sa.bindparam("person"),
    among(deliveries.c.id),
)


def owed(person: Person, kind: str, due_at: datetime, **more: Any) -> dict[str, Any]:
    """The row of a message owed to a person; `more` overrides its columns."""
    assert person.zone is not None
    row = {
        "person_id": person.id,
        "occasion_id": None,
        "kind": kind,
        "round": 0,
        "subject": None,
        "about": None,
        "due_at": due_at,
        "not_after": not_after(due_at, person.zone),
        "state": PENDING,
        "reason": None,
        "next_attempt_at": due_at,
        "epoch": 0,
        "attempts": 0,
        "resends": 0,
        "maybe_sent": False,
        "quiet": False,
        "plain": False,
    }
    return row | more


def align(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> None:
    """Bring what is owed in line with what is known: call it after every change.

    Silences the touches that an answer, a kept or resting week, a pause, a holiday or a block
    makes idle, and wakes those that still lie ahead when the reason is gone.
    """
    if person.zone is None:
        return
    _excuse(tx, person, commitment, now)
    since = local_day(now, person.zone) - LOOKS_BACK
    rows = tx.execute(_TOUCHES, _both(person, commitment) | {"since": since}).all()
    if not rows:
        return
    done, resting = (
        done_by_week(tx, person, commitment, since),
        resting_weeks(tx, person, commitment),
    )
    silenced: dict[str, list[Any]] = {}
    woken = []
    for row in rows:
        why = _why_silent(row, person, commitment, done, resting)
        if row.state == PENDING and why:
            silenced.setdefault(why, []).append(row)
        elif row.state == CANCELLED and row.reason in WOKEN_AGAIN and row.due_at > now:
            if not why:
                woken.append(row.id)
            elif why != row.reason and FADED in (why, row.reason):  # /week tells what has faded
                silenced.setdefault(why, []).append(row)
    for why, found in silenced.items():
        _silence(tx, person, found, why)
    _set_state(tx, person, woken, PENDING, None)


def _silence(tx: Tx, person: Person, rows: Sequence[Any], why: str) -> None:
    _set_state(tx, person, [row.id for row in rows], CANCELLED, why)
    ledger.all_became(tx, CANCELLED, [row.kind for row in rows if row.state == PENDING], why)
    for row in rows:
        marks.tell(ledger.mark_of(row), f"cancelled: {why}")


def _both(person: Person, commitment: Commitment) -> dict[str, Any]:
    return {"person": person.id, "commitment": commitment.id}


def done_by_week(
    tx: Tx, person: Person, commitment: Commitment, since: date = date.min
) -> dict[date, int]:
    """The check-ins that count, by the first day of their week."""
    rows = tx.execute(_DONE, _both(person, commitment) | {"since": since}).all()
    return {row.week: row.done for row in rows}


def resting_weeks(tx: Tx, person: Person, commitment: Commitment) -> set[date]:
    """The first days of the weeks in which it rests."""
    return set(tx.scalars(_RESTING, _both(person, commitment)))


def _why_silent(
    row: Any, person: Person, commitment: Commitment, done: dict[date, int], resting: set[date]
) -> str | None:
    reasons = (
        (BLOCKED, not person.reachable),
        (PAUSED, commitment.state is not State.ACTIVE),
        (ANSWERED, row.answer is not None),
        (KEPT, done.get(row.week, 0) >= row.target),
        (REST, row.week in resting or person.on_holiday(row.day)),
        (SILENT, commitment.silent_since is not None),
        (FADED, is_faded(commitment.fades_from, row.week, commitment.schedule.every)),
        (UNWANTED, row.kind in _switched_off(person)),
    )
    return next((reason for reason, holds in reasons if holds), None)


def _switched_off(person: Person) -> set[str]:
    wishes = ((PLAN, person.asks_plan), (FOLLOW_UP, person.asks_follow_up))
    return {kind for kind, wanted in wishes if not wanted}


def _set_state(tx: Tx, person: Person, ids: Sequence[int], state: str, reason: str | None) -> None:
    if ids:
        changed = {"person": person.id, "ids": ids, "state": state, "reason": reason}
        tx.execute(_SET_STATE, changed)


def _excuse(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> None:
    """Holidays excuse what is open, silence what lies ahead; both are taken back likewise."""
    rows = tx.execute(_OPEN, _both(person, commitment)).all()
    for row in rows:
        right = excuse_for(person, commitment, row.day)
        if row.excuse in (right, "late") or _came_too_late(row, right, now):
            continue
        tx.execute(
            sa.update(occasions)
            .where(occasions.c.id == row.id, occasions.c.person_id == person.id)
            .values(excuse=right)
        )


def _came_too_late(row: Any, right: str | None, now: datetime) -> bool:
    """Silence concerns reminders that have not been due yet; a holiday the whole open week."""
    return row.go_at <= now and SILENT in (right, row.excuse)


def excuse_for(person: Person, commitment: Commitment, day: date) -> str | None:
    """Why an occasion on that day would not count against the person, if so."""
    if person.on_holiday(day):
        return "holiday"
    if commitment.silent_since is not None or not person.reachable:
        return SILENT
    return None


def next_go(tx: Tx, person: Person, commitment: Commitment) -> datetime | None:
    """When the commitment's next reminder is due, if one is, also where it is not laid out yet."""
    due: datetime | None = tx.scalar(
        sa.select(sa.func.min(deliveries.c.due_at))
        .join(occasions, occasions.c.id == deliveries.c.occasion_id)
        .where(
            occasions.c.commitment_id == commitment.id,
            occasions.c.person_id == person.id,
            deliveries.c.kind == GO,
            deliveries.c.state == PENDING,
        )
    )
    return due or _go_to_be_laid_out(tx, person, commitment)


def _go_to_be_laid_out(tx: Tx, person: Person, commitment: Commitment) -> datetime | None:
    """The first `go` of the weeks beyond those laid out that nothing known will silence."""
    speaks = commitment.state is State.ACTIVE and commitment.silent_since is None
    if person.zone is None or not person.reachable or not speaks:
        return None
    mine = sa.and_(commitments.c.id == commitment.id, commitments.c.person_id == person.id)
    laid_until = tx.scalars(sa.select(commitments.c.laid_until).where(mine)).one()
    resting = resting_weeks(tx, person, commitment)
    for week in weeks_between(laid_until, laid_until + LOOKS_AHEAD, person.beginnings):
        if is_faded(commitment.fades_from, week.first, commitment.schedule.every):
            continue
        for day in occasion_days(commitment.schedule, week, commitment.phase):
            if week.first not in resting and not person.on_holiday(day):
                return go_at(day, commitment.schedule, person)
    return None
