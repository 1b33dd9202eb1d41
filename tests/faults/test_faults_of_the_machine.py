"""A process that stands still for a while, and one whose words nobody can write down."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

from tests.faults.rig import FIRST, Rig
from tests.faults.test_kills import IN_FLIGHT, check_ins, press_once
from tests.process import ROOT, eventually


async def test_a_process_that_stood_still_past_its_claims_doubles_only_what_was_under_way(
    broken_world: Rig,
):
    rig, people = broken_world, 40
    rig.program.settings["FAULT_LEASE"] = "2"
    due = await rig.seed(people)
    await rig.fails("delay", method="sendMessage", times=None, seconds=0.5)
    rig.program.start()

    async def some_under_way() -> bool:
        return len(await rig.calls("sendMessage")) >= 3

    await eventually(some_under_way, "messages under way", 20)
    assert rig.program.process is not None
    rig.program.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(3)  # what was claimed lapses meanwhile
    rig.program.process.send_signal(signal.SIGCONT)
    await rig.goes_right()

    await rig.sent(people)
    arrived = await rig.arrived()
    assert min(arrived[person] for person in due) == 1
    assert max(arrived[person] for person in due) <= 2
    assert sum(arrived.values()) - people <= IN_FLIGHT
    await rig.healthy()


async def test_an_event_loop_held_up_past_its_claims_loses_and_doubles_nothing(broken_world: Rig):
    rig, people = broken_world, 40
    rig.program.settings |= {"FAULT_LEASE": "2", "FAULT_HOLD": "7"}
    due = await rig.seed(people)
    others = await rig.seed(10, due_in=None, first=FIRST + 100)
    rig.program.start()
    await press_once(rig, others)
    await rig.sent(people)
    await rig.handled()
    arrived = await rig.arrived()
    assert {arrived[person] for person in due} == {1}
    assert check_ins(rig) == dict.fromkeys(others, 1)
    await rig.healthy()
    assert "the event loop was held up for" in rig.program.log


async def test_lines_that_nobody_takes_stop_nothing(broken_world: Rig):
    rig, people = broken_world, 5
    rig.program.settings["LETLOOSE_LOG_LEVEL"] = "DEBUG"
    due = await rig.seed(people)
    (rig.program.data_dir.parent / f"{rig.program.data_dir.name}.log").touch()
    with Path("/dev/full").open("w") as full:
        rig.program.process = subprocess.Popen(
            [sys.executable, "-m", rig.program.module, *rig.program.command],
            cwd=ROOT,
            env=rig.program.environment,
            stdout=subprocess.PIPE,
            stderr=full,
            text=True,
        )
    assert rig.program.process.stdout is not None
    assert await asyncio.to_thread(rig.program.process.stdout.readline)
    rig.program.process.stdout.close()

    await rig.sent(people)
    arrived = await rig.arrived()
    assert {arrived[person] for person in due} == {1}
    await rig.telegram.ask("say", person=due[0], text="/week")
    await rig.handled()
    await rig.healthy()
