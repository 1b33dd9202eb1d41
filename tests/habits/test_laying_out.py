"""From schedules to rows: each occasion once, at the right instant, in every zone and year."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
import sqlalchemy as sa

from habits import commitments, occasions, people
from habits.reminders import PENDING
from habits.rules.commitment import Commitment
from habits.rules.person import Person
from habits.rules.schedule import SATURDAY, SUNDAY, Part, Schedule
from habits.rules.touch import GO as GO_KIND
from habits.rules.week import DAY, WEEK, weeks_between
from habits.rules.zone import zone_named
from habits.storage.database import Tx, connect
from habits.storage.tables import commitments as commitment_rows
from habits.storage.tables import deliveries
from habits.storage.tables import occasions as occasion_rows
from habits.storage.tables import people as people_rows
from habits.weeks_ahead import week_of_occasions
from tests.house import MONDAY, House

YEARS = (date(2026, 1, 1), date(2037, 12, 31))
EVERY_DAY = tuple(range(1, 8))
CLOCK_TIMES = [
    time(0, 0),
    time(0, 30),
    time(1, 30),
    time(2, 0),
    time(2, 30),
    time(3, 0),
    time(23, 30),
]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def zones() -> list[ZoneInfo]:
    found = [zone_named(name) for name in sorted(available_timezones())]
    return [zone for zone in found if zone is not None]


def changes(zone: ZoneInfo) -> Iterator[date]:
    """The local dates on which the clocks of a zone are changed."""
    noon = datetime(YEARS[0].year, 1, 1, 12, tzinfo=zone)
    before = noon.utcoffset()
    while noon.date() < YEARS[1]:
        noon += DAY
        if (after := noon.utcoffset()) != before:
            yield noon.date()
            before = after


def right_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Found in another way than the rule finds it: by trying which instants show that time.

    The first that does; where the clock skips it, as much later as the clock skips.
    """
    wall = datetime.combine(day, at)
    around = [
        datetime.combine(day + n * DAY, time(12), tzinfo=zone).utcoffset() or timedelta(0)
        for n in (-1, 0, 1)
    ]
    showing = [
        instant
        for offset in around
        if (instant := (wall - offset).replace(tzinfo=UTC)).astimezone(zone).replace(tzinfo=None)
        == wall
    ]
    return min(showing) if showing else (wall - around[0]).replace(tzinfo=UTC)


def test_every_change_of_every_zones_clocks_until_2037_has_one_go_a_day_at_the_right_instant():
    weeks_seen = 0
    for zone in zones():
        person = Person(1, "Anna", zone=zone)
        dates = list(changes(zone))
        for at in CLOCK_TIMES:
            commitment = promise(Schedule(EVERY_DAY, at, 1, 7))
            for change in dates:
                week = person.week_of(change)
                rows = week_of_occasions(person, commitment, week)
                assert [row["day"] for row in rows] == list(week.days)
                instants = [row["go_at"] for row in rows]
                assert instants == [right_instant(day, at, zone) for day in week.days], (zone, at)
                assert instants == sorted(set(instants))
                weeks_seen += 1
    assert weeks_seen > 20_000


def promise(schedule: Schedule) -> Commitment:
    return Commitment(
        1, 1, "Film", schedule, date(2020, 1, 6), LONG_AGO, date(2020, 1, 6), LONG_AGO
    )


def test_no_week_of_twelve_years_is_left_out_in_any_zone():
    for zone in zones()[::5]:
        person = Person(1, "Anna", zone=zone)
        commitment = promise(Schedule((SATURDAY, SUNDAY), time(2, 30), 1, 2))
        days = [
            row["day"]
            for week in weeks_between(*YEARS, person.beginnings)
            for row in week_of_occasions(person, commitment, week)
        ]
        assert len(days) == len(set(days))
        assert (days[-1] - days[0]).days // 7 * 2 + 2 == len(days)
        assert {day.isoweekday() for day in days} == {SATURDAY, SUNDAY}


