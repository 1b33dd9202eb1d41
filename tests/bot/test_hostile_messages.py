"""Messages that no honest program would send, and buttons pressed where they make no sense."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from habits.storage.database import Tx
from habits.storage.tables import check_ins, commitments, inbox, metadata, people
from tests.conftest import Town
from tests.process import ANNA, Someone, text_of

USER = {"id": ANNA, "is_bot": False, "first_name": "Anna", "language_code": "en"}
PRIVATE = {"id": ANNA, "type": "private", "first_name": "Anna"}
OTHER_BOT = {"id": 777777777, "is_bot": True, "first_name": "Other"}
NOT_THERE = "This button is not for you, or what it was for no longer exists."


async def sends(town: Town, update: dict[str, Any]) -> None:
    await town.telegram.ask("update", update=update)
    await asyncio.sleep(0.2)
    await town.parts.receiver.idle()
    await asyncio.sleep(0.1)


def message(**content: Any) -> dict[str, Any]:
    return {"message": {"message_id": 900, "date": 1, "chat": PRIVATE, "from": USER} | content}


async def count(town: Town, table: sa.Table) -> int:
    return await town.parts.database.read(
        lambda tx: tx.scalar(sa.select(sa.func.count()).select_from(table)) or 0
    )


def rows(tx: Tx) -> dict[str, list[Any]]:
    """What is stored of anybody, the inbox left out."""
    stored = [
        each for each in metadata.sorted_tables if "person_id" in each.c and each is not inbox
    ]
    return {each.name: sorted(map(str, tx.execute(sa.select(each)))) for each in stored}


async def last_toast(town: Town) -> str:
    calls = await town.telegram.ask("calls", method="answerCallbackQuery")
    return str(calls[-1]["parameters"].get("text"))


async def film(anna: Someone) -> None:
    await anna.says("film every Saturday at 10:00")
    await anna.taps("Yes")


async def test_of_a_reply_only_the_persons_own_words_count(town: Town, berliner: Someone):
    theirs = {"message_id": 5, "date": 1, "chat": PRIVATE, "from": OTHER_BOT}
    reply = theirs | {"text": "cooking every Sunday at 9pm"}
    quote = {"text": "cooking every Sunday", "position": 0}
    await sends(town, message(text="film every Saturday", reply_to_message=reply, quote=quote))
    shown = (await berliner.messages())[-1]
    assert "Film, every Saturday" in text_of(shown)
    assert "ooking" not in text_of(shown)


@pytest.mark.parametrize("data", ["1:fulfilled:abc:y", "1:way", "1:fulfilled:7:y", "x" * 64])
async def test_a_reply_to_forged_buttons_is_no_note(town: Town, berliner: Someone, data: str):
    markup = {"inline_keyboard": [[{"text": "x", "callback_data": data}]]}
    for sender in (OTHER_BOT, {"id": town.parts.bot.id, "is_bot": True, "first_name": "L"}):
        reply = {"message_id": 5, "date": 1, "chat": PRIVATE, "from": sender}
        said = reply | {"text": "x", "reply_markup": markup}
        await sends(town, message(text="lovely", reply_to_message=said))
    assert not await berliner.count("That did not work")
    states = await town.parts.database.read(lambda tx: set(tx.scalars(sa.select(inbox.c.state))))
    assert states == {"done"}


async def test_a_note_too_long_is_told_the_limit_and_asked_again(town: Town, berliner: Someone):
    await film(berliner)
    await town.telegram.jump("next")
    noted = await berliner.taps("Did it")
    for typed in ("\U0001f3b8" * 2000, "a" * 501):
        refused = await berliner.says(typed, reply_to=noted["message_id"])
        assert "500" in text_of(refused)
    notes = await town.parts.database.read(lambda tx: list(tx.scalars(sa.select(check_ins.c.note))))
    assert notes == [None]
    await berliner.says("a" * 500, reply_to=noted["message_id"])
    notes = await town.parts.database.read(lambda tx: list(tx.scalars(sa.select(check_ins.c.note))))
    assert notes == ["a" * 500]


async def test_a_chat_of_somebody_elses_reaches_nobody(town: Town, berliner: Someone):
    ben = town.someone((await town.telegram.ask("people", name="Ben"))["id"])
    await ben.says("/timezone Europe/Berlin")
    before = await town.parts.database.read(rows)
    said = len(await ben.messages()), len(await berliner.messages())
    crossed = message(chat={"id": ben.id, "type": "private"}, text="film every Saturday at 8pm")
    await sends(town, crossed)
    assert await town.parts.database.read(rows) == before
    assert (len(await ben.messages()), len(await berliner.messages())) == said


NOT_ASKED_FOR = {
    "inline_query": {"id": "1", "from": USER, "query": "film", "offset": ""},
    "chosen_inline_result": {"result_id": "1", "from": USER, "query": "film"},
    "pre_checkout_query": {
        "id": "1",
        "from": USER,
        "currency": "XTR",
        "total_amount": 1,
        "invoice_payload": "x",
    },
    "poll_answer": {"poll_id": "1", "user": USER, "option_ids": [0]},
    "message_reaction": {
        "chat": PRIVATE,
        "message_id": 1,
        "user": USER,
        "date": 1,
        "old_reaction": [],
        "new_reaction": [],
    },
}


@pytest.mark.parametrize("kind", NOT_ASKED_FOR)
async def test_inline_queries_payments_and_the_like_are_nobodys(town: Town, kind: str):
    await sends(town, {kind: NOT_ASKED_FOR[kind]})
    assert await count(town, people) == 0
    assert await town.telegram.ask("calls", method="sendMessage") == []


async def test_a_payment_pays_for_nothing(town: Town, anna: Someone):
    paid = {
        "currency": "XTR",
        "total_amount": 1,
        "invoice_payload": "everything",
        "telegram_payment_charge_id": "1",
        "provider_payment_charge_id": "1",
    }
    await sends(town, message(successful_payment=paid))
    states = await town.parts.database.read(lambda tx: list(tx.scalars(sa.select(inbox.c.state))))
    assert states == ["done"]
    assert await count(town, commitments) == 0


async def test_a_week_to_come_cannot_be_filled_in(town: Town, berliner: Someone):
    await film(berliner)
    commitment = await town.parts.database.read(lambda tx: tx.scalar(sa.select(commitments.c.id)))
    monday = (await town.telegram.now()).date()
    coming = [monday + timedelta(weeks=n, days=-monday.weekday()) for n in (1, 2, 500)]
    before = await town.parts.database.read(rows)
    for first in [day.toordinal() for day in coming] + [1, 3652059]:
        for data in (f"past_more:{commitment}:{first}:1", f"past_clear:{commitment}:{first}"):
            await berliner.presses(1, f"1:{data}")
        await berliner.presses(1, f"1:past_rest:{commitment}:{first}")
    assert await town.parts.database.read(rows) == before


async def test_done_on_what_was_archived_says_that_it_counts(town: Town, berliner: Someone):
    """A press counts for the occasion of its reminder, whenever it comes."""
    await film(berliner)
    await town.telegram.jump("next")
    go = await berliner.hears("Saturday, 10:00")
    await berliner.says("/commitments")
    await berliner.taps("Film")
    await berliner.taps("Archive")
    data = go["inline_keyboard"][0][0]["callback_data"]
    await berliner.presses(go["message_id"], data)
    await berliner.hears("Noted")
    assert await count(town, check_ins) == 1


@pytest.mark.parametrize("moment", ["9223372036854775807", "999999999999999999", "0"])
async def test_an_undo_of_a_moment_that_no_calendar_has_is_nobodys_button(
    town: Town, berliner: Someone, moment: str
):
    await berliner.presses(1, f"1:rest_none:{moment}")
    calls = await town.telegram.ask("calls", method="answerCallbackQuery")
    assert calls[-1]["parameters"]["text"] == NOT_THERE


async def test_a_plan_is_not_wanted_by_a_button_for_no_commitment_of_theirs(
    town: Town, berliner: Someone
):
    before = await town.parts.database.read(lambda tx: tx.scalar(sa.select(people.c.asks_plan)))
    await berliner.presses(1, "1:ask_plan:4611686018427387904:y")
    after = await town.parts.database.read(lambda tx: tx.scalar(sa.select(people.c.asks_plan)))
    assert (before, after) == (False, False)
