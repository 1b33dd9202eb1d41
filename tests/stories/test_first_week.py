"""The whole loop through the real process: commit, be reminded, check in, see the streak."""

import asyncio

from tests.conftest import Town, on_both_databases
from tests.process import PATIENCE, Program, Someone, playground, text_of


@on_both_databases
async def test_from_one_sentence_to_the_streak(program: Program):
    async with playground(program) as telegram:
        anna = Someone(telegram)
        await anna.says("/timezone Europe/Berlin")
        understood = await anna.says("dinner with friends every Saturday at 6pm")
        assert "Dinner with friends" in text_of(understood)
        assert "18:00" in text_of(understood)
        made = await anna.taps("Yes")
        assert "First reminder: Sat" in text_of(made)

        await telegram.jump("next")
        reminder = await anna.hears("Saturday, 18:00")
        assert "Dinner with friends" in text_of(reminder)
        noted = await anna.taps("Did it")
        assert "Did it leave you fulfilled?" in text_of(noted)
        await anna.taps("Yes")

        streaks = await anna.says("/streaks")
        assert "kept 1 week" in text_of(streaks)


async def test_an_open_page_learns_when_the_next_reminder_is(town: Town, berliner: Someone):
    """Its button to jump there would stay off otherwise."""
    telegram = town.telegram
    url = f"{telegram.address}/socket?key={telegram.key}"
    await berliner.says("film every Saturday at 6pm")
    message, data = await berliner._button("Yes")
    async with telegram.http.ws_connect(url, origin=telegram.address) as page:
        press = {"type": "press", "person": berliner.id, "message_id": message, "data": data}
        await page.send_json(press)
        async with asyncio.timeout(PATIENCE):
            async for event in page:
                heard = event.json()
                if heard["type"] == "clock" and heard["next"] is not None:
                    return
