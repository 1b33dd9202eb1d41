"""getUpdates as Telegram answers it: confirming, expiring, waiting, two who poll."""

import asyncio
import json
import time

import aiohttp
import pytest
import telegram

from playground import acts
from playground.playground import Playground
from playground.server import running

TOKEN = "4242:AAplayground"
KEY = "a-key"
ANNA = 1001


async def texts(bot: telegram.Bot, **asked) -> list[str | None]:
    found = await bot.get_updates(timeout=0, **asked)
    return [update.message.text if update.message else None for update in found]


@pytest.fixture
async def first(playground, bot) -> int:
    """Give the id of the first of five updates, `0` to `4`."""
    for number in range(5):
        acts.say(playground, ANNA, str(number))
    found = await bot.get_updates(timeout=0)
    assert [update.update_id - found[0].update_id for update in found] == [0, 1, 2, 3, 4]
    return found[0].update_id


async def test_unconfirmed_updates_come_again(first, bot):
    assert await texts(bot) == await texts(bot) == ["0", "1", "2", "3", "4"]


async def test_an_offset_forgets_everything_below_it_for_good(first, bot):
    assert await texts(bot, offset=first + 3) == ["3", "4"]
    assert await texts(bot) == ["3", "4"]


async def test_a_wild_offset_is_treated_as_absent(first, bot):
    assert await texts(bot, offset=first + 5 + 11) == ["0", "1", "2", "3", "4"]
    assert await texts(bot, offset=first + 5 + 10) == []


async def test_a_negative_offset_keeps_the_last_and_forgets_the_rest(first, bot):
    assert await texts(bot, offset=-2) == ["3", "4"]
    assert await texts(bot) == ["3", "4"]


async def test_the_limit_is_between_one_and_a_hundred(first, bot, playground):
    for number in range(5, 105):
        acts.say(playground, ANNA, str(number))

    assert len(await texts(bot, limit=-3)) == 1
    assert len(await texts(bot, limit=2)) == 2
    assert len(await texts(bot, limit=1000)) == 100


async def test_messages_live_a_day_and_presses_150_seconds_on_the_playgrounds_clock(
    playground, bot, clock
):
    acts.say(playground, ANNA, "hello")
    acts.press(playground, ANNA, 1, "x")
    assert await texts(bot) == ["hello", None]

    clock.forward(seconds=150)
    assert await texts(bot) == ["hello"]

    clock.forward(seconds=24 * 3600 - 151)
    assert await texts(bot) == ["hello"]
    clock.forward(seconds=1)
    assert await texts(bot) == []


async def test_allowed_updates_are_remembered_and_do_not_touch_what_is_queued(playground, bot):
    acts.say(playground, ANNA, "hello")
    acts.press(playground, ANNA, 1, "x")
    assert await texts(bot, allowed_updates=["callback_query"]) == ["hello", None]

    acts.say(playground, ANNA, "unheard")
    acts.press(playground, ANNA, 1, "x")
    assert await texts(bot) == ["hello", None, None]
    await bot.get_updates(timeout=0, allowed_updates=[])
    acts.say(playground, ANNA, "heard")
    assert await texts(bot) == ["hello", None, None, "heard"]


async def test_a_waiting_poll_is_answered_as_soon_as_something_comes(playground, bot):
    waiting = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.05)
    begun = time.monotonic()
    acts.say(playground, ANNA, "at last")

    (update,) = await waiting

    assert update.message.text == "at last"
    assert time.monotonic() - begun < 1


async def test_a_poll_ends_empty_after_its_timeout(bot):
    begun = time.monotonic()

    assert await bot.get_updates(timeout=1) == ()
    assert 0.9 < time.monotonic() - begun < 3


async def poll(http: aiohttp.ClientSession, seconds: int) -> dict:
    """Poll beside the bot, whose own pool of connections has room for one poll only."""
    async with http.get(f"/bot{TOKEN}/getUpdates", params={"timeout": seconds}) as answer:
        return await answer.json()


async def test_a_second_waiting_poll_ends_the_first_with_409(playground, bot, http):
    first = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(poll(http, 20))

    with pytest.raises(telegram.error.Conflict, match="terminated by other getUpdates request"):
        await first
    acts.say(playground, ANNA, "for the second")
    assert len((await second)["result"]) == 1


async def test_a_poll_that_returns_at_once_ends_nobody(playground, bot, http):
    waiting = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.05)
    assert (await poll(http, 0))["result"] == []
    acts.say(playground, ANNA, "still there")

    assert len(await waiting) == 1


async def test_a_webhook_ends_a_waiting_poll_and_forbids_the_next(bot):
    waiting = asyncio.create_task(bot.get_updates(timeout=20))
    await asyncio.sleep(0.05)
    await bot.set_webhook("http://127.0.0.1:9/")

    with pytest.raises(telegram.error.Conflict, match="terminated by setWebhook request"):
        await waiting
    with pytest.raises(telegram.error.Conflict, match="while webhook is active"):
        await bot.get_updates(timeout=0)
    await bot.delete_webhook()
    assert await bot.get_updates(timeout=0) == ()


async def test_hot_polling_is_slowed_down(clock):
    playground = Playground(TOKEN, KEY, clock.now, polling_hold=0.6)
    async with (
        running(playground) as address,
        telegram.Bot(TOKEN, f"{address}/bot") as bot,
    ):
        for text in "ab":
            acts.say(playground, ANNA, text)
        assert len(await bot.get_updates(timeout=0)) == 2
        assert len(await bot.get_updates(timeout=0)) == 1
        playground.updates.drop_all()
        begun = time.monotonic()
        assert await bot.get_updates(timeout=0) == ()
        assert time.monotonic() - begun > 0.5


async def test_a_person_who_blocks_is_told_as_a_change_of_membership(playground, bot):
    acts.block(playground, ANNA, blocked=True)
    acts.say(playground, ANNA, "back again")

    left, back, message = await bot.get_updates(timeout=0)

    assert left.my_chat_member.new_chat_member.status == "kicked"
    assert back.my_chat_member.new_chat_member.status == "member"
    assert message.message.text == "back again"


async def test_a_press_on_a_deleted_message_carries_an_inaccessible_one(playground, bot):
    sent = await bot.send_message(ANNA, "soon gone")
    await sent.delete()
    acts.press(playground, ANNA, sent.message_id, "x")

    (update,) = await bot.get_updates(timeout=0)

    assert not update.callback_query.message.is_accessible
    assert update.callback_query.message.message_id == sent.message_id


async def test_any_object_can_be_injected_and_its_group_becomes_known(playground, bot):
    group = {"id": -77, "type": "group", "title": "Us"}
    member = {"id": 5005, "is_bot": False, "first_name": "Max"}
    message = {"message_id": 9, "date": 0, "chat": group, "from": member, "text": "/start@x"}
    acts.inject(playground, {"update_id": 1, "message": message})
    acts.inject(playground, {"of a kind": "nobody knows"})

    known, unknown = json.loads(await bot.request.retrieve(f"{bot.base_url}/getUpdates"))["result"]

    assert known["message"] == message
    assert unknown["of a kind"] == "nobody knows"
    assert unknown["update_id"] == known["update_id"] + 1 != 2
    assert (await bot.send_message(-77, "hello")).chat.title == "Us"
    with pytest.raises(telegram.error.Forbidden, match="initiate conversation"):
        await bot.send_message(5005, "hello")


async def test_update_ids_begin_somewhere_at_random(clock):
    begins = {Playground(TOKEN, KEY, clock.now).updates.add("message", {}) for _ in range(3)}

    assert len(begins) == 3
