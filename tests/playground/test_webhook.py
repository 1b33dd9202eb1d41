"""Delivery to a webhook: order, retries, answers that are calls."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp.web
import pytest

from playground import acts

ANNA = 1001


@dataclass
class Receiver:
    """A webhook that keeps what it gets and answers what the test wants."""

    url: str = ""
    got: list[dict[str, Any]] = field(default_factory=list)
    secrets: list[str | None] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], aiohttp.web.Response] = lambda _: aiohttp.web.Response()

    async def take(self, request: aiohttp.web.Request) -> aiohttp.web.Response:
        update = await request.json()
        self.got.append(update)
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        return self.answer(update)

    async def until(self, count: int) -> list[dict[str, Any]]:
        async with asyncio.timeout(5):
            while len(self.got) < count:
                await asyncio.sleep(0.005)
        return self.got


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = aiohttp.web.Application()
    app.router.add_post("/hook", made.take)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    site = aiohttp.web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


@pytest.fixture(autouse=True)
def short_pauses(playground):
    playground.webhook_pause = 0.01


def failing(times: int, response: Callable[[], aiohttp.web.Response]) -> Callable[..., Any]:
    left = [times]

    def answer(update: dict[str, Any]) -> aiohttp.web.Response:
        left[0] -= 1
        return response() if left[0] >= 0 else aiohttp.web.Response()

    return answer


async def test_updates_come_with_the_secret_and_are_gone_when_delivered(playground, bot, receiver):
    await bot.set_webhook(receiver.url, secret_token="s-e_c")
    for text in "abc":
        acts.say(playground, ANNA, text)

    got = await receiver.until(3)
    await asyncio.sleep(0.05)

    assert [update["message"]["text"] for update in got] == ["a", "b", "c"]
    assert set(receiver.secrets) == {"s-e_c"}
    assert (await bot.get_webhook_info()).pending_update_count == 0


@pytest.mark.parametrize("status", [301, 404, 500, 503])
async def test_anything_but_2xx_is_tried_again(playground, bot, receiver, status):
    receiver.answer = failing(3, lambda: aiohttp.web.Response(status=status))
    await bot.set_webhook(receiver.url)
    acts.say(playground, ANNA, "a")

    got = await receiver.until(4)

    assert {update["message"]["text"] for update in got} == {"a"}
    info = await bot.get_webhook_info()
    assert info.last_error_message.startswith(f"Wrong response from the webhook: {status} ")


async def test_retry_after_is_waited_for(playground, bot, receiver):
    busy = {"Retry-After": "1"}
    receiver.answer = failing(1, lambda: aiohttp.web.Response(status=503, headers=busy))
    await bot.set_webhook(receiver.url)
    acts.say(playground, ANNA, "a")
    await receiver.until(1)
    await asyncio.sleep(0.5)
    assert len(receiver.got) == 1

    assert len(await receiver.until(2)) == 2


async def test_the_head_of_a_chat_blocks_its_chat_but_not_presses_nor_other_chats(
    playground, bot, receiver
):
    berta = acts.add_person(playground, "Berta")
    receiver.answer = lambda update: aiohttp.web.Response(
        status=500 if update.get("message", {}).get("text") == "stuck" else 200
    )
    await bot.set_webhook(receiver.url)
    acts.say(playground, ANNA, "stuck")
    acts.say(playground, ANNA, "behind it")
    acts.press(playground, ANNA, 1, "pressed")
    acts.say(playground, berta.id, "beside it")

    await receiver.until(8)

    said = [update.get("message", {}).get("text", "pressed") for update in receiver.got]
    assert {"stuck", "pressed", "beside it"} == set(said)


async def test_a_press_is_given_up_when_it_would_be_too_old(playground, bot, receiver, clock):
    def too_late(update: dict[str, Any]) -> aiohttp.web.Response:
        clock.forward(seconds=75)
        return aiohttp.web.Response(status=500)

    receiver.answer = too_late
    await bot.set_webhook(receiver.url)
    acts.press(playground, ANNA, 1, "x")
    await receiver.until(2)
    await asyncio.sleep(0.1)

    assert len(receiver.got) == 2
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_a_method_in_the_answer_is_carried_out(playground, bot, receiver):
    said = {"method": "sendMessage", "chat_id": ANNA, "text": "by answer"}
    receiver.answer = lambda _: aiohttp.web.json_response(said)
    await bot.set_webhook(receiver.url)
    acts.say(playground, ANNA, "a")
    await receiver.until(1)
    await asyncio.sleep(0.05)

    assert [m.content["text"] for m in playground.chats.messages(ANNA)] == ["a", "by answer"]


async def test_gone_for_23_hours_ends_the_webhook(playground, bot, receiver, clock):
    def gone(update: dict[str, Any]) -> aiohttp.web.Response:
        clock.forward(hours=11.6)
        return aiohttp.web.Response(status=410)

    receiver.answer = gone
    await bot.set_webhook(receiver.url)
    acts.say(playground, ANNA, "a")
    await receiver.until(3)
    await asyncio.sleep(0.1)

    assert (await bot.get_webhook_info()).url == ""
    assert len(receiver.got) == 3  # 23.2 hours lie between the first answer and the third


async def test_a_closed_port_is_named(playground, bot):
    await bot.set_webhook("http://127.0.0.1:1/")
    acts.say(playground, ANNA, "a")
    await asyncio.sleep(0.1)

    info = await bot.get_webhook_info()

    assert info.last_error_message == "Connection refused"
    assert info.pending_update_count == 1


async def test_without_the_webhook_getupdates_takes_over_again(playground, bot):
    await bot.set_webhook("http://127.0.0.1:1/")
    acts.say(playground, ANNA, "a")
    await bot.delete_webhook()

    (update,) = await bot.get_updates(timeout=0)

    assert update.message.text == "a"


async def test_two_settings_within_a_second_are_one_too_many(bot, receiver):
    request = f"{bot.base_url}/setWebhook?url={receiver.url}"
    first = await bot.request.do_request(request, "POST")
    second = await bot.request.do_request(request, "POST")

    assert (first[0], second[0]) == (200, 429)
    assert b'"retry_after": 1' in second[1]
