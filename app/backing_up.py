"""letloose backup and restore, and the day's backup while the bot runs."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from app.settings import Settings
from habits.clock import system_time
from habits.storage import backups
from habits.storage.database import address
from habits.storage.schema import Unusable

NAME = "letloose"
"""Of the real database; the playground's is not backed up."""


def daily(settings: Settings, name: str) -> Callable[[datetime], object] | None:
    """What takes the day's backup, where it is ours to take."""
    database = _file(settings)
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
    database = _sqlite(settings, "pg_restore")
    aside = backups.restore(path, database, bot_id, system_time())
    print(f"{path} is in the place of {database}.")
    if aside is not None:
        print(f"What was there before is {aside}.")
    return True


def _sqlite(settings: Settings, tool: str) -> Path:
    database = _file(settings)
    if database is None:
        raise Unusable(f"LETLOOSE_DATABASE_URL names PostgreSQL: use its own {tool}.")
    return database


def _file(settings: Settings) -> Path | None:
    url = address(settings.database_url, settings.data_dir, NAME)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None
