"""A turn planned two days before, or from /week; the series stays."""

import pytest

from tests.conftest import Town, on_both_databases
from tests.process import Someone, text_of


@pytest.fixture
async def asked(town: Town, berliner: Someone) -> Someone:
    """Anna on Thursday evening, asked about Saturday."""
    await berliner.says("film or book with tea every Saturday afternoon")
    await berliner.taps("Yes")
    await berliner.taps("Yes, ask")
    await town.telegram.jump("next")
    await berliner.hears("How will it be?")
    return berliner


async def test_as_always_is_a_short_yes(town: Town, asked: Someone):
    assert "Sat 28 Nov, 14:00" in text_of(await asked.taps("As always"))
    await town.telegram.jump("next")
    await asked.hears("Saturday afternoon")


@on_both_databases
async def test_another_day_moves_this_week_only(town: Town, asked: Someone):
    await asked.taps("Another day")
    assert await asked.labels() == ["Fri 27 Nov", "Sun 29 Nov", "As always", "🌙 Rest this week"]
    moved = text_of(await asked.taps("Sun 29 Nov"))
    assert "Sun 29 Nov, 14:00" in moved
    assert "The other weeks stay" in moved
    await town.telegram.jump("P1D")
    await town.telegram.jump("P1D")
    assert await asked.count("Saturday afternoon, Anna") == 0
    await town.telegram.jump("next")
    await asked.hears("Sunday afternoon, Anna")
    await asked.taps("Did it")
    assert "Sat 5 Dec, 14:00" in text_of(await asked.says("/commitments"))


async def test_another_day_can_be_taken_back(asked: Someone):
    await asked.taps("Another day")
    await asked.taps("Fri 27 Nov")
    assert "As always, then" in text_of(await asked.taps("Undo"))
    assert "Sat 28 Nov, 14:00" in text_of(await asked.says("/commitments"))


async def test_the_way_that_was_chosen_is_named_in_the_reminder(town: Town, asked: Someone):
    await asked.taps("Another way")
    assert "Book with tea, Sat 28 Nov" in text_of(await asked.taps("Book with tea"))
    await town.telegram.jump("next")
    reminder = text_of(await asked.hears("You planned"))
    assert (
        reminder == "Saturday afternoon, Anna. Film or book with tea. You planned: Book with tea."
    )


async def test_a_press_after_the_reminder_has_left_moves_nothing(town: Town, asked: Someone):
    message, data = await asked._button("Another day")
    await town.telegram.jump("next")
    await asked.hears("Saturday afternoon, Anna")
    await asked.telegram.ask("press", person=asked.id, message_id=message, data=data)
    assert "Sat 5 Dec, 14:00" in text_of(await asked.says("/commitments"))
    assert await asked.count("which day this week") == 0


@pytest.fixture
async def promised(berliner: Someone) -> Someone:
    """Anna, to whom a film or a book is coming on Saturday; nobody asks how it will be."""
    await berliner.says("film or book with tea every Saturday afternoon")
    await berliner.taps("Yes")
    return berliner


@on_both_databases
async def test_a_turn_of_this_week_is_planned_from_the_week(town: Town, promised: Someone):
    assert "Another day or way this week?" in text_of(await promised.says("/week"))
    asked = text_of(await promised.taps("✏️"))
    assert asked == "This week: Film or book with tea: Sat 28 Nov, 14:00. How will it be?"
    await promised.taps("Another day")
    await promised.taps("Sun 29 Nov")
    assert "Sun 29 Nov, 14:00 – Film" in text_of(await promised.says("/week"))
    await town.telegram.jump("next")
    await promised.hears("Sunday afternoon, Anna")
    assert await promised.count("Saturday afternoon, Anna") == 0
    await promised.taps("Did it")
    assert "Sat 5 Dec, 14:00 – Film" in text_of(await promised.says("/week"))


async def test_twenty_taps_plan_one_turn_once(promised: Someone):
    await promised.says("/week")
    await promised.taps("✏️")
    await promised.taps("Another day")
    message, data = await promised._button("Sun 29 Nov")
    for _ in range(20):
        await promised.presses(message, data)
    week = text_of(await promised.says("/week"))
    assert week.count("–") == 1
    assert "Sun 29 Nov, 14:00 – Film" in week