SAMPLE = [
    "Europe/Berlin",
    "America/New_York",
    "Africa/Cairo",  # changes at midnight
    "Australia/Lord_Howe",  # by half an hour
    "Pacific/Kiritimati",  # the first to have a day
    "Pacific/Pago_Pago",  # the last to have it
    "Asia/Tehran",  # its weeks begin on Saturday
    "Pacific/Chatham",
]


async def test_a_year_through_the_database_has_each_go_once_at_the_right_instant(house: House):
    for number, name in enumerate(SAMPLE):
        person = await house.person(2000 + number, ZoneInfo(name))
        await house.commitment(person, days=(SATURDAY, SUNDAY), at=time(2, 30))
    for _ in range(53):
        house.now += WEEK
        await house.lay_out()
    rows = await house.rows(
        sa.select(occasion_rows.c.person_id, occasion_rows.c.day, deliveries.c.due_at)
        .join(deliveries, deliveries.c.occasion_id == occasion_rows.c.id)
        .where(deliveries.c.kind == GO_KIND)
        .order_by(deliveries.c.due_at)
    )
    for number, name in enumerate(SAMPLE):
        mine = {row.day: row.due_at for row in rows if row.person_id == 2000 + number}
        assert len(mine) == sum(row.person_id == 2000 + number for row in rows)
        for day, due in mine.items():
            assert due == right_instant(day, time(2, 30), ZoneInfo(name)), (name, day)
        days = sorted(mine)
        assert days[-1] >= (house.now + 8 * DAY).date() - 7 * DAY
        weekend = [
            day
            for n in range((days[-1] - days[0]).days + 1)
            if (day := days[0] + n * DAY).isoweekday() >= SATURDAY
        ]
        assert days == weekend


# How far, and how often.


@pytest.mark.parametrize("name", ["Pacific/Kiritimati", "Europe/Berlin", "Pacific/Pago_Pago"])
async def test_at_any_hour_at_least_eight_days_lie_laid_out(house: House, name: str):
    person = await house.person(zone=ZoneInfo(name))
    await house.commitment(person, days=EVERY_DAY, at=time(23, 59))
    for _ in range(24 * 15):
        house.now += timedelta(hours=1)
        await house.lay_out()
        last = (await house.rows(sa.select(sa.func.max(occasion_rows.c.day))))[0][0]
        assert last >= (house.now.astimezone(person.zone) + 8 * DAY).date()


async def test_laying_out_again_changes_nothing(house: House):
    await house.commitment(await house.person(), days=EVERY_DAY)
    await house.lay_out()
    before = [await house.deliveries(), await house.occasions()]
    await house.lay_out()
    assert [await house.deliveries(), await house.occasions()] == before
    assert await house.database.write(occasions.lay_out_due, house.now, 500) == 0


async def test_two_that_lay_out_at_once_lay_out_each_occasion_once(
    house: House, database_url: sa.URL
):
    for person_id in range(2000, 2040):
        await house.commitment(await house.person(person_id))
    other = connect(database_url)
    later = house.now + 3 * WEEK
    await asyncio.gather(
        *(each.write(occasions.lay_out_due, later, 7) for each in (house.database, other) * 4)
    )
    while await other.write(occasions.lay_out_due, later, 500):
        pass
    other.close()
    found = [(row.commitment_id, row.day) for row in await house.occasions()]
    assert len(found) == len(set(found))
    goes = [row.occasion_id for row in await house.deliveries(GO_KIND)]
    assert sorted(goes) == sorted(row.id for row in await house.occasions())
    days = {day for _, day in found}
    assert {date(2026, 11, 28) + n * WEEK for n in range(4)} <= days


