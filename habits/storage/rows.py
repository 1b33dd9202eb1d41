"""People and commitments as they are stored, and as the rules see them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import time
from functools import cache, lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from habits.rules.commitment import Commitment, State, Way
from habits.rules.person import EVER_SINCE, Holiday, Person, Pictures, Quiet
from habits.rules.schedule import Part, Parts, Schedule
from habits.rules.week import Beginning
from habits.rules.zone import zone_named
from habits.storage.among import among
from habits.storage.database import Tx
from habits.storage.tables import (
    Instant,
    clock_time_from,
    commitments,
    holidays,
    people,
    ways,
    week_beginnings,
)

A = TypeVar("A")
B = TypeVar("B")

YES, BLOCKED, GONE = "yes", "blocked", "gone"
"""Whether Telegram lets us write to a person."""


# What nearly every update and every reminder asks is put together once: with SQLAlchemy that
# takes three times as long as asking it.
_BEGINNINGS = (
    sa.select(week_beginnings)
    .where(among(week_beginnings.c.person_id))
    .order_by(week_beginnings.c.since)
)
_HOLIDAYS = sa.select(holidays).where(among(holidays.c.person_id))
_PEOPLE = sa.select(
    *(each for each in people.c if not isinstance(each.type, Instant | sa.Float)),
    sa.exists().where(week_beginnings.c.person_id == people.c.id).label("has_beginnings"),
    sa.exists().where(holidays.c.person_id == people.c.id).label("has_holidays"),
).where(among(people.c.id))
_COMMITMENT = sa.select(commitments).where(
    commitments.c.id == sa.bindparam("id"), commitments.c.person_id == sa.bindparam("person")
)
_WAYS = sa.select(ways).where(among(ways.c.commitment_id)).order_by(ways.c.position)


def person_of(tx: Tx, person_id: int) -> Person | None:
    """One person, or None."""
    return people_of(tx, [person_id]).get(person_id)


def people_of(tx: Tx, ids: Sequence[int]) -> dict[int, Person]:
    """Several people by id, with their weeks and holidays, which few have set."""
    rows = tx.execute(_PEOPLE, {"ids": ids}).all()
    beginnings: dict[int, list[Beginning]] = defaultdict(list)
    if begun := [row.id for row in rows if row.has_beginnings]:
        for row in tx.execute(_BEGINNINGS, {"ids": begun}):
            beginnings[row.person_id].append(Beginning(row.since, row.weekday))
    resting: dict[int, list[Holiday]] = defaultdict(list)
    if rested := [row.id for row in rows if row.has_holidays]:
        for row in tx.execute(_HOLIDAYS, {"ids": rested}):
            resting[row.person_id].append(Holiday(row.first, row.until))
    return {row.id: _person(row, beginnings[row.id], resting[row.id]) for row in rows}


def each_readable(
    read: Callable[[Sequence[A]], Iterable[B]],
    rows: Sequence[A],
    set_aside: Callable[[A, Exception], None],
) -> list[B]:
    """What is read of all these rows at once; where one cannot be, it alone is set aside."""
    try:
        return list(read(rows))
    except sa.exc.SQLAlchemyError:
        raise  # nobody's row is to blame
    except Exception as error:  # noqa: BLE001 - what a row holds may be anything
        if len(rows) > 1:
            return [found for row in rows for found in each_readable(read, [row], set_aside)]
        set_aside(rows[0], error)
        return []


def _person(row: Any, beginnings: list[Beginning], resting: list[Holiday]) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        language=row.language,
        zone=_zone(row.zone),
        parts=Parts(row.morning, row.afternoon, row.evening),
        quiet=Quiet(row.quiet_from, row.quiet_until),
        asks_plan=row.asks_plan,
        asks_follow_up=row.asks_follow_up,
        asks_tension=row.asks_tension,
        asks_facets=row.asks_facets,
        shows_numbers=row.shows_numbers,
        pictures=Pictures(row.pictures),
        first_weekday=row.first_weekday,
        reachable=row.reachable == YES,
        beginnings=tuple(beginnings) or (Beginning(EVER_SINCE, 1),),
        holidays=tuple(resting),
    )


def _zone(name: str | None) -> ZoneInfo | None:
    return None if name is None else zone_named(name)


def commitment_of(tx: Tx, person_id: int, commitment_id: int) -> Commitment | None:
    """One commitment of this person, or None; another's is None as well."""
    rows = tx.execute(_COMMITMENT, {"id": commitment_id, "person": person_id}).all()
    return next(iter(commitments_from(tx, rows)), None)


