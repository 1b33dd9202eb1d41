"""The chat page in a real browser, against the real server and the real python-telegram-bot."""

import asyncio
import struct
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
import telegram
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from playground import acts
from playground.playground import Playground
from playground.server import running

ANNA = 1001
TOKEN = "4242:AAplayground"
KEY = "a-key"
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
]
WEAK_CONTRASTS = Path(__file__).with_name("weak_contrasts.js")
PHONE = {"width": 390, "height": 844}
SMALL_PHONE = {"width": 360, "height": 640}

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason=f"the page is driven in Chromium, and {CHROMIUM} is not here"
    ),
]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def address(playground: Playground) -> AsyncIterator[str]:
    """The server in the browser's loop, where the other tests here have a loop each."""
    async with running(playground) as address:
        yield address


@pytest_asyncio.fixture(loop_scope="module")
async def bot(address: str) -> AsyncIterator[telegram.Bot]:
    async with telegram.Bot(TOKEN, f"{address}/bot", f"{address}/file/bot") as bot:
        yield bot


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(
        viewport={"width": 1200, "height": 800},
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
    )
    context.set_default_timeout(5_000)
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="module")
async def page(context: BrowserContext, address: str) -> AsyncIterator[Page]:
    """The opened page; at the end nothing may have gone wrong in it or come from elsewhere."""
    page = await context.new_page()
    wrong, asked = [], []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    await page.goto(f"{address}/?key={KEY}")
    await expect(page.locator("#foot")).to_be_visible()
    yield page
    assert wrong == []
    assert [url for url in asked if not url.startswith((address, "blob:"))] == []


def keyboard(*rows: list[str]) -> telegram.InlineKeyboardMarkup:
    return telegram.InlineKeyboardMarkup(
        [
            [telegram.InlineKeyboardButton(label, callback_data=label) for label in row]
            for row in rows
        ]
    )


async def next_update(bot: telegram.Bot, after: int = 0) -> telegram.Update:
    async with asyncio.timeout(5):
        while True:
            for update in await bot.get_updates(offset=after, timeout=1):
                return update


async def no_sideways_scrolling(page: Page) -> bool:
    return await page.evaluate(
        """() => [document.documentElement, document.getElementById("log")]
            .every((each) => each.scrollWidth <= each.clientWidth)"""
    )


async def test_an_empty_chat_greets_and_its_button_starts_the_bot(page, bot):
    await expect(page.locator("#greeting")).to_contain_text("Let Loose")

    await page.click("#start")

    await expect(page.locator(".from-person .text")).to_contain_text("/start")
    await expect(page.locator("#greeting")).to_be_hidden()
    assert (await next_update(bot)).message.text == "/start"


async def test_enter_sends_and_shift_enter_begins_a_line(page, bot):
    await page.click("#text")
    await page.keyboard.type("tea")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("and a book")
    await page.keyboard.press("Enter")

    await expect(page.locator(".from-person .text")).to_contain_text("tea\nand a book")
    await expect(page.locator("#text")).to_have_value("")
    assert (await next_update(bot)).message.text == "tea\nand a book"


async def test_more_than_4096_characters_go_out_as_several_messages(page, playground):
    await page.fill("#text", "word " * 1000)
    await page.click("#send")

    await expect(page.locator(".from-person")).to_have_count(2)
    texts = [message.content["text"] for message in playground.chats.messages(ANNA)]
    assert all(len(text) <= 4096 for text in texts)
    assert " ".join(texts) == ("word " * 1000).strip()


async def test_what_a_bot_sends_never_becomes_html(page, bot):
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script>"

    await bot.send_message(ANNA, hostile, reply_markup=keyboard([hostile[:40]]))

    row = page.locator(".from-bot")
    await expect(row.locator(".text")).to_contain_text(hostile)
    await expect(row.locator(".text img, .text script, .key img")).to_have_count(0)


async def test_entities_become_elements_also_behind_emoji_and_inside_each_other(page, bot):
    await bot.send_message(
        ANNA,
        "🎬🍲 <b>bold <i>both</i></b> <u>under</u> <s>gone</s> <code>x = 1</code>"
        '<pre><code class="language-python">print(1)</code></pre>'
        '<blockquote>said</blockquote> <a href="https://example.org/a">there</a>',
        "HTML",
    )

    text = page.locator(".from-bot .text")
    await expect(text.locator("b")).to_have_text("bold both")
    await expect(text.locator("b i")).to_have_text("both")
    await expect(text.locator("u")).to_have_text("under")
    await expect(text.locator("s")).to_have_text("gone")
    await expect(text.locator("code").first).to_have_text("x = 1")
    await expect(text.locator("pre code")).to_have_text("print(1)")
    await expect(text.locator("blockquote")).to_have_text("said")
    await expect(text.locator("a")).to_have_attribute("href", "https://example.org/a")


