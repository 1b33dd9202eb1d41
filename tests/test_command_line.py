"""The command line through the real process: what is wrong is told in one sentence, and how."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from habits.storage import schema
from tests.process import ROOT, Program, free_port

TOKEN = "4242:AAcanary-canary-canary-canary-canary"
REVOKED = "4242:AArevoked-revoked-revoked-revoked-re"
NOBODY = "65534"


AS_SOMEBODY_ELSE = (
    "import os, app.commands, app.local, app.doctor; from app.__main__ import main;"
    "os.setgroups([]); os.setgid({0}); os.setuid({0}); main()"
)
"""Python itself may lie where nobody else may look, so it is loaded before we become another."""
only_root = pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")


@dataclass
class Ended:
    """How a process ended."""

    code: int
    output: str
    errors: str

    @property
    def sentence(self) -> str:
        """The one line of its errors; two lines or a traceback are a failure."""
        assert self.errors.startswith("letloose: "), self.errors
        assert self.errors.count("\n") == 1, self.errors
        return self.errors.removeprefix("letloose: ").strip()


def letloose(*arguments: str, data_dir: Path, user: str = "", **settings: str) -> Ended:
    """Run `letloose` with these settings until it ends; no token may be in anything it says."""
    program = Program(data_dir, {f"LETLOOSE_{name}": value for name, value in settings.items()})
    how = ["-m", "app"] if not user else ["-c", AS_SOMEBODY_ELSE.format(user)]
    done = subprocess.run(
        [sys.executable, *how, *arguments],
        cwd=ROOT,
        env=program.environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    for secret in (TOKEN, REVOKED, "AAcanary", "AArevoked", "pass-word"):
        assert secret not in done.stdout + done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)


@contextmanager
def telegram(token: str, log: Path) -> Iterator[str]:
    """A Bot API server that knows one token; gives its address."""
    with log.open("w") as errors:
        server = subprocess.Popen(
            [sys.executable, "-m", "playground", "--port", str(free_port()), "--token", token],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        assert server.stdout is not None
        try:
            yield server.stdout.readline().partition("/?key=")[0]
        finally:
            server.terminate()
            server.wait(timeout=10)
            server.stdout.close()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def in_sight() -> Iterator[Path]:
    """A directory in which everybody may look, and only we may touch.

    Not pytest's: each session that starts takes the rights off what theirs lie in.
    """
    with tempfile.TemporaryDirectory(prefix="letloose-") as made:
        place = Path(made)
        place.chmod(0o755)
        yield place


# Wrong settings: one line, exit code 2.

WRONG: Sequence[tuple[str, str, str]] = (
    ("TOKEN", "", "LETLOOSE_TOKEN='' is not allowed: a bot's token as BotFather gives it"),
    ("TOKEN", "AAcanary", "LETLOOSE_TOKEN='(not shown)' is not allowed: a bot's token"),
    ("TOKEN_FILE", "/nowhere/token", "LETLOOSE_TOKEN_FILE='/nowhere/token' is not allowed: a file"),
    ("TOKEN_FILE", TOKEN, "LETLOOSE_TOKEN_FILE='[token]' is not allowed: a file"),
    ("TOKEN_FILE", "/dev/null/token", "is not allowed: a file that holds the token"),
    (
        "TOKEN_FILE",
        "/etc/hostname",
        "LETLOOSE_TOKEN_FILE=/etc/hostname is not allowed: a file with",
    ),
    ("TOKEN_FILE", sys.executable, "is not allowed: a file with a bot's token and nothing else"),
    ("API_URL", "telegram", "LETLOOSE_API_URL='telegram' is not allowed: the root of a Bot API"),
    ("API_URL", f"ftp://x/bot{TOKEN}", "LETLOOSE_API_URL='ftp://x/bot"),
    ("DATA_DIR", " ", "LETLOOSE_DATA_DIR=' ' is not allowed: a directory"),
    ("KEY_FILE", "", "LETLOOSE_KEY_FILE='' is not allowed: a file that `letloose key` made"),
    ("KEY_FILE", "/nowhere/keys", "LETLOOSE_KEY_FILE=/nowhere/keys cannot be read: No such file"),
    ("KEY_FILE", "/etc/hostname", "LETLOOSE_KEY_FILE=/etc/hostname is no key file: its line 1 is"),
    ("KEY_FILE", sys.executable, "is no key file: it is not plain text"),
    ("DATABASE_URL", "", "LETLOOSE_DATABASE_URL='' is not allowed: postgresql://user@host/name"),
    ("DATABASE_URL", "mysql://me:pass-word@h/b", "LETLOOSE_DATABASE_URL='mysql://me:***@h/b' is"),
    ("DATABASE_URL", "sqlite+aiosqlite:////tmp/a", "is not allowed: postgresql://"),
    (
        "DATABASE_URL",
        "sqlite://",
        "is not allowed: postgresql://user@host/name, or sqlite:////path",
    ),
    ("DATABASE_URL", "postgresql://h:port/b", "is not allowed: postgresql://user@host/name"),
    ("LISTEN", "8080", "LETLOOSE_LISTEN='8080' is not allowed: host:port, such as 127.0.0.1:8080"),
    ("LISTEN", "127.0.0.1:99999", "LETLOOSE_LISTEN='127.0.0.1:99999' is not allowed: host:port"),
    ("LISTEN", "127.0.0.1:²", "is not allowed: host:port, such as 127.0.0.1:8080"),
    (
        "PUBLIC_URL",
        "bot.example.org",
        "LETLOOSE_PUBLIC_URL='bot.example.org' is not allowed: where",
    ),
    (
        "WEBHOOK_URL",
        "bot.example.org/hook",
        "LETLOOSE_WEBHOOK_URL='bot.example.org/hook' is not allowed: where Telegram reaches",
    ),
    ("WEBHOOK_URL", "https://bot.example.org/hook", "LETLOOSE_WEBHOOK_URL needs LETLOOSE_LISTEN"),
    ("WEBHOOK_SECRET", "canary!", "LETLOOSE_WEBHOOK_SECRET='(not shown)' is not allowed: 1 to 256"),
    ("WEBHOOK_SECRET", "abc", "LETLOOSE_WEBHOOK_SECRET is of no use without LETLOOSE_WEBHOOK_URL"),
    ("METRICS_LISTEN", "x", "LETLOOSE_METRICS_LISTEN='x' is not allowed: host:port, such as"),
    ("PEOPLE", "friends", "LETLOOSE_PEOPLE='friends' is not allowed: open to everybody, or invite"),
    ("NEW_PEOPLE", "0", "LETLOOSE_NEW_PEOPLE='0' is not allowed: newcomers let in within a minute"),
    ("OPERATOR", "me", "LETLOOSE_OPERATOR='me' is not allowed: your number at Telegram"),
    ("SEND_RATE", "fast", "LETLOOSE_SEND_RATE='fast' is not allowed: messages a second, 1 to 1000"),
    ("SEND_RATE", "0", "LETLOOSE_SEND_RATE='0' is not allowed: messages a second, 1 to 1000"),
    (
        "LOG_LEVEL",
        "LOUD",
        "LETLOOSE_LOG_LEVEL='LOUD' is not allowed: DEBUG, INFO, WARNING or ERROR",
    ),
    ("LOG_FORMAT", "xml", "LETLOOSE_LOG_FORMAT='xml' is not allowed: text or json"),
    ("PLAYGROUND_PORT", "0", "LETLOOSE_PLAYGROUND_PORT='0' is not allowed: the port of the play"),
    ("NEEDS_TOKEN", "maybe", "LETLOOSE_NEEDS_TOKEN='maybe' is not allowed: true or false"),
    ("TOKN", "1", "LETLOOSE_TOKN is no setting; did you mean LETLOOSE_TOKEN"),
    (
        "COLOUR",
        "red",
        "LETLOOSE_COLOUR is no setting; there are LETLOOSE_TOKEN, LETLOOSE_TOKEN_FILE, ",
    ),
)


@pytest.mark.parametrize(("name", "value", "told"), WRONG)
def test_a_wrong_setting_is_named_with_its_value_and_what_is_allowed(
    data_dir: Path, name: str, value: str, told: str
) -> None:
    ended = letloose("run", data_dir=data_dir, **{name: value})
    assert told in ended.sentence
    assert ended.code == 2
    assert not data_dir.exists()


def test_the_token_is_wanted_once(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN)
    ended = letloose("run", data_dir=tmp_path, TOKEN=TOKEN, TOKEN_FILE=str(file))
    assert ended.sentence == "LETLOOSE_TOKEN and LETLOOSE_TOKEN_FILE are both set: keep one of them"
    assert ended.code == 2


@only_root
def test_a_token_file_of_somebody_else_is_a_wrong_value(in_sight: Path) -> None:
    file = in_sight / "token"
    file.write_text(TOKEN)
    file.chmod(0o600)
    ended = letloose("run", data_dir=in_sight, user=NOBODY, TOKEN_FILE=str(file))
    assert ended.sentence == f"LETLOOSE_TOKEN_FILE={file} cannot be read: Permission denied"
    assert ended.code == 2


def test_where_a_token_is_needed_its_absence_is_a_mistake(data_dir: Path) -> None:
    ended = letloose("run", data_dir=data_dir, NEEDS_TOKEN="true")
    assert ended.sentence == "LETLOOSE_TOKEN is missing: get a token from @BotFather"
    assert ended.code == 2


def test_an_unknown_command_is_told_with_how_to_ask_for_help(data_dir: Path) -> None:
    ended = letloose("runn", data_dir=data_dir)
    assert "No such command 'runn'" in ended.errors
    assert ended.code == 2


# What the settings name cannot be used: one sentence, exit code 1.


@pytest.mark.parametrize("command", ["run", "migrate", "doctor"])
def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path, command: str) -> None:
    file = tmp_path / "diary.txt"
    file.write_text("Dear diary, " * 100)
    ended = letloose(command, data_dir=tmp_path, TOKEN=TOKEN, DATABASE_URL=f"sqlite:///{file}")
    assert f"{file} is not a SQLite database" in ended.output + ended.errors
    assert ended.code == 1
    assert "Traceback" not in ended.errors
    assert file.read_text() == "Dear diary, " * 100


@pytest.mark.parametrize("command", ["run", "migrate", "doctor"])
def test_another_programs_database_is_left_alone(tmp_path: Path, command: str) -> None:
    file = tmp_path / "shop.sqlite3"
    with closing(sqlite3.connect(file)) as shop:
        shop.execute("CREATE TABLE orders (id INTEGER)")
    ended = letloose(command, data_dir=tmp_path, TOKEN=TOKEN, DATABASE_URL=f"sqlite:///{file}")
    assert "the database holds another program's tables (orders)" in ended.output + ended.errors
    assert ended.code == 1
    with closing(sqlite3.connect(file)) as shop:
        assert shop.execute("SELECT name FROM sqlite_master").fetchall() == [("orders",)]


def test_another_bots_database_is_left_alone(data_dir: Path) -> None:
    assert letloose("migrate", data_dir=data_dir).code == 0
    database = data_dir / "letloose.sqlite3"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO program (key, value) VALUES ('bot_id', '99')")
    ended = letloose("run", data_dir=data_dir, TOKEN=TOKEN)
    assert "the database belongs to the bot 99, the token to the bot 4242" in ended.sentence
    assert ended.code == 1


@pytest.mark.parametrize("command", ["run", "migrate"])
def test_a_newer_schema_is_left_alone(data_dir: Path, command: str) -> None:
    assert letloose("migrate", data_dir=data_dir).code == 0
    with closing(sqlite3.connect(data_dir / "letloose.sqlite3")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    ended = letloose(command, data_dir=data_dir, TOKEN=TOKEN)
    assert "the database is at revision 9999, which is newer than this program" in ended.sentence
    assert ended.code == 1


def test_a_database_server_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://anna:pass-word@127.0.0.1:{free_port()}/letloose"
    ended = letloose("run", data_dir=tmp_path, TOKEN=TOKEN, DATABASE_URL=url)
    assert "postgresql+psycopg://anna:***@127.0.0.1" in ended.sentence
    assert "cannot be opened" in ended.sentence
    assert ended.code == 1


@pytest.mark.parametrize("command", ["run", "doctor"])
@pytest.mark.parametrize("scheme", ["postgresql", "mysql"])
def test_a_password_in_the_query_is_not_shown_either(
    tmp_path: Path, command: str, scheme: str
) -> None:
    url = f"{scheme}://127.0.0.1:{free_port()}/letloose?user=anna&password=hunter2&sslmode=prefer"
    ended = letloose(command, data_dir=tmp_path, TOKEN=TOKEN, DATABASE_URL=url)
    assert "user=anna" in ended.output + ended.errors
    assert "hunter2" not in ended.output + ended.errors


def test_a_file_where_the_data_directory_should_be_is_told(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("")
    ended = letloose("run", data_dir=file)
    assert ended.sentence == f"{file} is a file where a directory is needed."
    assert ended.code == 1


@only_root
@pytest.mark.parametrize("command", ["run", "playground", "migrate"])
def test_a_directory_of_somebody_else_is_told(in_sight: Path, command: str) -> None:
    ended = letloose(command, data_dir=in_sight / "data", user=NOBODY)
    assert ended.sentence == f"{in_sight / 'data'} cannot be opened: see who owns it."
    assert ended.code == 1


@only_root
def test_a_database_of_somebody_else_is_told(in_sight: Path) -> None:
    assert letloose("migrate", data_dir=in_sight).code == 0
    ended = letloose("migrate", data_dir=in_sight, user=NOBODY)
    assert f"{in_sight}/letloose.sqlite3 cannot be opened" in ended.sentence
    assert ended.code == 1


def test_a_taken_port_is_told(program: Program, tmp_path: Path) -> None:
    with telegram(TOKEN, tmp_path / "telegram.log") as address:
        taken = address.partition("://")[2]
        ended = letloose(
            "run", data_dir=program.data_dir, TOKEN=TOKEN, API_URL=address, LISTEN=taken
        )
    assert ended.sentence == (
        f"LETLOOSE_LISTEN={taken} cannot be listened on (Address already in use): "
        "name another host:port."
    )
    assert ended.code == 1


@pytest.mark.parametrize("command", ["run", "playground"])
def test_a_second_copy_in_the_same_directory_is_told_of_the_first(
    program: Program, command: str
) -> None:
    program.start()
    assert program.process is not None
    ended = letloose(command, data_dir=program.data_dir)
    pid = program.process.pid
    assert ended.sentence == f"another copy is running in {program.data_dir} (pid {pid})."
    assert ended.code == 1
    assert program.stop() == 0


def test_a_second_copy_with_the_same_file_of_sqlite_is_told_of_the_first(
    program: Program, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    program.settings = {"LETLOOSE_DATABASE_URL": f"sqlite:///{tmp_path}/one.sqlite3"}
    program.start()
    assert program.process is not None
    pid, same = program.process.pid, f"{tmp_path}/link/one.sqlite3"
    for command in (["run"], ["restore", "a backup"]):
        ended = letloose(*command, data_dir=tmp_path / "other", DATABASE_URL=f"sqlite:///{same}")
        assert ended.sentence == f"another copy is running with {same} (pid {pid})."
        assert ended.code == 1
    assert program.stop() == 0


@pytest.mark.parametrize("role", ["receive", "dispatch"])
def test_half_the_bot_needs_postgresql_and_a_token(data_dir: Path, role: str) -> None:
    ended = letloose("run", "--role", role, data_dir=data_dir, TOKEN=TOKEN)
    assert ended.sentence == f"--role {role} needs PostgreSQL: on SQLite one process does all"
    assert ended.code == 2
    somewhere = "postgresql://nobody@127.0.0.1:1/nothing"
    ended = letloose("run", "--role", role, data_dir=data_dir, DATABASE_URL=somewhere)
    assert ended.sentence == f"--role {role} needs LETLOOSE_TOKEN: the playground does all"
    assert ended.code == 2


@pytest.mark.parametrize("command", ["run", "doctor"])
def test_a_revoked_token_is_told(data_dir: Path, tmp_path: Path, command: str) -> None:
    with telegram(TOKEN, tmp_path / "telegram.log") as address:
        ended = letloose(
            command, data_dir=data_dir, TOKEN=REVOKED, API_URL=address, LOG_LEVEL="DEBUG"
        )
    told = {
        "run": "letloose: Telegram refuses the token: get the current one from @BotFather",
        "doctor": "BAD  telegram: the token is refused: get the current one from @BotFather",
    }
    assert told[command] in ended.output + ended.errors
    assert "Traceback" not in ended.errors
    assert ended.code == 1


# What is right.


def test_it_runs_as_a_bot_until_it_is_told_to_stop(program: Program, tmp_path: Path) -> None:
    port = free_port()
    with telegram(TOKEN, tmp_path / "telegram.log") as address:
        program.settings = {
            "LETLOOSE_TOKEN": TOKEN,
            "LETLOOSE_API_URL": address,
            "LETLOOSE_LISTEN": f"127.0.0.1:{port}",
            "LETLOOSE_LOG_LEVEL": "DEBUG",
        }
        line = program.start()
        assert "is running: https://t.me/" in line
        well = alive(program)
        assert program.stop() == 0
        unwell = alive(program)
    assert (well.code, well.output) == (0, "well\n")
    assert unwell.code == 1
    assert f"nobody answers at 127.0.0.1:{port}" in unwell.output
    assert TOKEN not in program.log
    assert "Traceback" not in program.log


def alive(program: Program) -> Ended:
    """What a container's health check hears; waits a little for a good answer."""
    for _ in range(20):
        done = subprocess.run(
            [sys.executable, "-m", "app.alive"],
            cwd=ROOT,
            env=program.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode == 0 or program.ended():
            break
        time.sleep(0.2)
    return Ended(done.returncode, done.stdout, done.stderr)


def test_the_health_check_imports_nothing_but_the_standard_library() -> None:
    code = (
        "import sys; before = set(sys.modules); import app.alive; print(*set(sys.modules) - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = {name.partition(".")[0] for name in done.stdout.split()}
    assert names - {"app"} <= sys.stdlib_module_names


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_tells_how_it_is_and_can_be_stopped_while_it_waits_for_telegram(
    program: Program, number: int
) -> None:
    nobody, listen = f"http://127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    program.settings = {
        "LETLOOSE_TOKEN": TOKEN,
        "LETLOOSE_API_URL": nobody,
        "LETLOOSE_LISTEN": listen,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "run"],
        cwd=ROOT,
        env=program.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "Telegram cannot be reached" in process.stderr.readline()
    with urllib.request.urlopen(f"http://{listen}/readyz", timeout=5) as answer:
        assert answer.status == 200
    process.send_signal(number)
    rest = process.communicate(timeout=10)[1]
    assert process.returncode == 0
    assert "Traceback" not in rest
    assert TOKEN not in rest


def test_migrate_says_where_the_database_stands_and_can_be_repeated(data_dir: Path) -> None:
    first, second = (letloose("migrate", data_dir=data_dir) for _ in range(2))
    assert first.code == second.code == 0
    assert first.output == second.output
    assert first.output == f"The database is at revision {schema.revisions()[-1]}.\n"
    assert data_dir.stat().st_mode & 0o777 == 0o700
    assert (data_dir / "letloose.sqlite3").stat().st_mode & 0o777 == 0o600


def test_doctor_tells_every_setting_but_the_token_and_changes_nothing(
    data_dir: Path, tmp_path: Path
) -> None:
    with telegram(TOKEN, tmp_path / "telegram.log") as address:
        ended = letloose("doctor", data_dir=data_dir, TOKEN=TOKEN, API_URL=address)
    lines = ended.output.splitlines()
    assert "LETLOOSE_TOKEN=(set)" in lines
    assert f"LETLOOSE_API_URL={address}" in lines
    assert "LETLOOSE_SEND_RATE=25  (default)" in lines
    assert [line for line in lines if line.startswith(("ok", "BAD"))][:2] == [
        f"ok   data directory: {data_dir} will be made",
        f"ok   database: {data_dir}/letloose.sqlite3 will be made",
    ]
    assert ended.code == 0, ended.output + ended.errors
    assert not data_dir.exists()


def test_an_invitation_is_a_link_to_the_bot_and_another_each_time(
    data_dir: Path, tmp_path: Path
) -> None:
    with telegram(TOKEN, tmp_path / "telegram.log") as address:
        there = {"TOKEN": TOKEN, "API_URL": address}
        before = letloose("invite", data_dir=data_dir, **there)
        assert before.sentence == "the database is not of this version: start the bot first."
        letloose("migrate", data_dir=data_dir)
        links = [letloose("invite", data_dir=data_dir, **there).output for _ in range(2)]
    assert len(set(links)) == 2
    assert all(
        re.fullmatch(r"https://t\.me/let_loose_bot\?start=[\w-]{32}\n", link) for link in links
    )


def test_doctor_tells_how_it_stands_with_what_is_promised(data_dir: Path, tmp_path: Path) -> None:
    with telegram(TOKEN, tmp_path / "telegram.log") as address:
        there = {"TOKEN": TOKEN, "API_URL": address}
        letloose("migrate", data_dir=data_dir)
        well = letloose("doctor", data_dir=data_dir, **there)
        with closing(sqlite3.connect(data_dir / "letloose.sqlite3")) as outside, outside:
            outside.execute(
                "INSERT INTO inbox (update_id, received_at, state, tries) "
                "VALUES (1, '2026-01-01 00:00:00.000000', 'new', 0)"
            )
        waits = letloose("doctor", data_dir=data_dir, **there)
        with closing(sqlite3.connect(data_dir / "letloose.sqlite3")) as outside, outside:
            outside.execute("UPDATE inbox SET state = 'done', body = 'words'")
        torn = letloose("doctor", data_dir=data_dir, **there)
    assert well.code == 0, well.output
    assert "ok   rows: they agree with each other" in well.output
    assert "BAD  rows: updates handled whose words are still there: 1" in torn.output
    assert torn.code == 1
    nothing = "0 pending, 0 sent, 0 expired, 0 failed, 0 cancelled; 0 perhaps sent twice"
    assert f"ok   messages: {nothing}" in well.output
    assert "ok   inbox: 0 updates, the oldest for 0 s" in well.output
    assert "BAD  inbox: 1 updates" in waits.output
    assert waits.code == 1


def test_doctor_says_when_telegram_does_not_answer(data_dir: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    ended = letloose("doctor", data_dir=data_dir, TOKEN=TOKEN, API_URL=nobody)
    assert f"BAD  telegram: {nobody} does not answer" in ended.output
    assert ended.errors == ""
    assert ended.code == 1


@pytest.mark.parametrize("command", [(), ("run",), ("playground",)])
def test_without_a_token_the_playground_starts(program: Program, command: tuple[str, ...]) -> None:
    program.command = command
    line = program.start()
    assert line.startswith(f"Let Loose is ready to be tried: http://127.0.0.1:{program.port}/?key=")
    assert program.stop() == 0
    assert program.log == ""


def test_the_playground_starts_even_where_there_is_a_token(program: Program) -> None:
    program.command = ("playground",)
    program.settings = {"LETLOOSE_TOKEN": TOKEN}
    assert "ready to be tried" in program.start()
    assert program.stop() == 0


@pytest.mark.parametrize(
    "command",
    ["run", "playground", "migrate", "doctor", "invite", "backup", "restore", "key", "rotate"],
)
def test_every_command_tells_what_it_does(data_dir: Path, command: str) -> None:
    ended = letloose(command, "--help", data_dir=data_dir)
    assert ended.output.startswith(f"Usage: python -m app {command}")
    assert ended.code == 0


def test_a_backup_is_written_while_it_runs_and_put_back_when_it_does_not(
    program: Program, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.sqlite3"
    with telegram(TOKEN, tmp_path / "telegram.log") as address:
        program.settings = {"LETLOOSE_TOKEN": TOKEN, "LETLOOSE_API_URL": address}
        program.start()
        written = letloose("backup", str(backup), data_dir=program.data_dir)
        refused = letloose("restore", str(backup), data_dir=program.data_dir)
        assert program.stop() == 0
        restored = letloose("restore", str(backup), data_dir=program.data_dir)
        program.start()
        assert program.stop() == 0
    assert (written.code, written.errors) == (0, "")
    assert written.output.startswith(f"{backup} is a backup at revision ")
    assert "another copy is running" in refused.sentence
    assert (restored.code, restored.errors) == (0, "")
    assert "What was there before is " in restored.output


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_postgresql_is_backed_up_by_its_own_tools(tmp_path: Path, command: str) -> None:
    ended = letloose(
        command, "file", data_dir=tmp_path / "data", DATABASE_URL="postgresql://nobody@127.0.0.1/x"
    )
    assert ended.sentence.startswith("LETLOOSE_DATABASE_URL names PostgreSQL: use its own pg_")
    assert ended.code == 1


def test_there_is_nothing_to_back_up_before_the_first_start(data_dir: Path) -> None:
    ended = letloose("backup", str(data_dir / "backup"), data_dir=data_dir)
    assert "is not there yet: start the bot first." in ended.sentence
    assert ended.code == 1


def test_a_key_file_is_private_and_a_new_key_comes_first(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    first = letloose("key", str(file), data_dir=data_dir)
    old = file.read_text()
    second = letloose("key", str(file), data_dir=data_dir, KEY_FILE=str(file))
    assert [first.code, second.code] == [0, 0]
    assert file.stat().st_mode & 0o777 == 0o600
    new, _, kept = file.read_text().partition("\n")
    assert (len(old), len(new)) == (45, 44)
    assert kept == old
    assert new not in second.output + second.errors
    file.chmod(0o644)
    told = letloose("doctor", data_dir=data_dir, KEY_FILE=str(file))
    assert f"BAD  encryption: others can read {file}: chmod 600" in told.output
    assert new not in told.output + told.errors


def test_a_file_that_is_none_gets_no_key(data_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "notes"
    file.write_text("milk\n")
    assert "is no key file" in letloose("key", str(file), data_dir=data_dir).sentence
    assert file.read_text() == "milk\n"


def test_a_key_in_the_data_directory_is_refused(data_dir: Path) -> None:
    data_dir.mkdir()
    file = data_dir / "keys"
    made = letloose("key", str(file), data_dir=data_dir)
    assert made.sentence == (
        f"{file} is in the data directory: keep it where no copy of the data takes it along."
    )
    assert (made.code, file.exists()) == (1, False)
    file.write_text("A" * 43 + "=\n")
    started = letloose("run", data_dir=data_dir, TOKEN=TOKEN, KEY_FILE=str(file))
    assert "is in the data directory: keep it where" in started.sentence
    assert started.code == 2


def test_without_a_key_the_doctor_says_so_and_nothing_is_rotated(data_dir: Path) -> None:
    assert letloose("migrate", data_dir=data_dir).code == 0
    told = letloose("doctor", data_dir=data_dir)
    assert "encryption: none, which Telegram's terms ask for" in told.output
    rotated = letloose("rotate", data_dir=data_dir)
    assert rotated.sentence == "LETLOOSE_KEY_FILE is not set: `letloose key FILE` makes one"


def test_two_playgrounds_at_once_have_a_port_each(program: Program, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = Program(tmp_path / "other", port=program.port)
    try:
        first, second = program.start(), other.start()
        assert f"http://127.0.0.1:{program.port}/" in first
        assert "http://127.0.0.1:" in second
        assert f":{program.port}/" not in second
        assert (program.stop(), other.stop()) == (0, 0)
    finally:
        other.kill()
