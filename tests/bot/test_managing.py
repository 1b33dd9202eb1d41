""" "Move film to Sunday", typed at any time."""

import pytest

from bot.phrases import read_managed, read_rescheduling
from bot.phrases.managing import Rescheduling
from tests.bot.test_sentences import labels_of
from tests.process import Someone, text_of


@pytest.mark.parametrize(
    ("text", "what", "schedule"),
    [
        ("move it to Sunday", None, "Sunday"),
        ("move to Sunday", None, "Sunday"),
        ("make it Sunday evening", None, "make it Sunday evening"),
        ("change the time to 8pm", None, "8pm"),
        ("change film to Sunday evening", "film", "Sunday evening"),
        ("please move my film from Saturday to Sunday at 7pm", "film", "Sunday at 7pm"),
        ("can you switch dinner with friends to every two weeks?", "dinner with friends", None),
    ],
)
def test_a_verb_and_a_schedule_behind_a_to(text: str, what: str | None, schedule: str | None):
    wish = read_rescheduling(text)
    assert wish is not None
    assert wish == Rescheduling(what, schedule or "every two weeks?")


@pytest.mark.parametrize(
    "text",
    [
        "Move more every Saturday",
        "Switch to tea on Sundays",
        "change the bed sheets every Saturday",
        "Put kids to bed early on Fridays",
        "film every Saturday",
        "move " * 100 + "to Sunday",
    ],
)
def test_what_is_a_commitment_of_its_own_is_none(text: str):
    assert read_rescheduling(text) is None


async def test_the_only_one_is_meant_and_undo_brings_the_old_day_back(film: Someone):
    told = await film.says("move it to Sunday")
    assert text_of(told).startswith("From now on Film is every Sunday at 20:00.")
    await film.taps("Undo")
    assert "Film: every Saturday at 20:00" in text_of(await film.says("/commitments"))


async def test_one_of_several_is_named_or_asked_for(film: Someone):
    await film.says("yoga every Monday at 7am")
    await film.taps("Yes")
    told = await film.says("change film to Friday at 9pm")
    assert text_of(told).startswith("From now on Film is every Friday at 21:00.")

    asked = await film.says("move it to Tuesday")
    assert text_of(asked) == "Which one do you mean?"
    told = await film.taps("Yoga")
    assert text_of(told).startswith("From now on Yoga is every Tuesday at 07:00.")

    asked = await film.says("move tennis to Sunday")
    assert text_of(asked) == "I do not find “tennis” among yours. Which one do you mean?"
    assert labels_of(asked) == ["Film", "Yoga"]


async def test_what_reads_in_two_ways_is_asked(film: Someone):
    asked = await film.says("move film to Tuesday at 6")
    assert text_of(asked) == "Tuesdays at 6: in the morning or in the evening?"
    told = await film.taps("Every Tuesday at 18:00")
    assert text_of(told).startswith("From now on Film is every Tuesday at 18:00.")


async def test_what_is_half_done_is_meant_before_anything_else(film: Someone):
    await film.says("yoga every Monday at 7am")
    shown = await film.says("change yoga to Tuesday")
    assert "Yoga, every Tuesday at 07:00" in text_of(shown)
    shown = await film.says("move it to 8am")
    assert "Yoga, every Tuesday at 08:00" in text_of(shown)
    told = await film.says("change film to Sunday")
    assert text_of(told).startswith("From now on Film is every Sunday")


async def test_while_one_is_being_changed_another_can_be_named(film: Someone):
    await film.says("yoga every Monday at 7am")
    await film.taps("Yes")
    await film.says("/commitments")
    await film.taps("Film")
    await film.taps("Days")
    told = await film.says("move yoga to Tuesday")
    assert text_of(told).startswith("From now on Yoga is every Tuesday at 07:00.")


async def test_with_no_commitment_it_begins_one(berliner: Someone):
    shown = await berliner.says("change film to Sunday")
    assert "every Sunday afternoon" in text_of(shown)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("pause film", "film"),
        ("please remove my film.", "film"),
        ("film", None),
        ("pause", None),
        ("stop " * 100, None),
    ],
)
def test_what_is_wanted_of_a_commitment_names_it(text: str, name: str | None):
    assert read_managed(text) == name


async def test_a_commitment_that_is_named_is_shown_with_all_that_can_be_done(film: Someone):
    for typed in ("pause film", "Film", "delete the film"):
        shown = await film.says(typed)
        assert text_of(shown).startswith("Film\nEvery Saturday at 20:00")
        assert {"⏸ Pause", "🗄 Archive"} <= set(labels_of(shown))
    assert "I read times like" in text_of(await film.says("pause tennis"))
