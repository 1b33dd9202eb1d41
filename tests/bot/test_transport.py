import asyncio
import logging
import pickle
import traceback
from datetime import timedelta

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)

from bot.transport import Limits, NotSent, NotSentInTime, Transport, Unsure, UnsureInTime
from tests.loopback import (
    DATE,
    SHORT,
    TOKEN,
    good,
    http,
    page,
    raised_by,
    refusal,
    serving,
    telegram,
)

MISHAPS = {
    "hung up at once": ("hang up at once", Unsure, "dropped"),
    "hung up on the request": (None, Unsure, "dropped"),
    "hung up within the head": ([b"HTTP/1.1 200 OK\r\nContent-", None], Unsure, "dropped"),
    "hung up within the body": ([good()[:-9], None], Unsure, "dropped"),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", Unsure, "dropped"),
    "silence": (["wait"], UnsureInTime, "read"),
    "silence within the body": ([good()[:-9], "wait"], UnsureInTime, "read"),
    "an answer that drips": ([good()[:-9], *[0.2, b" "] * 9], UnsureInTime, "whole"),
    "500 of Telegram's": (refusal(500, "Internal Server Error: restart"), Unsure, "server"),
    "502 with a page": (page(502), Unsure, "server"),
    "503 with nothing": (http(503, b""), Unsure, "server"),
    "504 with a number of seconds": (page(504, "Retry-After: 3"), Unsure, "server"),
    "599, which has no name": (http(599, {"ok": False}), Unsure, "server"),
    "200 with nothing": (http(200, b""), Unsure, "broken"),
    "200 with a page": (page(200), Unsure, "broken"),
    "200 with half a body": (http(200, b'{"ok":true,"result":{"mess'), Unsure, "broken"),
    "200 without a result": (http(200, b'{"ok":true}'), Unsure, "broken"),
    "200 with a list": (http(200, [1]), Unsure, "broken"),
    "200 that says no": (http(200, {"ok": False, "error_code": 400}), Unsure, "broken"),
    "204": (http(204, b""), Unsure, "broken"),
    "a portal's redirect": (page(302, "Location: /login"), NotSent, "foreign"),
    "a proxy's 400": (page(400), NotSent, "foreign"),
    "a proxy's 403, which is no blocked bot": (page(403), NotSent, "foreign"),
    "a proxy's 404, which is no wrong token": (http(404, b""), NotSent, "foreign"),
    "a proxy's 407 in JSON": (http(407, {"error": "log in"}), NotSent, "foreign"),
}


@pytest.mark.parametrize(("script", "kind", "reason"), MISHAPS.values(), ids=MISHAPS)
async def test_a_mishap_says_whether_anything_may_have_been_sent(script, kind, reason):
    async with telegram(script) as (_, _, bot):
        error = await raised_by(bot.send_message(7, "a"))
    assert (type(error), error.reason) == (kind, reason)
    assert isinstance(error, NetworkError)
    assert isinstance(error, TimedOut) == (kind is UnsureInTime)


REFUSALS = {
    "blocked": (refusal(403, "Forbidden: bot was blocked by the user"), Forbidden, "blocked"),
    "chat not found": (refusal(400, "Bad Request: chat not found"), BadRequest, "Chat not found"),
    "broken tags": (refusal(400, "Bad Request: can't parse entities"), BadRequest, "entities"),
    "the same edit": (refusal(400, "Bad Request: message is not modified"), BadRequest, "modified"),
    "a late answer": (refusal(400, "Bad Request: query is too old"), BadRequest, "too old"),
    "401": (refusal(401, "Unauthorized"), InvalidToken, "Unauthorized"),
    "404": (refusal(404, "Not Found"), InvalidToken, "Not Found"),
    "a second poller": (refusal(409, "Conflict: terminated"), Conflict, "terminated"),
    "moved": (refusal(400, "Bad Request: upgraded", migrate_to_chat_id=-5), ChatMigrated, "-5"),
    "too large, by Telegram": (refusal(413, "Too Large"), BadRequest, "Too Large"),
    "too large, by a page": (page(413), BadRequest, "Too Large"),
    "a code PTB does not know": (refusal(406, "Not Acceptable"), BadRequest, "Not Acceptable"),
}


@pytest.mark.parametrize(("script", "kind", "words"), REFUSALS.values(), ids=REFUSALS)
async def test_what_telegram_refuses_is_the_error_ptb_has_for_it(script, kind, words):
    async with telegram(script) as (_, _, bot):
        error = await raised_by(bot.send_message(7, "a"))
    assert type(error) is kind
    assert words in str(error)


async def test_a_moved_chat_says_where_to():
    async with telegram(REFUSALS["moved"][0]) as (_, _, bot):
        assert (await raised_by(bot.send_message(7, "a"))).new_chat_id == -5


PAUSES = {
    "named": (refusal(429, "Too Many Requests", retry_after=7), 7),
    "named twice": (refusal(429, "Too Many Requests", "Retry-After: 2", retry_after=7), 7),
    "in the header": (page(429, "Retry-After: 9"), 9),
    "of nothing": (refusal(429, "Too Many Requests", retry_after=0), 5),
    "not named": (page(429), 5),
    "spelt as a date": (page(429, f"Retry-After: {DATE}"), 5),
    "without end": (refusal(429, "Too Many Requests", retry_after=10**15), 86_400),
}


@pytest.mark.parametrize(("script", "seconds"), PAUSES.values(), ids=PAUSES)
async def test_a_429_is_a_pause_however_it_is_told(script, seconds):
    async with telegram(script) as (_, _, bot):
        error = await raised_by(bot.send_message(7, "a"))
    assert type(error) is RetryAfter
    assert error.retry_after == timedelta(seconds=seconds)


