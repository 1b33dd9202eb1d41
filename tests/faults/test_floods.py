"""Many messages of one person, many people at once: slower for who floods, the same for others."""

import asyncio
import time
from pathlib import Path

from tests.faults.rig import FIRST, Rig
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


def memory(rig: Rig) -> float:
    """MiB that the program holds in memory."""
    assert rig.program.process is not None
    status = Path(f"/proc/{rig.program.process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024
