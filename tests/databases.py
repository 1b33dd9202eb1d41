"""Databases with our schema in them, each a copy of one that was migrated once in a process."""

import functools
import tempfile
from pathlib import Path

import sqlalchemy as sa

from habits.storage import schema


def migrate(url: sa.URL) -> None:
    """As `schema.migrate`; where a SQLite file is to be made, in a hundredth of the time."""
    file = Path(url.database or "")
    if url.get_backend_name() == "sqlite" and not file.exists():
        file.write_bytes(_template())
    else:
        schema.migrate(url)


@functools.cache
def _template() -> bytes:
    """A SQLite file with our schema in it."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "template.sqlite3"
        schema.migrate(sa.URL.create("sqlite", database=str(file)))
        return file.read_bytes()
