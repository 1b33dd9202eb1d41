"""/streaks: the year in weeks, in a picture and in words, and how that is counted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot import year_pages
from bot.buttons import Button, Keyboard, Row, button, in_rows, keyboard
from bot.context import Context
from bot.language import isolated, plain
from bot.markup import fits_caption
from bot.routing import Press, an_id, not_there
from bot.texts import diary, years
from bot.texts import streaks as texts
from bot.year_pages import YearPage
from habits import overviews
from habits.overviews import Kept
from habits.rules.person import Person, Pictures
from habits.rules.year import year_of
from habits.rules.zone import persons_day

FIRST_YEAR, LAST_YEAR = 1970, 2999
ALL = 0
"""In the place of a commitment's id: every one of them."""


@dataclass(frozen=True, slots=True)
class View:
    """What is looked at: one commitment or ALL, a year, and which page of them."""

    only: int
    year: int
    page: int = 0


def a_year(word: str) -> int:
    """A year as buttons carry it."""
    year = an_id(word)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(word)
    return year


async def streaks(context: Context) -> None:
    """This year, every commitment."""
    found = await _kept(context)
    if not found:
        await context.reply(texts.none_yet())
        return
    await _look(context, found, View(ALL, _this_year(context)))


async def _kept(context: Context) -> list[Kept]:
    if context.person.zone is None:
        return []
    return await context.read(overviews.kept, context.person, context.now)


def _today(context: Context) -> date:
    return persons_day(context.now, context.zone)


def _this_year(context: Context) -> int:
    return year_of(context.person.week_of(_today(context)))


async def year(context: Context, only: int, which: int, page: int) -> None:
    """Another year, page or commitment, in the place of the one before."""
    every = await _kept(context)
    found = [one for one in every if only in {ALL, one.commitment.id}]
    if not found:
        await not_there(context)
        return
    await _look(context, found, View(only, which, page), several=len(every) > 1)


async def _look(
    context: Context, found: Sequence[Kept], view: View, *, several: bool | None = None
) -> None:
    """Show one page; words alone where that is wished, or where there can be no picture."""
    of_year = _of_year(context.person, found, view.year, _this_year(context))
    first = view.page * year_pages.A_PAGE
    page = YearPage(
        context.person,
        view.year,
        _today(context),
        of_year[first : first + year_pages.A_PAGE] or found[: year_pages.A_PAGE],
    )
    more = len(of_year) > first + year_pages.A_PAGE
    several = len(found) > 1 if several is None else several
    buttons = _buttons(context, found, view, several=several, more=more)
    if context.person.pictures is Pictures.NONE or not await _pictured(context, page, buttons):
        await context.show(year_pages.words_of(page, pictured=False), buttons)


def _of_year(person: Person, found: Sequence[Kept], year: int, this_year: int) -> Sequence[Kept]:
    """Those that have something to show; this year that is every one."""
    if year == this_year:
        return found
    return [one for one in found if year in _years(person, one)]


def _years(person: Person, one: Kept) -> set[int]:
    return {year_of(person.week_of(each.record.week.first)) for each in one.streak.weeks}


async def _pictured(context: Context, page: YearPage, buttons: Keyboard | None) -> bool:
    """The page as a picture; what is too long for its caption comes after it, as a text."""
    picture = await context.draw(year_pages.picture_of(page))
    if picture is None:
        return False
    words = year_pages.words_of(page, pictured=True)
    if fits_caption(words):
        return await context.show_picture(picture, words, buttons)
    shown = await context.show_picture(picture, years.heading(page.year))
    await context.reply(words, buttons)
    return shown


def _buttons(
    context: Context, found: Sequence[Kept], view: View, *, several: bool, more: bool
) -> Keyboard | None:
    return keyboard(
        _turns(view, more=more),
        _other_years(context, found, view),
        _one_or_all(view, several=several),
        *_about(context, found),
    )


def _turns(view: View, *, more: bool) -> Row:
    before = [_to(plain("←"), replace(view, page=view.page - 1))] if view.page else []
    return [*before, *([_to(plain("→"), replace(view, page=view.page + 1))] if more else [])]


def _to(label: str, view: View) -> Button:
    return button(label, "year", view.only, view.year, view.page)


def _other_years(context: Context, found: Sequence[Kept], view: View) -> Row:
    """The nearest year before and after that has something to show."""
    there = {year for one in found for year in _years(context.person, one)} | {_this_year(context)}
    before = max((year for year in there if FIRST_YEAR <= year < view.year), default=None)
    after = min((year for year in there if year > view.year), default=None)
    return [
        _to(str(other), View(view.only, other)) for other in (before, after) if other is not None
    ]


def _one_or_all(view: View, *, several: bool) -> Row:
    if not several:
        return []
    if view.only == ALL:
        return [button(plain("By commitment"), "which_year", view.year)]
    return [_to(plain("All commitments"), View(ALL, view.year))]


def _about(context: Context, found: Sequence[Kept]) -> list[Row]:
    """One commitment is meant at once; of several it is asked which."""
    only = found[0].commitment.id if len(found) == 1 else None
    how, fill = plain("How is this counted?"), plain("Fill in a past week")
    if only is None:
        counted, past = button(how, "which_counted"), button(fill, "which_weeks")
    else:
        counted, past = button(how, "counted", only), button(fill, "weeks", only, 0)
    unwinds = button(plain("What unwinds me"), "unwinds")
    opens = button(diary.label(), "diary")
    return [[counted] if context.person.shows_numbers else [], [unwinds, opens], [past]]


async def counted(context: Context, commitment_id: int) -> None:
    """How is this counted?"""
    if not context.person.shows_numbers:
        await context.reply(texts.just_fun())
        return
    one = await context.read(overviews.kept_one, context.person, commitment_id, context.now)
    if one is None:
        await not_there(context)
    else:
        await context.reply(texts.counted(one, context.person, _today(context)))


async def which_counted(context: Context) -> None:
    """How is this counted, of several?"""
    await _which(context, "counted")


async def which_weeks(context: Context) -> None:
    """Fill in a past week, of several?"""
    await _which(context, "weeks", 0)


async def which_year(context: Context, which: int) -> None:
    """By commitment: which one?"""
    await _which(context, "year", which, 0)


async def _which(context: Context, verb: str, *more: int) -> None:
    found = await _kept(context)
    if not found:
        await not_there(context)
        return
    rows = in_rows(
        (button(isolated(one.commitment.title), verb, one.commitment.id, *more) for one in found),
        2,
    )
    await context.reply(texts.which_one(), keyboard(*rows))


COMMANDS = {"streaks": streaks}
PRESSES = {
    "counted": Press(counted, an_id),
    "which_counted": Press(which_counted),
    "which_weeks": Press(which_weeks),
    "which_year": Press(which_year, a_year),
    "year": Press(year, an_id, a_year, an_id),
}
