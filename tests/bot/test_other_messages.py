"""Everything else that a person, a group or a machine may send."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from bot.command import Command, read_command
from habits.storage.tables import inbox, people
from tests.conftest import Town
from tests.process import ANNA, Someone, text_of

BOT = {"id": 1000000, "is_bot": True, "first_name": "Let Loose"}
USER = {"id": ANNA, "is_bot": False, "first_name": "Anna", "language_code": "en"}
PRIVATE = {"id": ANNA, "type": "private", "first_name": "Anna"}
LOST_ON_ME = "I understand text and buttons"


async def sends(town: Town, kind: str = "message", **content: Any) -> None:
    """Something from Anna in her private chat, whatever it is, until it is handled."""
    known = {"message_id": 900, "date": 1, "chat": PRIVATE, "from": USER}
    await town.telegram.ask("update", update={kind: known | content})
    await handled(town)


async def handled(town: Town) -> None:
    await asyncio.sleep(0.2)
    await town.parts.receiver.idle()
    await asyncio.sleep(0.1)


async def said(town: Town) -> list[Any]:
    """What the bot has said to anybody so far."""
    calls = await town.telegram.ask("calls", method="sendMessage")
    return [call["parameters"] for call in calls]


PHOTO = [{"file_id": "f", "file_unique_id": "u", "width": 9, "height": 9}]
FILE = {"file_id": "f", "file_unique_id": "u"}
LOST = {
    "photo": {"photo": PHOTO, "caption": "/done"},
    "voice": {"voice": FILE | {"duration": 3}},
    "video note": {"video_note": FILE | {"duration": 3, "length": 9}},
    "sticker": {
        "sticker": FILE
        | {"type": "regular", "width": 9, "height": 9, "is_animated": False, "is_video": False}
    },
    "dice": {"dice": {"emoji": "🎲", "value": 6}},
    "story": {"story": {"chat": PRIVATE, "id": 7}},
    "contact": {"contact": {"phone_number": "+4915112345", "first_name": "Somebody Else"}},
    "poll": {
        "poll": {
            "id": "1",
            "question": "?",
            "options": [],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
    },
    "what Telegram invents next": {"hologram": {"depth": 3}},
}


@pytest.mark.parametrize("what", LOST)
async def test_what_cannot_be_read_gets_one_answer(town: Town, what: str):
    await sends(town, **LOST[what])
    answers = await said(town)
    assert len(answers) == 1
    assert LOST_ON_ME in answers[0]["text"]
    assert await town.telegram.ask("calls", method="getFile") == []


async def test_a_contact_is_never_stored(town: Town):
    bodies = []
    whole = town.parts.hearing._take

    async def look(updates: Any) -> None:
        await whole(updates)
        bodies.extend(
            await town.parts.database.read(lambda tx: list(tx.scalars(sa.select(inbox.c.body))))
        )

    town.parts.hearing._take = look
    await sends(town, **LOST["contact"])
    assert "+4915112345" not in str(bodies)
    assert bodies


async def test_an_album_gets_one_answer(town: Town):
    for number in range(10):
        await sends(town, message_id=900 + number, photo=PHOTO, media_group_id="album")
    assert len(await said(town)) == 1


@pytest.mark.parametrize(
    "content",
    [
        {"pinned_message": {"message_id": 1, "date": 1, "chat": PRIVATE}},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}},
        {"write_access_allowed": {}},
    ],
)
async def test_what_telegram_tells_us_is_not_answered(town: Town, content: dict[str, Any]):
    await sends(town, **content)
    assert await said(town) == []


@pytest.mark.parametrize("kind", ["edited_message", "channel_post", "business_message"])
async def test_what_was_not_asked_for_is_ignored(town: Town, kind: str):
    await sends(town, kind, text="film every Saturday at 8pm")
    assert await said(town) == []
    assert await town.parts.database.read(lambda tx: tx.execute(sa.select(people)).all()) == []


@pytest.mark.parametrize(
    "typed", ["/week", "/WEEK", "/week\u200b", "\u200b/we\u200dek", "/week@let_loose_bot"]
)
async def test_a_command_is_read_whatever_its_case_and_whatever_cannot_be_seen(
    anna: Someone, typed: str
):
    assert "Nothing is coming yet" in text_of(await anna.says(typed))


@pytest.mark.parametrize("typed", ["/next", "/My_Week", "/week please"])
async def test_what_is_understood_without_a_slash_is_understood_with_one(anna: Someone, typed: str):
    assert "Nothing is coming yet" in text_of(await anna.says(typed))


async def test_a_command_to_another_bot_is_not_ours(town: Town):
    await sends(town, text="/week@other_bot")
    assert await said(town) == []


@pytest.mark.parametrize(
    "typed", ["/admin", "/broadcast hello", "/secrets@let_loose_bot", "/x" * 2000]
)
async def test_a_command_that_is_not_ours_is_unknown(town: Town, typed: str):
    await sends(town, text=typed)
    answers = await said(town)
    assert "I do not know that command" in answers[0]["text"]


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("/done", Command("done", None, "")),
        ("/Done film\nand tea", Command("done", None, "film\nand tea")),
        ("/done: film", Command("done", None, "film")),
        ("/done@Other_Bot x", Command("done", "other_bot", "x")),
        ("/ done", None),
        ("done", None),
        ("/", None),
        ("", None),
    ],
)
def test_a_command_is_its_first_word(typed: str, command: Command | None):
    assert read_command(typed) == command


def chat(number: int, kind: str = "supergroup") -> dict[str, Any]:
    return {"id": -1000000000000 - number, "type": kind, "title": f"Group {number}"}


def added(number: int, kind: str = "supergroup") -> dict[str, Any]:
    return {
        "my_chat_member": {
            "chat": chat(number, kind),
            "from": USER,
            "date": 1,
            "old_chat_member": {"user": BOT, "status": "left"},
            "new_chat_member": {"user": BOT, "status": "member"},
        }
    }


async def in_a_group(town: Town, number: int, sender: dict[str, Any], **content: Any) -> None:
    message = {"message_id": 5, "date": 1, "chat": chat(number), "from": sender, "text": "/start"}
    await town.telegram.ask("update", update={"message": message | content})
    await handled(town)


async def test_ten_groups_get_one_sentence_each_and_are_left(town: Town):
    for number in range(10):
        await town.telegram.ask("update", update=added(number))
        hello = {"message_id": 1, "date": 1, "chat": chat(number), "from": USER}
        await town.telegram.ask("update", update={"message": hello | {"new_chat_members": [BOT]}})
    await handled(town)
    told = [answer["chat_id"] for answer in await said(town)]
    left = await town.telegram.ask("calls", method="leaveChat")
    assert sorted(told) == sorted(str(chat(number)["id"]) for number in range(10))
    assert sorted(call["parameters"]["chat_id"] for call in left) == sorted(told)


async def test_whoever_brings_us_back_hears_the_sentence_again(town: Town):
    for _ in range(2):
        await town.telegram.ask("group", id=chat(1)["id"], kind="supergroup", title="G")
        await town.telegram.ask("update", update=added(1))
        await handled(town)
        gone = added(1)
        gone["my_chat_member"]["new_chat_member"]["status"] = "left"
        await town.telegram.ask("update", update=gone)
        await handled(town)
    assert len(await said(town)) == 2


async def test_a_channel_is_left_too(town: Town):
    await town.telegram.ask("update", update=added(7, "channel"))
    await handled(town)
    assert len(await town.telegram.ask("calls", method="leaveChat")) == 1


async def test_a_group_that_threw_us_out_is_let_go(town: Town):
    await town.telegram.ask(
        "group", id=chat(3)["id"], kind="supergroup", title="G", standing="kicked"
    )
    await town.telegram.ask("update", update=added(3))
    await handled(town)
    states = await town.parts.database.read(lambda tx: list(tx.scalars(sa.select(inbox.c.state))))
    assert states == ["done"]


NOBODY = {
    "an anonymous admin": {"id": 1087968824, "is_bot": True, "first_name": "Group"},
    "a linked channel": {"id": 777000, "is_bot": False, "first_name": "Telegram"},
    "a channel that speaks": {"id": 136817688, "is_bot": True, "first_name": "Channel"},
    "another bot": {"id": 4242, "is_bot": True, "first_name": "Bot"},
    "a member": USER,
}


@pytest.mark.parametrize("who", NOBODY)
@pytest.mark.parametrize("as_channel", [False, True])
async def test_nobody_in_a_group_becomes_a_person(town: Town, who: str, as_channel: bool):
    more = {"sender_chat": chat(4)} if as_channel else {}
    await in_a_group(town, 4, NOBODY[who], **more)
    assert await town.parts.database.read(lambda tx: tx.execute(sa.select(people)).all()) == []


@pytest.mark.parametrize("who", [name for name in NOBODY if name != "a member"])
async def test_telegrams_own_senders_are_ignored_in_private(town: Town, who: str):
    sender = NOBODY[who]
    await sends(town, **{"from": sender, "chat": PRIVATE | {"id": sender["id"]}, "text": "/start"})
    assert await said(town) == []
    assert await town.parts.database.read(lambda tx: tx.execute(sa.select(people)).all()) == []


async def test_a_name_is_no_markup_and_no_key(town: Town, anna: Someone):
    await anna.says("/timezone Europe/Berlin")
    await anna.says("film every Saturday at 10:00")
    await anna.taps("Yes")
    await sends(town, **{"from": USER | {"first_name": "<b>Ben</b> & co"}, "text": "/week"})
    await town.telegram.jump("next")
    reminder = await anna.hears("Saturday, 10:00")
    assert "<b>Ben</b> & co" in text_of(reminder)
    namesake = town.someone((await town.telegram.ask("people", name="<b>Ben</b> & co"))["id"])
    assert "Nothing is coming yet" in text_of(await namesake.says("/week"))
    assert "Film" in text_of(await anna.says("/week"))


@pytest.mark.parametrize("code", ["xx-INVALID", "x" * 200, "", "DE_de"])
async def test_an_odd_language_is_english(town: Town, code: str):
    await sends(town, **{"from": USER | {"language_code": code}, "text": "/week"})
    assert "Nothing is coming yet" in (await said(town))[0]["text"]


async def test_who_blocks_us_is_not_written_to_and_comes_back_to_everything(
    town: Town, berliner: Someone
):
    await berliner.says("film every Saturday at 10:00")
    await berliner.taps("Yes")
    await town.telegram.ask("block", person=ANNA, blocked=True)
    await handled(town)
    before = len(await town.telegram.ask("calls", method="sendMessage"))
    await town.telegram.jump("P1W")
    assert len(await town.telegram.ask("calls", method="sendMessage")) == before
    await town.telegram.ask("block", person=ANNA, blocked=False)
    await handled(town)
    await town.telegram.jump("P1W")
    await berliner.hears("Saturday, 10:00")
