"""Reading files of strangers: what is understood, and each thing that is refused and why."""

import io
import json
import sqlite3
import struct
import zipfile
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.files import loop_csv
from bot.files.bundle import zipped
from bot.files.reading import LARGEST, read
from bot.files.unreadable import Unreadable, Why
from bot.texts.importing import unreadable
from habits.belongings import Belongings, CommitmentKept
from tests.belongings import as_read, belongings, check_in, commitment

NOW = datetime(2026, 1, 24, 12, tzinfo=UTC)
SATURDAY = date(2026, 1, 3)


def why(content: bytes) -> Why:
    found = read(content, NOW)
    assert isinstance(found, Unreadable)
    assert unreadable(found)
    return found.why


def understood(content: bytes) -> tuple[CommitmentKept, ...]:
    found = read(content, NOW)
    assert isinstance(found, Belongings), found
    return found.commitments


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


# Refused.


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"", Why.UNKNOWN),
        (b" " * (LARGEST + 1), Why.TOO_LARGE),
        (b"\xff\xfe\x00", Why.UNKNOWN),
        (b"GIF89a", Why.UNKNOWN),
        (b"null", Why.UNKNOWN),
        (b"{}", Why.UNKNOWN),
        (b'{"format": "other"}', Why.UNKNOWN),
        (b"[" * 100_000, Why.TOO_DEEP),
        (b'{"a":' * 100_000, Why.TOO_DEEP),
        (b"[" * 11 + b"1" + b"]" * 11, Why.TOO_DEEP),
        (b"[" * 10 + b"]" * 10, Why.UNKNOWN),
        (b"1" * 100_000, Why.UNKNOWN),
        (b"PK\x03\x04 no zip", Why.DAMAGED),
        (b"SQLite format 3\x00 no database", Why.DAMAGED),
        (as_json(as_read() | {"version": 2}), Why.NEWER),
        (as_json(as_read() | {"version": "1"}), Why.WRONG),
        (as_json(as_read() | {"id": 1002}), Why.WRONG),
        (as_json({"habits": [{"name": 5}]}), Why.WRONG),
        (as_json({"habits": "Film"}), Why.UNKNOWN),
    ],
)
def test_what_cannot_be_read_is_told_why(content: bytes, wrong: Why):
    assert why(content) is wrong


OCCASION = {
    "day": "2026-01-03",
    "week": "2025-12-29",
    "week_end": "2026-01-05",
    "target": 1,
    "due": True,
    "go_at": "2026-01-03T17:30:00Z",
    "answer": None,
    "answered_at": None,
    "excuse": None,
    "settles_at": "2026-01-06T00:00:00Z",
    "settled": True,
    "moved_from": None,
    "stands_at": None,
    "way": None,
}


def schedule(**more: Any) -> dict[str, Any]:
    usual = {"days": [6], "at": "evening", "every": 1, "target": 1, "once": False}
    return {"schedule": usual | {"phase": "2025-12-29"} | more}


