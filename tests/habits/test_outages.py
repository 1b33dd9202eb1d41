"""Catching up after we were away: what is still sent, what is told, and to whom."""

import asyncio
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from habits import (
    answers,
    check_ins,
    notices,
    outages,
    outcomes,
    overviews,
    people,
    settling,
    weeks,
)
from habits.clock import Clock
from habits.invariants import broken
from habits.notices import OUTAGE
from habits.outages import Outage
from habits.reminders import EXPIRED, PENDING, SENT
from habits.rules.schedule import MONDAY as MONDAYS
from habits.rules.schedule import SATURDAY, SUNDAY, WEDNESDAY, Part
from habits.rules.touch import GO as GO_KIND
from habits.storage.database import Tx
from habits.storage.tables import deliveries
from habits.storage.tables import outages as outage_rows
from scheduler.timetable import Timetable
from tests.house import ANNA, BEN, GO, House, berlin

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


async def away(house: House, began: datetime, ended: datetime) -> Outage | None:
    """We beat for the last time at one moment and start again at another, as app/ does it."""
    await house.database.write(outages.beat, began)
    house.now = ended
    outage = await house.database.write(outages.back_again, house.now)
    await catch_up(house)
    return outage


async def catch_up(house: House) -> None:
    clock = Clock(system=lambda: house.now, seconds=lambda: 0.0)
    await Timetable(house.database, clock).catch_up()


async def notice_rows(house: House):
    return await house.deliveries(OUTAGE)


# How it is known.


@pytest.mark.parametrize(("seconds", "is_one"), [(0, False), (120, False), (121, True)])
async def test_a_gap_between_heartbeats_of_over_two_minutes_is_an_outage(
    house: House, seconds: int, is_one: bool
):
    began = house.now
    found = await away(house, began, began + timedelta(seconds=seconds))
    assert (found == Outage(began, house.now)) is is_one
    assert len(await house.rows(sa.select(outage_rows))) == is_one


async def test_the_first_start_of_all_is_no_outage(house: House):
    assert await house.database.write(outages.back_again, house.now) is None


async def test_a_heartbeat_of_the_future_is_no_outage(house: House):
    await house.database.write(outages.beat, house.now + DAY)
    assert await house.database.write(outages.back_again, house.now) is None
    assert await house.database.write(outages.back_again, house.now + 30 * MINUTE) is not None


async def test_of_several_processes_one_notes_an_outage_and_none_where_another_was_there(
    house: House,
):
    gap = 5 * MINUTE
    await house.database.write(outages.beat, house.now)
    house.now += gap
    back = [house.database.write(outages.absent, house.now, gap) for _ in range(3)]
    noted = [outage for outage in await asyncio.gather(*back) if outage]
    assert noted == [Outage(house.now - gap, house.now)]
    await house.database.write(outages.beat, house.now + gap - MINUTE)  # by the one that was there
    assert await house.database.write(outages.absent, house.now + gap, gap) is None
    assert len(await house.rows(sa.select(outage_rows))) == 1


# What becomes of a reminder by its age (the go is due on Saturday at 14:00).


@pytest.mark.parametrize("age", [10 * MINUTE, 47 * MINUTE, 6 * HOUR])
async def test_up_to_six_hours_late_a_reminder_is_still_sent(house: House, age: timedelta):
    await house.commitment(await house.person())
    await away(house, GO - HOUR, GO + age)
    [sent] = await house.send_due()
    assert sent.kind == GO_KIND
    assert house.now - sent.due_at == age  # what the text counts its minutes from
    assert await notice_rows(house) == []


@pytest.mark.parametrize(
    ("at", "last_sent_at"),
    [
        (time(9, 0), "2026-11-28 15:00"),
        (time(16, 0), "2026-11-28 22:00"),
        (time(18, 30), "2026-11-28 22:00"),
        (time(21, 30), "2026-11-28 22:30"),
        (time(23, 30), "2026-11-29 00:30"),
    ],
)
async def test_no_reminder_comes_once_its_day_is_over(house: House, at: time, last_sent_at: str):
    """Six hours, or until 22:00 of its day, but at least one hour."""
    await house.commitment(await house.person(), at=at)
    house.now = berlin(last_sent_at)
    assert await house.database.write(outages.expire, house.now, 500) == 0
    assert len(await house.claim()) == 1
    await house.database.write(settling.free_all, house.now)
    house.now += timedelta(seconds=1)
    assert await house.claim() == []
    assert await house.database.write(outages.expire, house.now, 500) == 1
    assert (await house.occasions())[0].excuse == "late"


async def test_later_than_that_it_is_set_aside_excused_and_told(house: House):
    anna = await house.person()
    commitment = await house.commitment(anna)
    outage = await away(house, GO - HOUR, GO + 6 * HOUR + MINUTE)
    assert outage is not None
    [late, *_] = await house.deliveries(GO_KIND)
    assert (late.state, late.reason) == (EXPIRED, "late")
    [occasion, *_] = await house.occasions(commitment)
    assert occasion.excuse == "late"
    [notice] = await notice_rows(house)
    assert notice.subject == outage.subject
    assert notice.about == outages.about(outage)
    told = await house.database.read(overviews.missed, anna, outage.began_at)
    assert [(each.title, day) for each, _, day in told] == [("Film", date(2026, 11, 28))]


