"""Nonsense is refused in words; nothing that is sent brings the server down."""

import asyncio
import json
import random

import aiohttp
from wrong_calls import png

from playground import acts
from playground.methods import METHODS

TOKEN = "4242:AAplayground"
ANNA = 1001
CALLS = 2_000
NAMES = [
    *("chat_id", "message_id", "message_ids", "text", "caption", "parse_mode", "entities", "scope"),
    *("caption_entities", "reply_markup", "reply_parameters", "reply_to_message_id", "photo"),
    *("document", "media", "action", "callback_query_id", "show_alert", "url", "secret_token"),
    *("max_connections", "allowed_updates", "drop_pending_updates", "commands", "language_code"),
    *("name", "description", "short_description", "file_id", "menu_button", "reaction", "offset"),
    *("latitude", "longitude", "limit", "inline_message_id", "disable_notification"),
]
VALUES = [
    *("", "0", "1", "-1", "1001", "x", "true", "null", "[]", "{}", "[[]]", "[{}]", '"x"', "[1]"),
    *("9" * 30, "1e999", "NaN", "\ud83d", "\0", "<b>", "<b>x</b>", "HTML", "typing", "@anna", "💤"),
    *(
        '{"inline_keyboard": 1}',
        '{"inline_keyboard": [[1]]}',
        '{"keyboard": [[null]]}',
        '{"type": 5}',
    ),
    *('{"inline_keyboard": [[{"text": "x", "callback_data": 5}]]}', '{"message_id": "x"}'),
    *('{"inline_keyboard": [[{"text": "x", "url": 5}]]}', '{"remove_keyboard": true}'),
    *(
        '[{"type": "bold"}]',
        '[{"type": "bold", "offset": "x", "length": null}]',
        '[["x"]]',
        '["x"]',
    ),
    *('[{"type": "code", "offset": -5, "length": 99}]', '{"type": "chat", "chat_id": 1001}'),
    *(
        '[{"type": "photo", "media": "attach://f"}]',
        '[{"type": "photo", "media": 5}]',
        '{"type": []}',
    ),
    *('{"type": "document", "media": "attach://f", "caption": 5}', '[{"command": 5}]', "[" * 2000),
    *('{"type": "chat", "chat_id": {}}', "http://[", "https://x:y/", "http://a.b:99999999999999/"),
]


def nonsense(chance: random.Random) -> aiohttp.MultipartWriter:
    form = aiohttp.MultipartWriter("form-data")
    values = {name: chance.choice(VALUES) for name in chance.sample(NAMES, 8)}
    if chance.random() < 0.8:
        values |= {"chat_id": str(ANNA), "message_id": chance.choice("123")}
    for name, value in values.items():
        part = form.append(value.encode("utf-8", "surrogatepass"))
        part.set_content_disposition("form-data", name=name)
    file = form.append(chance.choice([b"", b"x", png(3, 3), b"\xff\xd8\xff\xc0"]))
    file.set_content_disposition("form-data", name="f", filename="f")
    return form


async def test_no_call_however_wrong_is_answered_with_500(playground, http):
    chance = random.Random(11)
    acts.say(playground, ANNA, "hello")
    for number in range(CALLS):
        method = chance.choice(list(METHODS))
        if number % 20 == 0:
            await http.get(f"/bot{TOKEN}/sendMessage?chat_id={ANNA}&text={number}")
        async with http.post(f"/bot{TOKEN}/{method}", data=nonsense(chance)) as answer:
            body = await answer.json()
            known = {200, 400, 401, 403, 404, 409, 413, 429}
            assert answer.status in known, (method, playground.calls.of(method)[-1])
            assert body["ok"] is (answer.status == 200)


async def test_bodies_that_are_none_are_refused(http):
    bodies = [
        ("application/json", b"{"),
        ("application/json", b"[1]"),
        ("application/json", b"\xff"),
        ("application/json", b"[" * 100_000),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nno name\r\n--x--"),
    ]
    for kind, body in bodies:
        headers = {"Content-Type": kind}
        async with http.post(f"/bot{TOKEN}/getMe", data=body, headers=headers) as answer:
            assert (answer.status, (await answer.json())["ok"]) == (400, False), (kind, body[:9])


async def test_lines_that_are_no_http_do_not_stop_the_server(http, address):
    port = int(address.rpartition(":")[2])
    for noise in (
        b"\0" * 50,
        b"GET / HTTP/9\r\n\r\n",
        b"POST /x HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(noise)
        writer.write_eof()
        await asyncio.wait_for(reader.read(), 5)
        writer.close()
    async with http.get(f"/bot{TOKEN}/getMe") as answer:
        assert json.loads(await answer.text())["ok"]


async def test_a_poll_that_was_hung_up_ends_nobody_and_takes_nothing(playground, bot, http):
    short = aiohttp.ClientTimeout(total=0.1)
    for _ in range(2):
        try:
            await http.get(f"/bot{TOKEN}/getUpdates?timeout=20", timeout=short)
        except TimeoutError:
            continue
    await asyncio.sleep(0.05)
    acts.say(playground, ANNA, "hello")

    assert len(await bot.get_updates(timeout=5)) == 1
    assert [call.status for call in playground.calls.of("getUpdates")] == [0, 0, 200]
