"""A Telegram as lean as can be, in a process of its own: it answers, counts and notes when.

Every call is answered after LATENCY. What arrives is kept with the time of its arrival, so that
what was lost, doubled, late or against the limits is seen where it matters: at Telegram's end.
"""

import asyncio
import json
import multiprocessing
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import parse_qsl

TOKEN = "1000:benchmark"
LATENCY = 0.05
MOST_A_SECOND, MOST_A_CHAT = 30, 1
POLLING = "getUpdates"


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it arrived. at: seconds since 1970. status: what it was answered."""

    method: str
    chat: int
    text: str
    at: float
    status: int


@dataclass(frozen=True, slots=True)
class Server:
    """The parent's end. address: what the bot is given as its Bot API server."""

    address: str
    _pipe: Connection

    def push(self, updates: Sequence[dict[str, Any]]) -> None:
        """Let these be the next updates; their numbers ascend."""
        self._ask("push", list(updates))

    def calls(self, *methods: str) -> list[Call]:
        """What arrived so far, of these methods."""
        return [Call(*each) for each in self._ask("calls", methods)]

    def count(self, method: str) -> int:
        """How many calls of a method arrived so far."""
        return int(self._ask("count", method))

    def handed(self) -> dict[int, float]:
        """When each update was handed out."""
        found: dict[int, float] = self._ask("handed", None)
        return found

    def forget(self) -> None:
        """Begin counting anew."""
        self._ask("forget", None)

    def wait_for(self, method: str, number: int, patience: float) -> bool:
        """Wait until so many calls of a method arrived; False where they never did."""
        deadline = time.monotonic() + patience
        while self.count(method) < number:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def _ask(self, what: str, about: Any) -> Any:
        self._pipe.send((what, about))
        return self._pipe.recv()


