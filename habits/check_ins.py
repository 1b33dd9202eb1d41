"""Answers: did it, not this time, rest this week; and what follows a check-in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from habits import commitments, reminders
from habits.agenda import next_reminder
from habits.reminders import CANCELLED, PENDING, owed
from habits.rules.commitment import Commitment, Way
from habits.rules.person import Person
from habits.rules.schedule import clock_time, occasion_days
from habits.rules.touch import FOLLOW_UP, GO
from habits.rules.week import settles_at
from habits.rules.zone import instant, local_day, persons_day
from habits.storage.database import Tx
from habits.storage.rows import commitment_of, commitments_of, insert_unless_there, new_id
from habits.storage.tables import check_ins, deliveries, rests
from habits.storage.tables import occasions as occasion_rows

DONE, DIDNT = "done", "didnt"


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A done answer as stored. way_id and fulfilled stay None until they are told."""

    id: int
    commitment: Commitment
    week: date
    day: date
    way_id: int | None = None
    fulfilled: bool | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """It is stored.

    again: it was already. back: the first after a lapse or a silence. counts: not a week off.
    """

    check_in: CheckIn
    again: bool = False
    back: bool = False
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Noted:
    """An answer other than done, with the next reminder of the commitment."""

    commitment: Commitment
    occasion_id: int | None
    week: date
    next_go: datetime | None


@dataclass(frozen=True, slots=True)
class Postponed:
    """Another round of the reminder is due at `at`."""

    commitment: Commitment
    at: datetime


@dataclass(frozen=True, slots=True)
class NotThere:
    """Not yours or does not exist; which of the two is not told."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The commitment was archived; nothing was changed."""

    commitment: Commitment


class Later(StrEnum):
    """When else the reminder may come."""

    HOUR = "hour"
    EVENING = "evening"
    TOMORROW = "tomorrow"


def did_it(tx: Tx, person: Person, occasion_id: int, now: datetime) -> Recorded | NotThere:
    """Store a check-in for an occasion; twenty taps make one row."""
    found = _occasion(tx, person, occasion_id)
    if found is None:
        return NotThere()
    row, commitment = found
    day = _day_within(row, person, now)
    return _record(tx, person, commitment, now, row=row, day=day)


def did_it_unasked(
    tx: Tx, person: Person, commitment_id: int, now: datetime, *, way: str | None = None
) -> Recorded | NotThere:
    """Store a check-in of the person's day (it ends at 04:00) for a commitment.

    It takes the earliest open occasion of that week, if any. way: the typed words for which
    way it was; kept where they name exactly one.
    """
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None or person.zone is None:
        return NotThere()
    day = persons_day(now, person.zone)
    row = next(iter(_open_in_week(tx, person, commitment, day)), None)
    recorded = _record(tx, person, commitment, now, row=row, day=day)
    meant = [each.id for each in commitment.open_ways if way and _says(way, each)]
    if len(meant) != 1 or recorded.again:
        return recorded
    told = set_way(tx, person, recorded.check_in.id, meant[0])
    return replace(recorded, check_in=told) if isinstance(told, CheckIn) else recorded


def _says(words: str, way: Way) -> bool:
    return words.casefold() in way.title.casefold()


def commitment_at(tx: Tx, person: Person, occasion_id: int) -> Commitment | None:
    """The commitment that an occasion of this person is a turn of."""
    found = _occasion(tx, person, occasion_id)
    return None if found is None else found[1]


def answer_unasked(tx: Tx, person: Person, now: datetime, *, rests: bool) -> Noted | NotThere:
    """A typed "rest" or "not this time": for the earliest open occasion up to today."""
    assert person.zone is not None
    today = persons_day(now, person.zone)
    waiting = [
        row
        for commitment in commitments_of(tx, person.id)
        for row in _open_in_week(tx, person, commitment, today)
        if row.answer is None
    ]
    if not waiting:
        return NotThere()
    earliest = min(waiting, key=lambda row: row.go_at)
    answer = rest_week if rests else not_this_time
    return answer(tx, person, earliest.id, now)


