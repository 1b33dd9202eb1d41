"""How fast the bot may speak, and the bans it earns.

Numbers from Telegram's FAQ: about 30 messages a second over all chats, about one a second in a chat
with short bursts allowed, 20 a minute in a group. The real ones are unpublished and move.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

SENDING = {"sendmessage", "sendphoto", "senddocument", "sendmediagroup", "sendlocation"}
"""Methods that count as speaking."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages a second over all chats and in one; `enforce` answers 429 beyond them.

    `burst` is how many one chat may get at once after a quiet while; `ban` is `retry_after` in
    seconds.
    """

    per_second: float = 30
    per_chat_per_second: float = 1
    per_group_per_minute: float = 20
    burst: int = 5
    ban: int = 3
    enforce: bool = False


@dataclass(slots=True)
class _Bucket:
    rate: float
    size: float
    level: float
    at: float

    def take(self, now: float) -> bool:
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


@dataclass(slots=True)
class Bans:
    """Who may not be written to, and until when; None stands for the whole bot.

    `clock` gives seconds that never jump: a ban is real time even where the playground's clock is
    wound forward.
    """

    limits: Limits
    clock: Callable[[], float]
    until: dict[int | None, float] = field(default_factory=dict)
    _buckets: dict[int | None, _Bucket] = field(default_factory=dict)

    def start(self, chat: int | None, seconds: float) -> None:
        """Ban a chat, or the whole bot, from now on; a longer ban stays."""
        self.until[chat] = max(self.until.get(chat, 0.0), self.clock() + seconds)

    def left(self, chat: int | None) -> float:
        """Give the seconds that a ban on the bot or on this chat still lasts, or 0."""
        if not self.until:
            return 0.0
        until = max(self.until.get(None, 0.0), self.until.get(chat, 0.0))
        return max(0.0, until - self.clock())

    def admit(self, method: str, chat: int | None) -> int | None:
        """Count one call; give the seconds to be quiet if it is one too many, else None."""
        if not self.limits.enforce or method not in SENDING:
            return None
        left = self.left(chat)
        if left > 0:
            return math.ceil(left)
        for name in (None, chat):
            if not self._bucket(name).take(self.clock()):
                self.start(name, self.limits.ban)
                return self.limits.ban
        return None

    def _bucket(self, chat: int | None) -> _Bucket:
        if chat not in self._buckets:
            limits = self.limits
            if chat is None:
                rate, size = limits.per_second, limits.per_second
            elif chat < 0:
                rate, size = limits.per_group_per_minute / 60, limits.per_group_per_minute
            else:
                rate, size = limits.per_chat_per_second, limits.burst
            self._buckets[chat] = _Bucket(rate, size, size, self.clock())
        return self._buckets[chat]