def title_in(tx: Tx, person_id: int, commitment_id: int) -> str | None:
    """What one commitment of this person is called, also where the rest cannot be read."""
    mine = sa.and_(commitments.c.id == commitment_id, commitments.c.person_id == person_id)
    title: str | None = tx.scalar(sa.select(commitments.c.title).where(mine))
    return title


def commitments_of(tx: Tx, person_id: int, *states: State) -> list[Commitment]:
    """The person's commitments in these states (all but the archived if none is named)."""
    wanted = states or (State.ACTIVE, State.PAUSED)
    query = sa.select(commitments).where(
        commitments.c.person_id == person_id, commitments.c.state.in_(wanted)
    )
    return commitments_from(tx, tx.execute(query.order_by(commitments.c.made_at)).all())


def commitments_from(tx: Tx, rows: Sequence[Any]) -> list[Commitment]:
    """The commitments of these rows, each with its ways."""
    their_ways: dict[int, list[Way]] = defaultdict(list)
    for row in tx.execute(_WAYS, {"ids": [row.id for row in rows]}):
        their_ways[row.commitment_id].append(Way(row.id, row.title, row.retired))
    return [_commitment(row, their_ways[row.id]) for row in rows]


def _commitment(row: Any, their_ways: Iterable[Way]) -> Commitment:
    return Commitment(
        id=row.id,
        person_id=row.person_id,
        title=row.title,
        schedule=schedule_from(row),
        phase=row.phase,
        begins_at=row.begins_at,
        laid_until=row.laid_until,
        made_at=row.made_at,
        ways=tuple(their_ways),
        cue=row.cue,
        state=State(row.state),
        silent_since=row.silent_since,
        fades_from=row.fades_from,
        version=row.version,
    )


def schedule_from(row: Any) -> Schedule:
    """The schedule in a commitment's columns."""
    return _schedule(row.days, row.at, row.every, row.target, row.once)


@lru_cache(maxsize=10_000)
def _schedule(days: str, at: str, every: int, target: int, once: bool) -> Schedule:
    """One for all who have the same: most people are asked on a few days at a few times."""
    return Schedule(tuple(int(day) for day in days), time_from(at), every, target, once)


def columns_of(schedule: Schedule) -> dict[str, Any]:
    """The columns that hold a schedule."""
    return {
        "days": "".join(str(day) for day in schedule.days),
        "at": time_to(schedule.at),
        "every": schedule.every,
        "target": schedule.target,
        "once": schedule.once,
    }


def time_from(stored: str) -> Part | time:
    """A part of the day or a clock time, from its stored word."""
    return clock_time_from(stored) if stored[0].isdigit() else Part(stored)


def time_to(at: Part | time) -> str:
    """The stored word for a part of the day or a clock time."""
    return at.value if isinstance(at, Part) else at.strftime("%H:%M")


def insert_unless_there(tx: Tx, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
    """An INSERT that can say ON CONFLICT, in the words of the database at hand."""
    return _insert(tx.dialect.name, table)


def put_row(tx: Tx, table: sa.Table, **row: Any) -> None:
    """Write a row, in the place of the one with the same primary key."""
    tx.execute(_putting(tx.dialect.name, table, tuple(row)), row)


def _insert(dialect: str, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


@cache
def _putting(
    dialect: str, table: sa.Table, columns: tuple[str, ...]
) -> "sqlite.Insert | postgresql.Insert":
    insert = _insert(dialect, table)
    new = {name: insert.excluded[name] for name in columns}
    return insert.on_conflict_do_update(index_elements=table.primary_key, set_=new)
