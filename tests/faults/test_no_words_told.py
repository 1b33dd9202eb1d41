"""No token, no webhook secret and nothing that people wrote is logged or told, whatever fails."""

import asyncio
import contextlib
import io
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from telegram.error import BadRequest

from app import logs
from habits.storage.database import Busy
from tests import postgres
from tests.bot_api import TOKEN
from tests.conftest import POSTGRESQL, SQLITE
from tests.faults.rig import FIRST, Rig, rig
from tests.process import eventually, free_port

MARK = "Zwetschgendatschi"
PLACE = {"latitude": 52.5170365, "longitude": 13.3888599}
QUOTED = f'Bad Request: can\'t parse entities: Unsupported start tag "{MARK}" at byte offset 3'
REFUSALS = (
    {"what": "answer", "code": 401, "description": "Unauthorized"},
    {"what": "answer", "code": 409, "description": f"Conflict: {MARK}"},
    {"what": "answer", "code": 400, "description": QUOTED},
    {"what": "answer", "code": 429, "parameters": {"retry_after": 1}},
    {"what": "broken"},
    {"what": "html"},
    {"what": "drop"},
)
"""What getUpdates and sendMessage run into."""
FAILS = {
    SQLITE: (
        "CREATE TRIGGER no_{0} BEFORE INSERT ON {0} BEGIN SELECT RAISE(ABORT, 'on purpose'); END",
        "DROP TRIGGER no_{0}",
    ),
    POSTGRESQL: (
        "ALTER TABLE {0} ADD CONSTRAINT no_{0} CHECK (false) NOT VALID",  # it quotes the row
        "ALTER TABLE {0} DROP CONSTRAINT no_{0}",
    ),
}


@pytest.fixture(params=[SQLITE, POSTGRESQL])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    """A Telegram that runs and a program that logs everything; on each of the two databases."""
    settings = {
        "LOG_LEVEL": "DEBUG",
        "LOG_FORMAT": "text" if request.param == SQLITE else "json",
        "METRICS_LISTEN": f"127.0.0.1:{free_port()}",
    }
    if request.param == SQLITE:
        async with rig(tmp_path, **settings) as made:
            yield made
        return
    server: postgres.Server = request.getfixturevalue("server")
    url = server.create()
    settings["DATABASE_URL"] = url.render_as_string(hide_password=False)
    async with rig(tmp_path, **settings) as made:
        yield made
    server.drop(url)


async def logged(world: Rig, words: str, times: int = 1) -> None:
    async def there() -> bool:
        return world.program.log.count(words) >= times

    await eventually(there, f"{words!r} in the log", 40)


async def told(world: Rig) -> str:
    """What every door says."""
    listen = world.program.settings["LETLOOSE_LISTEN"]
    metrics = world.program.settings["LETLOOSE_METRICS_LISTEN"]
    said = []
    for url in (f"{listen}/healthz", f"{listen}/readyz", f"{listen}/{MARK}", f"{metrics}/metrics"):
        async with world.telegram.http.get(f"http://{url}") as answer:
            said.append(await answer.text())
    return "".join(said)


async def test_whatever_fails_no_line_and_no_door_shows_what_people_wrote(world: Rig):
    doors = [world.program.start()]
    anna = world.someone()
    await world.telegram.ask("person", id=FIRST, name=MARK, started=True)
    await anna.says("/timezone Europe/Berlin")
    await anna.says(f"{MARK} every Saturday at 6pm")
    await anna.taps("Yes")
    for refusal in REFUSALS:
        for method in ("sendMessage", "editMessageText", "getUpdates"):
            await world.fails(method=method, **refusal)
        await world.telegram.ask("say", person=FIRST, text=f"diary {MARK}")
        await world.telegram.ask("location", person=FIRST, **PLACE)
        await world.handled()
    for words in ("refused our markup: Can't parse", "another copy of this bot", "no updates: "):
        await logged(world, words)
    await world.goes_right()
    fails, goes_well = FAILS[world.url.get_backend_name()]
    for table, words in (("conversations", "was not handled"), ("inbox", "no updates: ")):
        before = world.program.log.count(words)
        world.change(fails.format(table))
        await world.telegram.ask("say", person=FIRST, text=f"{MARK} every Sunday at 6pm")
        await world.telegram.ask("location", person=FIRST, **PLACE)
        await logged(world, words, before + 1)
        world.change(goes_well.format(table))
        await world.handled(60)
    doors.append(await told(world))
    world.change("ALTER TABLE inbox RENAME TO elsewhere")
    await logged(world, "could not be read")
    doors.append(await told(world))
    assert "the database does not answer" in doors[-1]
    world.change("ALTER TABLE elsewhere RENAME TO inbox")
    assert world.program.stop() == 0
    shown = "".join([world.program.log, *doors])
    assert "CheckViolation" in shown or "on purpose" in shown
    assert TOKEN.partition(":")[2] not in shown
    assert MARK.lower() not in shown.lower()
    assert not any(str(number) in shown for number in PLACE.values())


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is logged in this process, as the program would show it."""
    shown = io.StringIO()
    before, level = logging.root.handlers[:], logging.root.level
    noisy = {name: logging.getLogger(name).level for name in logs.NOISY}
    monkeypatch.setattr("sys.excepthook", sys.excepthook)
    with contextlib.redirect_stderr(shown):
        logs.set_up("DEBUG", "text")
    yield shown
    logging.raiseExceptions = True
    logging.root.handlers[:] = before
    logging.root.setLevel(level)
    for name, was in noisy.items():
        logging.getLogger(name).setLevel(was)


def fails_with(error: Exception) -> None:
    try:
        int(MARK)
    except ValueError as cause:
        raise error from cause


def log(error: Exception) -> None:
    try:
        fails_with(error)
    except type(error):
        logging.getLogger("bot").exception("failed")


def test_of_an_exception_the_place_and_the_kind_are_logged_and_no_words(
    lines: io.StringIO,
):
    log(KeyError(MARK))
    log(BadRequest(QUOTED))
    log(Busy("database is locked"))
    shown = lines.getvalue()
    assert MARK.lower() not in shown.lower()
    assert "builtins.ValueError\n" in shown
    assert "builtins.KeyError\n" in shown
    assert "in fails_with" in shown
    assert "Busy: database is locked" in shown


async def test_a_task_that_nobody_waits_for_is_logged_without_its_words(
    lines: io.StringIO,
):
    async def fails() -> None:
        raise KeyError(MARK)

    task = asyncio.create_task(fails())
    await asyncio.wait([task])
    del task
    shown = lines.getvalue()
    assert "Task exception was never retrieved" in shown
    assert MARK.lower() not in shown.lower()
