"""/commitments: looked at, changed by buttons and by words, paused, archived, undone."""

from typing import Any

import pytest

from bot.schedule_buttons import a_schedule, code_of, some_days
from bot.typed_schedules import Choice, read_change
from habits import commitments
from habits.rules.commitment import MOST_COMMITMENTS
from habits.rules.schedule import Part, Schedule
from habits.storage.rows import person_of
from tests.a_monday import MONDAY
from tests.conftest import Town, on_both_databases
from tests.process import Someone, text_of


@pytest.fixture
async def keeper(berliner: Someone) -> Someone:
    """Anna with a film every Saturday afternoon."""
    await berliner.says("film or book with tea every Saturday afternoon")
    await berliner.taps("Yes")
    return berliner


async def opened(person: Someone, *taps: str) -> str:
    said = await person.says("/commitments")
    for label in ("Film", *taps):
        said = await person.taps(label)
    return text_of(said)


def buttons_of(message: dict[str, Any]) -> list[str]:
    return [button["text"] for row in message["inline_keyboard"] or () for button in row]


async def test_an_empty_list_says_how_to_begin(berliner: Someone):
    assert "film every Saturday at 8pm" in text_of(await berliner.says("/commitments"))


@on_both_databases
async def test_a_day_is_changed_with_one_tap_and_taken_back_with_another(keeper: Someone):
    assert "Next: Sat 28 Nov, 14:00" in await opened(keeper)
    await keeper.taps("Days")
    changed = text_of(await keeper.taps("Sun"))
    assert "every Sunday afternoon" in changed
    assert "Next: Sun 29 Nov, 14:00" in changed
    undone = text_of(await keeper.taps("Undo"))
    assert "every Saturday afternoon" in undone
    assert "Next: Sat 28 Nov, 14:00" in undone


async def test_a_day_that_has_passed_this_week_lets_the_old_one_stand(town: Town, keeper: Someone):
    await town.telegram.jump("P1D")
    await opened(keeper, "Days")
    changed = text_of(await keeper.taps("Mon"))
    assert "From now on Film or book with tea is every Monday afternoon" in changed
    assert "This week stays as it was: Sat 28 Nov, 14:00" in changed


@pytest.mark.parametrize(
    ("asked", "typed", "understood"),
    [
        ("Days", "Sunday evening", "every Sunday evening. Next: Sun 29 Nov, 18:30"),
        ("Days", "Fri and Sat 19:30", "every Friday and Saturday at 19:30. Next: Fri 27 Nov"),
        ("Time", "fri at 7.30pm", "every Friday at 19:30. Next: Fri 27 Nov, 19:30"),
        ("Time", "٩:٠٠", "every Saturday at 09:00. Next: Sat 28 Nov, 09:00"),
        ("How often", "2", "every second Saturday afternoon. Next: Sat 28 Nov"),
        ("How often", "every three weeks", "every third Saturday afternoon."),
    ],
)
async def test_what_is_typed_changes_what_it_says(
    keeper: Someone, asked: str, typed: str, understood: str
):
    await opened(keeper, asked)
    assert understood in text_of(await keeper.says(typed))


async def test_what_is_not_understood_is_refused_with_an_example_and_asked_again(keeper: Someone):
    await opened(keeper, "Days")
    for typed in ("Funday", "25:00", "12:60", "-1", "9:5 PM", "Mon Samstag", "tomorrow"):
        assert "For example: Sunday evening" in text_of(await keeper.says(typed)), typed
    assert "every Sunday afternoon" in text_of(await keeper.says("sunday"))


async def test_a_number_out_of_range_is_told_the_range(keeper: Someone):
    await opened(keeper, "How often")
    refused = text_of(await keeper.says("5"))
    assert "every week, or every 2, 3 or 4 weeks" in refused
    assert "For example: every two weeks" in refused


