"""SIGKILL at chosen moments and at any: nothing is lost, and copies stay within the bound."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable

import pytest

from habits.settling import MOST_ENDS
from tests.faults.rig import FIRST, Rig

IN_FLIGHT = 10
"""With 50 messages a second: max(4, rate / 5)."""
MOMENTS = {
    "receive:after": IN_FLIGHT,  # 69
    "effect:after": IN_FLIGHT,  # 68
    "claim:after": 0,  # 4
    "deliver:before": 0,  # 4
    "deliver:after": IN_FLIGHT,  # 6
    "settle:before": IN_FLIGHT,  # 7
}
"""Where the program dies, and how many copies that may cost: what was sent and not settled."""


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_kill_at_a_chosen_moment_loses_nothing(broken_world: Rig, moment: str):
    rig, people = broken_world, 12
    await rig.seed(people)
    others = range(FIRST + 100, FIRST + 100 + people)
    await rig.seed(people, due_in=None, first=others.start)
    await press_once(rig, others)

    rig.start_dying(moment)
    rig.program.start()
    await rig.sent(people)
    await rig.handled()

    arrived = await rig.arrived()
    reminded = [arrived[person] for person in range(FIRST, FIRST + people)]
    assert min(reminded) == 1
    assert sum(reminded) - people <= MOMENTS[moment]
    assert check_ins(rig) == dict.fromkeys(others, 1)
    assert rig.program.stop() == 0


async def press_once(rig: Rig, people: Iterable[int], pause: float = 0.0) -> None:
    """Each of them checks in once, outside any occasion, so that each press makes a row."""
    made = dict(rig.rows("SELECT person_id, id FROM commitments"))
    for person in people:
        data = f"1:did_more:{made[person]}"
        await rig.telegram.ask("press", person=person, message_id=7, data=data)
        await asyncio.sleep(pause)


def check_ins(rig: Rig) -> dict[int, int]:
    """How many check-ins each person has."""
    return dict(rig.rows("SELECT person_id, count(*) FROM check_ins GROUP BY person_id"))


async def test_kills_at_any_moment_lose_no_update_and_no_reminder(broken_world: Rig):
    rig, chance = broken_world, random.Random(20261121)
    presses, reminded, kills = 5, 200, 10
    await rig.seed(reminded, over=15)
    pressing = range(FIRST + 1000, FIRST + 1060)
    await rig.seed(len(pressing), due_in=None, first=pressing.start)

    async def press() -> None:
        for _ in range(presses):
            await press_once(rig, pressing, pause=0.04)

    rig.program.start()
    pressed = asyncio.create_task(press())
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(0.1, 1.2))
        rig.program.kill()
        await seen_is_stored(rig)
        rig.program.start()
    await pressed
    await rig.sent(reminded)
    await rig.handled()

    assert check_ins(rig) == dict.fromkeys(pressing, presses)
    arrived = await rig.arrived()
    copies = [arrived[person] for person in range(FIRST, FIRST + reminded)]
    assert min(copies) == 1
    assert max(copies) <= MOST_ENDS
    assert sum(copies) - reminded <= kills * IN_FLIGHT
    assert rig.program.stop() == 0


async def seen_is_stored(rig: Rig) -> None:
    """Whoever was told that it is noted has it on disk."""
    stored = check_ins(rig)
    calls = await rig.calls("sendMessage")
    told = Counter(call["chat"] for call in calls if "fulfilled" in call["parameters"]["text"])
    assert all(count <= stored[person] for person, count in told.items())