@pytest.fixture
async def nobody():
    """A port on which nobody listens any more."""
    async with serving(None) as server:
        pass
    return server.port


async def unreached(address, **options):
    async with Transport(limits=SHORT, **options) as transport:
        return await raised_by(transport.post(f"{address}/bot{TOKEN}/getMe"))


async def test_a_call_that_finds_no_one_was_not_sent(nobody):
    error = await unreached(f"http://127.0.0.1:{nobody}")
    assert (type(error), error.reason) == (NotSent, "refused")


async def test_a_call_to_an_unknown_host_was_not_sent():
    async with Transport() as transport:
        error = await raised_by(transport.post(f"http://telegram.invalid/bot{TOKEN}/getMe"))
    assert (type(error), error.reason) == (NotSent, "dns")


async def test_a_call_that_gets_no_connection_in_time_was_not_sent():
    async with serving(None) as silent:
        error = await unreached(f"https://127.0.0.1:{silent.port}")
    assert (type(error), error.reason) == (NotSentInTime, "connect")
    assert isinstance(error, TimedOut)


async def test_a_call_through_a_proxy_that_is_away_was_not_sent(nobody):
    error = await unreached("http://telegram.invalid", proxy=f"http://127.0.0.1:{nobody}")
    assert (type(error), error.reason) == (NotSent, "proxy")


async def test_a_call_that_a_proxy_will_not_carry_was_not_sent():
    async with telegram(page(403)) as (server, _, _):
        error = await unreached("https://telegram.invalid", proxy=server.address)
    assert (type(error), error.reason) == (NotSent, "proxy")


async def test_a_call_to_a_server_without_tls_was_not_sent():
    async with serving(None, greeting=b"SSH-2.0-OpenSSH_9.2\r\n") as server:
        error = await unreached(f"https://127.0.0.1:{server.port}")
    assert (type(error), error.reason) == (NotSent, "tls")


async def test_a_call_whose_tls_handshake_was_cut_was_not_sent():
    async with serving("hang up at once") as server:
        error = await unreached(f"https://127.0.0.1:{server.port}")
    assert (type(error), error.reason) == (NotSent, "refused")


@pytest.mark.parametrize("address", ["ftp://127.0.0.1", "http://"])
async def test_a_call_to_what_is_no_address_was_not_sent(address):
    error = await unreached(address)
    assert (type(error), error.reason) == (NotSent, "address")


async def test_a_call_that_finds_the_pool_full_was_not_sent():
    async with telegram(["wait", good()], in_flight=1, limits=Limits(pool=0.1)) as (server, _, bot):
        first = asyncio.create_task(bot.send_message(7, "first"))
        await asyncio.sleep(0.02)
        error = await raised_by(bot.send_message(7, "second"))
        server.released.set()
        assert (await first).message_id == 1
    assert (type(error), error.reason) == (NotSentInTime, "pool")
    assert len(server.requests) == 1


async def test_a_call_before_the_start_or_after_the_end_was_not_sent():
    transport = Transport()
    for _ in range(2):
        error = await raised_by(transport.post(f"http://127.0.0.1/bot{TOKEN}/getMe"))
        assert (type(error), error.reason) == (NotSent, "closed")
        await transport.initialize()
        await transport.shutdown()


def test_the_errors_can_be_copied():
    for error in (NotSent("dns"), UnsureInTime("read")):
        copy = pickle.loads(pickle.dumps(error))
        assert (type(copy), copy.reason, str(copy)) == (type(error), error.reason, str(error))


def everything_about(error):
    """All that a log could show of an exception, whatever hangs on it."""
    shown = []
    while error is not None:
        shown += [str(error), repr(error), *map(repr, error.args)]
        shown += traceback.format_exception(error, chain=False)
        error = error.__cause__ or error.__context__
    return "\n".join(shown)


CANARIES = {
    **{name: script for name, (script, *_) in MISHAPS.items()},
    **{name: script for name, (script, *_) in REFUSALS.items()},
    **{name: script for name, (script, *_) in PAUSES.items()},
}


@pytest.mark.parametrize("script", CANARIES.values(), ids=CANARIES)
async def test_no_error_and_no_log_line_holds_the_token(script, caplog):
    async with telegram(script) as (_, transport, bot):
        with caplog.at_level(logging.DEBUG):
            asyncio.get_running_loop().set_debug(True)
            error = await raised_by(bot.send_message(7, "a"))
            shown = everything_about(error) + repr(transport) + caplog.text
    assert len(caplog.records) >= 1
    assert TOKEN not in shown


@pytest.mark.parametrize("scheme", ["http", "https", "ftp"])
async def test_no_address_holds_the_token_once_it_failed(scheme, nobody, caplog):
    caplog.set_level(logging.DEBUG)
    async with serving(None) as server:
        ports = (server.port, nobody, 99_999)
        hosts = [*(f"127.0.0.1:{port}" for port in ports), "telegram.invalid"]
        shown = [everything_about(await unreached(f"{scheme}://{host}")) for host in hosts]
    assert TOKEN not in "\n".join(shown) + caplog.text


async def test_a_good_call_and_its_end_show_no_token(caplog):
    async with telegram(good()) as (_, transport, bot):
        caplog.set_level(logging.DEBUG)
        await bot.send_message(7, "a")
        await transport.shutdown()
    assert TOKEN not in caplog.text + repr(transport)
    assert "sendMessage" in caplog.text
