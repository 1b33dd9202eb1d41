"""Whole weeks, told through the chat with a moved clock."""

import asyncio

from tests.conftest import Town
from tests.process import Program, Someone, playground, text_of


async def promised(someone: Someone, sentence: str) -> None:
    await someone.says(sentence)
    await someone.taps("Yes")


async def test_killed_after_every_step_and_nothing_is_lost(program: Program):
    """What was understood waits for its tap, what was promised is asked, what was done counts."""
    steps = (
        lambda anna: anna.says("/timezone Europe/Berlin"),
        lambda anna: anna.says("film every Saturday at 6pm"),
        lambda anna: anna.taps("Yes"),
        lambda anna: anna.telegram.jump("next"),
        lambda anna: anna.taps("Did it"),
        lambda anna: anna.taps("Yes"),
    )
    for step in steps:
        async with playground(program) as telegram:
            await step(Someone(telegram))
            await asyncio.sleep(0.2)  # the playground writes its chats down 20 times a second
            program.kill()
    async with playground(program) as telegram:
        anna = Someone(telegram)
        assert "kept 1 week" in text_of(await anna.says("/streaks"))
        assert await anna.count("Saturday, 18:00") <= 1


async def test_two_unanswered_weeks_bring_one_notice_and_then_silence(
    town: Town, berliner: Someone
):
    await promised(berliner, "film every Saturday at 10:00")
    for _ in range(6):
        await town.telegram.jump("P1W")
    assert await berliner.count("has been quiet for two weeks") == 1
    assert await berliner.count("Saturday, 10:00") in (2, 3)

    back = await berliner.says("did it")
    assert "Welcome back" in text_of(back)
    asked = await berliner.count("Saturday, 10:00")
    await town.telegram.jump("P1W")  # this week is kept already
    await town.telegram.jump("P1W")
    await berliner.hears("Saturday, 10:00")
    assert await berliner.count("Saturday, 10:00") == asked + 1


async def test_every_second_week_asks_every_second_week(town: Town, berliner: Someone):
    await promised(berliner, "dinner with friends every other Friday at 19:30")
    for _ in range(4):
        await town.telegram.jump("P1W")
        if await berliner.count("Friday, 19:30"):
            await berliner.says("did it")
    assert await berliner.count("Friday, 19:30") <= 2
    streaks = text_of(await berliner.says("/streaks"))
    assert "2 in a row" in streaks


async def test_the_weekend_is_asked_about_once(town: Town, berliner: Someone):
    await promised(berliner, "sauna every weekend at 10:00")
    await town.telegram.jump("P1W")
    assert await berliner.count("Saturday, 10:00") == 1
    assert await berliner.count("Sunday, 10:00") == 0


async def test_days_joined_by_and_are_asked_for_each(town: Town, berliner: Someone):
    await promised(berliner, "guitar on Fri and Sat at 10:00")
    await town.telegram.jump("next")
    await berliner.hears("Friday, 10:00")
    await berliner.taps("Did it")
    await town.telegram.jump("P1D")
    await berliner.hears("Saturday, 10:00")
    await berliner.taps("Did it")
    assert "kept 1 week" in text_of(await berliner.says("/streaks"))


async def test_clock_time_is_kept_on_a_journey(town: Town, berliner: Someone):
    """From Berlin to New York on Friday: Saturday 18:30 is Saturday 18:30, once."""
    await promised(berliner, "book every Saturday at 18:30")
    await berliner.says("/timezone America/New_York")
    await town.telegram.jump("next")
    now = await town.telegram.now()
    assert (now.weekday(), now.hour, now.minute) == (5, 23, 30)  # UTC
    await town.telegram.jump("P1D")
    assert await berliner.count("Saturday, 18:30") == 1


async def test_moving_east_past_the_hour_sends_what_is_due_at_once(town: Town, berliner: Someone):
    await promised(berliner, "book every Saturday at 18:30")
    while (await town.telegram.now()).weekday() != 5 or (await town.telegram.now()).hour < 12:
        await town.telegram.jump("PT1H")
    await berliner.says("/timezone Asia/Tokyo")  # where it is past 21:00 by now
    await berliner.hears("Time for Book")
    await town.telegram.jump("P1D")
    assert await berliner.count("Time for Book") == 1
