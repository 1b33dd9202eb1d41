"""What Telegram hands to us, however odd, however often, and whatever the polls run into."""

import asyncio
import json
import random
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot import hearing
from habits import check_ins, inbox, outages
from playground import acts
from tests.bot_api import TOKEN
from tests.faults.rig import FIRST
from tests.faults.wired import Wired

NOT_THERE = "This button is not for you"
STRANGER = 10**13


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Polls are tried again, and updates too, after a moment."""
    monkeypatch.setattr(hearing, "PAUSES", (0.05,))
    monkeypatch.setattr(inbox, "RETRIES", (timedelta(seconds=0.05),) * 3)


FAILURES: dict[str, dict[str, Any]] = {
    "401": {"what": "answer", "code": 401, "description": "Unauthorized"},
    "404": {"what": "answer", "code": 404, "description": "Not Found"},
    "409": {"what": "answer", "code": 409, "description": "Conflict: terminated by other"},
    "429": {
        "what": "answer",
        "code": 429,
        "description": "Too Many Requests",
        "parameters": {"retry_after": 1},
    },
    "500": {"what": "answer", "code": 500, "description": "Internal Server Error"},
    "502": {"what": "html"},
    "dropped": {"what": "drop"},
    "broken": {"what": "broken"},
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_polling_outlives_whatever_a_poll_is_answered(town_in_trouble: Wired, failure: str):
    wired = town_in_trouble
    anna = wired.meet()
    how = FAILURES[failure]
    for _ in range(3):
        wired.fails(how["what"], method="getUpdates", **{k: how[k] for k in how if k != "what"})
    await wired.start()
    wired.says(anna, "/timezone Europe/Berlin")
    await wired.hears(anna, "Berlin")
    await wired.handled()


async def test_presses_that_telegram_let_go_while_it_was_out_of_reach_are_asked_for_again(
    town_in_trouble: Wired, monkeypatch: pytest.MonkeyPatch
):
    wired = town_in_trouble
    [person] = await wired.seed(1, due_in=0)
    await wired.start()
    await wired.hears(person, "Time for")
    monkeypatch.setattr(outages, "PRESSES_LIVE", timedelta(seconds=2))
    wired.fails("drop", method="getUpdates", times=None)
    await asyncio.sleep(4)
    wired.playground.faults.clear()
    await wired.hears(person, "I was offline")
    await asyncio.sleep(3)
    assert len(wired.rows("SELECT * FROM outages")) == 1


async def test_a_ban_on_polling_is_waited_out(town_in_trouble: Wired):
    wired = town_in_trouble
    anna = wired.meet()
    wait = {"retry_after": 2}
    wired.fails("answer", method="getUpdates", code=429, description="x", parameters=wait)
    await wired.start()
    wired.says(anna, "/timezone Europe/Berlin")
    await wired.hears(anna, "Berlin")
    refused, accepted = wired.calls("getUpdates")[:2]
    assert accepted.boottime - refused.boottime >= 2


async def test_two_pollers_disturb_each_other_and_every_effect_is_there_once(
    town_in_trouble: Wired, caplog: pytest.LogCaptureFixture
):
    wired = town_in_trouble
    everyone = await wired.seed(20, due_in=None)
    await wired.start()
    url = f"http://127.0.0.1:{wired.port}/bot{TOKEN}/getUpdates"

    async def poll_too() -> None:
        async with aiohttp.ClientSession() as http:
            while True:
                async with http.post(url, json={"timeout": 1, "offset": 0}) as answer:
                    await answer.read()

    other = asyncio.create_task(poll_too())
    made = dict(wired.rows("SELECT person_id, id FROM commitments"))
    for person in everyone:
        wired.presses(person, f"1:did_more:{made[person]}")
        await asyncio.sleep(0.05)
    await wired.handled()
    other.cancel()
    await asyncio.gather(other, return_exceptions=True)
    assert any(call.status == 409 for call in wired.calls("getUpdates"))
    assert "another copy of this bot is polling" in caplog.text
    stored = wired.rows("SELECT person_id, count(*) FROM check_ins GROUP BY person_id")
    assert dict(stored) == dict.fromkeys(everyone, 1)


async def test_the_same_update_five_times_has_one_effect(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(1, due_in=None)
    (made,) = wired.rows("SELECT id FROM commitments")
    wired.presses(FIRST, f"1:did_more:{made[0]}")
    (update,) = (waiting.content for waiting in wired.playground.updates.pending())
    await wired.start()
    for _ in range(5):
        await asyncio.gather(*(wired.parts.receiver.take([update]) for _ in range(3)))
    await wired.handled()
    assert wired.rows("SELECT count(*) FROM check_ins") == [(1,)]


async def test_update_ids_may_start_again_lower(town_in_trouble: Wired):
    wired = town_in_trouble
    anna = wired.meet()
    await wired.start()
    wired.says(anna, "/timezone Europe/Berlin")
    await wired.hears(anna, "Berlin")
    await wired.handled()
    wired.playground.updates._next -= 10**7
    polls = len(wired.calls("getUpdates"))
    wired.says(anna, "/week")
    wired.says(anna, "/streaks")
    await wired.handled()
    await asyncio.sleep(0.5)
    assert len(wired.calls("getUpdates")) - polls < 6


UNREADABLE: dict[str, Any] = {
    "no date": {"message": {"message_id": 5, "chat": {"id": 5001, "type": "private"}}},
    "a date in words": {
        "message": {"message_id": 5, "date": "now", "chat": {"id": 5001, "type": "private"}}
    },
    "a list": {"message": [1, 2, 3]},
    "a word": {"callback_query": "x"},
    "nothing": {"message": None},
    "nowhere": {
        "message": {
            "message_id": 5,
            "date": 1,
            "chat": {"id": 5001, "type": "private"},
            "from": {"id": 5001, "is_bot": False, "first_name": "P"},
            "location": {"latitude": 1e308, "longitude": float("nan")},
        }
    },
    "unheard of": {"purchased_by_pigeon": {"from": {"id": 5001}, "seed": 7}},
    "an edit": {
        "edited_message": {
            "message_id": 5,
            "date": 1,
            "chat": {"id": 5001, "type": "private"},
            "from": {"id": 5001, "is_bot": False, "first_name": "P"},
            "text": "x",
        }
    },
    **{
        f"a user of {bits + 1} bits": {
            "message": {
                "message_id": 5,
                "date": 1,
                "chat": {"id": 2**bits, "type": "private"},
                "from": {"id": 2**bits, "is_bot": False, "first_name": "P"},
                "text": "x",
            }
        }
        for bits in (52, 60, 63, 70)
    },
    "a negative user": {
        "callback_query": {
            "id": str(2**63),
            "from": {"id": -5, "is_bot": False, "first_name": "P"},
            "chat_instance": "1",
            "data": "1:did:1",
        }
    },
}


@pytest.mark.parametrize("oddity", UNREADABLE)
async def test_an_odd_update_harms_none_of_those_behind_it(town_in_trouble: Wired, oddity: str):
    wired = town_in_trouble
    anna = wired.meet()
    await wired.start()
    odd = acts.inject(wired.playground, UNREADABLE[oddity])
    wired.says(anna, "/timezone Europe/Berlin")
    await wired.hears(anna, "Berlin")
    await wired.handled()
    (kept,) = wired.rows("SELECT state, body FROM inbox WHERE update_id = :odd", odd=odd)
    assert kept in {("dead", None), ("done", None)}
    assert wired.rows("SELECT id FROM people") == [(FIRST,)]


async def test_an_update_nested_hundreds_deep_harms_none_behind_it(town_in_trouble: Wired):
    wired = town_in_trouble
    anna = wired.meet()
    deep: dict[str, Any] = {}
    for _ in range(600):
        deep = {"reply_to_message": deep}
    acts.inject(wired.playground, {"message": deep})
    await wired.start()
    wired.says(anna, "/timezone Europe/Berlin")
    await wired.hears(anna, "Berlin")
    await wired.handled()


async def test_a_poisonous_update_is_logged_by_its_number_alone(
    town_in_trouble: Wired, caplog: pytest.LogCaptureFixture
):
    wired = town_in_trouble
    await wired.start()
    secret = {"message_id": 5, "date": "a-marked-secret", "chat": {"id": 5001, "type": "private"}}
    number = acts.inject(wired.playground, {"message": secret | {"text": "a-marked-secret"}})
    await wired.handled()
    assert str(number) in caplog.text
    assert "a-marked-secret" not in caplog.text


GARBAGE = [
    "",
    "did",
    "1:did",
    "1:did:",
    "1:did:0",
    "1:did:-1",
    "1:did:1",
    "1:did:99999999999999999999",
    "1:did:1:2:3",
    "1:unheard_of:1",
    "1:later_at:1:never",
    "1:unrest:1:99999999999999999999",
    "2:did:1",
    "\U0001f957\u202e",
    "1:did:1\n",
    "1:DID:1",
    "'; DROP TABLE people; --",
]


async def test_garbage_on_a_button_changes_nothing_and_is_answered_alike(town_in_trouble: Wired):
    wired, chance = town_in_trouble, random.Random(1)
    await wired.seed(2, due_in=None)
    await wired.start()
    await asyncio.sleep(0.2)
    theirs = wired.rows("SELECT id FROM occasions WHERE person_id = 5002")[0][0]
    own_commitment = wired.rows("SELECT id FROM commitments WHERE person_id = 5001")[0][0]
    foreign_commitment = wired.rows("SELECT id FROM commitments WHERE person_id = 5002")[0][0]
    verbs = ("did", "didnt", "rest", "later", "unanswer", "undo_check_in", "other_way")
    tried = GARBAGE + [f"1:{verb}:{theirs}" for verb in verbs]
    tried += [f"1:later_at:{theirs}:hour", f"1:did_more:{foreign_commitment}"]
    tried += [f"1:unrest:{foreign_commitment}:739000", f"1:fulfilled:{theirs}:y"]
    tried += [f"1:did:{own_commitment}", f"1:way:{theirs}:{theirs}"]
    tried += ["".join(chr(chance.randrange(1, 0xD800)) for _ in range(20)) for _ in range(10)]
    before = wired.dump()
    for data in tried:
        wired.presses(FIRST, data)
    await wired.handled()
    assert wired.dump() == before
    answers = [call.parameters for call in wired.calls("answerCallbackQuery")]
    assert len(answers) == len(tried)
    wrong = [one for one in answers if NOT_THERE not in one["text"]]
    assert wrong == []


async def test_a_button_of_an_older_version_says_so(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(1, due_in=None)
    await wired.start()
    await asyncio.sleep(0.2)
    before = wired.dump()
    wired.presses(FIRST, "v0:did:7")
    wired.presses(FIRST, "0:did:7")
    await wired.handled()
    assert wired.dump() == before
    answers = [call.parameters["text"] for call in wired.calls("answerCallbackQuery")]
    assert all("older version" in text for text in answers)
    assert len(answers) == 2


async def test_what_cannot_be_handled_is_tried_again_and_then_said_once(
    town_in_trouble: Wired, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    wired = town_in_trouble
    await wired.seed(1, due_in=None)
    await wired.start()
    tries = []

    def break_down(*_: Any, **__: Any) -> None:
        tries.append(1)
        raise RuntimeError("on purpose")

    monkeypatch.setattr(check_ins, "did_it", break_down)
    wired.presses(FIRST, "1:did:1")
    wired.says(FIRST, "/week")
    await wired.handled()
    assert len(tries) == 4
    assert caplog.text.count("was not handled") == 4
    assert caplog.text.count("set aside for good") == 1
    assert sum("did not work" in text for text in wired.heard(FIRST)) == 1
    assert wired.rows("SELECT state, count(*) FROM inbox GROUP BY state ORDER BY state") == [
        ("dead", 1),
        ("done", 1),
    ]


async def test_each_persons_updates_are_handled_in_their_order(town_in_trouble: Wired):
    wired, chance = town_in_trouble, random.Random(2)
    everyone = [wired.meet(FIRST + number) for number in range(12)]
    zones = ["Europe/Berlin", "Asia/Tokyo", "America/Lima", "Africa/Cairo"]
    last: dict[int, str] = {}
    for _ in range(60):
        person, zone = chance.choice(everyone), chance.choice(zones)
        wired.says(person, f"/timezone {zone}")
        last[person] = zone
    await wired.start()
    await wired.handled()
    assert dict(wired.rows("SELECT id, zone FROM people")) == last


async def test_an_edit_that_comes_too_late_is_said_below(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.seed(1)
    await wired.start()
    await wired.sent(1)
    (message,) = wired.playground.chats.messages(FIRST)
    data = message.markup["inline_keyboard"][0][0]["callback_data"] if message.markup else ""
    words = "Bad Request: message to edit not found"
    wired.fails("answer", method="editMessageText", code=400, description=words)
    wired.presses(FIRST, data, message.message_id)
    await wired.hears(FIRST, "fulfilled")
    await wired.handled()
    assert wired.rows("SELECT count(*) FROM check_ins") == [(1,)]
    assert len(wired.heard(FIRST)) == 2


@pytest.mark.parametrize(
    ("method", "words", "shown"),
    [
        ("editMessageText", "Bad Request: message is not modified: specified new message", "Time"),
        (
            "answerCallbackQuery",
            "Bad Request: query is too old and response timeout expired",
            "fulfilled",
        ),
    ],
)
async def test_refusals_that_harm_nothing_are_passed_over(
    town_in_trouble: Wired, method: str, words: str, shown: str
):
    wired = town_in_trouble
    await wired.seed(1)
    await wired.start()
    await wired.sent(1)
    (message,) = wired.playground.chats.messages(FIRST)
    data = message.markup["inline_keyboard"][0][0]["callback_data"] if message.markup else ""
    wired.fails("answer", method=method, code=400, description=words)
    wired.presses(FIRST, data, message.message_id)
    await wired.handled()
    assert wired.rows("SELECT count(*) FROM check_ins") == [(1,)]
    (heard,) = wired.heard(FIRST)
    assert shown in heard
    assert wired.rows("SELECT state FROM inbox") == [("done",)]


async def test_an_answer_that_meets_a_502_is_said_again(town_in_trouble: Wired):
    wired = town_in_trouble
    anna = wired.meet()
    await wired.start()
    wired.fails("html", method="sendMessage", times=2)
    wired.says(anna, "/timezone Europe/Berlin")
    await wired.hears(anna, "Berlin")


async def test_nothing_is_waited_for_where_an_answer_is_refused(town_in_trouble: Wired):
    wired = town_in_trouble
    anna = wired.meet()
    wired.says(anna, "/timezone Europe/Berlin")
    words = "Forbidden: bot was blocked by the user"
    wired.fails("answer", method="sendMessage", code=403, description=words)
    await wired.start()
    await wired.handled()
    assert wired.rows("SELECT reachable FROM people") == [("blocked",)]
    assert json.dumps(wired.heard(anna)) == "[]"


async def test_a_stop_that_meets_an_arrival_stops(town_in_trouble: Wired):
    wired = town_in_trouble
    await wired.start()
    handling = asyncio.create_task(wired.parts.receiver.handle())
    await asyncio.sleep(0.3)  # it waits for an arrival by now; if not, nothing is lost
    wired.parts.receiver._arrived.set()
    await asyncio.sleep(0)  # it has been told, and has not gone on yet
    handling.cancel()
    done, _ = await asyncio.wait([handling], timeout=5)
    handling.cancel()
    assert done
