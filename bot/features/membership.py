"""Being blocked, and unblocked: silence on both sides until they are back."""

from telegram import ChatMember, Update
from telegram.ext import ChatMemberHandler

from bot.context import Context
from habits import people
from habits.storage.rows import BLOCKED


async def changed(update: Update, context: Context) -> None:
    """They blocked us. That they are back was noted at the door; then there is nothing to say."""
    membership = update.my_chat_member
    if membership is not None and membership.new_chat_member.status == ChatMember.BANNED:
        await context.write(people.out_of_reach, context.person.id, BLOCKED, context.now)


OTHERS = [ChatMemberHandler(changed, ChatMemberHandler.MY_CHAT_MEMBER)]
