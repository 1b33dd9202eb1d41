"""letloose backup and restore, and the day's backup while the bot runs."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

import sqlalchemy as sa

from app.settings import Settings
from habits import erasures
from habits.clock import system_time
from habits.erasures import Erasures
from habits.storage import backups
from habits.storage.backups import Backup
from habits.storage.database import address, sqlite_engine
from habits.storage.schema import Unusable

NAME = "letloose"
"""Of the real database; the playground's is not backed up."""


def daily(settings: Settings, name: str) -> Callable[[datetime], object] | None:
    """What takes the day's backup, where it is ours to take."""
    database = file_of(settings, NAME)
    if database is None or name != NAME:
        return None
    return partial(backups.back_up_daily, database, settings.data_dir / backups.FOLDER)


def backup(settings: Settings, target: Path) -> bool:
    """Write a backup now, whether the bot runs or not."""
    found = backups.back_up(_sqlite(settings, "pg_dump"), target, system_time())
    print(f"{found.path} is a backup at revision {found.revision}.")
    return True


def restore(settings: Settings, path: Path) -> bool:
    """Put a backup in the database's place; nothing else may run."""
    token = settings.bot_token
    bot_id = token.partition(":")[0] if token else None
    database, now = _sqlite(settings, "pg_restore"), system_time()
    aside = backups.restore(path, database, bot_id, now, partial(_erase_again, settings, now))
    print(f"{path} is in the place of {database}.")
    if aside is not None:
        print(f"What was there before is {aside}.")
    return True


def _erase_again(settings: Settings, now: datetime, backup: Backup) -> None:
    """Nobody who asked to be forgotten comes back with a backup."""
    if backup.bot_id is None:
        return
    erased = erasures_of(settings, NAME, int(backup.bot_id)).read()
    engine = sqlite_engine(sa.URL.create("sqlite", database=str(backup.path)), "BEGIN IMMEDIATE")
    try:
        with engine.begin() as tx:
            erasures.refuse_old_backup(tx, backup.taken_at, now)
            erasures.erase_again(tx, erased)
    finally:
        engine.dispose()


def erasures_of(settings: Settings, name: str, bot_id: int) -> Erasures:
    """Where it is kept who asked this bot to be forgotten."""
    return Erasures(settings.data_dir / f"{name}.erasures", bot_id)


def file_of(settings: Settings, name: str) -> Path | None:
    """Where the database is, if it is a file of SQLite."""
    url = address(settings.database_url, settings.data_dir, name)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _sqlite(settings: Settings, tool: str) -> Path:
    database = file_of(settings, NAME)
    if database is None:
        raise Unusable(f"LETLOOSE_DATABASE_URL names PostgreSQL: use its own {tool}.")
    return database
