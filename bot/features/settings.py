"""/settings: language, parts of the day, week, quiet hours, touches, numbers, pictures."""

import re
from collections.abc import Awaitable, Callable
from datetime import time

from bot.asides import answers_something_else, has_digits
from bot.buttons import Keyboard, Row, button, in_rows, keyboard
from bot.context import Context
from bot.language import day_name, languages, plain, speaking, time_words
from bot.phrases import MorningOrEvening, read_time
from bot.routing import Press, an_id, is_on, not_there
from bot.texts import cards, diary, export, feed, feelings
from bot.texts import settings as texts
from habits import people
from habits.agenda import agenda
from habits.rules.person import Pictures, Quiet
from habits.rules.schedule import Part
from habits.rules.zone import first_weekday, local_day

PART, QUIET = "set_part", "set_quiet"
"""The steps of a conversation that wait for a time, and for two."""
PRESETS = {
    Part.MORNING: ("07:00", "08:00", "09:00", "10:00", "11:00"),
    Part.AFTERNOON: ("12:00", "13:00", "14:00", "15:00", "16:00"),
    Part.EVENING: ("17:30", "18:00", "18:30", "19:00", "20:00"),
}
QUIET_PRESETS = (
    Quiet(time(21), time(7)),
    Quiet(time(22), time(8)),
    Quiet(time(23), time(9)),
    Quiet(time(0), time(8)),
)
NO_QUIET = Quiet(time(0), time(0))
TO = re.compile(r"\s*(?:[-–—]|\bto\b|\buntil\b|\btill\b)\s*", re.IGNORECASE)


def a_minute(word: str) -> int:
    """Minutes since midnight as buttons carry them."""
    minute = an_id(word)
    if minute >= 24 * 60:
        raise ValueError(word)
    return minute


def a_weekday(word: str) -> int:
    """An ISO weekday as buttons carry it, or 0 for automatic."""
    weekday = an_id(word)
    if weekday > 7:
        raise ValueError(word)
    return weekday


async def settings(context: Context) -> None:
    """/settings."""
    await context.reply(texts.overview(context.person, _begins(context)), _overview(context))


async def overview(context: Context) -> None:
    """Back to the overview."""
    await context.show(texts.overview(context.person, _begins(context)), _overview(context))


def _begins(context: Context) -> int | None:
    """On which weekday their weeks begin, a change that is coming included."""
    person = context.person
    if person.zone is None:
        return None
    return person.beginnings[-1].weekday


def _overview(context: Context) -> Keyboard | None:
    files = [button(cards.label(), "card"), button(export.monthly_label(), "monthly")]
    if context.house.public_url:
        files.append(button(feed.label(), "feed"))
    return keyboard(
        [
            button(plain("Parts of the day"), "page", "parts"),
            button(plain("Quiet hours"), "page", "quiet"),
        ],
        [button(plain("Touches"), "page", "touches"), button(plain("Numbers"), "page", "numbers")],
        [button(plain("Pictures"), "page", "pictures"), button(plain("Week"), "page", "week")],
        [
            button(feelings.label(), "feelings"),
            button(plain("Language"), "page", "language"),
        ],
        files,
    )


def _back() -> Row:
    return [button(plain("← Settings"), "settings")]


async def page(context: Context, name: str) -> None:
    """One of the pages."""
    if name in PAGES:
        await PAGES[name](context)
    else:
        await not_there(context)


async def _language_page(context: Context) -> None:
    choices = [button(texts.language_name(code), "set_language", code) for code in languages()]
    await context.show(texts.languages(languages()), keyboard(*in_rows(choices, 2), _back()))


async def set_language(context: Context, code: str) -> None:
    """A language."""
    if code not in languages():
        await not_there(context)
        return
    context.visit.person = await context.write(people.set_language, context.person, code)
    with speaking(code):
        await overview(context)


async def _parts_page(context: Context) -> None:
    parts = context.person.parts
    rows = [
        [button(texts.part_label(part, getattr(parts, part.value)), "part", part.value)]
        for part in Part
    ]
    await context.show(texts.parts(parts), keyboard(*rows, _back()))


