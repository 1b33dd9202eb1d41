"""A whole conversation: the real python-telegram-bot on one side, a person on the other."""

import aiohttp
import telegram

from playground import acts

KEY = "a-key"

ANNA = 1001
BUTTON = telegram.InlineKeyboardMarkup(
    [[telegram.InlineKeyboardButton("Done", callback_data="d:1")]]
)


async def test_what_anna_writes_reaches_the_bot_as_a_command(playground, bot):
    acts.say(playground, ANNA, "/start please")

    (update,) = await bot.get_updates(timeout=0)

    assert update.message.text == "/start please"
    assert update.message.from_user.id == update.message.chat.id == ANNA
    (entity,) = update.message.entities
    assert (entity.type, entity.offset, entity.length) == ("bot_command", 0, 6)


async def test_a_press_travels_to_the_bot_and_its_answer_back_to_the_page(
    playground, bot, http: aiohttp.ClientSession, address
):
    sent = await bot.send_message(ANNA, "<b>Tea</b> & cake", "HTML", reply_markup=BUTTON)
    async with http.ws_connect(f"/socket?key={KEY}", headers={"Origin": address}) as page:
        hello = await page.receive_json()
        assert hello["people"][0] | {"unread": 0} == {
            "id": ANNA,
            "name": "Anna",
            "language": "en",
            "blocked": False,
            "unread": 0,
        }
        await page.send_json({"type": "open", "person": ANNA})
        history = await page.receive_json()
        assert history["messages"][0]["text"] == "Tea & cake"
        assert history["messages"][0]["inline_keyboard"] == [
            [{"text": "Done", "callback_data": "d:1"}]
        ]
        await page.send_json(
            {
                "type": "press",
                "person": ANNA,
                "message_id": sent.message_id,
                "data": "d:1",
                "press": 7,
            }
        )
        (update,) = await bot.get_updates(timeout=5)
        assert update.callback_query.data == "d:1"
        await update.callback_query.answer("Well done")
        assert await page.receive_json() == {
            "type": "answered",
            "person": ANNA,
            "press": 7,
            "text": "Well done",
            "alert": False,
        }
        await update.callback_query.edit_message_text("Had tea")
        edited = await page.receive_json()
        assert (edited["type"], edited["message"]["text"]) == ("edited", "Had tea")
        assert edited["message"]["edited"] == "2026-11-23T08:00:00+00:00"
