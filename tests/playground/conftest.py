"""A playground with a clock the test moves, served over HTTP, and the real python-telegram-bot."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
import telegram

from playground.playground import Playground
from playground.server import running

TOKEN = "4242:AAplayground"
KEY = "a-key"


@dataclass
class Clock:
    """A clock that stands still until the test moves it."""

    time: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 8, tzinfo=UTC))

    def now(self) -> datetime:
        return self.time

    def forward(self, **length: float) -> None:
        self.time += timedelta(**length)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def playground(clock: Clock) -> Playground:
    made = Playground(TOKEN, KEY, clock.now, polling_hold=0.0)
    made.chats.people[1001].started = True
    return made


@pytest.fixture
async def address(playground: Playground) -> AsyncIterator[str]:
    async with running(playground) as address:
        yield address


@pytest.fixture
async def bot(address: str) -> AsyncIterator[telegram.Bot]:
    made = telegram.Bot(TOKEN, f"{address}/bot", f"{address}/file/bot")
    async with made:
        yield made


@pytest.fixture
async def http(address: str) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(address) as session:
        yield session
