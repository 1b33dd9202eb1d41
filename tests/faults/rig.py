"""The real program beside a Telegram in another process, and people whose reminders are due."""

import contextlib
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import sqlalchemy as sa

from habits import commitments, invariants, people
from habits.commitments import Made
from habits.rules.schedule import Schedule
from habits.storage.database import Tx, address, connect
from habits.storage.tables import deliveries, metadata
from tests import databases
from tests.bot_api import KEY, TOKEN, Server, judge
from tests.process import Program, Someone, Telegram, eventually, free_port

WHOLE = os.environ.get("FAULTS") == "whole"
"""Whether `make faults` asks for everything, and not for a sample."""
FIRST = 5001
"""The id of the first of the seeded people."""
A_WHILE = timedelta(days=2)
LEAVES_OUT = {"inbox", "heartbeats"}
"""Tables that change with every update, or by themselves."""


@dataclass
class Inside:
    """The program's database, looked at from outside."""

    url: sa.URL

    def rows(self, query: str, **values: Any) -> list[Any]:
        """What a query finds in the database now."""
        engine = sa.create_engine(self.url)
        try:
            with engine.connect() as tx:
                return list(tx.execute(sa.text(query), values))
        finally:
            engine.dispose()

    def change(self, statement: str, **values: Any) -> None:
        """Change the database behind the program's back."""
        engine = sa.create_engine(self.url)
        try:
            with engine.begin() as tx:
                tx.execute(sa.text(statement), values)
        finally:
            engine.dispose()

    def states(self) -> Counter[str]:
        """How many reminders are in each state."""
        found = self.rows("SELECT state, count(*) FROM deliveries WHERE kind = 'go' GROUP BY state")
        return Counter(dict(found))

    def dump(self) -> dict[str, list[Any]]:
        """Every row of every table that a handled update need not change."""
        names = [table.name for table in metadata.sorted_tables if table.name not in LEAVES_OUT]
        return {name: sorted(self.rows(f"SELECT * FROM {name}"), key=str) for name in names}

    def broken(self) -> list[str]:
        """Which invariants do not hold."""
        engine = sa.create_engine(self.url)
        try:
            with engine.connect() as tx:
                return invariants.broken(tx, datetime.now(UTC))
        finally:
            engine.dispose()

    def unhandled(self) -> int:
        """How many updates wait in the inbox."""
        return int(self.rows("SELECT count(*) FROM inbox WHERE state = 'new'")[0][0])

    async def sent(self, count: int, patience: float = 30.0) -> None:
        """Wait until so many reminders are written down as sent."""

        async def enough() -> bool:
            return self.states()["sent"] >= count

        try:
            await eventually(enough, f"{count} sent reminders", patience)
        except AssertionError as error:
            found = self.rows("SELECT state, reason, count(*) FROM deliveries GROUP BY 1, 2")
            raise AssertionError(f"{error}; there are {found}") from None

    async def promise(
        self, count: int, *, due_in: float | None = 0.0, over: float = 0.0, first: int = FIRST
    ) -> range:
        """So many people with one commitment each; the reminders due in `due_in` seconds.

        over: seconds over which they are spread. due_in None: in six days.
        """
        numbers = range(first, first + count)
        seeded = connect(self.url)
        try:
            await seeded.write(_seed, numbers, due_in, over)
        finally:
            seeded.close()
        return numbers


