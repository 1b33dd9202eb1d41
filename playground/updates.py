"""The queue of updates with the semantics of getUpdates.

Sources: Client.cpp (do_get_updates, process_get_updates_query) and TQueue.cpp of
tdlib/telegram-bot-api. Lives count on the playground's clock, waiting on the machine's.
"""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from playground.archive import Archive
from playground.errors import conflict
from playground.parameters import Parameters

LIVES = {"callback_query": 150, "shipping_query": 150, "pre_checkout_query": 150}
LIVES |= {"inline_query": 30, "chosen_inline_result": 600}
"""Seconds in the queue; everything else lives for a day."""
DAY = 86_400
LONGEST_POLL = 50
WILD_OFFSET = 10
"""An offset more than this past the newest update is treated as absent."""
MOST_WAITING = 100_000
UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}
"""Kinds that only come when asked for by name."""
TWO_POLLERS = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)
BY_WEBHOOK = "terminated by setWebhook request"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An update nobody has confirmed yet."""

    update_id: int
    kind: str
    content: dict[str, Any]
    expires_at: datetime


class Updates:
    """What the bot has not confirmed yet, and who is waiting for it."""

    def __init__(self, archive: Archive, now: Callable[[], datetime], hold: float = 3.0) -> None:
        """Take over what the archive holds; `hold` is how many seconds hot polling is slowed to."""
        self._archive = archive
        self._now = now
        self._hold = hold
        self._waiting: dict[int, Waiting] = {}
        self._next = random.randrange(10**8, 9 * 10**8)
        self._load()
        self.allowed: list[str] | None = next((v for _, v in archive.all("allowed")), None)
        self.arrived = asyncio.Event()
        self._poll: asyncio.Future[str | None] | None = None
        self._last_offset: int | None = None
        self._last_poll = -1e9
        self._last_conflict = -1e9

    def __len__(self) -> int:
        self._expire()
        return len(self._waiting)

    def add(self, kind: str, content: dict[str, Any]) -> int | None:
        """Queue an update and wake who waits; give its id, or None if the bot asked for others."""
        if not self._wanted(kind):
            return None
        lives = timedelta(seconds=LIVES.get(kind, DAY))
        return self.add_raw(kind, {kind: content}, self._now() + lives)

    def add_raw(self, kind: str, update: dict[str, Any], expires_at: datetime) -> int:
        """Queue any object as an update; an `update_id` in it is replaced by the queue's own."""
        waiting = Waiting(self._next, kind, update | {"update_id": self._next}, expires_at)
        self._next += 1
        if len(self._waiting) >= MOST_WAITING:
            self.confirm(min(self._waiting))
        self._waiting[waiting.update_id] = waiting
        self._remember(waiting)
        self._wake(None)
        self.arrived.set()
        return waiting.update_id

    def confirm(self, update_id: int) -> None:
        """Forget one update."""
        if self._waiting.pop(update_id, None) is not None:
            self._archive.forget("update", update_id)

    def pending(self) -> list[Waiting]:
        """Give all updates that are neither confirmed nor expired, oldest first."""
        self._expire()
        return list(self._waiting.values())

    def drop_all(self) -> None:
        """Forget everything that waits."""
        for update_id in list(self._waiting):
            self.confirm(update_id)

    def end_poll(self, reason: str = BY_WEBHOOK) -> None:
        """Answer the waiting poll with 409."""
        self._wake(reason)

    def allow(self, asked: Any) -> None:
        """Remember `allowed_updates`; an empty list means the usual, nonsense changes nothing."""
        if isinstance(asked, list):
            self.allowed = [kind for kind in asked if isinstance(kind, str)] or None
            self._archive.keep("allowed", "updates", self.allowed)

    async def poll(self, parameters: Parameters) -> list[dict[str, Any]]:
        """Answer getUpdates; raises RefusedError(409) where another poll took over."""
        offset = parameters.integer("offset", 0)
        limit = parameters.integer("limit", 100, 1, 100)
        timeout: float = parameters.integer("timeout", 0, 0, LONGEST_POLL)
        since = time.monotonic() - self._last_poll
        if offset == self._last_offset and since < self._hold:
            timeout = max(timeout, self._hold)
            limit = 1 if since < self._hold / 6 else limit
        self._last_offset, self._last_poll = offset, time.monotonic()
        found = self.take(offset, limit)
        if found or timeout == 0:
            return found
        await self._wait(timeout)
        return self.take(offset, limit)

    def take(self, offset: int, limit: int) -> list[dict[str, Any]]:
        """Confirm everything below the offset and give what follows, oldest first."""
        self._expire()
        if offset < 0:
            offset = self._from_the_end(-offset)
        if 0 < offset <= self._next + WILD_OFFSET:
            for update_id in [known for known in self._waiting if known < offset]:
                self.confirm(update_id)
        return [waiting.content for waiting in list(self._waiting.values())[:limit]]

    def _wanted(self, kind: str) -> bool:
        return kind not in UNASKED if self.allowed is None else kind in self.allowed

    def _from_the_end(self, count: int) -> int:
        known = list(self._waiting)
        return known[-count] if len(known) >= count else 0

    async def _wait(self, seconds: float) -> None:
        self._wake(TWO_POLLERS)
        mine = self._poll = asyncio.get_running_loop().create_future()
        try:
            reason = await asyncio.wait_for(mine, seconds)
        except TimeoutError:
            reason = None
        finally:
            if self._poll is mine:
                self._poll = None
        if reason is not None:
            await self._hold_conflicts()
            raise conflict(reason)

    async def _hold_conflicts(self) -> None:
        since, self._last_conflict = time.monotonic() - self._last_conflict, time.monotonic()
        if since < self._hold:
            await asyncio.sleep(self._hold)

    def _wake(self, reason: str | None) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(reason)
        self._poll = None

    def _expire(self) -> None:
        now = self._now()
        for waiting in [w for w in self._waiting.values() if w.expires_at <= now]:
            self.confirm(waiting.update_id)

    def _remember(self, waiting: Waiting) -> None:
        if self._archive.keeps:
            value = [waiting.kind, waiting.content, waiting.expires_at.isoformat()]
            self._archive.keep("update", waiting.update_id, value)
            self._archive.keep("next update", "id", self._next)

    def _load(self) -> None:
        for key, (kind, content, expires_at) in self._archive.all("update"):
            until = datetime.fromisoformat(expires_at)
            self._waiting[int(key)] = Waiting(int(key), kind, content, until)
        self._next = next((v for _, v in self._archive.all("next update")), self._next)
