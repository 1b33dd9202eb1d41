"""The year in weeks: a picture of what was kept, and the same in words."""

import re
import struct
from collections.abc import AsyncIterator

import pytest

from bot.pictures.fonts import can_show, runs
from bot.pictures.marks import Mark, marked
from bot.pictures.palette import DARK, LIGHT
from bot.pictures.studio import Studio
from bot.pictures.svg import sheet
from bot.pictures.year import Block, Year, draw, row_and_column
from bot.year_pages import MARKS
from habits.rules.streak import Standing
from tests.conftest import Town
from tests.process import Someone, text_of

PNG = b"\x89PNG\r\n\x1a\n"
SHOWN = (
    "Film",
    "Ужин с друзьями",
    "Βόλτα στη θάλασσα",
    "عشاء مع الأصدقاء",
    "दोस्तों के साथ",
    "Tea 🫖📚",
)
NOT_SHOWN = ("映画を見る", "영화", "ภาพยนตร์")


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    studio = Studio()
    yield studio
    await studio.close()


def a_year(*titles: str) -> str:
    weeks = [mark for mark in Mark for _ in range(6)][:52]
    legend = [(mark, mark.value) for mark in Mark]
    blocks = [Block(title, weeks) for title in titles]
    return draw(Year("2026", blocks, {0: "Jan", 9: "Mar"}, 40, legend), LIGHT)


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(PNG)
    width, height = struct.unpack_from(">II", png, 16)
    return width, height


async def commit(someone: Someone, *titles: str) -> None:
    for title in titles:
        await someone.says(f"{title} every Saturday at 20:00")
        await someone.taps("Yes")


# The picture.


def test_every_standing_of_a_week_has_its_mark():
    assert MARKS.keys() == set(Standing)


def test_marks_are_told_apart_without_colour():
    drawn = [re.sub("#[0-9A-F]{6}", "", marked(mark, [(50, 50)], 10, LIGHT)) for mark in Mark]
    assert len(set(drawn)) == len(Mark)


def test_every_mark_changes_with_the_light():
    for mark in Mark:
        assert marked(mark, [(50, 50)], 10, LIGHT) != marked(mark, [(50, 50)], 10, DARK)


@pytest.mark.parametrize("title", SHOWN)
async def test_titles_in_many_scripts_are_drawn(studio: Studio, title: str):
    assert can_show(title)
    assert "".join(piece for _, piece in runs(title)) == title
    with_title, without = await studio.draw(a_year(title)), await studio.draw(a_year(""))
    assert with_title is not None
    assert with_title != without


@pytest.mark.parametrize("title", NOT_SHOWN)
def test_what_the_fonts_do_not_have_is_known(title: str):
    assert not can_show(title)


async def test_pictures_are_as_wide_as_telegram_shows_them_and_not_too_tall(studio: Studio):
    for count in range(1, 7):
        picture = await studio.draw(a_year(*(f"Title {n}" for n in range(count))))
        assert picture is not None
        width, height = size_of(picture)
        assert width == 1080
        assert height < 1.8 * width


@pytest.mark.parametrize("weeks", [51, 52, 53])
def test_quarters_stay_in_their_rows_however_many_weeks_a_year_has(weeks: int):
    rows = [row_and_column(place)[0] for place in range(weeks)]
    assert [rows.count(row) for row in range(4)] == [13, 13, 13, weeks - 39]
    assert len({row_and_column(place) for place in range(weeks)}) == weeks


