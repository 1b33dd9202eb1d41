"""Which weeks are those of a year."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from habits.rules.week import Beginning, week_of
from habits.rules.year import weeks_of_year, year_of

MONDAYS = (Beginning(date(1970, 1, 5), 1),)
SUNDAYS = (Beginning(date(1970, 1, 4), 7),)


@pytest.mark.parametrize("beginnings", [MONDAYS, SUNDAYS], ids=["monday", "sunday"])
@given(year=st.integers(1971, 2100))
def test_the_years_share_all_weeks_out_among_them(beginnings, year):
    weeks = weeks_of_year(year, beginnings)
    assert len(weeks) in {52, 53}
    assert {year_of(week) for week in weeks} == {year}
    after = weeks_of_year(year + 1, beginnings)
    assert after[0].first == weeks[-1].first + timedelta(days=7)


@given(day=st.dates(date(1971, 1, 1), date(2100, 12, 31)))
def test_every_day_stands_in_the_year_of_its_week(day):
    week = week_of(day, MONDAYS)
    assert week in weeks_of_year(year_of(week), MONDAYS)


def test_a_week_belongs_to_the_year_of_most_of_its_days():
    assert weeks_of_year(2026, MONDAYS)[0].first == date(2025, 12, 29)
    assert weeks_of_year(2027, MONDAYS)[0].first == date(2027, 1, 4)
    assert len(weeks_of_year(2026, MONDAYS)) == 53