async def test_as_always_takes_everything_back(promised: Someone):
    await promised.says("/week")
    await promised.taps("✏️")
    await promised.taps("Another way")
    await promised.taps("Book with tea")
    await promised.says("/week")
    assert "Book with tea, Sat 28 Nov" in text_of(await promised.taps("✏️"))
    assert "Book with tea, Sat" not in text_of(await promised.taps("As always"))
    assert "How will it be?" in text_of(await promised.taps("Change"))


async def test_a_week_that_rests_is_not_offered_to_be_planned(promised: Someone):
    await promised.says("/week")
    await promised.taps("✏️")
    await promised.taps("Rest this week")
    await promised.says("/week")
    assert not [label for label in await promised.labels() if "✏️" in label]


async def test_a_plan_for_a_week_that_is_over_is_told_what_can_be_planned(
    town: Town, promised: Someone
):
    await promised.says("/week")
    message, data = await promised._button("✏️")
    await town.telegram.jump("P1W")
    await promised.presses(message, data)
    said = [
        call["parameters"]
        for call in await town.telegram.ask("calls", method="answerCallbackQuery")
    ]
    assert "what can still be planned" in said[-1]["text"]
    assert await promised.count("How will it be?") == 0


async def test_the_whole_plan_comes_back_in_the_reminder(town: Town, promised: Someone):
    await promised.says("/week")
    await promised.taps("✏️")
    await promised.taps("Another day")
    await promised.taps("Sun 29 Nov")
    await promised.taps("Another way")
    await promised.taps("Book with tea")
    await promised.says("/week")
    await promised.taps("✏️")
    assert "one chapter" in text_of(await promised.taps("Smaller"))
    small = text_of(await promised.says("one chapter"))
    assert "Book with tea, one chapter, Sun 29 Nov, 14:00" in small
    await town.telegram.jump("next")
    reminder = text_of(await promised.hears("You planned"))
    assert "You planned: Sunday afternoon, Book with tea, one chapter." in reminder
    assert "one chapter" not in text_of(await promised.taps("Did it"))
    await town.telegram.jump("P1W")
    assert await promised.count("Saturday afternoon, Anna") == 1  # the next one, as always
    assert await promised.count("one chapter.") == 1


async def test_small_is_a_tap_and_is_taken_back_by_one(promised: Someone):
    await promised.says("/week")
    await promised.taps("✏️")
    await promised.taps("Smaller")
    message, data = await promised._button("ten minutes")
    for _ in range(20):
        await promised.presses(message, data)
    assert "ten minutes, Sat 28 Nov" in text_of((await promised.messages())[-1])
    assert "ten minutes" not in text_of(await promised.taps("Undo"))


async def test_what_is_typed_later_is_something_else(town: Town, promised: Someone):
    await promised.says("/week")
    await promised.taps("✏️")
    await promised.taps("Smaller")
    assert "A few words" in text_of(await promised.says("x" * 65))
    await promised.says("did it")
    assert await promised.count("Small is fine") == 0
    await town.telegram.jump("PT1H")
    await town.telegram.jump("PT1H")
    await promised.says("one chapter")
    assert await promised.count("Small is fine") == 0


async def test_words_for_a_turn_that_was_asked_meanwhile_are_told_so(town: Town, berliner: Someone):
    await berliner.says("film every Monday at 10:30")
    await berliner.taps("Yes")
    await berliner.says("/week")
    await berliner.taps("✏️")
    await berliner.taps("Smaller")
    await town.telegram.jump("next")
    await berliner.hears("Time for Film")
    assert "Too late to plan" in text_of(await berliner.says("only the trailer"))


async def test_a_week_that_rests_says_that_no_reminder_comes(promised: Someone):
    await promised.says("/week")
    message, data = await promised._button("✏️")
    await promised.taps("✏️")
    await promised.taps("Rest this week")
    await promised.presses(message, data)
    await promised.hears("No reminder comes for it.")
