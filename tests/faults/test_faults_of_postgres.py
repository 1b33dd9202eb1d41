"""PostgreSQL under the real process: ends, lost connections, absences and a second copy."""

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from habits.clock import boottime
from habits.storage import schema
from tests import postgres
from tests.faults.rig import FIRST, Rig, rig
from tests.faults.test_kills import IN_FLIGHT, check_ins, press_once
from tests.process import Program, eventually


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


async def test_a_database_that_goes_while_a_process_starts_is_laid_out_from_when_it_is_back(
    served: Rig, server: postgres.Server
):
    due = await served.seed(20)
    a_week_ago = datetime.now(UTC).date() - timedelta(days=7)
    served.change("DELETE FROM occasions")
    served.change("UPDATE commitments SET laid_until = :day", day=a_week_ago)
    served.program.settings["FAULT_AGAIN"] = "1"

    async def lays_out() -> list[Any]:
        return server.run("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'")

    name, went = str(served.url.database), psycopg.OperationalError
    with contextlib.suppress(went), server.connected(name) as tx:
        tx.execute("BEGIN; LOCK TABLE commitments IN ACCESS EXCLUSIVE MODE")
        starting = asyncio.create_task(asyncio.to_thread(served.program.start))
        await eventually(lays_out, "a process that lays out")
        server.crash()
    await asyncio.sleep(3)
    server.start()
    await starting
    assert "lay out failed" in served.program.log
    await everything_happened(served, due, range(0), 0)


async def test_a_server_that_says_nothing_is_told_and_waited_for_and_holds_up_no_end(
    served: Rig, server: postgres.Server
):
    due = await served.seed(60, over=4)
    served.program.settings |= {"FAULT_LEASE": "20", "FAULT_SILENCE": "2"}
    served.program.start()
    await asyncio.sleep(1)
    with silent(server):
        await asyncio.sleep(6)
        await served.ails("the database does not answer", 20)
    await everything_happened(served, due, range(0), 0)
    await served.healthy()
    with silent(server):
        await asyncio.sleep(3)
        began = boottime()
        assert await asyncio.to_thread(served.program.stop) == 0
        assert boottime() - began < 15


async def test_who_waits_for_another_to_migrate_ends_when_told_to(
    served: Rig, server: postgres.Server
):
    async def waits() -> list[Any]:
        return server.run("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")

    with server.connected(str(served.url.database)) as tx:
        tx.execute("SELECT pg_advisory_lock(%s)", [schema.ONE_AT_A_TIME])
        starting = asyncio.create_task(asyncio.to_thread(served.program.start))
        await eventually(waits, "a process that waits")
        began = boottime()
        assert await asyncio.to_thread(served.program.stop) == 0
        assert boottime() - began < 5
        with pytest.raises(AssertionError, match="it ended with 0"):
            await starting


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
        other.kill()


async def test_where_few_connections_are_free_or_none_nothing_is_lost_or_doubled(
    served: Rig, server: postgres.Server
):
    """Nobody but a superuser may connect beyond the limit, so the program is to be none."""
    server.run("CREATE ROLE letloose LOGIN")
    with server.connected(str(served.url.database)) as tx:
        tx.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO letloose")
        tx.execute("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO letloose")
    as_letloose = served.url.set(username="letloose").render_as_string(hide_password=False)
    served.program.settings["LETLOOSE_DATABASE_URL"] = as_letloose
    served.program.settings["FAULT_LEASE"] = "20"
    due = await served.seed(60, over=3)
    pressing = await served.seed(30, due_in=None, first=FIRST + 500)
    limit = f"ALTER DATABASE {served.url.database} CONNECTION LIMIT"
    server.run(f"{limit} 3")
    served.program.start()
    pressed = asyncio.create_task(press_once(served, pressing, pause=0.05))
    await asyncio.sleep(1)
    server.run(f"{limit} 0")
    for _ in range(4):
        part_company(server, served.url)
        await asyncio.sleep(0.5)
    await served.ails("the database does not answer")
    server.run(f"{limit} -1")
    await pressed
    await everything_happened(served, due, pressing, 0)
    assert served.rows("SELECT count(*) FROM inbox WHERE state = 'dead'") == [(0,)]
    await served.healthy()


async def test_a_copy_that_lacks_the_last_commits_sends_those_once_more_and_misses_nothing(
    served: Rig, server: postgres.Server
):
    """As after a failover to a standby that was behind: what it never heard of is done again."""
    name, behind = str(served.url.database), f"{served.url.database}_behind"
    due = await served.seed(100, over=4)
    served.program.settings |= {"FAULT_LEASE": "2", "LETLOOSE_SEND_RATE": "20"}
    served.program.start()
    await served.sent(15)
    with nobody_connected(server, name):
        server.run(f"CREATE DATABASE {behind} TEMPLATE {name} STRATEGY file_copy")
    known = sent_in(server, behind)
    await served.sent(known + 20)
    with nobody_connected(server, name):
        server.run(f"ALTER DATABASE {name} RENAME TO {name}_gone")
        server.run(f"ALTER DATABASE {behind} RENAME TO {name}")
    server.run(f"ALTER DATABASE {name}_gone ALLOW_CONNECTIONS true")
    lost = sent_in(server, f"{name}_gone") - known
    server.run(f"DROP DATABASE {name}_gone")
    await served.sent(len(due))
    arrived = await served.arrived()
    copies = [arrived[person] for person in due]
    assert min(copies) == 1
    assert max(copies) == 2
    assert 20 <= sum(copies) - len(due) <= lost + IN_FLIGHT
    await served.healthy()


@contextlib.contextmanager
def silent(server: postgres.Server) -> Iterator[None]:
    """The server and whoever serves a connection stand still while the block lasts."""
    assert server.process is not None
    there = [server.process.pid, *children_of(server.process.pid)]
    for process in there:
        os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        for process in there:
            os.kill(process, signal.SIGCONT)


def children_of(process: int) -> list[int]:
    return [
        int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ]


@contextlib.contextmanager
def nobody_connected(server: postgres.Server, name: str) -> Iterator[None]:
    """Nobody is in the database while the block lasts; it may be another of that name by then."""
    server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    server.run(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        f"WHERE datname = '{name}' AND pid <> pg_backend_pid()"
    )
    yield
    server.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


def sent_in(server: postgres.Server, name: str) -> int:
    """How many reminders a database knows to be sent."""
    with server.connected(name) as tx:
        query = "SELECT count(*) FROM deliveries WHERE kind = 'go' AND state = 'sent'"
        return int(tx.execute(query).fetchall()[0][0])


def part_company(server: postgres.Server, url: sa.URL) -> None:
    """End every connection to the database."""
    try:
        server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            f"WHERE datname = '{url.database}' AND pid <> pg_backend_pid()"
        )
    except psycopg.OperationalError:
        return
