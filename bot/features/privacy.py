"""/privacy: what is kept. /delete_me: everything goes."""

from datetime import timedelta

from bot.buttons import button, keyboard
from bot.context import Context
from bot.routing import Press, an_id, not_there
from bot.texts import everywhere
from bot.texts import privacy as texts
from habits import encryption, people

GOOD_FOR = timedelta(minutes=10)


async def privacy(context: Context) -> None:
    """/privacy; whoever only asks leaves nothing behind."""
    if context.visit.met:
        await context.write(people.forget, context.person.id)
    await context.reply(texts.privacy(await context.read(encryption.reach)))


async def delete_me(context: Context) -> None:
    """/delete_me: asks once, with a button for this person and ten minutes."""
    if context.visit.met:
        await context.write(people.forget, context.person.id)
        await context.reply(everywhere.nothing_stored())
        return
    asked_at = int(context.now.timestamp())
    delete = button(texts.delete(), "delete_me", context.person.id, asked_at)
    await context.reply(texts.really(), keyboard([delete], [button(texts.keep(), "keep_me")]))


async def delete(context: Context, person_id: int, asked_at: int) -> None:
    """Delete everything."""
    if person_id != context.person.id:
        await not_there(context)
    elif not 0 <= context.now.timestamp() - asked_at <= GOOD_FOR.total_seconds():
        await context.toast(texts.too_old(), alert=True)
    else:
        await context.erase()
        invited = context.house.admission.by_invitation
        await context.show(texts.deleted(by_invitation=invited))


async def keep(context: Context) -> None:
    """Keep it."""
    await context.show(texts.kept())


COMMANDS = {"privacy": privacy, "delete_me": delete_me}
PRESSES = {"delete_me": Press(delete, an_id, an_id), "keep_me": Press(keep)}
