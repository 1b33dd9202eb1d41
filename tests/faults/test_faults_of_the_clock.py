"""The system clock moves under the program: followed where Telegram's `Date` agrees, else held."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.rig import FIRST, Rig, rig
from tests.faults.wall_clock import LIBRARY, WallClock
from tests.process import eventually

WITHIN = 10
"""Seconds; five are promised, and a machine busy with other tests gets twice that."""
A_WEEK = 7 * 86_400
needs_faketime = pytest.mark.skipif(
    not LIBRARY.exists(), reason="libfaketime is not installed (Debian's package faketime)"
)
pytestmark = needs_faketime


@pytest.fixture
async def clocked(tmp_path: Path) -> AsyncIterator[tuple[Rig, WallClock]]:
    """A rig whose program's wall clock can be moved; its monotonic clocks run on."""
    clock = WallClock(tmp_path / "clock")
    async with rig(tmp_path) as made:
        made.program.settings |= clock.settings()
        yield made, clock


async def seconds_until_sent(rig: Rig, count: int, patience: float = 10) -> float:
    began = time.monotonic()
    await rig.sent(count, patience)
    return time.monotonic() - began


async def followed(rig: Rig) -> None:
    """Wait until the program has taken the time as it is now.

    By the time of before, what is due in the evening would be too late to be worth sending.
    """

    async def said() -> bool:
        return "confirmed, followed" in rig.program.log

    await eventually(said, "the jump to be followed", 10)


async def test_a_jump_of_days_that_telegram_confirms_is_followed_within_five_seconds(
    clocked: tuple[Rig, WallClock],
):
    rig, clock = clocked
    await rig.seed(5, due_in=None)
    rig.program.start()
    await asyncio.sleep(1.5)
    assert rig.states()["sent"] == 0

    await rig.telegram.ask("clock", forward=6 * 86_400)
    clock.move(6 * 86_400)
    assert await seconds_until_sent(rig, 5) < WITHIN
    assert "confirmed, followed" in rig.program.log
    await rig.healthy()
    assert set((await rig.arrived()).values()) == {1}


async def test_a_jump_that_telegram_contradicts_holds_everything_until_it_is_undone(
    clocked: tuple[Rig, WallClock],
):
    rig, clock = clocked
    await rig.seed(5, due_in=None)
    rig.program.start()
    await rig.healthy(patience=30)

    clock.move(A_WEEK)
    await rig.ails("the clock is off by +6048")
    assert re.search(r"nothing is sent: the clock is off by \+6048\d\d s", rig.program.log)
    await asyncio.sleep(2)
    assert await rig.arrived() == {}
    assert rig.rows("SELECT count(*) FROM deliveries WHERE state != 'pending'") == [(0,)]

    clock.move(0)
    await rig.healthy()
    await rig.seed(1, first=FIRST + 50)
    assert await seconds_until_sent(rig, 1) < WITHIN


@pytest.mark.parametrize("back", [3600, A_WEEK])
async def test_a_step_back_holds_as_well_and_nothing_is_sent_again(
    clocked: tuple[Rig, WallClock], back: int
):
    rig, clock = clocked
    await rig.seed(5)
    rig.program.start()
    await rig.sent(5)
    await rig.healthy(patience=30)

    laid_out = rig.rows("SELECT * FROM occasions ORDER BY id")
    clock.move(-back)
    await rig.ails("the clock is off by -")
    await asyncio.sleep(1.5)
    clock.move(0)
    await rig.healthy()
    assert rig.rows("SELECT * FROM occasions ORDER BY id") == laid_out
    found = re.findall(r"the clock is off by -(\d+) s", rig.program.log)
    assert all(back - 2 <= int(off) <= back for off in found)  # a `Date` has whole seconds
    await rig.seed(2, first=FIRST + 50)
    assert await seconds_until_sent(rig, 7) < WITHIN
    assert set((await rig.arrived()).values()) == {1}


async def test_a_step_back_that_telegram_confirms_is_followed(clocked: tuple[Rig, WallClock]):
    rig, clock = clocked
    await rig.telegram.ask("clock", forward=3600)
    clock.move(3600)
    rig.program.start()
    await rig.healthy(patience=30)

    await rig.telegram.ask("clock", forward=-3600)
    clock.move(0)
    await followed(rig)
    await rig.seed(3)
    assert await seconds_until_sent(rig, 3) < WITHIN
    await rig.healthy()


@pytest.mark.parametrize("off", [A_WEEK, -A_WEEK])
async def test_a_wrong_clock_at_the_start_sends_nothing_and_tells_nobody(
    clocked: tuple[Rig, WallClock], off: int
):
    rig, clock = clocked
    await rig.seed(5, due_in=None)
    rig.program.start()
    await rig.healthy(patience=30)
    assert rig.program.stop() == 0

    clock.move(off)
    rig.program.start()
    await rig.ails("the clock is off by")
    await asyncio.sleep(2)
    assert await rig.arrived() == {}
    assert rig.rows("SELECT count(*) FROM deliveries WHERE state != 'pending'") == [(0,)]

    clock.move(0)
    await rig.healthy()
    assert await rig.arrived() == {}
    assert rig.rows("SELECT count(*) FROM outages") == [(0,)]


async def test_a_jump_of_every_clock_at_once_is_as_a_long_sleep(tmp_path: Path):
    clock = WallClock(tmp_path / "clock")
    async with rig(tmp_path) as made:
        made.program.settings |= clock.settings(monotonic_too=True)
        await made.seed(5, due_in=None)
        made.program.start()
        await asyncio.sleep(1.5)
        await made.telegram.ask("clock", forward=6 * 86_400)
        clock.move(6 * 86_400)
        assert await seconds_until_sent(made, 5) < 8
        assert "we were away for 8640 minutes" in made.program.log
        assert "the clock jumped" not in made.program.log
        assert made.rows("SELECT count(*) FROM outages") == [(1,)]
        assert set((await made.arrived()).values()) == {1}