@pytest.mark.parametrize(
    "more",
    [
        {"id": 7},
        {"title": ""},
        {"title": "\u200b"},
        {"title": "x" * 65},
        {"title": 5},
        {"cue": "x" * 201},
        {"state": "asleep"},
        {"made_at": "2026-01-01T09:00:00"},
        {"made_at": "9999-12-31T23:59:59Z"},
        {"made_at": 1},
        {"laid_until": "0001-01-01"},
        {"laid_until": "2026-02-30"},
        {"ways": [{"title": "x" * 65, "retired": False}]},
        {"ways": [{"title": "x", "retired": False}] * 101},
        schedule(days=[]),
        schedule(days=[7, 6]),
        schedule(days=[6, 6]),
        schedule(days=[8]),
        schedule(days=["6"]),
        schedule(at="25:00"),
        schedule(at="18:30:01"),
        schedule(at=["evening"]),
        schedule(every=0),
        schedule(every=5),
        schedule(target=2),
        schedule(target=True),
        {"occasions": [OCCASION, OCCASION]},
        {"occasions": [OCCASION | {"day": "2026-01-05"}]},
        {"occasions": [OCCASION | {"week_end": "2026-03-05"}]},
        {"occasions": [OCCASION | {"go_at": "2027-01-03T17:30:00Z"}]},
        {"occasions": [OCCASION | {"answer": "done"}]},
        {"occasions": [OCCASION | {"way": 0}]},
        {"check_ins": [check_in(SATURDAY, way=0)]},
        {"check_ins": [check_in(SATURDAY, way=-1)]},
        {"check_ins": [check_in(SATURDAY, note="x" * 501)]},
        {"check_ins": [check_in(SATURDAY, occasion="2026-01-03")]},
        {"check_ins": [check_in(SATURDAY, fulfilled="yes")]},
        {"occasions": [OCCASION], "check_ins": [check_in(SATURDAY, occasion="2026-01-03")] * 2},
        {"rests": [{"week": "2026-01-05", "made_at": "2026-01-05T00:00:00Z"}] * 2},
    ],
)
def test_what_nobody_could_have_typed_is_refused(more: dict[str, Any]):
    found = read(as_json(as_read(commitment("Film") | more)), NOW)
    assert isinstance(found, Unreadable)
    assert found.why is Why.WRONG
    assert found.where.startswith("commitments.0")
    assert "Nothing was changed." in unreadable(found)


@pytest.mark.parametrize(
    "settings",
    [
        {"zone": "Mars/Phobos"},
        {"zone": "../../etc/passwd"},
        {"morning": "9:00"},
        {"first_weekday": 0},
        {"week_beginnings": [{"since": "2026-01-05", "weekday": 1}] * 2},
        {"holidays": [{"first": "2026-01-05", "until": "2026-01-01"}]},
        {"shows_numbers": 1},
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any]):
    assert why(as_json(as_read(**settings))) is Why.WRONG


def test_typed_text_is_made_safe_as_it_is_when_typed():
    [found] = understood(as_json(as_read(commitment("Fi\x00lm\u202e", cue="a\nb"))))
    assert (found.title, found.cue) == ("Film\u202e\u202c", "a b")


def test_as_deep_as_ours_is_not_too_deep():
    full = commitment("Film", ways=["Cinema"], occasions=[OCCASION], rests=["2026-01-05"])
    assert understood(as_json(as_read(full)))


def test_what_is_quoted_from_a_file_can_be_said():
    odd = as_read() | {"\ud800\x00<b>" * 50: 1}
    found = read(as_json(odd), NOW)
    assert isinstance(found, Unreadable)
    told = unreadable(found)
    assert told.encode()
    assert "<b>" not in told
    assert "\x00" not in told


# Zips.


def test_a_bomb_is_not_unpacked():
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("habits-export.json", b" " * (60 * 2**20))
    assert len(whole.getvalue()) < LARGEST
    assert why(whole.getvalue()) is Why.GROWS


def test_a_bomb_that_lies_about_its_size_is_not_unpacked():
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("habits-export.json", b" " * (60 * 2**20))
    true_size, told = struct.pack("<L", 60 * 2**20), struct.pack("<L", 1000)
    assert why(whole.getvalue().replace(true_size, told)) is Why.DAMAGED


def test_many_entries_are_refused():
    assert why(zipped({f"{n}": b"" for n in range(2001)})) is Why.GROWS


@pytest.mark.parametrize(
    "name", ["../habits-export.json", "/etc/passwd", "a/../../b", "C:/x", "..\\x"]
)
def test_a_name_that_leads_out_is_refused(name: str):
    inside = {name: b"x", "habits-export.json": as_json(as_read())}
    assert why(zipped(inside)) is Why.LEADS_OUT


def test_a_zip_of_something_else_is_not_known():
    assert why(zipped({"photo.jpg": b"x"})) is Why.UNKNOWN


