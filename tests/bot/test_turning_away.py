"""What people say besides an answer: no, cancel, help, a command's name; and nothing is lost."""

import re

import pytest

from tests.process import Someone, text_of


@pytest.mark.parametrize("word", ["cancel", "Never mind.", "forget it"])
async def test_a_set_up_can_be_left_and_gone_on_with(berliner: Someone, word: str):
    await berliner.says("film every Saturday at 20:00")
    assert "All right. Half done, and kept: Film" in text_of(await berliner.says(word))
    assert "I did not get" not in text_of(await berliner.says("a long walk"))
    await berliner.taps("Go on")
    assert "Film is yours" in text_of(await berliner.taps("Yes"))


async def test_not_now_below_what_could_change_leaves_it_as_well(berliner: Someone):
    await berliner.says("film every Saturday at 20:00")
    await berliner.taps("Change")
    await berliner.taps("Not now")
    await berliner.hears("All right. Half done, and kept: Film, every Saturday at 20:00.")


async def test_the_question_for_a_way_can_be_turned_away(film: Someone):
    await film.says("/commitments")
    await film.taps("Film")
    await film.taps("Name")
    assert text_of(await film.says("cancel")) == "All right."
    assert "Film" in text_of(await film.says("/commitments"))


async def test_cancel_with_nothing_asked_says_where_undo_is(film: Someone):
    assert "Undo" in text_of(await film.says("cancel"))


async def test_no_below_what_was_understood_asks_what_is_different(berliner: Someone):
    await berliner.says("film every Saturday at 20:00")
    assert "What shall be different?" in text_of(await berliner.says("No"))
    assert "Sunday" in text_of(await berliner.says("Sunday evening"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("settings", "Quiet hours"),
        ("what's next?", "What is coming"),
        ("My streaks", "first week"),
        ("pause", "Your commitments"),
        ("time zone", "You are on Berlin time"),
        ("delete me", "It cannot be undone"),
        ("new", "What does it for you?"),
        ("help", "findahelpline.com"),
    ],
)
async def test_a_command_is_understood_without_its_slash(film: Someone, typed: str, said: str):
    await film.says(typed)
    await film.hears(said)


async def test_a_command_without_its_slash_is_understood_in_the_middle_of_a_set_up(film: Someone):
    await film.says("yoga every Sunday at 10:00")
    assert "Quiet hours" in text_of(await film.says("settings"))
    assert "Yoga is yours" in text_of(await film.says("yes"))


async def test_help_is_help_where_a_city_is_asked_for(anna: Someone):
    await anna.says("film every Saturday at 20:00")
    assert "findahelpline.com" in text_of(await anna.says("help"))


async def test_who_says_hello_and_a_name_has_named_no_way(anna: Someone):
    await anna.says("/start")
    assert "Hello. Say what" in text_of(await anna.says("hello, I am Anna"))


@pytest.mark.parametrize("text", ["I want to die", "i can't go on like this", "I feel suicidal"])
async def test_whoever_is_in_a_crisis_is_told_where_somebody_listens(film: Someone, text: str):
    await film.says("/commitments")
    await film.taps("Film")
    await film.taps("Name")
    shown = await film.says(text)
    assert "findahelpline.com" in text_of(shown)
    assert not shown["inline_keyboard"]
    assert "Film" in text_of(await film.says("/week"))


async def test_a_day_of_the_week_before_is_noted_for_that_day(film: Someone):
    await film.says("did it on Saturday")  # it is Monday
    await film.hears("Noted for Saturday: Film")
    again = await film.says("did film last Saturday")
    assert text_of(again) == "Film is noted for Saturday already."
    assert "Sat 21 Nov" in text_of(await film.says("diary"))


async def test_did_it_last_week_leads_to_the_weeks(film: Someone):
    told = await film.says("did it last week")
    assert "A past week is filled in here" in text_of(told)
    await film.taps("Fill in a past week")
    assert await film.labels() != []


