"""The right to give an alarm: one an hour of each kind, whoever asks, whatever the clock does."""

import asyncio
from datetime import timedelta

import sqlalchemy as sa

from habits import alarms
from habits.storage.database import connect
from tests.conftest import on_postgresql
from tests.house import House

A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)


@on_postgresql
async def test_of_two_processes_one_gets_the_right(house: House, database_url: sa.URL):
    other = connect(database_url)
    try:
        for number in range(20):
            for now in (house.now, house.now + AN_HOUR):
                asked = (alarms.may_tell, f"kind {number}", now)
                both = (each.write(*asked) for each in (house.database, other))
                assert sorted(await asyncio.gather(*both)) == [False, True]
    finally:
        other.close()


async def test_what_was_told_in_the_time_ahead_keeps_no_alarm_from_being_given(house: House):
    async def may_tell() -> bool:
        return await house.database.write(alarms.may_tell, "disk", house.now)

    assert await may_tell()
    house.now -= 2 * AN_HOUR
    assert [await may_tell(), await may_tell()] == [True, False]
    house.now += AN_HOUR - A_MINUTE
    assert not await may_tell()
    house.now += A_MINUTE
    assert await may_tell()