def test_a_broken_entry_is_damage():
    whole = bytearray(zipped({"habits-export.json": as_json(as_read(commitment("Film")))}))
    whole[60:80] = bytes(20)
    assert why(bytes(whole)) is Why.DAMAGED


def test_a_locked_zip_is_told():
    whole = bytearray(zipped({"habits-export.json": as_json(as_read())}))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        whole[whole.index(signature) + at] |= 1
    assert why(bytes(whole)) is Why.DAMAGED


# Loop's CSV, both generations.

FIRST = {
    "Habits.csv": (
        "Position,Name,Question,Description,NumRepetitions,Interval,Color\n"
        '001,Meditate,"Did you, today?",,1,1,#FF8F00\n'
        "002,Фильм,,,1,14,#FF8F00\n"
    ),
    "001 Meditate/Checkmarks.csv": "2015-01-25,2\n2015-01-24,1\n2015-01-23,3\n",
    "002/Checkmarks.csv": "2015-01-24,2\n",
    "Checkmarks.csv": "Date,Meditate,Фильм,\n",
}
SECOND = {
    "Habits.csv": (
        "Position,Name,Type,Question,Description,FrequencyNumerator,FrequencyDenominator,"
        "Color,Unit,Target Type,Target Value,Archived?\n"
        "001,Meditate,YES_NO,,Breathe,3,7,#FF8F00,,,,false\n"
        "002,Run,NUMERICAL,,,1,1,#FF8F00,km,AT_LEAST,2.0,true\n"
    ),
    "001 Meditate/Checkmarks.csv": (
        'Date,Value,Notes\n2015-01-25,YES_MANUAL,"Forgot it, really"\n2015-01-24,YES_AUTO,\n'
        "2015-01-16,SKIP,\n"
    ),
    "002 Run/Checkmarks.csv": "Date,Value,Notes\n2015-01-25,2500,\n2015-01-24,1500,\n",
}


def zip_of(files: dict[str, str]) -> bytes:
    return zipped({name: text.encode() for name, text in files.items()})


def days(found: CommitmentKept) -> list[str]:
    return [each.day.isoformat() for each in found.check_ins]


def test_loops_older_generation_is_read():
    meditate, film = understood(zip_of(FIRST))
    assert (meditate.title, meditate.cue) == ("Meditate", "Did you, today?")
    assert (meditate.schedule.days, meditate.schedule.target) == ((1, 2, 3, 4, 5, 6, 7), 7)
    assert days(meditate) == ["2015-01-25"]
    assert (film.schedule.every, film.schedule.days, days(film)) == (2, (6,), ["2015-01-24"])


def test_loops_present_generation_is_read_without_its_own_marks():
    meditate, run = understood(zip_of(SECOND))
    assert (meditate.cue, meditate.schedule.target) == ("Breathe", 3)
    assert [(each.day.isoformat(), each.note) for each in meditate.check_ins] == [
        ("2015-01-25", "Forgot it, really")
    ]
    assert [each.week.isoformat() for each in meditate.rests] == ["2015-01-12"]
    assert (run.state, days(run)) == ("archived", ["2015-01-25"])


def test_our_own_loop_files_are_read_back():
    ours = belongings(
        commitment("=Film, at last", check_ins=[check_in(SATURDAY, note="-so-")]),
        commitment("Книга", check_ins=[check_in(SATURDAY + timedelta(days=8))]),
    )
    film, book = understood(zipped(loop_csv.files(ours, NOW.date())))
    assert (film.title, days(film), film.check_ins[0].note) == (
        "=Film, at last",
        ["2026-01-03"],
        "-so-",
    )
    assert (book.title, days(book), book.schedule.days) == ("Книга", ["2026-01-11"], (7,))


