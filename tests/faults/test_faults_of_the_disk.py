"""A full disk, a locked database: no claim, no message, and it recovers by itself."""

import asyncio
import resource
import sqlite3
import time

from tests.faults.rig import FIRST, Rig
from tests.faults.test_kills import check_ins, press_once


def let_files_grow_to(rig: Rig, largest: int) -> None:
    """As if the disk ended there, for the running program alone."""
    assert rig.program.process is not None
    hard = resource.RLIM_INFINITY
    resource.prlimit(rig.program.process.pid, resource.RLIMIT_FSIZE, (largest, hard))


async def test_while_the_disk_is_full_nothing_leaves_and_nothing_is_confirmed(broken_world: Rig):
    rig = broken_world
    others = await rig.seed(5, due_in=None, first=FIRST + 100)
    rig.program.start()
    await rig.healthy()

    let_files_grow_to(rig, 4096)
    due = await rig.seed(5)
    await press_once(rig, others)
    await asyncio.sleep(4)
    assert await rig.arrived() == {}
    assert len(await rig.telegram.ask("updates")) == len(others)
    assert check_ins(rig) == {}

    let_files_grow_to(rig, resource.RLIM_INFINITY)
    await rig.sent(5)
    await rig.handled()
    arrived = await rig.arrived()
    assert [arrived[person] for person in due] == [1] * 5
    assert check_ins(rig) == dict.fromkeys(others, 1)
    await rig.healthy()
    assert rig.program.stop() == 0


async def test_a_full_disk_in_the_middle_of_a_burst_costs_no_more_than_is_in_doubt(
    broken_world: Rig,
):
    rig = broken_world
    due = await rig.seed(120)
    rig.program.start()
    await asyncio.sleep(0.6)
    let_files_grow_to(rig, 4096)
    await asyncio.sleep(3)
    let_files_grow_to(rig, resource.RLIM_INFINITY)
    await rig.sent(120)
    arrived = await rig.arrived()
    assert {arrived[person] for person in due} == {1}


async def test_a_database_locked_for_eight_seconds_delays_and_doubles_nothing(broken_world: Rig):
    rig = broken_world
    others = await rig.seed(5, due_in=None, first=FIRST + 100)
    due = await rig.seed(20, due_in=1)
    rig.program.start()
    locking = sqlite3.connect(rig.program.data_dir / "letloose.sqlite3", isolation_level=None)
    locking.execute("BEGIN EXCLUSIVE")
    await press_once(rig, others)
    await asyncio.sleep(8)
    locking.execute("ROLLBACK")
    locking.close()

    began = time.monotonic()
    await rig.sent(20)
    assert time.monotonic() - began < 6
    await rig.handled()
    arrived = await rig.arrived()
    assert {arrived[person] for person in due} == {1}
    assert check_ins(rig) == dict.fromkeys(others, 1)
    assert rig.rows("SELECT count(*) FROM inbox WHERE state = 'dead'") == [(0,)]