def add_way_to(
    tx: Tx, person: Person, check_in_id: int, title: str
) -> CheckIn | commitments.TooMany | NotThere:
    """Say which way it was by a new one."""
    check_in = find(tx, person, check_in_id)
    if check_in is None:
        return NotThere()
    match commitments.add_way(tx, person, check_in.commitment.id, title):
        case Way(id=way_id):
            return set_way(tx, person, check_in_id, way_id)
        case commitments.TooMany() as too_many:
            return too_many
        case _:
            return NotThere()


def _occasion(tx: Tx, person: Person, occasion_id: int) -> tuple[Any, Commitment] | None:
    row = tx.execute(
        sa.select(occasion_rows).where(
            occasion_rows.c.id == occasion_id, occasion_rows.c.person_id == person.id
        )
    ).one_or_none()
    if row is None:
        return None
    commitment = commitment_of(tx, person.id, row.commitment_id)
    return None if commitment is None else (row, commitment)


def _day_within(row: Any, person: Person, now: datetime) -> date:
    """A late press belongs to its occasion's week, so to its day where today lies outside."""
    assert person.zone is not None
    today = persons_day(now, person.zone)
    day: date = today if row.week <= today < row.week_end else row.day
    return day


def _open_in_week(tx: Tx, person: Person, commitment: Commitment, day: date) -> Sequence[Any]:
    """Unanswered occasions of the day's week up to that day, earliest first."""
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
        .order_by(occasion_rows.c.day)
    ).all()


def _record(
    tx: Tx, person: Person, commitment: Commitment, now: datetime, *, row: Any, day: date
) -> Recorded:
    week = row.week if row is not None else person.week_of(day).first
    counts = row is not None or _is_on(person, commitment, day)
    values = {
        "id": new_id(),
        "person_id": person.id,
        "commitment_id": commitment.id,
        "occasion_id": None if row is None else row.id,
        "week": week,
        "day": day,
        "counts": counts,
        "way_id": _only_way(commitment),
        "made_at": now,
    }
    insert = insert_unless_there(tx, check_ins).values(values).on_conflict_do_nothing()
    stored = tx.scalar(insert.returning(check_ins.c.id))  # PostgreSQL counts no inserted rows
    if stored is None:
        return Recorded(_of_occasion(tx, commitment, row.id), again=True)
    back = _is_back(tx, person, commitment, week)
    if row is not None:
        _answer(tx, person, row.id, DONE, now)
    _heard(tx, person, commitment, now)
    check_in = CheckIn(int(str(values["id"])), commitment, week, day, _only_way(commitment))
    return Recorded(check_in, back=back, counts=counts)


def _is_on(person: Person, commitment: Commitment, day: date) -> bool:
    week = person.week_of(day)
    return bool(occasion_days(commitment.schedule, week, commitment.phase))


def _only_way(commitment: Commitment) -> int | None:
    ways = commitment.open_ways
    return ways[0].id if len(ways) == 1 else None


def _of_occasion(tx: Tx, commitment: Commitment, occasion_id: int) -> CheckIn:
    row = tx.execute(
        sa.select(check_ins).where(
            check_ins.c.occasion_id == occasion_id,
            check_ins.c.person_id == commitment.person_id,
        )
    ).one()
    return _check_in(row, commitment)


def _check_in(row: Any, commitment: Commitment) -> CheckIn:
    return CheckIn(row.id, commitment, row.week, row.day, row.way_id, row.fulfilled, row.note)


def _is_back(tx: Tx, person: Person, commitment: Commitment, week: date) -> bool:
    """Whether the last due week before this one went by without a check-in or a chosen rest."""
    if commitment.silent_since is not None:
        return True
    before = tx.execute(
        sa.select(occasion_rows.c.week, occasion_rows.c.excuse)
        .where(
            occasion_rows.c.commitment_id == commitment.id,
            occasion_rows.c.person_id == person.id,
            occasion_rows.c.week < week,
            occasion_rows.c.due,
        )
        .order_by(occasion_rows.c.week.desc())
        .limit(1)
    ).one_or_none()
    if before is None or before.excuse in ("holiday", "late"):
        return False
    return not anything_in(tx, person, commitment, before.week)


def anything_in(tx: Tx, person: Person, commitment: Commitment, week: date) -> bool:
    """Whether a week has a check-in or a chosen rest."""
    done = sa.exists().where(
        check_ins.c.commitment_id == commitment.id,
        check_ins.c.person_id == person.id,
        check_ins.c.week == week,
    )
    rested = sa.exists().where(
        rests.c.commitment_id == commitment.id,
        rests.c.person_id == person.id,
        rests.c.week == week,
    )
    return bool(tx.scalar(sa.select(sa.or_(done, rested))))