@contextmanager
def serving(*, limited: bool = False, latency: float = LATENCY) -> Iterator[Server]:
    """A server in a process of its own. limited: it refuses what is above Telegram's limits."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(there, limited, latency), daemon=True)
    process.start()
    try:
        yield Server(f"http://127.0.0.1:{here.recv()}", here)
    finally:
        process.terminate()
        process.join()
        here.close()


def _serve(pipe: Connection, limited: bool, latency: float) -> None:
    async def serve() -> None:
        loop = asyncio.get_running_loop()
        telegram = _Telegram(limited, latency)
        listening = await loop.create_server(lambda: _Connection(telegram), "127.0.0.1", 0)
        loop.add_reader(pipe.fileno(), lambda: pipe.send(telegram.told(*pipe.recv())))
        pipe.send(listening.sockets[0].getsockname()[1])
        await listening.serve_forever()

    asyncio.run(serve())


class _Telegram:
    """What the server knows."""

    def __init__(self, limited: bool, latency: float) -> None:
        self.latency = latency
        self._limited = limited
        self._calls: list[tuple[str, int, str, float, int]] = []
        self._counts: Counter[str] = Counter()
        self._updates: deque[dict[str, Any]] = deque()
        self._handed: dict[int, float] = {}
        self._polling: tuple[_Connection, asyncio.TimerHandle] | None = None
        self._next_message = 1
        self._accepted: deque[float] = deque()
        self._accepted_in: dict[int, float] = {}

    # What the parent asks

    def told(self, what: str, about: Any) -> Any:
        match what:
            case "push":
                self._updates.extend(about)
                if self._polling is not None:
                    polling, timer = self._polling
                    timer.cancel()
                    self._polling = None
                    polling.answer(self._hand_out(100))
            case "calls":
                return [each for each in self._calls if each[0] in about]
            case "count":
                return self._counts[about]
            case "handed":
                return self._handed
            case "forget":
                self._calls.clear()
                self._counts.clear()
                self._handed.clear()
        return None

    # What the bot asks

    def asked(self, connection: "_Connection", method: str, asked: dict[str, Any]) -> None:
        self._counts[method] += 1
        if method == POLLING:
            self._poll(connection, asked)
            return
        status, result = self._result(method, asked)
        chat, text = int(asked.get("chat_id") or 0), str(asked.get("text") or "")
        if method == "answerCallbackQuery":
            chat = int(str(asked["callback_query_id"]))
        self._calls.append((method, chat, text, time.time(), status))
        connection.answer_later(self.latency, result, status)

    def _poll(self, connection: "_Connection", asked: dict[str, Any]) -> None:
        offset, wait = int(asked.get("offset") or 0), float(asked.get("timeout") or 0)
        while self._updates and self._updates[0]["update_id"] < offset:
            self._updates.popleft()
        if self._updates:
            connection.answer_later(self.latency, self._hand_out(int(asked.get("limit") or 100)))
            return
        timer = asyncio.get_running_loop().call_later(wait, self._nothing_came, connection)
        self._polling = (connection, timer)

    def _nothing_came(self, connection: "_Connection") -> None:
        self._polling = None
        connection.answer([])

    def _hand_out(self, most: int) -> list[dict[str, Any]]:
        found = [each for each, _ in zip(self._updates, range(most), strict=False)]
        at = time.time()
        for each in found:
            self._handed.setdefault(each["update_id"], at)
        return found

    def _result(self, method: str, asked: dict[str, Any]) -> tuple[int, Any]:
        match method:
            case "getMe":
                return 200, _BOT | {"can_join_groups": False, "can_read_all_group_messages": False}
            case "sendMessage" | "editMessageText":
                chat = int(asked["chat_id"])
                if method == "sendMessage" and self._limited and (wait := self._over(chat)):
                    return 429, wait
                self._next_message += 1
                return 200, {
                    "message_id": int(asked.get("message_id") or self._next_message),
                    "from": _BOT,
                    "chat": {"id": chat, "first_name": "Anna", "type": "private"},
                    "date": int(time.time()),
                    "text": asked["text"],
                }
            case _:
                return 200, True

    def _over(self, chat: int) -> int:
        """Seconds to wait where a limit is reached, else 0; a sliding second."""
        at = time.monotonic()
        while self._accepted and self._accepted[0] <= at - 1:
            self._accepted.popleft()
        before = self._accepted_in.get(chat, at - 1)
        if len(self._accepted) >= MOST_A_SECOND or before > at - 1 / MOST_A_CHAT:
            return 1
        self._accepted.append(at)
        self._accepted_in[chat] = at
        return 0


_BOT = {"id": 1000, "is_bot": True, "first_name": "A bot", "username": "a_bot"}


class _Connection(asyncio.Protocol):
    """One kept-alive connection; a request at a time, as HTTP clients have it."""

    def __init__(self, telegram: _Telegram) -> None:
        self._telegram = telegram
        self._unread = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._unread += data
        while (request := _request(self._unread)) is not None:
            path, asked, size = request
            self._unread = self._unread[size:]
            self._telegram.asked(self, path.rpartition("/")[2], asked)

    def answer_later(self, seconds: float, result: Any, status: int = 200) -> None:
        asyncio.get_running_loop().call_later(seconds, self.answer, result, status)

    def answer(self, result: Any, status: int = 200) -> None:
        body = {"ok": True, "result": result} if status == 200 else _too_many(result)
        content = json.dumps(body, separators=(",", ":")).encode()
        self._transport.write(
            b"HTTP/1.1 %d OK\r\nServer: nginx\r\nDate: %b\r\nContent-Type: application/json\r\n"
            b"Connection: keep-alive\r\nContent-Length: %d\r\n\r\n%b"
            % (status, formatdate(usegmt=True).encode(), len(content), content)
        )


def _too_many(seconds: int) -> dict[str, Any]:
    return {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {seconds}",
        "parameters": {"retry_after": seconds},
    }


def _request(received: bytes) -> tuple[str, dict[str, Any], int] | None:
    """The first request's path, parameters and size, once all of it is there."""
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return None
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
    if len(body) < length:
        return None
    path = head.split(b" ", 2)[1].decode()
    return path, _parameters(body[:length]), len(head) + len(end) + length


def _parameters(body: bytes) -> dict[str, Any]:
    if body.startswith(b"{"):
        found: dict[str, Any] = json.loads(body)
        return found
    return dict(parse_qsl(body.decode()))
