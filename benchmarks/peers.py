"""`python -m benchmarks.peers KIND ADDRESS`: the echo bots that ours is held against.

default: python-telegram-bot as its README shows it. over-ours: the same over our transport,
64 updates at a time.
"""

import sys
import warnings
from typing import Any

from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters
from telegram.warnings import PTBUserWarning

from benchmarks.server import TOKEN

AT_ONCE = 64


async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    """Say the same."""
    assert update.message is not None
    assert update.message.text is not None
    await update.message.reply_text(update.message.text)


def build(kind: str, address: str) -> "Application[Any, Any, Any, Any, Any, Any]":
    """The bot of that kind."""
    builder = ApplicationBuilder().token(TOKEN).base_url(f"{address}/bot")
    if kind == "over-ours":
        from bot.transport import Transport  # noqa: PLC0415 - the default bot starts without it

        builder = (
            builder.request(Transport(in_flight=AT_ONCE))
            .get_updates_request(Transport(in_flight=4))
            .concurrent_updates(AT_ONCE)
        )
    application = builder.build()
    application.add_handler(MessageHandler(filters.TEXT, echo))
    return application


if __name__ == "__main__":
    warnings.simplefilter("ignore", PTBUserWarning)
    build(*sys.argv[1:]).run_polling()
