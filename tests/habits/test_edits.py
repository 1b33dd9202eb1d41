"""Edits: what stands, what is laid out afresh, what never changes, what undo brings back."""

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
import sqlalchemy as sa

from habits import answers, check_ins, commitments, edits, occasions, people
from habits.edits import Changed, Elsewhere
from habits.reminders import next_go
from habits.rules.commitment import MOST_COMMITMENTS, State
from habits.rules.schedule import Part, Schedule
from habits.storage.rows import person_of
from habits.storage.tables import deliveries
from tests.habits.one_commitment import ANNA, SATURDAY, House, berlin, empty_database


@pytest.fixture
def house() -> Iterator[House]:
    """It is Wednesday 25 November 2026, noon in Berlin."""
    engine = empty_database()
    with engine.connect() as tx:
        yield House(tx, berlin("2026-11-25 12:00"))
    engine.dispose()


def test_a_new_day_of_this_week_takes_the_old_ones_place(house: House):
    house.begin(SATURDAY)
    changed = house.edit(schedule=Schedule((7,), Part.EVENING))
    assert house.days() == ["11-29", "12-06"]
    assert changed.next_go == berlin("2026-11-29 18:30")


def test_where_the_new_schedule_has_no_day_left_this_week_the_old_one_stands(house: House):
    house.begin(SATURDAY)
    changed = house.edit(schedule=Schedule((1,), time(19, 0)))
    assert house.days() == ["11-28", "11-30"]
    assert changed.next_go == berlin("2026-11-28 14:00")
    assert house.row("11-30").go_at == berlin("2026-11-30 19:00")
    house.edit(schedule=Schedule((2,), time(19, 0)))  # and it goes on standing
    assert house.days() == ["11-28", "12-01"]


def test_an_occasion_that_stays_keeps_its_id_so_that_its_buttons_work(house: House):
    house.begin(SATURDAY)
    before = house.row("11-28").id
    house.edit(schedule=Schedule((6,), time(20, 15)))
    after = house.row("11-28")
    assert (after.id, after.go_at) == (before, berlin("2026-11-28 20:15"))
    assert house.touches()[0].due_at == berlin("2026-11-28 20:15")


def test_a_reminder_that_has_left_is_not_asked_again_for_its_day(house: House):
    house.begin(SATURDAY)
    house.go_on(berlin("2026-11-28 15:00"))
    house.edit(schedule=Schedule((6,), Part.EVENING))
    assert [(str(t.day), t.state) for t in house.touches()][:1] == [("2026-11-28", "sent")]
    assert house.row("11-28").go_at == berlin("2026-11-28 14:00")
    assert house.row("12-05").go_at == berlin("2026-12-05 18:30")


@pytest.mark.parametrize("state", ["sending", "sent"])
def test_a_reminder_that_leaves_keeps_its_day_and_the_next_ones_are_new(house: House, state: str):
    house.begin(SATURDAY)
    house.go_on(berlin("2026-11-28 13:59"))  # a moment before it was claimed
    [leaving, *_] = house.touches()
    this_one = deliveries.c.id == leaving.id
    house.tx.execute(sa.update(deliveries).where(this_one).values(state=state))
    [leaving, *_] = house.touches()
    house.edit(schedule=Schedule((7,), Part.EVENING))
    this_week = house.row("11-28")
    assert (this_week.id, this_week.go_at) == (leaving.occasion_id, berlin("2026-11-28 14:00"))
    assert house.touches()[0] == leaving
    assert house.days()[:3] == ["11-28", "11-29", "12-06"]
    assert house.row("11-29").go_at == berlin("2026-11-29 18:30")


def test_a_kept_week_stays_kept_when_more_is_asked_for(house: House):
    house.begin(Schedule((3,), time(13, 0)))
    house.go_on(berlin("2026-11-25 14:00"))
    check_ins.did_it(house.tx, house.person, house.row("11-25").id, house.now)
    changed = house.edit(schedule=Schedule((3, 5, 6), time(13, 0), target=3))
    assert {row.target for row in house.rows() if row.week == date(2026, 11, 23)} == {1}
    assert changed.next_go == berlin("2026-12-02 13:00")


def test_a_past_week_is_never_rewritten(house: House):
    house.begin(SATURDAY)
    house.go_on(berlin("2026-12-10 12:00"))
    past = [row for row in house.rows() if row.week < date(2026, 12, 7)]
    house.edit(schedule=Schedule((1, 4), time(7, 0), target=2))
    house.edit(state=State.PAUSED)
    house.edit(state=State.ACTIVE)
    assert [row for row in house.rows() if row.week < date(2026, 12, 7)] == past
    assert len(past) == 2


