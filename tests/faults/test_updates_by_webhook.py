"""Updates that Telegram brings: 200 only once they are kept, and only to who knows the secret."""

import asyncio
import hmac
import io
import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app import webhook
from app.settings import Settings
from app.webhook import HEADER, LONGEST_BODY
from bot.arrivals import ALLOWED_UPDATES
from habits import inbox
from habits.storage.database import Busy
from scheduler.dispatch import LAST_CALLS
from tests.bot_api import TOKEN
from tests.faults.rig import FIRST, Rig, rig
from tests.faults.test_no_words_told import told
from tests.faults.wired import Wired, wired
from tests.process import eventually, free_port

SECRET = "a-secret-that-no-log-may-show"
MADE_FROM_TOKEN = Settings().webhook_secret_for(TOKEN)
AS_JSON = {"Content-Type": "application/json"}


@pytest.fixture
async def listening(tmp_path: Path) -> AsyncIterator[Wired]:
    """The program with a webhook, and Telegram beside it."""
    port = free_port()
    async with wired(
        tmp_path,
        listen=f"127.0.0.1:{port}",
        webhook_url=f"http://127.0.0.1:{port}/telegram",
        webhook_secret=SECRET,
    ) as made:
        await made.start()
        await made.until(lambda: made.playground.webhook.url != "", "a webhook")
        yield made


async def leave(wired: Wired, content: Any, **headers: str) -> int:
    """POST to the webhook as Telegram does, less or more what the test says; gives the status."""
    body = io.BytesIO(content if isinstance(content, bytes) else json.dumps(content).encode())
    shown = {HEADER: SECRET} | AS_JSON | {name.replace("_", "-"): v for name, v in headers.items()}
    async with (
        aiohttp.ClientSession() as http,
        http.post(str(wired.settings.webhook_url), data=body, headers=shown) as response,
    ):
        assert SECRET not in await response.text()
        return response.status


def typed(text: str, number: int = 900, **more: Any) -> dict[str, Any]:
    who = {"id": FIRST, "first_name": "Anna", "is_bot": False}
    message = {"message_id": 5, "date": 1, "from": who, "chat": {"id": FIRST, "type": "private"}}
    return {"update_id": number, "message": message | {"text": text} | more}


def kept(wired: Wired) -> list[Any]:
    return [number for (number,) in wired.rows("SELECT update_id FROM inbox ORDER BY 1")]


async def test_telegram_is_asked_to_bring_what_we_also_poll_for(listening: Wired):
    (call,) = listening.calls("setWebhook")
    asked = call.as_json()["parameters"]
    assert asked["url"] == listening.settings.webhook_url
    assert asked["secret_token"] == SECRET
    assert json.loads(asked["allowed_updates"]) == list(ALLOWED_UPDATES)
    assert "drop_pending_updates" not in asked or asked["drop_pending_updates"] == "false"
    assert listening.calls("getUpdates", "deleteWebhook") == []


async def test_what_is_said_arrives_and_is_answered(listening: Wired):
    person = listening.meet()
    listening.says(person, "dinner with friends every Saturday at 6pm")
    await listening.hears(person, "what time is it where you are?")
    listening.says(person, "Berlin")
    await listening.hears(person, "every Saturday at 18:00")


async def test_without_the_secret_nothing_is_kept(listening: Wired):
    assert await leave(listening, typed("hi"), **{HEADER: "guess"}) == 403
    assert await leave(listening, typed("hi"), **{HEADER: ""}) == 403
    assert await leave(listening, typed("hi"), **{HEADER: "ü"}) == 403
    assert kept(listening) == []


async def test_how_long_the_secret_is_compared_tells_nothing_of_it(
    listening: Wired, monkeypatch: pytest.MonkeyPatch
):
    compared = []
    compare = hmac.compare_digest

    def spied(shown: bytes, known: bytes) -> bool:
        compared.append((shown, known))
        return compare(shown, known)

    monkeypatch.setattr("app.webhook.hmac.compare_digest", spied)
    assert await leave(listening, typed("hi"), **{HEADER: "guess"}) == 403
    assert compared == [(b"guess", SECRET.encode())]


async def test_another_path_or_method_finds_nothing(listening: Wired):
    address = str(listening.settings.webhook_url)
    async with aiohttp.ClientSession() as http:
        for path in ("/more", "/"):
            async with http.post(address + path, json={}, allow_redirects=False) as response:
                assert response.status == 404
        async with http.get(address, headers={HEADER: SECRET}) as response:
            assert response.status == 405


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{", "application/json", 400),
        (b"[" * 50_000, "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b'{"update_id": "1"}', "application/json", 400),
        (b'{"update_id": true}', "application/json", 400),
        (b'{"update_id": -1}', "application/json", 400),
        (b'{"update_id": 9223372036854775808}', "application/json", 400),
        (b" " * (LONGEST_BODY + 1), "application/json", 413),
    ],
    ids=["type", "half", "deep", "bytes", "list", "text", "truth", "minus", "large", "long"],
)
async def test_what_is_no_update_is_refused(
    listening: Wired, content: bytes, kind: str, status: int
):
    assert await leave(listening, content, Content_Type=kind) == status
    assert kept(listening) == []