async def test_one_notice_a_person_and_outage_however_much_was_missed(house: House):
    for person_id in (ANNA, BEN):
        person = await house.person(person_id)
        for hour in (9, 10, 11):
            await house.commitment(person, f"At {hour}", days=(WEDNESDAY, SATURDAY), at=time(hour))
    await away(house, berlin("2026-11-25 08:00"), berlin("2026-11-26 10:15"))
    rows = await notice_rows(house)
    assert sorted(row.person_id for row in rows) == [ANNA, BEN]
    missed = [row for row in await house.deliveries(GO_KIND) if row.state == EXPIRED]
    assert len(missed) == 6
    # the same outage, looked at once more, tells nobody twice
    await catch_up(house)
    assert len(await notice_rows(house)) == 2
    await away(house, berlin("2026-11-28 08:00"), berlin("2026-11-29 10:00"))
    assert len(await notice_rows(house)) == 4


async def test_a_notice_keeps_to_quiet_hours(house: House):
    await house.commitment(await house.person())
    await away(house, GO - HOUR, berlin("2026-11-29 03:00"))
    [notice] = await notice_rows(house)
    assert notice.due_at == berlin("2026-11-29 08:00")
    assert await house.send_due() == []
    house.now = notice.due_at
    assert [each.kind for each in await house.send_due()] == [OUTAGE]


async def test_in_the_day_a_notice_comes_at_once(house: House):
    await house.commitment(await house.person())
    await away(house, GO - HOUR, berlin("2026-11-29 11:00"))
    [notice] = await notice_rows(house)
    assert notice.due_at == house.now


# Presses that may be lost.


async def test_who_had_an_open_question_hears_of_an_outage_longer_than_presses_live(house: House):
    anna, ben = await house.person(ANNA), await house.person(BEN)
    await house.commitment(anna)
    await house.commitment(ben, days=(SUNDAY,))
    house.now = GO
    await house.send_due()
    await away(house, GO + 5 * MINUTE, GO + 8 * MINUTE)
    [notice] = await notice_rows(house)
    assert notice.person_id == ANNA
    asked = await house.database.read(overviews.open_prompts, anna, GO - DAY)
    assert [each.title for each, _, _ in asked] == ["Film"]


async def test_a_shorter_one_is_told_to_nobody(house: House):
    await house.commitment(await house.person())
    house.now = GO
    await house.send_due()
    outage = await away(house, GO + 5 * MINUTE, GO + 5 * MINUTE + timedelta(seconds=140))
    assert outage is not None
    assert await notice_rows(house) == []


@pytest.mark.parametrize("how", ["answered", "rested", "kept another way", "on holiday"])
async def test_a_question_that_is_idle_is_not_asked_again(house: House, how: str):
    anna = await house.person()
    commitment = await house.commitment(anna)
    house.now = GO
    [sent] = await house.send_due()
    assert sent.turn is not None
    if how == "answered":
        await house.database.write(answers.not_this_time, anna, sent.turn.id, house.now)
    elif how == "rested":
        await house.database.write(answers.rest_week, anna, sent.turn.id, house.now)
    elif how == "kept another way":
        week = (await house.occasions(commitment))[0].week
        await house.database.write(check_ins.fill_in, anna, commitment.id, week, house.now)
    else:
        await house.database.write(people.rest_until, anna, date(2026, 12, 5), house.now)
    await away(house, GO + 5 * MINUTE, GO + HOUR)
    assert await notice_rows(house) == []
    assert await house.database.read(overviews.open_prompts, await house.again(anna), GO) == []


async def test_whoever_missed_one_and_was_asked_another_is_told_once(house: House):
    anna = await house.person()
    await house.commitment(anna, at=time(9, 0))
    await house.commitment(anna, "Dinner", at=time(18, 30))
    house.now = berlin("2026-11-28 09:00")
    await house.send_due()
    await away(house, berlin("2026-11-28 18:00"), berlin("2026-11-28 23:30"))
    assert len(await notice_rows(house)) == 1


# Long ones.


async def test_after_three_weeks_no_week_is_missed_nobody_falls_silent_and_all_goes_on(
    house: House,
):
    anna = await house.person()
    commitment = await house.commitment(anna)
    await house.pass_time(berlin("2026-11-29 00:00"), step=6 * HOUR)
    [first, *_] = await house.occasions(commitment)
    await house.database.write(check_ins.did_it, anna, first.id, house.now)
    outage = await away(house, berlin("2026-11-30 12:00"), berlin("2026-12-23 12:00"))
    assert outage is not None
    assert outage.ended_at - outage.began_at > outages.AWAY
    [notice] = await notice_rows(house)  # one, and its text says no list: it is over 14 days
    rows = await house.occasions(commitment)
    past = [row for row in rows if row.go_at < house.now]
    assert [row.day for row in past] == [date(2026, 11, 28) + n * 7 * DAY for n in range(4)]
    assert [row.excuse for row in past] == [None, "late", "late", "late"]
    assert (await house.rows(sa.select(deliveries).where(deliveries.c.kind == weeks.LAPSE))) == []
    kept = await house.database.read(overviews.kept_of, anna, commitment, house.now)
    assert (kept.streak.run, kept.streak.best, kept.streak.to_mend) == (1, 1, 0)
    [coming, *_] = [row for row in await house.deliveries(GO_KIND) if row.state == PENDING]
    assert coming.due_at == berlin("2026-12-26 14:00")
    assert notice.state == PENDING


