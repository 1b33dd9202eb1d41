"""The diary in the chat: opened, paged, searched, corrected, undone."""

import pytest

from bot.features.diary import _in_a_button, some_words
from bot.phrases import read_diary
from tests.conftest import Town
from tests.process import Program, Someone, playground, text_of

WEEKS = ("16 Nov", "9 Nov", "2 Nov", "26 Oct", "19 Oct", "12 Oct", "5 Oct")


async def fill_in(someone: Someone, *weeks: str) -> None:
    await someone.says("diary")
    await someone.taps("Fill in")
    await someone.taps("Film")
    for week in weeks:
        await someone.taps(week)
        await someone.taps("I did it")
        await someone.taps("All weeks")


@pytest.fixture
async def entry(film: Someone) -> Someone:
    """Anna, who has one entry open, of Saturday the 21st."""
    await fill_in(film, "16 Nov")
    await film.says("diary")
    await film.taps("21 Nov")
    return film


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("diary", ""),
        ("My diary!", ""),
        ("show me my diary", ""),
        ("diary tea", "tea"),
        ("Diary: Café au lait", "Café au lait"),
        ("search my diary for tea", "tea"),
        ("dear diary", None),
        ("film every Saturday", None),
    ],
)
def test_the_typed_word_is_read(text: str, words: str | None):
    assert read_diary(text) == words


@pytest.mark.parametrize("words", ["tea", "чай с лимоном", "a?b>c", "🫖", "x" * 30])
def test_words_travel_in_a_button(words: str):
    coded = _in_a_button(words)
    assert coded is not None
    assert some_words(coded) == words


@pytest.mark.parametrize("forged", ["", "!!", "_w..", "A", "AAAA", "4oCu"])
def test_forged_words_are_none(forged: str):
    with pytest.raises(ValueError, match=r".*"):
        some_words(forged)


async def test_an_empty_diary_says_what_is_possible(anna: Someone):
    assert "Nothing here yet" in text_of(await anna.says("diary"))
    assert await anna.labels() == []


async def test_with_a_commitment_the_past_can_be_filled_in_from_it(film: Someone):
    assert "can be filled in as well" in text_of(await film.says("diary"))
    assert await film.labels() == ["Fill in a past week"]


async def test_streaks_open_it(film: Someone):
    await film.says("/streaks")
    assert "Nothing here yet" in text_of(await film.taps("Diary"))


async def test_writing_a_diary_can_be_a_commitment(berliner: Someone):
    assert "Is that right" in text_of(await berliner.says("diary every Sunday at 20:00")) or any(
        "Yes" in label for label in await berliner.labels()
    )


async def test_it_is_paged_in_place_newest_first(film: Someone):
    await fill_in(film, *WEEKS)
    first = await film.says("diary")
    said = text_of(first)
    assert said.index("Week of 16 Nov") < said.index("Week of 19 Oct")
    assert "12 Oct" not in said
    older = await film.taps("Older")
    assert older["message_id"] == first["message_id"]
    assert "Week of 12 Oct" in text_of(older)
    assert "19 Oct" not in text_of(older)
    assert text_of(await film.taps("Newer")) == said
    await film.taps("Older")
    assert text_of(await film.taps("Newest")) == said


async def test_a_line_is_added_changed_and_taken_out_each_undone(entry: Someone):
    await entry.taps("Add a line")
    assert "“Black tea & <b>rain</b>”" in text_of(await entry.says("Black tea & <b>rain</b>"))
    await entry.taps("Another line")
    assert "“Green tea”" in text_of(await entry.says("Green tea"))
    assert "“Black tea & <b>rain</b>”" in text_of(await entry.taps("Undo"))
    assert "“" not in text_of(await entry.taps("Without the line"))
    assert "“Black tea & <b>rain</b>”" in text_of(await entry.taps("Undo"))
    assert "“Black tea & <b>rain</b>”" in text_of(await entry.taps("← Diary"))


async def test_fulfilled_or_not_is_told_later_and_undone(entry: Someone):
    assert "It left you fulfilled." in text_of(await entry.taps("Yes"))
    assert "did not really" in text_of(await entry.taps("Not really"))
    assert "It left you fulfilled." in text_of(await entry.taps("Undo"))


async def test_the_day_is_another_of_the_same_week(entry: Someone):
    await entry.taps("Another day")
    assert "Fri 20 Nov" in await entry.labels()
    assert not any("23 Nov" in label for label in await entry.labels())
    assert "Fri 20 Nov" in text_of(await entry.taps("Fri 20 Nov"))
    assert "Sat 21 Nov" in text_of(await entry.taps("Undo"))


