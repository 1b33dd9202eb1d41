"""SIGKILL at chosen moments and at any: nothing is lost, and copies stay within the bound."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable

import pytest

from habits import notices
from habits.sending import SUSPECT
from habits.settling import MOST_ENDS
from tests.faults.rig import FIRST, Rig

IN_FLIGHT = 10
"""With 50 messages a second: max(4, rate / 5)."""
MOMENTS = {
    "receive:after": IN_FLIGHT,  # 69
    "effect:after": IN_FLIGHT,  # 68
    "claim:before": 0,  # 3
    "claim:after": 0,  # 4
    "deliver:before": 0,  # 4
    "deliver:after": IN_FLIGHT,  # 6
    "settle:before": IN_FLIGHT,  # 7
    "settle:after": IN_FLIGHT,  # 8
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
    settled = [row.person_id for row in rig.rows("SELECT * FROM deliveries WHERE state = 'sent'")]
    assert settled or moment != "settle:after"
    rig.program.start()
    await rig.sent(people)
    await rig.handled()

    arrived = await rig.arrived()
    reminded = [arrived[person] for person in range(FIRST, FIRST + people)]
    assert min(reminded) == 1
    assert max(reminded) <= 2
    assert {arrived[person] for person in settled} <= {1}
    assert sum(reminded) - people <= MOMENTS[moment]
    assert check_ins(rig) == dict.fromkeys(others, 1)
    assert rig.program.stop() == 0


async def test_a_press_that_a_kill_left_without_an_answer_gets_it_when_pressed_again(
    broken_world: Rig,
):
    rig, anna = broken_world, broken_world.someone()
    await rig.seed(1)
    rig.program.start()
    await rig.sent(1)
    assert rig.program.stop() == 0
    (reminder,) = await anna.messages()
    number, data = reminder["message_id"], reminder["inline_keyboard"][0][0]["callback_data"]
    assert data.startswith("1:did:")

    await rig.telegram.ask("press", person=FIRST, message_id=number, data=data)
    rig.start_dying("effect:after")
    assert check_ins(rig) == {FIRST: 1}
    assert await anna.messages() == [reminder]

    rig.program.start()
    await anna.presses(number, data)
    await anna.hears("fulfilled")
    assert [message["message_id"] for message in await anna.messages()] == [number]
    assert check_ins(rig) == {FIRST: 1}
    assert rig.program.stop() == 0


async def test_a_reminder_that_kills_is_set_aside_and_told_and_the_others_arrive(
    broken_world: Rig,
):
    rig, people, poison, ends = broken_world, 6, FIRST + 3, SUSPECT + 2
    await rig.seed(people)
    fault = f"{poison}:{ends}"
    for _ in range(ends):
        rig.start_dying(fault, "FAULT_POISON")
    rig.program.settings["FAULT_POISON"] = fault
    rig.program.start()
    await rig.sent(people - 1)

    theirs = "FROM deliveries WHERE person_id = :person AND kind"
    fate = rig.rows(f"SELECT state, reason {theirs} = 'go' AND attempts > 0", person=poison)
    assert fate == [("failed", "poison")]
    assert rig.rows(f"SELECT count(*) {theirs} = '{notices.OUTAGE}'", person=poison) == [(1,)]
    arrived = await rig.arrived()
    others = [arrived[person] for person in range(FIRST, FIRST + people) if person != poison]
    assert min(others) == 1
    assert max(others) <= SUSPECT + 1  # only the first ends meet them together
    assert rig.program.stop() == 0


@pytest.mark.parametrize(("moment", "laid_out"), [("lay out:before", 0), ("lay out:after", 12)])
async def test_a_kill_around_laying_out_lays_each_turn_out_once(
    broken_world: Rig, moment: str, laid_out: int
):
    rig, people = broken_world, 12
    await rig.seed(people)
    rig.change("DELETE FROM deliveries")
    rig.change("DELETE FROM occasions")
    rig.change("UPDATE commitments SET laid_until = phase")

    rig.start_dying(moment)
    assert rig.rows("SELECT count(DISTINCT person_id) FROM deliveries") == [(laid_out,)]

    rig.program.start()
    await rig.sent(people)
    assert await rig.arrived() == dict.fromkeys(range(FIRST, FIRST + people), 1)
    doubled = "SELECT commitment_id, day FROM occasions GROUP BY 1, 2 HAVING count(*) > 1"
    assert rig.rows(doubled) == []
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
