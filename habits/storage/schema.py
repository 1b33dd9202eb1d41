"""The schema in the database: migrated at the start, and whose it is."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, OperationalError

from habits.storage.database import (
    Tx,
    in_one_piece,
    postgres_engine,
    sqlite_engine,
    without_passwords,
)
from habits.storage.rows import insert_unless_there
from habits.storage.sealed import Keyring, give
from habits.storage.silence import Patience, impatient
from habits.storage.tables import program

T = TypeVar("T")

ONE_AT_A_TIME = 0x6C65746C6F6F7365
"""PostgreSQL's advisory lock for migrating: "letloose" in hexadecimal."""
SQLITE_FILES_BEGIN = b"SQLite format 3\x00"
SQLITE_SETTINGS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: a check-in that is shown survives a power cut
    "foreign_keys": 1,
    "busy_timeout": 5000,
}
PROGRAM = "letloose"


class Unusable(Exception):
    """The database cannot be used; the message is one sentence that says what to do."""


def migrate(url: sa.URL) -> str:
    """Bring the database to this version's schema and give its revision; raises Unusable."""
    unclean = False
    if url.get_backend_name() == "sqlite":
        unclean = _look_at_file(path := Path(url.database or ""))
        if unclean:
            _not_checked(path).touch()
        engine = sqlite_engine(url, "BEGIN IMMEDIATE")
    elif url.get_backend_name() == "postgresql":
        engine = postgres_engine(url)
    else:
        raise Unusable(f"{url.get_backend_name()} is no database that I know: use postgresql://.")
    with _told(url, engine):
        return in_one_piece(engine, partial(_look_and_migrate, unclean))


def _look_and_migrate(unclean: bool, tx: Tx) -> str:
    if tx.dialect.name == "sqlite":
        _look_at_settings(tx)
    if unclean:
        _look_for_damage(tx)
    return _migrate(tx)


@contextmanager
def _told(url: sa.URL, engine: sa.Engine) -> Iterator[None]:
    """What the database refuses, as Unusable; the engine is let go in any case."""
    try:
        yield
    except OperationalError as error:
        raise Unusable(_why_not(url, error)) from error
    except DatabaseError as error:
        raise Unusable(_damaged(_named(url), str(error.orig))) from error
    finally:
        engine.dispose()


def _look_at_file(path: Path) -> bool:
    """Whether the file's last user ended without closing it; raises Unusable for other files.

    SQLite takes its -wal file away when the last connection closes.
    """
    try:
        if not path.exists() or path.stat().st_size == 0:
            return False
        with path.open("rb") as file:
            begins = file.read(len(SQLITE_FILES_BEGIN))
    except OSError as error:
        raise Unusable(
            f"{path} cannot be opened ({error.strerror}): see what it is and who owns it."
        ) from error
    if begins != SQLITE_FILES_BEGIN:
        raise Unusable(f"{path} is not a SQLite database: name another file or move it away.")
    return path.with_name(f"{path.name}-wal").exists() or _not_checked(path).exists()


def _not_checked(path: Path) -> Path:
    """There from an unclean stop until no damage has been found, over however many starts."""
    return path.with_name(f"{path.name}-unchecked")


def _look_at_settings(tx: Tx) -> None:
    """What our promises rest on, and what a file system of the wrong kind takes away."""
    for setting, wanted in SQLITE_SETTINGS.items():
        found = tx.exec_driver_sql(f"PRAGMA {setting}").scalar()
        if found != wanted:
            raise Unusable(
                f"SQLite's {setting} is {found} here where {wanted} is needed: "
                "put the data directory on a local disk."
            )


def _look_for_damage(tx: Tx) -> None:
    found = tx.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        raise Unusable(_damaged(_named(tx.engine.url), str(found)))
    _not_checked(Path(tx.engine.url.database or "")).unlink(missing_ok=True)


def _damaged(name: str, how: str) -> str:
    reason = how.strip().splitlines()[-1]
    return f"{name} is damaged ({reason}): restore the last backup in its place."


def _why_not(url: sa.URL, error: OperationalError) -> str:
    reason = str(error.orig).strip().splitlines()[0]
    return f"{_named(url)} cannot be opened ({reason}): see that it is there and writable."


def _named(url: sa.URL) -> str:
    return url.database or "" if url.get_backend_name() == "sqlite" else without_passwords(url)


def _migrate(tx: Tx) -> str:
    if tx.dialect.name == "postgresql":
        # whoever comes second waits until the first is done, however long that takes
        tx.execute(sa.text("SET LOCAL lock_timeout = 0"))
        tx.execute(sa.text("SET LOCAL statement_timeout = 0"))
        tx.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    current = _current(tx)
    _refuse_strangers(tx, current)
    known = revisions()
    if current is not None and current not in known:
        raise Unusable(
            f"the database is at revision {current}, which is newer than this program: "
            "start the newer version, or restore a backup of before."
        )
    if current != known[-1]:
        _upgrade(tx)
    return known[-1]


def revisions() -> list[str]:
    """Every revision that this program knows, oldest first: their files begin with them."""
    files = (Path(__file__).parent / "migrations" / "versions").glob("[0-9]*.py")
    return sorted(file.name.partition("_")[0] for file in files)


def _current(tx: Tx) -> str | None:
    """Where the database stands, without Alembic, which takes a while to load."""
    if not sa.inspect(tx).has_table("alembic_version"):
        return None
    found: str | None = tx.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


def _upgrade(tx: Tx) -> None:
    from alembic import command  # noqa: PLC0415 - hardly a start has anything to migrate
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "habits.storage:migrations")
    config.attributes["connection"] = tx
    command.upgrade(config, "head")


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


def empty_wal(url: sa.URL) -> None:
    """Take out of SQLite's -wal file what rows held before; it waits for readers a while."""
    engine = sqlite_engine(url, "BEGIN")
    with _told(url, engine), closing(engine.raw_connection()) as connection:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def revision(url: sa.URL) -> str | None:
    """The revision that the database is at, without changing it; raises Unusable."""
    if url.get_backend_name() == "sqlite":
        path = Path(url.database or "")
        _look_at_file(path)
        if not path.exists():
            return None
    engine = _looking(url)
    with _told(url, engine), engine.connect() as tx:
        current = _current(tx)
        _refuse_strangers(tx, current)
        return current


def look(url: sa.URL, work: Callable[[Tx], T], keys: Keyring | None = None) -> T | None:
    """What a use case finds, changing nothing; None where this version's schema is not there."""
    if revision(url) != revisions()[-1]:
        return None
    engine = _looking(url, keys)
    with _told(url, engine), engine.connect() as tx:
        return work(tx)


def _looking(url: sa.URL, keys: Keyring | None = None) -> sa.Engine:
    """An engine for whoever waits in front of a screen."""
    if url.get_backend_name() == "postgresql":
        return impatient(postgres_engine(url, keys), Patience())
    return give(sa.create_engine(url, hide_parameters=True), keys)
