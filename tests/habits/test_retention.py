"""What is not kept for ever, and what is."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from habits import check_ins, people, retention
from habits.reminders import CANCELLED, EXPIRED, FAILED, PENDING, SENDING, SENT
from habits.storage.tables import changes, deliveries, outages
from habits.storage.tables import check_ins as check_in_rows
from habits.storage.tables import commitments as commitment_rows
from habits.storage.tables import occasions as occasion_rows
from habits.storage.tables import people as people_rows
from tests.house import ANNA, BEN, GO, House

DAY = timedelta(days=1)


async def forget_deliveries(house: House, now: datetime) -> None:
    """Page by page, as the timetable does it."""
    last: int | None = 0
    while last is not None:
        last = await house.database.write(retention.forget_deliveries, now, last, 2)


async def test_delivery_details_go_after_ninety_days_and_what_is_owed_stays(house: House):
    await house.commitment(await house.person())
    [row, *_] = await house.deliveries()
    for number, state in enumerate((SENT, EXPIRED, FAILED, CANCELLED, PENDING, SENDING)):
        values = {**row._mapping, "id": 10**9 + number, "round": 1 + number, "state": state}
        await house.change(sa.insert(deliveries).values(values))
    await house.change(sa.delete(deliveries).where(deliveries.c.round == 0))
    await forget_deliveries(house, row.due_at + 90 * DAY)
    assert len(await house.deliveries()) == 6
    await forget_deliveries(house, row.due_at + 91 * DAY)
    assert {each.state for each in await house.deliveries()} == {PENDING, SENDING}


async def test_check_ins_and_occasions_live_as_long_as_the_person(house: House):
    anna = await house.person()
    commitment = await house.commitment(anna)
    house.now = GO
    await house.send_due()
    [occasion, *_] = await house.occasions(commitment)
    await house.database.write(check_ins.did_it, anna, occasion.id, house.now)
    before = [await house.rows(sa.select(table)) for table in (check_in_rows, occasion_rows)]
    await house.database.write(retention.forget_old, GO + 3650 * DAY)
    after = [await house.rows(sa.select(table)) for table in (check_in_rows, occasion_rows)]
    assert before == after
    assert before[0]


async def test_outages_go_after_ninety_days(house: House):
    await house.change(sa.insert(outages).values(began_at=GO - DAY, ended_at=GO))
    await house.database.write(retention.forget_old, GO + 90 * DAY)
    assert len(await house.rows(sa.select(outages))) == 1
    await house.database.write(retention.forget_old, GO + 91 * DAY)
    assert await house.rows(sa.select(outages)) == []


async def test_what_undoes_a_change_goes_after_ninety_days(house: House):
    anna = await house.person()
    commitment = await house.commitment(anna)
    values = {
        "id": 1,
        "person_id": anna.id,
        "commitment_id": commitment.id,
        "before": {},
        "made_at": GO,
    }
    await house.change(sa.insert(changes).values(values))
    await house.database.write(retention.forget_old, GO + 90 * DAY)
    assert len(await house.rows(sa.select(changes))) == 1
    await house.database.write(retention.forget_old, GO + 91 * DAY)
    assert await house.rows(sa.select(changes)) == []


async def test_who_blocked_us_is_forgotten_a_year_after_they_did(house: House):
    """However long ago we had noted their name: they may have been here every day until then."""
    for person_id in (ANNA, BEN):
        await house.commitment(await house.person(person_id))
    blocked_at = house.now + 700 * DAY
    await house.database.write(people.out_of_reach, BEN, "blocked", blocked_at)
    await house.database.write(retention.forget_old, blocked_at + 365 * DAY)
    assert len(await house.rows(sa.select(people_rows))) == 2
    await house.database.write(retention.forget_old, blocked_at + 366 * DAY)
    assert [row.id for row in await house.rows(sa.select(people_rows))] == [ANNA]
    left = await house.rows(sa.select(commitment_rows.c.person_id).distinct())
    assert left == [(ANNA,)]


async def test_whoever_is_within_reach_is_kept_however_quiet(house: House):
    await house.commitment(await house.person())
    await house.database.write(retention.forget_old, GO + 3650 * DAY)
    assert len(await house.rows(sa.select(people_rows))) == 1
