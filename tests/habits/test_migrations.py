"""From whatever is found where the database should be to our schema, or to a sentence."""

import ast
import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from habits.storage import schema
from habits.storage.database import connect, postgres_engine, sqlite_engine
from habits.storage.schema import Unusable
from habits.storage.tables import metadata
from tests.postgres import Server

ROOT = Path(__file__).parent.parent.parent
HEAD = "0016"


@contextlib.contextmanager
def looking_into(url: sa.URL) -> Iterator[sa.Connection]:
    sqlite = url.get_backend_name() == "sqlite"
    engine = sqlite_engine(url, "BEGIN IMMEDIATE") if sqlite else postgres_engine(url)
    with engine.begin() as tx:
        yield tx
    engine.dispose()


def file_at(path: Path) -> sa.URL:
    return sa.URL.create("sqlite", database=str(path))


def differences(url: sa.URL) -> list[object]:
    with looking_into(url) as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def test_the_migrations_end_where_the_tables_are(new_database_url: sa.URL):
    assert schema.migrate(new_database_url) == HEAD
    assert differences(new_database_url) == []


ONLY_ADD = {"create_table", "create_index", "batch_alter_table", "add_column", "f"}
SIDE_BY_SIDE_SINCE = "0009"


def test_a_process_of_the_version_before_can_go_on_while_and_after_it_is_migrated():
    """So processes can be replaced one after another: what is there stays as it is."""
    files = (ROOT / "habits" / "storage" / "migrations" / "versions").glob("[0-9]*.py")
    young = [file for file in files if file.name >= SIDE_BY_SIDE_SINCE]
    assert young
    for file in young:
        [upgrade] = [
            node
            for node in ast.parse(file.read_text()).body
            if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
        ]
        for call in ast.walk(upgrade):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            if ast.unparse(call.func.value) in ("op", "batch_op"):
                assert call.func.attr in ONLY_ADD, f"{file.name}: {ast.unparse(call)}"
            if call.func.attr == "add_column":
                column = ast.unparse(call)
                assert "nullable=True" in column or "server_default" in column, column


def test_migrating_again_changes_nothing(new_database_url: sa.URL):
    schema.migrate(new_database_url)
    with looking_into(new_database_url) as tx:
        schema.belong_to(tx, 42)
    assert schema.migrate(new_database_url) == HEAD
    with looking_into(new_database_url) as tx:
        schema.belong_to(tx, 42)


def test_the_revision_is_told_without_changing_anything(new_database_url: sa.URL):
    assert schema.revision(new_database_url) is None
    assert not Path(new_database_url.database or "").exists()
    schema.migrate(new_database_url)
    assert schema.revision(new_database_url) == HEAD


ENDS_AT = """
import os, signal, sys
import sqlalchemy as sa
import habits
from habits.storage import schema

left = int(sys.argv[2])

@sa.event.listens_for(sa.Engine, "after_cursor_execute")
def end(connection, cursor, statement, parameters, context, executemany):
    global left
    left -= statement.lstrip().upper().startswith(("CREATE", "INSERT"))
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

schema.migrate(sa.make_url(sys.argv[1]))
"""
NEVER = "1000000"


@pytest.mark.parametrize("statements", [1, 2, 7, 20, 25])
def test_killed_in_the_middle_it_begins_anew(new_database_url: sa.URL, statements: int):
    url = new_database_url.render_as_string(hide_password=False)
    killed = subprocess.run([sys.executable, "-c", ENDS_AT, url, str(statements)], cwd=ROOT)
    assert killed.returncode == -9
    assert schema.revision(new_database_url) is None
    assert schema.migrate(new_database_url) == HEAD
    assert differences(new_database_url) == []


def test_two_processes_that_start_together_migrate_once(new_database_url: sa.URL):
    url = new_database_url.render_as_string(hide_password=False)
    together = [subprocess.Popen([sys.executable, "-c", ENDS_AT, url, NEVER]) for _ in range(3)]
    assert [process.wait(timeout=60) for process in together] == [0, 0, 0]
    assert differences(new_database_url) == []


