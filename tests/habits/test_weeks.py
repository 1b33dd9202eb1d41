"""Settling weeks; silence after two that nobody answered, and its end."""

from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa

from habits import answers, check_ins, commitments, overviews, people, weeks
from habits.outcomes import Refused
from habits.reminders import CANCELLED, PENDING, SENT
from habits.rules.commitment import Commitment
from habits.rules.person import Person
from habits.rules.schedule import FRIDAY, SATURDAY, SUNDAY
from habits.rules.schedule import MONDAY as MONDAYS
from habits.rules.touch import GO as GO_KIND
from habits.rules.week import Verdict, verdict
from habits.storage.rows import commitment_of
from habits.storage.tables import occasions
from tests.house import GO, House, berlin

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
STEP = 6 * HOUR
AFTER_TWO = berlin("2026-12-08 06:00")
"""The second week has been settled: its Sunday was over a day and six hours ago."""


async def promised(house: House, **schedule) -> tuple[Person, Commitment]:
    person = await house.person()
    return person, await house.commitment(person, **schedule)


async def settled(house: House, commitment: Commitment) -> list[bool]:
    return [row.settled for row in await house.occasions(commitment)]


async def verdicts(house: House, person: Person, commitment: Commitment) -> list[Verdict]:
    records = await house.database.read(overviews.records, person, commitment, house.now)
    return [verdict(each) for each in records]


async def silent_since(house: House, commitment: Commitment):
    found = await house.database.read(commitment_of, commitment.person_id, commitment.id)
    assert found is not None
    return found.silent_since


# When a week is settled.


@pytest.mark.parametrize(
    ("days", "at", "settles"),
    [
        ((SATURDAY,), time(14, 0), "2026-12-01 00:00"),  # a day after its end
        ((SUNDAY,), time(14, 0), "2026-12-01 00:00"),  # its follow-up comes on Sunday, 20:30
        ((SUNDAY,), time(18, 30), "2026-12-01 09:30"),  # its follow-up comes on Monday, 09:30
    ],
)
async def test_a_week_is_settled_a_day_after_its_end_or_its_last_touch(
    house: House, days: tuple[int, ...], at: time, settles: str
):
    _, commitment = await promised(house, days=days, at=at)
    moment = berlin(settles)
    assert await house.database.write(weeks.settle_due, moment - HOUR, 100) == 0
    assert await house.database.write(weeks.settle_due, moment, 100) == 1
    assert (await settled(house, commitment))[0]
    assert await house.database.write(weeks.settle_due, moment, 100) == 0


async def test_an_open_week_is_missed_only_once_it_is_settled(house: House):
    person, commitment = await promised(house)
    await house.pass_time(berlin("2026-11-30 23:00"), STEP)
    assert (await verdicts(house, person, commitment))[0] is Verdict.OPEN
    await house.pass_time(berlin("2026-12-01 05:00"), STEP)
    assert (await verdicts(house, person, commitment))[0] is Verdict.MISSED


async def test_a_late_answer_still_changes_a_settled_week(house: House):
    person, commitment = await promised(house)
    await house.pass_time(berlin("2026-12-03 12:00"), STEP)
    [first, *_] = await house.occasions(commitment)
    await house.database.write(check_ins.did_it, person, first.id, house.now)
    assert (await verdicts(house, person, commitment))[0] is Verdict.KEPT


# Silence.


async def test_after_two_ignored_weeks_one_notice_and_then_silence(house: House):
    person, commitment = await promised(house)
    await house.pass_time(berlin("2026-12-07 12:00"), STEP)
    assert await house.deliveries(weeks.LAPSE) == []
    assert await silent_since(house, commitment) is None
    await house.pass_time(AFTER_TWO, STEP)
    assert await silent_since(house, commitment) is not None
    await house.pass_time(AFTER_TWO + 6 * WEEK, STEP)
    [notice] = await house.deliveries(weeks.LAPSE)
    assert notice.state == SENT
    assert notice.about == {"commitment": commitment.id}
    goes = await house.deliveries(GO_KIND)
    assert [row.state for row in goes[:2]] == [SENT, SENT]
    assert {(row.state, row.reason) for row in goes[2:]} == {(CANCELLED, "silent")}
    assert len(goes) > 6
    assert await verdicts(house, person, commitment) == [
        *[Verdict.MISSED] * 2,
        *[Verdict.REST] * 7,
    ]


