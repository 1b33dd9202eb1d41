"""What is written into the exported file, format by format."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from bot.files import bundle, calendar_file, loop_csv, spreadsheet
from habits.agenda import Coming
from habits.belongings import Belongings
from habits.rules.commitment import Commitment, Way
from habits.rules.schedule import Schedule
from habits.taking_out import Everything
from tests.belongings import belongings, check_in, commitment

TODAY = date(2026, 1, 24)
NOW = datetime(2026, 1, 24, 12, tzinfo=UTC)
SATURDAYS = (date(2026, 1, 3), date(2026, 1, 10), date(2026, 1, 17), date(2026, 1, 24))


def read(files: dict[str, bytes], name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(files[name].decode())))


def film(**more: Any) -> Belongings:
    return belongings(commitment("Film", check_ins=[check_in(day) for day in SATURDAYS], **more))


def test_habits_are_told_as_loop_tells_them():
    header, row = read(loop_csv.files(film(), TODAY), "Habits.csv")
    assert ",".join(header) == (
        "Position,Name,Type,Question,Description,FrequencyNumerator,FrequencyDenominator,"
        "Color,Unit,Target Type,Target Value,Archived?"
    )
    assert row == ["001", "Film", "YES_NO", "", "", "1", "7", "#D32F2F", "", "", "", "false"]


def test_every_day_is_once_in_a_day():
    daily = belongings(commitment("Tea", days=[1, 2, 3, 4, 5, 6, 7], target=7))
    assert read(loop_csv.files(daily, TODAY), "Habits.csv")[1][5:7] == ["1", "1"]


def test_checkmarks_are_newest_first_and_name_what_loop_marks():
    rows = read(loop_csv.files(film(), TODAY), "001 Film/Checkmarks.csv")
    assert rows[0] == ["Date", "Value", "Notes"]
    assert rows[1] == ["2026-01-24", "YES_MANUAL", ""]
    assert rows[2] == ["2026-01-23", "YES_AUTO", ""]
    assert rows[-1][0] == "2026-01-03"


def test_a_resting_week_is_skipped():
    weekly = belongings(
        commitment("Film", check_ins=[check_in(SATURDAYS[0])], rests=["2026-01-05"])
    )
    rows = read(loop_csv.files(weekly, TODAY), "001 Film/Checkmarks.csv")
    assert {row[1] for row in rows[1:] if "2026-01-05" <= row[0] <= "2026-01-11"} == {"SKIP"}


def test_scores_are_loops_own():
    rows = read(loop_csv.files(film(), TODAY), "001 Film/Scores.csv")
    assert rows[0] == ["Date", "Score"]
    assert rows[-1] == ["2026-01-03", "0.0100"]


def test_the_files_at_the_root_hold_all_habits_side_by_side():
    both = belongings(
        commitment("Film", check_ins=[check_in(SATURDAYS[0])]),
        commitment("Dinner, late", check_ins=[check_in(SATURDAYS[2])]),
    )
    lines = loop_csv.files(both, TODAY)["Checkmarks.csv"].decode().splitlines()
    assert lines[0] == "Date,Film,Dinner, late,"
    assert lines[1].startswith("2026-01-24,")
    assert lines[-1] == "2026-01-03,YES_MANUAL,UNKNOWN,"


@pytest.mark.parametrize(
    ("title", "folder"),
    [("Film", "001 Film"), ("Фильм", "001"), ("../../etc/passwd", "001 ....etcpasswd")],
)
def test_folders_are_named_as_loop_names_them(title: str, folder: str):
    assert f"{folder}/Scores.csv" in loop_csv.files(belongings(commitment(title)), TODAY)


FORMULAS = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", " =1", "＝1"]


@pytest.mark.parametrize("title", FORMULAS)
def test_no_cell_begins_a_formula(title: str):
    everywhere = belongings(
        commitment(
            title,
            cue=title,
            ways=[title],
            check_ins=[check_in(SATURDAYS[0], note=f"{title}\n{title}", way=0)],
        )
    )
    files = spreadsheet.files(everywhere) | loop_csv.files(everywhere, TODAY)
    for name in files:
        cells = [cell for row in read(files, name) for cell in row]
        assert not [cell for cell in cells if cell.lstrip().startswith(spreadsheet.FORMULAS)], name


def test_spreadsheets_get_every_check_in():
    noted = belongings(
        commitment(
            "Film",
            ways=["Cinema"],
            check_ins=[check_in(SATURDAYS[0], note="good,\nvery", way=0, fulfilled=True)],
        )
    )
    _, row = read(spreadsheet.files(noted), "check-ins.csv")
    assert row[:5] == ["2026-01-03", "Film", "Cinema", "yes", "good,\nvery"]


def coming(at: datetime, commitment_id: int = 7) -> Coming:
    promise = Commitment(
        id=commitment_id,
        person_id=1001,
        title="Film; with, friends",
        schedule=Schedule(),
        phase=TODAY,
        begins_at=NOW,
        laid_until=TODAY,
        made_at=NOW,
        ways=(Way(1, "Cinema"),),
    )
    return Coming(promise, at, at.date())


def test_a_calendar_reads_what_is_coming():
    at = NOW + timedelta(hours=3)
    [event] = Calendar.from_ical(calendar_file.calendar([coming(at)], NOW)).walk("VEVENT")
    assert event["summary"] == "Film; with, friends"
    assert event["dtstart"].dt == at
    assert event["description"] == "Cinema"


def test_an_event_keeps_its_name_while_it_moves_within_the_day():
    names = [
        Calendar.from_ical(calendar_file.calendar([coming(at)], NOW)).walk("VEVENT")[0]["uid"]
        for at in (NOW, NOW + timedelta(hours=1))
    ]
    assert names[0] == names[1]


def test_the_zip_is_the_same_for_the_same_belongings():
    everything = Everything(film(), {"exported_at": "now"}, [coming(NOW)], TODAY)
    first, second = (bundle.bundle(everything, NOW) for _ in range(2))
    assert first == second
    assert zipfile.ZipFile(io.BytesIO(first)).testzip() is None
    more = replace(everything, belongings=belongings())
    assert bundle.bundle(more, NOW) != first
