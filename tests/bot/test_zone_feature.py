"""Where a person is: by the clock, by a location that is not kept, by name."""

import json
import re
from typing import Any

import pytest
import sqlalchemy as sa

from app import logs
from bot.features.zone import _found
from bot.places import OffsetOnly, Several, Unknown, Zone
from bot.zone_buttons import an_offset
from habits.rules.zone import zone_named
from habits.storage.database import Tx
from habits.storage.rows import person_of
from habits.storage.tables import metadata
from tests.conftest import Town
from tests.process import Someone, text_of


def labels_of(message: dict[str, Any]) -> list[str]:
    rows = message["inline_keyboard"] or ()
    return [re.sub("[\u2066-\u2069]", "", button["text"]) for row in rows for button in row]


async def shares(anna: Someone, latitude: float, longitude: float) -> dict[str, Any]:
    before = await anna._state()
    await anna.telegram.ask("location", person=anna.id, latitude=latitude, longitude=longitude)
    return await anna._answer(before)


async def zone_of(town: Town, anna: Someone) -> str | None:
    person = await town.parts.database.read(lambda tx: person_of(tx, anna.id))
    assert person
    return person.zone.key if person.zone else None


async def keyboards(town: Town) -> list[dict[str, Any]]:
    """The keyboards below the text field that were shown or put away, oldest first."""
    calls = await town.telegram.ask("calls", method="sendMessage")
    markups = [call["parameters"].get("reply_markup") or {} for call in calls]
    read = [json.loads(each) if isinstance(each, str) else each for each in markups]
    return [each for each in read if "keyboard" in each or "remove_keyboard" in each]


@pytest.mark.parametrize("typed", ["Europe/Berlin", "Berlin", "europe/berlin", "берлин"])
async def test_a_clear_place_is_set_without_a_question(town: Town, anna: Someone, typed: str):
    stored = await anna.says(f"/timezone {typed}")
    assert re.match(r"Your time zone: Berlin, where it is \d\d:\d\d now\.$", text_of(stored))
    assert await zone_of(town, anna) == "Europe/Berlin"


async def test_a_shared_place_leaves_its_zone_and_nothing_else(
    town: Town, anna: Someone, caplog: pytest.LogCaptureFixture
):
    caplog.set_level("DEBUG")
    for name in logs.NOISY:
        caplog.set_level("WARNING", name)  # as it is in the program, whatever level is chosen
    await anna.says("film every Saturday at 6pm")
    await anna.taps("Share location")
    (offered,) = await keyboards(town)
    assert offered["keyboard"][0][0]["request_location"] is True
    shown = await shares(anna, 52.51234, 13.41234)
    await anna.hears("Stored: Europe/Berlin. Your position was not kept.")
    assert "Film, every Saturday at 18:00 (Berlin time)." in text_of(shown)
    assert (await keyboards(town))[-1]["remove_keyboard"] is True
    everything = await town.parts.database.read(_everything)
    for kept in (everything, caplog.text):
        assert "52.51" not in kept
        assert "13.41" not in kept
    assert "sharing" not in everything


def _everything(tx: Tx) -> str:
    return str([tx.execute(sa.select(table)).all() for table in metadata.sorted_tables])


async def test_rather_not_puts_the_keyboard_away(town: Town, anna: Someone):
    await anna.says("film every Saturday at 6pm")
    await anna.taps("Share location")
    asked = await anna.says("Rather not")
    assert "What time is it where you are?" in text_of(asked)
    assert (await keyboards(town))[-1]["remove_keyboard"] is True
    shown = await anna.says("Berlin")
    assert "Film, every Saturday at 18:00" in text_of(shown)


@pytest.mark.parametrize(
    ("latitude", "longitude", "words"),
    [
        (0.0, -30.0, "That is at sea"),
        (43.8, 87.6, "Two clocks are in use there."),
        (0.0, 0.0, "That is at sea"),
    ],
)
async def test_an_odd_place_is_asked_about(
    town: Town, anna: Someone, latitude: float, longitude: float, words: str
):
    asked = await shares(anna, latitude, longitude)
    assert words in text_of(asked)
    assert "Your position was not kept." in text_of(asked)
    assert await zone_of(town, anna) is None
    city = labels_of(asked)[0]
    stored = await anna.taps(city)
    assert "Your time zone:" in text_of(stored)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (("Europe/Berlin",), Zone),
        (("120",), OffsetOnly),
        (("-720",), OffsetOnly),
        (("Asia/Shanghai", "Asia/Urumqi"), Several),
        ((), Unknown),
        (("Mars/Phobos",), Unknown),
    ],
)
def test_what_is_left_of_a_location_is_read(names: tuple[str, ...], found: type):
    assert isinstance(_found(names), found)


async def test_a_distance_from_greenwich_is_explained(anna: Someone):
    await anna.says("film every Saturday at 6pm")
    explained = await anna.says("GMT+3")
    assert "whether clocks change in summer depends on the place" in text_of(explained)
    assert "Nairobi" in labels_of(explained)
    reversed_ = await anna.says("Etc/GMT+3")
    assert "lies the other way round" in text_of(reversed_)
    shown = await anna.taps(labels_of(reversed_)[0])
    assert "Film, every Saturday at 18:00" in text_of(shown)  # the sentence is not lost


