"""What of a file is not there yet, and how it has to be to lie beside the rest."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from habits.belongings import Belongings, CheckInKept, CommitmentKept, RestKept, ScheduleKept
from habits.commitments import first_phase
from habits.occasions import AHEAD
from habits.rules.commitment import State
from habits.rules.person import Person
from habits.rules.schedule import Schedule
from habits.rules.zone import local_day
from habits.storage.database import Tx
from habits.storage.tables import check_ins, commitments, rests

FURTHEST = AHEAD + timedelta(days=22)
"""Nothing is laid out further ahead: a day for the zones, and a lengthened week or two."""


@dataclass(frozen=True, slots=True)
class Addition:
    """What one commitment of a file adds. commitment_id: the one that is there, None for none."""

    kept: CommitmentKept
    commitment_id: int | None
    check_ins: tuple[CheckInKept, ...]
    rests: tuple[RestKept, ...]


def additions(
    tx: Tx, person: Person, belongings: Belongings, now: datetime, *, fresh: bool
) -> list[Addition]:
    """What is missing here; a commitment that has everything already adds nothing.

    One of our own is known by the instant at which it was made, one of another program's by
    its name. fresh: the person's weeks and times are those of the file. What is laid out ahead
    stays only then, and only as we lay it out; otherwise it is laid out anew from today.
    """
    own = belongings.settings is not None
    there = _there(tx, person)
    known = {row.made_at if own else row.title.casefold(): row.id for row in there}
    found = []
    for told in belongings.commitments:
        kept = told if own else _in_weeks_of(told, person)
        commitment_id = known.get(kept.made_at if own else kept.title.casefold())
        if commitment_id is None:
            kept = _fitted(kept, person, now, fresh=fresh)
            found.append(Addition(kept, None, kept.check_ins, kept.rests))
        else:
            found.append(_missing(tx, person, kept, commitment_id, own=own))
    return [each for each in found if each.commitment_id is None or each.check_ins or each.rests]


def _there(tx: Tx, person: Person) -> Sequence[Any]:
    """The archived first, so that of two of one name the one in use is found."""
    return tx.execute(
        sa.select(commitments.c.id, commitments.c.title, commitments.c.made_at)
        .where(commitments.c.person_id == person.id)
        .order_by(commitments.c.state != State.ARCHIVED.value, commitments.c.made_at)
    ).all()


def _missing(
    tx: Tx, person: Person, kept: CommitmentKept, commitment_id: int, *, own: bool
) -> Addition:
    mine = sa.and_(check_ins.c.commitment_id == commitment_id, check_ins.c.person_id == person.id)
    rows = tx.execute(sa.select(check_ins.c.made_at, check_ins.c.day).where(mine)).all()
    resting = set(
        tx.scalars(
            sa.select(rests.c.week).where(
                rests.c.commitment_id == commitment_id, rests.c.person_id == person.id
            )
        )
    )
    absent = _absent_check_ins(kept.check_ins, rows) if own else _absent_days(kept.check_ins, rows)
    return Addition(
        kept,
        commitment_id,
        tuple(absent),
        tuple(each for each in kept.rests if each.week not in resting),
    )


def _absent_check_ins(
    check_ins_kept: Iterable[CheckInKept], rows: Sequence[Any]
) -> Iterable[CheckInKept]:
    """Those of our own that are not there: as often as they are in the file."""
    there = Counter((row.made_at, row.day) for row in rows)
    for each in check_ins_kept:
        there[each.made_at, each.day] -= 1
        if there[each.made_at, each.day] < 0:
            yield each


def _absent_days(
    check_ins_kept: Iterable[CheckInKept], rows: Sequence[Any]
) -> Iterable[CheckInKept]:
    """Other programs know one check-in a day."""
    there = {row.day for row in rows}
    return (each for each in check_ins_kept if each.day not in there)


def _in_weeks_of(kept: CommitmentKept, person: Person) -> CommitmentKept:
    """Another program's days, in the weeks of the person."""
    weeks = {person.week_of(each.week).first: each for each in kept.rests}
    told = {
        "rests": tuple(
            each.model_copy(update={"week": week}) for week, each in sorted(weeks.items())
        ),
        "check_ins": tuple(
            each.model_copy(update={"week": person.week_of(each.day).first})
            for each in kept.check_ins
        ),
    }
    return kept.model_copy(update=told)


def _fitted(kept: CommitmentKept, person: Person, now: datetime, *, fresh: bool) -> CommitmentKept:
    today = local_day(now, person.zone) if person.zone else now.date()
    stays = fresh and _is_as_we_lay_out(kept, person, today)
    return kept if stays else _from_today(kept, person, now)


def _is_as_we_lay_out(kept: CommitmentKept, person: Person, today: date) -> bool:
    """Whether laying out can go on where the file left off: nothing lies where it will lay."""
    last = max((each.day for each in kept.occasions), default=date.min)
    if person.zone is None:
        return not kept.occasions
    if kept.state != State.ACTIVE.value:
        return last < today + FURTHEST
    until = kept.laid_until
    begins_there = person.week_of(until).first == until
    current = person.week_of(today).first
    return begins_there and last < until and current < until <= today + FURTHEST


def _from_today(kept: CommitmentKept, person: Person, now: datetime) -> CommitmentKept:
    """Laid out from now on by the person's own times; what was before today stays as it was."""
    today = local_day(now, person.zone) if person.zone else now.date()
    past = {each.day for each in kept.occasions if each.day < today}
    told = {
        "begins_at": now,
        "laid_until": person.week_of(today).first,
        "schedule": kept.schedule.model_copy(update={"phase": _phase(kept, person, now)}),
        "occasions": tuple(each for each in kept.occasions if each.day in past),
        "check_ins": tuple(
            each
            if each.occasion is None or each.occasion in past
            else each.model_copy(update={"occasion": None})
            for each in kept.check_ins
        ),
    }
    return kept.model_copy(update=told)


def _phase(kept: CommitmentKept, person: Person, now: datetime) -> date:
    """Weeks off go on as before where there were any; otherwise they are counted from now."""
    if kept.occasions:
        return kept.schedule.phase
    return first_phase(person, schedule_of(kept.schedule), now)


def schedule_of(kept: ScheduleKept) -> Schedule:
    """The schedule as the rules see it."""
    return Schedule(kept.days, kept.at, kept.every, kept.target, kept.once)
