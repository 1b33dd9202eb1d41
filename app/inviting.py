"""letloose invite: a link that lets one person in."""

from telegram.error import InvalidToken, TelegramError

from app.keys import keys_in
from app.settings import Settings
from app.wiring import CannotStart
from bot.application import build_bot
from habits import admissions
from habits.clock import system_time
from habits.storage import schema
from habits.storage.database import address, connect


async def link(settings: Settings, name: str) -> str:
    """A new invitation to the bot; raises CannotStart or Unusable in words."""
    token = settings.bot_token
    assert token is not None
    username = await _username(token, settings.api_url)
    url = address(settings.database_url, settings.data_dir, name)
    if schema.revision(url) != schema.revisions()[-1]:
        raise CannotStart("the database is not of this version: start the bot first.")
    database = connect(url, keys_in(settings))
    try:
        await database.write(schema.belong_to, int(token.partition(":")[0]))
        word = await database.write(admissions.invite, system_time())
    finally:
        database.close()
    return f"https://t.me/{username}?start={word}"


async def _username(token: str, api_url: str) -> str:
    bot, *_ = build_bot(token, api_url, 4, None)
    try:
        async with bot:
            return str(bot.username)
    except InvalidToken:
        raise CannotStart("Telegram refuses the token: get the current one.") from None
    except TelegramError as error:
        raise CannotStart(f"{api_url} does not answer: {error}.") from error
