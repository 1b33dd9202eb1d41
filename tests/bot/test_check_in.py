"""Answers to a reminder, through the whole bot."""

from tests.bot.test_sentences import labels_of
from tests.conftest import Town, on_both_databases
from tests.process import Someone, text_of

pytestmark = on_both_databases


async def reminded(town: Town, berliner: Someone, sentence: str) -> None:
    await berliner.says(sentence)
    await berliner.taps("Yes")
    await town.telegram.jump("next")


async def test_twenty_taps_make_one_check_in(town: Town, berliner: Someone):
    await reminded(town, berliner, "film every Saturday at 6pm")
    message, data = await berliner._button("Did it")
    for _ in range(20):
        await town.telegram.ask("press", person=berliner.id, message_id=message, data=data)
    await berliner.hears("noted already")
    streaks = await berliner.says("/streaks")
    assert "kept 1 week" in text_of(streaks)


async def test_later_brings_one_more_round_and_no_follow_up(town: Town, berliner: Someone):
    await reminded(town, berliner, "film every Saturday at 10:00")
    await berliner.taps("Later")
    await berliner.taps("In an hour")
    await town.telegram.jump("P1D")
    assert await berliner.count("Saturday, 10:00") == 1  # the first one became "I will be back"
    assert await berliner.count("did it happen?") == 0


async def test_an_unanswered_reminder_is_followed_up_once(town: Town, berliner: Someone):
    await reminded(town, berliner, "film every Saturday at 10:00")
    await town.telegram.jump("P1D")
    assert await berliner.count("did it happen?") == 1
    answered = await berliner.taps("Not this time")
    assert "one week decides nothing" in text_of(answered)


async def test_a_follow_up_and_its_questions_can_be_answered_by_typing(
    town: Town, berliner: Someone
):
    await reminded(town, berliner, "noodles or book every Saturday at 10:00")
    await town.telegram.jump("P1D")
    assert await berliner.count("did it happen?") == 1
    assert "Which one was it?" in text_of(await berliner.says("yes"))
    assert text_of(await berliner.says("no")) == "Which one was it?"
    assert "Did it leave you fulfilled?" in text_of(await berliner.says("the book"))
    assert "Good to hear" in text_of(await berliner.says("absolutely"))
    said = await berliner.says("a lovely evening")
    assert "Shall I keep that as a line with Book?" in text_of(said)
    await berliner.taps("Keep it with")
    await town.telegram.jump("P1W")
    assert "one week decides nothing" in text_of(await berliner.says("no"))


async def test_yes_and_no_to_nothing_store_nothing(town: Town, berliner: Someone):
    await berliner.says("film every Saturday at 10:00")
    await berliner.taps("Yes")
    await town.telegram.jump("PT1H")  # what was offered below it is no longer meant
    for typed in ("yes", "no"):
        assert "I read times like" in text_of(await berliner.says(typed))
    assert "the first week is under way" in text_of(await berliner.says("/streaks"))


async def test_did_it_typed_answers_the_question_about_the_week_before(
    town: Town, berliner: Someone
):
    await reminded(town, berliner, "tea every Sunday at 20:00")
    await town.telegram.jump("P1D")
    assert await berliner.count("did it happen?") == 1
    assert "Noted for yesterday: Tea" in text_of(await berliner.says("did it"))
    assert "Sun 29 Nov" in text_of(await berliner.says("diary"))


async def test_a_follow_up_about_several_keeps_what_is_still_open(town: Town, berliner: Someone):
    await berliner.says("film every Saturday at 10:00")
    await berliner.taps("Yes")
    await berliner.says("guitar every Saturday at 11:00")
    await berliner.taps("Yes")
    for _ in range(3):
        await town.telegram.jump("next")
    asked = await berliner.hears("Did any of them happen?")
    assert [label for label in labels_of(asked) if "Rest" in label] == ["🌙 Rest"] * 2
    assert "Noted: Film" in text_of(await berliner.taps("✅ \u2068Film"))
    left = labels_of(await berliner.hears("Did any of them"))
    assert [label for label in left if label.startswith("✅")] == ["✅ Guitar"]
    assert "Noted: Guitar" in text_of(await berliner.taps("✅ \u2068Guitar"))
    assert await berliner.count("Did any of them happen?") == 0  # answered in its place


async def test_did_it_typed_is_of_the_open_turn_and_not_of_the_one_that_was_told_not_to_be(
    town: Town, berliner: Someone
):
    await reminded(town, berliner, "yoga on Wed and Fri at 10:00")
    await town.telegram.jump("next")  # the question about Wednesday
    await berliner.taps("Not this time")
    await town.telegram.jump("next")
    await berliner.says("did it")
    await town.telegram.jump("P1D")
    assert await berliner.count("Today's Yoga: did it happen?") == 0
    assert "Still open" not in text_of(await berliner.says("/week"))


async def test_later_is_refused_once_it_is_done(town: Town, berliner: Someone):
    await reminded(town, berliner, "film every Saturday at 10:00")
    await berliner.taps("Later")
    message, data = await berliner._button("In an hour")
    await berliner.says("did it")
    await town.telegram.ask("press", person=berliner.id, message_id=message, data=data)
    await berliner.hears("Nothing is open there any more")
    await town.telegram.jump("P1D")
    assert await berliner.count("Time for") == 0


async def test_rest_this_week_silences_the_week_and_can_be_undone(town: Town, berliner: Someone):
    await reminded(town, berliner, "walk on Fri and Sat at 10:00")
    rested = await berliner.taps("Rest this week")
    assert "Rest it is" in text_of(rested)
    assert "Next: Fri" in text_of(rested)
    await berliner.taps("Undo")
    await town.telegram.jump("P1D")
    await berliner.hears("Saturday, 10:00")


async def test_done_without_a_reminder_counts_and_silences_it(town: Town, berliner: Someone):
    await berliner.says("film every Saturday at 10:00")
    await berliner.taps("Yes")
    await berliner.says("did it")
    await town.telegram.jump("P1W")
    assert await berliner.count("Saturday, 10:00") == 0
    assert "kept 1 week" in text_of(await berliner.says("/streaks"))


async def test_naming_another_way_leaves_a_commitment_on_its_way_alone(
    town: Town, berliner: Someone
):
    await reminded(town, berliner, "film or book every Saturday at 10:00")
    await berliner.says("yoga every Sunday at 9:00")
    await berliner.taps("Did it")
    await berliner.taps("Something else")
    await berliner.says("Theatre")
    await berliner.taps("Yes, that's it")
    assert "Yoga" in text_of(await berliner.says("/commitments"))
