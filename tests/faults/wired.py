"""The whole program and a scriptable Telegram in this process: quick, and both within reach."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app import wiring
from app.settings import Settings
from app.wiring import Running
from habits.clock import Clock, system_time
from habits.storage import schema
from habits.storage.database import address
from playground import acts
from playground.chats import Person
from playground.faults import Call, Fault
from playground.playground import Playground
from playground.server import running
from tests import databases
from tests.bot_api import KEY, TOKEN, judge
from tests.faults.rig import FIRST, Inside, was_carried_out
from tests.process import eventually, free_port, text_of


@dataclass
class Wired(Inside):
    """Telegram and the program, each of which can be stopped and begun again."""

    settings: Settings
    playground: Playground
    port: int = field(default_factory=free_port)
    telegram: AsyncExitStack = field(default_factory=AsyncExitStack)
    program: AsyncExitStack = field(default_factory=AsyncExitStack)
    parts: Running = field(init=False)

    async def open(self) -> None:
        """Let Telegram answer."""
        await self.telegram.enter_async_context(running(self.playground, self.port))

    async def start(self) -> None:
        """Start the program."""
        here = f"http://127.0.0.1:{self.port}"
        settings = self.settings
        schema.migrate(address(settings.database_url, settings.data_dir, "letloose"))
        self.parts = await self.program.enter_async_context(
            wiring.running(settings, Clock(), "letloose", TOKEN, here)
        )

    async def stop(self) -> None:
        """Stop the program as SIGTERM does."""
        await self.program.aclose()

    def fails(self, what: Any, **how: Any) -> Fault:
        """Let something go wrong, once unless `times` says otherwise."""
        return self.playground.faults.add(Fault(what, **how))

    async def seed(self, count: int, *, due_in: float | None = 0.0, first: int = FIRST) -> range:
        """People as `promise` makes them, who have begun to talk with the bot."""
        numbers = await self.promise(count, due_in=due_in, first=first)
        for number in numbers:
            self.meet(number)
        return numbers

    def meet(self, number: int = FIRST) -> int:
        """Somebody whom the program does not know yet."""
        self.playground.chats.keep_person(Person(number, f"P{number}", started=True))
        return number

    def says(self, person: int, text: str) -> None:
        """Somebody types something."""
        acts.say(self.playground, person, text)

    def presses(self, person: int, data: str, message: int = 7) -> str:
        """Somebody presses a button, of a message long gone unless it is named."""
        return acts.press(self.playground, person, message, data)

    def calls(self, *methods: str) -> list[Call]:
        """The calls that the program made."""
        return self.playground.calls.of(*methods) if methods else list(self.playground.calls)

    def arrived(self) -> Counter[int]:
        """How many messages each chat got, whatever the program was told about it."""
        sent = [call for call in self.calls("sendMessage") if was_carried_out(call.as_json())]
        return Counter(call.chat for call in sent if call.chat is not None)

    def heard(self, person: int) -> list[str]:
        """What the bot's messages to somebody say, oldest first."""
        found = self.playground.chats.messages(person)
        bot = self.playground.bot_id
        return [
            text_of({"text": message.content.get("text"), "caption": None})
            for message in found
            if message.sender == bot
        ]

    async def hears(self, person: int, words: str, patience: float = 30.0) -> None:
        """Wait until the bot has said these words to somebody."""
        await self.until(lambda: any(words in text for text in self.heard(person)), words, patience)

    async def handled(self) -> None:
        """Wait until everything that people did has been handled and confirmed."""
        await self.until(
            lambda: self.unhandled() == 0 and not self.playground.updates.pending(),
            "an empty inbox",
        )
        await self.parts.receiver.idle()

    async def until(self, is_so: Callable[[], bool], what: str, patience: float = 30.0) -> None:
        """Wait until something is so."""

        async def look() -> bool:
            return is_so()

        await eventually(look, what, patience)


@asynccontextmanager
async def wired(folder: Path, **settings: Any) -> AsyncIterator[Wired]:
    """Telegram open, the program not started yet; every call is judged at the end."""
    given: dict[str, Any] = {"data_dir": folder, "send_rate": 50, **settings}
    playground = Playground(TOKEN, KEY, system_time, polling_hold=0.0)
    url = address(given.get("database_url"), folder, "letloose")
    databases.migrate(url)
    made = Wired(url, Settings(**given), playground)
    async with made.telegram:
        await made.open()
        async with made.program:
            yield made
    judge(call.as_json() for call in playground.calls)
