"""The command line; run is the default."""

# ruff: noqa: E402 - SIGTERM is heard before anything that takes a while to load
import os
import signal
import sys


def _end_at_once(*_: object) -> None:
    """SIGTERM while starting; until the event loop runs there is nothing to finish."""
    os._exit(0 if sys.argv[1:2] in ([], ["run"]) else 128 + signal.SIGTERM)


signal.signal(signal.SIGTERM, _end_at_once)  # as the first process of a container nobody else would

import gc
from pathlib import Path
from typing import NoReturn

import click

from app import logs
from app.roles import Role
from app.settings import Settings, WrongSetting, read_settings

WRONG_SETTING, CANNOT_RUN = 2, 1
ROLES = [str(each) for each in Role]
HALVES = "On PostgreSQL, one of the bot's two halves."


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Let Loose: keeps the weekend's time for what unwinds you."""
    if context.invoked_subcommand is None:
        context.invoke(run)


@main.command()
@click.option("--role", "named", type=click.Choice(ROLES), default=str(Role.ALL), help=HALVES)
def run(named: str) -> None:
    """Run the bot; without a token, the playground."""
    settings, role = _settings(), Role(named)
    if role is not Role.ALL and settings.on_sqlite:
        _fail(f"--role {role} needs PostgreSQL: on SQLite one process does all", WRONG_SETTING)
    if role is not Role.ALL and settings.bot_token is None:
        _fail(f"--role {role} needs LETLOOSE_TOKEN: the playground does all", WRONG_SETTING)
    if settings.bot_token is None and settings.needs_token:
        _fail("LETLOOSE_TOKEN is missing: get a token from @BotFather", WRONG_SETTING)
    if settings.bot_token:
        _do("run", settings, role)
    _do("playground", settings)


@main.command()
def playground() -> None:
    """Try the bot in the browser, without a token."""
    _do("playground", _settings())


@main.command()
def migrate() -> None:
    """Bring the database to this version's schema."""
    _do("migrate", _settings())


@main.command()
def doctor() -> None:
    """Show the settings; check data, Telegram and clock."""
    _do("doctor", _settings())


FILE = click.Path(path_type=Path)


@main.command()
@click.argument("file", type=FILE)
def backup(file: Path) -> None:
    """Write a backup into FILE, also while it runs."""
    _do("backup", _settings(), file)


@main.command()
@click.argument("file", type=FILE)
def restore(file: Path) -> None:
    """Put the backup FILE in the database's place."""
    _do("restore", _settings(), file)


@main.command()
def invite() -> None:
    """Print a link that lets one person in, once, for seven days."""
    settings = _settings()
    if settings.bot_token is None:
        _fail("LETLOOSE_TOKEN is missing: an invitation leads to a bot", WRONG_SETTING)
    _do("invite", settings)


@main.command()
@click.argument("file", type=FILE)
def key(file: Path) -> None:
    """Write a new key into FILE, in front of those there."""
    _do("key", _settings(with_keys=False), file)


@main.command()
def rotate() -> None:
    """Encrypt all words with the first key of the file."""
    _do("rotate", _settings())


def _settings(*, with_keys: bool = True) -> Settings:
    try:
        settings = read_settings()
        if with_keys and settings.key_file is not None:
            from app.keys import keys_in  # noqa: PLC0415 - not for whoever has no keys

            keys_in(settings)  # a wrong file is told before anything is opened
    except WrongSetting as error:
        _fail(str(error), WRONG_SETTING)
    if settings.bot_token is not None:
        logs.keep_secret(settings.bot_token)
        logs.keep_secret(settings.webhook_secret_for(settings.bot_token))
    logs.set_up(settings.log_level, settings.log_format)
    return settings


def _do(command: str, settings: Settings, *arguments: Path | Role) -> NoReturn:
    gc.disable()  # what is loaded stays: looking for garbage in it is a tenth of the start
    from app import commands  # noqa: PLC0415 - loads everything; what is told above waits for none

    gc.freeze()
    gc.set_threshold(20_000)  # a claim of many messages is no garbage
    gc.enable()
    # SQLite's threads let the interpreter go at every row: at the usual 5 ms they would wait for
    # it as often, and whoever presses a button with them
    sys.setswitchinterval(0.0005)
    try:
        well = commands.COMMANDS[command](settings, *arguments)
    except commands.CannotDo as error:
        _fail(str(error), CANNOT_RUN)
    sys.exit(0 if well else CANNOT_RUN)


def _fail(sentence: str, code: int) -> NoReturn:
    click.echo(f"letloose: {logs.hidden(sentence)}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
