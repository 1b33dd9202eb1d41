"""A database full of people in the project's tables, each with a commitment and a reminder."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from habits.reminders import owed
from habits.rules.commitment import Commitment, State
from habits.rules.person import EVER_SINCE, Person
from habits.rules.schedule import Schedule
from habits.rules.touch import GO
from habits.rules.week import SETTLES_IN
from habits.rules.zone import local_day
from habits.storage import schema
from habits.storage.database import Database, connect, postgres_engine, sqlite_engine
from habits.storage.rows import columns_of
from habits.storage.sealed import Keyring
from habits.storage.tables import commitments, deliveries, occasions, people

BERLIN = ZoneInfo("Europe/Berlin")
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
FAR_AHEAD = date(2100, 1, 4)
"""Laid out until then, so that laying out stays out of what is measured."""
AT_ONCE = 5_000


@contextmanager
def opened(path: Path, keys: Keyring | None = None) -> Iterator[Database]:
    """The database in a file, made and migrated where it is not there."""
    schema.migrate(url_of(path))
    database = connect(url_of(path), keys)
    try:
        yield database
    finally:
        database.close()


def url_of(path: Path) -> sa.URL:
    """The address of a SQLite file."""
    return sa.URL.create("sqlite", database=str(path))


def fill(
    path: Path, due: Iterable[datetime | None], *, first: int = 1, laid_until: date = FAR_AHEAD
) -> None:
    """Make people in a SQLite file, as `fill_at` does."""
    fill_at(url_of(path), due, first=first, laid_until=laid_until)


def fill_at(
    url: sa.URL, due: Iterable[datetime | None], *, first: int = 1, laid_until: date = FAR_AHEAD
) -> None:
    """Make people, numbered from `first`; the n-th is owed a reminder at due[n], or none.

    A person's number is also the id of their commitment and of its occasion.
    """
    schema.migrate(url)
    sqlite = url.get_backend_name() == "sqlite"
    engine = sqlite_engine(url, "BEGIN IMMEDIATE") if sqlite else postgres_engine(url)
    numbered = iter(enumerate(due, first))
    with engine.begin() as tx:
        while some := list(islice(numbered, AT_ONCE)):
            asked = [(number, at) for number, at in some if at is not None]
            _insert(tx, people, (_person(number) for number, _ in some))
            _insert(tx, commitments, (_commitment(number, laid_until) for number, _ in some))
            _insert(tx, occasions, (_occasion(number, at) for number, at in asked))
            _insert(tx, deliveries, (owed(person(n), GO, at, occasion_id=n) for n, at in asked))
    engine.dispose()


def _insert(tx: sa.Connection, table: sa.Table, rows: Iterable[dict[str, Any]]) -> None:
    if listed := list(rows):
        tx.execute(sa.insert(table), listed)


def person(number: int) -> Person:
    """The person as the rules see them."""
    return Person(number, "Anna", zone=BERLIN)


def commitment(number: int) -> Commitment:
    """Their commitment as the rules see it."""
    return Commitment(
        number, number, "Bouldering", Schedule(), EVER_SINCE, MADE_AT, FAR_AHEAD, MADE_AT
    )


def _person(number: int) -> dict[str, Any]:
    one = person(number)
    return {
        "id": one.id,
        "name": one.name,
        "language": one.language,
        "zone": BERLIN.key,
        "morning": one.parts.morning,
        "afternoon": one.parts.afternoon,
        "evening": one.parts.evening,
        "quiet_from": one.quiet.since,
        "quiet_until": one.quiet.until,
        "asks_plan": one.asks_plan,
        "asks_follow_up": one.asks_follow_up,
        "shows_numbers": one.shows_numbers,
        "reachable": "yes",
        "next_send_at": 0.0,
        "made_at": MADE_AT,
        "seen_at": MADE_AT,
    }


def _commitment(number: int, laid_until: date) -> dict[str, Any]:
    one = commitment(number)
    return {
        "id": one.id,
        "person_id": one.person_id,
        "title": one.title,
        **columns_of(one.schedule),
        "phase": one.phase,
        "state": State.ACTIVE.value,
        "begins_at": one.begins_at,
        "heard_at": one.begins_at,
        "laid_until": laid_until,
        "version": one.version,
        "made_at": one.made_at,
    }


def _occasion(number: int, at: datetime) -> dict[str, Any]:
    week = person(number).week_of(local_day(at, BERLIN))
    return {
        "id": number,
        "person_id": number,
        "commitment_id": number,
        "day": local_day(at, BERLIN),
        "week": week.first,
        "week_end": week.end,
        "target": 1,
        "due": True,
        "go_at": at,
        "settles_at": at + timedelta(days=7) + SETTLES_IN,
        "settled": False,
    }


def grow(path: Path, count: int) -> None:
    """Copy everybody, each time twice as many, until there are at least `count` commitments."""
    engine = sqlite_engine(url_of(path), "BEGIN IMMEDIATE")
    with engine.connect() as tx:
        for pragma in ("synchronous = OFF", "foreign_keys = OFF", "cache_size = -200000"):
            tx.connection.cursor().execute(f"PRAGMA {pragma}")
        there = tx.scalars(sa.select(sa.func.max(people.c.id))).one()
        while there < count:
            for table in (people, commitments, occasions, deliveries):
                _copy(tx, table, there, min(there, count - there))
            there = min(there * 2, count)
        tx.commit()
    engine.dispose()


def _copy(tx: sa.Connection, table: sa.Table, shift: int, most: int) -> None:
    moved = {"id", "person_id", "commitment_id", "occasion_id"}
    columns: list[sa.ColumnElement[Any]] = [
        sa.literal_column(f'"{each.name}" + {shift}' if each.name in moved else f'"{each.name}"')
        for each in table.columns
    ]
    tx.execute(
        sa.insert(table).from_select(
            [each.name for each in table.columns],
            sa.select(*columns).select_from(table).where(table.c.id <= most),
        )
    )
