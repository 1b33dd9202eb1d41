"""/help, and that the menu and the commands agree."""

import pytest

from bot import routing
from bot.features import FEATURES
from bot.texts import commands
from tests.process import Someone, text_of


async def test_help_says_what_to_type_and_where_to_find_help_in_a_crisis(anna: Someone):
    said = text_of(await anna.says("/help"))
    assert "dinner with friends every Saturday at 6pm" in said
    assert "findahelpline.com" in said
    assert "emergency number" in said
    assert "GeoNames" in said


async def test_what_help_offers_as_an_example_is_understood(anna: Someone):
    await anna.says("/timezone Europe/Berlin")
    understood = text_of(await anna.says("dinner with friends every Saturday at 6pm"))
    assert "Dinner with friends" in understood


def test_every_command_is_in_the_menu_and_every_entry_is_a_command():
    assert set(commands.menu()) == set(routing.routes_of(FEATURES).commands)


def test_no_entry_is_longer_than_telegram_shows():
    for name, words in commands.menu().items():
        assert 1 <= len(name) <= 32
        assert 1 <= len(words) <= 50


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Hi!", "film every Saturday at 8pm"),
        ("thank you", "You are welcome."),
        ("remind me later", "button under each reminder"),
        ("STOP", "/rest"),
    ],
)
async def test_small_talk_gets_a_word_and_says_what_can_be_done(
    anna: Someone, typed: str, said: str
):
    await anna.says("/timezone Europe/Berlin")
    assert said in text_of(await anna.says(typed))


async def test_small_talk_is_no_commitment_and_no_end_of_one(anna: Someone):
    await anna.says("/timezone Europe/Berlin")
    await anna.says("film every Saturday at 8pm")
    await anna.says("thanks")
    assert "Film" in text_of(await anna.taps("Yes"))


@pytest.mark.parametrize("typed", ["later", "stop", "hi", "thanks"])
async def test_small_talk_in_the_middle_of_a_set_up_adds_nothing_to_it(anna: Someone, typed: str):
    await anna.says("/new")
    await anna.taps("My craft")
    assert "waits" in text_of(await anna.says(typed))
    resumed = await anna.says("/new")
    assert "My craft" in text_of(resumed)
    assert typed not in text_of(resumed).lower()


async def test_small_talk_is_no_city(anna: Someone):
    await anna.says("film every Saturday at 8pm")
    assert "waits" in text_of(await anna.says("stop"))
    assert "Film" in text_of(await anna.says("Berlin"))
