"""Answers as they are stored: whose, for which occasion, in which week, how often."""

import asyncio
from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa

from habits import answers, check_ins, rounds
from habits.answers import Noted
from habits.check_ins import CheckIn, Recorded
from habits.commitments import NotThere
from habits.reminders import CANCELLED, PENDING, SENT
from habits.rounds import Later, Postponed
from habits.rules.commitment import Commitment
from habits.rules.person import Person
from habits.rules.schedule import FRIDAY, SATURDAY, SUNDAY, WEDNESDAY
from habits.rules.touch import GO as GO_KIND
from habits.storage.tables import check_ins as rows
from habits.storage.tables import metadata
from tests.house import BEN, GO, House, berlin

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)


async def reminded(house: House, **schedule) -> tuple[Person, Commitment, int]:
    """Somebody who was reminded just now, and the occasion's id."""
    person = await house.person()
    commitment = await house.commitment(person, **schedule)
    house.now = GO
    [sent] = await house.send_due()
    assert sent.turn is not None
    return person, commitment, sent.turn.id


async def test_twenty_taps_at_once_make_one_check_in(house: House):
    person, _, occasion = await reminded(house)
    taps = [house.database.write(check_ins.did_it, person, occasion, house.now) for _ in range(20)]
    found = await asyncio.gather(*taps)
    assert all(isinstance(each, Recorded) for each in found)
    assert sum(not each.again for each in found) == 1
    assert len({each.check_in.id for each in found}) == 1
    assert len(await house.rows(sa.select(rows))) == 1


async def test_a_tap_months_later_belongs_to_its_occasions_week(house: House):
    person, _, occasion = await reminded(house)
    recorded = await house.database.write(check_ins.did_it, person, occasion, GO + 10 * WEEK)
    assert isinstance(recorded, Recorded)
    assert (recorded.check_in.week, recorded.check_in.day) == (
        date(2026, 11, 23),
        date(2026, 11, 28),
    )


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-28 23:59", date(2026, 11, 28)),
        ("2026-11-29 00:40", date(2026, 11, 28)),
        ("2026-11-29 03:59", date(2026, 11, 28)),
        ("2026-11-29 04:00", date(2026, 11, 29)),
    ],
)
async def test_a_persons_day_ends_at_four(house: House, moment: str, day: date):
    person = await house.person()
    commitment = await house.commitment(person)
    recorded = await house.database.write(
        check_ins.did_it_unasked, person, commitment.id, berlin(moment)
    )
    assert isinstance(recorded, Recorded)
    assert recorded.check_in.day == day


async def test_unasked_it_takes_the_earliest_open_occasion_up_to_that_day(house: House):
    person = await house.person()
    commitment = await house.commitment(person, days=(WEDNESDAY, FRIDAY, SUNDAY))
    [wednesday, friday, sunday, *_] = await house.occasions(commitment)
    at = berlin("2026-11-27 20:00")
    for _ in range(3):
        await house.database.write(check_ins.did_it_unasked, person, commitment.id, at)
    found = [row.occasion_id for row in await house.rows(sa.select(rows).order_by(rows.c.made_at))]
    assert sorted(found, key=str) == sorted([wednesday.id, friday.id, None], key=str)
    assert (await house.occasions(commitment))[2].answer is None
    assert sunday.answer is None


async def test_in_a_week_off_it_is_kept_for_the_diary_and_counts_nowhere(house: House):
    person = await house.person()
    commitment = await house.commitment(person, every=2)
    recorded = await house.database.write(
        check_ins.did_it_unasked, person, commitment.id, berlin("2026-12-02 20:00")
    )
    assert isinstance(recorded, Recorded)
    assert not recorded.counts


async def test_an_answer_silences_the_remaining_touches_and_its_undo_wakes_them(house: House):
    person, _, occasion = await reminded(house)
    await house.database.write(check_ins.did_it, person, occasion, house.now)
    assert [row.state for row in await house.deliveries("follow_up")] == [CANCELLED]
    undone = await house.database.write(answers.unanswer, person, occasion, house.now)
    assert isinstance(undone, Noted)
    assert await house.rows(sa.select(rows)) == []
    assert [row.state for row in await house.deliveries("follow_up")] == [PENDING]


async def test_a_done_one_stays_done_when_no_is_tapped_on_an_older_message(house: House):
    person, commitment, occasion = await reminded(house)
    await house.database.write(check_ins.did_it, person, occasion, house.now)
    await house.database.write(answers.not_this_time, person, occasion, house.now)
    assert (await house.occasions(commitment))[0].answer == "done"
    assert len(await house.rows(sa.select(rows))) == 1


async def test_after_no_it_can_still_be_done(house: House):
    person, commitment, occasion = await reminded(house)
    await house.database.write(answers.not_this_time, person, occasion, house.now)
    assert (await house.occasions(commitment))[0].answer == "didnt"
    await house.database.write(check_ins.did_it, person, occasion, house.now)
    assert (await house.occasions(commitment))[0].answer == "done"


