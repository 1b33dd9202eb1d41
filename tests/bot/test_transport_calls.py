import asyncio
import gc
import json
import random
import warnings
from datetime import UTC, datetime

import pytest
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto
from telegram.error import RetryAfter

from bot.transport import Limits, NotSent, Transport, Unsure, UnsureInTime
from habits.clock import boottime
from tests.loopback import (
    DATE,
    MESSAGE,
    SHORT,
    TOKEN,
    good,
    http,
    page,
    raised_by,
    refusal,
    telegram,
)


async def test_values_keep_their_types():
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Ja ✓", callback_data="y")]])
    async with telegram(good()) as (server, _, bot):
        await bot.send_message(-100, "Grüße 🌊", reply_markup=markup, disable_notification=True)
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert b"Content-Type: application/json" in head
    assert head.startswith(f"POST /bot{TOKEN}/sendMessage HTTP/1.1".encode())
    assert json.loads(body) == {
        "chat_id": -100,
        "text": "Grüße 🌊",
        "disable_notification": True,
        "reply_markup": {"inline_keyboard": [[{"text": "Ja ✓", "callback_data": "y"}]]},
    }


async def test_dates_and_lists_are_what_telegram_takes():
    async with telegram(good(result=True)) as (server, _, bot):
        await bot.ban_chat_member(-5, 7, until_date=datetime(2026, 1, 3, tzinfo=UTC))
        await bot.delete_messages(7, [1, 2])
    bodies = [json.loads(request.partition(b"\r\n\r\n")[2]) for request in server.requests]
    assert bodies == [
        {"chat_id": -5, "user_id": 7, "until_date": 1_767_398_400},
        {"chat_id": 7, "message_ids": [1, 2]},
    ]


async def test_a_call_without_parameters_has_no_body():
    me = {"id": 1, "is_bot": True, "first_name": "a", "username": "a"}
    async with telegram(good(me)) as (server, _, bot):
        assert (await bot.get_me()).username == "a"
    assert server.requests[0].endswith(b"\r\n\r\n")


@pytest.fixture
async def uploads():
    """A bot whose uploads are parsed by aiohttp's server; their parts by name."""
    parts = {}

    async def take(request):
        for name, value in (await request.post()).items():
            is_file = isinstance(value, web.FileField)
            parts[name] = (value.filename, value.file.read()) if is_file else value
        return web.json_response({"ok": True, "result": MESSAGE})

    app = web.Application(client_max_size=2**24)
    app.router.add_post("/{path:.*}", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with Transport() as transport:
        yield Bot(TOKEN, f"http://127.0.0.1:{runner.addresses[0][1]}/bot", request=transport), parts
    await runner.cleanup()


async def test_uploads_arrive_byte_for_byte(uploads):
    bot, parts = uploads
    content = random.Random(1).randbytes(700_000) + b"\r\n--\r\n"
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Да", callback_data="y")]])
    await bot.send_document(
        -5, content, filename='отпуск "26".csv', caption="Год", reply_markup=markup
    )
    assert parts["document"] == ('отпуск "26".csv', content)
    assert (parts["chat_id"], parts["caption"]) == ("-5", "Год")
    assert json.loads(parts["reply_markup"]) == markup.to_dict()


async def test_an_open_file_arrives_byte_for_byte(uploads, tmp_path):
    bot, parts = uploads
    path = tmp_path / "year.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" * 30_000)
    with path.open("rb") as file:
        await bot.send_photo(7, file)
    assert parts["photo"] == ("year.png", path.read_bytes())


async def test_a_new_picture_for_an_old_message_is_attached(uploads):
    bot, parts = uploads
    await bot.edit_message_media(InputMediaPhoto(b"\x89PNG"), 7, 1)
    name = json.loads(parts["media"])["media"].removeprefix("attach://")
    assert parts[name][1] == b"\x89PNG"


async def test_files_come_back_byte_for_byte():
    async with telegram(http(200, b'{"ok":false}\x00\xff')) as (server, transport, _):
        got = await transport.retrieve(f"{server.address}/file/bot{TOKEN}/a%20b.ics")
    assert got == b'{"ok":false}\x00\xff'
    assert server.requests[0].startswith(f"GET /file/bot{TOKEN}/a%20b.ics ".encode())


