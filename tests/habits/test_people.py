"""People: met, moved, out of reach, back again, forgotten."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from habits import check_ins, conversations, people
from habits.conversations import Conversation
from habits.reminders import CANCELLED, PENDING, SENT
from habits.rules.schedule import SATURDAY, Part
from habits.rules.touch import GO as GO_KIND
from habits.storage.database import Tx
from habits.storage.tables import metadata
from habits.storage.tables import people as people_rows
from tests.house import ANNA, BEN, GO, MONDAY, House, berlin

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


async def test_who_writes_first_is_met_once(house: House):
    for name in ("Anna", "Anna", "Änne"):
        met = await house.database.write(people.meet, ANNA, name, "en", house.now)
        assert not met.back
    [row] = await house.rows(sa.select(people_rows))
    assert (row.name, row.zone, row.reachable) == ("Änne", None, "yes")


async def test_who_comes_back_is_told_so_and_reminded_again(house: House):
    anna = await house.person()
    await house.commitment(anna)
    await house.database.write(people.out_of_reach, ANNA, "blocked", house.now)
    assert {row.state for row in await house.deliveries(GO_KIND)} == {CANCELLED}
    met = await house.database.write(people.meet, ANNA, "Anna", "en", house.now)
    assert met.back
    assert {row.state for row in await house.deliveries(GO_KIND)} == {PENDING}
    assert {row.excuse for row in await house.occasions()} == {None}


async def test_weeks_out_of_reach_pass_as_rest_and_are_not_caught_up(house: House):
    anna = await house.person()
    commitment = await house.commitment(anna)
    await house.database.write(people.out_of_reach, ANNA, "blocked", house.now)
    house.now += 3 * WEEK
    await house.lay_out()
    await house.database.write(people.meet, ANNA, "Anna", "en", house.now)
    assert await house.send_due() == []
    for row in await house.occasions(commitment):
        assert row.excuse == ("silent" if row.go_at <= house.now else None)


# Another zone.


async def test_in_a_new_zone_clock_times_are_kept(house: House):
    anna = await house.person()
    await house.commitment(anna, at=Part.EVENING)
    await house.database.write(people.set_zone, anna, ZoneInfo("America/New_York"), house.now)
    [go, *_] = await house.deliveries(GO_KIND)
    assert go.due_at.astimezone(ZoneInfo("America/New_York")).time() == time(18, 30)
    assert go.due_at.astimezone(ZoneInfo("America/New_York")).date() == date(2026, 11, 28)


async def test_a_go_that_a_new_zone_puts_into_the_past_leaves_at_once_and_only_once(
    house: House,
):
    anna = await house.person()
    commitment = await house.commitment(anna)
    house.now = berlin("2026-11-28 11:00")
    moved = await house.database.write(
        people.set_zone, anna, ZoneInfo("Asia/Tokyo"), house.now
    )  # 19:00 there; 14:00 is over
    [sent] = await house.send_due()
    assert sent.turn is not None
    assert sent.turn.commitment.id == commitment.id
    await house.database.write(people.set_zone, moved, ZoneInfo("Europe/Berlin"), house.now)
    house.now = GO
    assert GO_KIND not in [each.kind for each in await house.send_due()]
    assert [row.state for row in await house.deliveries(GO_KIND)].count(SENT) == 1


async def test_at_night_there_it_leaves_when_quiet_hours_end(house: House):
    anna = await house.person()
    await house.commitment(anna)
    house.now = berlin("2026-11-28 13:30")  # 01:30 on Sunday in Auckland
    await house.database.write(people.set_zone, anna, ZoneInfo("Pacific/Auckland"), house.now)
    assert await house.send_due() == []
    [go, *_] = await house.deliveries(GO_KIND)
    assert go.due_at.astimezone(ZoneInfo("Pacific/Auckland")).time() == time(8, 0)


@pytest.mark.parametrize(
    "journey",
    [
        ["Asia/Tokyo", "America/Los_Angeles", "Europe/Berlin"],
        ["Pacific/Auckland", "Pacific/Pago_Pago"],
    ],
)
async def test_no_journey_doubles_or_skips_a_turn(house: House, journey: list[str]):
    anna = await house.person()
    commitment = await house.commitment(anna, days=(SATURDAY,), at=time(12, 0))
    for number in range(40):
        await house.pass_time(house.now + 13 * HOUR, step=HOUR)
        name = journey[number % len(journey)]
        anna = await house.database.write(
            people.set_zone, await house.again(anna), ZoneInfo(name), house.now
        )
        for row in await house.occasions(
            commitment
        ):  # a sign of life, so that we do not fall silent
            if row.answer is None and row.go_at < house.now - 20 * HOUR:
                await house.database.write(check_ins.did_it, anna, row.id, house.now)
    past = [row for row in await house.occasions(commitment) if row.go_at < house.now - 24 * HOUR]
    days = [row.day for row in past]
    assert days == [date(2026, 11, 28) + n * WEEK for n in range(len(days))]
    goes = [row for row in await house.deliveries(GO_KIND) if row.round == 0]
    sent = [row.occasion_id for row in goes if row.state == SENT]
    assert len(sent) == len(set(sent))
    assert {row.id for row in past} <= set(sent)


# Forgotten.


async def everything_of(house: House, person_id: int) -> list[tuple[str, object]]:
    """Every row of every table in which the id stands, in whatever column."""

    def search(tx: Tx) -> list[tuple[str, object]]:
        return [
            (table.name, tuple(row))
            for table in metadata.sorted_tables
            for row in tx.execute(sa.select(table))
            if any(str(person_id) in str(value) for value in row)
        ]

    return await house.database.read(search)


async def test_whoever_leaves_leaves_nothing_behind_and_takes_nothing_of_others(house: House):
    long_id, other = 7_215_551_001, 7_215_551_002
    for person_id in (long_id, other):
        person = await house.person(person_id)
        await house.commitment(person)
        await house.database.write(
            conversations.keep, person_id, Conversation("asked", {"who": person_id}), house.now
        )
    house.now = GO
    await house.send_due()
    for occasion in await house.occasions():
        person = await house.again(await house.person(occasion.person_id))
        if occasion.go_at <= house.now:
            await house.database.write(check_ins.did_it, person, occasion.id, house.now)
    await house.database.write(
        people.rest_until, await house.person(long_id), date(2026, 12, 31), house.now
    )
    theirs = await everything_of(house, other)
    assert {name for name, _ in await everything_of(house, long_id)} >= {
        "people",
        "commitments",
        "ways",
        "occasions",
        "check_ins",
        "deliveries",
        "holidays",
        "conversations",
        "week_beginnings",
    }
    assert await house.database.write(people.forget, long_id)
    assert await everything_of(house, long_id) == []
    assert await everything_of(house, other) == theirs
    assert not await house.database.write(people.forget, long_id)


async def test_who_begins_anew_begins_with_nothing(house: House):
    await house.commitment(await house.person())
    await house.database.write(people.forget, ANNA)
    met = await house.database.write(people.meet, ANNA, "Anna", "en", MONDAY)
    assert met.person.zone is None
    assert not met.back
    assert await house.occasions() == []
    assert (await house.person(BEN)).id == BEN
