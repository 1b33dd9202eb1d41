"""Loop Habit Tracker's own backup, a SQLite file: opened in memory, read and nothing else.

The file is a stranger's. It is read from tables only, by an authorizer that allows nothing but
reading, with a limit to how long that may take.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date, datetime, time, timedelta
from typing import Any

from bot.files.foreign import Habit, belongings_of, frequency, named, wrong
from bot.files.unreadable import Unreadable, Why
from habits.belongings import MOST_KEPT, Belongings

MOST_STEPS = 20_000
"""Thousands of SQLite's instructions: a second or two."""
MOST_MARKS = 200_000
LONGEST_CELL = 100_000
WRITE_VERSION, ROLLBACK = slice(18, 20), b"\x01\x01"
"""Where a file says that it is kept with a log beside it, which there is none of in memory."""
DONE, SKIPPED, NUMERICAL, AT_MOST = 2, 3, 1, 1
FIRST_BIT = 6
"""Loop's days begin with Saturday."""
EPOCH = date(1970, 1, 1)
DAY_OF = 86_400_000
_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION}


def read(content: bytes, now: datetime) -> Belongings | Unreadable:
    """The habits with the days on which they were done."""
    whole = bytearray(content)
    whole[WRITE_VERSION] = ROLLBACK
    try:
        with closing(sqlite3.connect(":memory:")) as connection:
            connection.deserialize(bytes(whole))
            _shut_in(connection)
            return _read(connection, now)
    except (sqlite3.Error, ValueError, TypeError, LookupError, ArithmeticError):
        return Unreadable(Why.DAMAGED)


def _shut_in(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_CELL)
    connection.text_factory = lambda value: value.decode("utf-8", "replace")
    steps = iter(range(MOST_STEPS))
    connection.set_progress_handler(lambda: next(steps, None) is None, 1000)
    connection.set_authorizer(
        lambda action, *_: sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY
    )


def _read(connection: sqlite3.Connection, now: datetime) -> Belongings | Unreadable:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    if not {name for (name,) in tables} >= {"Habits", "Repetitions"}:
        return Unreadable(Why.UNKNOWN)
    found: dict[int, Habit] = {}
    numbers: dict[int, Any] = {}
    for row in _rows(connection, "SELECT * FROM Habits", MOST_KEPT + 1):
        habit = _habit(row)
        if habit is None:
            return wrong("Habits", "each habit should say how often it is done")
        found[row["id"]], numbers[row["id"]] = habit, row
    for row in _rows(connection, "SELECT * FROM Repetitions", MOST_MARKS):
        if row["habit"] in found:
            _mark(found[row["habit"]], numbers[row["habit"]], row)
    in_order = sorted(found, key=lambda habit_id: int(numbers[habit_id].get("position") or 0))
    return belongings_of(named(found[habit_id] for habit_id in in_order), now)


def _rows(connection: sqlite3.Connection, query: str, most: int) -> Iterator[dict[str, Any]]:
    cursor = connection.execute(query)
    names = [column[0] for column in cursor.description]
    for values in cursor.fetchmany(most):
        yield dict(zip(names, values, strict=True))


def _habit(row: dict[str, Any]) -> Habit | None:
    often = frequency(float(row["freq_num"] or 0), float(row["freq_den"] or 0))
    if often is None:
        return None
    hour, minute = row.get("reminder_hour"), row.get("reminder_min")
    at = None if hour is None or minute is None else time(int(hour), int(minute))
    return Habit(
        name=str(row["name"] or ""),
        times=often[0],
        days=often[1],
        cue=str(row.get("question") or row.get("description") or ""),
        archived=bool(row["archived"]),
        at=at,
        weekdays=tuple(_weekdays(int(row.get("reminder_days") or 0))) if at else (),
    )


def _weekdays(bits: int) -> Iterable[int]:
    """ISO weekdays, ascending; the lowest bit is Saturday."""
    return sorted((place + FIRST_BIT - 1) % 7 + 1 for place in range(7) if bits >> place & 1)


def _mark(habit: Habit, about: dict[str, Any], row: dict[str, Any]) -> None:
    day = EPOCH + timedelta(days=int(row["timestamp"]) // DAY_OF)
    value = int(row["value"])
    if _is_done(value, about):
        habit.done[day] = str(row.get("notes") or "")
    elif value == SKIPPED:
        habit.skipped.add(day)


def _is_done(value: int, about: dict[str, Any]) -> bool:
    if about.get("type") != NUMERICAL:
        return value == DONE
    target = float(about.get("target_value") or 0)
    if about.get("target_type") == AT_MOST:
        return 0 <= value / 1000 <= target
    return value > 0 and value / 1000 >= target
