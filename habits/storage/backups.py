"""Backups of the SQLite file: taken while the bot runs, looked at, thinned out, put back.

PostgreSQL has tools of its own for this (docs/operations.md).
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import quote

from habits.rules.backup import to_keep
from habits.storage.files import put
from habits.storage.schema import SQLITE_FILES_BEGIN, Unusable, revisions

FOLDER = "backups"
BACKED_UP_AT = "backed_up_at"
"""The row of `program` in which a backup says when it was taken."""
_OURS = {"alembic_version", "program", "people"}
_BESIDE = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Backup:
    """A file that can be put back. bot_id: whose it is, None before its first start."""

    path: Path
    revision: str
    bot_id: str | None
    taken_at: datetime | None


def back_up_daily(database: Path, folder: Path, now: datetime) -> Path | None:
    """Take the day's backup (UTC) unless it is there, and let old ones go. Raises Unusable."""
    folder.mkdir(exist_ok=True, mode=0o700)
    for half in folder.glob(f"{database.stem}-*.sqlite3.part"):  # of a process that was killed
        half.unlink()
    target = folder / f"{database.stem}-{now.date().isoformat()}.sqlite3"
    if target.exists():
        return None
    back_up(database, target, now)
    _thin_out(folder, database.stem)
    return target


def _thin_out(folder: Path, stem: str) -> None:
    there = {day: path for path in folder.glob(f"{stem}-*.sqlite3") if (day := _day_of(path, stem))}
    for day in there.keys() - to_keep(there):
        there[day].unlink()


def _day_of(path: Path, stem: str) -> date | None:
    try:
        return date.fromisoformat(path.stem.removeprefix(f"{stem}-"))
    except ValueError:
        return None


def back_up(database: Path, target: Path, now: datetime) -> Backup:
    """Write a consistent copy while others write on, and look at it. Raises Unusable, OSError."""
    if not database.exists():
        raise Unusable(f"{database} is not there yet: start the bot first.")
    if target.exists():
        raise Unusable(f"{target} is there already: name another file.")
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        _copy(database, part)
        _note(part, now)
        look_at(part)
        put(part, target)
    finally:
        part.unlink(missing_ok=True)
    return look_at(target)


def _copy(source: Path, target: Path) -> None:
    with _told(source), _open(source, "rw" if os.access(source, os.W_OK) else "ro") as connection:
        connection.execute("VACUUM INTO ?", (str(target),))


def _note(path: Path, now: datetime) -> None:
    with _told(path), _open(path, "rw") as connection:
        row = (BACKED_UP_AT, now.isoformat())
        connection.execute("INSERT OR REPLACE INTO program VALUES (?, ?)", row)


def look_at(path: Path) -> Backup:
    """Open a backup and check it whole; raises Unusable where it cannot be put back."""
    if not path.is_file():
        raise Unusable(f"{path} is not there: name a backup.")
    with path.open("rb") as file:
        if file.read(len(SQLITE_FILES_BEGIN)) != SQLITE_FILES_BEGIN:
            raise Unusable(f"{path} is not a SQLite database: name a backup of this bot.")
    with _told(path), _open(path, "ro") as connection:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise Unusable(_damaged(path, found))
        return _read(path, connection)


def _read(path: Path, connection: sqlite3.Connection) -> Backup:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    if not {name for (name,) in tables} >= _OURS:
        raise Unusable(f"{path} holds another program's tables: name a backup of this bot.")
    [(revision,)] = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    if revision not in revisions():
        raise Unusable(
            f"{path} is at revision {revision}, which is newer than this program: "
            "restore it with the newer version."
        )
    noted = dict(connection.execute("SELECT key, value FROM program"))
    at = noted.get(BACKED_UP_AT)
    return Backup(path, revision, noted.get("bot_id"), at and datetime.fromisoformat(at))


def restore(
    path: Path,
    database: Path,
    bot_id: str | None,
    now: datetime,
    settle: Callable[[Backup], object],
) -> Path | None:
    """Put a backup in the database's place and give where the one before was put aside.

    Nobody may have the database open. bot_id: whose the backup must be, if that is known.
    settle: what has to be done to the copy before it takes the place.
    Raises Unusable, OSError; then everything is as it was.
    """
    found = look_at(path)
    if bot_id is not None and found.bot_id not in (None, bot_id):
        raise Unusable(
            f"{path} belongs to the bot {found.bot_id}, the token to the bot {bot_id}: "
            "name a backup of this bot."
        )
    part = database.with_name(f"{database.name}.part")
    part.unlink(missing_ok=True)
    try:
        _copy(path, part)
        settle(look_at(part))
        aside = _put_aside(database, now)
        put(part, database)
    finally:
        part.unlink(missing_ok=True)
    return aside


def _put_aside(database: Path, now: datetime) -> Path | None:
    """Keep the old database under another name; what was committed last goes with it."""
    if not database.exists():
        return None
    with suppress(sqlite3.Error), _open(database, "rw") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # a damaged one may not let us
    aside = database.with_name(f"{database.stem}-before-{now:%Y%m%d-%H%M%S}.sqlite3")
    for suffix in ("", *_BESIDE):
        beside = database.with_name(f"{database.name}{suffix}")
        if beside.exists():
            os.link(beside, aside.with_name(f"{aside.name}{suffix}"))
            if suffix:
                beside.unlink()
    return aside


@contextmanager
def _open(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    address = f"file:{quote(str(path.resolve()))}?mode={mode}"
    with closing(sqlite3.connect(address, uri=True, timeout=5, isolation_level=None)) as opened:
        yield opened


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise Unusable(_damaged(path, str(error))) from error


def _damaged(path: Path, how: str) -> str:
    reason = how.strip().splitlines()[-1]
    return f"{path} cannot be used ({reason}): see whether it is whole and the disk has room."
