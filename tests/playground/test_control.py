"""The door for another process: it can do what a person can, and more."""

import base64
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from playground import acts
from playground.playground import Playground

KEY = "a-key"
TOKEN = "4242:AAplayground"
ANNA = 1001


async def control(http: aiohttp.ClientSession, what: str, /, **wish: Any) -> Any:
    async with http.post(f"/control/{what}?key={KEY}", json=wish) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def test_a_person_can_be_acted_from_outside(playground, bot, http):
    await control(http, "say", person=ANNA, text="/start")
    await control(http, "location", person=ANNA, latitude=35.7, longitude=51.4)
    content = base64.b64encode(b"a,b").decode()
    await control(http, "document", person=ANNA, name="a.csv", mime="text/csv", content=content)
    sent = await bot.send_message(ANNA, "tea?")
    await control(http, "press", person=ANNA, message_id=sent.message_id, data="d:1")
    await control(http, "block", person=ANNA, blocked=True)

    said, place, file, press, left = await bot.get_updates(timeout=0)

    assert said.message.text == "/start"
    assert (place.message.location.latitude, place.message.location.longitude) == (35.7, 51.4)
    assert file.message.document.file_name == "a.csv"
    assert press.callback_query.data == "d:1"
    assert left.my_chat_member.new_chat_member.status == "kicked"


async def test_a_chat_can_be_read_from_outside(playground, bot, http):
    await control(http, "say", person=ANNA, text="hello")
    await bot.send_message(ANNA, "tea")

    shown = await control(http, "messages", chat=ANNA)

    assert [(message["from"], message["text"]) for message in shown] == [
        ("person", "hello"),
        ("bot", "tea"),
    ]


async def test_faults_and_calls_are_reachable_from_outside(playground, http):
    await control(http, "faults", what="html", method="getMe", times=2)
    async with http.get(f"/bot{TOKEN}/getMe") as answer:
        assert answer.status == 502
    (waiting,) = await control(http, "faults")
    assert (waiting["times"], waiting["hits"]) == (1, 1)
    assert await control(http, "faults", clear=True) == []
    async with http.get(f"/bot{TOKEN}/getMe") as answer:
        assert answer.status == 200

    first, second = await control(http, "calls", method="getme")

    assert (first["fault"], first["status"], second["status"]) == ("html", 502, 200)
    assert await control(http, "calls", since=first["number"]) == [second]


async def test_groups_people_and_raw_updates_come_from_outside(playground, bot, http):
    await control(http, "group", id=-5, kind="supergroup", title="Us")
    await control(http, "person", id=7007, name="Ivan", started=True)
    person = await control(http, "people", name="Berta", language="fa", started=True)
    await control(http, "update", update={"poll": {"broken": True}})
    await control(http, "person", id=7007, deactivated=True)

    assert (await bot.send_message(-5, "x")).chat.title == "Us"
    assert (await bot.send_message(person["id"], "x")).chat.first_name == "Berta"
    async with http.get(f"/bot{TOKEN}/sendMessage?chat_id=7007&text=x") as answer:
        assert (await answer.json())["description"] == "Forbidden: user is deactivated"
    assert len(await control(http, "updates")) == 1


async def test_the_clock_is_moved_only_where_it_is_the_playgrounds_own(playground, http, clock):
    async with http.post(f"/control/clock?key={KEY}", json={"forward": 60}) as answer:
        assert answer.status == 400
    playground.control_clock = lambda length: clock.forward(seconds=length.total_seconds())

    assert await control(http, "clock", forward=60) == {"now": "2026-11-23T08:01:00+00:00"}


@pytest.mark.parametrize(
    ("what", "body", "status"),
    [
        ("say", b"{}", 400),
        ("say", b'{"person": 1, "text": "x"}', 400),
        ("say", b"[]", 400),
        ("say", b"{", 400),
        ("faults", b'{"what": "earthquake"}', 400),
        ("nothing", b"", 404),
    ],
)
async def test_a_wrong_wish_is_answered_with_its_reason(http, what, body, status):
    async with http.post(f"/control/{what}?key={KEY}", data=body) as answer:
        assert answer.status == status
        assert (await answer.json())["error"]


async def test_the_page_hears_of_what_is_done_from_outside(playground, http, address):
    playground.jump = None
    async with http.ws_connect(f"/socket?key={KEY}", headers={"Origin": address}) as page:
        assert (await page.receive_json())["jumps"] is False
        await control(http, "say", person=ANNA, text="hello")
        message = await page.receive_json()
        assert (message["type"], message["message"]["text"]) == ("message", "hello")


async def test_a_jump_tells_the_page_each_step(playground: Playground, http, clock, address):
    async def jump(to: str) -> None:
        for _ in range(2):
            clock.forward(hours=12)
            await playground.clock_moved()

    async def next_due() -> Any:
        return clock.now() + timedelta(hours=1)

    playground.jump, playground.next_due = jump, next_due
    async with http.ws_connect(f"/socket?key={KEY}", headers={"Origin": address}) as page:
        hello = await page.receive_json()
        assert (hello["jumps"], hello["next"]) == (True, "2026-11-23T09:00:00+00:00")
        await page.send_json({"type": "jump", "to": "P1D"})
        steps = [await page.receive_json() for _ in range(4)]
        assert [step["jumping"] for step in steps] == [True, True, True, False]
        assert steps[-1]["now"] == "2026-11-24T08:00:00+00:00"
        await page.send_json({"type": "jump", "to": "PT1M"})
        assert (await page.receive_json())["type"] == "problem"


@pytest.mark.parametrize("wish", ["[]", '{"type": "x"}', '{"type": "open", "person": 5}', "{", "1"])
async def test_an_odd_wish_of_the_page_is_a_problem_and_no_end(http, address, wish):
    async with http.ws_connect(f"/socket?key={KEY}", headers={"Origin": address}) as page:
        await page.receive_json()
        await page.send_str(wish)
        assert (await page.receive_json())["type"] == "problem"
        await page.send_json({"type": "open", "person": ANNA})
        assert (await page.receive_json())["type"] == "history"


async def test_unread_counts_what_came_while_nobody_looked(playground, bot, http, address):
    await bot.send_message(ANNA, "1")
    async with http.ws_connect(f"/socket?key={KEY}", headers={"Origin": address}) as page:
        assert (await page.receive_json())["people"][0]["unread"] == 1
        await page.send_json({"type": "open", "person": ANNA})
        await page.receive_json()
        await bot.send_message(ANNA, "2")
        await page.receive_json()
    assert playground.chats.people[ANNA].unread == 0


async def test_a_long_text_arrives_in_pieces_as_from_telegrams_apps(playground, bot):
    acts.say(playground, ANNA, "x" * 5000)

    assert [len(update.message.text) for update in await bot.get_updates(timeout=0)] == [4096, 904]
