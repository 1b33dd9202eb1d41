"""Loop Habit Tracker's CSV export, of both generations: up to 2.3.0, and since.

Habits.csv and the folders are read; the files at the root name habits without quotes, so that
a comma in a name would shift them. What Loop marks by itself is left out.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime

from bot.files.foreign import Habit, belongings_of, frequency, named, wrong
from bot.files.spreadsheet import FORMULAS
from bot.files.unreadable import Unreadable
from habits.belongings import Belongings

HABITS = "Habits.csv"
_FOLDER = re.compile(r"(\d{3})(?: [^/]*)?/Checkmarks\.csv")
YES, SKIP = ("YES_MANUAL", "2"), ("SKIP", "3")
Row = Mapping[str, str | None]


def read(files: Mapping[str, bytes], now: datetime) -> Belongings | Unreadable:
    """The habits with the days on which they were done."""
    checkmarks = {found[1]: name for name in files if (found := _FOLDER.fullmatch(name))}
    habits = []
    try:
        for place, row in enumerate(_table(files[HABITS]), start=1):
            habit = _habit(row)
            if isinstance(habit, Unreadable):
                return habit
            name = checkmarks.get((row.get("Position") or f"{place:03d}").zfill(3))
            if name is not None:
                _mark(habit, row, files[name])
            habits.append(habit)
    except (ValueError, csv.Error) as error:  # not UTF-8, no date, a cell without end
        return wrong(HABITS, str(error)[:100])
    return belongings_of(named(habits), now)


def _table(content: bytes) -> Iterator[Row]:
    return csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))


def _habit(row: Row) -> Habit | Unreadable:
    name = row.get("Name")
    times = row.get("FrequencyNumerator") or row.get("NumRepetitions") or ""
    days = row.get("FrequencyDenominator") or row.get("Interval") or ""
    often = frequency(float(times), float(days)) if times and days else None
    if name is None or often is None:
        return wrong(HABITS, "each habit should have a name and how often it is done")
    return Habit(
        name=_undefused(name),
        times=often[0],
        days=often[1],
        cue=_undefused(row.get("Question") or row.get("Description") or ""),
        archived=row.get("Archived?") == "true",
    )


def _mark(habit: Habit, row: Row, content: bytes) -> None:
    """Read a habit's days; the older generation has no line of names at the top."""
    for cells in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        if len(cells) < 2 or cells[0] == "Date":
            continue
        day, value = date.fromisoformat(cells[0]), cells[1]
        if _is_done(value, row):
            habit.done[day] = _undefused(cells[2]) if len(cells) > 2 else ""
        elif value in SKIP:
            habit.skipped.add(day)


def _is_done(value: str, row: Row) -> bool:
    """A check by hand; of what is counted, thousandths that reach the target."""
    if row.get("Type") != "NUMERICAL":
        return value in YES
    number = 2 if value in YES else 0 if not value.lstrip("-").isdigit() else int(value)
    target = float(row.get("Target Value") or 0)
    if row.get("Target Type") == "AT_MOST":
        return value.isdigit() and number / 1000 <= target
    return number > 0 and number / 1000 >= target


def _undefused(cell: str) -> str:
    """A cell as it was before a ' was put in front of what looks like a formula."""
    plain = cell.removeprefix("'")
    return plain if plain.lstrip(" ").startswith(FORMULAS) else cell