async def test_the_notice_keeps_to_quiet_hours(house: House):
    await promised(house)
    await house.pass_time(berlin("2026-12-08 00:00"), STEP)
    [notice] = await house.deliveries(weeks.LAPSE)
    assert notice.due_at == berlin("2026-12-08 08:00")


@pytest.mark.parametrize("answer", ["not this time", "rest", "did it", "another day"])
async def test_any_answer_in_the_two_weeks_is_a_sign_of_life(house: House, answer: str):
    person, commitment = await promised(house)
    await house.pass_time(berlin("2026-12-05 18:00"), STEP)
    [_, second, *_] = await house.occasions(commitment)
    match answer:
        case "not this time":
            await house.database.write(answers.not_this_time, person, second.id, house.now)
        case "rest":
            await house.database.write(answers.rest_week, person, second.id, house.now)
        case "did it":
            await house.database.write(check_ins.did_it, person, second.id, house.now)
        case "another day":
            await house.database.write(
                check_ins.did_it_unasked, person, commitment.id, berlin("2026-12-06 12:00")
            )
    await house.pass_time(AFTER_TWO, STEP)
    assert await silent_since(house, commitment) is None
    assert await house.deliveries(weeks.LAPSE) == []


async def test_a_first_week_that_is_not_due_is_not_counted_as_ignored(house: House):
    """Promised on Saturday evening for Fridays and Saturdays: nothing of this week lies ahead."""
    house.now = berlin("2026-11-28 12:00")
    person, commitment = await promised(house, days=(FRIDAY, SATURDAY))
    [first, *_] = await house.occasions(commitment)
    assert not first.due
    await house.pass_time(AFTER_TWO, STEP)
    assert await silent_since(house, commitment) is None
    await house.pass_time(AFTER_TWO + WEEK, STEP)
    assert await silent_since(house, commitment) is not None
    assert (await verdicts(house, person, commitment))[0] is Verdict.FREE


async def test_a_week_whose_reminder_we_lost_is_neutral_and_not_ignored(house: House):
    person, commitment = await promised(house)
    house.now = GO
    owed = await house.claim_one()
    await house.settle(owed, Refused("first"))
    house.now += HOUR
    await house.let_chats_rest()
    await house.settle(await house.claim_one(), Refused("and plain"))
    await house.pass_time(AFTER_TWO, STEP)
    assert await silent_since(house, commitment) is None
    assert (await verdicts(house, person, commitment))[:2] == [Verdict.NEUTRAL, Verdict.MISSED]


async def test_of_several_days_the_last_one_settles_the_week(house: House):
    """Sunday evening's follow-up comes on Monday: until a day after it the week is open."""
    _, commitment = await promised(house, days=(FRIDAY, SUNDAY), at=time(18, 30))
    await house.pass_time(berlin("2026-12-08 06:00"), STEP)
    assert (await settled(house, commitment))[2:4] == [True, False]
    assert await silent_since(house, commitment) is None
    await house.pass_time(berlin("2026-12-08 12:00"), STEP)
    assert await silent_since(house, commitment) is not None


async def test_each_commitment_falls_silent_for_itself(house: House):
    person, film = await promised(house)
    walk = await house.commitment(person, "Walk", days=(SUNDAY,))
    for week in range(2):
        await house.pass_time(berlin("2026-11-29 18:00") + week * WEEK, STEP)
        occasion = (await house.occasions(walk))[week]
        await house.database.write(check_ins.did_it, person, occasion.id, house.now)
    await house.pass_time(AFTER_TWO, STEP)
    assert await silent_since(house, film) is not None
    assert await silent_since(house, walk) is None
    [notice] = await house.deliveries(weeks.LAPSE)
    assert notice.about == {"commitment": film.id}


