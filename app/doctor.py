"""letloose doctor: the settings without secrets, and whether what they name answers."""

from datetime import datetime, timedelta

import click
from telegram.error import TelegramError

from app.settings import PREFIX, Settings
from bot.application import build_bot
from habits.clock import A_JUMP, boottime, system_time
from habits.storage import schema
from habits.storage.database import address


async def check(settings: Settings) -> bool:
    """Print what was found; whether all of it is well."""
    _print_settings(settings)
    return all([_database(settings), await _telegram(settings)])


def _print_settings(settings: Settings) -> None:
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        shown = "(set)" if name == "token" and value else value
        if name == "database_url" and value:
            shown = repr(address(value, settings.data_dir, ""))
        note = "" if name in settings.model_fields_set else "  (default)"
        click.echo(f"{PREFIX}{name.upper()}={'' if shown is None else shown}{note}")
        assert field.description, name


def _database(settings: Settings) -> bool:
    url = address(settings.database_url, settings.data_dir, "letloose")
    if url.get_backend_name() == "sqlite" and not settings.data_dir.is_dir():
        return _say("database", True, f"will be made in {settings.data_dir}")
    try:
        revision = schema.revision(url)
    except schema.Unusable as error:
        return _say("database", False, str(error))
    return _say("database", True, f"revision {revision or 'none yet'}")


async def _telegram(settings: Settings) -> bool:
    token = settings.bot_token
    if token is None:
        return _say("telegram", True, "no token: `letloose run` starts the playground")
    bot, transport = build_bot(token, settings.api_url, 4, None)
    try:
        async with bot:
            name = bot.username
    except TelegramError as error:
        return _say("telegram", False, f"{type(error).__name__}: {error}")
    found = _say("telegram", True, f"@{name}")
    return _clock(transport.server_time) and found


def _clock(stated: tuple[datetime, float] | None) -> bool:
    if stated is None:
        return _say("clock", True, "Telegram did not say what time it is")
    said, at = stated
    off = system_time() - said - timedelta(seconds=boottime() - at)
    return _say("clock", abs(off) <= A_JUMP, f"{off.total_seconds():+.1f} s from Telegram's")


def _say(what: str, well: bool, words: str) -> bool:
    click.echo(f"{'ok  ' if well else 'BAD '} {what}: {words}")
    return well
