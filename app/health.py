"""Whether everything that is promised is being done; each condition in one sentence."""

import asyncio
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from app.roles import Role
from bot.hearing import Hearing
from habits import inbox, outages, sending
from habits.clock import Clock, boottime
from habits.outages import READY
from habits.storage.database import Database
from scheduler.dispatch import Dispatch
from scheduler.timetable import Timetable

POLL_SILENT = 90
LOOP_SILENT = 60
ANSWERS_WITHIN = 5.0
LAY_OUT_SILENT = 2 * 3600
BACKUP_SILENT = 26 * 3600
DUE_FOR = 300
DISK_LEFT = 200 * 2**20


@dataclass
class Health:
    """Looks at the parts that the role has running; `problems` is empty while all is well.

    looked: how often that was asked.
    """

    database: Database
    clock: Clock
    hearing: Hearing
    dispatch: Dispatch
    timetable: Timetable
    data_dir: Path
    role: Role = Role.ALL
    looked: int = 0
    _since: float = field(default_factory=boottime)

    async def problems(self) -> list[str]:
        """What is wrong now."""
        return list((await self.ailments()).values())

    async def ailments(self) -> dict[str, str]:
        """What is wrong now: one word for each condition, and its sentence."""
        found = {"clock": self.clock.held} if self.clock.held else {}
        found |= self._silent_loops()
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                found |= await self._waiting()
        except Exception as error:
            found["database"] = f"the database does not answer: {type(error).__name__}"
        if self.database.disk_fails:
            found["disk errors"] = "the disk answers with errors or is read-only"
        try:
            if shutil.disk_usage(self.data_dir).free < DISK_LEFT:
                found["disk"] = "less than 200 MiB are free on the disk"
        except OSError:
            found["disk"] = "the data directory is not there or cannot be looked at"
        self.looked += 1
        return found

    async def ready(self) -> bool:
        """Whether what is sent here can be kept: a full or locked disk can still be read."""
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                await self.database.write(outages.beat, self.clock.now(), READY)
        except Exception:
            return False
        return True

    def _silent_loops(self) -> dict[str, str]:
        found = self._silent_updates() if self.role.receives else {}
        return found | (self._silent_sending() if self.role.dispatches else {})

    def _silent_updates(self) -> dict[str, str]:
        if boottime() - (self.hearing.heard_at or self._since) > POLL_SILENT:
            return {"updates": f"no good {self.hearing.asks} for 90 s"}
        return {}

    def _silent_sending(self) -> dict[str, str]:
        at = boottime()
        found = {}
        if at - self.dispatch.looked_at > LOOP_SILENT:
            found["sender"] = "the sender has not looked for 60 s"
        if self._since_done("lay out") > LAY_OUT_SILENT:
            found["laying out"] = "nothing has been laid out for two hours"
        if self.timetable.backs_up and self._since_done("backup") > BACKUP_SILENT:
            found["backup"] = "no backup could be taken for 26 hours"
        return found

    def _since_done(self, job: str) -> float:
        """Seconds since a job of the timetable last came to its end, or since the start."""
        return boottime() - self.timetable.done_at.get(job, self._since)

    async def _waiting(self) -> dict[str, str]:
        now = self.clock.now()
        found = {}
        due = await self.database.read(sending.due_since, now) if self.role.dispatches else None
        if due is not None and (now - due).total_seconds() > DUE_FOR:
            found["due"] = "a message has been due for 5 minutes"
        oldest = await self.database.read(inbox.oldest) if self.role.receives else None
        if oldest is not None and now - oldest > inbox.HANDLED_WITHIN:
            found["inbox"] = "an update has been waiting for 2 minutes"
        return found
