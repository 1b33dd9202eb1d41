"""/healthz turns red for each thing that is wrong and green again; logs hold no token, no title."""

import io
import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from app import health
from app.webhook import HEADER
from habits.clock import boottime
from habits.storage import backups
from tests.bot_api import TOKEN
from tests.faults.rig import FIRST, Rig
from tests.faults.wired import Wired, wired
from tests.process import eventually, free_port

MARK = "Zwetschgendatschi"
SECRET = "a-secret-that-nobody-may-read"


@pytest.fixture
async def listening(tmp_path: Path) -> AsyncIterator[Wired]:
    async with wired(tmp_path, listen=f"127.0.0.1:{free_port()}") as made:
        yield made


async def problems(wired: Wired) -> list[str]:
    url = f"http://{wired.settings.listen}/healthz"
    async with aiohttp.ClientSession() as http, http.get(url) as response:
        told = await response.text()
        answer = json.loads(told)
        assert response.status == (503 if answer["problems"] else 200)
        assert answer["ok"] == (not answer["problems"])
        assert TOKEN not in told
        return list(answer["problems"])


async def test_green_at_once_after_the_start(listening: Wired):
    await listening.start()
    await listening.until(lambda: listening.parts.hearing.heard_at is not None, "a poll", 2)
    assert await problems(listening) == []


async def test_red_while_the_clock_is_held(listening: Wired):
    await listening.start()
    listening.parts.clock.held = "the clock is off by +999 s from Telegram's"
    assert await problems(listening) == ["the clock is off by +999 s from Telegram's"]
    await listening.until(lambda: listening.parts.clock.held is None, "a judgement", 5)
    assert await problems(listening) == []


