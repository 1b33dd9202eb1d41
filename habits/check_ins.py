"""Check-ins: a done answer as stored, and what may be told about it afterwards."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from habits import commitments, reminders
from habits.agenda import next_reminder
from habits.answers import DONE, Noted, answer, heard, occasion_of, open_in_week, unanswer
from habits.commitments import NotThere
from habits.rules.commitment import Commitment, Way
from habits.rules.feelings import Facet, Tension
from habits.rules.person import Person
from habits.rules.schedule import occasion_days
from habits.rules.zone import persons_day
from habits.storage.database import Tx
from habits.storage.ids import new_id
from habits.storage.rows import commitment_of, commitments_of, insert_unless_there
from habits.storage.tables import check_ins, rests
from habits.storage.tables import occasions as occasion_rows

_DUE_BEFORE = (
    sa.select(occasion_rows.c.week, occasion_rows.c.excuse)
    .where(
        occasion_rows.c.commitment_id == sa.bindparam("commitment"),
        occasion_rows.c.person_id == sa.bindparam("person"),
        occasion_rows.c.week < sa.bindparam("before"),
        occasion_rows.c.due,
    )
    .order_by(occasion_rows.c.week.desc())
    .limit(1)
)
_ANYTHING_IN = sa.select(
    sa.or_(
        *(
            sa.exists().where(
                table.c.commitment_id == sa.bindparam("commitment"),
                table.c.person_id == sa.bindparam("person"),
                table.c.week == sa.bindparam("in_week"),
            )
            for table in (check_ins, rests)
        )
    )
)


@dataclass(frozen=True, slots=True)
class CheckIn:
    """A done answer as stored. What is None has not been told."""

    id: int
    commitment: Commitment
    week: date
    day: date
    way_id: int | None = None
    fulfilled: bool | None = None
    note: str | None = None
    before: Tension | None = None
    after: Tension | None = None
    facets: frozenset[Facet] = frozenset()


@dataclass(frozen=True, slots=True)
class Recorded:
    """It is stored.

    again: it was already. back: the first after a lapse or a silence. counts: not a week off.
    """

    check_in: CheckIn
    again: bool = False
    back: bool = False
    counts: bool = True


def did_it(tx: Tx, person: Person, occasion_id: int, now: datetime) -> Recorded | NotThere:
    """Store a check-in for an occasion; twenty taps make one row."""
    found = occasion_of(tx, person, occasion_id)
    if found is None:
        return NotThere()
    row, commitment = found
    day = _day_within(row, person, now)
    return _record(tx, person, commitment, now, row=row, day=day)


def did_it_unasked(
    tx: Tx,
    person: Person,
    commitment_id: int,
    now: datetime,
    *,
    way: str | None = None,
    day: date | None = None,
) -> Recorded | NotThere:
    """Store a check-in of the person's day (it ends at 04:00) for a commitment.

    It takes the earliest open occasion of that week, if any. way: the typed words for which
    way it was; kept where they name exactly one. day: another one than theirs now, not ahead.
    """
    commitment = commitment_of(tx, person.id, commitment_id)
    if commitment is None or person.zone is None:
        return NotThere()
    today = persons_day(now, person.zone)
    day = min(day or today, today)
    row = next(iter(open_in_week(tx, person, commitment, day)), None)
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
    found = occasion_of(tx, person, occasion_id)
    return None if found is None else found[1]


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


def _day_within(row: Any, person: Person, now: datetime) -> date:
    """A late press belongs to its occasion's week, so to its day where today lies outside."""
    assert person.zone is not None
    today = persons_day(now, person.zone)
    day: date = today if row.week <= today < row.week_end else row.day
    return day


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
    insert = insert_unless_there(tx, check_ins).on_conflict_do_nothing()
    # returning, since PostgreSQL counts no inserted rows
    stored = tx.scalar(insert.returning(check_ins.c.id), values)
    if stored is None:
        return Recorded(_of_occasion(tx, commitment, row.id), again=True)
    back = _is_back(tx, person, commitment, week)
    if row is not None:
        answer(tx, person, row.id, DONE, now)
    heard(tx, person, commitment, now)
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
    return check_in_from(row, commitment)


def check_in_from(row: Any, commitment: Commitment) -> CheckIn:
    """A row of the table, with the commitment that it kept."""
    return CheckIn(
        row.id,
        commitment,
        row.week,
        row.day,
        row.way_id,
        row.fulfilled,
        row.note,
        before=None if row.tension_before is None else Tension(row.tension_before),
        after=None if row.tension_after is None else Tension(row.tension_after),
        facets=frozenset(Facet(each) for each in row.facets or ()),
    )


def _is_back(tx: Tx, person: Person, commitment: Commitment, week: date) -> bool:
    """Whether the last due week before this one went by without a check-in or a chosen rest."""
    if commitment.silent_since is not None:
        return True
    wanted = {"commitment": commitment.id, "person": person.id, "before": week}
    before = tx.execute(_DUE_BEFORE, wanted).one_or_none()
    if before is None or before.excuse in ("holiday", "late"):
        return False
    return not anything_in(tx, person, commitment, before.week)


def anything_in(tx: Tx, person: Person, commitment: Commitment, week: date) -> bool:
    """Whether a week has a check-in or a chosen rest."""
    wanted = {"commitment": commitment.id, "person": person.id, "in_week": week}
    return bool(tx.scalar(_ANYTHING_IN, wanted))


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
    return None if commitment is None else check_in_from(row, commitment)


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
    return tuple(check_in_from(row, commitment) for row in rows)


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
    return change(tx, person, check_in_id, way_id=way_id)


def set_fulfilled(
    tx: Tx, person: Person, check_in_id: int, *, fulfilled: bool
) -> CheckIn | NotThere:
    """Say whether it left them fulfilled."""
    return change(tx, person, check_in_id, fulfilled=fulfilled)


def set_note(tx: Tx, person: Person, check_in_id: int, note: str | None) -> CheckIn | NotThere:
    """Keep a line about it, or (None) no line."""
    return change(tx, person, check_in_id, note=note)


def change(tx: Tx, person: Person, check_in_id: int, **values: Any) -> CheckIn | NotThere:
    """Keep what was told about one check-in of this person, by column."""
    tx.execute(
        sa.update(check_ins)
        .where(check_ins.c.id == check_in_id, check_ins.c.person_id == person.id)
        .values(**values)
    )
    return find(tx, person, check_in_id) or NotThere()


@dataclass(frozen=True, slots=True)
class Open:
    """A commitment that a typed "did it" may mean. open: an occasion of it waits for an answer.

    today: it has a check-in of this very day already.
    """

    commitment: Commitment
    open: bool
    today: bool


def could_mean(tx: Tx, person: Person, today: date) -> list[Open]:
    """What "did it" may mean on their day: those with an open occasion first, by its day."""
    checked = set(
        tx.scalars(
            sa.select(check_ins.c.commitment_id).where(
                check_ins.c.person_id == person.id, check_ins.c.day == today
            )
        )
    )
    found = []
    for commitment in commitments_of(tx, person.id):
        rows = open_in_week(tx, person, commitment, today)
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
