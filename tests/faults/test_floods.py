"""Many messages or presses of one person, many people at once: slower for who floods only."""

import asyncio
import time
from pathlib import Path

from tests.faults.rig import FIRST, WHOLE, Rig
from tests.faults.wired import Wired
from tests.process import eventually


async def test_who_floods_is_answered_less_and_nobody_else_waits(town_in_trouble: Wired):
    wired = town_in_trouble
    flooding, other = wired.meet(), wired.meet(FIRST + 1)
    await wired.start()
    waits = []
    for number in range(100):
        wired.says(flooding, "/week")
        if number % 20 == 10:
            wired.says(other, "/week")
            began, heard = time.monotonic(), len(wired.heard(other))
            await wired.until(lambda heard=heard: len(wired.heard(other)) > heard, "an answer")
            waits.append(time.monotonic() - began)
        await asyncio.sleep(0.03)
    await wired.handled()

    assert max(waits) < 2
    assert len(wired.heard(flooding)) == 21
    assert sum("Slow down" in text for text in wired.heard(flooding)) == 1
    assert wired.rows("SELECT state, count(*) FROM inbox GROUP BY state") == [("done", 105)]


async def test_what_a_flood_says_counts_although_it_is_not_answered(town_in_trouble: Wired):
    wired = town_in_trouble
    flooding = wired.meet()
    wired.says(flooding, "/timezone Europe/Berlin")
    for zone in ("Asia/Tokyo", "Europe/Berlin") * 15:
        wired.says(flooding, f"/timezone {zone}")
    wired.says(flooding, "/timezone America/Lima")
    await wired.start()
    await wired.handled()
    assert wired.rows("SELECT zone FROM people") == [("America/Lima",)]
    assert len(wired.heard(flooding)) == 21


async def test_who_presses_without_end_is_answered_less_and_every_press_counts(
    town_in_trouble: Wired,
):
    wired = town_in_trouble
    flooding, other = await wired.seed(2, due_in=None)
    made = dict(wired.rows("SELECT person_id, id FROM commitments"))
    for _ in range(50):
        wired.presses(flooding, f"1:did_more:{made[flooding]}")
    wired.presses(other, f"1:did_more:{made[other]}")
    await wired.start()
    await wired.handled()

    kept = dict(wired.rows("SELECT person_id, count(*) FROM check_ins GROUP BY person_id"))
    assert kept == {flooding: 50, other: 1}
    assert len(wired.heard(flooding)) == 30 * len(wired.heard(other)) > 0
    told = [call.parameters.get("text", "") for call in wired.calls("answerCallbackQuery")]
    assert len(told) == 51  # each press has its answer
    assert sum("Slow down" in text for text in told) == 20


async def test_twenty_quick_taps_on_one_button_are_no_flood_and_have_one_effect(
    town_in_trouble: Wired,
):
    wired = town_in_trouble
    person = (await wired.seed(1))[0]
    await wired.start()
    await wired.sent(1)
    ((turn,),) = wired.rows("SELECT occasion_id FROM deliveries WHERE state = 'sent'")
    wired.says(person, "/week")  # what is typed is counted by itself
    for _ in range(20):
        wired.presses(person, f"1:did:{turn}")
    await wired.handled()

    assert wired.rows("SELECT count(*) FROM check_ins") == [(1,)]
    told = [call.parameters.get("text", "") for call in wired.calls("answerCallbackQuery")]
    assert told == [""] * 20
    assert not any("Slow down" in text for text in wired.heard(person))


async def test_a_thousand_new_people_at_once_are_all_answered(broken_world: Rig):
    rig, count = broken_world, 1000
    rig.program.settings |= {"LETLOOSE_SEND_RATE": "1000", "LETLOOSE_NEW_PEOPLE": "1001"}
    rig.program.start()
    await rig.telegram.ask("person", id=FIRST, name="P", started=True)
    await rig.telegram.ask("say", person=FIRST, text="/start")
    await rig.handled()
    before = memory(rig)
    people = range(FIRST + 1, FIRST + 1 + count)
    for person in people:
        await rig.telegram.ask("person", id=person, name=f"P{person}", started=True)
    for person in people:
        await rig.telegram.ask("say", person=person, text="/start")
    await rig.handled()

    assert rig.rows("SELECT count(*) FROM people") == [(count + 1,)]

    async def all_answered() -> bool:
        arrived = await rig.arrived()
        return all(arrived[person] >= 1 for person in people)

    await eventually(all_answered, "an answer to everybody")  # it comes after the commit
    assert memory(rig) - before < 40
    assert rig.program.stop() == 0


async def test_thousands_due_at_once_leave_in_their_order_and_presses_are_answered_between(
    broken_world: Rig,
):
    rig, count, presses = broken_world, 5000 if WHOLE else 1500, 20
    rig.program.settings["LETLOOSE_SEND_RATE"] = "1000"
    waiting = await rig.seed(count, due_in=-1, over=1)
    pressing = await rig.seed(presses, due_in=None, first=FIRST + count)
    commitments = dict(rig.rows("SELECT person_id, id FROM commitments"))
    rig.program.start()
    for person in pressing:
        data = f"1:did_more:{commitments[person]}"
        await rig.telegram.ask("press", person=person, message_id=7, data=data)
    await rig.sent(count, patience=120)
    await rig.handled()

    calls = [call for call in await rig.calls("sendMessage") if call["chat"] in waiting]
    order = [call["chat"] for call in calls]
    assert sorted(order) == list(waiting)
    moved = [abs(place - (chat - FIRST)) for place, chat in enumerate(order)]
    assert max(moved) <= 1000 / 5  # what may be under way at once
    answers = await rig.calls("answerCallbackQuery")
    assert len(answers) == presses
    last, answered = max(call["at"] for call in calls), max(call["at"] for call in answers)
    assert answered < last
    assert rig.program.stop() == 0


def memory(rig: Rig) -> float:
    """MiB that the program holds in memory."""
    assert rig.program.process is not None
    status = Path(f"/proc/{rig.program.process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
