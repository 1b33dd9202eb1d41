"""Backups of the SQLite file: consistent, checked, thinned out, put back or refused."""

import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from habits.rules.backup import to_keep
from habits.storage import backups
from habits.storage.schema import Unusable

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> Path:
    """A database as the bot leaves it behind."""
    path = Path(shutil.copy(migrated_file, tmp_path / "letloose.sqlite3"))
    write(path, "bot_id", "4242")
    return path


def write(path: Path, key: str, value: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT OR REPLACE INTO program VALUES (?, ?)", (key, value))


def rows(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT key, value FROM program"))


def as_it_is(_: backups.Backup) -> None:
    """Nothing has to be settled before these take the database's place."""


def test_seven_days_and_four_weeks_are_kept():
    days = [TODAY - timedelta(days=n) for n in range(60)]
    kept = sorted(to_keep(days), reverse=True)
    assert kept[:7] == days[:7]
    assert kept[7:] == [date(2026, 11, 15), date(2026, 11, 8)]
    assert len({day.isocalendar()[:2] for day in kept}) == 4


def test_none_lives_longer_than_a_month_however_few_there_are():
    assert to_keep([TODAY, TODAY - timedelta(days=29), TODAY - timedelta(days=30)]) == {
        TODAY,
        TODAY - timedelta(days=29),
    }


def test_the_newest_is_always_kept():
    assert to_keep([TODAY]) == {TODAY}
    assert to_keep([]) == set()


def test_there_is_one_a_day_and_old_ones_go(database: Path, tmp_path: Path):
    folder = tmp_path / "backups"
    for n in range(40):
        at = NOW + timedelta(days=n)
        assert backups.back_up_daily(database, folder, at) is not None
        assert backups.back_up_daily(database, folder, at) is None
    assert 7 < len(list(folder.iterdir())) <= 11


def test_what_a_killed_process_left_half_written_goes(database: Path, tmp_path: Path):
    folder = tmp_path / "backups"
    folder.mkdir()
    half = folder / f"{database.stem}-2026-01-01.sqlite3.part"
    half.write_bytes(b"somebody's words")
    backups.back_up_daily(database, folder, NOW)
    assert not half.exists()


def test_files_of_others_in_the_folder_stay(database: Path, tmp_path: Path):
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "letloose-mine.sqlite3").touch()
    for n in range(20):
        backups.back_up_daily(database, folder, NOW + timedelta(days=n))
    assert (folder / "letloose-mine.sqlite3").exists()


def test_a_backup_says_whose_it_is_and_when_it_was_taken(database: Path, tmp_path: Path):
    found = backups.back_up(database, tmp_path / "one.sqlite3", NOW)
    assert (found.bot_id, found.taken_at) == ("4242", NOW)


def test_it_is_consistent_while_others_write(database: Path, tmp_path: Path):
    """Both rows of each transaction are there, or neither, and what was committed before."""
    stop, begun = threading.Event(), threading.Event()

    def write_pairs() -> None:
        with closing(sqlite3.connect(database, timeout=10)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            for n in range(100_000):
                with connection:
                    pair = [(f"left {n}", "x" * 500), (f"right {n}", "x" * 500)]
                    connection.executemany("INSERT INTO program VALUES (?, ?)", pair)
                begun.set()
                if stop.is_set():
                    return

    writing = threading.Thread(target=write_pairs)
    writing.start()
    try:
        assert begun.wait(20)
        for n in range(5):
            found = rows(backups.back_up(database, tmp_path / f"{n}.sqlite3", NOW).path)
            lefts = {key.split()[1] for key in found if key.startswith("left")}
            assert lefts
            assert lefts == {key.split()[1] for key in found if key.startswith("right")}
    finally:
        stop.set()
        writing.join()


def test_what_is_there_is_not_overwritten(database: Path, tmp_path: Path):
    (tmp_path / "there").write_text("dear")
    with pytest.raises(Unusable, match="there already"):
        backups.back_up(database, tmp_path / "there", NOW)
    assert (tmp_path / "there").read_text() == "dear"


def test_a_backup_is_put_back_and_the_old_one_put_aside(database: Path, tmp_path: Path):
    backup = backups.back_up(database, tmp_path / "one.sqlite3", NOW).path
    write(database, "since", "yes")
    aside = backups.restore(backup, database, "4242", NOW, as_it_is)
    assert "since" not in rows(database)
    assert aside is not None
    assert rows(aside)["since"] == "yes"
    assert not list(tmp_path.glob("*.part"))


def test_what_was_committed_last_goes_aside_as_well(database: Path, tmp_path: Path):
    """A process that was killed leaves its last commits in the file beside the database."""
    backup = backups.back_up(database, tmp_path / "one.sqlite3", NOW).path
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("INSERT INTO program VALUES ('last', 'yes')")
        connection.commit()
        killed = tmp_path / "killed.sqlite3"
        shutil.copy(database, killed)
        shutil.copy(f"{database}-wal", f"{killed}-wal")
    aside = backups.restore(backup, killed, None, NOW, as_it_is)
    assert aside is not None
    assert rows(aside)["last"] == "yes"
    assert "last" not in rows(killed)


def test_without_a_database_there_is_nothing_to_put_aside(database: Path, tmp_path: Path):
    backup = backups.back_up(database, tmp_path / "one.sqlite3", NOW).path
    database.unlink()
    assert backups.restore(backup, database, "4242", NOW, as_it_is) is None
    assert rows(database)["bot_id"] == "4242"


def _absent(path: Path) -> None:
    path.unlink()


def _text(path: Path) -> None:
    path.write_text("dear diary")


def _cut(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def _of_another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE songs (id)")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def _of_another_bot(path: Path) -> None:
    write(path, "bot_id", "1717")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_absent, "is not there"),
        (_text, "is not a SQLite database"),
        (_cut, "cannot be used"),
        (_of_another_program, "another program's tables"),
        (_newer, "newer than this program"),
        (_of_another_bot, "belongs to the bot 1717"),
    ],
)
def test_what_cannot_be_put_back_is_refused_and_nothing_changes(
    database: Path, tmp_path: Path, spoil: Callable[[Path], None], sentence: str
):
    backup = backups.back_up(database, tmp_path / "one.sqlite3", NOW).path
    spoil(backup)
    before = database.read_bytes()
    with pytest.raises(Unusable, match=sentence):
        backups.restore(backup, database, "4242", NOW, as_it_is)
    assert database.read_bytes() == before
    assert not list(tmp_path.glob("*before*"))
