"""Planning one week: another day, another way; the series never moves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from habits import check_ins, commitments, people, plans
from habits.plans import DayGone, Planned, TooLate
from habits.reminders import next_go
from habits.rules.schedule import Part, Schedule
from tests.habits.one_commitment import SATURDAY, House, berlin, empty_database

SUNDAY = date(2026, 11, 29)


@pytest.fixture
def house() -> Iterator[House]:
    """It is Wednesday 25 November 2026, noon in Berlin."""
    engine = empty_database()
    with engine.connect() as tx:
        yield House(tx, berlin("2026-11-25 12:00"))
    engine.dispose()


def put(house: House, turn: str, day: date) -> Planned:
    outcome = plans.put_on(house.tx, house.person, house.row(turn).id, day, house.now)
    assert isinstance(outcome, Planned), outcome
    return outcome


def left(house: House, turn: str) -> list[str]:
    outcome = plans.look_with_days(house.tx, house.person, house.row(turn).id, house.now)
    assert isinstance(outcome, tuple)
    return [f"{day:%m-%d}" for day in outcome[1]]


def test_one_turn_moves_with_its_reminder_and_the_series_stays(house: House):
    house.begin(SATURDAY)
    planned = put(house, "11-28", SUNDAY)
    assert planned.at == berlin("2026-11-29 14:00")
    assert house.days() == ["11-29", "12-05"]
    assert house.touches()[0].due_at == berlin("2026-11-29 14:00")
    assert next_go(house.tx, house.person, house.commitment) == berlin("2026-11-29 14:00")
    house.go_on(berlin("2026-12-07 12:00"))
    assert house.days()[:3] == ["11-29", "12-05", "12-12"]


def test_the_days_left_are_those_without_a_turn_of_their_own(house: House):
    house.begin(Schedule((4, 6), time(11, 0), target=2))
    assert left(house, "11-28") == ["11-27", "11-29"]  # today 11:00 has passed, Thursday is taken
    put(house, "11-28", SUNDAY)
    assert left(house, "11-26") == ["11-27"]  # and Saturday stays free to go back to


def test_going_back_leaves_no_trace(house: House):
    house.begin(SATURDAY)
    before = house.rows()
    put(house, "11-28", SUNDAY)
    turn, way = house.row("11-29").id, house.commitment.ways[0].id
    plans.choose_way(house.tx, house.person, turn, way, house.now)
    plans.same(house.tx, house.person, turn, house.now)
    assert house.rows() == before


def test_a_turn_moved_to_a_day_that_has_gone_is_told_what_is_left(house: House):
    house.begin(SATURDAY)
    turn = house.row("11-28").id
    gone = plans.put_on(house.tx, house.person, turn, date(2026, 11, 24), house.now)
    assert isinstance(gone, DayGone)
    assert len(gone.days) == 4
    outside = plans.put_on(house.tx, house.person, turn, date(2026, 12, 1), house.now)
    assert isinstance(outside, DayGone)


def test_nothing_is_planned_once_the_reminder_has_left_or_was_answered(house: House):
    house.begin(Schedule((4, 6), time(11, 0), target=2))
    house.go_on(berlin("2026-11-26 12:00"))
    first, second = house.row("11-26").id, house.row("11-28").id
    for turn in (first, second):
        check_ins.did_it(house.tx, house.person, turn, house.now)
        outcome = plans.put_on(house.tx, house.person, turn, SUNDAY, house.now)
        assert isinstance(outcome, TooLate)


def test_a_moved_turn_outlives_an_edit_of_the_time(house: House):
    house.begin(SATURDAY)
    put(house, "11-28", SUNDAY)
    house.edit(schedule=Schedule((6,), Part.EVENING))
    assert house.days() == ["11-29", "12-05"]
    assert house.row("11-29").go_at == berlin("2026-11-29 18:30")


def test_also_once_the_schedules_own_day_has_passed(house: House):
    house.begin(Schedule((4, 7), time(11, 0), target=2))
    put(house, "11-26", date(2026, 11, 28))
    house.go_on(berlin("2026-11-27 12:00"))
    house.edit(schedule=Schedule((4, 7), time(15, 0), target=2))
    assert house.days()[:2] == ["11-28", "11-29"]
    assert house.row("11-28").go_at == berlin("2026-11-28 15:00")


def test_a_moved_turn_that_was_asked_is_not_asked_again_on_its_own_day(house: House):
    house.begin(SATURDAY)
    put(house, "11-28", date(2026, 11, 26))
    house.go_on(berlin("2026-11-27 12:00"))
    house.edit(schedule=Schedule((6,), Part.EVENING))
    assert house.days()[:2] == ["11-26", "12-05"]


def test_two_moved_turns_go_home_when_the_schedule_takes_their_days(house: House):
    house.begin(Schedule((4, 5), Part.EVENING, target=2))
    put(house, "11-26", date(2026, 11, 28))
    put(house, "11-27", SUNDAY)
    house.edit(schedule=Schedule((4, 5, 6, 7), Part.EVENING, target=4))
    assert house.days()[:4] == ["11-26", "11-27", "11-28", "11-29"]
    assert len(house.touches()) == len(house.rows())


def test_a_moved_turn_keeps_its_day_in_another_zone(house: House):
    house.begin(SATURDAY)
    put(house, "11-28", SUNDAY)
    people.set_zone(house.tx, house.person, ZoneInfo("America/New_York"), house.now)
    assert house.days()[0] == "11-29"
    assert house.touches()[0].due_at == berlin("2026-11-29 20:00")  # 14:00 in New York


def test_a_way_is_chosen_for_one_week_and_left_open_again(house: House):
    house.begin(SATURDAY)
    way = house.commitment.ways[1]
    turn = house.row("11-28").id
    chosen = plans.choose_way(house.tx, house.person, turn, way.id, house.now)
    assert isinstance(chosen, Planned)
    assert chosen.way == way
    assert house.row("11-28").way_id == way.id
    plans.choose_way(house.tx, house.person, turn, None, house.now)
    assert house.row("11-28").way_id is None


def test_only_a_way_that_is_offered_can_be_chosen(house: House):
    house.begin(SATURDAY)
    commitments.retire_way(house.tx, house.person, house.id, house.commitment.ways[1].id)
    turn, retired = house.row("11-28").id, house.commitment.ways[1].id
    outcome = plans.choose_way(house.tx, house.person, turn, retired, house.now)
    assert isinstance(outcome, commitments.NotThere)


def test_a_smaller_version_is_kept_with_its_turn_and_taken_back(house: House):
    house.begin(SATURDAY)
    turn = house.row("11-28").id
    plans.make_smaller(house.tx, house.person, turn, "one chapter", house.now)
    assert [row.smaller for row in house.rows()] == ["one chapter", None]
    house.edit(schedule=Schedule((6,), Part.EVENING))
    assert house.row("11-28").smaller == "one chapter"
    plans.make_smaller(house.tx, house.person, turn, None, house.now)
    assert house.row("11-28").smaller is None


def test_of_a_turn_of_somebody_else_nothing_is_planned(house: House):
    house.begin(SATURDAY)
    turn = house.row("11-28").id
    people.meet(house.tx, 1002, "Ben", "en", house.now)
    ben = people.set_zone(
        house.tx, replace(house.person, id=1002, name="Ben"), ZoneInfo("Europe/Berlin"), house.now
    )
    outcome = plans.make_smaller(house.tx, ben, turn, "mine", house.now)
    assert isinstance(outcome, commitments.NotThere)
    assert house.row("11-28").smaller is None
