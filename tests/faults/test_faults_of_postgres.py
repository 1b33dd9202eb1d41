"""PostgreSQL under the real process: ends, lost connections, absences and a second copy."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tests import postgres
from tests.faults.rig import FIRST, Rig, rig
from tests.faults.test_kills import IN_FLIGHT, check_ins, press_once
from tests.process import Program


@pytest.fixture
def place(server: postgres.Server) -> Iterator[sa.URL]:
    """A database of the test's own."""
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture
async def served(tmp_path: Path, place: sa.URL) -> AsyncIterator[Rig]:
    """A rig on PostgreSQL, whose claims hold two seconds."""
    async with rig(tmp_path, DATABASE_URL=place.render_as_string(hide_password=False)) as made:
        made.program.settings["FAULT_LEASE"] = "2"
        yield made


async def everything_happened(rig: Rig, due: range, pressing: range, copies: int) -> None:
    await rig.sent(len(due))
    await rig.handled()
    assert check_ins(rig) == dict.fromkeys(pressing, 1)
    arrived = await rig.arrived()
    reminded = [arrived[person] for person in due]
    assert min(reminded) == 1
    assert sum(reminded) - len(due) <= copies


async def test_kills_lose_nothing_there_either(served: Rig):
    chance, kills = random.Random(7), 4
    due = await served.seed(80, over=5)
    pressing = await served.seed(60, due_in=None, first=FIRST + 500)
    served.program.start()
    pressed = asyncio.create_task(press_once(served, pressing, pause=0.08))
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(0.3, 1.2))
        served.program.kill()
        served.program.start()
    await pressed
    await everything_happened(served, due, pressing, kills * IN_FLIGHT)
    assert served.program.stop() == 0


async def test_connections_that_die_again_and_again_lose_and_double_nothing(
    served: Rig, server: postgres.Server
):
    due = await served.seed(60, over=2)
    pressing = await served.seed(30, due_in=None, first=FIRST + 500)
    served.program.start()
    pressed = asyncio.create_task(press_once(served, pressing, pause=0.05))
    for _ in range(12):
        await asyncio.sleep(0.25)
        part_company(server, served.url)
    await pressed
    await everything_happened(served, due, pressing, 0)


async def test_a_database_that_is_away_for_five_seconds_loses_and_doubles_nothing(
    served: Rig, server: postgres.Server
):
    due = await served.seed(60, over=3)
    pressing = await served.seed(30, due_in=None, first=FIRST + 500)
    served.program.settings["FAULT_LEASE"] = "20"
    served.program.start()
    pressed = asyncio.create_task(press_once(served, pressing, pause=0.05))
    await asyncio.sleep(0.5)
    server.run(f"ALTER DATABASE {served.url.database} ALLOW_CONNECTIONS false")
    for _ in range(10):
        part_company(server, served.url)
        await asyncio.sleep(0.5)
    server.run(f"ALTER DATABASE {served.url.database} ALLOW_CONNECTIONS true")
    await pressed
    await everything_happened(served, due, pressing, 0)
    assert served.rows("SELECT count(*) FROM inbox WHERE state = 'dead'") == [(0,)]
    await served.healthy()


async def test_two_copies_share_the_work_and_do_nothing_twice(served: Rig, tmp_path: Path):
    due = await served.seed(150, over=1)
    pressing = await served.seed(40, due_in=None, first=FIRST + 500)
    served.program.settings["FAULT_LEASE"] = "20"
    served.program.start()
    settings = dict(served.program.settings)
    del settings["LETLOOSE_LISTEN"]
    (tmp_path / "other").mkdir()
    other = Program(tmp_path / "other", settings, module="tests.faults.launch")
    other.start()
    try:
        await press_once(served, pressing, pause=0.05)
        await everything_happened(served, due, pressing, 0)
        assert other.stop() == 0
    finally:
        if not other.ended():
            other.kill()


def part_company(server: postgres.Server, url: sa.URL) -> None:
    """End every connection to the database."""
    try:
        server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{url.database}' AND pid <> pg_backend_pid()"
        )
    except psycopg.OperationalError:
        return