@dataclass
class Rig(Inside):
    """The program in a process, and its Telegram in another."""

    program: Program
    server: Server
    telegram: Telegram

    def someone(self, person_id: int = FIRST) -> Someone:
        """A person of the playground."""
        return Someone(self.telegram, person_id)

    async def calls(self, *methods: str) -> list[dict[str, Any]]:
        """The calls that the program made."""
        every = await self.telegram.ask("calls")
        return [call for call in every if not methods or call["method"] in methods]

    async def arrived(self) -> Counter[int]:
        """How many messages each chat got, whatever the program was told about it."""
        calls = await self.calls("sendMessage")
        return Counter(call["chat"] for call in calls if was_carried_out(call))

    async def fails(self, what: str, **how: Any) -> None:
        """Let something go wrong: see playground.faults.Fault."""
        await self.telegram.ask("faults", what=what, **how)

    async def goes_right(self) -> None:
        """Let nothing go wrong any more."""
        await self.telegram.ask("faults", clear=True)

    async def handled(self, patience: float = 30.0) -> None:
        """Wait until Telegram has nothing more for the program, and it has handled everything."""

        async def nothing_left() -> bool:
            return self.unhandled() == 0 and await self.telegram.ask("updates") == []

        await eventually(nothing_left, "an empty inbox", patience)

    async def health(self) -> tuple[int, list[str]]:
        """What /healthz says."""
        listen = self.program.settings["LETLOOSE_LISTEN"]
        async with self.telegram.http.get(f"http://{listen}/healthz") as response:
            return response.status, (await response.json())["problems"]

    async def healthy(self, patience: float = 10.0) -> None:
        """Wait until /healthz is green."""

        async def green() -> bool:
            return await self.health() == (200, [])

        await eventually(green, "a green /healthz", patience)

    async def ails(self, words: str, patience: float = 10.0) -> None:
        """Wait until /healthz is red with these words."""

        async def red() -> bool:
            status, problems = await self.health()
            return status == 503 and any(words in problem for problem in problems)

        await eventually(red, f"{words!r} in /healthz", patience)

    async def seed(
        self, count: int, *, due_in: float | None = 0.0, over: float = 0.0, first: int = FIRST
    ) -> range:
        """People as `promise` makes them, who have begun to talk with the bot."""
        numbers = await self.promise(count, due_in=due_in, over=over, first=first)
        for number in numbers:
            await self.telegram.ask("person", id=number, name=f"P{number}", started=True)
        return numbers

    def start_dying(self, moment: str, fault: str = "FAULT_KILL") -> None:
        """Start the program, which kills itself at a moment; wait until it has."""
        self.program.settings[fault] = moment
        with contextlib.suppress(AssertionError):
            self.program.start()
        del self.program.settings[fault]
        process = self.program.process
        assert process is not None
        assert process.wait(timeout=20) == -signal.SIGKILL
        assert process.stdout is not None
        process.stdout.close()


def was_carried_out(call: dict[str, Any]) -> bool:
    """Whether Telegram did what it was asked for; the answer may still have been lost."""
    answer = call["answer"]
    if isinstance(answer, dict):
        return bool(answer.get("ok"))
    lost = call["fault"] in {"lose", "broken"} and answer is not None
    return lost or call["fault"] in {"hang", "slow"}  # the record ends when the program hangs up


def _seed(tx: Tx, numbers: Sequence[int], due_in: float | None, over: float) -> None:
    now = datetime.now(UTC)
    made_at = now if due_in is None else now - A_WHILE
    go = now.replace(second=0, microsecond=0) - timedelta(minutes=1)
    if due_in is None:
        go -= timedelta(days=1)
    schedule = Schedule(days=(go.isoweekday(),), at=go.time())
    for place, number in enumerate(numbers):
        met = people.meet(tx, number, f"P{number}", "en", made_at)
        person = people.set_zone(tx, met.person, ZoneInfo("Etc/UTC"), made_at)
        made = commitments.commit(tx, person, f"Tea {number}", ["Tea"], schedule, made_at)
        assert isinstance(made, Made)
        if due_in is not None:
            at = now + timedelta(seconds=due_in + over * place / len(numbers))
            mine = sa.and_(deliveries.c.person_id == number, deliveries.c.due_at < now)
            tx.execute(sa.update(deliveries).where(mine).values(next_attempt_at=at))


@contextlib.asynccontextmanager
async def rig(folder: Path, **settings: str) -> AsyncIterator[Rig]:
    """A Telegram that runs and a program that does not yet; every call is judged at the end."""
    data = folder / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    server = Server(folder)
    server.start()
    listen = f"127.0.0.1:{free_port()}"
    given = {"TOKEN": TOKEN, "API_URL": server.address, "LISTEN": listen, "SEND_RATE": "50"}
    named = {f"LETLOOSE_{name}": value for name, value in (given | settings).items()}
    program = Program(data, named, module="tests.faults.launch")
    url = address(settings.get("DATABASE_URL"), data, "letloose")
    databases.migrate(url)
    try:
        async with aiohttp.ClientSession() as http:
            made = Rig(url, program, server, Telegram(http, server.address, KEY))
            yield made
            if server.process is not None:
                judge(await made.calls())
        assert TOKEN.partition(":")[2] not in program.log
    finally:
        program.kill()
        server.stop()