async def test_whoever_is_weary_gets_a_kind_word_and_what_may_help(film: Someone):
    said = text_of(await film.says("I had a bad day"))
    assert said.startswith("I am sorry; that sounds heavy.")
    assert "Pick for me" in said


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("yes, ask", "I will ask on Thursdays"),
        ("sure", "I will ask on Thursdays"),
        ("no thanks", "Film is yours"),
    ],
)
async def test_what_is_offered_below_the_first_can_be_answered_by_typing(
    film: Someone, typed: str, told: str
):
    answer = text_of(await film.says(typed))
    assert told in answer
    assert "Want me to ask" not in answer


async def test_undo_typed_says_where_it_is(film: Someone):
    assert "is a button below" in text_of(await film.says("undo"))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("when is my next reminder?", "What is coming:"),
        ("how am I doing?", "Film: the first week is under way"),
        ("stop reminding me", "Your commitments."),
        ("I'm on holiday", "What shall rest?"),
        ("I'm on holiday until 6 January", "Everything rests until Wed 6 Jan"),
        ("quiet hours", "Settings."),
    ],
)
async def test_what_is_asked_in_other_words_is_found(film: Someone, typed: str, told: str):
    assert told in text_of(await film.says(typed))


async def test_did_it_yesterday_is_noted_for_yesterday(film: Someone):
    await film.says("did it yesterday")
    await film.hears("Noted for yesterday: Film")
    again = await film.says("did it yesterday")
    assert "is noted for yesterday already" in text_of(again)
    await film.taps("Once more")
    await film.hears("Noted for yesterday: Film")
    assert "Noted: Film" in text_of(await film.says("did it"))
    kept = text_of(await film.says("diary"))
    assert len(set(re.findall(r"\w{3} \d+ \w{3}(?=: Film)", kept))) == 2


async def test_did_it_yesterday_asks_which_and_keeps_the_day(film: Someone):
    await film.says("yoga every Sunday at 10:00")
    await film.taps("Yes")
    await film.says("did it yesterday")
    await film.taps("Yoga")
    await film.hears("Noted for yesterday: Yoga")
    await film.says("/done yoga")
    await film.hears("Noted: Yoga")
    assert await film.count("is noted for today already") == 0


async def test_a_number_of_times_a_week_is_no_way(anna: Someone):
    await anna.says("/start")
    assert "3 times a week" in text_of(await anna.says("play guitar 3 times a week"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("rest", "nothing to rest from yet"),
        ("not this time", "That is fine."),
        ("did it", "Well done."),
    ],
)
async def test_an_answer_before_the_first_commitment_is_answered_as_such(
    anna: Someone, typed: str, said: str
):
    assert said in text_of(await anna.says(typed))


@pytest.mark.parametrize("date", ["yesterday", "the cows come home"])
async def test_rest_until_what_is_no_date_rests_nothing_and_shows_a_date(film: Someone, date: str):
    assert "I read dates like 5 January" in text_of(await film.says(f"rest until {date}"))
    assert "Sat" in text_of(await film.says("/week"))


async def test_an_unknown_command_names_those_there_are(anna: Someone):
    said = text_of(await anna.says("/remindme"))
    assert "/week" in said
    assert "/delete_me" in said


async def test_the_times_on_the_wall_run_from_west_to_east(anna: Someone):
    shown = await anna.says("film every Saturday at 20:00")
    offsets = [
        int(button["callback_data"].split(":")[2])
        for row in shown["inline_keyboard"][:2]
        for button in row
    ]
    assert len(offsets) == 6
    assert offsets == sorted(offsets)


async def test_week_in_the_middle_of_a_first_set_up_offers_to_go_on_with_it(anna: Someone):
    await anna.says("film every Saturday at 20:00")
    shown = await anna.says("/week")
    assert "Nothing is coming yet. Half done, and kept: Film" in text_of(shown)
    assert "what time is it where you are?" in text_of(await anna.taps("Go on"))
