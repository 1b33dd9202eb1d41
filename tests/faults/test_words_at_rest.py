"""The real program with a key: no word on the disk, through kills, new keys and wrong ones."""

import io
import signal
import subprocess
import sys
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.keys import add_key
from app.settings import Settings
from habits.storage.tables import SEALED, metadata
from tests import postgres
from tests.conftest import POSTGRESQL, SQLITE, town_in
from tests.faults.rig import FIRST, Rig, rig
from tests.process import ROOT, Someone, eventually, text_of

MARKED = "Xylophone"
NOTED = "Zanzibar"
ENCRYPTED = "\x01v1:"
on_both = pytest.mark.parametrize("world", [SQLITE, POSTGRESQL], indirect=True)
on_sqlite = pytest.mark.parametrize("world", [SQLITE], indirect=True)


@pytest.fixture
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    """A Telegram that runs and a program that does not yet, on the database that is named."""
    if request.param != POSTGRESQL:
        async with rig(tmp_path) as made:
            yield made
        return
    server: postgres.Server = request.getfixturevalue("server")
    url = server.create()
    async with rig(tmp_path, DATABASE_URL=url.render_as_string(hide_password=False)) as made:
        yield made
    server.drop(url)


def put_key(world: Rig) -> Path:
    """A new key in front of those there are, from now on in the program's settings."""
    path = world.program.data_dir.parent / "keys"
    assert add_key(Settings(data_dir=world.program.data_dir), path)
    world.program.settings["LETLOOSE_KEY_FILE"] = str(path)
    return path


def letloose(world: Rig, *arguments: str, **worse: str) -> subprocess.CompletedProcess[str]:
    """Another command of the same settings, until it ends."""
    return subprocess.run(
        [sys.executable, "-m", "tests.faults.launch", *arguments],
        cwd=ROOT,
        env=world.program.environment | worse,
        capture_output=True,
        text=True,
        timeout=60,
    )


async def talks(world: Rig) -> Someone:
    """Anna makes a commitment and writes a note."""
    anna = world.someone()
    await world.telegram.ask("person", id=FIRST, name="Anna", started=True)
    await anna.says("/timezone Europe/Berlin")
    await anna.says(f"{MARKED} every day at 10:00")
    await anna.taps("Yes")
    await anna.says("/done")
    noted = await anna.hears("Noted")
    await anna.says(f"{NOTED} was lovely", reply_to=noted["message_id"])
    await world.handled()
    return anna


def values(world: Rig) -> list[str]:
    """Every stored value in a column of words."""
    found = []
    for table, columns in SEALED.items():
        for row in world.rows(f"SELECT {', '.join(each.name for each in columns)} FROM {table}"):
            found += [each for each in row if each is not None]
    return found


def whole(world: Rig) -> str:
    """Everything in every table, as a dump would have it."""
    return str([world.rows(f"SELECT * FROM {each.name}") for each in metadata.sorted_tables])


def on_disk(world: Rig, word: str) -> list[str]:
    """The files of the database that hold the word."""
    if world.url.get_backend_name() != "sqlite":
        return []
    files = world.program.data_dir.glob("letloose.sqlite3*")
    return [each.name for each in files if word.encode() in each.read_bytes()]


@on_both
async def test_what_people_write_is_nowhere_in_the_database(world: Rig):
    put_key(world)
    world.program.start()
    anna = await talks(world)
    assert "lies encrypted" in text_of(await anna.says("/privacy"))
    for word in (MARKED, NOTED, "Anna"):
        assert word not in whole(world)
        assert on_disk(world, word) == []
        assert word not in world.program.log
    world.program.kill()
    assert on_disk(world, MARKED) == []
    world.program.start()
    assert MARKED in text_of(await anna.says("/commitments"))
    assert world.program.stop() == 0


@on_sqlite
async def test_a_backup_holds_no_word_and_an_export_every_one(world: Rig, tmp_path: Path):
    put_key(world)
    world.program.start()
    anna = await talks(world)
    taken = tmp_path / "backup.sqlite3"
    assert letloose(world, "backup", str(taken)).returncode == 0
    for word in (MARKED, NOTED):
        assert word.encode() not in taken.read_bytes()
    await anna.says("/export")
    [sent] = [each for each in await anna.messages() if each.get("document")]
    with zipfile.ZipFile(io.BytesIO(await anna.opens(sent))) as archive:
        told = b"".join(archive.read(name) for name in archive.namelist())
    assert MARKED.encode() in told
    assert NOTED.encode() in told
    assert world.program.stop() == 0
    assert letloose(world, "restore", str(taken)).returncode == 0
    world.program.start()
    assert MARKED in text_of(await anna.says("/commitments"))
    assert world.program.stop() == 0


