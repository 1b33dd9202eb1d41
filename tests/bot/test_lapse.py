"""After two quiet weeks: one notice, and every way to go on."""

import pytest

from tests.conftest import Town
from tests.process import Someone, text_of


@pytest.fixture
async def silent(town: Town, berliner: Someone) -> Someone:
    """Anna, whose yoga fell silent."""
    await berliner.says("yoga on Mon, Wed and Fri at 19:30")
    await berliner.taps("Yes")
    for leap in ("P1W", "P1W", "P1D", "P1D", "P1D"):
        await town.telegram.jump(leap)
    await berliner.hears("has been quiet for two weeks")
    return berliner


async def test_same_as_before_speaks_again(town: Town, silent: Someone):
    asked = await silent.count("Friday, 19:30")
    assert "Yoga goes on. Next: Fri 11 Dec, 19:30" in text_of(await silent.taps("Same as before"))
    await town.telegram.jump("P1D")
    await town.telegram.jump("P1D")
    assert await silent.count("Friday, 19:30") == asked + 1


async def test_smaller_offers_something_concrete_and_names_the_next_reminder(silent: Someone):
    offered = await silent.taps("Smaller")
    assert "Next: Fri 11 Dec, 19:30" in text_of(offered)
    changed = text_of(await silent.taps("once is enough"))
    assert "once is enough" in changed
    assert "Next: Fri 11 Dec, 19:30" in changed


async def test_another_day_wakes_it_and_asks(silent: Someone):
    asked = text_of(await silent.taps("Another day"))
    assert "Next: Fri 11 Dec, 19:30" in asked
    assert "Next: Sat 12 Dec, 19:30" in text_of(await silent.taps("Sat"))


async def test_let_it_rest_pauses_and_the_list_says_so(silent: Someone):
    assert "is paused" in text_of(await silent.taps("Let it rest"))
    assert "⏸ Paused" in text_of(await silent.says("/commitments"))


async def test_the_list_and_the_week_show_what_fell_silent_and_wake_it(silent: Someone):
    assert "💤 Quiet" in text_of(await silent.says("/commitments"))
    await silent.taps("💤")
    assert "Next: Fri 11 Dec, 19:30" in text_of(await silent.taps("Wake it up"))
    assert "Fri 11 Dec" in text_of(await silent.says("/week"))


async def test_let_it_rest_leaves_an_archived_one_where_it_is(silent: Someone):
    message, data = await silent._button("Let it rest")
    await silent.says("/commitments")
    await silent.taps("💤")
    await silent.taps("🗄 Archive")
    await silent.telegram.ask("press", person=silent.id, message_id=message, data=data)
    assert "Paused" not in text_of(await silent.says("/commitments"))


async def test_everything_is_paused_and_all_of_it_comes_back(town: Town, berliner: Someone):
    for sentence in ("film every Saturday at 8pm", "yoga every Monday at 8pm"):
        await berliner.says(sentence)
        await berliner.taps("Yes")
    page = await berliner.says("/commitments")
    press = {"person": berliner.id, "message_id": page["message_id"]}
    await town.telegram.ask("press", **press, data="1:pause_all")
    await berliner.hears("Everything is paused")
    assert "Everything goes on" in text_of(await berliner.taps("Undo"))
    assert "Sat 28 Nov" in text_of(await berliner.says("/week"))


async def test_close_keeps_the_words_and_puts_the_buttons_away(town: Town, berliner: Someone):
    await berliner.says("film <b>every Saturday at 8pm")
    await berliner.taps("Yes")
    page = await berliner.says("/commitments")
    await town.telegram.ask(
        "press", person=berliner.id, message_id=page["message_id"], data="1:close"
    )
    closed = await berliner.hears("All right.")
    assert "every Saturday at 20:00" in text_of(closed)
    assert not closed["inline_keyboard"]