@pytest.mark.parametrize(
    "typed",
    ["Mars/Phobos", "../../etc/passwd", "localtime", "x" * 4000, "\u200b", "<b>Berlin</b>x", "("],
)
async def test_no_place_is_answered_clearly(town: Town, anna: Someone, typed: str):
    answer = await anna.says(f"/timezone {typed}")
    assert "I do not know that place. Type a bigger city nearby" in text_of(answer)
    assert labels_of(answer)
    assert await zone_of(town, anna) is None


async def test_a_place_is_found_in_a_sentence_and_none_in_a_yes(anna: Someone):
    await anna.says("film every Saturday at 8pm")
    for typed in ("yes", "ok", "no"):
        assert "I do not know that place" in text_of(await anna.says(typed))
    assert "(Lisbon time)" in text_of(await anna.says("I'm in Lisbon"))


async def test_namesakes_are_told_apart_and_the_sentence_goes_on(anna: Someone):
    await anna.says("film every Saturday at 6pm")
    several = await anna.says("Portland")
    assert labels_of(several)[:2] == ["Portland, Oregon", "Portland, Maine"]
    shown = await anna.taps("Maine")
    assert "Film, every Saturday at 18:00 (New York time)." in text_of(shown)


async def test_timezone_while_a_draft_waits_brings_it_back(anna: Someone):
    await anna.says("yoga sat 6ish")
    await anna.says("/timezone")
    asked = await anna.says("Berlin")
    assert "in the morning or in the evening?" in text_of(asked)
    await anna.taps("Evening, 18:00")
    moved = await anna.says("/timezone Tokyo")
    assert "Yoga, every Saturday at 18:00 (Tokyo time)." in text_of(moved)


async def test_a_new_sentence_takes_the_place_of_the_one_that_waits_for_a_zone(anna: Someone):
    await anna.says("film every Saturday at 6pm")
    await anna.says("guitar on Sundays at 7pm")
    shown = await anna.says("Berlin")
    assert "Guitar, every Sunday at 19:00" in text_of(shown)


async def test_whoever_moves_is_told_when_the_next_reminder_comes(anna: Someone):
    await anna.says("/timezone Berlin")
    await anna.says("film every Saturday at 6pm")
    await anna.taps("Yes")
    moved = await anna.says("/timezone Tokyo")
    assert re.search(r"Your time zone: Tokyo, .* Next: Film, Sat .*, 18:00\.", text_of(moved))


async def test_every_page_of_times_and_cities_can_be_turned(anna: Someone):
    first = await anna.says("/timezone")
    seen: set[str] = set()
    shown = first
    for _ in range(12):
        seen.update(label for label in labels_of(shown) if ":" in label)
        shown = await anna.taps("More")
        if labels_of(shown) == labels_of(first):
            break
    assert labels_of(shown) == labels_of(first)
    assert len(seen) >= 24  # every whole hour of the day is a time somewhere


@pytest.mark.parametrize("word", ["-721", "841", "99999999999999", "x", "1.5", ""])
def test_a_forged_offset_is_refused(word: str):
    with pytest.raises(ValueError):
        an_offset(word)


async def test_a_forged_zone_is_nobodys_button(town: Town, anna: Someone):
    shown = await anna.says("/timezone")
    for data in (
        "1:zone:Mars.Phobos",
        "1:zone:..",
        "1:time:9999:0",
        "1:time:60:99999",
        "1:times:7",
    ):
        await town.telegram.ask("press", person=anna.id, message_id=shown["message_id"], data=data)
    elsewhere = await anna.says("/timezone Nowhereland")  # answered after all of them
    assert "I do not know that place" in text_of(elsewhere)
    assert await zone_of(town, anna) is None
    assert zone_named("Mars/Phobos") is None
    assert "Your time zone: Berlin" in text_of(await anna.says("Berlin"))


@pytest.mark.parametrize("typed", ["I'm in Tokyo", "I am now in Tokyo!", "moved to tokyo"])
async def test_who_says_where_they_are_is_understood(town: Town, anna: Someone, typed: str):
    await anna.says("/timezone Berlin")
    assert "Tokyo" in text_of(await anna.says(typed))
    assert await zone_of(town, anna) == "Asia/Tokyo"


async def test_who_is_in_no_city_has_moved_nowhere(town: Town, anna: Someone):
    await anna.says("/timezone Berlin")
    await anna.says("I'm in a meeting")
    assert await zone_of(town, anna) == "Europe/Berlin"


async def test_the_time_on_the_wall_can_be_typed(anna: Someone):
    """As it is asked for; a clock that is some minutes off will do."""
    shown = await anna.says("film every Saturday at 20:00")
    first = shown["inline_keyboard"][0][0]
    hour, minute = map(int, first["text"].split(":"))
    off = (hour * 60 + minute + 3) % (24 * 60)
    asked = await anna.says(f"{off // 60:02}:{off % 60:02}")
    assert re.match(r"\d\d:\d\d\. Which is nearest\?", text_of(asked))
    offset = int(first["callback_data"].split(":")[2])
    assert f"1:time:{offset}:1" in str(asked["inline_keyboard"])


async def test_a_time_that_no_clock_shows_asks_for_a_city(anna: Someone):
    shown = await anna.says("film every Saturday at 20:00")
    hour, minute = map(int, shown["inline_keyboard"][0][0]["text"].split(":"))
    off = (hour * 60 + minute + 8) % (24 * 60)
    asked = await anna.says(f"{off // 60:02}:{off % 60:02}")
    assert "I do not know that place" in text_of(asked)
