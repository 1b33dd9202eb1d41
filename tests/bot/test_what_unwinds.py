"""What unwinds me, and Pick for me, in the chat."""

import re

from tests.conftest import Town
from tests.process import Someone, text_of


async def weeks_of(town: Town, someone: Someone, *fulfilled: str) -> None:
    for answer in fulfilled:
        await town.telegram.jump("next")
        await someone.taps("Did it")
        await someone.taps(answer)


async def unwinds(someone: Someone) -> dict[str, object]:
    await someone.says("/streaks")
    return await someone.taps("What unwinds me")


async def test_nothing_is_claimed_before_four_answers(town: Town, film: Someone):
    await weeks_of(town, film, "Yes", "Yes", "Not really")
    said = await unwinds(film)
    assert said["photo"] is None
    assert text_of(said) == "Too early to say, before 4 answers: Film."


async def test_from_four_answers_on_it_is_drawn_and_said_with_its_range(town: Town, film: Someone):
    await weeks_of(town, film, "Yes", "Yes", "Not really", "Yes")
    said = await unwinds(film)
    assert said["photo"] is not None
    assert "Film: 3 of 4 times, a share of 36 to 94 %." in text_of(said)
    assert not re.search("because|cause|makes you|thanks to", text_of(said))


async def test_just_fun_names_no_number(town: Town, film: Someone):
    await weeks_of(town, film, "Yes", "Yes", "Yes", "Yes")
    await film.says("/settings")
    await film.taps("Numbers")
    await film.taps("Just fun")
    said = await unwinds(film)
    assert said["photo"] is None
    assert text_of(said) == "Most often you were fulfilled after: Film."


async def test_what_never_left_them_fulfilled_is_told_without_a_zero_and_not_in_just_fun(
    town: Town, film: Someone
):
    await weeks_of(town, film, *["Not really"] * 4)
    said = text_of(await unwinds(film))
    assert "Film: not yet, of 4 times, a share of up to 40 %." in said
    await film.says("/settings")
    await film.taps("Numbers")
    await film.taps("Just fun")
    assert text_of(await unwinds(film)) == "Nothing stands out yet."


async def test_a_way_is_picked_and_another_one_too(film: Someone):
    await unwinds(film)
    assert "How about: Film?" in text_of(await film.taps("Pick for me"))
    await film.says("/week")
    assert "How about: Film?" in text_of(await film.taps("Pick for me"))


async def test_a_button_without_any_commitment_says_how_to_begin(town: Town, anna: Someone):
    await anna.says("/timezone Europe/Berlin")
    await town.telegram.ask("press", person=anna.id, message_id=1, data="1:pick")
    await anna.hears("film every Saturday at 8pm")


async def test_a_way_that_no_font_has_is_numbered_in_the_picture_and_named_below(
    town: Town, berliner: Someone
):
    await berliner.says("映画 every Saturday at 20:00")
    await berliner.taps("Yes")
    await weeks_of(town, berliner, "Yes", "Yes", "Yes", "Yes")
    said = await unwinds(berliner)
    assert said["photo"] is not None
    assert "(1) 映画: 4 of 4 times" in text_of(said)


async def with_two_ways(someone: Someone) -> None:
    await someone.says("film or tea every Saturday at 20:00")
    await someone.taps("Yes")


async def test_a_reminder_of_several_ways_offers_to_pick_one(town: Town, berliner: Someone):
    await with_two_ways(berliner)
    await town.telegram.jump("next")
    assert re.match("How about: (Film|Tea)[?]", text_of(await berliner.taps("Pick for me")))
    assert {"✅ Did it", "🕒 Later", "🌙 Rest this week"} | {"Another one"} == set(
        await berliner.labels()
    )
    assert "Which one was it?" in text_of(await berliner.taps("Did it"))


async def test_a_reminder_of_one_way_picks_nothing(town: Town, film: Someone):
    await town.telegram.jump("next")
    assert "Pick for me" not in await film.labels()


async def test_nobody_picks_for_the_reminder_of_somebody_else(town: Town, berliner: Someone):
    await with_two_ways(berliner)
    await town.telegram.jump("next")
    message, data = await berliner._button("Pick for me")
    stranger = town.someone((await town.telegram.ask("people", name="Ben"))["id"])
    await stranger.says("/timezone Europe/Berlin")
    await town.telegram.ask("press", person=stranger.id, message_id=message, data=data)
    await stranger.says("/week")
    assert await stranger.count("How about") == 0
