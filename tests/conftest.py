"""What every test may use. The house is imported first: it settles where time zones come from."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest
import sqlalchemy as sa
from hypothesis import settings as hypothesis

import habits  # noqa: F401
from habits import pauses, sending
from habits.storage import schema
from habits.storage.database import Database, address, connect
from habits.storage.tables import metadata
from tests import databases, postgres, statements
from tests.a_monday import begin_on_a_monday
from tests.house import House
from tests.process import Program, Someone, Telegram, free_port

if TYPE_CHECKING:  # the house is tested without its doors, and sooner so
    from app.wiring import Running

SQLITE, POSTGRESQL = "sqlite", "postgresql"
DATABASES = (SQLITE, POSTGRESQL)


# A verdict on a change must not hang on luck; whoever searches for more runs without CI set.
hypothesis.register_profile("verdict", derandomize=True, deadline=None)
hypothesis.register_profile("search", deadline=None)
hypothesis.load_profile("verdict" if os.environ.get("CI") else "search")


STARTS_PROCESSES = ("tests/faults/", "tests/stories/", "tests/test_command_line.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts processes comes first: begun last, one such file keeps every worker waiting."""
    items.sort(key=lambda item: not item.nodeid.startswith(STARTS_PROCESSES))


@pytest.fixture(scope="session")
def offences() -> Iterator[set[str]]:
    """Statements of ours that could mean anybody's rows, until somebody empties it."""
    with statements.watching() as found:
        yield found


@pytest.fixture(autouse=True)
def _every_statement_carries_its_person(offences: set[str]) -> Iterator[None]:
    yield
    found = sorted(offences)
    offences.clear()
    assert not found, "no person in:\n" + "\n".join(found)


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    """A PostgreSQL server for as long as the tests run; skips where there is none to start."""
    try:
        with postgres.running() as server:
            yield server
    except postgres.NoPostgres as why:
        pytest.skip(str(why))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with our schema in it, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "template.sqlite3"
    databases.migrate(sa.URL.create("sqlite", database=str(file)))
    return file


@pytest.fixture(scope="session")
def migrated(server: postgres.Server) -> sa.URL:
    """A PostgreSQL database with our schema in it, emptied after each test that used it."""
    url = server.create()
    schema.migrate(url)
    return url


@pytest.fixture(params=DATABASES)
def new_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.URL]:
    """Where a database may be that nobody has used yet; on each of the two."""
    if request.param == SQLITE:
        yield sa.URL.create("sqlite", database=str(tmp_path / "new.sqlite3"))
        return
    server: postgres.Server = request.getfixturevalue("server")
    url = server.create()
    yield url
    server.drop(url)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.URL]:
    """An empty database with our schema in it; on each of the two."""
    if request.param == SQLITE:
        file = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "house.sqlite3")
        yield sa.URL.create("sqlite", database=str(file))
        return
    url: sa.URL = request.getfixturevalue("migrated")
    yield url
    tables = [table.name for table in reversed(metadata.sorted_tables)]
    request.getfixturevalue("server").empty(url, tables)


@pytest.fixture
def database(database_url: sa.URL) -> Iterator[Database]:
    """The house's database, open; each test that takes it runs on each of the two."""
    database = connect(database_url)
    yield database
    database.close()


on_sqlite = pytest.mark.parametrize("database_url", [SQLITE], indirect=True)
on_postgresql = pytest.mark.parametrize("database_url", [POSTGRESQL], indirect=True)
"""Mark tests of `database` and `house` that only one of the two is concerned with."""


@pytest.fixture
def house(database: Database) -> House:
    """The house without its doors, on each of the two databases."""
    return House(database)


@pytest.fixture
def operators_choice(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """What LETLOOSE_DATABASE_URL says: nothing, or with `on_both_databases` PostgreSQL too."""
    if getattr(request, "param", SQLITE) == SQLITE:
        yield None
        return
    server: postgres.Server = request.getfixturevalue("server")
    url = server.create()
    yield url.render_as_string(hide_password=False)
    server.drop(url)


on_both_databases = pytest.mark.parametrize("operators_choice", DATABASES, indirect=True)
"""Marks tests of `town` and `program`, which otherwise run on SQLite, to run on each."""


@pytest.fixture
def program(tmp_path: Path, operators_choice: str | None) -> Iterator[Program]:
    """The real program with a data directory of its own, not started yet."""
    chosen = {"LETLOOSE_DATABASE_URL": operators_choice} if operators_choice else {}
    program = Program(tmp_path / "data", chosen)
    begin_on_a_monday(program.data_dir)
    yield program
    program.kill()


@dataclass
class Town:
    """The whole bot and its Telegram in this process: quicker to start, parts in reach."""

    telegram: Telegram
    parts: "Running"

    def someone(self, person_id: int = 1001) -> Someone:
        """A person of the playground."""
        return Someone(self.telegram, person_id, self.parts.receiver.idle)


@pytest.fixture
async def town(tmp_path: Path, operators_choice: str | None) -> AsyncIterator[Town]:
    """The whole bot against the playground's server over HTTP; every call is judged at the end."""
    async with town_in(tmp_path, operators_choice) as town:
        yield town


@asynccontextmanager
async def town_in(
    data_dir: Path, operators_choice: str | None = None, key_file: Path | None = None
) -> AsyncIterator[Town]:
    """A town whose data are in a directory, from one start of the bot to its end."""
    from app import local  # noqa: PLC0415
    from app.settings import Settings  # noqa: PLC0415
    from tests.bot_api import judge  # noqa: PLC0415

    settings = Settings(
        data_dir=data_dir,
        playground_port=free_port(),
        send_rate=200,
        database_url=operators_choice,
        key_file=key_file,
    )
    begin_on_a_monday(data_dir)
    databases.migrate(address(operators_choice, data_dir, local.NAME))
    async with local.serving(settings) as (page, parts), aiohttp.ClientSession() as http:
        root, _, key = page.partition("/?key=")
        town = Town(Telegram(http, root, key), parts)
        yield town
        judge(await town.telegram.ask("calls"))


@pytest.fixture
async def anna(town: Town) -> Someone:
    """Anna, who has not said anything yet."""
    return town.someone()


@pytest.fixture
async def berliner(anna: Someone) -> Someone:
    """Anna, whose zone is known."""
    await anna.says("/timezone Europe/Berlin")
    return anna


@pytest.fixture
def by_the_houses_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses are counted by the time of the test, on PostgreSQL as well."""
    for module in (pauses, sending):
        monkeypatch.setattr(module, "moment", lambda _, now: now)
