"""The guarded clock: what is followed, what holds, and what comes of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from habits import notices, outages
from habits.clock import Clock
from habits.reminders import PENDING
from habits.storage.tables import outages as outage_rows
from scheduler.guard import NOT_COMPARED, Guard, Unknown
from scheduler.timetable import Timetable
from tests.house import GO, House

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
AN_HOUR, A_WEEK = timedelta(hours=1), timedelta(weeks=1)


@dataclass
class Machine:
    """A machine whose clock can be set wrong, in a world where Telegram knows the time."""

    true: datetime = NOON
    wrong_by: timedelta = timedelta(0)
    boot: float = 1000.0
    telegram: str = "answers"
    asked: int = 0
    resumed: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = Clock(system=lambda: self.true + self.wrong_by, seconds=lambda: self.boot)
        self.guard = Guard(self.clock, self.ask, self.resume)

    def passes(self, seconds: float) -> None:
        self.true += timedelta(seconds=seconds)
        self.boot += seconds

    async def ask(self) -> datetime | Unknown:
        self.asked += 1
        if self.telegram == "answers":
            return self.true
        return Unknown(answered=self.telegram == "bears no date")

    async def resume(self) -> None:
        self.resumed.append(self.clock.held)


@pytest.fixture
def machine() -> Machine:
    return Machine()


async def test_before_the_first_look_nothing_is_sent_and_after_a_good_one_everything(
    machine: Machine,
):
    await machine.guard.first_look()
    assert machine.clock.held is None
    assert machine.resumed == [NOT_COMPARED]  # laid out first, sent afterwards


async def test_time_that_passes_evenly_is_not_asked_about(machine: Machine):
    await machine.guard.first_look()
    for _ in range(100):
        machine.passes(3600)
        await machine.guard.look()
    assert machine.asked == 1
    assert machine.clock.now() == machine.true


@pytest.mark.parametrize("seconds", [29, -29, 0.5])
async def test_a_small_step_is_followed_without_asking(machine: Machine, seconds: float):
    await machine.guard.first_look()
    machine.wrong_by += timedelta(seconds=seconds)
    await machine.guard.look()
    assert machine.asked == 1
    assert machine.clock.held is None
    assert machine.clock.now() == machine.true + machine.wrong_by


@pytest.mark.parametrize("step", [AN_HOUR, -AN_HOUR, A_WEEK, -A_WEEK])
async def test_a_jump_that_telegram_confirms_is_followed_and_everything_is_laid_out_anew(
    machine: Machine, step: timedelta
):
    """We were wrong before, as after a suspend that the kernel did not count."""
    await machine.guard.first_look()
    machine.true += step
    await machine.guard.look()
    assert machine.clock.held is None
    assert machine.clock.now() == machine.true
    assert len(machine.resumed) == 2
    assert machine.resumed[1] is not None  # nothing leaves before it is laid out
    assert machine.asked == 2


@pytest.mark.parametrize("step", [AN_HOUR, -AN_HOUR, A_WEEK, -A_WEEK])
async def test_a_jump_that_telegram_contradicts_holds_and_says_why(
    machine: Machine, step: timedelta
):
    await machine.guard.first_look()
    machine.wrong_by = step
    for _ in range(3):
        machine.passes(2)
        await machine.guard.look()
    expected = f"the clock is off by {step.total_seconds():+.0f} s from Telegram's"
    assert machine.clock.held == expected
    assert machine.clock.now() == machine.true  # it ran on evenly meanwhile
    assert len(machine.resumed) == 1


@pytest.mark.parametrize("step", [AN_HOUR, -AN_HOUR])
async def test_a_clock_that_comes_right_again_is_let_go_by_itself(
    machine: Machine, step: timedelta
):
    await machine.guard.first_look()
    machine.wrong_by = step
    await machine.guard.look()
    assert machine.clock.held
    machine.passes(600)
    machine.wrong_by = timedelta(0)
    await machine.guard.look()
    assert machine.clock.held is None
    assert len(machine.resumed) == 2
    assert machine.clock.now() == machine.true


@pytest.mark.parametrize("step", [AN_HOUR, -AN_HOUR])
async def test_a_jump_while_telegram_is_out_of_reach_holds_until_it_can_be_asked(
    machine: Machine, step: timedelta
):
    await machine.guard.first_look()
    machine.telegram = "is out of reach"
    machine.true += step
    await machine.guard.look()
    expected = f"the clock jumped by {step.total_seconds():+.0f} s, unconfirmed so far"
    assert machine.clock.held == expected
    machine.passes(60)
    await machine.guard.look()
    assert machine.clock.held == expected
    machine.telegram = "answers"
    await machine.guard.look()
    assert machine.clock.held is None
    assert machine.clock.now() == machine.true


async def test_where_telegrams_answer_bears_no_date_nothing_speaks_against_a_jump(
    machine: Machine,
):
    machine.telegram = "bears no date"
    await machine.guard.first_look()
    assert machine.clock.held is None
    machine.true += AN_HOUR
    await machine.guard.look()
    assert machine.clock.held is None
    assert machine.clock.now() == machine.true


async def test_telegram_out_of_reach_at_the_start_holds_until_it_answers(machine: Machine):
    machine.telegram = "is out of reach"
    await machine.guard.first_look()
    assert machine.clock.held == NOT_COMPARED
    machine.passes(2)
    machine.telegram = "answers"
    await machine.guard.look()
    assert machine.clock.held is None
    assert len(machine.resumed) == 1


async def test_the_playgrounds_offset_is_no_jump(machine: Machine):
    await machine.guard.first_look()
    machine.clock.offset += A_WEEK
    await machine.guard.look()
    assert machine.asked == 1
    assert machine.clock.now() == machine.true + A_WEEK


async def test_what_goes_wrong_in_laying_out_anew_is_tried_again_before_anything_is_sent(
    machine: Machine, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("CRITICAL")
    failing = [True]

    async def fails_once() -> None:
        if failing:
            failing.clear()
            raise RuntimeError("the database is away")

    guard = Guard(machine.clock, machine.ask, fails_once)
    await guard.first_look()
    assert machine.clock.held
    await guard.look()
    assert machine.clock.held is None


async def test_a_telegram_that_raises_ends_nothing(
    machine: Machine, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("CRITICAL")

    async def raises() -> datetime | Unknown:
        raise RuntimeError("no such method")

    guard = Guard(machine.clock, raises, machine.resume)
    await guard.first_look()
    assert machine.clock.held == NOT_COMPARED


# With the house behind it.


def resuming(house: House, clock: Clock, timetable: Timetable) -> Callable[[], Awaitable[None]]:
    async def resume() -> None:
        await house.database.write(outages.back_again, clock.now())
        await timetable.catch_up()

    return resume


@pytest.mark.parametrize("days", [7, -7, -20000, 4000])  # the last two: 1972, 2037
async def test_a_wrong_clock_at_the_start_holds_and_makes_no_mass_of_notes(house: House, days: int):
    for person_id in range(2000, 2010):
        await house.commitment(await house.person(person_id))
    await house.database.write(outages.beat, house.now)
    before = await house.deliveries()

    machine = Machine(true=house.now + timedelta(seconds=90), wrong_by=timedelta(days=days))
    guard = Guard(
        machine.clock,
        machine.ask,
        resuming(house, machine.clock, Timetable(house.database, machine.clock)),
    )
    await guard.first_look()
    for _ in range(5):
        machine.passes(10)
        await guard.look()
    assert machine.clock.held
    assert await house.deliveries() == before

    machine.wrong_by = timedelta(0)
    await guard.look()
    assert machine.clock.held is None
    assert machine.clock.now() == machine.true
    assert await house.deliveries(notices.OUTAGE) == []
    assert [row.due_at for row in await house.deliveries() if row.state == PENDING][:10] == [
        GO
    ] * 10


async def test_a_confirmed_jump_over_a_week_lays_out_the_next_ones(house: House):
    commitment = await house.commitment(await house.person())
    machine = Machine(true=house.now)
    timetable = Timetable(house.database, machine.clock)
    guard = Guard(machine.clock, machine.ask, timetable.catch_up)
    await guard.first_look()
    machine.true += timedelta(weeks=3)
    await guard.look()
    days = [row.day for row in await house.occasions(commitment)]
    assert len(days) >= 4
    assert (days[-1] - machine.true.date()).days >= 0
    assert await house.rows(sa.select(outage_rows)) == []  # a jump is no absence