async def part(context: Context, which: Part) -> None:
    """When does this part begin?"""
    await _wait_for(context, PART, part=which.value)
    choices = [
        button(at, "set_part", which.value, _minute(time.fromisoformat(at)))
        for at in PRESETS[which]
    ]
    await context.show(texts.when_begins(which), keyboard(*in_rows(choices, 5), _back()))


async def _wait_for(context: Context, step: str, **data: str) -> None:
    """Wait for a typed answer; a commitment half made is not thrown away for it."""
    if context.conversation is None or "draft" not in context.conversation.data:
        await context.remember(step, **data)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _time(minute: int) -> time:
    return time(*divmod(minute, 60))


async def set_part(context: Context, which: Part, minute: int) -> None:
    """A time for a part of the day."""
    at = _time(minute)
    context.visit.person = await context.write(
        people.set_part, context.person, which, at, context.now
    )
    found = await context.read(agenda, context.person, context.now) if context.person.zone else None
    moved = [c for c in found.coming if c.commitment.schedule.at is which] if found else []
    text = texts.part_moved(which, at, next(iter(moved), None), context.person.zone)
    await context.show(text, keyboard([button(plain("Parts of the day"), "page", "parts")]))
    await _answered(context, PART)


async def _answered(context: Context, step: str) -> None:
    if context.conversation is not None and context.conversation.step == step:
        await context.forget()


async def type_part(context: Context, text: str) -> bool:
    """A time, typed while we wait for one."""
    assert context.conversation is not None
    which = Part(context.conversation.data["part"])
    match read_time(text, context.person.language):
        case time() as at:
            await set_part(context, which, _minute(at))
        case MorningOrEvening(options=options):
            row = [
                button(time_words(at), "set_part", which.value, _minute(at))
                for at in options
                if isinstance(at, time)
            ]
            await context.reply(texts.which_time(), keyboard(row))
        case _ if answers_something_else(context, text):
            return False
        case _:
            await context.reply(texts.not_a_time())
    return True


async def _week_page(context: Context) -> None:
    person = context.person
    if person.zone is None:
        await context.show(texts.no_zone(), keyboard(_back()))
        return
    usual = first_weekday(person.zone)
    days = [button(day_name(day, "abbreviated"), "set_week", day) for day in range(1, 8)]
    chosen = person.first_weekday is not None
    text = texts.week(person.beginnings[-1].weekday, chosen=chosen)
    rows = [*in_rows(days, 4), [button(texts.automatic(usual), "set_week", 0)]]
    await context.show(text, keyboard(*rows, _back()))


async def set_week(context: Context, weekday: int) -> None:
    """A weekday for weeks to begin on, or 0: as usual there."""
    if context.person.zone is None:
        await not_there(context)
        return
    person = await context.write(
        people.set_first_weekday, context.person, weekday or None, context.now
    )
    context.visit.person = person
    newest = person.beginnings[-1]
    ahead = newest.since > local_day(context.now, context.zone)
    text = texts.week_set(newest.weekday, newest.since if ahead else None)
    await context.show(text, keyboard([button(plain("Week"), "page", "week")], _back()))


async def _quiet_page(context: Context) -> None:
    await _wait_for(context, QUIET)
    choices = [
        button(texts.quiet_label(each), "set_quiet", _minute(each.since), _minute(each.until))
        for each in QUIET_PRESETS
    ]
    none = button(texts.no_quiet(), "set_quiet", 0, 0)
    text = texts.quiet(context.person.quiet)
    await context.show(text, keyboard(*in_rows([*choices, none], 2), _back()))


async def set_quiet(context: Context, since: int, until: int) -> None:
    """Quiet hours, or none where both are the same."""
    quiet = Quiet(_time(since), _time(until))
    context.visit.person = await context.write(people.set_quiet, context.person, quiet, context.now)
    again = button(plain("Quiet hours"), "page", "quiet")
    await context.show(texts.quiet_set(quiet), keyboard([again], _back()))
    await _answered(context, QUIET)