async def test_a_spoiler_is_hidden_until_it_is_pressed(page, bot):
    await bot.send_message(ANNA, "it was <tg-spoiler>the butler</tg-spoiler>", "HTML")

    hidden = page.locator(".spoiler-text")
    await expect(hidden).to_have_css("opacity", "0")
    await page.get_by_role("button", name="Hidden text").click()
    await expect(hidden).to_have_css("opacity", "1")


async def test_links_that_would_run_something_stay_words(page, bot):
    entity = telegram.MessageEntity("text_link", 0, 5, url="javascript:alert(1)")

    await bot.send_message(ANNA, "press me", entities=[entity])

    await expect(page.locator(".from-bot .text")).to_contain_text("press me")
    await expect(page.locator(".from-bot a")).to_have_count(0)


async def test_a_command_in_a_text_is_sent_by_a_press_on_it(page, bot):
    await bot.send_message(ANNA, "See /week or https://example.org/week.")

    await page.click(".from-bot .command")

    assert (await next_update(bot)).message.text == "/week"
    await expect(page.locator(".from-bot .command")).to_have_text("/week")
    await expect(page.locator(".from-bot a")).to_have_text("https://example.org/week")


async def test_a_link_to_the_bot_itself_starts_it_with_its_payload(page, bot):
    await bot.send_message(ANNA, '<a href="https://t.me/let_loose_bot?start=x1">join</a>', "HTML")

    await page.click(".from-bot .text a")

    assert (await next_update(bot)).message.text == "/start x1"


async def test_a_pressed_button_turns_until_it_is_answered_and_counts_once(page, bot):
    await bot.send_message(
        ANNA, "Did it happen?", reply_markup=keyboard(["Did it", "Not this time"])
    )
    button = page.locator(".key", has_text="Did it")

    await button.click()
    await expect(button).to_have_class("key pending")
    await button.click(force=True)
    await page.locator(".key", has_text="Not this time").click()

    first = await next_update(bot)
    second = await next_update(bot, first.update_id + 1)
    pressed = [first.callback_query.data, second.callback_query.data]
    assert pressed == ["Did it", "Not this time"]
    await first.callback_query.answer("Noted")
    await expect(page.locator(".toast")).to_have_text("Noted")
    await expect(button).to_have_class("key")


async def test_an_alert_waits_to_be_put_away(page, bot):
    await bot.send_message(ANNA, "Delete?", reply_markup=keyboard(["Yes"]))
    await page.click(".key")
    update = await next_update(bot)

    await update.callback_query.answer("Everything is gone.", show_alert=True)

    dialog = page.locator("#words-dialog")
    await expect(dialog).to_contain_text("Everything is gone.")
    await page.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()


async def test_an_edit_is_marked_and_does_not_move_what_is_being_read(page, bot):
    first = await bot.send_message(ANNA, "short", reply_markup=keyboard(["Change"]))
    for number in range(40):
        await bot.send_message(ANNA, f"message {number}")
    await expect(page.locator(".from-bot")).to_have_count(41)
    log = page.locator("#log")
    await log.evaluate("(log) => { log.scrollTop = 900; }")
    read = page.locator(".row", has_text="message 23")
    before = await read.bounding_box()

    await first.edit_text("long\n" * 30, reply_markup=keyboard(["A"], ["B"], ["C"]))

    await expect(page.locator(".row").first.locator(".edited")).to_be_visible()
    assert (await read.bounding_box())["y"] == pytest.approx(before["y"], abs=1)


async def test_whoever_reads_further_up_is_told_of_new_messages_and_not_pulled_down(page, bot):
    for number in range(40):
        await bot.send_message(ANNA, f"message {number}")
    await expect(page.locator(".from-bot")).to_have_count(40)
    await page.locator("#log").evaluate("(log) => { log.scrollTop = 100; }")
    await expect(page.locator("#to-end")).to_be_visible()

    await bot.send_message(ANNA, "one more")

    await expect(page.locator("#to-end-count")).to_have_text("1")
    assert await page.locator("#log").evaluate("(log) => log.scrollTop") == 100
    await page.click("#to-end")
    await expect(page.locator(".row", has_text="one more")).to_be_in_viewport()