async def test_rest_erases_no_check_in(house: House):
    person, commitment, occasion = await reminded(house)
    await house.database.write(check_ins.did_it, person, occasion, house.now)
    await house.database.write(answers.rest_week, person, occasion, house.now)
    assert len(await house.rows(sa.select(rows))) == 1
    assert (await house.occasions(commitment))[0].answer == "done"


# Later.


@pytest.mark.parametrize(
    ("later", "at"),
    [
        (Later.HOUR, "2026-11-28 15:00"),
        (Later.EVENING, "2026-11-28 18:30"),
        (Later.TOMORROW, "2026-11-29 14:00"),
    ],
)
async def test_later_adds_one_round_and_never_moves_the_series(house: House, later: Later, at: str):
    person, _, occasion = await reminded(house)
    before = [row.due_at for row in await house.deliveries(GO_KIND)]
    for _ in range(3):  # tapped again it moves, and adds no more
        postponed = await house.database.write(rounds.postpone, person, occasion, later, house.now)
    assert isinstance(postponed, Postponed)
    assert postponed.at == berlin(at)
    goes = await house.deliveries(GO_KIND)
    assert sorted(row.due_at for row in goes) == sorted([*before, berlin(at)])
    assert [(row.state, row.reason) for row in await house.deliveries("follow_up")] == [
        (CANCELLED, "later")
    ]
    house.now = berlin(at)
    [sent] = await house.send_due()
    assert (sent.kind, sent.round) == (GO_KIND, 1)


async def test_a_second_round_after_the_first_was_sent_is_a_third_message(house: House):
    person, _, occasion = await reminded(house)
    for number in (1, 2):
        await house.database.write(rounds.postpone, person, occasion, Later.HOUR, house.now)
        house.now += HOUR
        [sent] = await house.send_due()
        assert sent.round == number


async def test_later_late_on_sunday_keeps_the_week_open_for_a_day_after_it(house: House):
    person = await house.person()
    commitment = await house.commitment(person, days=(SUNDAY,), at=time(18, 0))
    house.now = berlin("2026-11-29 18:00")
    await house.send_due()
    [occasion, *_] = await house.occasions(commitment)
    await house.database.write(rounds.postpone, person, occasion.id, Later.TOMORROW, house.now)
    assert (await house.occasions(commitment))[0].settles_at == berlin("2026-12-01 18:00")


async def test_an_answer_silences_the_round_that_was_still_to_come(house: House):
    person, _, occasion = await reminded(house)
    await house.database.write(rounds.postpone, person, occasion, Later.HOUR, house.now)
    await house.database.write(check_ins.did_it, person, occasion, house.now)
    assert [row.state for row in await house.deliveries(GO_KIND) if row.round] == [CANCELLED]


# Whose it is.


async def snapshot(house: House) -> list[object]:
    return [await house.rows(sa.select(table)) for table in metadata.sorted_tables]


async def test_a_strangers_taps_change_nothing_and_are_told_nothing(house: House):
    anna, _, occasion = await reminded(house, days=(SATURDAY,))
    mine = await house.database.write(check_ins.did_it, anna, occasion, house.now)
    assert isinstance(mine, Recorded)
    ben = await house.person(BEN)
    before = await snapshot(house)
    their_taps = [
        (check_ins.did_it, ben, occasion, house.now),
        (answers.not_this_time, ben, occasion, house.now),
        (answers.rest_week, ben, occasion, house.now),
        (answers.unanswer, ben, occasion, house.now),
        (rounds.postpone, ben, occasion, Later.HOUR, house.now),
        (check_ins.set_way, ben, mine.check_in.id, 1),
        (check_ins.set_note, ben, mine.check_in.id, "x"),
        (check_ins.remove, ben, mine.check_in.id, house.now),
        (check_ins.add_way_to, ben, mine.check_in.id, "x"),
        (check_ins.did_it_unasked, ben, mine.check_in.commitment.id, house.now),
        (check_ins.fill_in, ben, mine.check_in.commitment.id, date(2026, 11, 23), house.now),
    ]
    unknown = [(verb, ben, 123456789, *rest[2:]) for verb, *rest in their_taps]
    for verb, *arguments in [*their_taps, *unknown]:
        assert await house.database.write(verb, *arguments) == NotThere(), verb
    assert (
        await house.database.write(check_ins.set_fulfilled, ben, mine.check_in.id, fulfilled=True)
        == NotThere()
    )
    assert await snapshot(house) == before


async def test_what_is_told_afterwards_belongs_to_the_check_in(house: House):
    person, commitment, occasion = await reminded(house)
    recorded = await house.database.write(check_ins.did_it, person, occasion, house.now)
    assert isinstance(recorded, Recorded)
    number = recorded.check_in.id
    await house.database.write(check_ins.set_fulfilled, person, number, fulfilled=True)
    await house.database.write(check_ins.set_note, person, number, "with Mia")
    told = await house.database.read(check_ins.find, person, number)
    assert isinstance(told, CheckIn)
    assert (told.fulfilled, told.note, told.way_id) == (True, "with Mia", commitment.ways[0].id)
    again = await house.database.write(check_ins.did_it, person, occasion, house.now)
    assert isinstance(again, Recorded)
    assert again.check_in == told
    assert {row.state for row in await house.deliveries(GO_KIND)} == {SENT, PENDING}
