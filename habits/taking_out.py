"""What a person takes along: everything that is stored about them, read in one go."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from habits.agenda import Coming
from habits.ahead import ahead
from habits.belongings import (
    Belongings,
    CheckInKept,
    CommitmentKept,
    OccasionKept,
    RestKept,
    ScheduleKept,
    WayKept,
)
from habits.rules.feelings import Facet
from habits.rules.person import Person
from habits.rules.recurrence import recurrence
from habits.rules.zone import local_day
from habits.storage.database import Tx
from habits.storage.rows import person_of, schedule_from
from habits.storage.tables import (
    check_ins,
    commitments,
    holidays,
    inbox,
    metadata,
    occasions,
    people,
    rests,
    ways,
    week_beginnings,
)
from habits.wishes import wishes_of

ONCE_IN = timedelta(hours=1)
TOLD_ALREADY = (ways, occasions, rests, check_ins, holidays, week_beginnings)
"""The tables that belongings tell in full; of all others something only runs the bot."""


@dataclass(frozen=True, slots=True)
class Granted:
    """They may have their export now."""


@dataclass(frozen=True, slots=True)
class TooSoon:
    """They had one less than an hour ago."""

    last: datetime


def ask(tx: Tx, person: Person, now: datetime) -> Granted | TooSoon:
    """Grant an export, one an hour."""
    last = tx.scalar(sa.select(people.c.exported_at).where(people.c.id == person.id))
    if last is not None and now - ONCE_IN < last <= now:
        return TooSoon(last)
    tx.execute(sa.update(people).where(people.c.id == person.id).values(exported_at=now))
    return Granted()


def belongings(tx: Tx, person: Person) -> Belongings:
    """Everything that they can take along, in an order that depends on nothing else."""
    found = [_commitment(tx, person, row) for row in _mine(tx, commitments, person)]
    in_order = sorted(found, key=lambda each: (each.made_at, each.model_dump_json()))
    return Belongings.model_construct(
        settings=wishes_of(tx, person.id), commitments=tuple(in_order)
    )


def _mine(tx: Tx, table: sa.Table, person: Person, *order: str) -> Sequence[Any]:
    query = sa.select(table).where(table.c.person_id == person.id)
    return tx.execute(query.order_by(*(table.c[name] for name in order))).all()


def _shape(shape: Any, values: Mapping[Any, Any], **more: Any) -> Any:
    """A shape of the columns that are called as its fields; what is stored needs no check."""
    own = {name: values[name] for name in shape.model_fields if name in values}
    return shape.model_construct(**(own | more))


def _commitment(tx: Tx, person: Person, row: Any) -> CommitmentKept:
    found = {
        table: tx.execute(
            sa.select(table).where(table.c.person_id == person.id, table.c.commitment_id == row.id)
        ).all()
        for table in (ways, occasions, rests, check_ins)
    }
    in_order = sorted(found[ways], key=lambda each: (each.position, each.title))
    places = {each.id: place for place, each in enumerate(in_order)}
    days = {each.id: each.day for each in found[occasions]}
    kept: CommitmentKept = _shape(
        CommitmentKept,
        row._mapping,
        schedule=_shape(ScheduleKept, row._mapping, **_schedule(person, row)),
        ways=tuple(_shape(WayKept, each._mapping) for each in in_order),
        occasions=tuple(
            _shape(OccasionKept, each._mapping, way=places.get(each.way_id))
            for each in sorted(found[occasions], key=lambda each: each.day)
        ),
        rests=tuple(
            _shape(RestKept, each._mapping)
            for each in sorted(found[rests], key=lambda each: each.week)
        ),
        check_ins=_check_ins(found[check_ins], places, days),
    )
    return kept


def _schedule(person: Person, row: Any) -> dict[str, Any]:
    schedule = schedule_from(row)
    calendar = recurrence(schedule, row.phase, person) if person.zone else None
    return {"days": schedule.days, "at": schedule.at, "calendar": calendar}


def _check_ins(
    rows: Iterable[Any], places: Mapping[int, int], days: Mapping[int, date]
) -> tuple[CheckInKept, ...]:
    kept = [
        _shape(
            CheckInKept,
            row._mapping,
            occasion=days.get(row.occasion_id),
            way=places.get(row.way_id),
            facets=None if row.facets is None else tuple(map(Facet, row.facets)),
        )
        for row in rows
    ]
    return tuple(sorted(kept, key=lambda each: (each.made_at, each.day, each.model_dump_json())))


def account(tx: Tx, person: Person, now: datetime) -> dict[str, Any]:
    """The rest of what is stored about them: what only runs the bot, and is not taken in again.

    What waits in the inbox is left out: it is gone as soon as it is handled.
    """
    row = tx.execute(sa.select(people).where(people.c.id == person.id)).one()
    tables = [
        table
        for table in metadata.sorted_tables
        if "person_id" in table.c and table is not inbox and table not in TOLD_ALREADY
    ]
    rest = {
        table.name: [_plain(each._mapping) for each in _mine(tx, table, person)] for table in tables
    }
    return {"exported_at": now.isoformat(), "person": _plain(row._mapping), **rest}


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date | time) else value
        for name, value in row.items()
    }


@dataclass(frozen=True, slots=True)
class Everything:
    """All about a person at one moment: what can be taken along, the rest, what is coming."""

    belongings: Belongings
    account: dict[str, Any]
    coming: list[Coming]
    today: date


def everything(tx: Tx, person: Person, now: datetime) -> Everything:
    """All that is stored about a person, and what follows from it for the next weeks."""
    there = person_of(tx, person.id) or person
    today = local_day(now, there.zone) if there.zone else now.date()
    return Everything(belongings(tx, there), account(tx, there, now), ahead(tx, there, now), today)
