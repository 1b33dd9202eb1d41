import asyncio
from datetime import timedelta

import pytest
from telegram import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Update,
)
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, RetryAfter
from telegram.ext import Application, CallbackQueryHandler

from bot.transport import Unsure
from tests.telegram_calls import OfflineTransport, Refusal, WrongCallError, check_call
from tests.telegram_schema import bot_api_schema, faults_by_aiogram, faults_by_schema

RIGHT_CALLS = {
    "a message": ("sendMessage", {"chat_id": 1, "text": "Hello"}),
    "a message with all sorts of parts": (
        "sendMessage",
        {
            "chat_id": "@channel",
            "text": "<b>Hello</b>",
            "parse_mode": "HTML",
            "disable_notification": True,
            "link_preview_options": {"is_disabled": True},
            "reply_parameters": {"message_id": 4},
            "reply_markup": {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]},
        },
    ),
    "a reply keyboard": (
        "sendMessage",
        {
            "chat_id": 1,
            "text": "Where?",
            "reply_markup": {"keyboard": [[{"text": "Here", "request_location": True}]]},
        },
    ),
    "long tags around a short text": (
        "sendMessage",
        {"chat_id": 1, "text": f'<a href="https://{"x" * 5000}.org">a</a>', "parse_mode": "HTML"},
    ),
    "a call without parameters": ("getMe", {}),
    "an uploaded photo": ("sendPhoto", {"chat_id": 1, "photo": "attach://photo"}),
    "commands": (
        "setMyCommands",
        {
            "commands": [{"command": "start", "description": "Begin"}],
            "scope": {"type": "all_private_chats"},
        },
    ),
    "an answer that says nothing": ("answerCallbackQuery", {"callback_query_id": "1"}),
}

WRONG_CALLS = {
    "an unknown method": ("sendMesage", {"chat_id": 1, "text": "a"}),
    "a method's name in the wrong case": ("sendmessage", {"chat_id": 1, "text": "a"}),
    "a missing parameter": ("sendMessage", {"chat_id": 1}),
    "an unknown parameter": ("sendMessage", {"chat_id": 1, "text": "a", "silent": True}),
    "a number as text": ("sendMessage", {"chat_id": 1, "text": 5}),
    "a truth as a chat": ("sendMessage", {"chat_id": True, "text": "a"}),
    "a truth spelt out": (
        "sendMessage",
        {"chat_id": 1, "text": "a", "disable_notification": "true"},
    ),
    "a keyboard spelt out": (
        "sendMessage",
        {"chat_id": 1, "text": "a", "reply_markup": '{"inline_keyboard": []}'},
    ),
    "an object where a list is wanted": (
        "setMyCommands",
        {"commands": {"command": "a", "description": "b"}},
    ),
    "a missing part within": ("setMyCommands", {"commands": [{"command": "a"}]}),
    "an unknown part within": (
        "sendMessage",
        {
            "chat_id": 1,
            "text": "a",
            "reply_markup": {"inline_keyboard": [[{"text": "a", "callback": "b"}]]},
        },
    ),
    "a wrong type within": (
        "sendMessage",
        {
            "chat_id": 1,
            "text": "a",
            "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": 7}]]},
        },
    ),
    "rows that are no rows": (
        "sendMessage",
        {
            "chat_id": 1,
            "text": "a",
            "reply_markup": {"inline_keyboard": [{"text": "a", "callback_data": "b"}]},
        },
    ),
    "nothing where something is wanted": ("sendMessage", {"chat_id": 1, "text": None}),
}


def keyboard(*rows):
    return {"chat_id": 1, "text": "a", "reply_markup": {"inline_keyboard": list(rows)}}


def press(data="b"):
    return {"text": "a", "callback_data": data}


WRONG_SIZES = {
    "an empty text": {"chat_id": 1, "text": ""},
    "a text of blanks": {"chat_id": 1, "text": " \n"},
    "a text of nothing but tags": {"chat_id": 1, "text": "<b></b>", "parse_mode": "HTML"},
    "a long text": {"chat_id": 1, "text": "a" * 4097},
    "long data behind a button": keyboard([press("ж" * 33)]),
    "no data behind a button": keyboard([press("")]),
    "a button that does nothing": keyboard([{"text": "a"}]),
    "a button that does two things": keyboard([{**press(), "url": "https://a.org"}]),
    "a button without a word": keyboard([{"text": " ", "callback_data": "b"}]),
    "nine buttons in a row": keyboard([press()] * 9),
    "a hundred and one buttons": keyboard(*([press()] for _ in range(101))),
    "a heavy keyboard": keyboard(*([{"text": "a" * 200, "callback_data": "b"}] for _ in range(60))),
}


