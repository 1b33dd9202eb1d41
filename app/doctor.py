"""letloose doctor: the settings without secrets, and whether what they name answers."""

import asyncio
import os
import urllib.request
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPException
from math import isnan
from pathlib import Path

import click
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from telegram.error import InvalidToken, TelegramError

from app.alive import PATIENCE, reached
from app.health import DUE_FOR, POLL_SILENT
from app.keys import keys_in
from app.logs import hidden
from app.settings import PREFIX, Settings
from bot.application import build_bot
from habits import encryption, invariants
from habits.clock import A_JUMP, boottime, system_time
from habits.encryption import Reach
from habits.figures import Figures, figures
from habits.inbox import HANDLED_WITHIN
from habits.reminders import CANCELLED, EXPIRED, FAILED, PENDING, SENT
from habits.storage import schema
from habits.storage.database import Tx, address, without_passwords
from habits.storage.sealed import Keyring


async def check(settings: Settings) -> bool:
    """Print what was found, changing nothing; whether all of it is well."""
    _print_settings(settings)
    directory = _directory(settings.data_dir)
    database = _database(settings) and _encryption(settings)
    promises = database and _promises(settings)
    process = await _process(settings)
    return all([directory, database, promises, process, await _telegram(settings)])


def _print_settings(settings: Settings) -> None:
    for name in Settings.model_fields:
        value = getattr(settings, name)
        shown = "(set)" if isinstance(value, SecretStr) else value
        if name == "database_url" and value:
            shown = without_passwords(address(value, settings.data_dir, ""))
        note = "" if name in settings.model_fields_set else "  (default)"
        click.echo(f"{PREFIX}{name.upper()}={'' if shown is None else shown}{note}")


def _directory(path: Path) -> bool:
    if not os.path.lexists(path):
        return _say("data directory", True, f"{path} will be made")
    if not os.path.isdir(path):  # noqa: PTH112 - says no where Path.is_dir() may raise
        return _say("data directory", False, f"{path} is no directory")
    writable = os.access(path, os.W_OK | os.X_OK)
    return _say("data directory", writable, f"{path} {'can' if writable else 'cannot'} be written")


def _database(settings: Settings) -> bool:
    url = _url(settings)
    if url.get_backend_name() == "sqlite" and not os.path.exists(url.database or ""):  # noqa: PTH110
        return _say("database", True, f"{url.database} will be made")
    try:
        revision = schema.revision(url)
    except (schema.Unusable, OSError) as error:
        return _say("database", False, str(error))
    return _say("database", True, f"revision {revision or 'none yet'}")


def _url(settings: Settings) -> sa.URL:
    return address(settings.database_url, settings.data_dir, "letloose")


def _encryption(settings: Settings) -> bool:
    """Whether the keys are those that the database needs, and whether it lies open to others."""
    keys = keys_in(settings)
    try:
        encrypted = schema.look(_url(settings), partial(_reach, keys), keys)
    except (schema.Unusable, OSError) as error:
        return _say("encryption", False, str(error))
    if keys is None or settings.key_file is None:
        return _say(
            "encryption", True, "none, which Telegram's terms ask for: see docs/operations.md"
        )
    if settings.key_file.stat().st_mode & 0o077:
        return _say("encryption", False, f"others can read {settings.key_file}: chmod 600")
    rest = (
        "" if encrypted is not Reach.WHAT_IS_NEW else "; not what is from before: letloose rotate"
    )
    return _say("encryption", True, f"with the key {keys.first}{rest}")


def _reach(keys: Keyring | None, tx: Tx) -> Reach:
    encryption.refuse_without_keys(tx, keys)
    return encryption.reach(tx)


def _promises(settings: Settings) -> bool:
    """What the database knows of everything promised: the figures of /metrics, and its rows."""
    try:
        known = schema.look(_url(settings), partial(_known, system_time()), keys_in(settings))
    except (schema.Unusable, OSError) as error:
        return _say("promises", False, str(error))
    return known is None or all([_say_figures(known[0]), _say_broken(known[1])])


def _known(now: datetime, tx: Tx) -> tuple[Figures, list[str]]:
    return figures(tx, now), invariants.broken(tx, now)


