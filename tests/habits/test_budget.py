"""The send budget: never above its rate and a little, answers before reminders, in order."""

import asyncio
from bisect import bisect_right
from itertools import pairwise

import pytest

from habits.budget import BURST, Budget, reminding
from habits.clock import boottime


async def remind(budget: Budget, log: list[tuple[str, float]], name: str = "reminder") -> None:
    reminding.set(True)
    await budget.token()
    log.append((name, boottime()))


async def answer(budget: Budget, log: list[tuple[str, float]], name: str = "answer") -> None:
    await budget.token()
    log.append((name, boottime()))


def most_in_any_second(moments: list[float]) -> int:
    moments = sorted(moments)
    return max(bisect_right(moments, begin + 1.0) - number for number, begin in enumerate(moments))


@pytest.mark.parametrize("rate", [25, 200])
async def test_in_no_second_more_leave_than_the_rate_and_a_burst(rate: int):
    budget, log = Budget(rate), []
    everybody = [asyncio.create_task(remind(budget, log)) for _ in range(int(rate * 1.6))]
    await asyncio.sleep(0.3)
    everybody += [asyncio.create_task(answer(budget, log)) for _ in range(int(rate * 0.4))]
    began = boottime()
    await asyncio.gather(*everybody)
    assert most_in_any_second([at for _, at in log]) <= rate + BURST
    assert boottime() - began < 2.5  # and it is used: twice the rate takes two seconds


async def test_a_restart_brings_no_burst_of_its_own():
    budget, log = Budget(25), []
    await asyncio.gather(*(answer(budget, log) for _ in range(3)))
    gaps = [later - earlier for (_, earlier), (_, later) in pairwise(log)]
    assert min(gaps) > 0.02


async def test_after_a_quiet_hour_five_leave_at_once_and_no_more():
    now = [0.0]
    budget, log = Budget(1, lambda: now[0]), []
    now[0] = 3600.0
    waiting = [asyncio.create_task(answer(budget, log)) for _ in range(20)]
    await asyncio.sleep(0.05)
    assert len(log) == BURST
    for each in waiting:
        each.cancel()


async def test_answers_leave_before_reminders_that_waited_longer():
    now = [0.0]
    budget, log = Budget(10, lambda: now[0]), []
    reminders = [asyncio.create_task(remind(budget, log)) for _ in range(30)]
    await asyncio.sleep(0)
    answers = [asyncio.create_task(answer(budget, log)) for _ in range(5)]
    await asyncio.sleep(0)
    assert log == []
    now[0] = 0.7  # seven may leave, or fewer at first
    await asyncio.wait_for(asyncio.gather(*answers), 2)
    assert [name for name, _ in log[:5]] == ["answer"] * 5
    for each in reminders:
        each.cancel()


async def test_within_a_kind_whoever_came_first_leaves_first():
    budget, log = Budget(200), []
    await asyncio.gather(*(answer(budget, log, str(number)) for number in range(40)))
    assert [name for name, _ in log] == [str(number) for number in range(40)]


async def test_one_that_gives_up_waiting_keeps_nobody():
    budget, log = Budget(20), []
    first = asyncio.create_task(answer(budget, log, "gave up"))
    others = [asyncio.create_task(answer(budget, log)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.wait_for(asyncio.gather(*others), 2)
    assert [name for name, _ in log] == ["answer"] * 3


async def test_while_telegram_asked_to_wait_nothing_leaves():
    budget, log = Budget(100), []
    budget.hold(0.5)
    budget.hold(0.1)  # a shorter one does not shorten it
    began = boottime()
    assert budget.held
    await asyncio.gather(answer(budget, log), remind(budget, log))
    assert min(at for _, at in log) - began >= 0.5
    assert not budget.held


async def test_a_stepped_clock_makes_nobody_wait_for_ever():
    """CLOCK_BOOTTIME does not step back; after a suspend it stands hours further."""
    now = [100.0]
    budget, log = Budget(10, lambda: now[0]), []
    waiting = asyncio.create_task(answer(budget, log))
    await asyncio.sleep(0.05)
    assert log == []
    now[0] += 8 * 3600
    await asyncio.wait_for(waiting, 2)
    assert len(log) == 1