async def test_a_redirect_does_not_carry_the_token_on():
    async with telegram(good()) as (elsewhere, _, _):
        script = page(307, f"Location: {elsewhere.address}/bot{TOKEN}/sendMessage")
        async with telegram(script) as (_, _, bot):
            assert isinstance(await raised_by(bot.send_message(7, "a")), NotSent)
        assert elsewhere.requests == []


async def test_the_environments_proxy_is_not_used(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with telegram(good()) as (_, _, bot):
        assert (await bot.send_message(7, "a")).text == "a"


async def test_the_pace_is_asked_before_anything_is_written():
    asked = []

    async def pace(method, parameters):
        asked.append((method, dict(parameters), len(server.requests)))
        if parameters.get("text") == "too much":
            raise NotSent("paced")

    async with telegram(good(), pace=pace) as (server, transport, bot):
        await bot.send_message(7, "a")
        error = await raised_by(bot.send_message(7, "too much"))
        await transport.retrieve(f"{server.address}/file/bot{TOKEN}/a.ics")
    assert error.reason == "paced"
    assert asked == [
        ("sendMessage", {"chat_id": 7, "text": "a"}, 0),
        ("sendMessage", {"chat_id": 7, "text": "too much"}, 1),
    ]
    assert len(server.requests) == 2


async def test_waiting_for_the_pace_is_not_counted():
    async def pace(method, parameters):
        await asyncio.sleep(SHORT.whole + 0.2)

    async with telegram(good(), pace=pace) as (_, _, bot):
        assert (await bot.send_message(7, "a")).text == "a"


async def test_a_call_told_to_wait_is_made_again_where_that_is_wished_and_at_its_pace():
    refused = refusal(429, "Too Many Requests", retry_after=7)
    asked, told = [], []

    async def pace(method, parameters):
        asked.append(parameters["text"])

    async def told_to_wait(method, parameters, seconds):
        told.append((method, parameters["text"], seconds))
        server.script = good() if len(told) == 2 else refused
        return parameters["text"] == "a"

    async with telegram(refused, pace=pace, told_to_wait=told_to_wait) as (server, _, bot):
        assert (await bot.send_message(7, "a")).text == "a"
        assert asked == ["a"] * 3
        assert told == [("sendMessage", "a", 7.0)] * 2
        server.script = refused
        assert isinstance(await raised_by(bot.send_message(7, "b")), RetryAfter)
    assert asked == ["a"] * 3 + ["b"]


async def test_a_long_poll_moves_the_limits_by_its_length():
    async with telegram([1.0, good([])]) as (_, _, bot):
        assert await bot.get_updates(timeout=1) == ()
        error = await raised_by(bot.get_updates(timeout=0))
    assert (type(error), error.reason) == (UnsureInTime, "read")


async def test_a_call_may_bring_its_own_limits():
    async with telegram([0.8, good()]) as (_, _, bot):
        assert (await bot.send_message(7, "a", read_timeout=1)).text == "a"
        assert (await raised_by(bot.send_message(7, "a", read_timeout=0.1))).reason == "read"
        assert (await raised_by(bot.send_message(7, "a", read_timeout=None))).reason == "whole"


async def test_connections_are_kept_and_used_again():
    async with telegram(good()) as (server, _, bot):
        for _ in range(5):
            await bot.send_message(7, "a")
        await asyncio.gather(*(bot.send_message(7, "a") for _ in range(3)))
    assert server.connections == 3
    assert len(server.requests) == 8


async def test_no_more_calls_are_in_flight_than_asked_for():
    limits = Limits(pool=5)
    async with telegram([0.05, good()], in_flight=4, limits=limits) as (server, _, bot):
        await asyncio.gather(*(bot.send_message(7, "a") for _ in range(20)))
    assert server.connections == 4


async def arrived(server):
    """Wait until the server has got one more request."""
    before = len(server.requests)
    while len(server.requests) == before:
        await asyncio.sleep(0.005)


async def stuck(server, bot, calls=3):
    """Fill the only slot and run into its pool limit; the call that holds it."""
    server.script = ["wait", good()]
    holding = asyncio.create_task(bot.send_message(7, "held"))
    await arrived(server)
    for _ in range(calls):
        assert (await raised_by(bot.send_message(7, "a"))).reason == "pool"
    server.script = good()
    return holding


async def test_a_stuck_pool_is_replaced_and_its_calls_may_still_finish():
    limits = Limits(pool=0.05, whole=5)
    async with telegram(good(), in_flight=1, limits=limits) as (server, _, bot):
        holding = await stuck(server, bot)
        assert (await bot.send_message(7, "b")).text == "a"
        assert not holding.done()
        server.released.set()
        assert (await holding).text == "a"


async def test_two_pool_timeouts_are_only_a_crowd():
    limits = Limits(pool=0.05, whole=5)
    async with telegram(good(), in_flight=1, limits=limits) as (server, _, bot):
        holding = await stuck(server, bot, calls=2)
        server.released.set()
        await holding
        server.released.clear()
        holding = await stuck(server, bot, calls=2)
        assert (await raised_by(bot.send_message(7, "third in a row"))).reason == "pool"
        server.released.set()
        await holding


async def test_one_stuck_pool_is_given_up_at_a_time_and_closed_in_the_end():
    limits = Limits(pool=0.05, whole=1)
    async with telegram(good(), in_flight=1, limits=limits) as (server, _, bot):
        first = await stuck(server, bot)
        second = await stuck(server, bot)
        assert (await raised_by(bot.send_message(7, "a"))).reason == "pool"
        assert isinstance(await raised_by(first), Unsure)
        assert isinstance(await raised_by(second), Unsure)
        assert (await bot.send_message(7, "b")).text == "a"


async def test_start_and_end_may_be_asked_for_twice_and_again():
    async with telegram(good()) as (server, transport, bot):
        await transport.initialize()
        await bot.send_message(7, "a")
        await transport.shutdown()
        await transport.shutdown()
        await transport.initialize()
        await bot.send_message(7, "b")
    assert server.connections == 2


async def test_the_end_ends_calls_under_way_and_leaves_nothing_open():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        limits = Limits(pool=0.05)
        async with telegram(good(), in_flight=1, limits=limits) as (server, transport, bot):
            old = await stuck(server, bot)
            server.script = ["wait", good()]
            new = asyncio.create_task(bot.send_message(7, "b"))
            await arrived(server)
            await transport.shutdown()
            errors = [await raised_by(old), await raised_by(new)]
        del old, new, transport, bot
        await asyncio.sleep(0)
        gc.collect()
    assert [(type(error), error.reason) for error in errors] == [(Unsure, "dropped")] * 2
    assert [str(one.message) for one in seen] == []


async def test_a_cancelled_call_gives_its_slot_back():
    async with telegram(["wait", good()], in_flight=1) as (server, _, bot):
        call = asyncio.create_task(bot.send_message(7, "a"))
        await arrived(server)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        server.script = good()
        assert (await bot.send_message(7, "a")).text == "a"


async def test_the_servers_time_is_remembered_with_its_arrival():
    async with telegram(good(MESSAGE, f"Date: {DATE}")) as (server, transport, bot):
        assert transport.server_time is None
        before = boottime()
        await bot.send_message(7, "a")
        told, arrived = transport.server_time
        assert (told, told.tzinfo) == (datetime(2026, 1, 3, 12, tzinfo=UTC), UTC)
        assert before <= arrived <= boottime()
        await bot.send_message(7, "a")
        assert transport.server_time[1] > arrived
        server.script = page(502, "Date: Sat, 03 Jan 2026 14:00:01 +0200")
        await raised_by(bot.send_message(7, "a"))
        assert transport.server_time[0] == datetime(2026, 1, 3, 12, 0, 1, tzinfo=UTC)


async def test_a_date_that_is_none_is_passed_over():
    async with telegram(good(MESSAGE, f"Date: {DATE}")) as (server, transport, bot):
        await bot.send_message(7, "a")
        kept = transport.server_time
        for script in (good(MESSAGE, "Date: yesterday"), good(MESSAGE, "Date: "), good()):
            server.script = script
            await bot.send_message(7, "a")
            assert transport.server_time == kept
