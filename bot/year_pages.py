"""A page of the year in weeks: what the picture shows, and the same in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.language import ENGLISH, speaking
from bot.pictures.fonts import can_show
from bot.pictures.marks import Mark
from bot.pictures.palette import palette_of
from bot.pictures.year import Block, Year, draw
from bot.texts import streaks
from bot.texts import years as texts
from habits.overviews import Kept
from habits.rules.person import Person
from habits.rules.streak import CountedWeek, Standing
from habits.rules.week import DAY, Week
from habits.rules.year import weeks_of_year, year_of

A_PAGE = 6
"""Commitments in one picture."""
MARKS = {
    Standing.KEPT: Mark.KEPT,
    Standing.SAVED: Mark.KEPT,
    Standing.COMEBACK: Mark.FIRST,
    Standing.COVERED: Mark.COVERED,
    Standing.REPAIRED: Mark.COVERED,
    Standing.MENDABLE: Mark.MENDABLE,
    Standing.MISSED: Mark.MISSED,
    Standing.REST: Mark.REST,
    Standing.NEUTRAL: Mark.NEUTRAL,
    Standing.OPEN: Mark.OPEN,
    Standing.FREE: Mark.NOTHING,
}


@dataclass(frozen=True, slots=True)
class YearPage:
    """Some commitments of a person in one year, seen on one day."""

    person: Person
    year: int
    today: date
    shown: Sequence[Kept]

    @property
    def weeks(self) -> tuple[Week, ...]:
        """The weeks of the year."""
        return weeks_of_year(self.year, self.person.beginnings)

    @property
    def is_current(self) -> bool:
        """Whether it is the year that the person lives in."""
        return year_of(self.person.week_of(self.today)) == self.year


def marks_of(page: YearPage, one: Kept) -> tuple[Mark, ...]:
    """What each week of the year is drawn as; who wants no numbers sees only what they did."""
    weeks = {week.first: Mark.NOTHING for week in page.weeks}
    first = next((each for each in one.streak.weeks if each.standing is Standing.KEPT), None)
    for each in one.streak.weeks:
        begins = page.person.week_of(each.record.week.first).first
        if begins in weeks:
            weeks[begins] = _mark(page.person, each, is_first=each is first)
    return tuple(weeks.values())


def _mark(person: Person, each: CountedWeek, *, is_first: bool) -> Mark:
    if not person.shows_numbers:
        return Mark.KEPT if each.record.done else Mark.NOTHING
    return Mark.FIRST if is_first else MARKS[each.standing]


def picture_of(page: YearPage) -> str:
    """The page as SVG."""
    blocks = [
        Block(_title(page, one, place), marks_of(page, one))
        for place, one in enumerate(page.shown, 1)
    ]
    seen = {mark for block in blocks for mark in block.marks}
    legend = [(mark, word) for mark, word in _legend().items() if mark in seen]
    year = Year(
        heading=str(page.year),
        blocks=blocks,
        months=_months(page.weeks),
        now=_place_of(page.weeks, page.today),
        legend=legend if page.person.shows_numbers else (),
    )
    return draw(year, palette_of(page.person.pictures))


def _title(page: YearPage, one: Kept, place: int) -> str:
    title = one.commitment.title
    return title if can_show(title) else _mark_of(page, place)


def _mark_of(page: YearPage, place: int) -> str:
    return texts.mark_of(place, numbers=page.person.shows_numbers)


def _legend() -> dict[Mark, str]:
    """In English where our fonts have no letters for the language."""
    legend = texts.legend()
    if all(can_show(word) for word in legend.values()):
        return legend
    with speaking(ENGLISH):
        return texts.legend()


def _months(weeks: Sequence[Week]) -> dict[int, str]:
    """The names of the months, each by the first week that is mostly of it."""
    months = [(week.first + 3 * DAY).month for week in weeks]
    return {months.index(month): texts.month_name(month) for month in sorted(set(months))}


def _place_of(weeks: Sequence[Week], today: date) -> int | None:
    return next((place for place, week in enumerate(weeks) if today in week), None)


def words_of(page: YearPage, *, pictured: bool) -> str:
    """The page in words: a paragraph for each commitment."""
    lines = [
        _marked(page, one, place, pictured=pictured) for place, one in enumerate(page.shown, 1)
    ]
    head = [] if pictured or page.is_current else [texts.heading(page.year)]
    return "\n\n".join([*head, *lines])


def _marked(page: YearPage, one: Kept, place: int, *, pictured: bool) -> str:
    """A title that the picture cannot show has a number there."""
    line = _line(page, one)
    if not pictured or can_show(one.commitment.title):
        return line
    return texts.mark_and(_mark_of(page, place), line)


def _line(page: YearPage, one: Kept) -> str:
    line = (
        streaks.kept(one, page.person, page.today)
        if page.is_current
        else texts.only_title(one.commitment)
    )
    if not page.person.shows_numbers:
        return line
    return f"{line} {texts.of_the_year(page.year, marks_of(page, one))}".rstrip()