async def test_a_deleted_message_goes(page, bot):
    sent = await bot.send_message(ANNA, "gone in a moment")
    await expect(page.locator(".from-bot")).to_have_count(1)

    await sent.delete()

    await expect(page.locator(".from-bot")).to_have_count(0)
    await expect(page.locator("#greeting")).to_be_visible()


async def test_a_key_of_the_reply_keyboard_is_sent_and_a_one_time_keyboard_folds(page, bot):
    keys = telegram.ReplyKeyboardMarkup([["14:32", "15:32"]], one_time_keyboard=True)
    await bot.send_message(ANNA, "What time is it?", reply_markup=keys)

    await page.locator("#reply-keyboard .key", has_text="15:32").click()

    assert (await next_update(bot)).message.text == "15:32"
    await expect(page.locator("#reply-keyboard")).to_be_hidden()
    await page.click("#keyboard-toggle")
    await expect(page.locator("#reply-keyboard")).to_be_visible()
    await bot.send_message(ANNA, "Thanks", reply_markup=telegram.ReplyKeyboardRemove())
    await expect(page.locator("#keyboard-toggle")).to_be_hidden()


async def test_a_location_button_offers_places_and_coordinates(page, bot):
    button = telegram.KeyboardButton("Share location", request_location=True)
    await bot.send_message(ANNA, "Where?", reply_markup=telegram.ReplyKeyboardMarkup([[button]]))

    await page.locator("#reply-keyboard .key").click()
    await page.fill("#latitude", "95")
    await page.fill("#longitude", "13.4")
    await page.get_by_role("button", name="Send", exact=True).last.click()
    await expect(page.locator("#location-problem")).to_contain_text("−90 to 90")
    await page.get_by_role("button", name="Nairobi").click()

    update = await next_update(bot)
    assert update.message.location.latitude == pytest.approx(-1.2921)
    await expect(page.locator(".location-words")).to_have_text("1.2921° S, 36.8219° E")


async def test_a_file_goes_to_the_bot_and_a_document_comes_as_a_download(page, bot):
    content = b'{"a": 1}'
    await page.set_input_files(
        "#file", {"name": "diary.json", "mimeType": "application/json", "buffer": content}
    )

    update = await next_update(bot)
    file = await update.message.document.get_file()
    assert bytes(await file.download_as_bytearray()) == content
    await bot.send_document(ANNA, content, filename="export.json")
    async with page.expect_download() as download:
        await page.click(".from-bot .document")
    saved = await download.value
    assert saved.suggested_filename == "export.json"
    assert Path(await saved.path()).read_bytes() == content


async def test_a_photo_is_shown_and_enlarged_by_a_press(page, bot):
    await bot.send_photo(ANNA, png(320, 200), caption="Your year")
    image = page.locator(".photo img")
    await expect(image).to_have_js_property("naturalWidth", 320)

    await page.click(".photo")

    await expect(page.locator("#viewer-image")).to_have_js_property("naturalWidth", 320)
    await page.keyboard.press("Escape")
    await expect(page.locator("#viewer")).to_be_hidden()


async def test_a_slash_lists_the_commands_that_begin_like_it(page, bot):
    await bot.set_my_commands([("week", "What is coming"), ("why", "Why at all"), ("done", "Did")])
    options = page.locator("#commands .option")

    await page.locator("#menu-button").click()
    await expect(options).to_have_count(3)
    await page.locator("#text").press_sequentially("/w")
    await expect(options).to_have_count(2)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")

    assert (await next_update(bot)).message.text == "/why"
    await expect(page.locator("#text")).to_have_value("")


async def test_a_reply_carries_the_message_it_is_for(page, bot):
    sent = await bot.send_message(ANNA, "Did it leave you fulfilled?")
    await page.locator(".from-bot .text").click(button="right")
    await page.get_by_role("menuitem", name="Reply").click()
    await expect(page.locator("#reply-bar")).to_contain_text("Did it leave you fulfilled?")

    await page.keyboard.type("yes, very")
    await page.keyboard.press("Enter")

    assert (await next_update(bot)).message.reply_to_message.message_id == sent.message_id
    await expect(page.locator(".from-person .quote")).to_contain_text("Did it leave you fulfilled?")
    await expect(page.locator("#reply-bar")).to_be_hidden()