def by_schema(method, parameters):
    schema = bot_api_schema()
    if schema is None:
        pytest.skip("there is no botapi.json")
    return faults_by_schema(schema, method, parameters)


@pytest.fixture(params=[by_schema, faults_by_aiogram])
def faults_of(request):
    return request.param


@pytest.mark.parametrize("call", RIGHT_CALLS.values(), ids=RIGHT_CALLS)
def test_a_right_call_passes_both_judges(faults_of, call):
    assert faults_of(*call) == []
    check_call(*call)


@pytest.mark.parametrize("call", WRONG_CALLS.values(), ids=WRONG_CALLS)
def test_a_wrong_call_passes_neither_judge(faults_of, call):
    assert faults_of(*call)
    with pytest.raises(WrongCallError, match=call[0]):
        check_call(*call)


@pytest.mark.parametrize("parameters", WRONG_SIZES.values(), ids=WRONG_SIZES)
def test_a_text_or_keyboard_out_of_its_bounds_is_wrong(parameters):
    with pytest.raises(WrongCallError):
        check_call("sendMessage", parameters)


def test_other_texts_have_bounds_of_their_own():
    with pytest.raises(WrongCallError, match="caption is too long"):
        check_call("sendPhoto", {"chat_id": 1, "photo": "attach://a", "caption": "a" * 1025})
    with pytest.raises(WrongCallError, match="200"):
        check_call("answerCallbackQuery", {"callback_query_id": "1", "text": "a" * 201})


def test_every_limit_the_schema_words_is_held():
    parameters = {"commands": [{"command": "a" * 33, "description": "b"}]}
    assert by_schema("setMyCommands", parameters) == [
        "commands[0].command should have 1-32 characters, has 33"
    ]


@pytest.fixture
async def offline():
    transport = OfflineTransport()
    application = Application.builder().token("1000:x").request(transport)
    application = application.get_updates_request(transport).build()
    await application.initialize()
    yield transport, application
    transport.faults.clear()
    await application.shutdown()


async def test_messages_are_numbered_and_stay_in_their_chats(offline):
    transport, application = offline
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="y")]])
    first = await application.bot.send_message(7, "<b>One</b>", parse_mode="HTML")
    second = await application.bot.send_message(7, "Two", reply_markup=markup)
    assert second.message_id == first.message_id + 1
    assert (second.date, second.reply_markup) == (transport.now, markup)
    assert transport.messages[7, first.message_id]["text"] == "One"
    assert [call.text for call in transport.called("sendMessage", 7)] == ["<b>One</b>", "Two"]
    assert transport.called("sendMessage", 8) == []
    assert [button["text"] for button in transport.calls[-1].buttons] == ["Yes"]


async def test_an_edit_shows_and_the_same_edit_again_is_refused(offline):
    transport, application = offline
    sent = await application.bot.send_message(7, "One")
    await application.bot.edit_message_text("Two", 7, sent.message_id)
    assert transport.messages[7, sent.message_id]["text"] == "Two"
    with pytest.raises(BadRequest, match="not modified"):
        await application.bot.edit_message_text("Two", 7, sent.message_id)
    await application.bot.delete_message(7, sent.message_id)
    assert not transport.messages
    with pytest.raises(BadRequest, match="to delete not found"):
        await application.bot.delete_message(7, sent.message_id)
    with pytest.raises(BadRequest, match="to edit not found"):
        await application.bot.edit_message_text("Three", 7, sent.message_id)


async def test_the_bot_gets_plausible_answers_to_everything_else(offline):
    transport, application = offline
    bot = application.bot
    assert (await bot.get_me()).username == "let_loose_test_bot"
    assert await bot.set_my_commands([BotCommand("start", "Begin")])
    assert await bot.delete_webhook()
    assert await bot.set_webhook("https://example.org/hook", secret_token="a")
    assert await bot.send_chat_action(7, "typing")
    assert await bot.answer_callback_query("1", "Noted")
    assert (await bot.get_webhook_info()).url == ""
    assert (await bot.get_chat(-5)).type == "supergroup"
    assert (await bot.get_chat_member(-5, 7)).user.id == 7
    transport.stored_files["a.ics"] = b"BEGIN:VCALENDAR"
    file = await bot.get_file("a.ics")
    assert await file.download_as_bytearray() == b"BEGIN:VCALENDAR"
    transport.verify()


