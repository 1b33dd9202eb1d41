"""Loop's score and automatic marks, held against values that Loop itself gives."""

from datetime import date, timedelta

import pytest

from habits.rules.loop_score import automatic, next_score, scores

FIRST = date(2026, 1, 3)
MONDAY = date(2026, 1, 5)


def days(count: int) -> list[date]:
    return [FIRST + timedelta(days=n) for n in range(count)]


def test_twenty_checks_in_twenty_days():
    assert scores(set(days(20)), set(), 1, 1, days(20))[-1] == pytest.approx(0.655747, abs=1e-6)


def test_one_check():
    assert scores({FIRST}, set(), 1, 1, [FIRST])[0] == pytest.approx(0.051922, abs=1e-6)


@pytest.mark.parametrize(
    ("frequency", "before", "value", "after"),
    [(1, 0.5, 0, 0.474039), (1 / 3, 0, 1, 0.030314)],
)
def test_one_day(frequency: float, before: float, value: float, after: float):
    assert next_score(frequency, before, value) == pytest.approx(after, abs=1e-6)


MARKS = ["2", "2", "1", "1", "2", "2", "2", "1", "0", "2"]
CHECKED = {day for day, mark in zip(days(10), MARKS, strict=True) if mark == "2"}


def test_twice_in_three_days():
    wanted = [
        "0.0107",
        "0.0315",
        "0.0515",
        "0.0706",
        "0.0995",
        "0.1379",
        "0.1746",
        "0.1991",
        "0.2226",
        "0.2557",
    ]
    found = scores(CHECKED, set(), 2, 3, days(10))
    assert [f"{score:.4f}" for score in found] == wanted


def test_twice_in_three_days_is_marked_where_loop_marks_it():
    marked = {day for day, mark in zip(days(10), MARKS, strict=True) if mark == "1"}
    assert automatic(CHECKED, 2, 3) & set(days(10)) == marked


def test_a_skipped_day_leaves_the_score_as_it_is():
    skipped = {FIRST + timedelta(days=1)}
    first, second, third = scores({FIRST}, skipped, 1, 1, days(3))
    assert first == second > third


def test_four_saturdays_reach_six_days_ahead():
    saturdays = [FIRST + timedelta(weeks=n) for n in range(4)]
    covered = automatic(saturdays, 1, 7) | set(saturdays)
    assert len(covered) == 28
    assert max(covered) - saturdays[-1] == timedelta(days=6)


def test_monday_and_the_sunday_thirteen_days_later_leave_a_gap():
    covered = automatic([MONDAY, MONDAY + timedelta(days=13)], 1, 7)
    assert MONDAY + timedelta(days=7) not in covered


def test_an_interval_slides_back_where_it_overlaps_the_next():
    saturday, friday = FIRST, FIRST + timedelta(days=6)
    assert automatic([saturday, friday], 1, 7) >= {saturday - timedelta(days=1)}


def test_a_month_is_as_long_as_it_is():
    assert max(automatic([date(2026, 2, 1)], 1, 30)) == date(2026, 2, 28)
