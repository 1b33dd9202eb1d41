"""A server on loopback that answers byte for byte, and a real Bot that calls it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass, field
from typing import Any

import pytest
from telegram import Bot
from telegram.error import TelegramError

from bot.transport import Limits, Transport

TOKEN = "4242:canary-that-must-not-be-seen"
MESSAGE = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "text": "a"}
DATE = "Sat, 03 Jan 2026 12:00:00 GMT"
SHORT = Limits(connect=0.3, read=0.3, pool=0.1, whole=0.6)

Step = bytes | float | str | None
Script = Step | list[Any]


@dataclass
class Server:
    """A loopback server that answers every request with what `script` yields, byte for byte.

    script: raw HTTP, a list of it with pauses (seconds, or "wait" for the release) between, or
        None to hang up.
    greeting: said before anything is asked.
    """

    script: Script
    greeting: bytes = b""
    port: int = 0
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        writer.write(self.greeting)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while self.script != "hang up at once":
                head = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(head + await reader.readexactly(length_of(head)))
                if not await self.play(writer):
                    break
        writer.close()

    async def play(self, writer: asyncio.StreamWriter) -> bool:
        steps = self.script if isinstance(self.script, list) else [self.script]
        for step in steps:
            if step is None:
                return False
            if step == "wait":
                await self.released.wait()
            elif isinstance(step, float):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.released.wait(), step)
            elif isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
        return True


def length_of(head: bytes) -> int:
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            return int(value)
    return 0


def http(code: int, body: object, *headers: str) -> bytes:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {code} Any", f"Content-Length: {len(payload)}", *headers]
    return "\r\n".join([*lines, "", ""]).encode() + payload


def good(result: object = MESSAGE, *headers: str) -> bytes:
    return http(200, {"ok": True, "result": result}, *headers)


def refusal(code: int, description: str, *headers: str, **parameters: int) -> bytes:
    told = {"ok": False, "error_code": code, "description": description}
    return http(code, told | ({"parameters": parameters} if parameters else {}), *headers)


def page(code: int, *headers: str) -> bytes:
    """An error page, which quotes the address as such pages do."""
    return http(code, f"<html>No /bot{TOKEN}/sendMessage today</html>".encode(), *headers)


@contextlib.asynccontextmanager
async def serving(script: Script, greeting: bytes = b"") -> AsyncIterator[Server]:
    """A server on a free port; gone, with all its connections, in the end."""
    server = Server(script, greeting)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        server.released.set()
        listening.close()
        for writer in server.writers:
            writer.transport.abort()
        await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def telegram(script: Script, **options: Any) -> AsyncIterator[tuple[Server, Transport, Bot]]:
    """A server, our transport and a real Bot on top of both."""
    options.setdefault("limits", SHORT)
    async with serving(script) as server, Transport(**options) as transport:
        addresses = f"{server.address}/bot", f"{server.address}/file/bot"
        yield server, transport, Bot(TOKEN, *addresses, transport, transport)


async def raised_by(call: Awaitable[object]) -> Any:
    """The error with which a call to the Bot ends."""
    with pytest.raises(TelegramError) as told:
        await call
    return told.value