async def test_whoever_has_no_zone_yet_is_not_looked_at_for_ever(house: House):
    def without_zone(tx) -> None:
        person = people.meet(tx, 1, "Anna", "en", house.now).person
        commitments.commit(tx, person, "Film", ["Film"], Schedule(), house.now)

    await house.database.write(without_zone)
    assert await house.database.write(occasions.lay_out_due, house.now, 500) == 0
    assert await house.occasions() == []
    await house.person(1)
    assert len(await house.occasions()) >= 1


async def test_an_occasion_and_its_reminder_are_there_together_or_not_at_all(house: House):
    commitment = await house.commitment(await house.person(), days=EVERY_DAY)
    said: list[str] = []

    def refuse(*event: Any) -> None:
        said.append(event[2])
        if event[2].startswith("UPDATE commitments SET laid_until"):
            raise RuntimeError("half way")

    def fails_half_way(tx: Tx) -> None:
        sa.event.listen(tx, "before_cursor_execute", refuse)
        occasions.lay_out_due(tx, house.now + 4 * WEEK, 500)

    before = [await house.deliveries(), await house.occasions()]
    with pytest.raises(RuntimeError, match="half way"):
        await house.database.write(fails_half_way)
    assert any(each.startswith("INSERT INTO occasions") for each in said)
    assert [await house.deliveries(), await house.occasions()] == before
    house.now += 4 * WEEK
    await house.lay_out()
    laid_out = await house.occasions(commitment)
    days = [row.day for row in laid_out]
    assert days == [days[0] + n * DAY for n in range(len(days))]
    assert days[-1] >= (house.now + 8 * DAY).date()
    assert {row.occasion_id for row in await house.deliveries(GO_KIND)} == {
        row.id for row in laid_out
    }


@pytest.mark.parametrize("every", [1, 2, 3, 4])
async def test_every_so_many_weeks_keeps_its_rhythm_for_a_year(house: House, every: int):
    commitment = await house.commitment(await house.person(), every=every)
    for _ in range(52):
        house.now += WEEK
        await house.lay_out()
    days = [row.day for row in await house.occasions(commitment)]
    assert days[0] == date(2026, 11, 28)
    assert {(later - earlier).days for earlier, later in pairwise(days)} == {7 * every}


async def test_what_rests_is_laid_out_silenced_so_that_no_week_is_forgotten(house: House):
    person = await house.person()
    await house.database.write(people.rest_until, person, date(2027, 1, 10), house.now)
    commitment = await house.commitment(await house.again(person), at=Part.EVENING)
    for _ in range(8):
        house.now += WEEK
        await house.lay_out()
    rows = await house.occasions(commitment)
    resting = [row for row in rows if row.day < date(2027, 1, 10)]
    assert {row.excuse for row in resting} == {"holiday"}
    assert {row.excuse for row in rows if row not in resting} == {None}
    goes = {row.occasion_id: row.state for row in await house.deliveries(GO_KIND)}
    assert {goes[row.id] for row in resting} == {"cancelled"}
    assert {goes[row.id] for row in rows if row not in resting} == {PENDING}


async def test_nothing_is_laid_out_for_what_is_paused_or_archived(house: House):
    await house.commitment(await house.person())
    for state in ("paused", "archived"):
        await house.change(sa.update(commitment_rows).values(state=state))
        count = await house.database.write(occasions.lay_out_due, MONDAY + 9 * WEEK, 500)
        assert count == 0


async def test_who_is_out_of_reach_has_their_weeks_laid_out_as_rest(house: House):
    commitment = await house.commitment(await house.person())
    await house.change(sa.update(people_rows).values(reachable="blocked"))
    house.now += 4 * WEEK
    await house.lay_out()
    later = [row for row in await house.occasions(commitment) if row.day > date(2026, 12, 10)]
    assert {row.excuse for row in later} == {"silent"}
    goes = {row.occasion_id: (row.state, row.reason) for row in await house.deliveries(GO_KIND)}
    assert {goes[row.id] for row in later} == {("cancelled", "blocked")}
