"""Which touches a person wants beside the `go`, and when these may ring."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from habits import ledger
from habits.reminders import CANCELLED, PENDING, owed
from habits.rules.commitment import State
from habits.rules.person import Person
from habits.rules.touch import FOLLOW_UP, PLAN, follow_up_at, not_after, plan_at
from habits.storage.database import Tx
from habits.storage.tables import commitments, deliveries, occasions

UNWANTED = "unwanted"
"""Why a touch was cancelled whose kind the person switched off."""


def wish(tx: Tx, person: Person, kind: str, now: datetime, *, wanted: bool) -> None:
    """Switch a kind of touch on or off for what is laid out already."""
    theirs = sa.and_(deliveries.c.person_id == person.id, deliveries.c.kind == kind)
    if not wanted:
        ledger.cancel(tx, theirs, UNWANTED)
        return
    tx.execute(
        sa.update(deliveries)
        .where(
            theirs,
            deliveries.c.state == CANCELLED,
            deliveries.c.reason == UNWANTED,
            deliveries.c.due_at > now,
        )
        .values(state=PENDING, reason=None)
    )
    if kind == PLAN:
        _owe_plans(tx, person, now)


def _owe_plans(tx: Tx, person: Person, now: datetime) -> None:
    """A `plan` for each week that is laid out and has not begun to ask."""
    rows = [
        owed(person, PLAN, due, occasion_id=first.id, not_after=first.go_at)
        for first in _firsts_ahead(tx, person, now)
        if now < (due := plan_at(first.day, person)) < first.go_at
    ]
    if rows:
        ledger.owe(tx, rows, unless_there=True)


def _firsts_ahead(tx: Tx, person: Person, now: datetime) -> Sequence[Any]:
    """The first occasion of each week of each active commitment, where it lies ahead."""
    rows = tx.execute(
        sa.select(occasions)
        .join(commitments, commitments.c.id == occasions.c.commitment_id)
        .where(
            occasions.c.person_id == person.id,
            occasions.c.settles_at > now,
            commitments.c.state == State.ACTIVE.value,
        )
        .order_by(occasions.c.day.desc())
    ).all()
    firsts = {(row.commitment_id, row.week): row for row in rows}
    return [
        row
        for row in firsts.values()
        if row.go_at > now and row.answer is None and row.excuse is None
    ]


def keep_quiet(tx: Tx, person: Person, now: datetime) -> None:
    """After a change of the quiet hours: move what waits to ring in or out of them."""
    waiting = tx.execute(
        sa.select(deliveries.c.id, deliveries.c.kind, occasions.c.day, occasions.c.go_at)
        .join(occasions, occasions.c.id == deliveries.c.occasion_id)
        .where(
            deliveries.c.person_id == person.id,
            deliveries.c.kind.in_((PLAN, FOLLOW_UP)),
            deliveries.c.state == PENDING,
            deliveries.c.due_at > now,
        )
    ).all()
    for row in waiting:
        is_plan = row.kind == PLAN
        due = plan_at(row.day, person) if is_plan else follow_up_at(row.go_at, person)
        if due > now:
            _move(tx, person, row.id, due, row.go_at if is_plan else None)


def _move(tx: Tx, person: Person, the_id: int, due: datetime, latest: datetime | None) -> None:
    assert person.zone is not None
    tx.execute(
        sa.update(deliveries)
        .where(deliveries.c.id == the_id, deliveries.c.person_id == person.id)
        .values(
            due_at=due,
            next_attempt_at=due,
            not_after=latest or not_after(due, person.zone),
        )
    )
