"""The schema in the database: migrated at the start, and whose it is."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DatabaseError, OperationalError

from habits.storage.database import Tx, postgres_engine, sqlite_engine
from habits.storage.rows import insert_unless_there
from habits.storage.tables import program

ONE_AT_A_TIME = 0x6C65746C6F6F7365
"""PostgreSQL's advisory lock for migrating: "letloose" in hexadecimal."""
SQLITE_FILES_BEGIN = b"SQLite format 3\x00"
PROGRAM = "letloose"


class Unusable(Exception):
    """The database cannot be used; the message is one sentence that says what to do."""


def migrate(url: sa.URL) -> str:
    """Bring the database to this version's schema and give its revision; raises Unusable."""
    if url.get_backend_name() == "sqlite":
        _look_at_file(Path(url.database or ""))
        engine = sqlite_engine(url, "BEGIN IMMEDIATE")
    elif url.get_backend_name() == "postgresql":
        engine = postgres_engine(url)
    else:
        raise Unusable(f"{url.get_backend_name()} is no database that I know: use postgresql://.")
    try:
        with engine.begin() as tx:
            return _migrate(tx)
    except OperationalError as error:
        raise Unusable(_why_not(url, error)) from error
    except DatabaseError as error:
        raise Unusable(f"{_named(url)} is no database of mine: {error.orig}") from error
    finally:
        engine.dispose()


def _look_at_file(path: Path) -> None:
    if not path.exists() or path.stat().st_size == 0:
        return
    with path.open("rb") as file:
        if file.read(len(SQLITE_FILES_BEGIN)) != SQLITE_FILES_BEGIN:
            raise Unusable(f"{path} is not a SQLite database: name another file or move it away.")


def _why_not(url: sa.URL, error: OperationalError) -> str:
    reason = str(error.orig).strip().splitlines()[0]
    return f"{_named(url)} cannot be opened ({reason}): see that it is there and writable."


def _named(url: sa.URL) -> str:
    return url.database or "" if url.get_backend_name() == "sqlite" else repr(url)


def _migrate(tx: Tx) -> str:
    config = Config()
    config.set_main_option("script_location", "habits.storage:migrations")
    config.attributes["connection"] = tx
    script = ScriptDirectory.from_config(config)
    if tx.dialect.name == "postgresql":
        tx.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    current = MigrationContext.configure(tx).get_current_revision()
    _refuse_strangers(tx, current)
    if current is not None and current not in {each.revision for each in script.walk_revisions()}:
        raise Unusable(
            f"the database is at revision {current}, which is newer than this program: "
            "start the newer version, or restore a backup of before."
        )
    command.upgrade(config, "head")
    return str(script.get_current_head())


def _refuse_strangers(tx: Tx, current: str | None) -> None:
    """Tables without our own among them belong to another program."""
    there = set(sa.inspect(tx).get_table_names())
    if there and (current is None or "program" not in there):
        names = ", ".join(sorted(there)[:3])
        raise Unusable(f"the database holds another program's tables ({names}): name another one.")


def belong_to(tx: Tx, bot_id: int) -> None:
    """Note whose database this is, or raise Unusable where it is another bot's."""
    row: dict[str, Any] = {"key": "bot_id", "value": str(bot_id)}
    tx.execute(insert_unless_there(tx, program).values(row).on_conflict_do_nothing())
    owner = tx.scalar(sa.select(program.c.value).where(program.c.key == "bot_id"))
    if owner != str(bot_id):
        raise Unusable(
            f"the database belongs to the bot {owner}, the token to the bot {bot_id}: "
            "name another LETLOOSE_DATA_DIR or LETLOOSE_DATABASE_URL for each bot."
        )


def revision(url: sa.URL) -> str | None:
    """The revision that the database is at, without changing it; raises Unusable."""
    if url.get_backend_name() == "sqlite":
        _look_at_file(Path(url.database or ""))
    engine = sa.create_engine(url)
    try:
        with engine.connect() as tx:
            current: str | None = MigrationContext.configure(tx).get_current_revision()
            _refuse_strangers(tx, current)
            return current
    except OperationalError as error:
        raise Unusable(_why_not(url, error)) from error
    except DatabaseError as error:
        raise Unusable(f"{_named(url)} is no database of mine: {error.orig}") from error
    finally:
        engine.dispose()
