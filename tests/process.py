"""The real program in a process of its own, and a person chatting with it over HTTP."""

import asyncio
import base64
import contextlib
import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parent.parent
PATIENCE = 30.0
"""Seconds; who polled and was killed is missed after 23 on PostgreSQL."""
ANNA = 1001


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@dataclass
class Program:
    """`letloose run` in a process; start it, stop it, kill it, start it again."""

    data_dir: Path
    settings: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ("run",)
    module: str = "app"
    root: Path = ROOT  # where its packages are
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What the process finds: the settings and nothing of ours."""
        ours = {
            name: value for name, value in os.environ.items() if not name.startswith("LETLOOSE_")
        }
        return ours | {
            "LETLOOSE_DATA_DIR": str(self.data_dir),
            "LETLOOSE_PLAYGROUND_PORT": str(self.port),
            **self.settings,
        }

    def start(self) -> str:
        """Start it and wait for its one line; gives that line."""
        with (self.data_dir.parent / f"{self.data_dir.name}.log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.module, *self.command],
                cwd=self.root,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"it ended with {self.process.wait()}: {self.log[-2000:]}"
        return line.strip()

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return (self.data_dir.parent / f"{self.data_dir.name}.log").read_text()

    def stop(self) -> int:
        """SIGTERM; gives the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code

    def kill(self) -> None:
        """SIGKILL, where it is still running; nothing of it stays open here."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def ended(self) -> bool:
        """Whether it is not running."""
        return self.process is None or self.process.poll() is not None


@dataclass
class Telegram:
    """The playground's control door."""

    http: aiohttp.ClientSession
    address: str
    key: str

    async def ask(self, what: str, /, **wish: Any) -> Any:
        """One request to the control door."""
        url = f"{self.address}/control/{what}?key={self.key}"
        async with self.http.post(url, data=io.BytesIO(json.dumps(wish).encode())) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return answer

    async def now(self) -> datetime:
        """The playground's time."""
        return datetime.fromisoformat((await self.ask("clock"))["now"])

    async def jump(self, to: str) -> None:
        """Move the clock, and wait until everything on the way is said."""
        url = f"{self.address}/socket?key={self.key}"
        async with self.http.ws_connect(url, origin=self.address) as page:
            await page.send_json({"type": "jump", "to": to})
            async with asyncio.timeout(120):
                begun = False
                async for event in page:
                    heard = event.json()
                    if heard["type"] == "problem":
                        raise AssertionError(heard)
                    if heard["type"] == "clock":
                        begun = begun or heard["jumping"]
                        if begun and not heard["jumping"]:
                            return


@dataclass
class Someone:
    """A person with a chat open."""

    telegram: Telegram
    id: int = ANNA
    handled: Callable[[], Awaitable[None]] | None = None
    """Waits until the bot has handled what came; where nobody can tell, a quiet while must do."""

    async def messages(self) -> list[dict[str, Any]]:
        """The chat, oldest first."""
        found: list[dict[str, Any]] = await self.telegram.ask("messages", chat=self.id)
        return found

    async def says(self, text: str, reply_to: int | None = None) -> dict[str, Any]:
        """Type something and wait for the bot's answer; gives the last message of it."""
        before = await self._state()
        await self.telegram.ask("say", person=self.id, text=text, reply_to=reply_to)
        return await self._answer(before)

    async def taps(self, label: str) -> dict[str, Any]:
        """Tap the newest button whose label holds these words; gives the bot's newest message."""
        before = await self._state()
        message, data = await self._button(label)
        await self.telegram.ask("press", person=self.id, message_id=message, data=data)
        return await self._answer(before)

    async def presses(self, message: int, data: str) -> None:
        """Press a button that may be old by now, and wait until the press is answered."""
        before = await self._answered()
        await self.telegram.ask("press", person=self.id, message_id=message, data=data)

        async def answered() -> bool:
            return await self._answered() > before

        await eventually(answered, "an answer to the press")

    async def _answered(self) -> int:
        return len(await self.telegram.ask("calls", method="answerCallbackQuery"))

    async def _button(self, label: str) -> tuple[int, str]:
        for message in reversed(await self.messages()):
            for row in message["inline_keyboard"] or ():
                for button in row:
                    if label in button["text"]:
                        return message["message_id"], button["callback_data"]
        raise AssertionError(f"no button {label!r} in {await self.labels()}")

    async def labels(self) -> list[str]:
        """The labels of the newest message with buttons."""
        for message in reversed(await self.messages()):
            if message["inline_keyboard"]:
                return [button["text"] for row in message["inline_keyboard"] for button in row]
        return []

    async def sends(
        self, content: bytes, name: str = "habits-export.json", mime: str = "application/json"
    ) -> dict[str, Any]:
        """Send a file and wait for the bot's answer; gives the last message of it."""
        before = await self._state()
        coded = base64.b64encode(content).decode()
        wish = {"person": self.id, "name": name, "mime": mime, "content": coded}
        await self.telegram.ask("document", **wish)
        return await self._answer(before)

    async def opens(self, message: dict[str, Any]) -> bytes:
        """Open the file that came with a message."""
        file_id, key = message["document"]["file_id"], self.telegram.key
        url = f"{self.telegram.address}/file/{file_id}?key={key}"
        async with self.telegram.http.get(url) as response:
            assert response.status == 200
            return await response.read()

    async def hears(self, words: str) -> dict[str, Any]:
        """Wait until the bot has said these words; gives the newest such message."""

        async def said() -> dict[str, Any] | None:
            found = [m for m in await self.messages() if m["from"] == "bot" and words in text_of(m)]
            return found[-1] if found else None

        return await eventually(said, f"the words {words!r}")

    async def count(self, words: str) -> int:
        """How many messages of the bot hold these words."""
        return sum(words in text_of(m) for m in await self.messages() if m["from"] == "bot")

    async def _state(self) -> str:
        return json.dumps([m for m in await self.messages() if m["from"] == "bot"])

    async def _answer(self, before: str) -> dict[str, Any]:
        """The bot's newest or newly edited message, once nothing changes any more."""

        async def changed() -> str | None:
            state = await self._state()
            return state if state != before else None

        state = await eventually(changed, "an answer")
        if self.handled is not None:
            await self.handled()
            state = await self._state()
        while self.handled is None:
            await asyncio.sleep(0.15)
            later = await self._state()
            if later == state:
                break
            state = later
        now, then = json.loads(state), {m["message_id"]: m for m in json.loads(before)}
        touched = [m for m in now if then.get(m["message_id"]) != m]
        return touched[-1] if touched else now[-1]


def text_of(message: dict[str, Any]) -> str:
    """What a message says, isolates left out."""
    return re.sub("[\u2066-\u2069]", "", message["text"] or message["caption"] or "")


async def eventually(look: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Look again until something is there."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = await look()
        if found:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(f"waited {patience} s in vain for {what}")


@contextlib.asynccontextmanager
async def playground(program: Program) -> AsyncIterator[Telegram]:
    """The program without a token, and its control door; its calls are judged at the end."""
    from tests.bot_api import judge  # noqa: PLC0415 - it starts from here itself

    line = program.start()
    found = re.search(r"(http://[^/]+)/\?key=(\S+)", line)
    assert found, line
    async with aiohttp.ClientSession() as http:
        try:
            telegram = Telegram(http, found[1], found[2])
            yield telegram
            if not program.ended():
                judge(await telegram.ask("calls"))
        finally:
            if not program.ended():
                program.stop()
            program.kill()
