"""Several processes on one PostgreSQL: one send budget, and one pause for all of them."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from habits.budget import BURST
from habits.clock import boottime
from tests import postgres
from tests.faults.rig import FIRST, Rig, rig
from tests.faults.test_kills import press_once
from tests.habits.test_budget import most_in_any_second
from tests.process import Program, eventually

RATE = 25
SPOKEN = ("sendMessage", "editMessageText")


@pytest.fixture
def place(server: postgres.Server) -> Iterator[sa.URL]:
    """A database of the test's own."""
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
async def served(tmp_path: Path, place: sa.URL) -> AsyncIterator[Rig]:
    """A rig on PostgreSQL, at the default rate."""
    address = place.render_as_string(hide_password=False)
    async with rig(tmp_path, DATABASE_URL=address, SEND_RATE=str(RATE)) as made:
        yield made


def another(rig: Rig, folder: Path, name: str, **settings: str) -> Program:
    """One more process of the same bot, with a directory of its own; not started yet."""
    given = {key: value for key, value in rig.program.settings.items() if key != "LETLOOSE_LISTEN"}
    (folder / name).mkdir(mode=0o700)
    named = {f"LETLOOSE_{key}": value for key, value in settings.items()}
    return Program(folder / name, given | named, module="tests.faults.launch")


@asynccontextmanager
async def started(*programs: Program) -> AsyncIterator[None]:
    """All of them running while the block lasts."""
    try:
        for each in programs:
            each.start()
        yield
    finally:
        for each in programs:
            if not each.ended():
                each.kill()


def moments(calls: list[dict[str, Any]]) -> list[float]:
    return [call["boottime"] for call in calls]


async def test_three_processes_send_no_more_in_a_second_than_one_may(served: Rig, tmp_path: Path):
    due = await served.seed(110)
    pressing = await served.seed(12, due_in=None, first=FIRST + 500)
    two = [another(served, tmp_path, name) for name in ("second", "third")]
    async with started(served.program, *two):
        await press_once(served, pressing, pause=0.1)
        await served.sent(len(due))
        await served.handled()
        spoken = await served.calls(*SPOKEN)
        assert RATE / 2 < most_in_any_second(moments(spoken)) <= RATE + BURST
        arrived = await served.arrived()
        assert {arrived[person] for person in due} == {1}
        assert [each.stop() for each in two] == [0, 0]


async def test_a_pause_for_the_whole_bot_silences_every_process(served: Rig, tmp_path: Path):
    asked, hears_within = 5, 1.5
    due = await served.seed(90)
    for chat in (due[3], due[4]):
        how = {"code": 429, "description": "Too Many Requests: retry after 5"}
        await served.fails(
            "answer", chat=chat, method="sendMessage", parameters={"retry_after": asked}, **how
        )
    other = another(served, tmp_path, "second")
    async with started(served.program, other):

        async def two_refused() -> bool:
            return len(await refused(served)) == 2

        await eventually(two_refused, "two chats' 429", 30)
        told_at = moments(await refused(served))[-1]
        await served.sent(len(due), 60)
        calls = moments(await served.calls("sendMessage"))
        silent = [at for at in calls if told_at + hears_within < at < told_at + asked]
        assert silent == []
        assert boottime() > told_at + asked
        arrived = await served.arrived()
        assert {arrived[person] for person in due} == {1}


async def refused(rig: Rig) -> list[dict[str, Any]]:
    return [call for call in await rig.calls("sendMessage") if call["status"] == 429]
