"""Which keys a database needs, and writing everything anew under the first of them.

What people wrote before there was a key, or under an older one, stays readable and is brought
under the first key row by row, while the bot runs or not. Killed in between, nothing is lost:
each step commits by itself, and the next run finds what is left.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import sqlalchemy as sa

from habits.storage.database import Tx, named_after
from habits.storage.rows import put_row
from habits.storage.schema import Unusable
from habits.storage.sealed import Keyring, keys_of
from habits.storage.tables import SEALED, inbox, people, program

NEEDED = "key "
"""Begins the row of `program` for each key that something may be encrypted with."""
ENCRYPTS = "encrypts"
"""The row with the id of the key that the bot was last started with."""
NOTHING_PLAIN = "nothing plain"
"""The row that is there once nothing of people's words is plain any more."""


class Reach(Enum):
    """How much of what people wrote is encrypted."""

    NOTHING = "nothing"
    WHAT_IS_NEW = "what is new"
    EVERYTHING = "everything"


def begin(tx: Tx, now: datetime) -> None:
    """Note the key before anything is encrypted with it. Raises Unusable where one is missing."""
    keys = keys_of(tx.dialect)
    refuse_without_keys(tx, keys)
    if keys is None:
        return
    _note(tx, NEEDED + keys.first, now.isoformat())
    _note(tx, ENCRYPTS, keys.first)
    if not any(tx.scalar(sa.select(sa.exists().select_from(each))) for each in (people, inbox)):
        _note(tx, NOTHING_PLAIN, now.isoformat())


def refuse_without_keys(tx: Tx, keys: Keyring | None) -> None:
    """Raise Unusable if something may be encrypted with a key that is not in the key file."""
    missing = needed(tx) - set(keys.ids if keys else ())
    if missing:
        there = "does not hold it" if keys else "is not set"
        raise Unusable(
            f"what people wrote is encrypted with the key {min(missing)}, and LETLOOSE_KEY_FILE "
            f"{there}: name the file that has it, nothing can be read without."
        )


def needed(tx: Tx) -> set[str]:
    """The ids of the keys that something may be encrypted with."""
    noted = tx.scalars(sa.select(program.c.key).where(program.c.key.startswith(NEEDED)))
    return {key.removeprefix(NEEDED) for key in noted}


def reach(tx: Tx) -> Reach:
    """How much is encrypted, as /privacy tells it."""
    if keys_of(tx.dialect) is None:
        return Reach.NOTHING
    return Reach.EVERYTHING if _noted(tx, NOTHING_PLAIN) else Reach.WHAT_IS_NEW


def refuse_other_keys(tx: Tx, keys: Keyring) -> None:
    """A bot that still encrypts with another key would undo the work; raises Unusable."""
    refuse_without_keys(tx, keys)
    if _noted(tx, ENCRYPTS) != keys.first:
        raise Unusable(
            "the bot has not been started with this key file yet: start it, then rotate."
        )
    if tx.dialect.name == "postgresql" and tx.scalar(_OTHERS, {"ours": named_after(keys)}):
        raise Unusable(
            "a process of the bot still runs with another key: start it anew, then rotate."
        )


_OTHERS = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name LIKE 'letloose %' AND application_name <> :ours"
)


@dataclass(frozen=True, slots=True)
class Step:
    """Some rows of a table that were looked at. last: the id of the last, None at the end."""

    last: int | None
    changed: int


def encrypt_some(tx: Tx, table: sa.Table, after: int | None, limit: int) -> Step:
    """Bring the next rows of a table under the first key; gives what was done."""
    keys = keys_of(tx.dialect)
    assert keys is not None
    [key] = table.primary_key.columns
    columns = SEALED[table]
    stored = [sa.type_coerce(each, sa.Text).label(f"stored_{each.name}") for each in columns]
    query = sa.select(key, *columns, *stored).order_by(key).limit(limit).with_for_update()
    rows = tx.execute(query if after is None else query.where(key > after)).all()
    old = [row for row in rows if not all(_under(each, keys) for each in row[1 + len(columns) :])]
    if old:
        new = [sa.bindparam(f"new_{each.name}", type_=each.type) for each in columns]
        change = sa.update(table).where(key == sa.bindparam("the_id"))
        change = change.values(dict(zip([each.name for each in columns], new, strict=True)))
        names = ["the_id", *(each.key for each in new)]
        tx.execute(change, [dict(zip(names, row, strict=False)) for row in old])
    return Step(rows[-1][0] if len(rows) == limit else None, len(old))


def _under(stored: str | None, keys: Keyring) -> bool:
    return stored is None or stored.startswith(keys.prefix)


def finish(tx: Tx, now: datetime) -> set[str]:
    """Once a pass found nothing to change: nothing is plain; gives the keys not needed now."""
    keys = keys_of(tx.dialect)
    assert keys is not None
    refuse_other_keys(tx, keys)
    _note(tx, NOTHING_PLAIN, now.isoformat())
    let_go = needed(tx) - {keys.first}
    tx.execute(sa.delete(program).where(program.c.key.in_([NEEDED + each for each in let_go])))
    return let_go


def _noted(tx: Tx, key: str) -> str | None:
    found: str | None = tx.scalar(sa.select(program.c.value).where(program.c.key == key))
    return found


def _note(tx: Tx, key: str, value: str) -> None:
    put_row(tx, program, key=key, value=value)
