"""What a person looks at: what was kept, what is left open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from habits.outages import still_asked
from habits.reminders import done_by_week, next_go
from habits.rules.commitment import Commitment, State
from habits.rules.person import Person
from habits.rules.streak import Streak, walk
from habits.rules.strength import strength
from habits.rules.week import Record, Week
from habits.rules.zone import local_day
from habits.storage.database import Tx
from habits.storage.rows import commitment_of, commitments_of
from habits.storage.tables import check_ins, deliveries, occasions, rests


@dataclass(frozen=True, slots=True)
class Listed:
    """A commitment with its next reminder, if one is coming."""

    commitment: Commitment
    next_go: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept of one commitment.

    total: its check-ins, those of weeks off included. latest: the day of the newest of them.
    """

    commitment: Commitment
    streak: Streak
    strength: float
    total: int
    latest: date | None = None


def listed(tx: Tx, person: Person) -> list[Listed]:
    """The person's commitments, paused ones included, each with its next reminder."""
    return [Listed(each, next_go(tx, person, each)) for each in commitments_of(tx, person.id)]


def kept(tx: Tx, person: Person, now: datetime) -> list[Kept]:
    """What was kept, for each commitment that is not archived."""
    return [kept_of(tx, person, each, now) for each in commitments_of(tx, person.id)]


def kept_one(tx: Tx, person: Person, commitment_id: int, now: datetime) -> Kept | None:
    """What was kept of the commitment of this id; None where it is not theirs."""
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None or person.zone is None:
        return None
    return kept_of(tx, person, commitment, now)


def kept_of(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> Kept:
    """What was kept of one commitment."""
    found = records(tx, person, commitment, now)
    total, latest = tx.execute(
        sa.select(sa.func.count(), sa.func.max(check_ins.c.day)).where(
            check_ins.c.commitment_id == commitment.id, check_ins.c.person_id == person.id
        )
    ).one()
    return Kept(commitment, walk(found), strength(found), total, latest)


def records(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> list[Record]:
    """What is known of each week up to the current one, oldest first, weeks off left out."""
    assert person.zone is not None
    today = local_day(now, person.zone)
    asked = _asked_by_week(tx, person, commitment)
    done = done_by_week(tx, person, commitment)
    resting = set(
        tx.scalars(
            sa.select(rests.c.week).where(
                rests.c.commitment_id == commitment.id, rests.c.person_id == person.id
            )
        )
    )
    weeks = sorted(week for week in asked.keys() | done.keys() if week <= today)
    return [
        _record(
            person,
            commitment,
            week,
            asked.get(week, ()),
            done.get(week, 0),
            now,
            rests=week in resting,
        )
        for week in weeks
    ]


def _asked_by_week(tx: Tx, person: Person, commitment: Commitment) -> dict[date, list[Any]]:
    weeks: dict[date, list[Any]] = {}
    for row in tx.execute(
        sa.select(
            occasions.c.week,
            occasions.c.week_end,
            occasions.c.target,
            occasions.c.due,
            occasions.c.excuse,
            occasions.c.answer,
            occasions.c.settles_at,
        ).where(occasions.c.commitment_id == commitment.id, occasions.c.person_id == person.id)
    ):
        weeks.setdefault(row.week, []).append(row)
    return weeks


def _record(
    person: Person,
    commitment: Commitment,
    first: date,
    rows: Sequence[Any],
    done: int,
    now: datetime,
    *,
    rests: bool = False,
) -> Record:
    if not rows:  # checked in unasked, in a first week whose days had passed
        week = person.week_of(first)
        return Record(week, commitment.schedule.target, done, rests=rests, due=False)
    open_ones = [row for row in rows if row.answer != "done"]
    return Record(
        week=Week(first, rows[0].week_end),
        target=max(row.target for row in rows),
        done=done,
        rests=rests or any(row.excuse in ("silent", "holiday") for row in open_ones),
        neutral=any(row.excuse == "late" for row in open_ones),
        settled=all(row.settles_at <= now for row in rows),
        due=any(row.due for row in rows),
    )


def missed(tx: Tx, person: Person, since: datetime) -> list[tuple[Commitment, int, date]]:
    """Occasions whose reminder we failed to send since a moment and that are still unanswered.

    Oldest first, each as commitment, occasion id and day.
    """
    rows = tx.execute(
        sa.select(occasions.c.commitment_id, occasions.c.id, occasions.c.day)
        .where(
            occasions.c.person_id == person.id,
            occasions.c.excuse == "late",
            occasions.c.answer.is_(None),
            occasions.c.go_at >= since,
        )
        .order_by(occasions.c.go_at)
    ).all()
    known = {each.id: each for each in commitments_of(tx, person.id, *State)}
    return [(known[row.commitment_id], row.id, row.day) for row in rows]


def open_prompts(tx: Tx, person: Person, since: datetime) -> list[tuple[Commitment, int, date]]:
    """Occasions that were asked about since a moment and are still open, as `missed`."""
    rows = tx.execute(
        sa.select(occasions.c.commitment_id, occasions.c.id, occasions.c.day)
        .distinct()
        .join(deliveries, deliveries.c.occasion_id == occasions.c.id)
        .where(
            occasions.c.person_id == person.id,
            still_asked(),
            deliveries.c.state == "sent",
            deliveries.c.sent_at >= since,
        )
        .order_by(occasions.c.day)
    ).all()
    known = {each.id: each for each in commitments_of(tx, person.id, *State)}
    return [(known[row.commitment_id], row.id, row.day) for row in rows]
