"""Groups and channels: one sentence, and we leave. Private chats only, for now."""

from telegram import Bot, Update
from telegram.error import BadRequest, ChatMigrated, Forbidden

from bot.language import nearest, speaking
from bot.texts import everywhere

GONE = ("left", "kicked")


class Elsewhere:
    """Says the one sentence once in each chat, also where it hears of it several times."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._told: set[int] = set()

    async def turn_away(self, update: Update) -> None:
        """Answer an update that is from no person in their private chat.

        Raises TelegramError where that may succeed later.
        """
        chat, membership = update.effective_chat, update.my_chat_member
        if chat is None or chat.type == chat.PRIVATE:
            return
        if membership is not None and membership.new_chat_member.status in GONE:
            self._told.discard(chat.id)
        elif chat.id not in self._told:
            self._told.add(chat.id)
            try:
                await self._leave(chat.id, _language(update))
            except BaseException:
                self._told.discard(chat.id)
                raise

    async def _leave(self, chat_id: int, language: str) -> None:
        try:
            with speaking(language):
                await self._bot.send_message(chat_id, everywhere.private_only())
        except (Forbidden, BadRequest, ChatMigrated):
            pass  # not allowed to speak there, or not there any more
        try:
            await self._bot.leave_chat(chat_id)
        except (Forbidden, BadRequest, ChatMigrated):
            self._told.discard(chat_id)


def _language(update: Update) -> str:
    """The language of whoever brought us there."""
    user = update.effective_user
    return nearest(user.language_code if user else None)
