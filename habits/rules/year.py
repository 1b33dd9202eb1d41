"""The weeks of a year, for looking back: each week belongs to exactly one year."""

from collections.abc import Sequence
from datetime import date

from habits.rules.week import DAY, Beginning, Week, weeks_between


def year_of(week: Week) -> int:
    """Return the year of a week: that of its fourth day, so of most of its days."""
    return (week.first + 3 * DAY).year


def weeks_of_year(year: int, beginnings: Sequence[Beginning]) -> tuple[Week, ...]:
    """Return the weeks of a year, oldest first: 52 or 53, fewer where one was lengthened."""
    around = weeks_between(date(year, 1, 1), date(year, 12, 31), beginnings)
    return tuple(week for week in around if year_of(week) == year)
