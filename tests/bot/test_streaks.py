"""/streaks: what was kept, how it is counted, and past weeks filled in."""

import re
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts import streaks as texts
from habits.overviews import Kept
from habits.rules.commitment import Commitment
from habits.rules.person import Person
from habits.rules.schedule import Part, Schedule
from habits.rules.streak import walk
from habits.rules.week import WEEK, Record, Week
from tests.a_monday import MONDAY
from tests.conftest import Town
from tests.process import Someone, text_of


async def fills_in(someone: Someone, *weeks: str) -> None:
    """Open the list of weeks and note a check-in for each of these."""
    await someone.says("/streaks")
    await someone.taps("Fill in")
    for week in weeks:
        await someone.taps(week)
        await someone.taps("I did it")
        await someone.taps("All weeks")


async def test_before_the_first_commitment_it_says_how_to_begin(anna: Someone):
    assert "/new" in text_of(await anna.says("/streaks"))


async def test_a_new_commitment_has_no_zero(film: Someone):
    said = text_of(await film.says("/streaks"))
    assert "Film: the first week is under way." in said
    assert not re.search(r"\b0\b", said)


async def test_missed_weeks_have_no_zero(town: Town, film: Someone):
    for _ in range(3):
        await town.telegram.jump("P1W")
    said = text_of(await film.says("/streaks"))
    assert "every week is a new one" in said
    assert not re.search(r"\b0\b", said)


async def test_the_past_can_be_filled_in_and_the_streak_follows(film: Someone):
    await fills_in(film, "16 Nov", "9 Nov", "2 Nov", "26 Oct")
    said = text_of(await film.says("/streaks"))
    assert "kept 4 of the last 4 weeks, 4 in a row." in said
    assert "One reserve week in hand." in said
    counted = text_of(await film.taps("How is this counted"))
    assert "Your week runs Monday to Sunday and is kept with one check-in." in counted
    assert "Every fourth kept week puts a reserve aside" in counted
    assert "So: 4 in a row since 26 Oct. Your best so far." in counted
    assert counted.endswith("It is a proxy, not a grade.")


async def test_the_explanation_names_the_weeks_that_rested_and_were_covered(
    town: Town, film: Someone
):
    await fills_in(film, "16 Nov", "9 Nov", "2 Nov", "26 Oct")
    await film.says("/rest")
    await film.taps("this week")
    for _ in range(3):
        await town.telegram.jump("P1W")
    await film.says("/streaks")
    counted = text_of(await film.taps("How is this counted"))
    assert "The week of 23 Nov rested: resting holds the run." in counted
    assert "The week of 30 Nov was covered by a reserve." in counted
    assert "So: 4 in a row since 26 Oct." in counted


async def test_what_can_still_be_mended_is_said_warmly(town: Town, film: Someone):
    await film.says("did it")
    for _ in range(3):
        await town.telegram.jump("P1W")
    said = text_of(await film.says("/streaks"))
    assert "The week of 30 Nov can still be mended: keep the next 2" in said


async def test_weeks_go_as_far_back_as_one_likes(film: Someone):
    await film.says("/streaks")
    await film.taps("Fill in")
    for _ in range(8):
        await film.taps("Older")
    await film.taps("2036")
    assert "kept" in text_of(await film.taps("I did it"))


async def test_one_tap_more_is_one_check_in_more(film: Someone):
    await film.says("/streaks")
    await film.taps("Fill in")
    await film.taps("16 Nov")
    message, data = await film._button("I did it")
    await film.taps("I did it")
    await film.presses(message, data)
    more = text_of(await film.taps("One check-in more"))
    assert more.count("✓") == 2
    assert text_of(await film.taps("Undo")).count("✓") == 1


async def test_rest_and_clear_can_be_undone(film: Someone):
    await film.says("/streaks")
    await film.taps("Fill in")
    await film.taps("16 Nov")
    assert "16 Nov: rest." in text_of(await film.taps("Rest"))
    assert "nothing noted" in text_of(await film.taps("Undo"))
    await film.taps("I did it")
    assert "nothing noted" in text_of(await film.taps("Clear"))
    assert "kept" in text_of(await film.taps("Undo"))


async def test_somebody_else_cannot_look_or_change(town: Town, film: Someone):
    await film.says("/streaks")
    await film.taps("Fill in")
    await film.taps("16 Nov")
    message, data = await film._button("I did it")
    stranger = town.someone((await town.telegram.ask("people", name="Ben"))["id"])
    await stranger.says("/timezone Europe/Berlin")
    await town.telegram.ask("press", person=stranger.id, message_id=message, data=data)
    await stranger.says("/week")
    assert "first week is under way" in text_of(await film.says("/streaks"))


async def test_of_several_it_is_asked_which(film: Someone):
    await film.says("guitar on Wed at 19:30")
    await film.taps("Yes")
    await film.says("/streaks")
    await film.taps("How is this counted")
    assert text_of(await film.taps("Guitar")).startswith("Guitar, and how it is counted.")


async def test_just_fun_shows_no_number_and_keeps_the_diary(film: Someone):
    await fills_in(film, "16 Nov", "9 Nov")
    await film.says("/settings")
    await film.taps("Numbers")
    await film.taps("Just fun")
    said = text_of(await film.says("/streaks"))
    assert said == "Film: you did it last week. Your diary has it."
    assert not any("counted" in label for label in await film.labels())
    await film.taps("Fill in")
    week = text_of(await film.taps("2 Nov"))
    assert not re.search(r"\d", week.replace("2 Nov", ""))


# The explanation, over whatever may have become of the weeks.

FIRST = date(2024, 1, 1)
BECAME = {
    "K": {"done": 1},
    "M": {},
    "R": {"rests": True},
    "N": {"neutral": True},
    "O": {"settled": False},
    "F": {"due": False},
}
HARD = (
    "",
    "M",
    "KM",
    "KKKKRNMMKKRNKKM",
    "MKKKKKKKKRNMMMKKNRK",
    "KKKKMMKKNRKKKKMKMKKRN",
    "NNRRKMKMKO",
)


def explained(weeks: str, target: int = 1) -> str:
    person = Person(1, "Anna", zone=ZoneInfo("Europe/Berlin"))
    records = [
        Record(
            Week(FIRST + WEEK * place, FIRST + WEEK * (place + 1)),
            **{"target": target, "done": 0, **BECAME[letter]},
        )
        for place, letter in enumerate(weeks)
    ]
    commitment = Commitment(
        1, 1, "A" * 64, Schedule((6,), Part.EVENING, 1, 1), FIRST, MONDAY, FIRST, MONDAY
    )
    one = Kept(commitment, walk(records), 0.5, weeks.count("K"))
    return shown(texts.counted(one, person, FIRST + WEEK * len(weeks)))


def shown(html: str) -> str:
    return re.sub("<[^>]+>", "", html)


def judge(text: str) -> None:
    lines = text.splitlines()
    assert 3 <= len(lines) <= 8
    steps = lines[1:-1]
    assert [line.partition(". ")[0] for line in steps] == [str(n + 1) for n in range(len(steps))]
    assert not re.search(r"\b0\b|[{}]", text)


@pytest.mark.parametrize("weeks", HARD)
def test_the_explanation_of_a_hard_case_is_steps_of_eight_lines_at_most(weeks: str):
    judge(explained(weeks))


@given(st.text("KMRNOF", max_size=40))
def test_whatever_became_of_the_weeks_the_explanation_has_eight_lines_at_most(weeks: str):
    judge(explained(weeks))


def test_the_longest_explanation_fills_the_eight_lines():
    assert explained("KMMKKKKRNMMKK").count("\n") == 7