def _say_figures(known: Figures) -> bool:
    became: Counter[str] = Counter()
    for (_, state, _), count in known.deliveries.items():
        became[state] += count
    states = (PENDING, SENT, EXPIRED, FAILED, CANCELLED)
    told = ", ".join(f"{became[state]} {state}" for state in states)
    waits = f"{known.waiting} updates, the oldest for {known.waiting_for:.0f} s"
    return all(
        [
            _say("messages", True, f"{told}; {known.copies} perhaps sent twice"),
            _say("not sent", True, _reasons(known)),
            _say("due", known.due_for <= DUE_FOR, f"the oldest since {known.due_for:.0f} s"),
            _say("inbox", known.waiting_for <= HANDLED_WITHIN.total_seconds(), waits),
            _say("outages", True, f"{known.away:.0f} s in 90 days"),
        ]
    )


def _reasons(known: Figures) -> str:
    """Why messages expired or failed."""
    why: Counter[str] = Counter()
    for (_, state, reason), count in known.deliveries.items():
        if state in (EXPIRED, FAILED):
            why[f"{state} ({reason})"] += count
    return ", ".join(f"{count} {what}" for what, count in sorted(why.items())) or "none"


def _say_broken(found: list[str]) -> bool:
    if not found:
        return _say("rows", True, "they agree with each other")
    told = [_say("rows", False, each) for each in found]  # every one, not only the first
    return all(told)


async def _process(settings: Settings) -> bool:
    """What the process that runs here counts by itself, where it tells that."""
    listen = settings.metrics_listen
    if listen is None:
        return _say("process", True, f"{PREFIX}METRICS_LISTEN is not set, so it tells no numbers")
    try:
        told = await asyncio.to_thread(_numbers_at, listen)
    except (OSError, HTTPException, ValueError) as error:
        return _say("process", True, f"nobody tells numbers at {listen}, does it run? ({error})")
    return _say_numbers(told)


def _numbers_at(listen: str) -> Mapping[tuple[str, str], float]:
    """Each number by its name and what tells it from others of that name, all kinds together."""
    with urllib.request.urlopen(f"http://{reached(listen)}/metrics", timeout=PATIENCE) as answer:
        text = answer.read().decode()
    found: defaultdict[tuple[str, str], float] = defaultdict(float)
    for family in text_string_to_metric_families(text):
        for name, labels, value, *_ in family.samples:
            which = [each for label, each in labels.items() if label in ("le", "work", "what")]
            found[name.removeprefix("letloose_"), "".join(which)] += value
    return found


def _say_numbers(told: Mapping[tuple[str, str], float]) -> bool:
    late = "reminder_lateness_seconds"
    in_time, sent = told[f"{late}_bucket", "60.0"], told[f"{late}_count", ""]
    held = "; Telegram wants all to wait" if told["send_held", ""] else ""
    busy, trouble = "database_busy_seconds_total", "database_trouble_total"
    heard = told["updates_heard_seconds", ""]
    return all(
        [
            _say("lateness", True, f"{in_time:.0f} of {sent:.0f} reminders within a minute"),
            _say(
                "send budget",
                True,
                f"{told['send_rate', '']:.0f} a second, {told['send_waiting', '']:.0f} wait{held}",
            ),
            _say(
                "database busy",
                True,
                f"{told[busy, 'read']:.1f} s reading, {told[busy, 'write']:.1f} s writing; "
                f"{told[trouble, 'again']:.0f} begun again, {told[trouble, 'busy']:.0f} given up",
            ),
            _say(
                "updates",
                isnan(heard) or heard <= POLL_SILENT,
                "none asked for yet" if isnan(heard) else f"last heard of {heard:.0f} s ago",
            ),
        ]
    )


async def _telegram(settings: Settings) -> bool:
    token = settings.bot_token
    if token is None:
        return _say("telegram", True, "no token: `letloose run` starts the playground")
    bot, transport, _ = build_bot(token, settings.api_url, 4, None)
    try:
        async with bot:
            name = bot.username
    except InvalidToken:
        return _say("telegram", False, "the token is refused: get the current one from @BotFather")
    except TelegramError as error:
        return _say("telegram", False, f"{settings.api_url} does not answer: {error}")
    found = _say("telegram", True, f"@{name}")
    return _clock(transport.server_time) and found


def _clock(stated: tuple[datetime, float] | None) -> bool:
    if stated is None:
        return _say("clock", True, "Telegram did not say what time it is")
    said, at = stated
    off = system_time() - said - timedelta(seconds=boottime() - at)
    return _say("clock", abs(off) <= A_JUMP, f"{off.total_seconds():+.1f} s from Telegram's")


def _say(what: str, well: bool, words: str) -> bool:
    click.echo(hidden(f"{'ok  ' if well else 'BAD '} {what}: {words}"))
    return well