def test_every_second_week_begins_with_the_first_occasions_week(house: House):
    house.begin(Schedule((1,), time(19, 0), every=2))  # this Monday has passed
    house.go_on(berlin("2026-12-31 12:00"))
    assert house.days() == ["11-30", "12-14", "12-28"]


def test_another_number_of_weeks_restarts_from_the_current_one(house: House):
    house.begin(SATURDAY)
    house.edit(schedule=Schedule((6,), Part.AFTERNOON, every=3))
    house.go_on(berlin("2027-01-10 12:00"))
    assert house.days() == ["11-28", "12-19", "01-09"]


def test_the_next_reminder_is_told_weeks_before_it_is_laid_out(house: House):
    house.begin(Schedule((6,), Part.AFTERNOON, every=4))
    assert house.days() == ["11-28"]
    house.go_on(berlin("2026-11-29 12:00"))
    assert next_go(house.tx, house.person, house.commitment) == berlin("2026-12-26 14:00")
    people.rest_until(house.tx, house.person, date(2026, 12, 27), house.now)
    assert next_go(house.tx, house.person, house.commitment) == berlin("2027-01-23 14:00")
    house.edit(state=State.PAUSED)
    assert next_go(house.tx, house.person, house.commitment) is None


def test_undo_brings_back_the_rhythm_with_its_weeks(house: House):
    house.begin(Schedule((6,), Part.AFTERNOON, every=2))
    house.go_on(berlin("2026-12-02 12:00"))  # a week off
    changed = house.edit(schedule=Schedule((6,), Part.AFTERNOON, every=3))
    assert changed.next_go == berlin("2026-12-05 14:00")
    undone = edits.undo(house.tx, house.person, changed.change_id or 0, house.now)
    assert isinstance(undone, Changed)
    assert undone.next_go == berlin("2026-12-12 14:00")
    assert house.days() == ["11-28", "12-12"]


def test_undo_takes_back_one_change_and_leaves_the_later_ones(house: House):
    house.begin(SATURDAY)
    named = house.edit(title="Cinema")
    house.edit(schedule=Schedule((7,), Part.AFTERNOON))
    edits.undo(house.tx, house.person, named.change_id or 0, house.now)
    assert house.commitment.title == "Film"
    assert house.commitment.schedule.days == (7,)


def test_undo_twice_is_undo_once_and_undo_can_be_undone(house: House):
    house.begin(SATURDAY)
    named = house.edit(title="Cinema")
    for _ in range(2):
        house.now += timedelta(seconds=1)
        undone = edits.undo(house.tx, house.person, named.change_id or 0, house.now)
    assert isinstance(undone, Changed)
    assert house.commitment.title == "Film"
    edits.undo(house.tx, house.person, undone.change_id or 0, house.now)
    assert house.commitment.title == "Cinema"


def test_a_pause_rests_the_open_week_and_its_undo_takes_the_rest_back(house: House):
    house.begin(Schedule((5, 7), time(13, 0), target=2))
    house.go_on(berlin("2026-11-27 15:00"))
    paused = house.edit(state=State.PAUSED)
    assert house.days() == ["11-27"]
    assert paused.next_go is None
    undone = edits.undo(house.tx, house.person, paused.change_id or 0, house.now)
    assert isinstance(undone, Changed)
    assert undone.next_go == berlin("2026-11-29 13:00")
    assert {row.due for row in house.rows()} == {True}


def test_resuming_in_the_same_week_asks_again_and_the_week_cannot_be_missed(house: House):
    house.begin(Schedule((5, 7), time(13, 0), target=2))
    house.go_on(berlin("2026-11-27 15:00"))
    house.edit(state=State.PAUSED)
    resumed = house.edit(state=State.ACTIVE)
    assert resumed.next_go == berlin("2026-11-29 13:00")
    assert {row.due for row in house.rows() if row.week == date(2026, 11, 23)} == {False}


def test_a_rest_that_was_asked_for_outlasts_a_pause(house: House):
    house.begin(Schedule((5, 7), time(13, 0), target=2))
    house.go_on(berlin("2026-11-27 15:00"))
    answers.rest_week(house.tx, house.person, house.row("11-27").id, house.now)
    paused = house.edit(state=State.PAUSED)
    undone = edits.undo(house.tx, house.person, paused.change_id or 0, house.now)
    assert isinstance(undone, Changed)
    assert undone.next_go == berlin("2026-12-04 13:00")


