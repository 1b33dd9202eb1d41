"""A schedule says on which days of a week it asks, and when."""

from datetime import date, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habits.rules.schedule import (
    FRIDAY,
    MONDAY,
    SATURDAY,
    SUNDAY,
    Part,
    Parts,
    Schedule,
    clock_time,
    occasion_days,
)
from habits.rules.week import Beginning, Week, change_beginning, week_of, weeks_between

DAY = timedelta(days=1)
PHASE = date(2026, 3, 2)
"""A Monday."""
FROM_MONDAY = (Beginning(PHASE, MONDAY),)

weekdays = st.integers(1, 7)
several_days = st.sets(weekdays, min_size=1).map(sorted).map(tuple)


def plain_week(number):
    return Week(PHASE + 7 * number * DAY, PHASE + 7 * (number + 1) * DAY)


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (Part.MORNING, time(9, 0)),
        (Part.AFTERNOON, time(14, 0)),
        (Part.EVENING, time(18, 30)),
        (time(18, 15), time(18, 15)),
    ],
)
def test_parts_of_the_day_have_a_time_and_exact_times_stay(at, expected):
    assert clock_time(at, Parts()) == expected


def test_each_person_can_move_the_parts_of_their_day():
    early = Parts(time(6, 30), time(12, 0), time(17, 0))
    assert [clock_time(part, early) for part in Part] == [time(6, 30), time(12, 0), time(17, 0)]


def test_days_joined_by_and_are_each_asked_for():
    schedule = Schedule(days=(FRIDAY, SATURDAY), target=2)
    assert occasion_days(schedule, plain_week(0), PHASE) == (date(2026, 3, 6), date(2026, 3, 7))


def test_days_joined_by_or_are_asked_for_on_the_first():
    schedule = Schedule(days=(SATURDAY, SUNDAY), once=True)
    assert occasion_days(schedule, plain_week(0), PHASE) == (date(2026, 3, 7),)
    from_sunday = Week(date(2026, 3, 1), date(2026, 3, 8))
    assert occasion_days(schedule, from_sunday, PHASE) == (date(2026, 3, 1),)


@given(st.integers(1, 4), st.integers(-60, 60), several_days, st.booleans())
def test_it_asks_in_every_nth_week_from_the_phase_in_both_directions(every, number, chosen, once):
    schedule = Schedule(days=chosen, every=every, once=once)
    asked = occasion_days(schedule, plain_week(number), PHASE)
    assert len(asked) == (0 if number % every else 1 if once else len(chosen))
    assert list(asked) == sorted(asked)
    assert all(day in plain_week(number) and day.isoweekday() in chosen for day in asked)


@given(st.integers(1, 4), st.integers(-20, 20), st.integers(-20, 20), several_days)
def test_any_week_in_which_it_asks_gives_the_same_phase(every, number, turns, chosen):
    schedule = Schedule(days=chosen, every=every)
    other_phase = PHASE + 7 * every * turns * DAY
    week = plain_week(number)
    assert occasion_days(schedule, week, PHASE) == occasion_days(schedule, week, other_phase)


def asked_through(schedule, changes):
    """Return what is asked for while weeks come to begin on another day again and again."""
    today, beginnings = PHASE, FROM_MONDAY
    for days_later, weekday in changes:
        today += days_later * DAY
        beginnings = change_beginning(beginnings, weekday, today)
    weeks = weeks_between(PHASE - 200 * DAY, today + 200 * DAY, beginnings)
    return [day for week in weeks for day in occasion_days(schedule, week, PHASE)]


changes_of_weekday = st.lists(st.tuples(st.integers(0, 60), weekdays), max_size=6)


@given(changes_of_weekday, several_days)
def test_weekly_days_are_all_asked_for_when_the_first_weekday_changes(changes, chosen):
    asked = asked_through(Schedule(days=chosen), changes)
    first, last = asked[0], asked[-1]
    every_day = [first + n * DAY for n in range((last - first).days + 1)]
    assert asked == [day for day in every_day if day.isoweekday() in chosen]


@given(changes_of_weekday, weekdays, st.integers(1, 4))
def test_one_day_keeps_its_rhythm_when_the_first_weekday_changes(changes, chosen, every):
    asked = asked_through(Schedule(days=(chosen,), every=every), changes)
    assert {(after - before).days for before, after in pairwise(asked)} == {7 * every}


@given(changes_of_weekday, several_days, st.integers(2, 4))
def test_no_turn_of_several_days_is_lost_when_the_first_weekday_changes(changes, chosen, every):
    asked = asked_through(Schedule(days=chosen, every=every), changes)
    turns = {(day - PHASE).days // 7 // every for day in asked}
    assert turns == set(range(min(turns), max(turns) + 1))


def test_saturdays_stay_a_fortnight_apart_when_weeks_come_to_begin_on_sunday():
    changed = change_beginning(FROM_MONDAY, SUNDAY, PHASE + 8 * DAY)
    schedule = Schedule(days=(SATURDAY,), every=2)
    assert week_of(PHASE + 8 * DAY, changed) == Week(date(2026, 3, 9), date(2026, 3, 22))
    weeks = weeks_between(PHASE, date(2026, 4, 18), changed)
    assert [day for week in weeks for day in occasion_days(schedule, week, PHASE)] == [
        date(2026, 3, 7),
        date(2026, 3, 21),
        date(2026, 4, 4),
        date(2026, 4, 18),
    ]
