"""Where the person is: /timezone, a shared location, a tap on the time, a typed city."""

from dataclasses import replace
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from telegram import Message, ReplyKeyboardRemove, Update
from telegram.ext import MessageHandler, filters

from bot import zone_buttons
from bot.arrivals import ZONES
from bot.asking import SHARING, ask, current, take_whole_sentence
from bot.cities import city_of, zones
from bot.context import Context
from bot.draft import ZONE, to_json
from bot.phrases import (
    MorningOrEvening,
    read_agreed,
    read_answer,
    read_command_words,
    read_small_talk,
    read_time,
    read_whereabouts,
)
from bot.places import OffsetOnly, Several, Unknown, Zone, resolve, times_now
from bot.routing import Press, an_id, not_there
from bot.texts import zones as texts
from bot.texts.commands import menu
from bot.zone_buttons import an_offset
from habits import conversations, overviews, people
from habits.conversations import Conversation
from habits.rules.person import Person
from habits.rules.zone import zone_named
from habits.storage.database import Tx

A_DAY, MOST_OFF = 24 * 60, 7
"""Minutes. So far off may a clock be that somebody reads; zones are a quarter of an hour apart."""


async def timezone(context: Context) -> None:
    """/timezone, with or without a place."""
    found = resolve(context.text, context.person.language) if context.text else None
    if isinstance(found, Zone):
        await _store(context, found.zone)
        return
    await _wait(context)
    if found is None:
        await context.reply(texts.ask_again(context.person.zone), _times(context))
    else:
        await _ask_which(context, context.text, found)


async def _wait(context: Context, **more: Any) -> None:
    """Wait for a place; a draft waits along and is not lost."""
    draft = current(context)
    known = context.conversation.data if context.conversation else {}
    kept = {SHARING: True} if known.get(SHARING) else {}
    waiting = {"draft": to_json(draft)} if draft is not None else {}
    await context.remember(ZONE, **waiting, **(kept | more))


def _times(context: Context, page: int = 0) -> Any:
    return zone_buttons.times(context.now, context.person, page)


async def _ask_which(context: Context, typed: str, found: Several | OffsetOnly | Unknown) -> None:
    match found:
        case Several(cities):
            await context.reply(texts.which(), zone_buttons.several(cities, context.person))
        case OffsetOnly(minutes, sign_reversed):
            await _ask_offset(context, typed, minutes, sign_reversed=sign_reversed)
        case _:
            await context.reply(texts.unknown(), _times(context))


async def _ask_offset(context: Context, typed: str, minutes: int, *, sign_reversed: bool) -> None:
    buttons = zone_buttons.cities(minutes, context.now, context.person)
    if buttons is None:
        await context.reply(texts.no_such_clock(typed), _times(context))
        return
    clock = texts.clock_at(minutes, context.now)
    await context.reply(texts.offset(typed, clock, sign_reversed=sign_reversed), buttons)


async def type_place(context: Context, text: str) -> bool:
    """A city, typed while we wait for one."""
    if text == texts.rather_not() and _is_sharing(context):
        await _put_away(context)
        return True
    language = context.person.language
    if read_answer(text, language) is not None or read_small_talk(text, language) is not None:
        return False
    place = read_whereabouts(text, language) or text
    match resolve(place, language) if read_agreed(text, language) is None else Unknown():
        case Zone(zone):
            await _store(context, zone)
        case Unknown() if (offset := _offset_of(context, text)) is not None:
            buttons = zone_buttons.cities(offset, context.now, context.person)
            await context.reply(texts.nearest(texts.clock_at(offset, context.now)), buttons)
        case Unknown() if read_command_words(text, menu(), language) is not None:
            return False
        case Unknown() if await take_whole_sentence(context, text, timeless=True):
            return True
        case found:
            await _ask_which(context, text, found)
    return True


def _offset_of(context: Context, text: str) -> int | None:
    """Minutes east of Greenwich where clocks show the typed time, give or take MOST_OFF."""
    typed = read_time(text, context.person.language)
    meant = typed.options if isinstance(typed, MorningOrEvening) else (typed,)
    minutes = [each.hour * 60 + each.minute for each in meant if isinstance(each, time)]
    for shown in times_now(context.now, context.person.language):
        clock = shown.clock.hour * 60 + shown.clock.minute
        if any((each - clock + MOST_OFF) % A_DAY <= 2 * MOST_OFF for each in minutes):
            return shown.offset_minutes
    return None


async def read_place(context: Context, text: str) -> bool:
    """ "I'm in Tokyo", typed at any time; whatever names no place we know is left to others."""
    language = context.person.language
    place = read_whereabouts(text, language)
    match resolve(place, language) if place else Unknown():
        case Zone(zone):
            await _store(context, zone)
        case Several() as found:
            await _wait(context)
            await _ask_which(context, text, found)
        case _:
            return False
    return True


