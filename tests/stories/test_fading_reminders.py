"""Reminders that have faded stay away after a restart, and come back after another."""

from tests.process import Program, Someone, playground, text_of


async def test_what_has_faded_stays_so_through_restarts(program: Program):
    async with playground(program) as telegram:
        anna = Someone(telegram)
        await anna.says("/timezone Europe/Berlin")
        await anna.says("film every Saturday at 20:00")
        await anna.taps("Yes")
        for _ in range(8):
            await telegram.jump("P1W")
            await anna.says("did it")
        if not await anna.count("Shall the reminders step back?"):
            await telegram.jump("P1W")
            await anna.says("did it")
        await anna.hears("Shall the reminders step back?")
        await anna.taps("Yes, fade them out")
    async with playground(program) as telegram:
        anna = Someone(telegram)
        reminded = await anna.count("Saturday, 20:00")
        await telegram.jump("P1W")
        await telegram.jump("P1D")
        assert await anna.count("Saturday, 20:00") <= reminded + 1
        assert "without a reminder" in text_of(await anna.says("/week"))
    async with playground(program) as telegram:
        anna = Someone(telegram)
        await anna.says("/week")
        assert "again" in text_of(await anna.taps("Remind me again"))
        assert "without a reminder" not in text_of(await anna.says("/week"))