async def test_a_charset_beside_the_type_does_no_harm(listening: Wired):
    kind = "application/json; charset=utf-8"
    assert await leave(listening, typed("hi"), Content_Type=kind) == 200


async def begin_a_body(listen: str, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Show the secret, and leave no more than the first letter of an update."""
    host, _, port = listen.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{HEADER}: {SECRET}\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode())
    return reader, writer


async def test_a_body_that_does_not_come_to_an_end_is_given_up(
    listening: Wired, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(webhook, "BODY_WITHIN", 0.2)
    reader, writer = await begin_a_body(str(listening.settings.listen), "/telegram")
    assert b" 408 " in await asyncio.wait_for(reader.readline(), 10)
    writer.close()


async def test_an_update_that_comes_again_has_one_effect(listening: Wired):
    listening.meet()
    for _ in range(3):
        assert await leave(listening, typed("/timezone Europe/Berlin")) == 200
    await listening.until(lambda: listening.unhandled() == 0, "an empty inbox")
    assert kept(listening) == [900]
    await listening.hears(FIRST, "Berlin")
    assert len(listening.heard(FIRST)) == 1


async def test_an_update_that_nobody_can_read_is_set_aside_and_answered(listening: Wired):
    assert await leave(listening, {"update_id": 901, "message": 5}) == 200
    await listening.until(
        lambda: listening.rows("SELECT state FROM inbox WHERE update_id = 901") != [("new",)],
        "a verdict",
    )


async def test_a_position_is_replaced_before_anything_is_kept(listening: Wired):
    position = {"latitude": 52.5200066, "longitude": 13.4049540}
    held = listening.parts.receiver
    held._busy.add(FIRST)  # nobody takes it out of the inbox meanwhile
    assert await leave(listening, typed("", location=position)) == 200
    ((body,),) = listening.rows("SELECT body FROM inbox WHERE update_id = 900")
    held._busy.discard(FIRST)
    assert "Europe/Berlin" in body
    assert "52.52" not in body


async def test_while_the_database_takes_nothing_telegram_is_to_try_again(
    listening: Wired, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: Any) -> None:
        raise Busy("database or disk is full")

    monkeypatch.setattr(inbox, "receive", full)
    assert await leave(listening, typed("hi")) == 500
    monkeypatch.undo()
    assert await leave(listening, typed("hi")) == 200
    assert kept(listening) == [900]


async def test_a_webhook_that_somebody_took_away_is_set_again(
    listening: Wired, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.hearing.ASKS_AFTER_WEBHOOK", 0.1)
    await listening.stop()
    await asyncio.sleep(1)  # Telegram takes two setWebhook in a second for a flood
    await listening.start()
    await listening.until(lambda: len(listening.calls("getWebhookInfo")) > 3, "a look")
    await listening.parts.bot.delete_webhook()
    await listening.until(lambda: listening.playground.webhook.url != "", "a webhook")


async def test_ready_says_so_and_health_does_not_ask_for_polls(
    listening: Wired, monkeypatch: pytest.MonkeyPatch
):
    root = f"http://{listening.settings.listen}"
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{root}/readyz") as response:
            assert (response.status, await response.json()) == (200, {"ready": True})
        monkeypatch.setattr("app.health.POLL_SILENT", -1)
        async with http.get(f"{root}/healthz") as response:
            assert (await response.json())["problems"] == ["no good getWebhookInfo for 90 s"]

        refuse = "BEGIN SELECT RAISE(ABORT, 'on purpose'); END"  # it can be read, not written
        listening.change(f"CREATE TRIGGER refused BEFORE INSERT ON heartbeats {refuse}")
        async with http.get(f"{root}/readyz") as response:
            assert (response.status, await response.json()) == (503, {"ready": False})


@pytest.fixture
async def hooked(tmp_path: Path) -> AsyncIterator[Rig]:
    """The real process with a webhook, its secret made from the token."""
    async with rig(tmp_path, LOG_LEVEL="DEBUG", METRICS_LISTEN=f"127.0.0.1:{free_port()}") as made:
        listen = made.program.settings["LETLOOSE_LISTEN"]
        made.program.settings["LETLOOSE_WEBHOOK_URL"] = f"http://{listen}/hook"
        yield made
        assert MADE_FROM_TOKEN not in made.program.log


async def test_a_whole_loop_of_the_real_process_survives_its_end_and_beginning(hooked: Rig):
    now = datetime.now(UTC)
    hooked.program.start()
    anna = hooked.someone()
    await hooked.telegram.ask("person", id=FIRST, name="Anna", started=True)
    await anna.says("/timezone UTC")
    await anna.says(f"film every {now:%A} at {(now.hour + 1) % 24}:00")
    await anna.taps("Yes")
    assert hooked.program.stop() == 0

    await hooked.telegram.ask("say", person=FIRST, text="/week")  # Telegram keeps it
    hooked.program.start()
    await anna.hears("Film")
    assert await hooked.calls("getUpdates", "deleteWebhook") == []
    await hooked.healthy()
    [*_, asked] = await hooked.calls("setWebhook")
    assert asked["parameters"]["secret_token"] == MADE_FROM_TOKEN
    async with hooked.telegram.http.post(hooked.program.settings["LETLOOSE_WEBHOOK_URL"]) as door:
        assert (door.status, await door.text()) == (403, "Forbidden")
    assert MADE_FROM_TOKEN not in await told(hooked)
    assert TOKEN not in hooked.program.log


async def test_neither_a_hanging_message_nor_a_slow_body_delays_the_end(hooked: Rig):
    """The body begins to come when the message has nearly been given up."""
    hooked.program.settings["LETLOOSE_WEBHOOK_SECRET"] = SECRET
    await hooked.seed(1)
    await hooked.fails("hang", method="sendMessage", times=None, seconds=60)
    hooked.program.start()

    async def under_way() -> bool:
        return hooked.states()["sending"] == 1

    await eventually(under_way, "a message under way")
    began = time.monotonic()
    ended = asyncio.create_task(asyncio.to_thread(hooked.program.stop))
    await asyncio.sleep(LAST_CALLS - 3)
    listen = hooked.program.settings["LETLOOSE_LISTEN"]
    _, writer = await begin_a_body(listen, "/hook")
    assert await ended == 0
    assert LAST_CALLS < time.monotonic() - began < 15
    assert "sending" not in hooked.states()
    writer.close()


async def test_going_back_to_polling_loses_nothing(hooked: Rig):
    hooked.program.start()

    async def set_there() -> bool:
        return len(await hooked.calls("setWebhook")) > 0

    await eventually(set_there, "a webhook")
    assert hooked.program.stop() == 0
    await hooked.telegram.ask("person", id=FIRST, name="Anna", started=True)
    await hooked.telegram.ask("say", person=FIRST, text="/help")
    del hooked.program.settings["LETLOOSE_WEBHOOK_URL"]
    hooked.program.start()
    await hooked.someone().hears("/week")


def pressed(data: str, number: int) -> dict[str, Any]:
    who = {"id": FIRST, "first_name": "Anna", "is_bot": False}
    chat = {"id": FIRST, "type": "private"}
    message = {"message_id": 7, "date": 1, "chat": chat, "text": "…"}
    press = {"id": str(number), "from": who, "chat_instance": "1", "data": data}
    return {"update_id": number, "callback_query": press | {"message": message}}


async def test_an_undo_lasts_though_what_it_undid_is_brought_once_more(listening: Wired):
    """Telegram's tries again may come in any order, and after the undo."""
    await listening.seed(1, due_in=None)
    [(commitment,)] = listening.rows("SELECT id FROM commitments")
    done = pressed(f"1:did_more:{commitment}", 50)
    assert await leave(listening, done) == 200
    await listening.until(lambda: len(check_ins(listening)) == 1, "a check-in")
    [check_in] = check_ins(listening)
    undo = pressed(f"1:undo_check_in:{check_in}", 51)
    for update in (undo, done, undo, done):
        assert await leave(listening, update) == 200
    await listening.handled()
    assert check_ins(listening) == []


@pytest.mark.parametrize("order", [(50, 51), (51, 50)], ids=["in order", "overtaken"])
async def test_did_it_and_not_this_time_end_alike_in_whatever_order_they_come(
    listening: Wired, order: tuple[int, int]
):
    """A done one stays done, so that the one that overtook the other has not the last word."""
    await listening.seed(1, due_in=None)
    [(turn,), *_] = listening.rows("SELECT id FROM occasions ORDER BY go_at")
    presses = {50: pressed(f"1:did:{turn}", 50), 51: pressed(f"1:didnt:{turn}", 51)}
    for number in order:
        assert await leave(listening, presses[number]) == 200
        await listening.handled()
    assert listening.rows("SELECT answer FROM occasions WHERE id = :id", id=turn) == [("done",)]
    assert len(check_ins(listening)) == 1


async def test_an_undo_of_what_is_not_there_yet_changes_nothing_and_keeps_nothing_from_coming(
    listening: Wired,
):
    await listening.seed(1, due_in=None)
    [(commitment,)] = listening.rows("SELECT id FROM commitments")
    before = listening.dump() | {"people": []}  # when they were last seen
    for verb in ("undo_check_in", "undo"):
        assert await leave(listening, pressed(f"1:{verb}:123456789", 60 + len(verb))) == 200
    await listening.handled()
    assert listening.dump() | {"people": []} == before
    assert await leave(listening, pressed(f"1:did_more:{commitment}", 50)) == 200
    await listening.until(lambda: len(check_ins(listening)) == 1, "a check-in")


def check_ins(wired: Wired) -> list[int]:
    return [number for (number,) in wired.rows("SELECT id FROM check_ins")]
