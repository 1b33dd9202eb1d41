"""What the bot says about itself and the files it sends, by way of python-telegram-bot."""

import telegram
from wrong_calls import png

from playground import acts
from playground.methods.about import commands_for

ANNA = 1001


async def test_the_bot_knows_itself(bot):
    me = await bot.get_me()

    assert (me.id, me.is_bot, me.username) == (4242, True, "let_loose_bot")


async def test_people_see_the_narrowest_commands_in_their_language(playground, bot):
    berta = acts.add_person(playground, "Berta", "fa")
    anna = playground.chats.people[ANNA]
    private = telegram.BotCommandScopeAllPrivateChats()

    await bot.set_my_commands([("a", "for all")])
    await bot.set_my_commands([("p", "in private")], scope=private)
    await bot.set_my_commands([("f", "in Persian")], scope=private, language_code="fa")

    assert [c["command"] for c in commands_for(playground, anna)] == ["p"]
    assert [c["command"] for c in commands_for(playground, berta)] == ["f"]
    await bot.set_my_commands([("x", "for Anna")], scope=telegram.BotCommandScopeChat(ANNA))
    assert [c["command"] for c in commands_for(playground, anna)] == ["x"]
    await bot.delete_my_commands(scope=telegram.BotCommandScopeChat(ANNA))
    assert [c["command"] for c in commands_for(playground, anna)] == ["p"]
    assert [c.command for c in await bot.get_my_commands()] == ["a"]


async def test_names_and_descriptions_are_kept_by_language(bot):
    await bot.set_my_name("Loose")
    await bot.set_my_description("Everything", language_code="de")
    await bot.set_my_description("All")
    await bot.set_my_short_description("Short")

    assert (await bot.get_me()).first_name == (await bot.get_my_name()).name == "Loose"
    assert (await bot.get_my_description(language_code="de")).description == "Everything"
    assert (await bot.get_my_description(language_code="fr")).description == "All"
    assert (await bot.get_my_short_description()).short_description == "Short"


async def test_a_chat_has_its_menu_button(bot):
    await bot.set_chat_menu_button(ANNA, telegram.MenuButtonCommands())

    assert isinstance(await bot.get_chat_menu_button(ANNA), telegram.MenuButtonCommands)
    assert (await bot.get_chat(ANNA)).first_name == "Anna"


async def test_a_picture_keeps_its_size_and_can_be_fetched_and_exchanged(bot):
    sent = await bot.send_photo(ANNA, png(300, 200), "<i>A year</i>", parse_mode="HTML")
    assert (sent.photo[-1].width, sent.photo[-1].height) == (300, 200)
    assert (sent.caption, sent.caption_entities[0].type) == ("A year", "italic")

    file = await bot.get_file(sent.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == png(300, 200)

    again = await bot.send_photo(ANNA, sent.photo[-1].file_id)
    assert again.photo[-1].file_id == sent.photo[-1].file_id

    media = telegram.InputMediaPhoto(png(30, 40), caption="Newer")
    edited = await bot.edit_message_media(media, ANNA, sent.message_id)
    assert (edited.photo[-1].width, edited.caption) == (30, "Newer")
    captioned = await bot.edit_message_caption(ANNA, sent.message_id, caption="Newest")
    assert (captioned.photo, captioned.caption) == (edited.photo, "Newest")


async def test_a_file_keeps_its_name_and_its_bytes(bot):
    content = bytes(range(256)) * 40 + b"\r\n--\r\n"
    sent = await bot.send_document(ANNA, content, filename="Überblick.csv")
    file = await bot.get_file(sent.document.file_id)

    assert sent.document.file_name == "Überblick.csv"
    assert bytes(await file.download_as_bytearray()) == content


async def test_an_album_comes_as_its_messages(bot):
    media = [telegram.InputMediaPhoto(png(30, 20)), telegram.InputMediaPhoto(png(20, 30))]

    sent = await bot.send_media_group(ANNA, media)

    assert [message.photo[-1].width for message in sent] == [30, 20]
    assert sent[1].message_id == sent[0].message_id + 1


async def test_formatting_inside_code_is_dropped_and_blanks_around_are_trimmed(bot):
    text = "\n <code>a <b>b</b></code>🙂<i>c </i> \n"
    sent = await bot.send_message(ANNA, text, "HTML")

    assert sent.text == "a b🙂c"
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [
        ("code", 0, 3),
        ("italic", 5, 1),
    ]


async def test_only_inline_keyboards_are_shown_in_a_message(bot):
    plain = telegram.ReplyKeyboardMarkup([["Yes"]], one_time_keyboard=True)
    inline = telegram.InlineKeyboardMarkup(
        [[telegram.InlineKeyboardButton("x", url="https://a.b")]]
    )

    assert (await bot.send_message(ANNA, "x", reply_markup=plain)).reply_markup is None
    assert (await bot.send_message(ANNA, "x", reply_markup=inline)).reply_markup == inline


async def test_a_reply_carries_what_it_replies_to(playground, bot):
    (said,) = acts.say(playground, ANNA, "question")

    answer = await bot.send_message(ANNA, "answer", reply_to_message_id=said.message_id)

    assert answer.reply_to_message.text == "question"


async def test_an_edit_changes_what_the_next_one_is_compared_with(bot, clock):
    sent = await bot.send_message(ANNA, "a")
    clock.forward(minutes=1)
    edited = await sent.edit_text("b")

    assert edited.edit_date > sent.date
    assert (await sent.edit_text("a")).text == "a"
