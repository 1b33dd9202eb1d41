"""The diary in the database: in order, in pages, searched, and every change undone."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from habits import check_ins, corrections, diary, edits
from habits.check_ins import CheckIn, Recorded
from habits.commitments import NotThere
from habits.corrections import Cleared
from habits.diary import Edited, Place
from habits.rules.commitment import Commitment, State
from habits.rules.person import Person
from habits.storage.tables import check_ins as rows
from habits.storage.tables import occasions
from tests.house import BEN, GO, House

DAYS = [date(2026, 11, 14) - week * timedelta(weeks=1) for week in range(7)]


async def filled_in(house: House, commitment: Commitment, *days: date) -> list[CheckIn]:
    """A check-in on each of these days, with the day as its note."""
    person, made = await house.person(commitment.person_id), []
    for day in days:
        week = person.week_of(day).first
        recorded = await house.database.write(
            check_ins.fill_in, person, commitment.id, week, house.now
        )
        assert isinstance(recorded, Recorded)
        mine = rows.c.id == recorded.check_in.id
        await house.change(sa.update(rows).where(mine).values(day=day, note=f"on {day}"))
        made.append(recorded.check_in)
    return made


async def one_entry(house: House) -> tuple[Person, CheckIn]:
    person = await house.person()
    [entry] = await filled_in(house, await house.commitment(person), DAYS[0])
    return person, entry


async def stands(house: House, person: Person, entry: CheckIn) -> CheckIn | None:
    return await house.database.read(check_ins.find, person, entry.id)


async def days_of(house: House, person: Person, at: Place | None) -> list[date]:
    page = await house.database.read(diary.page, person, at, 3)
    return [each.day for each in page.entries]


async def test_it_is_paged_newest_first_and_back_again(house: House):
    person = await house.person()
    await filled_in(house, await house.commitment(person), *DAYS)
    seen: list[date] = []
    page = await house.database.read(diary.page, person, None, 3)
    while True:
        seen += [each.day for each in page.entries]
        if page.older is None:
            break
        page = await house.database.read(diary.page, person, page.older, 3)
    assert seen == DAYS
    assert page.newer is not None
    page = await house.database.read(diary.page, person, page.newer, 3)
    assert [each.day for each in page.entries] == DAYS[3:6]
    assert page.newer is not None
    assert await days_of(house, person, page.newer) == DAYS[:3]
    assert (await house.database.read(diary.page, person, page.newer, 3)).newest


async def test_many_of_one_day_are_each_shown_once(house: House):
    person = await house.person()
    for title in ("Film", "Guitar"):
        commitment = await house.commitment(person, title)
        for _ in range(4):
            house.now += timedelta(seconds=1)
            await filled_in(house, commitment, DAYS[0])
    seen: list[int] = []
    at: Place | None = None
    while True:
        page = await house.database.read(diary.page, person, at, 3)
        seen += [each.id for each in page.entries]
        if (at := page.older) is None:
            break
    assert len(seen) == len(set(seen)) == 8


async def test_a_place_whose_entry_is_gone_is_its_day(house: House):
    person = await house.person()
    made = await filled_in(house, await house.commitment(person), *DAYS)
    await house.database.write(corrections.take_out, person, made[4].id, house.now)
    assert await days_of(house, person, Place(DAYS[4], made[4].id)) == DAYS[5:]


async def test_back_from_an_entry_of_the_newest_page_is_the_newest_page(house: House):
    person = await house.person()
    made = await filled_in(house, await house.commitment(person), *DAYS)
    assert await days_of(house, person, Place(DAYS[2], made[2].id)) == DAYS[:3]


async def test_what_was_archived_stays_in_it(house: House):
    person, entry = await one_entry(house)
    await house.database.write(
        edits.edit, person, entry.commitment.id, house.now, state=State.ARCHIVED
    )
    page = await house.database.read(diary.page, person, None, 3)
    assert [each.id for each in page.entries] == [entry.id]
    assert not page.promises


async def test_nobody_reads_or_changes_what_is_not_theirs(house: House):
    anna, entry = await one_entry(house)
    ben = await house.person(BEN)
    written, now = house.database.write, house.now
    edited = await written(diary.set_note, anna, entry.id, "Anna's", now)
    assert isinstance(edited, Edited)
    assert edited.change_id is not None
    assert (await house.database.read(diary.page, ben, None, 3)).entries == ()
    at = Place(entry.day, entry.id)
    assert (await house.database.read(diary.page, ben, at, 3)).entries == ()
    found = await house.database.read(diary.search, ben, "Anna", skip=0, count=3)
    assert found.entries == ()
    for outcome in (
        await written(diary.set_note, ben, entry.id, "Ben's", now),
        await written(diary.set_fulfilled, ben, entry.id, True, now),
        await written(diary.set_way, ben, entry.id, entry.commitment.ways[0].id, now),
        await written(diary.set_day, ben, entry.id, DAYS[0] - timedelta(days=1), now),
        await written(diary.undo, ben, edited.change_id),
        await written(corrections.take_out, ben, entry.id, now),
    ):
        assert isinstance(outcome, NotThere)
    assert await stands(house, anna, entry) == edited.check_in


@pytest.mark.parametrize(
    ("words", "holds"),
    [
        ("tea", True),
        ("TEA cafe", True),
        ("café", True),
        ("film", True),
        ("coffee", False),
        ("tea coffee", False),
        ("50%", True),
        ("%", True),
        ("_", False),
    ],
)
async def test_every_word_must_be_there_whatever_its_accents_and_capitals(
    house: House, words: str, holds: bool
):
    person, entry = await one_entry(house)
    await house.database.write(
        diary.set_note, person, entry.id, "Tea in a Café, 50% off", house.now
    )
    found = await house.database.read(diary.search, person, words, skip=0, count=3)
    assert bool(found.entries) == holds


async def test_what_is_found_is_paged(house: House):
    person = await house.person()
    await filled_in(house, await house.commitment(person), *DAYS)
    first = await house.database.read(diary.search, person, "2026-1", skip=0, count=5)
    rest = await house.database.read(diary.search, person, "2026-1", skip=5, count=5)
    assert [each.day for each in (*first.entries, *rest.entries)] == DAYS
    assert (first.more, rest.more) == (True, False)


async def test_each_change_is_undone_and_leaves_the_others(house: House):
    person, entry = await one_entry(house)
    before = await stands(house, person, entry)
    way = entry.commitment.ways[0].id
    await house.change(sa.update(rows).values(way_id=None))
    monday = DAYS[0] - timedelta(days=5)
    made = []
    for verb, value in (
        (diary.set_note, None),
        (diary.set_fulfilled, False),
        (diary.set_way, way),
        (diary.set_day, monday),
    ):
        edited = await house.database.write(verb, person, entry.id, value, house.now)
        assert isinstance(edited, Edited)
        made.append(edited)
        house.now += timedelta(minutes=1)
    changed = made[-1].check_in
    assert (changed.note, changed.fulfilled, changed.way_id, changed.day) == (
        None,
        False,
        way,
        monday,
    )
    assert made[0].change_id is not None
    undone = await house.database.write(diary.undo, person, made[0].change_id)
    assert isinstance(undone, CheckIn)
    assert (undone.note, undone.fulfilled, undone.day) == (f"on {DAYS[0]}", False, monday)
    for each in made[1:]:
        assert each.change_id is not None
        undone = await house.database.write(diary.undo, person, each.change_id)
    await house.change(sa.update(rows).values(way_id=way))
    assert await stands(house, person, entry) == before


async def test_twenty_taps_are_one_change_and_still_undone(house: House):
    person, entry = await one_entry(house)
    made = [
        await house.database.write(diary.set_fulfilled, person, entry.id, True, house.now)
        for _ in range(20)
    ]
    assert len({each.change_id for each in made if isinstance(each, Edited)}) == 1
    assert isinstance(made[-1], Edited)
    assert made[-1].change_id is not None
    undone = await house.database.write(diary.undo, person, made[-1].change_id)
    assert isinstance(undone, CheckIn)
    assert undone.fulfilled is None


async def test_the_day_stays_in_its_week_and_never_lies_ahead(house: House):
    person = await house.person()
    commitment = await house.commitment(person)
    house.now = GO
    recorded = await house.database.write(
        check_ins.did_it_unasked, person, commitment.id, house.now
    )
    assert isinstance(recorded, Recorded)
    entry = recorded.check_in
    possible = diary.possible_days(entry, person, house.now)
    assert possible == tuple(date(2026, 11, day) for day in range(23, 29))
    for day in (date(2026, 11, 22), date(2026, 11, 29)):
        outcome = await house.database.write(diary.set_day, person, entry.id, day, house.now)
        assert isinstance(outcome, NotThere)


async def test_what_was_taken_out_comes_back_as_it_was_with_its_occasion(house: House):
    person = await house.person()
    commitment = await house.commitment(person)
    house.now = GO
    [sent] = await house.send_due()
    assert sent.turn is not None
    recorded = await house.database.write(check_ins.did_it, person, sent.turn.id, house.now)
    assert isinstance(recorded, Recorded)
    entry = recorded.check_in
    await house.database.write(diary.set_note, person, entry.id, "With tea", house.now)
    kept, answers = await stands(house, person, entry), sa.select(occasions.c.answer)
    before = await house.rows(answers)
    out = await house.database.write(corrections.take_out, person, entry.id, house.now)
    assert isinstance(out, Cleared)
    assert out.change_id is not None
    assert await stands(house, person, entry) is None
    assert await house.rows(answers) != before
    await house.database.write(corrections.restore, person, out.change_id, house.now)
    assert await stands(house, person, entry) == kept
    assert await house.rows(answers) == before
    assert (await house.database.read(diary.page, person, None, 3)).promises
    assert commitment.id == entry.commitment.id
