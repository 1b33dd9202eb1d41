"""A restart shows the same chat."""

import asyncio
import signal
import sqlite3
import sys
from pathlib import Path

import aiohttp
import pytest
import telegram
from wrong_calls import png

from playground import acts
from playground.playground import Playground
from playground.server import running

TOKEN = "4242:AAplayground"
KEY = "a-key"
ANNA = 1001
BUTTON = telegram.InlineKeyboardMarkup(
    [[telegram.InlineKeyboardButton("Done", callback_data="d:1")]]
)


def opened(clock, path: Path) -> Playground:
    return Playground(TOKEN, KEY, clock.now, store=path, polling_hold=0.0)


async def test_people_messages_files_updates_and_settings_outlive_the_server(clock, tmp_path):
    before = opened(clock, tmp_path / "playground.sqlite3")
    async with running(before) as address, telegram.Bot(TOKEN, f"{address}/bot") as bot:
        acts.say(before, ANNA, "/start")
        berta = acts.add_person(before, "Berta", "fa")
        tea = await bot.send_message(ANNA, "<b>tea</b>", "HTML", reply_markup=BUTTON)
        gone = await bot.send_message(ANNA, "gone")
        await gone.delete()
        await tea.edit_text("coffee", reply_markup=BUTTON)
        photo = await bot.send_photo(ANNA, png(30, 20))
        await bot.set_my_commands([("done", "It is done")])
        acts.say(before, ANNA, "unread")

    after = opened(clock, tmp_path / "playground.sqlite3")
    async with (
        running(after) as address,
        telegram.Bot(TOKEN, f"{address}/bot", f"{address}/file/bot") as bot,
    ):
        assert [p.name for p in after.chats.people.values()] == ["Anna", "Berta"]
        assert after.chats.people[berta.id].language == "fa"
        assert list(after.chats.messages(ANNA)) == list(before.chats.messages(ANNA))
        assert [u.message.text for u in await bot.get_updates(timeout=0)] == ["/start", "unread"]
        assert [c.command for c in await bot.get_my_commands()] == ["done"]
        file = await bot.get_file(photo.photo[-1].file_id)
        assert bytes(await file.download_as_bytearray()) == png(30, 20)
        newest = await bot.send_message(ANNA, "more")
        assert newest.message_id > gone.message_id
        acts.say(after, ANNA, "later")
        ids = [update.update_id for update in await bot.get_updates(timeout=0)]
        assert ids == list(range(ids[0], ids[0] + 3))


async def test_confirmed_updates_stay_forgotten(clock, tmp_path):
    first = opened(clock, tmp_path / "p.sqlite3")
    acts.say(first, ANNA, "a")
    first.updates.take(10**12, 1)
    first.updates.drop_all()
    first.close()

    assert opened(clock, tmp_path / "p.sqlite3").updates.pending() == []


async def test_a_killed_playground_loses_at_most_its_last_moment(tmp_path):
    store = tmp_path / "p.sqlite3"
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "playground", "--port", "0", "--token", TOKEN, "--key", KEY),
        *("--store", str(store)),
        stdout=asyncio.subprocess.PIPE,
    )
    address = (await program.stdout.readline()).decode().partition("/?")[0]
    async with aiohttp.ClientSession(address) as http:
        wish = {"person": ANNA, "text": "still here"}
        async with http.post(f"/control/say?key={KEY}", json=wish) as answer:
            assert answer.status == 200
    await asyncio.sleep(0.2)
    program.send_signal(signal.SIGKILL)
    await program.wait()

    with sqlite3.connect(store) as database:
        kept = database.execute("SELECT value FROM things WHERE kind = 'message'").fetchall()
    database.close()
    assert len(kept) == 1
    assert "still here" in kept[0][0]


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGINT])
async def test_the_program_ends_on_request(signal_number):
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "playground", "--token", TOKEN, "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
    )
    await program.stdout.readline()
    program.send_signal(signal_number)

    assert await asyncio.wait_for(program.wait(), 5) == 0