@pytest.mark.parametrize(
    "spoiled",
    [
        {"Habits.csv": "Name\nFilm\n"},
        {"Habits.csv": FIRST["Habits.csv"].replace(",1,1,", ",1,0,")},
        {"Habits.csv": FIRST["Habits.csv"].replace(",1,1,", ",nan,1,")},
        {"Habits.csv": FIRST["Habits.csv"].replace(",1,1,", ",1e999,1,")},
        {"001 Meditate/Checkmarks.csv": "2015-13-45,2\n"},
        {"001 Meditate/Checkmarks.csv": "1066-01-01,2\n"},
    ],
)
def test_loop_files_that_cannot_be_are_refused(spoiled: dict[str, str]):
    assert why(zip_of(FIRST | spoiled)) is Why.WRONG


def test_a_name_too_long_for_us_is_cut():
    [found, _] = understood(
        zip_of(FIRST | {"Habits.csv": FIRST["Habits.csv"].replace("Meditate", "M" * 99)})
    )
    assert found.title == "M" * 64


# Loop's database.

LOOP = """
CREATE TABLE Habits (id integer primary key, archived integer, color integer, description text,
    freq_den integer, freq_num integer, highlight integer, name text, position integer,
    reminder_hour integer, reminder_min integer, reminder_days integer not null default 127,
    type integer not null default 0, target_type integer not null default 0,
    target_value real not null default 0, unit text not null default '', question text, uuid text);
CREATE TABLE Repetitions (id integer primary key, habit integer not null references habits(id),
    timestamp integer not null, value integer not null, notes text);
INSERT INTO Habits (id, archived, freq_den, freq_num, name, position, reminder_hour, reminder_min,
    reminder_days) VALUES
    (1, 0, 7, 1, 'Film', 1, 18, 30, 1), (2, 0, 1, 1, 'Tea', 0, null, null, 127);
INSERT INTO Repetitions (habit, timestamp, value, notes) VALUES
    (1, 1422057600000, 2, 'good'), (1, 1422144000000, 1, ''), (2, 1422057600000, 2, '');
PRAGMA user_version = 25;
"""


def database(path: Path, script: str) -> bytes:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    return path.read_bytes()


def test_loops_database_is_read(tmp_path: Path):
    tea, film = understood(database(tmp_path / "loop.db", LOOP))
    assert (film.title, film.state) == ("Film", "active")
    assert (film.schedule.days, f"{film.schedule.at:%H:%M}") == ((6,), "18:30")
    assert [(each.day.isoformat(), each.note) for each in film.check_ins] == [
        ("2015-01-24", "good")
    ]
    assert (tea.title, tea.state) == ("Tea", "paused")


def test_a_database_that_was_kept_with_a_log_beside_it_is_read(tmp_path: Path):
    assert understood(database(tmp_path / "loop.db", f"PRAGMA journal_mode=WAL;{LOOP}"))


def test_another_database_is_not_known(tmp_path: Path):
    assert why(database(tmp_path / "songs.db", "CREATE TABLE songs (id)")) is Why.UNKNOWN


ENDLESS = (
    "CREATE VIEW Repetitions AS WITH RECURSIVE n(habit) AS "
    "(SELECT 1 UNION ALL SELECT habit + 1 FROM n) SELECT habit, 0 AS timestamp, 2 AS value FROM n"
)


@pytest.mark.parametrize(
    ("instead", "wrong"),
    [
        ("DROP TABLE Repetitions", Why.UNKNOWN),
        (f"DROP TABLE Repetitions; {ENDLESS}", Why.UNKNOWN),
        ("UPDATE Habits SET freq_den = 0", Why.WRONG),
        ("UPDATE Habits SET freq_den = 'x'", Why.DAMAGED),
        ("UPDATE Habits SET reminder_hour = 99", Why.DAMAGED),
        ("UPDATE Repetitions SET timestamp = 9e18", Why.DAMAGED),
        ("UPDATE Repetitions SET timestamp = -9999999999999", Why.WRONG),
        ("UPDATE Habits SET name = randomblob(200000)", Why.DAMAGED),
        ("ALTER TABLE Habits DROP COLUMN freq_num", Why.DAMAGED),
    ],
)
def test_databases_that_cannot_be_are_refused(tmp_path: Path, instead: str, wrong: Why):
    assert why(database(tmp_path / "loop.db", f"{LOOP}; {instead}; VACUUM")) is wrong


