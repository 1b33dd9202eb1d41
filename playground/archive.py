"""What the playground remembers over a restart: one small SQLite file of its own.

Everything lives in memory and is written behind in batches: a benchmark pushes a thousand messages
a second through here, and a killed playground loses at most the last twentieth of a second.
"""

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

WRITE_AFTER = 0.05
"""Seconds between a change and its commit."""


class Archive:
    """Things by kind and key, as JSON or bytes; without a path nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._database = None if path is None else _opened(path)
        self._unwritten: dict[tuple[str, str], str | bytes | None] = {}
        self._timer: asyncio.TimerHandle | None = None

    @property
    def keeps(self) -> bool:
        """Say whether anything is written at all, so that nobody encodes for nothing."""
        return self._database is not None

    def keep(self, kind: str, key: object, value: Any) -> None:
        """Remember a value (JSON, or bytes as they are) under its kind and key."""
        if self._database is not None:
            encoded = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False)
            self._change(kind, key, encoded)

    def forget(self, kind: str, key: object) -> None:
        """Forget a value; one that never was is no error."""
        if self._database is not None:
            self._change(kind, key, None)

    def all(self, kind: str) -> list[tuple[str, Any]]:
        """Give every key and value of a kind, in the order in which they were first kept."""
        if self._database is None:
            return []
        rows = self._database.execute(
            "SELECT key, value FROM things WHERE kind = ? ORDER BY rowid", (kind,)
        )
        return [(key, v if isinstance(v, bytes) else json.loads(v)) for key, v in rows]

    def write(self) -> None:
        """Commit what is not written yet."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._database is None or not self._unwritten:
            return
        with self._database:
            self._database.executemany(
                "INSERT INTO things (kind, key, value) VALUES (?, ?, ?)"
                " ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
                [(*name, value) for name, value in self._unwritten.items() if value is not None],
            )
            self._database.executemany(
                "DELETE FROM things WHERE kind = ? AND key = ?",
                [name for name, value in self._unwritten.items() if value is None],
            )
        self._unwritten.clear()

    def close(self) -> None:
        """Write the rest and let go of the file."""
        self.write()
        if self._database is not None:
            self._database.close()
            self._database = None

    def _change(self, kind: str, key: object, value: str | bytes | None) -> None:
        self._unwritten[kind, str(key)] = value
        if self._timer is None:
            try:
                self._timer = asyncio.get_running_loop().call_later(WRITE_AFTER, self.write)
            except RuntimeError:  # before the loop runs there is nothing to batch for
                self.write()


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.execute(
        "CREATE TABLE IF NOT EXISTS things"
        " (kind TEXT NOT NULL, key TEXT NOT NULL, value NOT NULL, UNIQUE (kind, key))"
    )
    return database
