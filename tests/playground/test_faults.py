"""What is scripted to go wrong goes wrong, and the record says what really happened."""

import asyncio
import time

import aiohttp
import pytest
import telegram

from playground import acts
from playground.faults import Fault, boottime
from playground.limits import Limits
from playground.playground import Playground
from playground.server import running

TOKEN = "4242:AAplayground"
KEY = "a-key"
ANNA = 1001
PATH = f"/bot{TOKEN}/sendMessage"
FORM = {"chat_id": str(ANNA), "text": "tea"}


def said(playground: Playground) -> list[str]:
    return [message.content["text"] for message in playground.chats.messages(ANNA)]


async def test_an_error_is_answered_as_scripted_and_nothing_is_sent(playground, bot):
    wait = {"retry_after": 17}
    playground.faults.add(Fault("answer", code=429, description="Slow down", parameters=wait))

    with pytest.raises(telegram.error.RetryAfter) as refused:
        await bot.send_message(ANNA, "tea")

    assert refused.value.retry_after.total_seconds() == 17
    assert said(playground) == []
    await bot.send_message(ANNA, "tea")
    assert said(playground) == ["tea"]


async def test_retry_after_stands_in_the_header_too_and_starts_a_ban_on_record(playground, http):
    playground.faults.add(
        Fault("answer", code=429, description="Slow down", parameters={"retry_after": 17})
    )
    async with http.post(PATH, data=FORM) as answer:
        assert answer.headers["Retry-After"] == "17"
    async with http.post(PATH, data=FORM) as answer:
        assert answer.status == 200

    assert [call.in_ban for call in playground.calls] == [False, True]


async def test_a_gateway_answers_with_a_page(playground, http):
    playground.faults.add(Fault("html"))

    async with http.post(PATH, data=FORM) as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")
        assert (await answer.text()).startswith("<html>")
    assert said(playground) == []


@pytest.mark.parametrize(("what", "sent"), [("drop", []), ("lose", ["tea"])])
async def test_the_connection_ends_without_an_answer_before_or_after(playground, http, what, sent):
    playground.faults.add(Fault(what))

    with pytest.raises(aiohttp.ClientConnectionError):
        await http.post(PATH, data=FORM)

    assert said(playground) == sent
    assert [call.status for call in playground.calls] == [0]


async def test_hanging_carries_out_and_then_says_nothing(playground, http):
    playground.faults.add(Fault("hang", seconds=30))

    with pytest.raises(TimeoutError):
        await http.post(PATH, data=FORM, timeout=aiohttp.ClientTimeout(total=0.2))

    assert said(playground) == ["tea"]


async def test_a_broken_body_is_no_json(playground, bot):
    playground.faults.add(Fault("broken"))

    with pytest.raises(telegram.error.TelegramError):
        await bot.send_message(ANNA, "tea")

    assert said(playground) == ["tea"]


async def test_a_delay_is_only_late(playground, bot):
    playground.faults.add(Fault("delay", seconds=0.3))
    begun = time.monotonic()

    await bot.send_message(ANNA, "tea")

    assert time.monotonic() - begun >= 0.3


async def test_a_slow_call_has_happened_long_before_its_answer(playground, bot):
    playground.faults.add(Fault("slow", seconds=0.3))
    answering = asyncio.create_task(bot.send_message(ANNA, "tea"))
    while not said(playground):
        await asyncio.sleep(0.01)
    assert not answering.done()

    assert (await answering).text == "tea"
    (call,) = playground.calls.of("sendMessage")
    assert call.boottime - call.came >= 0.3


async def test_date_tells_the_playgrounds_time_or_a_wrong_one(playground, http, clock):
    clock.forward(days=400)
    playground.faults.add(Fault("date", seconds=3600))

    async with http.post(PATH, data=FORM) as wrong, http.post(PATH, data=FORM) as right:
        assert wrong.headers["Date"] == "Tue, 28 Dec 2027 09:00:00 GMT"
        assert right.headers["Date"] == "Tue, 28 Dec 2027 08:00:00 GMT"
    async with http.get("/nowhere") as elsewhere:
        assert elsewhere.headers["Date"] == "Tue, 28 Dec 2027 08:00:00 GMT"


async def test_a_fault_meets_its_method_its_chat_and_its_turn_only(playground, bot):
    berta = acts.add_person(playground, "Berta", started=True)
    no = {"what": "answer", "code": 500, "description": "Internal Server Error"}
    fault = Fault(**no, method="SendMessage", chat=berta.id, after=1, times=2)
    playground.faults.add(fault)

    outcomes = []
    for chat in (ANNA, berta.id, ANNA, berta.id, berta.id, berta.id):
        await bot.get_me()
        try:
            await bot.send_message(chat, "tea")
        except telegram.error.NetworkError:
            outcomes.append("failed")
        else:
            outcomes.append("sent")

    assert outcomes == ["sent", "sent", "sent", "failed", "failed", "sent"]
    assert fault.hits == 2


async def test_every_call_is_on_record(playground, bot, clock):
    before = boottime()
    await bot.send_message(ANNA, "tea")
    with pytest.raises(telegram.error.BadRequest):
        await bot.send_message(ANNA, " ")

    good, wrong = playground.calls.of("sendMessage")

    assert before <= good.boottime <= wrong.boottime <= boottime()
    assert (good.at, good.chat, good.status) == (clock.now(), ANNA, 200)
    assert good.parameters == {"chat_id": str(ANNA), "text": "tea"}
    assert good.answer["result"]["text"] == "tea"
    assert (wrong.status, wrong.answer["ok"]) == (400, False)


async def test_enforced_limits_ban_and_every_call_inside_the_ban_is_refused(clock):
    limits = Limits(per_second=30, per_chat_per_second=1, burst=2, ban=1, enforce=True)
    playground = Playground(TOKEN, KEY, clock.now, limits=limits)
    playground.chats.people[ANNA].started = True
    async with running(playground) as address, aiohttp.ClientSession(address) as http:
        answers = [await http.post(PATH, data=FORM) for _ in range(4)]
        assert [answer.status for answer in answers] == [200, 200, 429, 429]
        assert (await answers[2].json())["description"] == "Too Many Requests: retry after 1"
        assert [call.in_ban for call in playground.calls] == [False, False, False, True]
        async with http.post(f"/bot{TOKEN}/getMe") as me:
            assert me.status == 200


async def test_thirty_a_second_over_all_chats(clock):
    playground = Playground(TOKEN, KEY, clock.now, limits=Limits(enforce=True, per_second=30))
    people = [acts.add_person(playground, "B", started=True).id for _ in range(60)]
    async with running(playground) as address, aiohttp.ClientSession(address) as http:
        statuses = [
            (await http.post(PATH, data=FORM | {"chat_id": str(person)})).status
            for person in people
        ]
    assert 30 <= statuses.count(200) < 60
    assert statuses[:30] == [200] * 30
