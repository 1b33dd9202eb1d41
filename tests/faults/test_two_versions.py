"""A newer version beside this one on PostgreSQL: the old ones go on until they are replaced."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from habits.storage import schema
from tests import postgres
from tests.faults.rig import FIRST, Rig, rig
from tests.faults.test_kills import check_ins, press_once
from tests.faults.test_several_processes import another, started
from tests.process import ROOT, Program, eventually

A_WAVE = 16
PACKAGES = ("app", "bot", "habits", "playground", "scheduler")
OLD = schema.revisions()[-1]
NEW = f"{int(OLD) + 1:04}"
ADDED = """

people.append_column(Column("met_by", Text, default="new"))
deliveries.append_column(Column("laid_by", Text, default="new"))
greetings = Table("greetings", metadata, _person(), Column("at", Instant, nullable=False))
"""
MIGRATION = f"""
import sqlalchemy as sa
from alembic import op

from habits.storage import tables

revision = "{NEW}"
down_revision = "{OLD}"


def upgrade() -> None:
    op.add_column("people", sa.Column("met_by", sa.Text(), nullable=True))
    op.add_column("deliveries", sa.Column("laid_by", sa.Text(), nullable=True))
    op.create_table(
        "greetings",
        sa.Column("person_id", sa.BigInteger(), sa.ForeignKey("people.id", ondelete="CASCADE")),
        sa.Column("at", tables.Instant(timezone=True), nullable=False),
    )
"""
"""Columns that the next version fills and this one has never heard of, and a table."""


@pytest.fixture(scope="module")
def next_version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages as the next version may have them: a migration on, and using what it adds."""
    root = tmp_path_factory.mktemp("next")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, root / package)
    storage = root / "habits" / "storage"
    (storage / "migrations" / "versions" / f"{NEW}_the_next.py").write_text(MIGRATION)
    with (storage / "tables.py").open("a") as tables:
        tables.write(ADDED)
    return root


@pytest.fixture
async def served(tmp_path: Path, place: sa.URL) -> AsyncIterator[Rig]:
    """A rig on PostgreSQL at this version, slow enough to be replaced while it sends."""
    address = place.render_as_string(hide_password=False)
    async with rig(tmp_path, DATABASE_URL=address, SEND_RATE="20") as made:
        yield made


def newer(rig: Rig, folder: Path, name: str, root: Path) -> Program:
    """One more process of the same bot, of the next version."""
    program = another(rig, folder, name)
    program.root, program.module = root, "app"
    return program


async def all_send(rig: Rig, *programs: Program) -> int:
    """Let so much be due that each of the processes sends some of it; gives how much that was."""
    before = [has_sent(each) for each in programs]

    async def each_did() -> bool:
        return all(has_sent(each) > sent for each, sent in zip(programs, before, strict=True))

    for waves in range(1, 8):  # one of them may take a wave alone
        first = FIRST + 1000 + int(rig.rows("SELECT count(*) FROM people")[0][0])
        await rig.seed(A_WAVE, first=first)
        with contextlib.suppress(AssertionError):
            await eventually(each_did, "a message from each", patience=5)
            return waves * A_WAVE
    raise AssertionError("one of them sends nothing")


def has_sent(program: Program) -> int:
    """How many messages a process says it has sent."""
    return program.log.count("after its time")


async def test_an_old_version_goes_on_beside_the_new_one_until_it_is_replaced(
    served: Rig, tmp_path: Path, next_version: Path
):
    old = served.program
    first, second = (newer(served, tmp_path, name, next_version) for name in ("first", "second"))
    pressing = await served.seed(40, due_in=None)
    async with started(old):
        pressed = asyncio.create_task(press_once(served, pressing, pause=0.1))
        await served.seed(60, over=6, first=FIRST + 500)
        async with started(first):
            assert schema.revision(served.url) == NEW
            due = 60 + await all_send(served, old, first)
            stopping = asyncio.create_task(asyncio.to_thread(old.stop))
            async with started(second):
                assert await stopping == 0
                due += await all_send(served, first, second)
                await pressed
                await served.sent(due)
                await served.handled()
                with pytest.raises(AssertionError, match=f"revision {NEW}, which is newer than"):
                    await asyncio.to_thread(old.start)
                old.kill()  # it ended by itself
                assert [first.stop(), second.stop()] == [0, 0]
    assert check_ins(served) == dict.fromkeys(pressing, 1)
    arrived = await served.arrived()
    assert [arrived[person] for person in arrived if person not in pressing] == [1] * due
    laid_by = served.rows("SELECT DISTINCT laid_by FROM deliveries")
    assert {row[0] for row in laid_by} == {None, "new"}  # both have written


async def test_a_migration_that_an_old_process_is_in_the_way_of_begins_anew(
    server: postgres.Server, place: sa.URL, tmp_path: Path, next_version: Path
):
    """It has one table and waits for another, the old one the other way round: PostgreSQL
    ends the one that waited longer.
    """
    schema.migrate(place)
    address = place.render_as_string(hide_password=False)
    settings = {"LETLOOSE_DATABASE_URL": address}
    (tmp_path / "new").mkdir(mode=0o700)
    new = Program(tmp_path / "new", settings, ("migrate",), root=next_version)
    waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'deliveries'::regclass"
    with server.connected(str(place.database)) as old, server.connected(str(place.database)) as us:
        old.execute("BEGIN")
        old.execute("SELECT 1 FROM deliveries")
        migrating = asyncio.create_task(asyncio.to_thread(new.start))

        async def waiting() -> bool:
            return bool(us.execute(waits).fetchall())

        await eventually(waiting, "a migration that waits")
        await asyncio.to_thread(old.execute, "SELECT 1 FROM people")
        old.execute("COMMIT")
        await migrating
        new.kill()  # it ended by itself
    assert schema.revision(place) == NEW
