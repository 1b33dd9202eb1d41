"""What is typed and fits nothing is not lost: one tap makes something of it."""

import pytest

from tests.bot.test_sentences import labels_of
from tests.process import Someone, text_of


async def test_what_is_not_understood_shows_an_example_and_becomes_a_commitment(film: Someone):
    shown = await film.says("throwing, glazing")
    assert "For example: film every Saturday at 8pm" in text_of(shown)
    assert labels_of(shown) == ["Make it a commitment"]
    asked = text_of(await film.taps("Make it a commitment"))
    assert "Throwing · Glazing. Any one of them counts.\nWhen suits you?" in asked


async def test_an_emoji_alone_can_become_a_commitment(film: Someone):
    await film.says("🎸")
    assert "🎸.\nWhen suits you?" in text_of(await film.taps("Make it a commitment"))


async def test_a_line_after_a_check_in_is_kept_with_one_tap_and_undone(film: Someone):
    await film.says("did it")
    await film.taps("Yes")
    shown = await film.says("A long one, with rain outside")
    assert labels_of(shown)[-1] == "Keep it with Film"
    assert "“A long one, with rain outside”" in text_of(await film.taps("Keep it with"))
    assert "“A long one" not in text_of(await film.taps("Undo"))


async def test_a_second_line_goes_below_the_first(film: Someone):
    await film.says("did it")
    for line in ("Rain outside", "Tea inside"):
        await film.says(line)
        shown = await film.taps("Keep it with")
    assert "“Rain outside\nTea inside”" in text_of(shown)


async def test_each_button_is_about_its_own_line(film: Someone):
    await film.says("did it")
    await film.says("Rain outside")
    message, data = await film._button("Keep it with")
    await film.says("Tea inside")
    await film.telegram.ask("press", person=film.id, message_id=message, data=data)
    await film.hears("“Rain outside”")


@pytest.mark.parametrize("text", ["what is this thing?", "I am late again", "no time", "w" * 500])
async def test_a_question_or_too_long_a_text_is_offered_as_nothing_that_it_cannot_be(
    film: Someone, text: str
):
    shown = await film.says(text)
    assert labels_of(shown) == []
    assert "/help" in text_of(shown) or "one sentence" in text_of(shown)


async def test_without_a_check_in_there_is_no_line_to_keep(film: Someone):
    assert "Keep it" not in str(labels_of(await film.says("Rain outside")))


async def test_a_line_that_does_not_fit_below_the_first_is_not_offered(film: Someone):
    await film.says("did it")
    await film.says("so " * 90)
    await film.taps("Keep it with")
    assert "Keep it with Film" not in labels_of(await film.says("so " * 90))
