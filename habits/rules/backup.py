"""Which backups are kept: those of the last seven days there is one of, and of four weeks."""

from collections.abc import Iterable
from datetime import date

DAILY, WEEKLY = 7, 4


def to_keep(days: Iterable[date]) -> set[date]:
    """Of the days there is a backup of: the seven newest, and the newest of each of four weeks."""
    newest_first = sorted(set(days), reverse=True)
    newest_of_week: dict[tuple[int, int], date] = {}
    for day in newest_first:
        newest_of_week.setdefault(day.isocalendar()[:2], day)
    return {*newest_first[:DAILY], *list(newest_of_week.values())[:WEEKLY]}
