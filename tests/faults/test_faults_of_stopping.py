"""SIGTERM in the middle of things: exit 0 in time, and what was under way is not sent again."""

import asyncio
import signal
import time

from tests.faults.rig import FIRST, Rig


async def test_what_is_under_way_is_finished_and_settled_before_the_end(broken_world: Rig):
    rig = broken_world
    await rig.seed(40)
    await rig.fails("delay", method="sendMessage", times=None, seconds=2)
    rig.program.start()
    await asyncio.sleep(0.7)

    began = time.monotonic()
    assert rig.program.process is not None
    rig.program.process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.3)
    assert rig.program.stop() == 0  # told a second time
    assert 0.5 < time.monotonic() - began < 15
    settled, arrived = rig.states()["sent"], await rig.arrived()
    assert settled == sum(arrived.values()) > 0
    assert "sending" not in rig.states()

    await rig.goes_right()
    rig.program.start()
    await rig.sent(40)
    assert set((await rig.arrived()).values()) == {1}
    assert rig.program.stop() == 0


async def test_a_server_that_never_answers_does_not_delay_the_end(broken_world: Rig):
    rig = broken_world
    await rig.seed(4)
    await rig.fails("hang", method="sendMessage", times=None, seconds=60)
    rig.program.start()
    await asyncio.sleep(0.7)

    began = time.monotonic()
    assert rig.program.stop() == 0
    assert time.monotonic() - began < 15
    cut_off = "SELECT count(*) FROM deliveries WHERE maybe_sent AND state = 'pending'"
    assert rig.rows(cut_off) == [(4,)]
    assert "sending" not in rig.states()

    await rig.goes_right()
    rig.program.start()
    await rig.sent(4)
    copies = await rig.arrived()
    assert all(1 <= copies[person] <= 2 for person in range(FIRST, FIRST + 4))
    assert rig.program.stop() == 0