async def test_red_without_a_good_poll_and_green_with_the_next(
    listening: Wired, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(health, "POLL_SILENT", 1)
    await listening.start()
    await listening.until(lambda: listening.parts.hearing.heard_at is not None, "a poll", 2)
    listening.fails("html", method="getUpdates", times=None)
    listening.playground.updates.end_poll()
    heard = listening.parts.hearing.heard_at or 0
    await listening.until(lambda: boottime() - heard > 1.1, "a second without polls")
    assert await problems(listening) == ["no good getUpdates for 90 s"]
    listening.playground.faults.clear()
    await listening.until(lambda: (listening.parts.hearing.heard_at or 0) > heard, "a poll", 5)
    assert await problems(listening) == []


async def test_red_when_the_sender_stands_still(listening: Wired, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(health, "LOOP_SILENT", 0)
    await listening.start()
    listening.parts.dispatch.stop()
    await listening.until(lambda: boottime() - listening.parts.dispatch.looked_at > 0.1, "a stop")
    assert await problems(listening) == ["the sender has not looked for 60 s"]


async def test_red_when_nothing_is_laid_out(listening: Wired):
    await listening.start()
    await listening.until(lambda: "lay out" in listening.parts.timetable.done_at, "a lay-out")
    listening.parts.timetable.done_at["lay out"] -= 7201
    assert await problems(listening) == ["nothing has been laid out for two hours"]
    await listening.parts.timetable.catch_up()
    assert await problems(listening) == []


async def test_red_without_a_backup_for_a_day_and_green_with_the_next(listening: Wired):
    await listening.start()
    timetable = listening.parts.timetable
    folder = listening.settings.data_dir / backups.FOLDER
    folder.touch()  # a file where the folder should be
    await timetable._run("backup", timetable.back_up)
    assert "backup" not in timetable.done_at
    timetable.done_at["backup"] = boottime() - health.BACKUP_SILENT - 1
    assert await problems(listening) == ["no backup could be taken for 26 hours"]
    folder.unlink()
    await timetable._run("backup", timetable.back_up)
    assert await problems(listening) == []
    [backup] = folder.iterdir()
    assert backups.look_at(backup).bot_id == TOKEN.partition(":")[0]


async def test_red_while_a_message_cannot_be_sent_however_often_it_is_tried(listening: Wired):
    await listening.seed(1)
    ago = "datetime(due_at, '-6 minutes')"
    listening.change(f"UPDATE deliveries SET due_at = {ago} WHERE due_at < datetime('now')")
    listening.fails("html", method="sendMessage", times=None)
    await listening.start()
    tried = "SELECT reason FROM deliveries WHERE state = 'pending' AND reason IS NOT NULL"
    await listening.until(lambda: len(listening.rows(tried)) > 0, "a try that failed")
    assert await problems(listening) == ["a message has been due for 5 minutes"]
    listening.playground.faults.clear()
    await listening.sent(1)
    assert await problems(listening) == []


async def test_red_while_an_update_waits(listening: Wired):
    await listening.start()
    now = listening.parts.clock.now()
    row = {
        "at": (now - timedelta(minutes=3)).isoformat(sep=" ")[:26],
        "later": (now + timedelta(hours=1)).isoformat(sep=" ")[:26],
    }
    listening.change(
        "INSERT INTO inbox (update_id, body, received_at, state, tries, not_before) "
        "VALUES (1, '{}', :at, 'new', 1, :later)",
        **row,
    )
    assert await problems(listening) == ["an update has been waiting for 2 minutes"]
    listening.change("UPDATE inbox SET state = 'dead'")
    assert await problems(listening) == []


async def test_red_while_the_database_does_not_answer(listening: Wired):
    await listening.start()
    listening.change("ALTER TABLE inbox RENAME TO elsewhere")
    (told,) = await problems(listening)
    assert told.startswith("the database does not answer")
    listening.change("ALTER TABLE elsewhere RENAME TO inbox")
    assert await problems(listening) == []


async def test_red_while_the_disk_is_nearly_full(listening: Wired, monkeypatch: pytest.MonkeyPatch):
    await listening.start()
    monkeypatch.setattr(health, "DISK_LEFT", 2**62)
    assert await problems(listening) == ["less than 200 MiB are free on the disk"]


async def test_red_without_a_data_directory(listening: Wired):
    await listening.start()
    listening.parts.health.data_dir /= "gone"
    assert await problems(listening) == ["the data directory is not there or cannot be looked at"]


async def test_nothing_else_is_served_and_nowhere_else(listening: Wired):
    await listening.start()
    host, _, port = str(listening.settings.listen).partition(":")
    async with aiohttp.ClientSession() as http:
        for path in ("/", "/metrics", "/docs", f"/bot{TOKEN}/getMe"):
            async with http.get(f"http://{host}:{port}{path}") as response:
                assert response.status == 404
        with pytest.raises(aiohttp.ClientConnectionError):
            await http.get(f"http://127.0.0.2:{port}/healthz")


@pytest.mark.parametrize("form", ["text", "json"])
async def test_at_debug_no_line_shows_the_token(broken_world: Rig, form: str):
    rig = broken_world
    rig.program.settings |= {"LETLOOSE_LOG_LEVEL": "DEBUG", "LETLOOSE_LOG_FORMAT": form}
    await rig.seed(2)
    await rig.fails("drop", method="sendMessage")
    await rig.fails("html", method="getUpdates")
    said = rig.program.start()
    await rig.sent(1)
    await rig.telegram.ask("say", person=FIRST, text=f"my token is {TOKEN}")
    await rig.handled()
    rig.server.stop()
    await logs(rig, "no updates")
    assert rig.program.stop() == 0
    assert rig.program.log
    secret = TOKEN.partition(":")[2]
    assert secret not in rig.program.log + said


async def logs(rig: Rig, words: str) -> None:
    async def logged() -> bool:
        return words in rig.program.log

    await eventually(logged, words)


async def test_one_mark_follows_a_reminder_from_being_laid_out_to_its_end(broken_world: Rig):
    rig = broken_world
    rig.program.settings |= {"LETLOOSE_LOG_LEVEL": "DEBUG", "LETLOOSE_LOG_FORMAT": "json"}
    rig.program.start()
    anna = rig.someone()
    await rig.telegram.ask("person", id=FIRST, name=MARK, started=True)
    await anna.says("/timezone Europe/Berlin")
    await anna.says(f"{MARK} every Saturday at 6pm")
    await anna.taps("Yes")
    await rig.fails("html", method="sendMessage")
    [(occasion,)] = rig.rows("SELECT occasion_id FROM deliveries ORDER BY due_at LIMIT 1")
    now = "datetime('now', '-1 second')"
    rig.change(f"UPDATE deliveries SET next_attempt_at = {now} WHERE occasion_id = {occasion}")
    await rig.sent(1)
    await logs(rig, '"event": "sent, ')
    assert rig.program.stop() == 0
    lines = [json.loads(line) for line in rig.program.log.splitlines() if line.startswith("{")]
    its = [line["event"] for line in lines if line.get("delivery") == f"{occasion}-go-0"]
    assert its[:3] == ["laid out, pending", "claimed", "settled as Unsure: Unsure"]
    assert its[-2] == "claimed"
    assert its[-1].startswith("sent, ")
    assert not any(MARK in event or str(FIRST) in event for event in its)


async def test_at_info_no_line_shows_what_people_wrote(broken_world: Rig):
    rig = broken_world
    rig.program.start()
    anna = rig.someone()
    await rig.telegram.ask("person", id=FIRST, name=MARK, started=True)
    await anna.says("/timezone Europe/Berlin")
    await anna.says(f"{MARK} every Saturday at 6pm")
    await anna.taps("Yes")
    await rig.telegram.ask("press", person=FIRST, message_id=7, data=f"1:{MARK}")

    with sqlite3.connect(rig.program.data_dir / "letloose.sqlite3") as outside:
        refuse = "BEGIN SELECT RAISE(ABORT, 'on purpose'); END"
        outside.execute(f"CREATE TRIGGER refused BEFORE INSERT ON commitments {refuse}")
        outside.execute(f"CREATE TRIGGER refused_too BEFORE UPDATE OF name ON people {refuse}")
    outside.close()
    await anna.says(f"{MARK} every Sunday at 6pm")
    message, data = await anna._button("Yes")
    await rig.telegram.ask("press", person=FIRST, message_id=message, data=data)
    await logs(rig, "was not handled")
    assert "on purpose" in rig.program.log
    assert MARK not in rig.program.log


async def test_at_debug_neither_lines_nor_doors_show_a_secret_or_what_people_wrote(
    broken_world: Rig,
):
    rig, said = broken_world, []
    door, metrics = (f"127.0.0.1:{free_port()}" for _ in range(2))
    hook = f"http://{door}/hook"
    rig.program.settings |= {
        "LETLOOSE_LOG_LEVEL": "DEBUG",
        "LETLOOSE_LISTEN": door,
        "LETLOOSE_METRICS_LISTEN": metrics,
        "LETLOOSE_WEBHOOK_URL": hook,
        "LETLOOSE_WEBHOOK_SECRET": SECRET,
    }
    said.append(rig.program.start())
    anna = rig.someone()
    await rig.telegram.ask("person", id=FIRST, name=MARK, started=True)
    await anna.says("/timezone Europe/Berlin")
    await anna.says(f"{MARK} every Saturday at 6pm")
    await anna.taps("Yes")
    await anna.says(f"diary {MARK}")
    refuse = "BEGIN SELECT RAISE(ABORT, 'on purpose'); END"
    rig.change(f"CREATE TRIGGER refused BEFORE INSERT ON conversations {refuse}")
    await rig.telegram.ask("say", person=FIRST, text=f"{MARK} every Sunday at 6pm")
    await logs(rig, "was not handled")
    said += [await answer_at(hook, secret, MARK) for secret in (SECRET, f"{SECRET}r")]
    for url in (f"{door}/healthz", f"{door}/readyz", f"{metrics}/metrics"):
        said.append(await answer_at(f"http://{url}"))
    assert "letloose_" in said[-1]
    assert rig.program.stop() == 0
    shown = "".join([rig.program.log, *said])
    assert "[debug" in shown
    assert [each for each in (TOKEN.partition(":")[2], SECRET, MARK) if each in shown] == []


async def answer_at(url: str, secret: str = "", body: str = "") -> str:
    """What is answered to a look, or to something brought with a secret."""
    shown = {HEADER: secret, "Content-Type": "application/json"} if secret else {}
    method = "POST" if secret else "GET"
    coded = io.BytesIO(body.encode()) if secret else None
    async with (
        aiohttp.ClientSession() as http,
        http.request(method, url, data=coded, headers=shown) as answer,
    ):
        return await answer.text()
