"""A full disk, one that fails, a locked database: no claim, no message, and it recovers."""

import asyncio
import resource
import sqlite3
import time
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from tests.faults.rig import FIRST, Rig, rig
from tests.faults.small_disk import filled, small_disk
from tests.faults.test_kills import check_ins, press_once
from tests.process import eventually


@pytest.fixture
async def on_a_small_disk(tmp_path: Path) -> AsyncIterator[Rig]:
    """A rig whose program has a disk of its own, with little room on it."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    with small_disk(data) as mounted:
        if not mounted:
            pytest.skip("no file system may be mounted here, and only a real one gets full")
        async with rig(tmp_path) as made:
            yield made


def let_files_grow_to(rig: Rig, largest: int) -> None:
    """The kernel refuses to write behind that, and SQLite calls it an I/O error."""
    assert rig.program.process is not None
    hard = resource.RLIM_INFINITY
    resource.prlimit(rig.program.process.pid, resource.RLIMIT_FSIZE, (largest, hard))


async def test_while_the_disk_is_full_nothing_leaves_and_nothing_is_confirmed(
    on_a_small_disk: Rig,
):
    made = on_a_small_disk
    made.program.settings["FAULT_DISK"] = "1"  # errors of the disk would end it
    others = await made.seed(5, due_in=None, first=FIRST + 100)
    made.program.start()
    await made.healthy()

    due = await made.seed(5, due_in=4)
    with filled(made.program.data_dir):
        await press_once(made, others)

        async def tried() -> bool:
            return "a round of sending failed" in made.program.log

        await eventually(tried, "a claim that found no room")
        await asyncio.sleep(2)
        assert await made.health() == (503, ["less than 200 MiB are free on the disk"])
        assert not made.program.ended()
        assert await made.arrived() == {}
        assert len(await made.telegram.ask("updates")) == len(others)
        assert check_ins(made) == {}

    await in_order_again(made, due, others)


async def test_while_the_disk_answers_with_errors_nothing_leaves_and_nothing_is_confirmed(
    broken_world: Rig,
):
    made = broken_world
    others = await made.seed(5, due_in=None, first=FIRST + 100)
    made.program.start()
    await made.healthy()

    let_files_grow_to(made, 4096)
    due = await made.seed(5)
    await press_once(made, others)
    await asyncio.sleep(4)
    assert await made.arrived() == {}
    assert len(await made.telegram.ask("updates")) == len(others)
    assert check_ins(made) == {}

    let_files_grow_to(made, resource.RLIM_INFINITY)
    await in_order_again(made, due, others)


async def in_order_again(made: Rig, due: Iterable[int], others: Iterable[int]) -> None:
    """The disk is well: what was due arrives once, and what was pressed is kept once."""
    await made.sent(5)
    await made.handled()
    arrived = await made.arrived()
    assert [arrived[person] for person in due] == [1] * 5
    assert check_ins(made) == dict.fromkeys(others, 1)
    await made.healthy()
    assert made.program.stop() == 0


async def test_errors_of_the_disk_in_the_middle_of_a_burst_cost_no_more_than_is_in_doubt(
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


async def test_a_disk_that_answers_with_errors_ends_the_process_and_nothing_is_lost(
    broken_world: Rig,
):
    rig = broken_world
    rig.program.settings["FAULT_DISK"] = "4"
    others = await rig.seed(5, due_in=None, first=FIRST + 100)
    rig.program.start()
    await rig.healthy()

    let_files_grow_to(rig, 4096)
    due = await rig.seed(5)
    await press_once(rig, others)
    await rig.ails("the disk answers with errors")

    async def ended() -> bool:
        return rig.program.ended()

    await eventually(ended, "the end", 30)
    assert rig.program.process is not None
    assert rig.program.process.returncode == 1
    assert "letloose: the disk answers with errors or has been made read-only" in rig.program.log
    assert await rig.arrived() == {}
    rig.program.kill()

    rig.program.start()
    await rig.sent(5)
    await rig.handled()
    arrived = await rig.arrived()
    assert {arrived[person] for person in due} == {1}
    assert check_ins(rig) == dict.fromkeys(others, 1)
    assert rig.program.stop() == 0


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