@pytest.mark.parametrize("away", ["Escape", "a press beside it", "another menu"])
async def test_a_menu_goes_away_without_a_choice(page, bot, away):
    await bot.send_message(ANNA, "Did it leave you fulfilled?")
    reply = page.get_by_role("menuitem", name="Reply")
    await page.locator(".from-bot .text").click(button="right")
    await expect(reply).to_be_visible()

    if away == "Escape":
        await page.keyboard.press("Escape")
    else:
        await page.click("#text" if away == "a press beside it" else "#chat-menu")

    await expect(reply).to_have_count(0)
    await expect(page.get_by_role("menu")).to_have_count(int(away == "another menu"))


async def test_typing_is_shown_and_ends_with_the_message(page, bot):
    await bot.send_chat_action(ANNA, "typing")
    await expect(page.locator("#chat-status")).to_have_text("typing…")

    await bot.send_message(ANNA, "Here I am.", disable_notification=True)

    await expect(page.locator("#chat-status")).to_have_text("with Anna")
    await expect(page.get_by_role("img", name="Sent without a sound")).to_be_visible()


async def test_people_have_chats_drafts_and_unread_counts_of_their_own(page, bot, playground):
    await page.fill("#text", "half a sent")
    await page.click("#add-person")
    await page.fill("#person-name", "Björn")
    await page.select_option("#person-language", "de")
    await page.keyboard.press("Enter")
    await expect(page.locator("#chat-status")).to_have_text("with Björn")
    await expect(page.locator("#text")).to_have_value("")

    await bot.send_message(ANNA, "Where were we?")

    anna = page.locator(f'[data-person="{ANNA}"]')
    await expect(anna.locator(".badge")).to_have_text("1")
    await expect(anna).to_contain_text("Where were we?")
    await page.reload()
    await expect(page.locator("#chat-status")).to_have_text("with Björn")
    await anna.click()
    await expect(page.locator("#text")).to_have_value("half a sent")
    await expect(anna.locator(".badge")).to_have_count(0)


async def test_a_blocked_bot_can_be_let_in_again(page, playground):
    await page.click("#chat-menu")
    await page.get_by_role("menuitem", name="Block the bot").click()
    await page.get_by_role("button", name="Block", exact=True).click()
    await expect(page.locator("#blocked")).to_be_visible()
    assert playground.chats.people[ANNA].blocked

    await page.click("#unblock")

    await expect(page.locator("#text")).to_be_visible()
    assert not playground.chats.people[ANNA].blocked


async def test_a_lost_connection_is_told_and_costs_no_word(context, clock):
    page = await context.new_page()
    async with running(Playground(TOKEN, KEY, clock.now)) as address:
        await page.goto(f"{address}/?key={KEY}")
        await expect(page.locator("#foot")).to_be_visible()
    await expect(page.locator("#banner")).to_contain_text("No connection")
    await page.fill("#text", "written in the dark")
    await page.click("#send")
    await expect(page.locator("#text")).to_have_value("written in the dark")

    again = Playground(TOKEN, KEY, clock.now)
    async with running(again, int(address.rpartition(":")[2])):
        await expect(page.locator("#banner")).to_be_hidden(timeout=10_000)
        await page.click("#send")
        await expect(page.locator(".from-person")).to_contain_text("written in the dark")


async def test_a_key_of_an_earlier_start_is_told_apart_from_a_missing_server(context, clock):
    page = await context.new_page()
    async with running(Playground(TOKEN, KEY, clock.now)) as address:
        await page.goto(f"{address}/?key={KEY}")
        await expect(page.locator("#foot")).to_be_visible()

    async with running(Playground(TOKEN, "another", clock.now), int(address.rpartition(":")[2])):
        await expect(page.locator("#banner")).to_contain_text("earlier start", timeout=10_000)


