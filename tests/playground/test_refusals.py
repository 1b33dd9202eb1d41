"""Every wrong call is answered in Telegram's own words."""

from typing import Any

import aiohttp
import pytest
from wrong_calls import (
    ANNA,
    BLOCKED,
    BOT,
    CALLS,
    DATA,
    DEACTIVATED,
    GROUP,
    KEYBOARD,
    KICKED,
    LEFT,
    MET_IN_A_GROUP,
    MOVED,
    STRANGER,
    TOO_OLD,
    inline,
    png,
)

from playground import acts
from playground.chats import Group, Person
from playground.playground import Playground

TOKEN = "4242:AAplayground"
CODES = {"Bad Request": 400, "Forbidden": 403, "Not Found": 404}


@pytest.fixture
def references(playground: Playground) -> dict[str, str]:
    """Fill the chats with what the table speaks of."""
    chats = playground.chats
    chats.keep_person(Person(BLOCKED, "B", started=True, blocked=True))
    chats.keep_person(Person(DEACTIVATED, "D", started=True, deactivated=True))
    chats.keep_person(Person(MET_IN_A_GROUP, "M", seen=True))
    chats.keep_person(Person(STRANGER, "S"))
    chats.keep_person(Person(BOT, "R", started=True, is_bot=True))
    chats.keep_group(Group(GROUP, "supergroup", "Us"))
    chats.keep_group(Group(KICKED, "supergroup", "Them", standing="kicked"))
    chats.keep_group(Group(LEFT, "supergroup", "Them", standing="left"))
    chats.keep_group(Group(MOVED, "group", "Old", migrated_to=GROUP))
    (annas,) = acts.say(playground, ANNA, "hello")
    return {"annas": str(annas.message_id)}


def form(parameters: dict[str, Any]) -> aiohttp.FormData:
    data = aiohttp.FormData()
    for name, value in parameters.items():
        is_file = isinstance(value, bytes)
        data.add_field(
            name, value if is_file else str(value), filename="f.png" if is_file else None
        )
    return data


async def call(http: aiohttp.ClientSession, method: str, **parameters: Any) -> dict[str, Any]:
    async with http.post(f"/bot{TOKEN}/{method}", data=form(parameters)) as answer:
        body: dict[str, Any] = await answer.json()
        assert answer.status == body.get("error_code", 200)
        return body


async def with_messages(
    http: aiohttp.ClientSession, playground: Playground, references: dict[str, str]
) -> dict[str, str]:
    sent = {
        "text": await call(
            http, "sendMessage", chat_id=ANNA, text="tea", reply_markup=inline(DATA)
        ),
        "photo": await call(http, "sendPhoto", chat_id=ANNA, photo=png(30, 20)),
        "keyboard": await call(http, "sendMessage", chat_id=ANNA, text="?", reply_markup=KEYBOARD),
    }
    numbers = {name: str(answer["result"]["message_id"]) for name, answer in sent.items()}
    return references | numbers | {"query": acts.press(playground, ANNA, 1, "d:1")}


@pytest.mark.parametrize(("method", "parameters", "description"), CALLS)
async def test_a_wrong_call_is_refused_in_telegrams_words(
    http, playground, references, method, parameters, description
):
    known = await with_messages(http, playground, references)
    filled = {
        name: known.get(value.strip("{}"), value) if isinstance(value, str) else value
        for name, value in parameters.items()
    }

    answer = await call(http, method, **filled)

    assert (answer["ok"], answer["error_code"]) == (False, CODES[description.partition(":")[0]])
    assert answer["description"] == description


async def test_a_migrated_group_says_where_it_went(http, references):
    answer = await call(http, "sendMessage", chat_id=MOVED, text="x")

    assert answer["parameters"] == {"migrate_to_chat_id": GROUP}


async def test_a_press_can_be_answered_for_150_seconds_of_the_playgrounds_clock(
    http, playground, clock
):
    early, late = (acts.press(playground, ANNA, 1, "x") for _ in range(2))
    clock.forward(seconds=150)
    assert (await call(http, "answerCallbackQuery", callback_query_id=early))["ok"]
    clock.forward(seconds=1)
    answer = await call(http, "answerCallbackQuery", callback_query_id=late)
    assert answer["description"] == TOO_OLD


async def test_a_message_can_be_deleted_for_48_hours_and_edited_for_ever(http, clock):
    sent = (await call(http, "sendMessage", chat_id=ANNA, text="x"))["result"]["message_id"]
    clock.forward(hours=49)

    deleted = await call(http, "deleteMessage", chat_id=ANNA, message_id=sent)
    edited = await call(http, "editMessageText", chat_id=ANNA, message_id=sent, text="y")

    assert deleted["description"] == "Bad Request: message can't be deleted for everyone"
    assert edited["result"]["text"] == "y"


@pytest.mark.parametrize(
    ("path", "code", "description"),
    [
        ("/botnocolon/getMe", 401, "Unauthorized: invalid token specified"),
        ("/bot0:a/getMe", 401, "Unauthorized: invalid token specified"),
        (f"/bot1:{'a' * 80}/getMe", 401, "Unauthorized: invalid token specified"),
        ("/bot4242:AAother/getMe", 401, "Unauthorized"),
        ("/somewhere", 404, "Not Found"),
        (f"/file/bot{TOKEN}/photos/none.png", 404, "Not Found"),
        (f"/bot{TOKEN}/getNothing", 404, "Not Found: method not found"),
    ],
)
async def test_wrong_tokens_and_paths_are_refused(http, path, code, description):
    async with http.get(path) as answer:
        assert await answer.json() == {"ok": False, "error_code": code, "description": description}
        assert answer.status == code


async def test_a_body_over_52_megabytes_is_refused_unread(http):
    async def endless():
        piece = b"x" * (1 << 20)
        for _ in range(53):
            yield piece

    async with http.post(f"/bot{TOKEN}/sendMessage", data=endless()) as answer:
        assert (answer.status, (await answer.json())["description"]) == (
            413,
            "Request Entity Too Large",
        )


@pytest.mark.parametrize("text", ["🙂" * 4096, f"<b>{'x' * 4096}</b>", "&lt;" * 4096])
async def test_length_counts_code_points_after_parsing(http, text):
    answer = await call(http, "sendMessage", chat_id=ANNA, text=text, parse_mode="HTML")

    assert len(answer["result"]["text"]) == 4096


@pytest.mark.parametrize("method", ["sendMessage", "SENDMESSAGE", "sendmessage"])
async def test_query_form_json_and_multipart_mean_the_same_and_strangers_are_ignored(http, method):
    asked = {"chat_id": str(ANNA), "text": "tea", "unknown": "1"}
    path = f"/bot{TOKEN}/{method}"
    answers = [
        await http.get(path, params=asked),
        await http.post(path, params=asked),
        await http.post(path, data=asked),
        await http.post(path, json=asked | {"chat_id": ANNA, "silent": False}),
        await http.post(path, data=form(asked | {"file": b"x"})),
    ]
    assert [(await answer.json())["result"]["text"] for answer in answers] == ["tea"] * 5
