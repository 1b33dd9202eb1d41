"""/week, through the whole bot."""

from tests.conftest import Town
from tests.process import Someone, text_of


async def promised(someone: Someone, *sentences: str) -> None:
    for sentence in sentences:
        await someone.says(sentence)
        await someone.taps("Yes")


async def test_without_a_commitment_it_says_how_to_begin(anna: Someone):
    assert "film every Saturday at 8pm" in text_of(await anna.says("/week"))
    await anna.says("/timezone Europe/Berlin")
    assert "film every Saturday at 8pm" in text_of(await anna.says("/week"))


async def test_each_coming_reminder_with_weekday_date_and_local_time(town: Town, berliner: Someone):
    await promised(berliner, "guitar on Wed and Fri 19:30", "chess every fourth Sunday at 10:00")
    week = text_of(await berliner.says("/week"))
    assert "Wed 25 Nov, 19:30 – Guitar" in week
    assert "Fri 27 Nov, 19:30 – Guitar" in week
    assert "Sun 29 Nov, 10:00 – Chess" in week
    await berliner.says("/timezone Asia/Tokyo")
    assert "Wed 25 Nov, 19:30 – Guitar" in text_of(await berliner.says("/week"))


async def test_the_next_turn_is_named_also_where_it_is_not_laid_out_yet(
    town: Town, berliner: Someone
):
    await promised(berliner, "chess every fourth Sunday at 10:00")
    await berliner.says("did it")
    assert "Sun 27 Dec, 10:00 – Chess" in text_of(await berliner.says("/week"))


async def test_what_is_open_has_its_button(town: Town, berliner: Someone):
    await promised(berliner, "guitar on Wed at 19:30")
    await town.telegram.jump("next")
    week = await berliner.says("/week")
    assert "Still open: Guitar (Wed 25 Nov)" in text_of(week)
    await berliner.taps("Guitar")
    week = await berliner.says("/week")
    assert "Kept this week: Guitar" in text_of(week)
    assert "Still open" not in text_of(week)


async def test_done_before_its_day_counts_for_its_week(town: Town, berliner: Someone):
    await promised(berliner, "film every Saturday at 20:00")
    await berliner.says("/week")
    await berliner.taps("Film")
    week = text_of(await berliner.says("/week"))
    assert "Kept this week: Film" in week
    assert "Sat 5 Dec, 20:00 – Film" in week
    assert "28 Nov" not in week


async def test_what_rests_is_said_and_leads_back(town: Town, berliner: Someone):
    await promised(berliner, "film every Saturday at 20:00")
    await berliner.says("/week")
    await berliner.taps("Rest")
    await berliner.taps("this week")
    week = text_of(await berliner.says("/week"))
    assert "Resting this week: Film" in week
    assert "Sat 5 Dec, 20:00 – Film" in week


async def test_what_fell_silent_is_said(town: Town, berliner: Someone):
    await promised(berliner, "film every Saturday at 10:00")
    for _ in range(4):
        await town.telegram.jump("P1W")
    week = await berliner.says("/week")
    assert "Film has been quiet since" in text_of(week)
    assert any("Remind me again" in label for label in await berliner.labels())
