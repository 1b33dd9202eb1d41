"""Past weeks, looked at, filled in and cleared; every change can be undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from habits import overviews, reminders
from habits.check_ins import CheckIn, Recorded, check_ins_in, fill_in, find, remove
from habits.commitments import NotThere
from habits.overviews import Kept
from habits.reminders import done_by_week
from habits.rules.commitment import Commitment
from habits.rules.person import EVER_SINCE, Person
from habits.rules.schedule import occasion_days
from habits.rules.streak import CountedWeek, Standing
from habits.rules.week import Week, weeks_between
from habits.rules.zone import persons_day
from habits.storage.database import Tx
from habits.storage.ids import new_id
from habits.storage.rows import commitment_of, insert_unless_there
from habits.storage.tables import changes, check_ins, occasions, rests


@dataclass(frozen=True, slots=True)
class PastWeek:
    """One week of a commitment. standing: what it means for the streak, None before that.

    done: its check-ins; target: what it asked for; rests: the person chose so.
    """

    week: Week
    standing: Standing | None
    done: int
    target: int
    rests: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some weeks of a commitment, newest first. older: whether there may be more."""

    commitment: Commitment
    weeks: tuple[PastWeek, ...]
    older: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """One week with its check-ins, and what was kept in all."""

    kept: Kept
    past: PastWeek
    check_ins: tuple[CheckIn, ...]


@dataclass(frozen=True, slots=True)
class Cleared:
    """A week's answers were taken away; change_id puts them back, None where there were none."""

    change_id: int | None


def page(
    tx: Tx, person: Person, commitment_id: int, now: datetime, *, before: date | None, count: int
) -> Page | NotThere:
    """The weeks up to the current one (or before a date); weeks off are left out."""
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None or person.zone is None:
        return NotThere()
    today = persons_day(now, person.zone)
    last = min(before - timedelta(days=1), today) if before else today
    if last < EVER_SINCE:
        return Page(commitment, (), older=False)
    known = {each.record.week.first: each for each in _counted(tx, person, commitment, now)}
    first = max(EVER_SINCE, last - timedelta(weeks=count * commitment.schedule.every + 1))
    weeks = [
        week
        for week in weeks_between(first, last, person.beginnings)
        if week.first <= last and (week.first in known or _asks(commitment, week))
    ]
    resting, done = _resting(tx, person, commitment), done_by_week(tx, person, commitment)
    found = [
        _past(commitment, week, known.get(week.first), resting, done)
        for week in weeks[::-1][:count]
    ]
    return Page(commitment, tuple(found), older=first > EVER_SINCE)


def _counted(
    tx: Tx, person: Person, commitment: Commitment, now: datetime
) -> tuple[CountedWeek, ...]:
    return overviews.kept_of(tx, person, commitment, now).streak.weeks


def _asks(commitment: Commitment, week: Week) -> bool:
    return bool(occasion_days(commitment.schedule, week, commitment.phase))


def _resting(tx: Tx, person: Person, commitment: Commitment) -> set[date]:
    return set(
        tx.scalars(
            sa.select(rests.c.week).where(
                rests.c.commitment_id == commitment.id, rests.c.person_id == person.id
            )
        )
    )


def _past(
    commitment: Commitment,
    week: Week,
    counted: CountedWeek | None,
    resting: set[date],
    done: dict[date, int],
) -> PastWeek:
    return PastWeek(
        week=counted.record.week if counted else week,
        standing=counted.standing if counted else None,
        done=done.get(week.first, 0),
        target=counted.record.target if counted else commitment.schedule.target,
        rests=week.first in resting,
    )


def look(
    tx: Tx, person: Person, commitment_id: int, first: date, now: datetime
) -> Looked | NotThere:
    """One week, named by its first day; none that lies ahead."""
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None or person.zone is None:
        return NotThere()
    kept = overviews.kept_of(tx, person, commitment, now)
    known = {each.record.week.first: each for each in kept.streak.weeks}
    week = person.week_of(first)
    is_week = first in known or week.first == first
    if not is_week or not EVER_SINCE <= first <= persons_day(now, person.zone):
        return NotThere()
    done = done_by_week(tx, person, commitment)
    past = _past(commitment, week, known.get(first), _resting(tx, person, commitment), done)
    return Looked(kept, past, check_ins_in(tx, person, commitment, first))


def fill_up_to(
    tx: Tx, person: Person, commitment_id: int, first: date, wanted: int, now: datetime
) -> Recorded | NotThere | None:
    """One check-in more in a week, unless there are `wanted` already (None): two taps make one."""
    found = look(tx, person, commitment_id, first, now)
    if isinstance(found, NotThere):
        return found
    if len(found.check_ins) >= min(wanted, len(found.past.week.days)):
        return None
    return fill_in(tx, person, commitment_id, first, now)