def _is_sharing(context: Context) -> bool:
    return context.conversation is not None and SHARING in context.conversation.data


async def _put_away(context: Context) -> None:
    """Rather not share: the keyboard goes, the question stays."""
    await _wait(context)
    await context.reply(texts.not_shared(), reply_markup=ReplyKeyboardRemove())
    await context.reply(texts.ask_again(None), _times(context))


async def _store(context: Context, zone: ZoneInfo, *, located: bool = False) -> None:
    """Keep the zone, and go on with what waited for it."""
    conversation, was_sharing = context.conversation, _is_sharing(context)
    waits, draft = conversation is not None and conversation.step == ZONE, current(context)
    if draft is not None and draft.questions and not waits:
        draft = None  # it goes on with its own question
    after = None if draft is None and waits else _put_down(conversation)
    context.visit.person = await context.write(_move, context.person, zone, after, context.now)
    context.visit.conversation = after
    following = await _next(context, zone)
    stored = texts.from_location(zone) if located else texts.stored(zone, context.now)
    words = f"{stored} {following}".rstrip()
    if located or was_sharing:
        await context.reply(words, reply_markup=ReplyKeyboardRemove())
    elif draft is None:
        await context.show(words)
    elif following:
        await context.reply(words)
    if draft is not None:
        await ask(context, draft)


def _put_down(conversation: Conversation | None) -> Conversation | None:
    """The conversation without the keyboard that shares a location."""
    if conversation is None:
        return None
    kept = {name: value for name, value in conversation.data.items() if name != SHARING}
    return replace(conversation, data=kept)


def _move(
    tx: Tx, person: Person, zone: ZoneInfo, after: Conversation | None, now: datetime
) -> Person:
    if after is None:
        conversations.end(tx, person.id)
    else:
        conversations.keep(tx, person.id, after, now)
    return people.set_zone(tx, person, zone, now)


async def _next(context: Context, zone: ZoneInfo) -> str:
    """When the next reminder comes, for whoever has one coming."""
    listed = await context.read(overviews.listed, context.person)
    coming = [each for each in listed if each.next_go is not None]
    if not coming:
        return ""
    soonest = min(coming, key=lambda each: each.next_go or context.now)
    return texts.next_one(soonest, zone, context.now)


async def press_zone(context: Context, name: str) -> None:
    """A city's button."""
    zone = zone_named(name.replace(".", "/"))
    if zone is None:
        await not_there(context)
    else:
        await _store(context, zone)


async def press_time(context: Context, offset_minutes: int, page: int) -> None:
    """The time on their wall, then a city; or more cities."""
    buttons = zone_buttons.cities(offset_minutes, context.now, context.person, page)
    if buttons is None:  # clocks have changed since the button was shown
        await more_times(context, 0)
    else:
        await context.show(texts.nearest(texts.clock_at(offset_minutes, context.now)), buttons)


async def more_times(context: Context, page: int) -> None:
    """Times further away."""
    await context.show(texts.ask_again(context.person.zone), _times(context, page))


async def share_place(context: Context) -> None:
    """The way to share a location: a keyboard, since no other button can."""
    await _wait(context, **{SHARING: True})
    await context.reply(texts.how_to_share(), reply_markup=zone_buttons.sharing())


async def read_location(_: Update, context: Context) -> None:
    """A shared location; only the zones at it have come this far."""
    match _found(context.visit.zones or ()):
        case Zone(zone):
            await _store(context, zone, located=True)
            return
        case Several(cities):
            text, buttons = texts.disputed(), zone_buttons.several(cities, context.person)
        case OffsetOnly(minutes):
            text = texts.at_sea(texts.clock_at(minutes, context.now))
            buttons = zone_buttons.cities(minutes, context.now, context.person)
        case _:
            text, buttons = texts.nowhere(), None
    await _wait(context)
    await context.reply(text, buttons or _times(context))


def _found(names: tuple[str, ...]) -> Zone | Several | OffsetOnly | Unknown:
    if len(names) == 1 and names[0].lstrip("-").isdecimal():
        return OffsetOnly(int(names[0]))
    entries = [zones()[name] for name in names if name in zones()]
    if len(names) == 1 and (zone := zone_named(names[0])):
        return Zone(zone)
    return Several(tuple(city_of(entry) for entry in entries)) if entries else Unknown()


class _Located(filters.MessageFilter):
    """A message that held a location when it came; what is kept of it holds its zones."""

    def filter(self, message: Message) -> bool:
        return ZONES in message.api_kwargs


COMMANDS = {"timezone": timezone}
PRESSES = {
    "zone": Press(press_zone, str),
    "time": Press(press_time, an_offset, an_id),
    "times": Press(more_times, an_id),
    "share_place": Press(share_place),
}
ANSWERS = {ZONE: type_place}
READERS = [read_place]
OTHERS = [MessageHandler(_Located(), read_location)]
