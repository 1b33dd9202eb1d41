"""The state of one playground: its bot, its people, what waits, what went wrong."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playground.archive import Archive
from playground.chats import Chats, Group, Message, Person
from playground.faults import Calls, Faults, boottime
from playground.limits import Bans, Limits
from playground.shapes import page_message
from playground.updates import Updates

ANSWER_WITHIN = timedelta(seconds=150)
"""How long a press may wait for its answer; Telegram documents no number."""


@dataclass(slots=True)
class Press:
    """A press on an inline button; `number` is the page's own, by which it waits for the answer."""

    person: int
    at: datetime
    number: int | None = None


@dataclass(slots=True)
class WebhookState:
    """What setWebhook asked for and what became of it; no url means getUpdates."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    last_error_at: int | None = None
    last_error: str | None = None
    set_at: float = -1e9


@dataclass(slots=True)
class Playground:
    """A Telegram of our own for one bot.

    `now` is the playground's clock (aware, UTC); whoever wires the playground owns it. `jump` moves
    it (`"next"`, `"PT1H"`, `"P1D"`, `"P1W"`) and `next_due` says when the next reminder is; without
    them the page offers no jumps. `store` is the file that keeps the chats over a restart.
    `polling_hold` is how many seconds Telegram slows hot polling to, and `webhook_pause` the first
    wait before a delivery is tried again; both are only for tests to shorten.
    """

    token: str
    key: str
    now: Callable[[], datetime]
    jump: Callable[[str], Awaitable[None]] | None = None
    next_due: Callable[[], Awaitable[datetime | None]] | None = None
    store: Path | None = None
    limits: Limits = field(default_factory=Limits)
    name: str = "Let Loose"
    username: str = "let_loose_bot"
    polling_hold: float = 3.0
    webhook_pause: float = 2.0
    archive: Archive = field(init=False)
    chats: Chats = field(init=False)
    updates: Updates = field(init=False)
    bans: Bans = field(init=False)
    faults: Faults = field(init=False, default_factory=Faults)
    calls: Calls = field(init=False, default_factory=Calls)
    presses: dict[str, Press] = field(init=False, default_factory=dict)
    webhook: WebhookState = field(init=False, default_factory=WebhookState)
    webhook_changed: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    settings: dict[str, Any] = field(init=False, default_factory=dict)
    sockets: set[asyncio.Queue[dict[str, Any]]] = field(init=False, default_factory=set)
    viewed: dict[int, int] = field(init=False, default_factory=dict)
    jumps_under_way: int = field(init=False, default=0)
    closing: asyncio.Event = field(init=False, default_factory=asyncio.Event)
    control_clock: Callable[[timedelta], None] | None = None

    def __post_init__(self) -> None:
        self.archive = Archive(self.store)
        self.chats = Chats(self.archive)
        self.updates = Updates(self.archive, self.now, self.polling_hold)
        self.bans = Bans(self.limits, boottime)
        self.settings = dict(self.archive.all("setting"))
        for _, state in self.archive.all("webhook"):
            self.webhook = WebhookState(**state)

    @property
    def bot_id(self) -> int:
        """The bot's user id, the number before the token's colon."""
        return int(self.token.partition(":")[0])

    def bot(self) -> dict[str, Any]:
        """Give Telegram's User of the bot."""
        return {
            "id": self.bot_id,
            "is_bot": True,
            "first_name": self.setting("name", "") or self.name,
            "username": self.username,
        }

    def user(self, number: int) -> dict[str, Any]:
        """Give Telegram's User of anybody."""
        if number == self.bot_id:
            return self.bot()
        return self.chats.people[number].user()

    def setting(self, name: str, default: Any) -> Any:
        """Give something the bot has set about itself."""
        return self.settings.get(name, default)

    def keep_setting(self, name: str, value: Any) -> None:
        """Remember something the bot sets about itself."""
        self.settings[name] = value
        self.archive.keep("setting", name, value)

    def chat(self, number: int) -> Person | Group | None:
        """Give who or what is behind a chat id."""
        return self.chats.people.get(number) or self.chats.groups.get(number)

    def tell(self, event: dict[str, Any]) -> None:
        """Send an event to every open page."""
        for socket in self.sockets:
            socket.put_nowait(event)

    def tell_message(self, kind: str, message: Message) -> None:
        """Send a new or edited message to every open page."""
        if self.sockets:
            shown = page_message(message, self.bot_id)
            self.tell({"type": kind, "person": message.chat, "message": shown})

    def tell_people(self) -> None:
        """Send the list of people to every open page."""
        shown = [person.for_page() for person in self.chats.people.values()]
        self.tell({"type": "people", "people": shown})

    async def clock_event(self) -> dict[str, Any]:
        """Describe the clock for the page."""
        due = None if self.next_due is None else await self.next_due()
        return {
            "type": "clock",
            "now": self.now().isoformat(),
            "next": None if due is None else due.isoformat(),
            "jumping": self.jumps_under_way > 0,
        }

    async def clock_moved(self) -> None:
        """Tell every open page what time it is; to be called on each step of a jump."""
        self.tell(await self.clock_event())

    def close(self) -> None:
        """End what waits and write what is unwritten."""
        self.closing.set()
        self.updates.end_poll("terminated by the server's end")
        self.archive.close()