def clear(
    tx: Tx, person: Person, commitment_id: int, first: date, now: datetime
) -> Cleared | NotThere:
    """Take back everything that was answered in a week."""
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None:
        return NotThere()
    before = _snapshot(tx, person, commitment, first)
    if not any(before[name] for name in ("check_ins", "rests", "answers")):
        return Cleared(None)
    _empty(tx, person, commitment, first)
    change_id = keep_change(tx, commitment, before, now)
    reminders.align(tx, person, commitment, now)
    return Cleared(change_id)


def keep_change(tx: Tx, commitment: Commitment, before: dict[str, Any], now: datetime) -> int:
    """Note what was there before a change, as JSON; gives the id that undoes it."""
    change_id = new_id()
    tx.execute(
        sa.insert(changes).values(
            id=change_id,
            person_id=commitment.person_id,
            commitment_id=commitment.id,
            before=before,
            made_at=now,
        )
    )
    return change_id


def take_out(tx: Tx, person: Person, check_in_id: int, now: datetime) -> Cleared | NotThere:
    """Take one check-in back, so that it can be put back as it was."""
    found = find(tx, person, check_in_id)
    if found is None:
        return NotThere()
    week = _snapshot(tx, person, found.commitment, found.week)
    [kept] = [row for row in week["check_ins"] if row["id"] == check_in_id]
    answered = [row for row in week["answers"] if row["id"] == kept["occasion_id"]]
    remove(tx, person, check_in_id, now)
    before = week | {"check_ins": [kept], "rests": [], "answers": answered}
    return Cleared(keep_change(tx, found.commitment, before, now))


def _in_week(
    table: sa.Table, person: Person, commitment: Commitment, first: date
) -> sa.ColumnElement[bool]:
    return sa.and_(
        table.c.commitment_id == commitment.id,
        table.c.person_id == person.id,
        table.c.week == first,
    )


def _snapshot(tx: Tx, person: Person, commitment: Commitment, first: date) -> dict[str, Any]:
    """What a week holds, as JSON."""
    answered = sa.select(occasions.c.id, occasions.c.answer, occasions.c.answered_at).where(
        _in_week(occasions, person, commitment, first), occasions.c.answer.is_not(None)
    )
    return {
        "week": first.isoformat(),
        "check_ins": _rows(tx, check_ins, _in_week(check_ins, person, commitment, first)),
        "rests": _rows(tx, rests, _in_week(rests, person, commitment, first)),
        "answers": [_plain(row._mapping) for row in tx.execute(answered)],
    }


def _rows(tx: Tx, table: sa.Table, where: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    return [_plain(row._mapping) for row in tx.execute(sa.select(table).where(where))]


def _plain(row: Any) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()
    }


def _empty(tx: Tx, person: Person, commitment: Commitment, first: date) -> None:
    for table in (check_ins, rests):
        tx.execute(sa.delete(table).where(_in_week(table, person, commitment, first)))
    tx.execute(
        sa.update(occasions)
        .where(_in_week(occasions, person, commitment, first))
        .values(answer=None, answered_at=None)
    )


def restore(
    tx: Tx, person: Person, change_id: int, now: datetime
) -> tuple[Commitment, date] | NotThere:
    """Put back what was cleared; what was answered since stays. Gives which week it was."""
    row = tx.execute(
        sa.select(changes).where(changes.c.id == change_id, changes.c.person_id == person.id)
    ).one_or_none()
    commitment = row and commitment_of(tx, person.id, row.commitment_id)
    if row is None or not commitment or "week" not in row.before:
        return NotThere()
    _put_back(tx, check_ins, _with_occasions(tx, person, row.before["check_ins"]))
    _put_back(tx, rests, row.before["rests"])
    _answer_again(tx, person, row.before["answers"])
    reminders.align(tx, person, commitment, now)
    return commitment, date.fromisoformat(row.before["week"])


def _with_occasions(tx: Tx, person: Person, kept: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Check-ins as they were; an occasion that an edit took away since is left out."""
    there = set(
        tx.scalars(
            sa.select(occasions.c.id).where(
                occasions.c.person_id == person.id,
                occasions.c.id.in_([row["occasion_id"] for row in kept]),
            )
        )
    )
    return [
        row | {"occasion_id": row["occasion_id"] if row["occasion_id"] in there else None}
        for row in kept
    ]


def _put_back(tx: Tx, table: sa.Table, kept: Sequence[dict[str, Any]]) -> None:
    for row in kept:
        values = {name: _typed(name, value) for name, value in row.items()}
        tx.execute(insert_unless_there(tx, table).values(values).on_conflict_do_nothing())


def _typed(name: str, value: Any) -> Any:
    """Dates and moments as they were before they became JSON."""
    if name in ("day", "week"):
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if name == "made_at" else value


def _answer_again(tx: Tx, person: Person, answers: Sequence[dict[str, Any]]) -> None:
    for each in answers:
        tx.execute(
            sa.update(occasions)
            .where(
                occasions.c.id == each["id"],
                occasions.c.person_id == person.id,
                occasions.c.answer.is_(None),
            )
            .values(answer=each["answer"], answered_at=datetime.fromisoformat(each["answered_at"]))
        )
