"""letloose rotate: everything under the first key of the file, while the bot runs or not."""

import asyncio
from datetime import datetime

import sqlalchemy as sa

from app.backing_up import NAME
from app.keys import keys_in
from app.settings import PREFIX, Settings, WrongSetting
from habits import encryption
from habits.storage import schema
from habits.storage.database import Database, address, connect
from habits.storage.sealed import Keyring
from habits.storage.tables import SEALED

AT_ONCE = 200
"""Rows in one transaction: few, so that whoever waits for the database hardly notices."""


async def rotate(settings: Settings, now: datetime) -> bool:
    """Go over all rows until nothing is left to do, and tell which keys are free then."""
    keys = keys_in(settings)
    if keys is None:
        raise WrongSetting(f"{PREFIX}KEY_FILE is not set: `letloose key FILE` makes one")
    url = address(settings.database_url, settings.data_dir, NAME)
    if schema.revision(url) != schema.revisions()[-1]:
        raise schema.Unusable("the database is not of this version: start the bot, then rotate.")
    database = connect(url, keys)
    try:
        await database.read(encryption.refuse_other_keys, keys)
        changed = await _encrypt_all(database)
        let_go = await database.write(encryption.finish, now)
    finally:
        database.close()
    if url.get_backend_name() == "sqlite":
        schema.empty_wal(url)
    _tell(keys, changed, let_go)
    return True


async def _encrypt_all(database: Database) -> int:
    """Pass after pass, until one finds nothing that another process wrote meanwhile."""
    changed = 0
    while found := sum([await _encrypt(database, table) for table in SEALED]):
        changed += found
    return changed


async def _encrypt(database: Database, table: sa.Table) -> int:
    changed, step = 0, encryption.Step(None, 0)
    while True:
        step = await database.write(encryption.encrypt_some, table, step.last, AT_ONCE)
        changed += step.changed
        if step.last is None:
            return changed
        if step.changed:
            await asyncio.sleep(0.01)  # SQLite gives a lock to whoever asks next: let others in


def _tell(keys: Keyring, changed: int, let_go: set[str]) -> None:
    print(
        f"Everything people wrote is encrypted with the key {keys.first}; {changed} rows were not."
    )
    for old in sorted(let_go):
        print(f"The key {old} is not needed any more, but for backups from before now.")
