"""Nobody runs the bot for a while, or a backup is put back, and reminders fall into that time."""

from datetime import timedelta
from pathlib import Path

import pytest

from app import local
from habits.storage import backups
from tests.conftest import town_in
from tests.process import text_of


@pytest.mark.parametrize(("late", "is_told"), [(8, False), (12, True)])
async def test_what_fell_into_an_outage_comes_late_and_what_was_open_is_offered_again(
    tmp_path: Path, late: int, *, is_told: bool
):
    async with town_in(tmp_path) as town:
        anna = town.someone()
        await anna.says("/timezone Europe/Berlin")
        for words in ("film every Saturday at 18:00", "tea every Saturday at 18:05"):
            await anna.says(words)
            await anna.taps("Yes")
        await town.telegram.jump("next")
        await anna.hears("Time for Film")
    while_nobody_runs_it(tmp_path, timedelta(minutes=5 + late))
    async with town_in(tmp_path) as town:
        anna = town.someone()
        reminder = text_of(await anna.hears("Time for Tea"))
        assert ("my fault, not yours" in reminder) is is_told
        if is_told:
            assert f"This is {late} minutes late" in reminder
        notice = await anna.hears("I was offline from")
        assert "it did not reach me" in text_of(notice)
        assert "Film" in text_of(await anna.taps("Film"))


async def test_after_weeks_one_short_note_names_nothing_and_asks_whether_to_go_on(tmp_path: Path):
    async with town_in(tmp_path) as town:
        anna = town.someone()
        await anna.says("/timezone Europe/Berlin")
        for words in ("film every Saturday at 18:00", "tea every Saturday at 18:05"):
            await anna.says(words)
            await anna.taps("Yes")
        before = len(await anna.messages())
    while_nobody_runs_it(tmp_path, timedelta(weeks=3))
    async with town_in(tmp_path) as town:
        anna = town.someone()
        note = text_of(await anna.hears("I was away for a while, my fault."))
        await town.parts.dispatch.idle()
        assert len(await anna.messages()) == before + 1
        assert "Film" not in note
        assert "Tea" not in note
        assert await anna.labels() == ["Yes, go on", "Pause everything"]
        await anna.taps("Yes, go on")
        await town.telegram.jump("next")
        await anna.hears("Time for Film")


async def test_after_a_backup_of_yesterday_only_what_is_hours_late_is_sent_again(tmp_path: Path):
    backup, database = tmp_path / "backup.sqlite3", tmp_path / "playground.sqlite3"
    async with town_in(tmp_path) as town:
        anna = town.someone()
        await anna.says("/timezone Europe/Berlin")
        for words in ("film every Tuesday at 10:00", "tea every Tuesday at 18:00"):
            await anna.says(words)
            await anna.taps("Yes")
        backups.back_up(database, backup, await town.telegram.now())
        await town.telegram.jump("next")
        await anna.hears("Time for Film")
        await anna.taps("Did it")
        await town.telegram.jump("next")
        await anna.hears("Time for Tea")
    backup.replace(database)
    while_nobody_runs_it(tmp_path, timedelta(hours=2))
    async with town_in(tmp_path) as town:
        anna = town.someone()
        notice = text_of(await anna.hears("I did not remind you of: Film (Tue 24 Nov)."))
        assert "If you pressed a button in that time, it did not reach me." in notice
        assert "Tea" not in notice
        await town.parts.dispatch.idle()
        assert await anna.count("Time for Film") == 0  # the one of before became its answer
        assert await anna.count("Time for Tea") == 2
        assert "120 minutes late" in text_of(await anna.hears("Time for Tea"))
        await anna.taps("Film")
        assert "kept 1 week" in text_of(await anna.says("/streaks"))


def while_nobody_runs_it(data_dir: Path, length: timedelta) -> None:
    """Let time pass."""
    kept = local.Kept.read(data_dir / f"{local.NAME}.json")
    kept.offset += length
    kept.write()
