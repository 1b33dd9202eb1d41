"""PTB's Bot and Application, put together; no logic."""

from typing import Any

from telegram import Bot, BotCommand, Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, ExtBot

from bot import routing
from bot.context import Context, House
from bot.features import FEATURES
from bot.language import languages, speaking
from bot.pacing import Pacing
from bot.texts import commands
from bot.transport import Transport

Telegram = Application[Any, Any, Any, Any, Any, Any]


def build_bot(
    token: str, api_url: str, in_flight: int, pacing: Pacing | None
) -> tuple[Bot, Transport, Transport]:
    """The bot over transports of our own: one to send, one to poll."""
    sending = Transport(
        in_flight=in_flight,
        pace=pacing.turn if pacing else None,
        told_to_wait=pacing.told_to_wait if pacing else None,
    )
    polling = Transport(in_flight=4)
    bot: Bot = ExtBot(
        token,
        base_url=f"{api_url}/bot",
        base_file_url=f"{api_url}/file/bot",
        request=sending,
        get_updates_request=polling,
    )
    return bot, sending, polling


def build_application(bot: Bot, house: House) -> Telegram:
    """The application with every feature's handlers; it neither polls nor schedules."""
    application: Telegram = (
        ApplicationBuilder()
        .bot(bot)
        .updater(None)
        .job_queue(None)
        .context_types(ContextTypes(context=Context))
        .build()
    )
    application.bot_data["house"] = house
    application.add_handlers(routing.handlers_of(routing.routes_of(FEATURES)))
    application.add_error_handler(_tell_the_inbox)
    return application


async def _tell_the_inbox(event: object, context: Context) -> None:
    """PTB hides what a handler raises; the inbox has to know it."""
    house: House = context.application.bot_data["house"]
    if isinstance(event, Update) and event.update_id in house.visits:
        house.visits[event.update_id].failure = context.error


async def publish_commands(bot: Bot) -> None:
    """The command menu, in every language there is."""
    for language in languages():
        with speaking(language):
            menu = [BotCommand(name, words) for name, words in commands.menu().items()]
        code = None if language == languages()[0] else language
        await bot.set_my_commands(menu, language_code=code)