async def test_a_check_in_ends_the_silence_and_the_next_reminder_comes(house: House):
    person, commitment = await promised(house)
    await house.pass_time(AFTER_TWO + WEEK, STEP)
    person = await house.again(person)
    recorded = await house.database.write(
        check_ins.did_it_unasked, person, commitment.id, house.now
    )
    assert isinstance(recorded, check_ins.Recorded)
    assert recorded.back  # the warmest words of all
    assert await silent_since(house, commitment) is None
    await house.pass_time(berlin("2026-12-27 18:00"), STEP)
    goes = {row.due_at: row.state for row in await house.deliveries(GO_KIND)}
    assert goes[berlin("2026-12-19 14:00")] == CANCELLED  # its week is kept already
    assert goes[berlin("2026-12-26 14:00")] == SENT


async def test_back_from_silence_two_more_ignored_weeks_bring_one_more_notice(house: House):
    person, commitment = await promised(house)
    await house.pass_time(AFTER_TWO, STEP)
    await house.database.write(commitments.wake, await house.again(person), house.now)
    assert await silent_since(house, commitment) is None
    await house.pass_time(AFTER_TWO + WEEK, STEP)
    assert await silent_since(house, commitment) is None
    await house.pass_time(AFTER_TWO + 3 * WEEK, STEP)
    assert await silent_since(house, commitment) is not None
    assert len(await house.deliveries(weeks.LAPSE)) == 2


# Holidays.


async def test_weeks_under_a_holiday_rest_and_it_ends_by_itself(house: House):
    person, commitment = await promised(house)
    await house.pass_time(berlin("2026-11-25 12:00"), STEP)
    await house.database.write(people.rest_until, person, date(2026, 12, 10), house.now)
    await house.pass_time(berlin("2026-12-20 18:00"), STEP)
    person = await house.again(person)
    found = await verdicts(house, person, commitment)
    assert found == [Verdict.REST, Verdict.REST, Verdict.MISSED, Verdict.OPEN]
    goes = await house.deliveries(GO_KIND)
    assert [(row.state, row.reason) for row in goes[:2]] == [(CANCELLED, "rest")] * 2
    assert goes[2].state == SENT
    assert await house.deliveries(weeks.LAPSE) == []


async def test_a_holiday_taken_back_wakes_what_still_lies_ahead(house: House):
    person, commitment = await promised(house)
    await house.database.write(people.rest_until, person, date(2026, 12, 10), house.now)
    person = await house.again(person)
    await house.database.write(people.end_rest, person, house.now)
    [first, *_] = await house.deliveries(GO_KIND)
    assert (first.state, first.reason) == (PENDING, None)
    assert (await house.occasions(commitment))[0].excuse is None


async def test_an_every_other_week_is_ignored_after_its_second_turn(house: House):
    _, commitment = await promised(house, every=2)
    await house.pass_time(AFTER_TWO, STEP)
    assert await silent_since(house, commitment) is None  # the second week was off
    await house.pass_time(AFTER_TWO + WEEK, STEP)
    assert await silent_since(house, commitment) is not None


async def test_settling_in_bites_settles_everything(house: House):
    for person_id in range(2000, 2010):
        await house.commitment(await house.person(person_id), days=(MONDAYS, SATURDAY))
    later = berlin("2026-12-02 00:00")
    bites = [await house.database.write(weeks.settle_due, later, 8) for _ in range(4)]
    assert bites == [8, 8, 4, 0]
    left = sa.select(sa.func.count()).where(~occasions.c.settled, occasions.c.settles_at <= later)
    assert await house.rows(left) == [(0,)]