def test_undoing_an_old_pause_leaves_the_week_it_rested_alone(house: House):
    house.begin(Schedule((3,), time(13, 0)))
    house.go_on(berlin("2026-11-25 15:00"))
    paused = house.edit(state=State.PAUSED)
    house.go_on(berlin("2026-12-24 15:00"))
    edits.undo(house.tx, house.person, paused.change_id or 0, house.now)
    assert check_ins.anything_in(house.tx, house.person, house.commitment, date(2026, 11, 23))
    assert house.days() == ["11-25", "12-30"]


def test_resuming_begins_anew_with_the_next_occasion(house: House):
    house.begin(Schedule((6,), Part.AFTERNOON, every=4))
    house.edit(state=State.PAUSED)
    house.go_on(berlin("2026-12-02 12:00"))
    assert house.edit(state=State.ACTIVE).next_go == berlin("2026-12-05 14:00")


def test_a_week_begun_half_over_is_not_due(house: House):
    house.begin(Schedule((1, 6), time(13, 0), target=2))
    assert [(row.due, row.target) for row in house.rows()][:2] == [(False, 1), (True, 2)]
    house.edit(schedule=Schedule((1, 6), time(19, 0), target=2))
    assert [(row.due, row.target) for row in house.rows()][:2] == [(False, 1), (True, 2)]


def test_two_devices_do_not_overwrite_each_other(house: House):
    house.begin(SATURDAY)
    house.edit(version=1, title="Cinema")
    found = edits.edit(
        house.tx, house.person, house.id, house.now, version=1, schedule=Schedule((7,))
    )
    assert isinstance(found, Elsewhere)
    assert found.commitment.title == "Cinema"
    assert found.commitment.schedule.days == (6,)


def test_twenty_taps_on_one_button_are_one_change(house: House):
    house.begin(SATURDAY)
    first = house.edit(version=1, schedule=Schedule((7,)))
    for _ in range(19):
        again = house.edit(version=1, schedule=Schedule((7,)))
    assert again.change_id == first.change_id
    assert house.commitment.version == 2


def test_nobody_edits_what_is_not_theirs(house: House):
    house.begin(SATURDAY)
    mine = house.edit(title="Cinema")
    people.meet(house.tx, 1002, "Ben", "en", house.now)
    ben = person_of(house.tx, 1002)
    assert ben is not None
    theirs = edits.edit(house.tx, ben, house.id, house.now, title="Mine")
    assert isinstance(theirs, commitments.NotThere)
    undone = edits.undo(house.tx, ben, mine.change_id or 0, house.now)
    assert isinstance(undone, commitments.NotThere)
    assert house.commitment.title == "Cinema"


def test_an_archived_one_does_not_come_back_as_the_fifty_first(house: House):
    house.begin(SATURDAY)
    archived = house.edit(state=State.ARCHIVED)
    for _ in range(MOST_COMMITMENTS):
        commitments.commit(house.tx, house.person, "Walk", ["A walk"], SATURDAY, house.now)
    full = commitments.TooMany(MOST_COMMITMENTS)
    assert edits.edit(house.tx, house.person, house.id, house.now, state=State.ACTIVE) == full
    assert edits.undo(house.tx, house.person, archived.change_id or 0, house.now) == full


def test_a_plan_is_asked_once_a_week_whatever_is_edited(house: House):
    house.begin(SATURDAY)
    people.set_touches(house.tx, house.person, house.now, plan=True)
    house.go_on(berlin("2026-11-26 20:00"))  # Thursday, 18:30 has passed
    house.edit(schedule=Schedule((7,), Part.EVENING))
    asked = [str(touch.day) for touch in house.touches("plan")]
    assert asked == ["2026-12-06"]


def test_laying_out_ends_with_many_who_have_no_zone(house: House):
    people.meet(house.tx, ANNA, "Anna", "en", house.now)
    commitments.commit(house.tx, house.person, "Film", ["A film"], SATURDAY, house.now)
    assert occasions.lay_out_due(house.tx, house.now, 1) == 0


def test_laying_out_leaves_nobody_short_on_any_weekday(house: House):
    house.begin(SATURDAY)
    for hours in range(24 * 15):
        now = house.now + timedelta(hours=hours)
        occasions.lay_out_due(house.tx, now, 1)
        assert occasions.lay_out_due(house.tx, now, 1) == 0
