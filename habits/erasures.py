"""Who asked to be forgotten: kept outside the database, so that no backup brings them back.

A line for each, when and an HMAC: it says nothing to whoever has not got both the key and the
person's id, and nothing about the same person beginning anew.
"""

import fcntl
import hmac
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from habits import people
from habits.storage.database import Tx
from habits.storage.files import put, sync_folder
from habits.storage.rows import put_row
from habits.storage.schema import Unusable
from habits.storage.tables import heartbeats, inbox, program
from habits.storage.tables import people as people_rows

KEPT_FOR = timedelta(days=30)
"""As long as the oldest backup may live."""
LET_GO = "-"
"""In the place of an HMAC: what was erased before this instant is not known any more."""
APPLIED = "erased"
"""The row of `program` with the last line that was applied to this database."""
WHOLE = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]{8,15}\+00:00) (-|[0-9a-f]{64})")
KEY_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Erased:
    """What the file holds. since: erasures before this have been let go, None if none were."""

    key: bytes
    bot_id: int
    since: datetime | None
    at: Mapping[str, datetime]
    last_line: str

    def when(self, person_id: int, made_at: datetime) -> datetime | None:
        """When the person who came at that instant was erased, if they were."""
        return self.at.get(_digest(self.key, self.bot_id, person_id, made_at))


@dataclass(frozen=True, slots=True)
class Erasures:
    """The file of one bot's erasures; its key is a file beside it. Both are written to disk."""

    path: Path
    bot_id: int

    def note(self, person_id: int, made_at: datetime, now: datetime) -> None:
        """Write down that whoever came at made_at is erased: before their rows go."""
        with self._locked() as key:
            line = f"{now.isoformat()} {_digest(key, self.bot_id, person_id, made_at)}\n"
            torn = self.path.exists() and not self.path.read_bytes().endswith(b"\n")
            with _private(self.path, "a") as file:
                file.write(f"\n{line}" if torn else line)
                _sync(file)
            sync_folder(self.path)

    def read(self) -> Erased:
        """Everything that is known. Raises Unusable."""
        with self._locked() as key:
            lines = self._lines()
        gone = [at for at, digest in lines if digest == LET_GO]
        at = {digest: at for at, digest in lines if digest != LET_GO}
        last = _line(lines[-1]) if lines else ""
        return Erased(key, self.bot_id, max(gone, default=None), at, last)

    def forget_old(self, now: datetime) -> None:
        """Let go of what no backup can be old enough for. Raises Unusable."""
        with self._locked():
            lines = self._lines()
            young = [line for line in lines if line[0] >= now - KEPT_FOR]
            if all(line in young or line[1] == LET_GO for line in lines):
                return
            part = self.path.with_name(f"{self.path.name}.part")
            with _private(part, "w") as file:
                file.writelines(f"{_line(each)}\n" for each in [(now - KEPT_FOR, LET_GO), *young])
            put(part, self.path)

    def _lines(self) -> list[tuple[datetime, str]]:
        """What was written whole; a line torn by a power cut was of no use to anybody yet."""
        if not self.path.exists():
            return []
        lines = (
            WHOLE.fullmatch(line) for line in self.path.read_text("ascii", "replace").split("\n")
        )
        return [(datetime.fromisoformat(line[1]), line[2]) for line in lines if line]

    @contextmanager
    def _locked(self) -> Iterator[bytes]:
        """The key, made at first; held against other processes that share the directory."""
        path = self.path.with_name(f"{self.path.name}-key")
        with _private(path, "a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            key = file.read()
            if not key:
                self._refuse_lines_without_key(path)
                key = secrets.token_hex(KEY_LENGTH)
                file.write(key)
                _sync(file)
            yield bytes.fromhex(key)

    def _refuse_lines_without_key(self, path: Path) -> None:
        if self._lines():
            path.unlink()
            raise Unusable(
                f"{path} is missing, without which {self.path} says nothing: put it back."
            )


def _digest(key: bytes, bot_id: int, person_id: int, made_at: datetime) -> str:
    who = f"{bot_id} {person_id} {made_at.astimezone(UTC).isoformat(timespec='microseconds')}"
    return hmac.digest(key, who.encode(), "sha256").hex()


def _line(each: tuple[datetime, str]) -> str:
    return f"{each[0].isoformat()} {each[1]}"


def _private(path: Path, mode: str) -> IO[str]:
    return open(
        path, mode, encoding="ascii", opener=lambda name, flags: os.open(name, flags, 0o600)
    )


def _sync(file: IO[str]) -> None:
    file.flush()
    os.fsync(file.fileno())


def erase_again(tx: Tx, erased: Erased) -> int:
    """Erase whoever a backup brought back, and what they sent; gives how many. Raises Unusable.

    The rows are looked through only if something was erased since this was done the last time.
    """
    _refuse_older(tx, erased)
    applied = tx.scalar(sa.select(program.c.value).where(program.c.key == APPLIED))
    if not erased.at or applied == erased.last_line:
        return 0
    back = [
        (row.id, at)
        for row in tx.execute(sa.select(people_rows.c.id, people_rows.c.made_at))
        if (at := erased.when(row.id, row.made_at)) is not None
    ]
    for person_id, at in back:
        people.forget(tx, person_id)
        tx.execute(
            sa.delete(inbox).where(inbox.c.person_id == person_id, inbox.c.received_at <= at)
        )
    put_row(tx, program, key=APPLIED, value=erased.last_line)
    return len(back)


def _refuse_older(tx: Tx, erased: Erased) -> None:
    """What was erased after the database's last heartbeat has to be known still."""
    beat = last_beat(tx)
    if erased.since is not None and beat is not None and beat < erased.since:
        raise Unusable(
            f"the database is a copy of {beat:%Y-%m-%d}, and who asked to be forgotten is known "
            f"since {erased.since:%Y-%m-%d} only: use a younger backup."
        )


def last_beat(tx: Tx) -> datetime | None:
    """When a program last ran on this database."""
    found: datetime | None = tx.scalar(sa.select(sa.func.max(heartbeats.c.at)))
    return found


def refuse_old_backup(tx: Tx, taken_at: datetime | None, now: datetime) -> None:
    """A backup may live 30 days; raises Unusable for an older one, as a restore must."""
    at = taken_at or last_beat(tx)
    if at is not None and at < now - KEPT_FOR:
        raise Unusable(
            f"the backup is of {at:%Y-%m-%d}, and people were promised that copies of what they "
            f"deleted are gone after {KEPT_FOR.days} days: use a younger one."
        )
