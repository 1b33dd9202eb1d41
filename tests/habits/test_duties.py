"""What one process does at a time, and which updates are whose to handle."""

import sqlalchemy as sa

from habits import duties, inbox
from habits.duties import POLLING
from habits.inbox import Arrived
from habits.storage import tables
from tests.conftest import on_postgresql
from tests.house import ANNA, BEN, House


async def test_one_process_has_a_duty_until_it_falls_silent(house: House):
    assert await house.database.write(duties.take, POLLING, "a", 20.0)
    assert not await house.database.write(duties.take, POLLING, "b", 20.0)
    assert await house.database.write(duties.take, POLLING, "a", 20.0)
    await house.change(sa.update(tables.duties).values(until=0.0))
    assert await house.database.write(duties.take, POLLING, "b", 20.0)
    assert not await house.database.write(duties.take, POLLING, "a", 20.0)


async def test_who_gives_a_duty_back_makes_nobody_wait(house: House):
    await house.database.write(duties.take, POLLING, "a", 20.0)
    await house.database.write(duties.give_back, POLLING, "b")  # which never had it
    assert not await house.database.write(duties.take, POLLING, "b", 20.0)
    await house.database.write(duties.give_back, POLLING, "a")
    assert await house.database.write(duties.take, POLLING, "b", 20.0)


async def receive(house: House, person_id: int, *numbers: int) -> None:
    arrived = [Arrived(number, person_id, "{}") for number in numbers]
    await house.database.write(inbox.receive, arrived, house.now)


async def claim(house: House, process: str, *busy: int, most: int = 64) -> list[int]:
    found = await house.database.write(inbox.claim, house.now, busy, most, process)
    return [each.update_id for each in found]


@on_postgresql
async def test_what_one_process_handles_no_other_is_given(house: House):
    await receive(house, ANNA, 1, 2)
    await receive(house, BEN, 3)
    assert await claim(house, "a", most=1) == [1]
    assert await claim(house, "b") == [3]  # and not 2, which comes after 1
    await house.database.write(inbox.handled, 1)
    assert await claim(house, "b", BEN) == [2]


@on_postgresql
async def test_a_silent_process_loses_what_it_had_and_one_that_lives_keeps_it(house: House):
    await receive(house, ANNA, 1)
    assert await claim(house, "a") == [1]
    await house.change(sa.update(tables.inbox).values(lease_until=0.0))
    await house.database.write(inbox.keep, "a")
    assert await claim(house, "b") == []
    await house.change(sa.update(tables.inbox).values(lease_until=0.0))
    assert await claim(house, "b") == [1]


@on_postgresql
async def test_who_stops_gives_back_what_it_has_not_handled(house: House):
    await receive(house, ANNA, 1)
    await receive(house, BEN, 2)
    assert await claim(house, "a") == [1, 2]
    await house.database.write(inbox.handled, 1)
    await house.database.write(inbox.give_back, "a")
    assert await claim(house, "b") == [2]
