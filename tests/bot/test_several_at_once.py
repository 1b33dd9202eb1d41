"""Several commitments in one breath, or one typed while another waits for its Yes."""

import json

import pytest

from bot.draft import Draft, from_json, to_json
from bot.drafting import brought_forward, in_place_of
from bot.phrases import Change, Commitment, read_commitments
from tests.process import Someone, text_of

FILM = Draft("Film", ("Film",), change=Change(days=(6,)))
YOGA = Draft("Yoga", ("Yoga",), change=Change(days=(7,)))


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("film sat 8pm. yoga sun 9am", ["Film", "Yoga"]),
        ("film on sat and yoga on sun", ["Film", "Yoga"]),
        (
            "film every saturday, and dinner with friends every friday 7pm",
            ["Film", "Dinner with friends"],
        ),
        ("film sat 8pm, yoga sun 9am, and tea on fridays", ["Film", "Yoga", "Tea"]),
        ("dinner with friends and family on Saturdays", []),
        ("film on saturday and on sunday", []),
        ("read every Sunday and call mum", []),
        ("gym on monday, wednesday and friday", []),
        ("dinner with tom, every saturday, at 6pm", []),
        ("Sunday roast and Saturday film on Fridays", []),
        ("film", []),
        ("film every weekend, most often on Saturdays", []),
        ("at least one of these every weekend, most often on Saturdays", []),
    ],
)
def test_pieces_that_say_what_and_when_are_commitments_of_their_own(text: str, titles: list[str]):
    assert [read.title for read in read_commitments(text)] == titles


def test_each_piece_keeps_its_own_time():
    film, yoga = read_commitments("film sat 8pm. yoga sun 9am")
    assert isinstance(film, Commitment)
    assert isinstance(yoga, Commitment)
    assert (str(film.schedule.at), str(yoga.schedule.at)) == ("20:00:00", "09:00:00")


async def test_two_in_one_sentence_are_made_one_after_the_other(berliner: Someone):
    shown = await berliner.says("film sat 8pm, and yoga sun 9am")
    assert "I read 2 in that; one after the other." in text_of(shown)
    assert "Film, every Saturday at 20:00" in text_of(shown)
    await berliner.taps("Yes")
    await berliner.hears("And this one:\nYoga, every Sunday at 09:00 (Berlin time).")
    await berliner.taps("Yes, that")
    listed = text_of(await berliner.says("/commitments"))
    assert "Film: every Saturday at 20:00" in listed
    assert "Yoga: every Sunday at 09:00" in listed


async def test_a_sentence_before_yes_does_not_throw_the_one_before_away(berliner: Someone):
    await berliner.says("film sat 8pm")
    shown = await berliner.says("yoga sun 9am")
    assert "(Film waits until this one is done.)" in text_of(shown)
    await berliner.taps("Yes")
    await berliner.hears("And this one:\nFilm, every Saturday at 20:00")


async def test_yes_below_the_earlier_one_makes_the_earlier_one(berliner: Someone):
    await berliner.says("film sat 8pm")
    message, data = await berliner._button("Yes")
    await berliner.says("yoga sun 9am")
    await berliner.telegram.ask("press", person=berliner.id, message_id=message, data=data)
    await berliner.hears("Film is yours")
    await berliner.hears("And this one:\nYoga, every Sunday at 09:00")


async def test_whoever_has_no_zone_yet_loses_neither(anna: Someone):
    await anna.says("film sat 8pm")
    await anna.says("yoga sun 9am")
    assert "Yoga, every Sunday" in text_of(await anna.says("Berlin"))
    await anna.taps("Yes")
    await anna.hears("And this one:\nFilm, every Saturday at 20:00")


async def test_the_same_title_again_is_a_correction(berliner: Someone):
    await berliner.says("film sat 8pm")
    assert "waits" not in text_of(await berliner.says("film sun 9am"))
    await berliner.taps("Yes")
    assert await berliner.count("And this one:") == 0


def test_what_waits_is_kept_and_read_again_and_a_lone_draft_as_before():
    both = in_place_of(FILM, YOGA)
    assert [each.name for each in both.behind] == ["Film"]
    assert from_json(json.loads(json.dumps(to_json(both)))) == both
    assert "behind" not in to_json(YOGA)
    assert to_json(YOGA)["version"] == 1


def test_what_is_brought_forward_changes_places():
    forward = brought_forward(in_place_of(FILM, YOGA), FILM.id)
    assert forward is not None
    assert (forward.name, [each.name for each in forward.behind]) == ("Film", ["Yoga"])
    assert brought_forward(YOGA, FILM.id) is None