@on_both
async def test_a_first_key_and_every_kill_on_the_way(world: Rig):
    world.program.start()
    anna = await talks(world)
    assert MARKED in whole(world)
    assert "lies unencrypted" in text_of(await anna.says("/privacy"))
    assert world.program.stop() == 0
    await world.seed(40, due_in=None, first=FIRST + 1)
    put_key(world)
    world.program.start()
    assert "may still lie there as it was" in text_of(await anna.says("/privacy"))
    for step in ("after:1", "before:4", "after:7"):
        assert letloose(world, "rotate", FAULT_ROTATE=step).returncode == -signal.SIGKILL
    assert any(each.startswith(ENCRYPTED) for each in values(world))
    assert not all(each.startswith(ENCRYPTED) for each in values(world))
    done = letloose(world, "rotate")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Everything people wrote is encrypted with the key ")
    assert [each for each in values(world) if not each.startswith(ENCRYPTED)] == []
    for word in (MARKED, NOTED, "Tea 50", "'Tea'"):
        assert word not in whole(world)
        assert on_disk(world, word) == []
    assert "may still lie" not in text_of(await anna.says("/privacy"))
    assert MARKED in text_of(await anna.says("/commitments"))
    assert world.program.stop() == 0


@on_sqlite
async def test_a_new_key_while_the_bot_runs(world: Rig):
    path = put_key(world)
    world.program.start()
    anna = await talks(world)
    assert world.program.stop() == 0
    put_key(world)
    early = letloose(world, "rotate")
    assert early.returncode == 1
    assert "has not been started with this key file yet" in early.stderr
    world.program.start()
    [new, old] = path.read_text().splitlines()
    assert "ok   encryption: with the key " in letloose(world, "doctor").stdout
    done = letloose(world, "rotate")
    assert "is not needed any more, but for backups from before now." in done.stdout
    assert new not in done.stdout + world.program.log
    assert world.program.stop() == 0
    path.write_text(f"{new}\n")
    world.program.start()
    assert MARKED in text_of(await anna.says("/commitments"))
    assert world.program.stop() == 0
    path.write_text(f"{old}\n")
    refused = letloose(world, "run")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "LETLOOSE_KEY_FILE does not hold it: name the file that has it" in refused.stderr


@on_sqlite
async def test_without_its_key_it_does_not_start_and_overwrites_nothing(world: Rig):
    path = put_key(world)
    world.program.start()
    await talks(world)
    assert world.program.stop() == 0
    before = whole(world)
    kept = path.read_text()
    for text, code, why in (
        (None, 2, "cannot be read"),
        ("not a key\n", 2, "is no key file"),
        ("A" * 43 + "=\n", 1, "LETLOOSE_KEY_FILE does not hold it"),
    ):
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text)
        refused = letloose(world, "run")
        assert (refused.returncode, refused.stdout) == (code, ""), refused.stderr
        assert why in refused.stderr
        assert refused.stderr.count("\n") == 1
    del world.program.settings["LETLOOSE_KEY_FILE"]
    refused = letloose(world, "run")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "LETLOOSE_KEY_FILE is not set" in refused.stderr
    assert whole(world) == before
    path.write_text(kept)


async def test_what_waits_in_the_inbox_is_encrypted_as_well(tmp_path: Path):
    path = tmp_path / "keys"
    data = tmp_path / "data"
    data.mkdir()
    add_key(Settings(data_dir=data), path)
    async with town_in(data, key_file=path) as town:
        anna = town.someone()
        await anna.says("/timezone Europe/Berlin")
        town.parts.receiver._busy.add(anna.id)  # nobody takes it out meanwhile
        await town.telegram.ask("say", person=anna.id, text=f"{MARKED} every Sunday")

        async def arrived() -> list[Any]:
            engine = sa.create_engine(f"sqlite:///{data}/playground.sqlite3")
            with engine.connect() as tx:
                query = sa.text("SELECT body FROM inbox WHERE state = 'new'")
                found = list(tx.scalars(query))
            engine.dispose()
            return found

        [body] = await eventually(arrived, "an update in the inbox")
        assert body.startswith(ENCRYPTED)
        for file in data.glob("playground.sqlite3*"):
            assert MARKED.encode() not in file.read_bytes()
        town.parts.receiver._busy.discard(anna.id)
        await anna.hears(MARKED)