def test_the_weeks_of_a_long_year_stay_within_the_picture():
    marks = [Mark.KEPT] * 53
    drawn = draw(Year("2026", [Block("Film", marks)], {}, 52, []), LIGHT)
    frame = re.search(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"[^>]*rx', drawn)
    assert frame is not None
    assert 900 < float(frame[1]) + float(frame[2]) < 1080


async def test_markup_in_a_title_stays_a_title(studio: Studio):
    picture = await studio.draw(a_year('</text><image href="/etc/passwd"/> & "quotes"'))
    assert picture is not None
    size_of(picture)


# The studio.


async def test_a_dead_worker_costs_a_second_try(studio: Studio):
    assert await studio.draw(a_year("Film")) is not None
    assert studio._worker is not None
    studio._worker.kill()
    await studio._worker.wait()
    assert await studio.draw(a_year("Film")) is not None


async def test_what_cannot_be_drawn_is_no_picture_and_the_next_one_is(studio: Studio):
    assert await studio.draw("<svg") is None
    assert await studio.draw(sheet(10, 10, "#000", "")) is not None


async def test_a_worker_is_replaced_before_it_grows(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.pictures.studio.PICTURES_EACH", 2)
    seen = set()
    for _ in range(5):
        assert await studio.draw(sheet(10, 10, "#000", "")) is not None
        assert studio._worker is not None
        seen.add(studio._worker.pid)
    assert len(seen) == 3


async def test_too_many_at_once_get_words(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bot.pictures.studio.MOST_WAITING", 0)
    assert await studio.draw(a_year("Film")) is None


# In the chat.


async def test_streaks_are_a_picture_with_the_same_in_words(berliner: Someone):
    await commit(berliner, "film")
    shown = await berliner.says("/streaks")
    assert shown["photo"] is not None
    assert "Film: the first week is under way." in text_of(shown)
    labels = await berliner.labels()
    assert labels == ["How is this counted?", "What unwinds me", "Diary", "Fill in a past week"]


async def test_the_year_before_is_a_button_once_it_holds_something(town: Town, berliner: Someone):
    await commit(berliner, "film")
    begun = (await town.telegram.now()).year
    while (await town.telegram.now()).isocalendar().year == begun:
        await town.telegram.jump("P1W")
    await berliner.says("/streaks")
    assert str(begun) in await berliner.labels()
    before = await berliner.taps(str(begun))
    assert before["photo"] is not None
    assert "Film" in text_of(before)
    assert str(begun + 1) in await berliner.labels()


async def test_of_several_one_can_be_looked_at_alone(berliner: Someone):
    await commit(berliner, "film", "guitar")
    assert "Guitar" in text_of(await berliner.says("/streaks"))
    await berliner.taps("By commitment")
    alone = text_of(await berliner.taps("Film"))
    assert "Film" in alone
    assert "Guitar" not in alone
    assert "Guitar" in text_of(await berliner.taps("All commitments"))


async def test_more_than_six_are_paged(berliner: Someone):
    await commit(berliner, *(f"hobby number {n}" for n in range(1, 8)))
    first = text_of(await berliner.says("/streaks"))
    assert "number 6" in first
    assert "number 7" not in first
    assert "number 7" in text_of(await berliner.taps("→"))
    assert "number 1" in text_of(await berliner.taps("←"))


async def test_a_title_that_no_font_has_is_numbered_and_named_below(berliner: Someone):
    await commit(berliner, "映画")
    assert text_of(await berliner.says("/streaks")).startswith("(1) 映画")


async def test_captions_that_are_too_long_follow_as_a_text(berliner: Someone):
    await commit(berliner, *(f"{'very ' * 11}{n}" for n in range(1, 7)))
    await berliner.says("/streaks")
    await berliner.hears("very 6")
    photos = [m for m in await berliner.messages() if m["photo"]]
    assert len(photos) == 1
    assert len(text_of(photos[0])) <= 1024


async def test_who_wants_no_pictures_gets_words(berliner: Someone):
    await commit(berliner, "film")
    await berliner.says("/settings")
    await berliner.taps("Pictures")
    await berliner.taps("Words only")
    shown = await berliner.says("/streaks")
    assert shown["photo"] is None
    assert "Film: the first week is under way." in text_of(shown)
    await berliner.says("/settings")
    await berliner.taps("Pictures")
    await berliner.taps("Dark pictures")
    assert (await berliner.says("/streaks"))["photo"] is not None


async def test_just_fun_has_a_picture_without_any_number(town: Town, berliner: Someone):
    await commit(berliner, "film")
    await town.telegram.jump("next")
    await berliner.taps("Did it")
    await berliner.says("/settings")
    await berliner.taps("Numbers")
    await berliner.taps("Just fun")
    shown = await berliner.says("/streaks")
    assert shown["photo"] is not None
    assert not re.search(r"\d", text_of(shown))


async def test_where_telegram_takes_no_picture_there_are_words(town: Town, berliner: Someone):
    await commit(berliner, "film")
    refusal = {"code": 400, "description": "Bad Request: IMAGE_PROCESS_FAILED"}
    await town.telegram.ask("faults", what="answer", method="sendPhoto", **refusal)
    shown = await berliner.says("/streaks")
    assert shown["photo"] is None
    assert "Film: the first week is under way." in text_of(shown)
