"""What a campaign is fought over: people whose slots are due, a Telegram, processes of the bot."""

import asyncio
import contextlib
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from habits import commitments, people
from habits.commitments import Made
from habits.rules.schedule import Schedule
from habits.storage.database import Tx, connect
from habits.storage.tables import commitments as commitment_rows
from habits.storage.tables import deliveries, occasions
from habits.storage.tables import people as people_rows
from playground.faults import boottime
from tests import postgres
from tests.faults.campaign.checker import Said, Slot
from tests.faults.campaign.supervisor import Supervised
from tests.faults.rig import A_WHILE, FIRST, Rig, rig, was_carried_out
from tests.faults.wall_clock import WallClock
from tests.process import Program

SPEAKS = {"sendMessage", "sendDocument", "sendPhoto", "editMessageText", "editMessageMedia"}
PRESSES_EVERY = 0.2
FIRST_WHO_PRESSES = FIRST + 5000
LIVES = 3600.0
"""Seconds for which every reminder is worth sending, at whatever hour the campaign runs."""


@dataclass
class World:
    """A rig, the processes under their supervisors, and who was owed what."""

    rig: Rig
    crew: list[Supervised]
    chance: random.Random
    server: postgres.Server | None = None
    slots: list[Slot] = field(default_factory=list)
    pressed: Counter[int] = field(default_factory=Counter)
    clock: WallClock | None = None
    paused: int = 0
    paused_at: list[float] = field(default_factory=list)

    @property
    def ends(self) -> list[float]:
        """When what a process had just been told may have been lost."""
        return [moment for each in self.crew for moment in each.ends] + self.paused_at

    @property
    def kills(self) -> int:
        """How many runs a SIGKILL ended, those of their own hand included."""
        return sum(each.codes[-9] for each in self.crew)

    async def owe(self, count: int, over: float) -> None:
        """So many slots over the next seconds: some laid out, at any second, others not yet.

        The others are due at whole minutes, from the one that began last, and it is for the
        processes to lay them out while they are being struck.
        """
        numbers = range(FIRST, FIRST + count)
        opened = connect(self.rig.url)
        try:
            self.slots += await opened.write(_promise, numbers, over)
        finally:
            opened.close()
        for number in numbers:
            await self.rig.telegram.ask("person", id=number, name=f"P{number}", started=True)

    async def meet(self, count: int) -> dict[int, int]:
        """So many people who will press, and the commitment of each."""
        numbers = await self.rig.seed(count, due_in=None, first=FIRST_WHO_PRESSES)
        made = dict(self.rig.rows("SELECT person_id, id FROM commitments"))
        return {number: made[number] for number in numbers}

    async def press(self, commitment_of: Mapping[int, int], enough: asyncio.Event) -> None:
        """They check in, again and again, each press to be kept once."""
        for number, commitment in itertools.cycle(commitment_of.items()):
            data = f"1:did_more:{commitment}"
            await self.rig.telegram.ask("press", person=number, message_id=7, data=data)
            self.pressed[number] += 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PRESSES_EVERY):
                    await enough.wait()
            if enough.is_set():
                return

    async def said(self) -> list[Said]:
        """The record of Telegram's side."""
        calls = await self.rig.calls(*SPEAKS)
        return [_as_said(call, self.paused_at) for call in calls if call["chat"] is not None]


def _promise(tx: Tx, numbers: Sequence[int], over: float) -> list[Slot]:
    now = datetime.now(UTC)
    began, at_once = now.replace(second=0, microsecond=0), boottime()
    moments = [began + timedelta(minutes=each) for each in range(1 + int(over // 60))]
    slots = []
    for place, number in enumerate(numbers):
        laid_out = place % 2 == 0
        go = moments[place % len(moments)]
        _commit(tx, number, go, now - A_WHILE)
        if laid_out:
            go = now + timedelta(seconds=over * place / len(numbers))
            _put_off(tx, number, go)
        else:
            _take_up(tx, number, go)
        due = at_once + max(0.0, (go - now).total_seconds())
        slots.append(Slot(number, due, due + LIVES - 60))
    return slots


def _commit(tx: Tx, number: int, go: datetime, made_at: datetime) -> None:
    met = people.meet(tx, number, f"P{number}", "en", made_at)
    person = people.set_zone(tx, met.person, ZoneInfo("Etc/UTC"), made_at)
    schedule = Schedule(days=(go.isoweekday(),), at=go.time())
    made = commitments.commit(tx, person, f"Tea {number}", ["Tea"], schedule, made_at)
    assert isinstance(made, Made)
    quiet = sa.update(people_rows).where(people_rows.c.id == number)
    tx.execute(quiet.values(asks_follow_up=False))  # it would come in the middle at 20:30


def _put_off(tx: Tx, number: int, go: datetime) -> None:
    """Let its reminder be due at this very moment, and not at its minute."""
    mine = sa.and_(deliveries.c.person_id == number, deliveries.c.due_at < go + timedelta(days=1))
    later = {"due_at": go, "next_attempt_at": go, "not_after": go + timedelta(seconds=LIVES)}
    tx.execute(sa.update(deliveries).where(mine).values(later))


def _take_up(tx: Tx, number: int, go: datetime) -> None:
    """Let nothing be laid out yet."""
    tx.execute(sa.delete(occasions).where(occasions.c.person_id == number))
    mine = commitment_rows.c.person_id == number
    week = go.date() - timedelta(days=go.weekday())
    tx.execute(sa.update(commitment_rows).where(mine).values(laid_until=week))


def _as_said(call: dict[str, Any], paused_at: Sequence[float]) -> Said:
    """A call as the checker reads it; whoever is paused while it is answered hears it too late."""
    answer = call["answer"] if isinstance(call["answer"], dict) else {}
    unheard = call["fault"] in {"lose", "broken", "hang"} or any(
        call["came"] <= moment <= call["boottime"] for moment in paused_at
    )
    return Said(
        chat=call["chat"],
        at=call["came"],
        reminds=_is_reminder(call),
        arrived=was_carried_out(call),
        told=not unheard,
        pause=answer.get("parameters", {}).get("retry_after"),
    )


def _is_reminder(call: dict[str, Any]) -> bool:
    chat: int = call["chat"]
    is_owed = FIRST <= chat < FIRST_WHO_PRESSES
    return is_owed and f"Tea {chat}" in call["parameters"].get("text", "")


@contextlib.asynccontextmanager
async def world(
    folder: Path,
    seed: int,
    *,
    server: postgres.Server | None = None,
    processes: int = 1,
    fatal: float = 0.0,
    **settings: str,
) -> AsyncIterator[World]:
    """A Telegram and processes that run while the block lasts; on PostgreSQL with a server."""
    chance = random.Random(seed)
    url = None if server is None else server.create()
    if url is not None:
        settings["DATABASE_URL"] = url.render_as_string(hide_password=False)
    async with rig(folder, **settings) as made:
        given = made.program.settings
        del given["LETLOOSE_LISTEN"]
        crew = [
            Supervised(Program(_data_of(folder, each), given, module="tests.faults.launch"), chance)
            for each in range(processes)
        ]
        for each in crew:
            each.fatal = fatal
        try:
            yield World(made, crew, chance, server)
        finally:
            for each in crew:
                each.end()
    if server is not None and url is not None:
        server.drop(url)


def _data_of(folder: Path, number: int) -> Path:
    place = folder / ("data" if number == 0 else f"data{number}")
    place.mkdir(mode=0o700, exist_ok=True)
    return place