async def test_which_one_it_was_can_be_changed(berliner: Someone):
    await berliner.says("film or book every Saturday at 20:00")
    await berliner.taps("Yes")
    await berliner.says("did it")
    await berliner.taps("Film")
    await berliner.taps("Yes")
    await berliner.says("diary")
    await berliner.taps("Film")
    await berliner.taps("Which one")
    assert "Book" in text_of(await berliner.taps("Book")).splitlines()
    assert "Film" in text_of(await berliner.taps("Undo")).splitlines()


async def test_an_entry_is_taken_out_and_put_back(entry: Someone):
    assert "out of the diary" in text_of(await entry.taps("Take it out"))
    assert "first week is under way" in text_of(await entry.says("/streaks"))
    assert "Sat 21 Nov" in text_of(await entry.taps("Undo"))
    assert "Sat 21 Nov" in text_of(await entry.says("diary"))


async def test_an_old_button_says_so_and_shows_how_it_stands(town: Town, entry: Someone):
    message, data = await entry._button("Add a line")
    await entry.taps("Take it out")
    await entry.presses(message, data)
    toast = (await town.telegram.ask("calls", method="answerCallbackQuery"))[-1]
    assert "not in your diary, or not any more" in str(toast)
    await entry.hears("Nothing here yet")


async def test_somebody_elses_entry_is_answered_like_one_that_is_gone(town: Town, entry: Someone):
    message, data = await entry._button("Take it out")
    ben = town.someone((await town.telegram.ask("people", name="Ben"))["id"])
    await ben.says("/timezone Europe/Berlin")
    await ben.presses(message, data)
    assert "Nothing here yet" in text_of(await ben.hears("Nothing here yet"))
    assert "Sat 21 Nov" in text_of(await entry.says("diary"))


async def test_a_typed_word_finds_and_its_pages_are_buttons(film: Someone):
    await fill_in(film, *WEEKS)
    first = text_of(await film.says("diary film"))
    assert first.startswith("Your diary, with “film”")
    assert "12 Oct" not in first
    older = text_of(await film.taps("Older"))
    assert "Week of 12 Oct" in older
    assert text_of(await film.taps("Newer")) == first
    await film.taps("21 Nov")
    await film.taps("Add a line")
    await film.says("Black tea")
    assert "“Black tea”" in text_of(await film.says("diary TEA"))
    assert "14 Nov" not in text_of(await film.hears("with “TEA”"))


async def test_search_asks_for_a_word_and_nothing_found_says_so(entry: Someone):
    await entry.taps("← Diary")
    await entry.taps("Search")
    assert "Nothing in your diary says “<i>zebra”." in text_of(await entry.says("<i>zebra"))
    await entry.taps("Search")
    assert "Sat 21 Nov" in text_of(await entry.says("fil"))


async def test_a_commitment_typed_in_place_of_a_word_is_a_commitment(entry: Someone):
    await entry.taps("← Diary")
    await entry.taps("Search")
    await entry.says("yoga every Monday at 18:00")
    assert any("Yes" in label for label in await entry.labels())


async def test_who_looks_on_is_asked_for_no_line_any_more(entry: Someone):
    await entry.taps("Add a line")
    await entry.taps("← Back")
    await entry.says("hello")
    assert "“hello”" not in text_of(await entry.says("diary"))


async def test_a_long_line_is_short_on_the_page_and_whole_in_its_entry(entry: Someone):
    await entry.taps("Add a line")
    note = "\u202e" + "word " * 90 + "end"
    await entry.says(note)
    shown = text_of(await entry.taps("← Diary"))
    assert shown.endswith("word\u202c…”")  # their direction ends with their words
    assert "end" not in shown
    assert "word end" in text_of(await entry.taps("21 Nov"))


async def test_a_week_that_was_filled_in_leads_to_its_entries(entry: Someone):
    await entry.taps("The whole week")
    await entry.taps("21 Nov")
    assert "Did it leave you fulfilled?" in text_of(await entry.hears("Did it leave"))


async def test_a_week_off_has_a_button_that_opens_it(town: Town, berliner: Someone):
    await berliner.says("film every second Saturday at 20:00")
    await berliner.taps("Yes")
    await berliner.says("did it")
    await town.telegram.jump("P1W")
    assert "in the diary" in text_of(await berliner.says("did it"))
    assert "Your diary" in text_of(await berliner.taps("Diary"))


async def test_the_real_program_has_it_after_a_restart_and_undoes_what_was_done_before(
    program: Program,
):
    async with playground(program) as telegram:
        anna = Someone(telegram)
        await anna.says("/timezone Europe/Berlin")
        await anna.says("film every Saturday at 6pm")
        await anna.taps("Yes")
        await anna.says("did it")
        await anna.says("diary")
        await anna.taps("Film")
        await anna.taps("Add a line")
        await anna.says("With black tea")
        program.stop()
    async with playground(program) as telegram:
        anna = Someone(telegram)
        assert "“With black tea”" in text_of(await anna.says("diary tea"))
        assert "“With black tea”" not in text_of(await anna.taps("Undo"))