def test_one_that_comes_second_waits_for_a_long_migration(server: Server):
    """Longer than an ordinary statement may wait for a lock."""
    url = server.create()
    with server.connected(str(url.database)) as first:
        first.execute("BEGIN")
        first.execute("SELECT pg_advisory_xact_lock(%s)", (schema.ONE_AT_A_TIME,))
        second = subprocess.Popen(
            [sys.executable, "-c", ENDS_AT, url.render_as_string(hide_password=False), NEVER]
        )
        with pytest.raises(subprocess.TimeoutExpired):
            second.wait(timeout=5)
        first.execute("COMMIT")
        assert second.wait(timeout=30) == 0
    assert schema.revision(url) == HEAD
    server.drop(url)


def refusal(url: sa.URL) -> str:
    """The sentence with which a database is refused; it changes nothing in it."""
    with pytest.raises(Unusable) as refused:
        schema.migrate(url)
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    return sentence


def test_a_newer_programs_database_is_left_alone(new_database_url: sa.URL):
    schema.migrate(new_database_url)
    with looking_into(new_database_url) as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "revision 9999, which is newer than this program" in refusal(new_database_url)


def test_another_programs_database_is_left_alone(new_database_url: sa.URL):
    with looking_into(new_database_url) as tx:
        tx.exec_driver_sql("CREATE TABLE wp_posts (id INTEGER PRIMARY KEY)")
    assert "another program's tables (wp_posts)" in refusal(new_database_url)
    with pytest.raises(Unusable, match="another program's"):
        schema.revision(new_database_url)
    with looking_into(new_database_url) as tx:
        assert sa.inspect(tx).get_table_names() == ["wp_posts"]


def test_another_program_with_migrations_of_its_own_is_left_alone(new_database_url: sa.URL):
    with looking_into(new_database_url) as tx:
        tx.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        tx.exec_driver_sql("INSERT INTO alembic_version VALUES ('0001')")
        tx.exec_driver_sql("CREATE TABLE orders (id INTEGER PRIMARY KEY)")
    assert "another program's tables (alembic_version, orders)" in refusal(new_database_url)


def test_another_bots_database_is_left_alone(new_database_url: sa.URL):
    schema.migrate(new_database_url)
    with looking_into(new_database_url) as tx:
        schema.belong_to(tx, 42)
    refused = pytest.raises(Unusable, match="belongs to the bot 42, the token to the bot 43")
    with looking_into(new_database_url) as tx, refused:
        schema.belong_to(tx, 43)


def test_a_text_file_is_no_database(tmp_path: Path):
    notes = tmp_path / "notes.txt"
    notes.write_text("Buy tea.\n" * 100)
    assert "is not a SQLite database" in refusal(file_at(notes))
    assert notes.read_text() == "Buy tea.\n" * 100


def test_an_empty_file_becomes_a_database(tmp_path: Path):
    (tmp_path / "empty").touch()
    assert schema.migrate(file_at(tmp_path / "empty")) == HEAD


def test_a_directory_is_no_database(tmp_path: Path):
    assert "cannot be opened (Is a directory)" in refusal(file_at(tmp_path))


def test_a_directory_that_is_not_there_is_told(tmp_path: Path):
    assert "cannot be opened" in refusal(file_at(tmp_path / "nowhere" / "a.sqlite3"))


@contextlib.contextmanager
def as_nobody(tmp_path: Path) -> Iterator[None]:
    """Without root's right to open everything."""
    if os.geteuid() != 0:
        yield
        return
    theirs = Path(tempfile.gettempdir())
    for parent in (tmp_path, *tmp_path.parents):
        if theirs in parent.parents:
            parent.chmod(parent.stat().st_mode | 0o055)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_that_others_own_is_told(tmp_path: Path):
    file = tmp_path / "a.sqlite3"
    schema.migrate(file_at(file))
    file.chmod(0o000)
    with as_nobody(tmp_path):
        assert "cannot be opened (Permission denied)" in refusal(file_at(file))
    file.chmod(0o444)
    tmp_path.chmod(0o555)
    with as_nobody(tmp_path):
        assert "see that it is there and writable" in refusal(file_at(file))
    tmp_path.chmod(0o755)


def test_a_server_that_is_not_there_is_told_without_its_password(tmp_path: Path):
    url = sa.make_url("postgresql+psycopg://bot:geheim@/house").update_query_dict(
        {"host": str(tmp_path)}
    )
    sentence = refusal(url)
    assert "cannot be opened" in sentence
    assert "geheim" not in sentence