async def type_quiet(context: Context, text: str) -> bool:
    """Two times, or "none", typed while we wait for them."""
    match read_hours(text, context.person.language):
        case [time() as since, time() as until]:
            await set_quiet(context, _minute(since), _minute(until))
        case _ if text.strip().casefold() == texts.no_quiet().casefold():
            await set_quiet(context, 0, 0)
        case _ if answers_something_else(context, text) or not has_digits(text):
            return False
        case _:
            await context.reply(texts.not_hours())
    return True


def read_hours(text: str, language: str) -> list[time | None]:
    """Read "10 pm to 8", each time by itself; three where there are more than two."""
    pieces = TO.split(" ".join(text.split()), maxsplit=2)
    read = [read_time(each, language) for each in pieces]
    return [_likelier(each, later=place == 0) for place, each in enumerate(read)]


def _likelier(read: object, *, later: bool) -> time | None:
    """Of "10 to 8" the first is in the evening and the second in the morning."""
    match read:
        case time():
            return read
        case MorningOrEvening(options=(time() as early, time() as late, *_)):
            return late if later else early
        case _:
            return None


async def _touches_page(context: Context) -> None:
    person = context.person
    plan, follow_up = not person.asks_plan, not person.asks_follow_up
    rows = [
        [button(texts.plan_label(on=plan), "set_plan", _word(on=plan))],
        [button(texts.follow_up_label(on=follow_up), "set_follow_up", _word(on=follow_up))],
    ]
    await context.show(texts.touches(person), keyboard(*rows, _back()))


def _word(*, on: bool) -> str:
    return "on" if on else "off"


async def set_plan(context: Context, on: bool) -> None:
    """The question before, on or off."""
    context.visit.person = await context.write(
        people.set_touches, context.person, context.now, plan=on
    )
    await _touches_page(context)


async def set_follow_up(context: Context, on: bool) -> None:
    """The question after, on or off."""
    context.visit.person = await context.write(
        people.set_touches, context.person, context.now, follow_up=on
    )
    await _touches_page(context)


async def _numbers_page(context: Context) -> None:
    shown = not context.person.shows_numbers
    choice = button(texts.numbers_label(shown=shown), "set_numbers", _word(on=shown))
    opens = button(diary.label(), "diary")
    await context.show(texts.numbers(context.person), keyboard([choice], [opens], _back()))


async def set_numbers(context: Context, on: bool) -> None:
    """Numbers, or just fun."""
    context.visit.person = await context.write(people.set_numbers, context.person, shown=on)
    await _numbers_page(context)


async def _pictures_page(context: Context) -> None:
    chosen = context.person.pictures
    others = [
        [button(texts.pictures_label(each), "set_pictures", each.value)]
        for each in Pictures
        if each is not chosen
    ]
    await context.show(texts.pictures(context.person), keyboard(*others, _back()))


async def set_pictures(context: Context, wanted: Pictures) -> None:
    """Light, dark, or words."""
    context.visit.person = await context.write(people.set_pictures, context.person, wanted)
    await _pictures_page(context)


PAGES: dict[str, Callable[[Context], Awaitable[None]]] = {
    "language": _language_page,
    "parts": _parts_page,
    "week": _week_page,
    "quiet": _quiet_page,
    "touches": _touches_page,
    "numbers": _numbers_page,
    "pictures": _pictures_page,
}
COMMANDS = {"settings": settings}
PRESSES = {
    "settings": Press(overview),
    "page": Press(page, str),
    "set_language": Press(set_language, str),
    "part": Press(part, Part),
    "set_part": Press(set_part, Part, a_minute),
    "set_week": Press(set_week, a_weekday),
    "set_quiet": Press(set_quiet, a_minute, a_minute),
    "set_plan": Press(set_plan, is_on),
    "set_follow_up": Press(set_follow_up, is_on),
    "set_numbers": Press(set_numbers, is_on),
    "set_pictures": Press(set_pictures, Pictures),
}
ANSWERS = {PART: type_part, QUIET: type_quiet}
