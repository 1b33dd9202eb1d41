"""Loop Habit Tracker's CSV export in its generation since 2.3.1, as Loop itself writes it.

Weeks that rest are skipped days there, commitments are habits of "target times in so many days".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.files.spreadsheet import defused, table
from habits.belongings import Belongings, CommitmentKept
from habits.belongings import Holiday as HolidayKept
from habits.rules.loop_score import automatic, scores

DAY, WEEK = timedelta(days=1), timedelta(days=7)
HABITS = [
    "Position",
    "Name",
    "Type",
    "Question",
    "Description",
    "FrequencyNumerator",
    "FrequencyDenominator",
    "Color",
    "Unit",
    "Target Type",
    "Target Value",
    "Archived?",
]
COLOURS = [
    "#D32F2F",
    "#E64A19",
    "#F57C00",
    "#FF8F00",
    "#F9A825",
    "#AFB42B",
    "#7CB342",
    "#388E3C",
    "#00897B",
    "#00ACC1",
    "#039BE5",
    "#1976D2",
    "#303F9F",
    "#5E35B1",
    "#8E24AA",
    "#D81B60",
    "#5D4037",
    "#303030",
    "#757575",
    "#aaaaaa",
]
LONGEST_FOLDER = 100
_NOT_IN_A_FOLDER = re.compile(r"[^ a-zA-Z0-9._-]")
YES, AUTO, SKIP, NO, UNKNOWN = "YES_MANUAL", "YES_AUTO", "SKIP", "NO", "UNKNOWN"


@dataclass(frozen=True, slots=True)
class _Habit:
    """A commitment as Loop sees it: by its days. days: from the first entry to today."""

    name: str
    folder: str
    days: tuple[date, ...]
    values: Mapping[date, str]
    scores: Mapping[date, str]
    notes: Mapping[date, str]


def files(belongings: Belongings, today: date) -> dict[str, bytes]:
    """Loop's files by name; the archive that holds them may hold others beside them."""
    resting = belongings.settings.holidays if belongings.settings else ()
    habits = [
        _habit(place, commitment, resting, today)
        for place, commitment in enumerate(belongings.commitments, start=1)
    ]
    rows = [_row(place, each) for place, each in enumerate(belongings.commitments, start=1)]
    found = {"Habits.csv": table([HABITS, *rows])}
    for habit in habits:
        found[f"{habit.folder}/Scores.csv"] = table(_scores(habit))
        found[f"{habit.folder}/Checkmarks.csv"] = table(_checkmarks(habit))
    found["Scores.csv"] = _together(habits, today, [each.scores for each in habits], "0.0000")
    found["Checkmarks.csv"] = _together(habits, today, [each.values for each in habits], UNKNOWN)
    return found


def _row(place: int, commitment: CommitmentKept) -> list[str]:
    numerator, denominator = _frequency(commitment)
    return [
        f"{place:03d}",
        commitment.title,
        "YES_NO",
        commitment.cue or "",
        ", ".join(way.title for way in commitment.ways if not way.retired),
        str(numerator),
        str(denominator),
        COLOURS[(place - 1) % len(COLOURS)],
        "",
        "",
        "",
        "true" if commitment.state == "archived" else "false",
    ]


def _frequency(commitment: CommitmentKept) -> tuple[int, int]:
    """How often in how many days; every day is once in one."""
    numerator, denominator = commitment.schedule.target, 7 * commitment.schedule.every
    return (1, 1) if numerator == denominator else (numerator, denominator)


def _habit(
    place: int, commitment: CommitmentKept, resting: Sequence[HolidayKept], today: date
) -> _Habit:
    done = {each.day for each in commitment.check_ins if each.day <= today}
    first = min(done | {each.week for each in commitment.rests if each.week <= today}, default=None)
    days = () if first is None else tuple(first + n * DAY for n in range((today - first).days + 1))
    skipped = _skipped(commitment, resting, days) - done
    rhythm = _frequency(commitment)
    marked = automatic(done, *rhythm)
    name = _NOT_IN_A_FOLDER.sub("", commitment.title)[:LONGEST_FOLDER]
    numbers = scores(done, skipped, *rhythm, days)
    return _Habit(
        name=commitment.title,
        folder=f"{place:03d} {name}".strip(),
        days=days,
        values={day: _value(day, done, skipped, marked) for day in days},
        scores={day: f"{score:.4f}" for day, score in zip(days, numbers, strict=True)},
        notes={each.day: each.note for each in commitment.check_ins if each.note},
    )


def _skipped(
    commitment: CommitmentKept, resting: Sequence[HolidayKept], days: Sequence[date]
) -> set[date]:
    rests = {each.week + n * DAY for each in commitment.rests for n in range(WEEK.days)}
    return {
        day
        for day in days
        if day in rests or any(each.first <= day < each.until for each in resting)
    }


def _value(day: date, done: set[date], skipped: set[date], marked: set[date]) -> str:
    if day in done:
        return YES
    if day in skipped:
        return SKIP
    return AUTO if day in marked else NO


def _scores(habit: _Habit) -> list[list[str]]:
    rows = [[day.isoformat(), habit.scores[day]] for day in reversed(habit.days)]
    return [["Date", "Score"], *rows]


def _checkmarks(habit: _Habit) -> list[list[str]]:
    rows = [
        [day.isoformat(), habit.values[day], habit.notes.get(day, "")]
        for day in reversed(habit.days)
    ]
    return [["Date", "Value", "Notes"], *rows]


def _together(
    habits: Sequence[_Habit], today: date, columns: Sequence[Mapping[date, str]], otherwise: str
) -> bytes:
    """All habits side by side, newest first; the names stand unquoted, as Loop writes them."""
    first = min((habit.days[0] for habit in habits if habit.days), default=today)
    lines = ["".join(f"{cell}," for cell in ("Date", *(defused(each.name) for each in habits)))]
    for back in range((today - first).days + 1):
        day = today - back * DAY
        cells = (day.isoformat(), *(column.get(day, otherwise) for column in columns))
        lines.append("".join(f"{cell}," for cell in cells))
    return ("\n".join(lines) + "\n").encode()
