"""What the command line does; what cannot be helped here ends in one sentence."""

import asyncio
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app import backing_up, keys, wiring
from app.roles import Role
from app.settings import Settings, WrongSetting
from habits.clock import Clock, system_time
from habits.storage import schema
from habits.storage.database import Busy, address
from habits.storage.sealed import Unreadable

NAME = backing_up.NAME
EXPECTED = (
    schema.Unusable,
    wiring.CannotStart,
    wiring.CannotGoOn,
    WrongSetting,
    Unreadable,
    Busy,
)


class CannotDo(Exception):
    """Why not, in one sentence that says what to do about it."""


def run(settings: Settings, role: Role = Role.ALL) -> bool:
    """Run the bot, or its part in it, until it is told to stop."""
    token = settings.bot_token
    assert token is not None
    with _told(), _alone(settings, NAME, others=not settings.on_sqlite):
        schema.migrate(address(settings.database_url, settings.data_dir, NAME))
        bot = wiring.run(settings, Clock(), NAME, token, settings.api_url, role)
        asyncio.run(wiring.until_stopped(bot))
    return True


def playground(settings: Settings) -> bool:
    """Run the playground until it is told to stop."""
    from app import local  # noqa: PLC0415 - a bot with a token starts sooner without it

    with _told(), _alone(settings, local.NAME):
        asyncio.run(wiring.until_stopped(local.run(settings)))
    return True


def migrate(settings: Settings) -> bool:
    """Migrate the database and print where it stands."""
    with _told():
        _make_private(settings.data_dir)
        revision = schema.migrate(address(settings.database_url, settings.data_dir, NAME))
        print(f"The database is at revision {revision}.")
    return True


def check(settings: Settings) -> bool:
    """Print what the doctor found; whether all of it is well."""
    from app import doctor  # noqa: PLC0415 - likewise

    with _told():
        return asyncio.run(doctor.check(settings))


def backup(settings: Settings, target: Path) -> bool:
    """Write a backup into a file that is not there yet."""
    with _told():
        os.umask(0o077)
        return backing_up.backup(settings, target)


def restore(settings: Settings, path: Path) -> bool:
    """Put a backup in the database's place, unless the bot runs."""
    with _told(), _alone(settings, NAME):
        return backing_up.restore(settings, path)


def invite(settings: Settings) -> bool:
    """Print a link that lets one person in."""
    from app import inviting  # noqa: PLC0415 - likewise

    with _told():
        print(asyncio.run(inviting.link(settings, NAME)))
    return True


def key(settings: Settings, path: Path) -> bool:
    """Make a key file, or put a new key first in one."""
    with _told():
        return keys.add_key(settings, path)


def rotate(settings: Settings) -> bool:
    """Encrypt everything with the first key, whether the bot runs or not."""
    from app import rotation  # noqa: PLC0415 - likewise

    with _told():
        return asyncio.run(rotation.rotate(settings, system_time()))


COMMANDS: dict[str, Callable[..., bool]] = {
    "run": run,
    "playground": playground,
    "migrate": migrate,
    "doctor": check,
    "backup": backup,
    "restore": restore,
    "invite": invite,
    "key": key,
    "rotate": rotate,
}


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except EXPECTED as error:
        raise CannotDo(str(error)) from error
    except PermissionError as error:
        raise CannotDo(f"{error.filename} cannot be opened: see who owns it.") from error
    except (FileExistsError, NotADirectoryError) as error:
        raise CannotDo(f"{error.filename} is a file where a directory is needed.") from error
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        raise CannotDo(f"{error.strerror or error}{where}") from error


@contextmanager
def _alone(settings: Settings, name: str, *, others: bool = False) -> Iterator[None]:
    """One process at a time in a data directory, and with a file of SQLite wherever it lies.

    others: those that share a database on PostgreSQL may share a directory too.
    """
    _make_private(settings.data_dir)
    database = backing_up.file_of(settings, name)
    with ExitStack() as locks:
        lock = settings.data_dir / "lock"
        locks.enter_context(_locked(lock, f"in {settings.data_dir}", shared=others))
        if database is not None:
            beside = Path(f"{database.resolve()}.lock")
            locks.enter_context(_locked(beside, f"with {database}"))
        yield


@contextmanager
def _locked(path: Path, where: str, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock; who comes second is told of the first."""
    with path.open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            first = lock.read().strip() or "unknown"
            raise CannotDo(f"another copy is running {where} (pid {first}).") from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _make_private(data_dir: Path) -> None:
    os.umask(0o077)
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
