"""The command line: run (the default), playground, migrate, doctor."""

import asyncio
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

from app import local, logs, wiring
from app.settings import Settings, WrongSetting, read_settings
from app.web import PortInUse
from habits.clock import Clock
from habits.storage import schema
from habits.storage.database import address

NAME = "letloose"
WRONG_SETTING, CANNOT_RUN = 2, 1


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Let Loose: keeps the weekend's time for what unwinds you."""
    if context.invoked_subcommand is None:
        context.invoke(run)


@main.command()
def run() -> None:
    """Run the bot; without a token, the playground."""
    settings = _settings()
    token = settings.bot_token
    if token is None and settings.needs_token:
        _fail("LETLOOSE_TOKEN is missing: get a token from @BotFather.", WRONG_SETTING)
    with _told(), _alone(settings):
        if token is None:
            asyncio.run(local.run(settings))
        else:
            asyncio.run(wiring.run(settings, Clock(), NAME, token, settings.api_url))


@main.command()
def playground() -> None:
    """Try the bot in the browser, without a token."""
    settings = _settings()
    with _told(), _alone(settings):
        asyncio.run(local.run(settings))


@main.command()
def migrate() -> None:
    """Bring the database to this version's schema."""
    settings = _settings()
    with _told():
        _make_private(settings.data_dir)
        revision = schema.migrate(address(settings.database_url, settings.data_dir, NAME))
        click.echo(f"The database is at revision {revision}.")


@main.command()
def doctor() -> None:
    """Show the settings without secrets; check database, Telegram and clock."""
    from app import doctor as checks  # noqa: PLC0415 - only this command pays for it

    settings = _settings()
    with _told():
        sys.exit(0 if asyncio.run(checks.check(settings)) else CANNOT_RUN)


def _settings() -> Settings:
    try:
        settings = read_settings()
    except WrongSetting as error:
        _fail(str(error), WRONG_SETTING)
    logs.set_up(settings.log_level, settings.log_format)
    return settings


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be helped here is one sentence and an exit code, never a traceback."""
    try:
        yield
    except (schema.Unusable, wiring.CannotStart, PortInUse) as error:
        _fail(str(error), CANNOT_RUN)
    except PermissionError as error:
        _fail(f"{error.filename} cannot be written: see who owns it.", CANNOT_RUN)
    except OSError as error:
        _fail(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), CANNOT_RUN)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One process at a time in a data directory; the second is told of the first."""
    _make_private(settings.data_dir)
    path = settings.data_dir / "lock"
    with path.open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            first = lock.read().strip() or "unknown"
            _fail(f"another copy is running in {settings.data_dir} (pid {first}).", CANNOT_RUN)
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _make_private(data_dir: Path) -> None:
    os.umask(0o077)
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)


def _fail(sentence: str, code: int) -> NoReturn:
    click.echo(f"letloose: {sentence}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
