"""After eight steady weeks: the reminders step back by a tap, and come back by another."""

import pytest

from tests.conftest import Town
from tests.process import Someone, text_of


async def keeps(someone: Someone, number: int) -> None:
    for _ in range(number):
        await someone.says("did it")
        await someone.telegram.jump("P1W")


@pytest.fixture
async def steady(berliner: Someone) -> Someone:
    """Anna, who has kept seven weeks and is about to keep the eighth."""
    await berliner.says("film every Saturday at 20:00")
    await berliner.taps("Yes")
    await keeps(berliner, 7)
    assert await berliner.count("Shall the reminders step back?") == 0
    return berliner


async def test_they_step_back_after_the_eighth_week_and_come_back_by_a_tap(
    town: Town, steady: Someone
):
    await steady.says("did it")
    await steady.hears("Shall the reminders step back?")
    await steady.taps("Yes, fade them out")
    await steady.hears("The reminders of Film step back")
    reminded = await steady.count("Saturday, 20:00")
    await town.telegram.jump("P1W")
    assert "without a reminder" in text_of(await steady.says("/week"))
    await keeps(steady, 1)
    assert await steady.count("Saturday, 20:00") == reminded
    assert "9 in a row" in text_of(await steady.says("/streaks"))
    await steady.says("/commitments")
    assert "step back" in text_of(await steady.taps("Film"))
    assert "I remind you of Film again" in text_of(await steady.taps("Remind me again"))
    assert "step back" in text_of(await steady.taps("Undo"))


async def test_who_keeps_them_is_not_asked_again(steady: Someone):
    await steady.says("did it")
    await steady.hears("Shall the reminders step back?")
    assert "The reminders of Film stay." in text_of(await steady.taps("Keep them"))
    await steady.telegram.jump("P1W")
    await keeps(steady, 5)
    assert await steady.count("Shall the reminders step back?") == 0  # that one became the answer


async def test_a_missed_week_without_reminders_is_asked_about_once(town: Town, steady: Someone):
    await steady.says("did it")
    await steady.hears("Shall the reminders step back?")
    await steady.taps("Yes, fade them out")
    for _ in range(3):
        await town.telegram.jump("P1W")
    asked = await steady.hears("A week went by without Film")
    assert not [char for char in text_of(asked) if char.isdigit()]
    assert "I remind you of Film again" in text_of(await steady.taps("Remind me again"))
