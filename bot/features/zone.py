"""Where the person is: /timezone, a shared location, a tap on the time, a typed city."""

from zoneinfo import ZoneInfo

from bot import drafting, zone_buttons
from bot.context import Context
from bot.places import OffsetOnly, Several, Zone, resolve
from bot.routing import Press, an_id, not_there
from bot.texts import zones
from habits import people
from habits.rules.zone import zone_named


async def timezone(context: Context) -> None:
    """/timezone, with or without a place."""
    if context.text:
        await _read_place(context, context.text)
        return
    await context.remember(drafting.ZONE)
    await context.reply(
        zones.ask_again(context.person.zone), zone_buttons.times(context.now, context.person)
    )


async def type_place(context: Context, text: str) -> bool:
    """A city, typed while we wait for one."""
    return await _read_place(context, text)


async def _read_place(context: Context, text: str) -> bool:
    match resolve(text, context.person.language):
        case Zone(zone):
            await _store(context, zone)
        case Several(cities):
            await context.reply(zones.which(), zone_buttons.several(cities, context.person))
        case OffsetOnly(minutes):
            buttons = zone_buttons.cities(minutes, context.now, context.person)
            await context.reply(zones.nearest(text), buttons)
        case _:
            await context.reply(zones.unknown())
    return True


async def _store(context: Context, zone: ZoneInfo) -> None:
    conversation = context.conversation
    person = await context.write(people.set_zone, context.person, zone, context.now)
    context.visit.person = person
    await context.show(zones.stored(zone, context.now))
    if conversation is not None and conversation.step == drafting.ZONE:
        if "draft" in conversation.data:
            await drafting.go_on(context, drafting.from_json(conversation.data["draft"]))
        else:
            await context.forget()


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
    await context.show(zones.nearest(zones.clock_at(offset_minutes, context.now)), buttons)


async def more_times(context: Context, page: int) -> None:
    """Times further away."""
    await context.show(
        zones.ask_again(context.person.zone), zone_buttons.times(context.now, context.person, page)
    )


COMMANDS = {"timezone": timezone}
PRESSES = {
    "zone": Press(press_zone, str),
    "time": Press(press_time, int, int),
    "times": Press(more_times, an_id),
}
ANSWERS = {drafting.ZONE: type_place}
