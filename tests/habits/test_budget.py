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


def most_in_any_second(moments: list[float], second: float = 1.0) -> int:
    moments = sorted(moments)
    return max(
        bisect_right(moments, begin + second) - number for number, begin in enumerate(moments)
    )


async def test_in_no_second_more_leave_than_the_rate_and_a_burst():
    rate = 25  # where a busy machine that holds a tenth of a second up breaks nothing
    budget, log = Budget(rate), []
    everybody = [asyncio.create_task(remind(budget, log)) for _ in range(int(rate * 1.6))]
    await asyncio.sleep(0.3)
    everybody += [asyncio.create_task(answer(budget, log)) for _ in range(int(rate * 0.4))]
    began = boottime()
    await asyncio.gather(*everybody)
    assert most_in_any_second([at for _, at in log]) <= rate + BURST
    assert boottime() - began < 2.5  # and it is used: twice the rate takes two seconds


@pytest.mark.parametrize(
    ("rate", "late"), [(5, 0.1), (25, 0.1), (30, 0.1), (60, 0.05), (200, 0.015)]
)
async def test_also_where_some_are_later_on_their_way_no_second_has_more(rate: int, late: float):
    """Those held up at its beginning and those on time at its end arrive within one second."""
    now, left = [0.0], []
    budget = Budget(rate, lambda: now[0])

    async def leave() -> None:
        await budget.token()
        left.append(now[0])

    now[0] = 3600.0  # so that five may leave at once
    everybody = []
    for _ in range(500):
        now[0] += 0.01
        everybody += [asyncio.create_task(leave()) for _ in range(1 + rate // 50)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert most_in_any_second(left, 1 + late - 1e-6) <= rate + BURST
    assert len(left) >= 0.97 * rate * 5  # and it is used
    for each in everybody:
        each.cancel()


async def test_a_machine_that_stands_still_again_and_again_uses_the_whole_rate():
    now, left = [0.0], []
    budget = Budget(25, lambda: now[0])

    async def leave() -> None:
        await budget.token()
        left.append(now[0])

    everybody = [asyncio.create_task(leave()) for _ in range(300)]
    for _ in range(25):
        now[0] += 0.4
        everybody.append(asyncio.create_task(leave()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert len(left) >= 0.97 * 25 * 10
    assert most_in_any_second(left, 1.1 - 1e-6) <= 25 + BURST
    for each in everybody:
        each.cancel()


async def test_a_pause_that_was_asked_for_is_followed_by_no_burst():
    now, left = [0.0], []
    budget = Budget(25, lambda: now[0])

    async def leave() -> None:
        await budget.token()
        left.append(now[0])

    everybody = [asyncio.create_task(leave()) for _ in range(50)]
    await asyncio.sleep(0)
    budget.hold(60)
    for moment in (30.0, 60.0, 60.2):
        now[0] = moment
        everybody.append(asyncio.create_task(leave()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert left == [60.2] * len(left)
    assert len(left) <= BURST
    for each in everybody:
        each.cancel()


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
    budget.hold(0.1)  # until all of them wait
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