async def test_what_reads_in_two_ways_is_offered_whole(keeper: Someone):
    await opened(keeper, "Time")
    asked = await keeper.says("6")
    assert "in the morning or in the evening?" in text_of(asked)
    assert "Every Saturday at 06:00" in buttons_of(asked)
    assert "every Saturday at 18:00" in text_of(await keeper.taps("Every Saturday at 18:00"))


async def test_several_days_are_ticked_and_then_one_is_enough(keeper: Someone):
    await opened(keeper, "Days", "Several days")
    await keeper.taps("Fri")
    changed = text_of(await keeper.taps("Each of them"))
    assert "every Friday and Saturday afternoon" in changed
    await keeper.taps("Change more")
    await keeper.taps("How many")
    assert "once is enough" in text_of(await keeper.taps("Once is enough"))


async def test_a_name_is_kept_as_typed_and_bad_ones_are_asked_again(keeper: Someone):
    await opened(keeper, "Name")
    assert "this one has 65" in text_of(await keeper.says("x" * 65))
    assert "1 to 64" in text_of(await keeper.says("\u200b\u200b"))
    named = await keeper.says("Cinema\n<b>&</b>")
    assert "It is called Cinema <b>&</b> now." in text_of(named)


async def test_a_cue_is_added_changed_and_taken_away(keeper: Someone):
    await opened(keeper, "cue")
    assert "at most 200" in text_of(await keeper.says("x" * 201))
    cue = "When the Saturday dishes are done, I make tea and open the book."
    assert cue in text_of(await keeper.says(cue))
    await keeper.taps("Change more")
    await keeper.taps("Cue")
    assert "Without a cue" in text_of(await keeper.taps("Take the cue away"))
    assert cue in text_of(await keeper.taps("Undo")) + await opened(keeper)


async def test_ways_go_and_come_back_and_the_last_one_stays(keeper: Someone):
    await opened(keeper, "Ways")
    assert "Film is out" in text_of(await keeper.taps("✕ \u2068Film"))
    message, data = await keeper._button("✕ \u2068Book")
    await keeper.telegram.ask("press", person=keeper.id, message_id=message, data=data)
    added = await keeper.says("/commitments")
    assert "Film or book" in text_of(added)
    await keeper.taps("Film or")
    ways = await keeper.taps("Ways")
    assert "Book with tea" in text_of(ways)
    assert "Film is in again" in text_of(await keeper.taps("↩"))
    await keeper.taps("Another way")
    assert "Added: Jigsaw." in text_of(await keeper.says("Jigsaw"))
    assert "Jigsaw" not in text_of(await keeper.taps("Undo"))


async def test_paused_and_archived_ones_are_marked_and_come_back(keeper: Someone):
    await opened(keeper)
    assert "is paused" in text_of(await keeper.taps("Pause"))
    assert "⏸ Paused" in text_of(await keeper.says("/commitments"))
    await keeper.taps("⏸")
    assert "Next: Sat 28 Nov, 14:00" in text_of(await keeper.taps("Resume"))
    await keeper.taps("Change more")
    await keeper.taps("Archive")
    assert "Everything is in the archive" in text_of(await keeper.says("/commitments"))
    await keeper.taps("Archive")
    await keeper.taps("Film")
    assert "Next: Sat 28 Nov, 14:00" in text_of(await keeper.taps("Bring it back"))


async def test_a_device_that_looked_earlier_is_shown_how_it_stands(keeper: Someone):
    await opened(keeper, "Days")
    message, data = await keeper._button("Mon")
    await keeper.says("Sunday evening")
    await keeper.telegram.ask("press", person=keeper.id, message_id=message, data=data)
    shown = text_of(await keeper.hears("It was just changed elsewhere"))
    assert "Every Sunday evening" in shown


