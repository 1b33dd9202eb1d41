"""Which backups are kept: of the last seven days there is one of, and of four weeks, for a month.

People who leave are told that copies of what they deleted are gone within that month.
"""

from collections.abc import Iterable
from datetime import date, timedelta

DAILY, WEEKLY = 7, 4
LIVES = timedelta(days=30)


def to_keep(days: Iterable[date]) -> set[date]:
    """Of the days there is a backup of: the seven newest, and the newest of each of four weeks."""
    newest_first = sorted(set(days), reverse=True)
    newest_first = [day for day in newest_first if newest_first[0] - day < LIVES]
    newest_of_week: dict[tuple[int, int], date] = {}
    for day in newest_first:
        newest_of_week.setdefault(day.isocalendar()[:2], day)
    return {*newest_first[:DAILY], *list(newest_of_week.values())[:WEEKLY]}
