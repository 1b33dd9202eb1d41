"""/settings: every wish, by buttons and by typing."""

import pytest

from habits.storage.rows import person_of
from tests.conftest import Town
from tests.process import ANNA, Someone, text_of


@pytest.fixture
async def evening(berliner: Someone) -> Someone:
    """Anna with a film every Saturday evening."""
    await berliner.says("film every Saturday evening")
    await berliner.taps("Yes")
    return berliner


async def test_a_part_of_the_day_moves_and_its_reminders_with_it(town: Town, evening: Someone):
    await evening.says("/settings")
    await evening.taps("Parts")
    await evening.taps("Evening")
    moved = text_of(await evening.says("19:15"))
    assert "Your evening begins at 19:15." in moved
    assert "Next: Film, Sat 28 Nov, 19:15." in moved
    assert "Sat 28 Nov, 19:15" in text_of(await evening.says("/week"))


async def test_a_time_with_two_meanings_is_asked_about(evening: Someone):
    await evening.says("/settings")
    await evening.taps("Parts")
    await evening.taps("Evening")
    await evening.says("7")
    assert "begins at 19:00" in text_of(await evening.taps("19:00"))


async def test_what_is_no_time_is_explained_and_asked_again(evening: Someone):
    await evening.says("/settings")
    await evening.taps("Parts")
    await evening.taps("Morning")
    assert "I read times like" in text_of(await evening.says("25:00"))
    assert "begins at 08:15" in text_of(await evening.says("8:15"))


async def test_a_chosen_week_counts_from_the_next_one(town: Town, evening: Someone):
    await evening.says("/settings")
    await evening.taps("Week")
    changed = text_of(await evening.taps("Sun"))
    assert "From the next week on your weeks begin on Sunday" in changed
    assert "Sun 6 Dec" in changed
    await evening.taps("Week")
    assert "Your weeks begin on Monday." in text_of(await evening.taps("As usual here"))


@pytest.mark.parametrize(
    ("typed", "hours"), [("10 to 7", ("22:00", "07:00")), ("21:30-7:00", ("21:30", "07:00"))]
)
async def test_quiet_hours_can_be_typed(
    town: Town, evening: Someone, typed: str, hours: tuple[str, str]
):
    await evening.says("/settings")
    await evening.taps("Quiet")
    said = text_of(await evening.says(typed))
    assert f"Quiet from {hours[0]} to {hours[1]}." in said
    await evening.taps("Quiet hours")
    assert "No quiet hours" in text_of(await evening.taps("None"))


async def test_quiet_hours_move_what_waits_already(town: Town, berliner: Someone):
    await berliner.says("film every Saturday at 10:00")
    await berliner.taps("Yes")
    await town.telegram.jump("next")
    await berliner.says("/settings")
    await berliner.taps("Quiet")
    await berliner.says("20:00-9:00")
    for _ in range(12):  # the question after it was planned for 20:30
        await town.telegram.jump("PT1H")
    assert await berliner.count("did it happen?") == 0
    await town.telegram.jump("P1D")
    assert await berliner.count("did it happen?") == 1


async def test_the_question_before_comes_once_it_is_wanted(town: Town, evening: Someone):
    await evening.says("/settings")
    await evening.taps("Touches")
    await evening.taps("Ask before")
    await town.telegram.jump("next")
    assert await evening.count("How will it be?") == 1
    assert (await town.telegram.now()).strftime("%a %H:%M") == "Thu 17:30"


async def test_no_question_after_it_where_none_is_wanted(town: Town, evening: Someone):
    await town.telegram.jump("next")
    await evening.hears("Saturday evening")
    await evening.says("/settings")
    await evening.taps("Touches")
    await evening.taps("Do not ask after")
    await town.telegram.jump("P1D")
    assert await evening.count("did it happen?") == 0


async def test_switching_touches_keeps_the_buttons_that_are_out(town: Town, evening: Someone):
    await evening.says("/week")
    message, data = await evening._button("Film")
    await evening.says("/settings")
    await evening.taps("Touches")
    await evening.taps("Ask before")
    await town.telegram.ask("press", person=evening.id, message_id=message, data=data)
    await evening.hears("Did it leave you fulfilled?")


async def test_a_button_sets_a_state_and_never_flips_it(town: Town, evening: Someone):
    await evening.says("/settings")
    await evening.taps("Numbers")
    message, data = await evening._button("Just fun")
    for _ in range(3):
        await town.telegram.ask("press", person=evening.id, message_id=message, data=data)
    await evening.hears("Just fun: no numbers.")
    await evening.says("/settings")
    person = await town.parts.database.read(person_of, ANNA)
    assert person is not None
    assert not person.shows_numbers


async def test_english_is_what_there_is(evening: Someone):
    await evening.says("/settings")
    assert "I speak English so far." in text_of(await evening.taps("Language"))
    assert "Language: English" in text_of(await evening.taps("English"))


async def test_a_forged_value_is_refused(town: Town, evening: Someone):
    shown = await evening.says("/settings")
    for data in ("1:set_part:evening:1440", "1:set_week:8", "1:set_language:xx", "1:page:secret"):
        await town.telegram.ask(
            "press", person=evening.id, message_id=shown["message_id"], data=data
        )
    assert "evening 18:30" in text_of(await evening.says("/settings"))