def _answer(tx: Tx, person: Person, occasion_id: int, answer: str | None, now: datetime) -> None:
    tx.execute(
        sa.update(occasion_rows)
        .where(occasion_rows.c.id == occasion_id, occasion_rows.c.person_id == person.id)
        .values(answer=answer, answered_at=None if answer is None else now)
    )


def _heard(tx: Tx, person: Person, commitment: Commitment, now: datetime) -> None:
    """An answer ends a commitment's silence, and silences what it makes idle."""
    if commitment.silent_since is not None:
        commitments.speak_again(tx, person, commitment, now)
    else:
        reminders.align(tx, person, commitment, now)


def not_this_time(tx: Tx, person: Person, occasion_id: int, now: datetime) -> Noted | NotThere:
    """Answer an occasion with *didn't*; a done one stays done."""
    found = _occasion(tx, person, occasion_id)
    if found is None:
        return NotThere()
    row, commitment = found
    if row.answer != DONE:
        _answer(tx, person, row.id, DIDNT, now)
    _heard(tx, person, commitment, now)
    return Noted(commitment, row.id, row.week, next_reminder(tx, person, commitment, now))


def rest_week(tx: Tx, person: Person, occasion_id: int, now: datetime) -> Noted | NotThere:
    """Rest in the week of an occasion; check-ins of it stay."""
    found = _occasion(tx, person, occasion_id)
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
    _heard(tx, person, commitment, now)
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


def unanswer(tx: Tx, person: Person, occasion_id: int, now: datetime) -> Noted | NotThere:
    """Undo whatever was answered to an occasion; its check-in goes with it."""
    found = _occasion(tx, person, occasion_id)
    if found is None:
        return NotThere()
    row, commitment = found
    tx.execute(
        sa.delete(check_ins).where(
            check_ins.c.occasion_id == row.id, check_ins.c.person_id == person.id
        )
    )
    _answer(tx, person, row.id, None, now)
    reminders.align(tx, person, commitment, now)
    return Noted(commitment, row.id, row.week, next_reminder(tx, person, commitment, now))


def find(tx: Tx, person: Person, check_in_id: int) -> CheckIn | None:
    """One check-in of this person."""
    row = tx.execute(
        sa.select(check_ins).where(
            check_ins.c.id == check_in_id, check_ins.c.person_id == person.id
        )
    ).one_or_none()
    if row is None:
        return None
    commitment = commitment_of(tx, person.id, row.commitment_id)
    return None if commitment is None else _check_in(row, commitment)


def check_ins_in(tx: Tx, person: Person, commitment: Commitment, week: date) -> tuple[CheckIn, ...]:
    """The check-ins of a week (named by its first day), oldest first, those that count."""
    rows = tx.execute(
        sa.select(check_ins)
        .where(
            check_ins.c.commitment_id == commitment.id,
            check_ins.c.person_id == person.id,
            check_ins.c.week == week,
            check_ins.c.counts,
        )
        .order_by(check_ins.c.day, check_ins.c.made_at)
    )
    return tuple(_check_in(row, commitment) for row in rows)


def latest(tx: Tx, person: Person, since: datetime) -> CheckIn | None:
    """The newest check-in made since a moment, for a note that came without a reply."""
    check_in_id = tx.scalar(
        sa.select(check_ins.c.id)
        .where(check_ins.c.person_id == person.id, check_ins.c.made_at >= since)
        .order_by(check_ins.c.made_at.desc())
        .limit(1)
    )
    return None if check_in_id is None else find(tx, person, check_in_id)


def remove(tx: Tx, person: Person, check_in_id: int, now: datetime) -> Noted | NotThere:
    """Take a check-in back; its occasion is open again."""
    row = tx.execute(
        sa.select(check_ins).where(
            check_ins.c.id == check_in_id, check_ins.c.person_id == person.id
        )
    ).one_or_none()
    commitment = row and commitment_of(tx, person.id, row.commitment_id)
    if row is None or not commitment:
        return NotThere()
    if row.occasion_id is not None:
        return unanswer(tx, person, row.occasion_id, now)
    tx.execute(
        sa.delete(check_ins).where(
            check_ins.c.id == check_in_id, check_ins.c.person_id == person.id
        )
    )
    reminders.align(tx, person, commitment, now)
    return Noted(commitment, None, row.week, next_reminder(tx, person, commitment, now))