def test_a_damaged_database_is_told(tmp_path: Path):
    content = bytearray(database(tmp_path / "loop.db", LOOP))
    content[4096:] = bytes(b ^ 0x55 for b in content[4096:])
    assert why(bytes(content)) is Why.DAMAGED


# Bent in any way.


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """One of each kind."""
    full = as_read(commitment("Film", ways=["Cinema"], occasions=[OCCASION], rests=["2026-01-05"]))
    loop = database(tmp_path_factory.mktemp("loop") / "loop.db", LOOP)
    own = as_json(full)
    return [own, zipped({"habits-export.json": own}), zip_of(FIRST), zip_of(SECOND), loop]


@given(st.integers(0, 4), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=3)), max_size=5))
@settings(max_examples=300)
def test_no_file_makes_reading_fail(
    whole_files: list[bytes], which: int, bends: list[tuple[float, bytes]]
):
    content = bytearray(whole_files[which])
    for where, bytes_ in bends:
        at = int(where * (len(content) - 1))
        content[at : at + len(bytes_)] = bytes_
    found = read(bytes(content), NOW)
    assert isinstance(found, Belongings) or unreadable(found).encode()


def test_an_entry_without_a_name_is_damage():
    whole = zipped({"habits-export.json": as_json(as_read())})
    length, none = struct.pack("<H", 18), struct.pack("<H", 0)
    at = whole.index(b"PK\x01\x02") + 28
    assert whole[at : at + 2] == length
    assert why(whole[:at] + none + whole[at + 2 :]) is Why.DAMAGED


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_rare_packings_are_refused(packing: int):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", packing) as archive:
        archive.writestr("habits-export.json", as_json(as_read()))
    assert why(whole.getvalue()) is Why.DAMAGED


# beaverhabits.


def test_beaverhabits_is_read():
    habits = {
        "habits": [
            {"name": "Read", "id": "a", "status": "active", "tags": [], "star": False,
             "period": {"period_type": "W", "period_count": 1, "target_count": 2},
             "records": [{"day": "2026-01-03", "done": True, "text": "good"},
                         {"day": "2026-01-04", "done": False}]},
            {"name": "Old", "id": "b", "status": "archive", "period": None, "records": []},
            {"name": "Gone", "id": "c", "status": "soft_delete", "records": []},
            {"name": "Monthly", "id": "d", "status": "active", "records": [],
             "period": {"period_type": "M", "period_count": 1, "target_count": 1}},
        ],
        "order": ["b", "a", "d"],
    }  # fmt: skip
    old, read_, monthly = understood(as_json(habits))
    assert (old.title, old.state) == ("Old", "archived")
    assert (read_.title, read_.schedule.target, read_.schedule.days) == ("Read", 2, (6, 7))
    assert [(each.day.isoformat(), each.note) for each in read_.check_ins] == [
        ("2026-01-03", "good")
    ]
    assert monthly.schedule.every == 4


@pytest.mark.parametrize(
    "habit",
    [
        {"name": "x", "period": {"period_type": "H", "period_count": 1, "target_count": 1}},
        {"name": "x", "period": {"period_type": "D", "period_count": 0, "target_count": 1}},
        {"name": "x", "records": [{"day": "someday", "done": True}]},
        {"name": "x", "records": [{"day": "0001-01-01", "done": True}]},
        {"records": []},
    ],
)
def test_beaverhabits_that_cannot_be_are_refused(habit: dict[str, Any]):
    assert why(as_json({"habits": [habit]})) is Why.WRONG
