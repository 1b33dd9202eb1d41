"""How updates come to us: Telegram brings them, or is asked for them by one process at a time."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.arrivals import ALLOWED_UPDATES
from bot.calls import call
from bot.transport_errors import NotSent, Unsure, UnsureInTime, refusal
from habits import duties
from habits.clock import boottime
from habits.duties import POLLING
from habits.storage.database import Busy, Database

POLLS_FOR, ANSWERS_WITHIN = 10, 10
"""Seconds that Telegram may wait for something to happen, and more until a poll has failed."""
POLLING_LASTS = 20.0
"""Seconds after the last sign of whoever polls; more than one poll takes."""
LOOKS_WHO_POLLS = 3.0
ASKS_AFTER_WEBHOOK = 60.0
AT_ONCE = 64
"""Updates that Telegram may bring at the same time."""
PAUSES = (0.5, 1, 2, 5, 10, 30)

_log = logging.getLogger(__name__)

Updates = Sequence[Mapping[str, Any]]


class Hearing:
    """Polls or is brought updates, and hands on what came.

    take: keeps updates; they are confirmed once it has returned. unheard: told of the seconds
    before a good poll in which there was none. process: what this process is called among those
    of the bot.
    asks: the call by which it knows that updates can come. heard_at: when that last went well
    here, or another process was seen to have taken it on (boottime); None before the first time.
    failure: what the last try ran into; None after one that went well.
    """

    def __init__(
        self,
        bot: Bot,
        database: Database,
        process: str,
        take: Callable[[Updates], Awaitable[None]],
        unheard: Callable[[float], Awaitable[None]],
    ) -> None:
        self._bot = bot
        self._database = database
        self._process = process
        self._take = take
        self._unheard = unheard
        self.asks = "getUpdates"
        self.heard_at: float | None = None
        self.failure: Exception | None = None
        self._cut_off = False

    async def listen(self, url: str, secret: str) -> None:
        """Have Telegram bring the updates, and see every minute that it still does, for ever."""
        self.asks, failures = "getWebhookInfo", 0
        while True:
            try:
                if (await self._bot.get_webhook_info()).url != url or self.heard_at is None:
                    await self._set_webhook(url, secret)
                self.heard_at, failures = boottime(), 0
                await asyncio.sleep(ASKS_AFTER_WEBHOOK)
            except Exception as error:
                await self._pause(error, failures)
                failures += 1

    async def _set_webhook(self, url: str, secret: str) -> None:
        await self._bot.set_webhook(
            url,
            max_connections=AT_ONCE,
            allowed_updates=list(ALLOWED_UPDATES),
            drop_pending_updates=False,
            secret_token=secret,
        )

    async def poll(self) -> None:
        """Ask Telegram for updates for ever, or stand by while another process does."""
        try:
            await self._poll()
        finally:
            await self._give_back()

    async def _poll(self) -> None:
        """Nothing that goes wrong ends this."""
        offset, failures, polling, left_webhook = 0, 0, False, False
        while True:
            try:
                if not await self._our_turn():
                    self.heard_at, polling = boottime(), False
                    await asyncio.sleep(LOOKS_WHO_POLLS)
                    continue
                if not left_webhook:
                    left_webhook = await self._bot.delete_webhook(drop_pending_updates=False)
                updates = await self._get_updates(offset, POLLS_FOR if polling else 0)
                await self._take(updates)
                if updates:  # after a silent week ids may begin anew, lower than before
                    offset = max(int(update["update_id"]) for update in updates) + 1
                if self.heard_at is not None:
                    await self._unheard(boottime() - self.heard_at)
                self.heard_at, self.failure = boottime(), None
                failures, polling, self._cut_off = 0, True, False
            except Exception as error:
                left_webhook = left_webhook and not isinstance(error, Conflict)
                await self._pause(error, failures, await self._step_aside(error, failures))
                failures, polling = failures + 1, False

    async def _our_turn(self) -> bool:
        """On SQLite there is nobody else.

        Who was cut off tries as long as nobody polls, and has the duty only once that goes well:
        so nobody takes a try for a sign that updates come.
        """
        if self._database.is_sqlite:
            return True
        ours = await self._database.write(duties.take, POLLING, self._process, POLLING_LASTS)
        if ours and self._cut_off:
            await self._give_back()
        return ours

    async def _step_aside(self, error: Exception, failures: int) -> float:
        """Where it may be only our way to Telegram that is cut: the seconds others need to see."""
        if self._database.is_sqlite or not _is_cut_off(error, failures):
            return 0.0
        self._cut_off = True
        await self._give_back()
        return LOOKS_WHO_POLLS + 1.0

    async def _give_back(self) -> None:
        if not self._database.is_sqlite:
            with contextlib.suppress(Exception):
                await self._database.write(duties.give_back, POLLING, self._process)

    async def _pause(self, error: Exception, failures: int, least: float = 0.0) -> None:
        self.failure = error
        _log_failure(error)
        asked = error.retry_after if isinstance(error, RetryAfter) else timedelta(0)
        assert isinstance(asked, timedelta), "see bot/transport_errors.py"
        pause = PAUSES[min(failures, len(PAUSES) - 1)]
        await asyncio.sleep(max(pause, least, asked.total_seconds()))

    async def _get_updates(self, offset: int, wait: int) -> Updates:
        """Raw, so that one update that PTB cannot read does not stop those behind it.

        The first poll and one after a failure do not wait, so that it is soon known how we stand.
        """
        result: Updates = await call(
            self._bot,
            "getUpdates",
            read_timeout=wait + ANSWERS_WITHIN,
            offset=offset,
            timeout=wait,
            limit=100,
            allowed_updates=list(ALLOWED_UPDATES),
        )
        return result


def _is_cut_off(error: Exception, failures: int) -> bool:
    """No answer for a whole poll, or none or a refusal twice in a row."""
    unanswered = isinstance(error, NotSent | Unsure | InvalidToken | Conflict)
    return isinstance(error, UnsureInTime) or (unanswered and failures > 0)


def _log_failure(error: Exception) -> None:
    match error:
        case Conflict():
            _log.error(
                "another copy of this bot is polling or has set a webhook; "
                "only one gets each update"
            )
        case InvalidToken():
            _log.error("Telegram refuses the token; if it was revoked, set the new one")
        case TelegramError():
            _log.warning("no updates: %s: %s", type(error).__name__, refusal(error))
        case Busy():
            _log.warning("no updates: %s: %s", type(error).__name__, error)
        case _:
            _log.warning("no updates: %s", type(error).__name__, exc_info=error)
