"""The whole loop through the real process: commit, be reminded, check in, see the streak."""

from tests.conftest import on_both_databases
from tests.process import Program, Someone, playground, text_of


@on_both_databases
async def test_from_one_sentence_to_the_streak(program: Program):
    async with playground(program) as telegram:
        anna = Someone(telegram)
        await anna.says("/timezone Europe/Berlin")
        understood = await anna.says("dinner with friends every Saturday at 6pm")
        assert "Dinner with friends" in text_of(understood)
        assert "18:00" in text_of(understood)
        made = await anna.taps("Yes")
        assert "First reminder: Sat" in text_of(made)

        await telegram.jump("next")
        reminder = await anna.hears("Saturday, 18:00")
        assert "Dinner with friends" in text_of(reminder)
        noted = await anna.taps("Did it")
        assert "Did it leave you fulfilled?" in text_of(noted)
        await anna.taps("Yes")

        streaks = await anna.says("/streaks")
        assert "kept 1 week" in text_of(streaks)
