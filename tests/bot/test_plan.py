"""Two days before: the same, another day, another way; the series stays."""

from pathlib import Path

import pytest

from tests.bot.a_monday import begin_on_a_monday
from tests.conftest import Town, on_both_databases
from tests.process import Someone, text_of


@pytest.fixture(autouse=True)
def _monday(tmp_path: Path) -> None:
    begin_on_a_monday(tmp_path)


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
    reminder = text_of(await asked.hears("as you planned"))
    assert "Book with tea, as you planned." in reminder


async def test_a_press_after_the_reminder_has_left_moves_nothing(town: Town, asked: Someone):
    message, data = await asked._button("Another day")
    await town.telegram.jump("next")
    await asked.hears("Saturday afternoon, Anna")
    await asked.telegram.ask("press", person=asked.id, message_id=message, data=data)
    assert "Sat 5 Dec, 14:00" in text_of(await asked.says("/commitments"))
    assert await asked.count("which day this week") == 0