def test_a_kind_of_database_that_we_do_not_know_is_told():
    assert "mysql is no database that I know" in refusal(sa.make_url("mysql://root@localhost/x"))


# Damage.


def left_uncleanly(file: Path) -> None:
    """A database with people in it, left behind as by SIGKILL."""
    clean = file.with_name("clean.sqlite3")
    schema.migrate(file_at(clean))
    with contextlib.closing(sqlite3.connect(clean, isolation_level=None)) as writing:
        writing.execute("CREATE TABLE filler (words TEXT)")
        writing.execute("BEGIN")
        writing.executemany("INSERT INTO filler VALUES (?)", [("tea" * 500,)] * 200)
        writing.execute("COMMIT")
        writing.execute("PRAGMA wal_checkpoint")
        writing.execute("INSERT INTO filler VALUES ('the last')")
        shutil.copy(clean, file)
        shutil.copy(f"{clean}-wal", f"{file}-wal")


def damage(file: Path) -> None:
    """A page in the middle is overwritten, as by a dying disk."""
    with file.open("r+b") as written:
        written.seek(4096 * 90)
        written.write(b"\xa5" * 4096)


def test_after_an_unclean_stop_a_damaged_file_is_refused(tmp_path: Path):
    file = tmp_path / "a.sqlite3"
    left_uncleanly(file)
    damage(file)
    assert "is damaged" in refusal(file_at(file))
    again = refusal(file_at(file))  # a supervisor starts us again, and again
    assert "restore the last backup" in again
    schema.migrate(file_at(file.with_name("backup.sqlite3")))
    file.with_name("backup.sqlite3").replace(file)
    assert schema.migrate(file_at(file)) == HEAD
    assert not file.with_name("a.sqlite3-unchecked").exists()


def test_after_an_unclean_stop_a_sound_file_goes_on_with_all_that_was_committed(tmp_path: Path):
    file = tmp_path / "a.sqlite3"
    left_uncleanly(file)
    assert schema.migrate(file_at(file)) == HEAD
    with contextlib.closing(sqlite3.connect(file)) as reading:
        assert reading.execute("SELECT count(*) FROM filler").fetchone() == (201,)


def test_after_a_clean_stop_the_file_is_not_searched_for_damage(tmp_path: Path):
    """A year's database takes seconds to search; who ended in order does not pay for it."""
    file = tmp_path / "a.sqlite3"
    left_uncleanly(file)
    schema.migrate(file_at(file))
    connect(file_at(file)).close()
    assert not file.with_name("a.sqlite3-wal").exists()
    damage(file)
    assert schema.migrate(file_at(file)) == HEAD


def test_a_file_of_garbage_behind_the_right_beginning_is_damaged(tmp_path: Path):
    file = tmp_path / "a.sqlite3"
    file.write_bytes(schema.SQLITE_FILES_BEGIN + b"\x5a" * 8000)
    assert "is damaged (file is not a database)" in refusal(file_at(file))


# What our promises rest on.


def test_sqlite_is_set_as_our_promises_need_it(tmp_path: Path):
    schema.migrate(file_at(tmp_path / "a.sqlite3"))
    with looking_into(file_at(tmp_path / "a.sqlite3")) as tx:
        found = {
            setting: tx.exec_driver_sql(f"PRAGMA {setting}").scalar()
            for setting in schema.SQLITE_SETTINGS
        }
    assert found == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


def test_where_sqlite_cannot_be_set_so_it_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(schema.SQLITE_SETTINGS, "synchronous", 3)
    sentence = refusal(file_at(tmp_path / "a.sqlite3"))
    assert "SQLite's synchronous is 2 here where 3 is needed" in sentence


def test_postgresql_is_set_as_our_promises_need_it(server: Server):
    url = server.create()
    with looking_into(url) as tx:
        for setting, wanted in {
            "synchronous_commit": "on",
            "TimeZone": "UTC",
            "lock_timeout": "3s",
            "statement_timeout": "10s",
            "idle_in_transaction_session_timeout": "15s",
        }.items():
            assert tx.exec_driver_sql(f"SHOW {setting}").scalar() == wanted
    server.drop(url)