def set_way(tx: Tx, person: Person, check_in_id: int, way_id: int) -> CheckIn | NotThere:
    """Say which way it was; one of its own commitment's."""
    check_in = find(tx, person, check_in_id)
    if check_in is None or way_id not in {way.id for way in check_in.commitment.ways}:
        return NotThere()
    return _set(tx, person, check_in_id, way_id=way_id)


def set_fulfilled(
    tx: Tx, person: Person, check_in_id: int, *, fulfilled: bool
) -> CheckIn | NotThere:
    """Say whether it left them fulfilled."""
    return _set(tx, person, check_in_id, fulfilled=fulfilled)


def set_note(tx: Tx, person: Person, check_in_id: int, note: str | None) -> CheckIn | NotThere:
    """Keep a line about it, or (None) no line."""
    return _set(tx, person, check_in_id, note=note)


def _set(tx: Tx, person: Person, check_in_id: int, **values: Any) -> CheckIn | NotThere:
    tx.execute(
        sa.update(check_ins)
        .where(check_ins.c.id == check_in_id, check_ins.c.person_id == person.id)
        .values(**values)
    )
    return find(tx, person, check_in_id) or NotThere()


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


def postpone(
    tx: Tx, person: Person, occasion_id: int, later: Later, now: datetime
) -> Postponed | NotThere:
    """Add a round of the reminder for this occasion only; the series never moves."""
    found = _occasion(tx, person, occasion_id)
    if found is None or person.zone is None:
        return NotThere()
    row, commitment = found
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
        tx.execute(
            sa.insert(deliveries), [owed(person, GO, at, occasion_id=row.id, round=last + 1)]
        )
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
    tx.execute(
        sa.update(deliveries)
        .where(
            deliveries.c.occasion_id == occasion_id,
            deliveries.c.person_id == person.id,
            deliveries.c.kind == FOLLOW_UP,
            deliveries.c.state == PENDING,
        )
        .values(state=CANCELLED, reason="later")
    )


@dataclass(frozen=True, slots=True)
class Open:
    """A commitment that a typed "did it" may mean. open: an occasion of it waits for an answer.

    today: it has a check-in of this very day already.
    """

    commitment: Commitment
    open: bool
    today: bool


def could_mean(tx: Tx, person: Person, now: datetime) -> list[Open]:
    """What "did it" may mean now: those with an open occasion first, by its day."""
    assert person.zone is not None
    today = persons_day(now, person.zone)
    checked = set(
        tx.scalars(
            sa.select(check_ins.c.commitment_id).where(
                check_ins.c.person_id == person.id, check_ins.c.day == today
            )
        )
    )
    found = []
    for commitment in commitments_of(tx, person.id):
        rows = _open_in_week(tx, person, commitment, today)
        first = rows[0].day if rows else date.max
        found.append((first, Open(commitment, bool(rows), commitment.id in checked)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def fill_in(
    tx: Tx, person: Person, commitment_id: int, week: date, now: datetime
) -> Recorded | NotThere:
    """Add a check-in to a past week: to its earliest unanswered occasion, or of its own."""
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None or person.zone is None or week > persons_day(now, person.zone):
        return NotThere()
    row = tx.execute(
        sa.select(occasion_rows)
        .outerjoin(check_ins, check_ins.c.occasion_id == occasion_rows.c.id)
        .where(
            occasion_rows.c.commitment_id == commitment.id,
            occasion_rows.c.person_id == person.id,
            occasion_rows.c.week == week,
            check_ins.c.id.is_(None),
        )
        .order_by(occasion_rows.c.day)
        .limit(1)
    ).one_or_none()
    day = _planned_day(person, commitment, week, now) if row is None else row.day
    return _record(tx, person, commitment, now, row=row, day=day)


def _planned_day(person: Person, commitment: Commitment, week: date, now: datetime) -> date:
    """The day that the schedule means in a week without occasions, if it has come already."""
    assert person.zone is not None
    planned = occasion_days(commitment.schedule, person.week_of(week), commitment.phase)
    return planned[0] if planned and planned[0] <= persons_day(now, person.zone) else week