async def test_twenty_taps_on_a_day_make_one_change(keeper: Someone):
    await opened(keeper, "Days")
    message, data = await keeper._button("Sun")
    for _ in range(20):
        await keeper.telegram.ask("press", person=keeper.id, message_id=message, data=data)
    await keeper.hears("every Sunday afternoon")
    assert "every Saturday afternoon" in text_of(await keeper.taps("Undo"))


async def test_did_it_and_a_new_sentence_are_no_answers_to_a_question(keeper: Someone):
    await opened(keeper, "Days")
    assert "Noted" in text_of(await keeper.says("did it"))
    begun = text_of(await keeper.says("yoga every Monday at 8pm"))
    assert "Yoga" in begun
    assert "every Saturday afternoon" in text_of(await keeper.says("/commitments"))


async def test_what_is_typed_hours_later_changes_nothing(town: Town, keeper: Someone):
    await opened(keeper, "Name")
    await town.telegram.jump("P1D")
    await keeper.says("yoga every Monday at 8pm")
    assert "Film or book with tea" in text_of(await keeper.says("/commitments"))


async def test_somebody_elses_buttons_do_nothing(town: Town, keeper: Someone):
    await opened(keeper, "Days")
    message, data = await keeper._button("Sun")
    ben = town.someone((await town.telegram.ask("people", name="Ben"))["id"])
    await ben.says("/timezone Europe/Berlin")
    for each in (data, "1:undo:1", "1:commitment:5", "1:set_when:5:1:88.xx", "1:way_out:1:2"):
        await town.telegram.ask("press", person=ben.id, message_id=message, data=each)
    assert "every Saturday afternoon" in text_of(await keeper.says("/commitments"))


async def test_fifty_fit_on_pages_of_few_buttons(town: Town, berliner: Someone):
    def fill(tx: Any) -> None:
        person = person_of(tx, berliner.id)
        assert person is not None
        for number in range(MOST_COMMITMENTS):
            title = f"{number:02} " + "👨‍👩‍👧‍👦" * 60
            commitments.commit(tx, person, title, ["A film"], Schedule(), MONDAY)

    await town.parts.database.write(fill)
    listed = await berliner.says("/commitments")
    seen = set()
    while True:
        labels = buttons_of(listed)
        assert len(labels) <= 12
        seen |= {label[1:3] for label in labels if label[1:3].isdigit()}
        if "→" not in labels:
            break
        listed = await berliner.taps("→")
    assert len(seen) == MOST_COMMITMENTS


SCHEDULES = [
    Schedule(),
    Schedule((1, 3, 5), Part.EVENING, 4, 2),
    Schedule((6, 7), Schedule().at, 2, 1, once=True),
]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_button_carries_a_whole_schedule(schedule: Schedule):
    assert a_schedule(code_of(schedule)) == schedule


@pytest.mark.parametrize(
    "word",
    ["", "6", "66.morning.1.1.0", "76.morning.1.1.0", "6.morning.5.1.0", "6.morning.1.2.0",
     "67.morning.1.2.1", "6.2560.1.1.0", "8.morning.1.1.0", "6.noon.1.1.0", "6.morning.1.1.0 "],
)  # fmt: skip
def test_a_forged_schedule_is_none(word: str):
    with pytest.raises(ValueError):
        a_schedule(word)


@pytest.mark.parametrize("word", ["", "9", "21", "11", "x"])
def test_forged_days_are_none(word: str):
    with pytest.raises(ValueError):
        some_days(word)


def test_more_times_than_days_is_asked_back():
    choice = read_change("5 times a week", Schedule((1, 3), target=2), "days", "en")
    assert isinstance(choice, Choice)
    assert "5 times a week" in choice.question
    assert choice.schedules == (Schedule((1, 3), target=2),)


def test_every_way_to_read_it_is_a_whole_schedule():
    choice = read_change("Mon/Tue at 6", Schedule(), "days", "en")
    assert isinstance(choice, Choice)
    assert len(choice.schedules) == 6
    assert {each.days for each in choice.schedules} == {(1, 2)}
