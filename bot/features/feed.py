"""The private calendar address: made, looked at, revoked; where the operator offers it."""

from bot.buttons import button, keyboard
from bot.context import Context
from bot.language import plain
from bot.routing import Press, not_there
from bot.texts import feed as texts
from habits import feeds


async def look(context: Context) -> None:
    """The page in /settings and under /export."""
    if context.house.public_url is None:
        await not_there(context)
        return
    made_at = await context.read(feeds.made_at, context.person)
    back = [button(plain("← Settings"), "settings")]
    if made_at is None:
        make_ = [button(plain("Make an address"), "make_feed")]
        await context.show(texts.none_yet(), keyboard(make_, back))
        return
    rows = [[button(plain("Make a new one"), "make_feed"), button(texts.revoke(), "revoke_feed")]]
    await context.show(texts.there(made_at, context.person.zone), keyboard(*rows, back))


async def make(context: Context) -> None:
    """Make an address, in the place of any before it; this is the only time it is shown."""
    if context.house.public_url is None:
        await not_there(context)
        return
    word = await context.write(feeds.make, context.person, context.now)
    address = f"{context.house.public_url}/feed/{word}.ics"
    await context.show(texts.made(address), keyboard([button(texts.revoke(), "revoke_feed")]))


async def revoke(context: Context) -> None:
    """Let the address lead nowhere."""
    await context.write(feeds.revoke, context.person)
    await context.show(texts.revoked())


PRESSES = {"feed": Press(look), "make_feed": Press(make), "revoke_feed": Press(revoke)}
