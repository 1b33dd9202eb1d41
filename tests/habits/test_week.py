"""Weeks tile the calendar, and what became of one follows from its record."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habits.rules.schedule import MONDAY, SATURDAY, SUNDAY, TUESDAY, WEDNESDAY
from habits.rules.week import (
    Beginning,
    Record,
    Verdict,
    Week,
    change_beginning,
    first_week_is_due,
    next_week,
    previous_week,
    settles_at,
    verdict,
    week_of,
    weeks_between,
)

DAY = timedelta(days=1)
A_MONDAY = date(2026, 3, 2)
FROM_MONDAY = (Beginning(A_MONDAY, MONDAY),)

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
weekdays = st.integers(1, 7)


@st.composite
def histories(draw):
    """Draw a first beginning and then changes, each made on some day after the one before."""
    today = draw(days)
    beginnings = (Beginning(today, draw(weekdays)),)
    for _ in range(draw(st.integers(0, 8))):
        today += draw(st.integers(0, 30)) * DAY
        beginnings = change_beginning(beginnings, draw(weekdays), today)
    return beginnings


def test_a_plain_week_is_seven_days_from_its_weekday():
    week = week_of(date(2026, 3, 5), FROM_MONDAY)
    assert week == Week(A_MONDAY, date(2026, 3, 9))
    assert week.days == tuple(A_MONDAY + n * DAY for n in range(7))
    assert date(2026, 3, 8) in week
    assert date(2026, 3, 9) not in week


def test_the_first_beginning_also_holds_for_the_past():
    beginnings = (Beginning(date(2026, 3, 5), SUNDAY),)
    assert week_of(date(1999, 12, 31), beginnings).first.isoweekday() == SUNDAY
    assert week_of(date(2026, 3, 5), beginnings) == Week(date(2026, 3, 1), date(2026, 3, 8))


def test_a_person_without_a_beginning_is_refused():
    with pytest.raises(ValueError, match="beginnings is empty"):
        week_of(A_MONDAY, ())


@pytest.mark.parametrize(
    ("weekday", "end"),
    [
        (TUESDAY, date(2026, 3, 10)),
        (WEDNESDAY, date(2026, 3, 11)),
        (SATURDAY, date(2026, 3, 14)),
        (SUNDAY, date(2026, 3, 15)),
    ],
)
def test_a_change_lengthens_the_current_week_to_the_new_weekday(weekday, end):
    changed = change_beginning(FROM_MONDAY, weekday, date(2026, 3, 4))
    assert week_of(date(2026, 3, 4), changed) == Week(A_MONDAY, end)
    assert week_of(end, changed) == Week(end, end + 7 * DAY)


def test_changing_back_in_the_same_week_leaves_no_trace():
    changed = change_beginning(FROM_MONDAY, SUNDAY, date(2026, 3, 4))
    assert change_beginning(changed, MONDAY, date(2026, 3, 6)) == FROM_MONDAY
    assert change_beginning(FROM_MONDAY, MONDAY, date(2026, 3, 4)) == FROM_MONDAY


def test_a_second_change_of_mind_replaces_the_first():
    first = change_beginning(FROM_MONDAY, SUNDAY, date(2026, 3, 4))
    second = change_beginning(first, SATURDAY, date(2026, 3, 5))
    assert second == (*FROM_MONDAY, Beginning(date(2026, 3, 14), SATURDAY))


@given(histories(), days)
def test_each_day_lies_in_its_week_and_in_no_neighbour(beginnings, day):
    for near in (day, beginnings[0].since, beginnings[-1].since):
        week = week_of(near, beginnings)
        assert near in week
        assert all(week_of(other, beginnings) == week for other in week.days)
        assert week_of(week.end, beginnings) != week
        assert week_of(week.first - DAY, beginnings).end == week.first


@given(histories())
def test_weeks_tile_the_calendar_exactly(beginnings):
    first, last = beginnings[0].since - 30 * DAY, beginnings[-1].since + 30 * DAY
    weeks = list(weeks_between(first, last, beginnings))
    assert first in weeks[0]
    assert last in weeks[-1]
    assert all(one.end == other.first for one, other in pairwise(weeks))
    assert all(7 <= len(week.days) <= 13 for week in weeks)
    assert all(next_week(one, beginnings) == other for one, other in pairwise(weeks))
    assert all(previous_week(other, beginnings) == one for one, other in pairwise(weeks))


@given(st.lists(st.tuples(days, weekdays), min_size=1, max_size=6))
def test_weeks_tile_the_calendar_whatever_was_stored(stored):
    beginnings = tuple(Beginning(since, weekday) for since, weekday in sorted(stored))
    for beginning in beginnings:
        around = beginning.since
        weeks = list(weeks_between(around - 30 * DAY, around + 60 * DAY, beginnings))
        assert all(one.end == other.first for one, other in pairwise(weeks))
        assert all(7 <= len(week.days) <= 13 for week in weeks)


@given(histories(), weekdays, st.integers(0, 60))
def test_a_change_keeps_the_past_and_holds_from_the_next_week(beginnings, weekday, later):
    today = beginnings[-1].since + later * DAY
    before, changed = week_of(today, beginnings), change_beginning(beginnings, weekday, today)
    past = list(weeks_between(today - 100 * DAY, before.first - DAY, beginnings))
    assert list(weeks_between(today - 100 * DAY, before.first - DAY, changed)) == past
    current = week_of(before.first, changed)
    assert current.first == before.first
    assert current.end.isoweekday() == weekday
    assert next_week(current, changed).end == current.end + 7 * DAY


def test_no_week_lies_between_days_the_wrong_way_round():
    assert list(weeks_between(date(2026, 3, 5), date(2026, 3, 4), FROM_MONDAY)) == []
    assert len(list(weeks_between(date(2026, 3, 4), date(2026, 3, 4), FROM_MONDAY))) == 1


def record(**known):
    return Record(Week(A_MONDAY, A_MONDAY + 7 * DAY), **{"target": 2, "done": 0, **known})


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"done": 2}, Verdict.KEPT),
        ({"done": 5, "rests": True, "neutral": True, "settled": False}, Verdict.KEPT),
        ({"done": 2, "due": False}, Verdict.KEPT),
        ({"done": 1, "rests": True, "neutral": True}, Verdict.REST),
        ({"rests": True, "settled": False}, Verdict.REST),
        ({"rests": True, "due": False}, Verdict.REST),
        ({"done": 1, "neutral": True}, Verdict.NEUTRAL),
        ({"done": 1}, Verdict.MISSED),
        ({"done": 1, "settled": False}, Verdict.OPEN),
        ({"due": False}, Verdict.FREE),
        ({"due": False, "settled": False}, Verdict.FREE),
    ],
)
def test_kept_comes_before_rest_before_neutral_before_missed(known, expected):
    assert verdict(record(**known)) is expected


def test_one_more_check_in_never_takes_a_kept_week_back():
    for rests, neutral, settled, due in product([True, False], repeat=4):
        known = {"rests": rests, "neutral": neutral, "settled": settled, "due": due}
        verdicts = [verdict(record(done=done, **known)) for done in range(5)]
        assert [each is Verdict.KEPT for each in verdicts] == [False, False, True, True, True]


MADE_AT = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "due"),
    [((2,), True), ((2, 26), True), ((-1, 26), False), ((0,), False), ((-1,), False), ((), False)],
)
def test_the_first_week_is_due_if_all_its_occasions_lie_ahead(hours, due):
    occasions_at = [MADE_AT + timedelta(hours=each) for each in hours]
    assert first_week_is_due(occasions_at, MADE_AT) is due


def test_a_week_settles_a_day_after_its_end_or_its_last_touch():
    end_at, day = datetime(2026, 3, 9, tzinfo=UTC), timedelta(hours=24)
    assert settles_at(end_at, None) == end_at + day
    assert settles_at(end_at, end_at - 5 * day) == end_at + day
    assert settles_at(end_at, end_at + timedelta(hours=9)) == end_at + timedelta(hours=33)
