"""/rest: this week or until a date, and back again."""

import pytest

from tests.conftest import Town
from tests.process import Someone, eventually, text_of


@pytest.fixture
async def two(berliner: Someone) -> Someone:
    for sentence in ("film every Saturday at 20:00", "guitar on Wed at 19:30"):
        await berliner.says(sentence)
        await berliner.taps("Yes")
    return berliner


async def test_there_is_nothing_to_rest_from_before_the_first_commitment(berliner: Someone):
    assert "/new" in text_of(await berliner.says("/rest"))


async def test_one_commitment_rests_before_its_reminder(town: Town, two: Someone):
    await two.says("/rest")
    rested = await two.taps("Film")
    assert "Next: Film, Sat 5 Dec, 20:00" in text_of(rested)
    await town.telegram.jump("P1W")
    assert await two.count("Saturday, 20:00") == 0
    assert await two.count("Wednesday, 19:30") == 1


async def test_undo_wakes_the_week_again(town: Town, two: Someone):
    await two.says("/rest")
    await two.taps("Film")
    assert "Sat 28 Nov, 20:00" in text_of(await two.taps("Undo"))
    await town.telegram.jump("P1W")
    await two.hears("Saturday, 20:00")


async def test_undo_of_everything_leaves_alone_what_rested_before(two: Someone):
    await two.says("/rest")
    await two.taps("Film")
    await two.says("/rest")
    await two.taps("Guitar")
    await two.taps("Undo")
    assert "Resting this week: Film." in text_of(await two.says("/week"))


async def test_everything_rests_for_two_taps_as_for_one(two: Someone):
    await two.says("/rest")
    message, data = await two._button("Everything")
    await two.taps("Everything")
    await two.telegram.ask("press", person=two.id, message_id=message, data=data)
    await two.taps("Undo")
    week = text_of(await two.says("/week"))
    assert "Wed 25 Nov" in week
    assert "Resting" not in week


async def test_a_holiday_covers_all_and_goes_on_by_itself(town: Town, two: Someone):
    await two.says("/rest")
    rested = await two.taps("Two weeks")
    assert "until Mon 7 Dec" in text_of(rested)
    assert "Next: Guitar, Wed 9 Dec, 19:30" in text_of(rested)
    await town.telegram.jump("P1W")
    await town.telegram.jump("P1W")
    assert await two.count("Time for") == 0
    await town.telegram.jump("P1W")
    await two.hears("Wednesday, 19:30")
    assert "kept" not in text_of(await two.says("/streaks"))  # and nothing was missed


@pytest.mark.parametrize(
    "words", ["rest until 5 January", "/rest until 5 January", "/rest 5.1.", "until 5 January"]
)
async def test_a_date_can_be_typed(two: Someone, words: str):
    await two.says("/rest")
    rested = text_of(await two.says(words))
    assert "until Tue 5 Jan" in rested
    assert "Next: Guitar, Wed 6 Jan, 19:30" in rested


async def test_a_date_that_is_over_or_none_is_explained_and_asked_again(two: Someone):
    await two.says("/rest")
    await two.taps("Until a date")
    assert "That day is over" in text_of(await two.says("1 November 2026"))
    assert "I read dates like" in text_of(await two.says("soon"))
    assert "until Sat 5 Dec" in text_of(await two.says("5.12."))


async def test_a_date_with_two_meanings_is_asked_about(two: Someone):
    await two.says("rest until 3/4")
    assert "until Sat 3 Apr" in text_of(await two.taps("3 Apr"))


async def test_a_sentence_is_still_understood_while_a_date_is_asked_for(two: Someone):
    await two.says("/rest")
    await two.taps("Until a date")
    assert "Chess" in text_of(await two.says("chess every Sunday at 10:00"))


async def test_a_note_is_still_a_note_after_the_question_of_rest(two: Someone):
    await two.says("did it")
    await two.taps("Film")
    noted = await two.taps("Yes")
    await two.says("/rest")
    kept = await two.says("a quiet one, from 2001", reply_to=noted["message_id"])
    assert "Kept: “a quiet one, from 2001”" in text_of(kept)
    assert "I read dates" not in text_of(await two.says("hm"))


async def test_a_rest_can_be_moved_and_moved_back(two: Someone):
    await two.says("rest until 5 January")
    await two.says("rest until 12 January")
    assert "until Tue 5 Jan" in text_of(await two.taps("Undo"))


async def test_a_rest_ends_early_and_that_can_be_undone(town: Town, two: Someone):
    await two.says("rest until 5 January")
    await town.telegram.jump("P1D")
    await two.says("/rest")
    ended = text_of(await two.taps("End the rest"))
    assert "Next: Guitar, Wed 25 Nov, 19:30" in ended
    assert "until Tue 5 Jan" in text_of(await two.taps("Undo"))


async def test_a_button_of_a_past_week_offers_the_current_one(town: Town, two: Someone):
    await two.says("/rest")
    message, data = await two._button("Film")
    await town.telegram.jump("P1W")
    await two.telegram.ask("press", person=two.id, message_id=message, data=data)

    async def asked_again() -> bool:
        return await two.count("What shall rest?") == 2

    await eventually(asked_again, "the question for the current week")
    assert await two.count("Rest it is") == 0