async def test_the_buttons_wait_while_the_clock_moves(context, address, playground, clock):
    arrived = asyncio.Event()

    async def jump(to: str) -> None:
        assert to == "P1W"
        clock.forward(days=3)
        await playground.clock_moved()
        await arrived.wait()
        clock.forward(days=4)

    async def next_due():
        return clock.now() + timedelta(days=5, hours=5)

    playground.jump, playground.next_due = jump, next_due
    page = await context.new_page()
    await page.goto(f"{address}/?key={KEY}")
    now, after = page.locator("#clock-now"), page.locator("#clock-next")
    await expect(now).to_contain_text("Mon 23 Nov 2026, 09:0")
    await expect(after).to_have_text("Next reminder: Sat 28 Nov, 14:00")

    await page.get_by_role("button", name="One week ahead").click()

    await expect(after).to_have_text("Moving the clock…")
    await expect(now).to_contain_text("Thu 26 Nov 2026")
    for button in await page.locator("[data-jump]").all():
        await expect(button).to_be_disabled()
    arrived.set()
    await expect(now).to_contain_text("Mon 30 Nov 2026")
    await expect(after).to_have_text("Next reminder: Sat 5 Dec, 14:00")
    await expect(page.get_by_role("button", name="One week ahead")).to_be_enabled()


async def test_a_clock_that_cannot_jump_shows_no_buttons(page):
    await expect(page.locator("#clock-now")).to_be_visible()
    await expect(page.locator("#clock-jumps")).to_be_hidden()


async def test_long_texts_and_a_hundred_buttons_fit_a_small_phone(page, bot):
    await page.set_viewport_size(SMALL_PHONE)
    await bot.send_message(ANNA, "unbreakable" * 372)
    labels = [[f"Button {row}{column}" for column in range(8)] for row in range(12)]
    await bot.send_message(ANNA, "?", reply_markup=keyboard(*labels, ["long label " * 5] * 4))
    await expect(page.locator(".key")).to_have_count(100)

    assert await no_sideways_scrolling(page)
    await expect(page.locator("#text")).to_be_in_viewport(ratio=1)
    await page.locator(".key", has_text="Button 117").click()
    assert (await next_update(bot)).callback_query.data == "Button 117"


async def test_on_a_phone_the_people_are_a_drawer(page, playground):
    acts.add_person(playground, "Björn")
    await page.set_viewport_size(PHONE)
    await expect(page.locator("#people")).not_to_be_in_viewport()

    await page.click("#people-open")
    await page.locator(".person", has_text="Björn").click()

    await expect(page.locator("#people")).not_to_be_in_viewport()
    await expect(page.locator("#chat-status")).to_have_text("with Björn")
    assert await no_sideways_scrolling(page)


async def test_the_list_shows_the_last_words_of_chats_that_were_not_opened_yet(
    page, playground, bot
):
    other = acts.add_person(playground, "Björn", started=True)
    await bot.send_message(other.id, "Good evening, Björn")

    await page.reload()

    await expect(page.locator(".person", has_text="Björn")).to_contain_text("Good evening")


async def test_whoever_is_added_has_the_menu_of_commands_at_once(page, bot):
    await bot.set_my_commands([("week", "What is coming")])
    await page.click("#add-person")
    await page.fill("#person-name", "Björn")
    await page.click("#person-form .main")
    await expect(page.locator("#chat-status")).to_have_text("with Björn")

    await expect(page.locator("#menu-button")).to_be_visible()


async def test_right_to_left_texts_begin_at_the_right(page, bot):
    await bot.send_message(ANNA, "مرحبا آنا")
    text = page.locator(".from-bot .text")
    await expect(text).to_be_visible()

    assert await text.evaluate("(each) => each.matches(':dir(rtl)')")


async def test_the_chosen_colours_are_remembered(page):
    dark = "() => getComputedStyle(document.documentElement).colorScheme"
    assert await page.evaluate(dark) == "light dark"
    await page.click("#theme")
    assert await page.evaluate(dark) == "dark"

    await page.reload()

    assert await page.evaluate(dark) == "dark"
    await expect(page.locator("#theme")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_from_their_ground(page, bot, playground, scheme):
    await page.emulate_media(color_scheme=scheme)
    keys = telegram.ReplyKeyboardMarkup([["14:32"]])
    await bot.set_my_commands([("week", "What is coming")])
    await bot.send_message(
        ANNA, "See /week, <code>x</code> <blockquote>y</blockquote>", "HTML", reply_markup=keys
    )
    await bot.send_document(ANNA, b"{}", filename="a.json", reply_markup=keyboard(["Did it"]))
    acts.say(playground, ANNA, "/start now")
    await page.fill("#text", "/")
    await expect(page.locator("#commands .option")).to_have_count(1)

    assert await page.evaluate(WEAK_CONTRASTS.read_text()) == []


def png(width: int, height: int) -> bytes:
    """A picture of one colour."""
    rows = b"".join(b"\0" + b"\x40\x90\x70" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