async def test_after_a_year_everything_is_there_in_good_time(house: House):
    for person_id in range(2000, 2010):
        person = await house.person(person_id)
        for number in range(5):
            await house.commitment(person, f"C {number}", days=(MONDAYS, SATURDAY))
    await away(house, berlin("2026-11-24 12:00"), berlin("2027-11-24 12:00"))
    assert len(await notice_rows(house)) == 10
    past = [row for row in await house.occasions() if row.go_at < house.now]
    assert len(past) == 10 * 5 * (53 + 52)
    assert {row.excuse for row in past} == {"late"}
    assert await house.database.write(outages.expire, house.now, 500) == 0


async def test_silence_is_not_broken_by_our_absence(house: House):
    anna = await house.person()
    commitment = await house.commitment(anna)
    await house.pass_time(berlin("2026-12-10 12:00"), step=6 * HOUR)
    lapses = await house.deliveries(weeks.LAPSE)
    assert len(lapses) == 1
    before = len(await notice_rows(house))
    await away(house, berlin("2026-12-10 12:00"), berlin("2027-01-10 12:00"))
    assert len(await notice_rows(house)) == before == 0
    silent = [
        row for row in await house.occasions(commitment) if row.go_at > berlin("2026-12-11 00:00")
    ]
    assert {row.excuse for row in silent} == {"silent"}


# Loss without an outage.


async def test_what_is_lost_days_after_an_outage_is_told_by_itself(house: House):
    anna = await house.person()
    await house.commitment(anna, days=(WEDNESDAY, SATURDAY))
    await away(house, berlin("2026-11-25 12:00"), berlin("2026-11-26 12:00"))
    assert len(await notice_rows(house)) == 1
    house.now = berlin("2026-11-28 21:00")  # their chat was held back by Telegram meanwhile
    await catch_up(house)
    assert len(await notice_rows(house)) == 2


async def test_what_a_pause_outlasts_is_set_aside_and_told_at_its_end(house: House):
    await house.commitment(await house.person())
    house.now = GO
    await house.settle(await house.claim_one(), outcomes.Wait(8 * 3600))
    house.now = GO + 7 * HOUR
    await house.database.write(outages.beat, house.now)
    assert await house.database.read(broken, house.now) == []
    assert await house.database.write(outages.expire, house.now, 500) == 0
    house.now = GO + 8 * HOUR + MINUTE
    assert await house.database.write(outages.expire, house.now, 500) == 1
    assert len(await notice_rows(house)) == 1


async def test_many_that_are_too_late_are_set_aside_in_bites(house: House):
    for person_id in range(2000, 2030):
        await house.commitment(await house.person(person_id), at=Part.MORNING)
    house.now = berlin("2026-11-28 16:00")
    bites = [await house.database.write(outages.expire, house.now, 12) for _ in range(4)]
    assert bites == [12, 12, 6, 0]
    assert len(await notice_rows(house)) == 30


WAYS_ROUND = ("hashjoin", "mergejoin", "material", "hashagg", "sort", "indexscan", "bitmapscan")
"""What PostgreSQL is kept from, so that it looks for the late ones anew for each row."""


async def test_a_bite_is_no_larger_where_the_database_looks_for_each_row_anew(house: House):
    def expire(tx: Tx) -> int:
        if tx.dialect.name == "postgresql":
            for way in WAYS_ROUND:
                tx.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        return outages.expire(tx, house.now, 3)

    for person_id in range(2000, 2010):
        await house.commitment(await house.person(person_id), at=Part.MORNING)
    house.now = berlin("2026-11-28 16:00")
    assert [await house.database.write(expire) for _ in range(5)] == [3, 3, 3, 1, 0]


async def test_more_people_than_a_statement_can_name_are_told(house: House):
    for person_id in range(2000, 2012):
        await house.person(person_id)
    everybody = [*range(2000, 2012), *range(10**6, 10**6 + 70_000)]  # most of them not there
    await house.database.write(notices.owe, everybody, "note", "x", house.now)
    assert len(await house.deliveries("note")) == 12


async def test_a_sent_reminder_is_not_excused(house: House):
    await house.commitment(await house.person())
    house.now = GO
    await house.send_due()
    await away(house, GO + MINUTE, GO + DAY)
    [occasion, *_] = await house.occasions()
    assert occasion.excuse is None
    [go, *_] = await house.deliveries(GO_KIND)
    assert go.state == SENT