async def test_uploads_are_kept_byte_for_byte(offline):
    transport, application = offline
    photo = await application.bot.send_photo(7, b"\x89PNG", caption="A year")
    await application.bot.send_document(7, b"a,b", filename="a.csv")
    media = InputMediaPhoto(b"\x89PNG2", caption="Another")
    await application.bot.edit_message_media(media, 7, photo.message_id)
    sent, document, edited = transport.calls[-3:]
    assert (sent.files, sent.text, photo.caption) == ({"photo": b"\x89PNG"}, "A year", "A year")
    assert document.files == {"document": b"a,b"}
    assert list(edited.files.values()) == [b"\x89PNG2"]
    assert transport.messages[7, photo.message_id]["caption"] == "Another"
    transport.verify()


async def test_a_scripted_refusal_becomes_the_error_it_is_in_life(offline):
    transport, application = offline
    bot = application.bot
    transport.fail(Refusal(403, "Forbidden: bot was blocked by the user"), chat_id=7)
    transport.fail(Refusal(429, "Too Many Requests", {"retry_after": 9}), method="sendMessage")
    transport.fail(Refusal(400, "Bad Request: upgraded", {"migrate_to_chat_id": -100}), chat_id=-5)
    with pytest.raises(RetryAfter) as told:
        await bot.send_message(8, "a")
    assert told.value.retry_after == timedelta(seconds=9)
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(7, "a")
    with pytest.raises(ChatMigrated):
        await bot.send_message(-5, "a")
    await bot.send_message(7, "a")
    assert [call.accepted for call in transport.called("sendMessage")] == [False] * 3 + [True]


async def test_a_lost_answer_leaves_the_message_in_the_chat(offline):
    transport, application = offline
    transport.fail(Unsure("dropped"), accepted=True)
    transport.fail(Unsure("dropped"))
    for _ in range(2):
        with pytest.raises(Unsure):
            await application.bot.send_message(7, "a")
    assert [call.accepted for call in transport.called("sendMessage")] == [True, False]
    assert len(transport.messages) == 1


async def test_a_wrong_call_is_refused_and_fails_the_test_in_the_end(offline):
    transport, application = offline
    with pytest.raises(BadRequest, match="text is empty"):
        await application.bot.send_message(7, " ")
    with pytest.raises(BadRequest, match="offline"):
        await application.bot.send_dice(7)
    with pytest.raises(WrongCallError, match=r"(?s)text is empty.*send_?[dD]ice"):
        await transport.shutdown()
    await transport.shutdown()


async def test_updates_wait_until_they_are_confirmed(offline):
    transport, application = offline
    press = {"id": "1", "chat_instance": "1", "data": "y"}
    press["from"] = {"id": 7, "is_bot": False, "first_name": "A"}
    first = transport.push({"callback_query": press})
    second = transport.push({"callback_query": press})
    got = await application.bot.get_updates(timeout=0)
    again = await application.bot.get_updates(offset=first + 1, timeout=0)
    assert [one.update_id for one in got] == [first, second]
    assert [one.update_id for one in again] == [second]
    assert await application.bot.get_updates(offset=second + 1, timeout=0) == ()


async def test_a_poll_waits_for_an_update_and_fails_only_where_that_is_scripted(offline):
    transport, application = offline
    transport.fail(Refusal(409, "Conflict: terminated by other getUpdates"), method="getUpdates")
    transport.fail(Refusal(400, "Bad Request: chat not found"))
    with pytest.raises(Conflict):
        await application.bot.get_updates(timeout=0)
    poll = asyncio.create_task(application.bot.get_updates(timeout=30))
    await asyncio.sleep(0)
    transport.push({})
    assert len(await asyncio.wait_for(poll, 5)) == 1


async def test_a_press_goes_through_the_real_application(offline):
    transport, application = offline

    async def note(update, context):
        await update.callback_query.answer("Noted")

    application.add_handler(CallbackQueryHandler(note))
    query = {"id": "33", "chat_instance": "1", "data": "y"}
    query["from"] = {"id": 7, "is_bot": False, "first_name": "A"}
    update = Update.de_json({"update_id": 1, "callback_query": query}, application.bot)
    await application.process_update(update)
    assert [call.parameters for call in transport.called("answerCallbackQuery")] == [
        {"callback_query_id": "33", "text": "Noted"}
    ]
