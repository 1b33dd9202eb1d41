"""Strength survives a lapse and rises in the very week of the comeback."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habits.rules.strength import STAYS, strength
from habits.rules.week import Record, Week

WEEK = Week(date(2026, 3, 2), date(2026, 3, 9))
KEPT = Record(WEEK, target=1, done=1)
MISSED = Record(WEEK, target=1, done=0)
REST = Record(WEEK, target=1, done=0, rests=True)
NEUTRAL = Record(WEEK, target=1, done=0, neutral=True)
OPEN = Record(WEEK, target=1, done=0, settled=False)
FREE = Record(WEEK, target=1, done=0, due=False)

records = st.builds(
    Record,
    week=st.just(WEEK),
    target=st.integers(1, 7),
    done=st.integers(0, 9),
    rests=st.booleans(),
    neutral=st.booleans(),
    settled=st.booleans(),
    due=st.booleans(),
)
histories = st.lists(records, max_size=60)


@pytest.mark.parametrize(
    ("weeks", "percent"),
    [(1, 13.2), (2, 24.6), (4, 43.1), (8, 67.6), (12, 81.6), (26, 97.4), (52, 99.9)],
)
def test_perfect_practice_grows_it_week_by_week(weeks, percent):
    assert round(strength([KEPT] * weeks) * 100, 1) == percent
    assert strength([KEPT] * weeks) == pytest.approx(1 - STAYS**weeks)


def test_a_week_is_seven_days_of_loops_weekly_multiplier():
    a_day = 0.5 ** ((1 / 7) ** 0.5 / 13)
    assert round(a_day**7, 6) == STAYS


def test_a_comeback_is_rewarded_in_its_own_week():
    weeks = [KEPT] * 24
    lapse = [strength([*weeks, MISSED, *[KEPT] * back]) for back in range(3)]
    assert [round(each * 100, 1) for each in (strength(weeks), *lapse)] == [96.6, 83.9, 86.0, 87.9]


def test_half_of_it_is_left_after_five_missed_weeks():
    assert strength([KEPT] * 52 + [MISSED] * 5) == pytest.approx(0.5, abs=0.01)


def test_part_of_the_target_counts_in_part():
    two_of_three = Record(WEEK, target=3, done=2)
    assert strength([two_of_three]) == pytest.approx(2 / 3 * (1 - STAYS))
    assert strength([Record(WEEK, target=1, done=9)]) == strength([KEPT])


@given(histories, st.sampled_from([REST, NEUTRAL, FREE, OPEN]))
def test_a_week_that_does_not_count_leaves_it_unchanged(history, passed):
    assert strength([*history, passed]) == strength(history)


def test_an_open_week_raises_it_as_soon_as_it_can_and_never_lowers_it():
    one_of_two = Record(WEEK, target=2, done=1, settled=False)
    assert strength([one_of_two]) == pytest.approx(0.5 * (1 - STAYS))
    strong = [KEPT] * 26
    assert strength([*strong, one_of_two]) == strength(strong)
    assert strength([*strong, Record(WEEK, target=2, done=2, settled=False)]) > strength(strong)


@given(histories)
def test_it_stays_between_nothing_and_one(history):
    assert 0.0 <= strength(history) <= 1.0


@given(histories)
def test_one_more_check_in_never_lowers_it(history):
    for place, record in enumerate(history):
        more = [
            Record(WEEK, record.target, record.done + extra, settled=record.settled)
            for extra in range(4)
        ]
        after = [strength([*history[:place], each, *history[place + 1 :]]) for each in more]
        assert all(later >= earlier - 1e-12 for earlier, later in pairwise(after))


def test_nothing_yet_is_no_strength():
    assert strength([]) == 0.0
