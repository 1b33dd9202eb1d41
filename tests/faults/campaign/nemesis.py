"""What is done to the world: each strike is one blow, and some last a few seconds."""

import asyncio
import contextlib
import resource
import signal
import sqlite3
from collections.abc import Awaitable, Callable

from playground.faults import boottime
from tests.faults.campaign.supervisor import Supervised
from tests.faults.campaign.world import World
from tests.faults.small_disk import filled

Strike = Callable[[World], Awaitable[None]]

LEASE = 3.0
"""Seconds that a claim holds in a campaign, so that a pause can outlast it."""
AT_WORK = 0.8
LONGEST_START = 10.0
SPOILS = ("lose", "broken", "drop", "html", "hang", "answer")
SLOW = 0.06
"""Seconds from what Telegram does to its answer: kills are to meet messages in between."""


async def kill(world: World) -> None:
    """SIGKILL to one of them."""
    (await _somebody(world)).send(signal.SIGKILL)


async def term(world: World) -> None:
    """SIGTERM to one of them, which is to finish what is under way."""
    (await _somebody(world)).send(signal.SIGTERM)


async def pause(world: World) -> None:
    """SIGSTOP for a while, now and then longer than a claim holds."""
    victim = await _somebody(world)
    victim.send(signal.SIGSTOP)
    world.paused += 1
    world.paused_at.append(boottime())
    await asyncio.sleep(world.chance.uniform(0.3, LEASE * 1.7))
    victim.send(signal.SIGCONT)


async def stop_the_database(world: World) -> None:
    """PostgreSQL ends as a crash ends it, and is back after some seconds."""
    assert world.server is not None
    world.server.crash()
    await asyncio.sleep(world.chance.uniform(0.5, 3))
    world.server.start()


async def lock_the_database(world: World) -> None:
    """Somebody else has SQLite's file to themselves, for longer than a write waits for it."""
    locking = sqlite3.connect(world.crew[0].program.data_dir / "letloose.sqlite3", timeout=30)
    locking.isolation_level = None
    with contextlib.closing(locking):
        locking.execute("BEGIN EXCLUSIVE")
        await asyncio.sleep(world.chance.uniform(2, 7))
        locking.execute("ROLLBACK")


async def fill_the_disk(world: World) -> None:
    """No room left: on the file system of its own, or by a limit where it has none."""
    data = world.crew[0].program.data_dir
    if data.is_mount():
        with filled(data):
            await asyncio.sleep(3)
        return
    process = (await _somebody(world)).process
    assert process is not None
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    await asyncio.sleep(3)
    whole = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, whole)


async def turn_the_clock(world: World) -> None:
    """The system clock jumps by hours or days while Telegram's does not, and is set right."""
    assert world.clock is not None
    off = world.chance.choice((-86_400, -3_600, 3_600, 7 * 86_400))
    world.clock.move(off)
    await asyncio.sleep(world.chance.uniform(1, 4))
    world.clock.move(0)


async def spoil_an_answer(world: World) -> None:
    """The next message is lost, answered with nonsense, or refused for two seconds."""
    what = world.chance.choice(SPOILS)
    await world.rig.goes_right()
    if what == "answer":
        await _refuse(world)
    else:
        await world.rig.fails(what, method="sendMessage", seconds=3)
    await answer_slowly(world)


async def answer_slowly(world: World) -> None:
    """Leave room between a message and its answer."""
    await world.rig.fails("slow", method="sendMessage", times=None, seconds=SLOW)


async def _refuse(world: World) -> None:
    soon = [slot.chat for slot in world.slots if slot.due > boottime()][:2]
    wait = {"retry_after": 2}
    for chat in soon:
        await world.rig.fails("answer", chat=chat, code=429, description="x", parameters=wait)


async def _somebody(world: World) -> Supervised:
    """Mostly one that works, and has for up to a second; now and then one that is starting."""
    while not (alive := [each for each in world.crew if each.alive]):
        await asyncio.sleep(0.01)
    victim = world.chance.choice(alive)
    if world.chance.random() < AT_WORK:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_START):
                await victim.runs.wait()
        await asyncio.sleep(world.chance.uniform(0, 1))
    return victim


KEEPS_FROM_STARTING = (stop_the_database, lock_the_database, fill_the_disk)
"""Where a start may fail with a sentence, and the supervisor tries again."""
