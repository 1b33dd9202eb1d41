"""B1: the transport: sendMessage through the real Bot, 64 calls in flight, 50 ms of latency.

The server is a process of its own, so that the CPU counted is the client's alone. The clients
take turns for some rounds; the median of the rounds counts.
"""

import asyncio
import json
import multiprocessing
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from statistics import median
from time import perf_counter, process_time

import aiogram
import aiohttp
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from telegram import Bot
from telegram.request import BaseRequest, HTTPXRequest

from benchmarks.report import Better, Row, Scale
from bot.transport import Transport

TOKEN = "1000:benchmark"
TEXT = "Bouldering at 16:00. Are you going?"
LATENCY = 0.05
IN_FLIGHT = 64

Send = Callable[[], Awaitable[object]]
Client = Callable[[str], AbstractAsyncContextManager[Send]]


@dataclass(frozen=True, slots=True)
class Measured:
    """Messages a second, and microseconds of CPU a message."""

    rate: float
    cpu: float


def rows(scale: Scale = Scale.NORMAL) -> Iterable[Row]:
    """Measure all four clients; takes about two minutes."""
    clients: dict[str, Client] = {"ours": ours, "ptb": ptb, "aiogram": of_aiogram, "bare": bare}
    with server() as address:
        found = in_turns(address, clients, scale)
    sending = "sendMessage, 64 in flight, 50 ms of latency"
    rates = {name: [one.rate for one in got] for name, got in found.items()}
    cpu = {name: [one.cpu for one in got] for name, got in found.items()}
    default, other = f"{sending}, against PTB's own transport", f"{sending}, against aiogram"
    yield _row(default, "/s", rates["ours"], rates["ptb"], 8, "higher")
    yield _row(other, "/s", rates["ours"], rates["aiogram"], 0.9, "higher")
    yield _row("CPU a message, against bare aiohttp", "µs", cpu["ours"], cpu["bare"], 3.5, "lower")


def _row(
    what: str, unit: str, mine: list[float], theirs: list[float], limit: float, better: Better
) -> Row:
    """Medians; the ratio is taken within each round, where both had the same machine."""
    ratio = median(one / other for one, other in zip(mine, theirs, strict=True))
    return Row("B1", what, median(mine), unit, median(theirs), ratio, limit, better)


def in_turns(address: str, clients: dict[str, Client], scale: Scale) -> dict[str, list[Measured]]:
    """Let the clients take turns for some rounds; what each was measured at, by round."""
    found: dict[str, list[Measured]] = {name: [] for name in clients}
    warm_up, measured = scale.pick(0.5, 2.0), scale.pick(0.5, 4.0)
    for _ in range(scale.pick(1, 5)):
        for name, client in clients.items():
            found[name].append(asyncio.run(_one_round(client, address, warm_up, measured)))
    return found


async def _one_round(client: Client, address: str, warm_up: float, measured: float) -> Measured:
    """Count only while all 64 are in flight: starting and ending are slow for some clients."""
    sent, over = 0, False

    async def keep_sending() -> None:
        nonlocal sent
        while not over:
            await send()
            sent += 1

    async with client(address) as send, asyncio.TaskGroup() as group:
        for _ in range(IN_FLIGHT):
            group.create_task(keep_sending())
        await asyncio.sleep(warm_up)
        before, cpu, began = sent, process_time(), perf_counter()
        await asyncio.sleep(measured)
        count, spent, took = sent - before, process_time() - cpu, perf_counter() - began
        over = True
    return Measured(count / took, spent / count * 1e6)


# The clients


@asynccontextmanager
async def _through_ptb(address: str, request: BaseRequest) -> AsyncIterator[Send]:
    async with request:
        bot = Bot(TOKEN, f"{address}/bot", request=request)
        yield lambda: bot.send_message(7, TEXT)


def ours(address: str) -> AbstractAsyncContextManager[Send]:
    """PTB's Bot over our transport."""
    return _through_ptb(address, Transport(in_flight=IN_FLIGHT))


def ptb(address: str) -> AbstractAsyncContextManager[Send]:
    """PTB's Bot over its own transport, with the pool its ApplicationBuilder gives it.

    Only its limits of time are wider: the default ones end calls when the pool is slow.
    """
    patient = HTTPXRequest(connection_pool_size=256, pool_timeout=60, read_timeout=60)
    return _through_ptb(address, patient)


@asynccontextmanager
async def of_aiogram(address: str) -> AsyncIterator[Send]:
    """aiogram as it comes."""
    session = AiohttpSession(api=TelegramAPIServer.from_base(address))
    async with aiogram.Bot(TOKEN, session) as bot:
        yield lambda: bot.send_message(7, TEXT)


@asynccontextmanager
async def bare(address: str) -> AsyncIterator[Send]:
    """aiohttp alone: the floor."""
    async with aiohttp.ClientSession() as session:

        async def send() -> object:
            call = {"chat_id": 7, "text": TEXT}
            async with session.post(f"{address}/bot{TOKEN}/sendMessage", json=call) as answer:
                return await answer.json()

        yield send


# The server

_BODY = json.dumps(
    {
        "ok": True,
        "result": {
            "message_id": 4242,
            "from": {"id": 1000, "is_bot": True, "first_name": "A bot", "username": "a_bot"},
            "chat": {"id": 7, "first_name": "A", "last_name": "Person", "type": "private"},
            "date": 1_767_441_600,
            "text": TEXT,
        },
    },
    separators=(",", ":"),
).encode()
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Sat, 03 Jan 2026 12:00:00 GMT\r\n"
    b"Content-Type: application/json\r\nConnection: keep-alive\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(_BODY), _BODY)
)


@contextmanager
def server() -> Iterator[str]:
    """The address of a server in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(there,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        process.terminate()
        process.join()


def _serve(told: Connection) -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        listening = await loop.create_server(_Answering, "127.0.0.1", 0)
        told.send(listening.sockets[0].getsockname()[1])
        await listening.serve_forever()

    asyncio.run(serve())


class _Answering(asyncio.Protocol):
    """Answers each request after the latency, with as little work as can be."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._unread = b""

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while (size := _size_of_request(self._unread)) is not None:
            self._unread = self._unread[size:]
            asyncio.get_running_loop().call_later(LATENCY, self._transport.write, _ANSWER)


def _size_of_request(received: bytes) -> int | None:
    """The bytes of the first request, once all of them are there."""
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return None
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
    return len(head) + len(end) + length if len(body) >= length else None
