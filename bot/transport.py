"""How the bot reaches Telegram: python-telegram-bot's BaseRequest over aiohttp.

PTB's own transport slows down with what is in flight, cannot tell "never sent" from "perhaps
delivered", and its HTTP library logs the token. What a call can run into is told by
transport_errors; the names are repeated here because this is where they are met.

The address of every call holds the token, and aiohttp's exceptions quote the address, so none
of them is let out, not even as a `__cause__` or `__context__`.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from telegram._utils.types import ODVInput
from telegram.error import RetryAfter, TelegramError
from telegram.request import BaseRequest, RequestData
from yarl import URL

from bot.transport_errors import (
    Answer,
    NotSent,
    NotSentInTime,
    Unsure,
    UnsureInTime,
    failure,
    json_object,
    judged,
    seconds_of,
)
from habits.clock import boottime

__all__ = ["Limits", "NotSent", "NotSentInTime", "Pace", "Transport", "Unsure", "UnsureInTime"]

_log = logging.getLogger(__name__)

_JSON = {"Content-Type": "application/json"}
_POOL_TIMEOUTS_UNTIL_REBUILT = 3

Pace = Callable[[str, Mapping[str, Any]], Awaitable[None]]
ToldToWait = Callable[[str, Mapping[str, Any], float], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds each part of a call may take; all are measured on monotonic time.

    read: the longest silence while waiting for the answer. A caller may ask for another value
        (getUpdates does); `whole` then moves by the difference.
    whole: from asking for a connection to the last byte. It also bounds the writing, for which
        aiohttp has no limit of its own.
    """

    connect: float = 5
    read: float = 15
    pool: float = 3
    whole: float = 25


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class _Pool:
    session: aiohttp.ClientSession
    slots: asyncio.Semaphore


class Transport(BaseRequest):
    """Calls to the Bot API over one pool of kept-alive connections.

    in_flight: how many calls may be under way at once.
    proxy: address of an HTTP proxy; the environment's proxies are not used.
    pace: awaited with the method's name and its parameters before a call takes a connection;
        the time it waits does not count towards `limits.whole`. What it raises ends the call.
    told_to_wait: awaited with these and the seconds that Telegram asks for (429); where it says
        so the call is made again, with its `pace`.

    `server_time` is the last `Date` header (aware UTC, whole seconds) with the CLOCK_BOOTTIME
    reading (seconds) at which it arrived.
    """

    def __init__(
        self,
        *,
        in_flight: int = 64,
        limits: Limits = DEFAULT_LIMITS,
        proxy: str | None = None,
        pace: Pace | None = None,
        told_to_wait: ToldToWait | None = None,
    ) -> None:
        self.server_time: tuple[datetime, float] | None = None
        self._in_flight = in_flight
        self._limits = limits
        self._proxy = proxy
        self._pace = pace
        self._told_to_wait = told_to_wait
        self._pool: _Pool | None = None
        self._pool_timeouts = 0
        self._retired: aiohttp.ClientSession | None = None
        self._retiring: asyncio.Task[None] | None = None
        self._last_date = ""

    @property
    def read_timeout(self) -> float | None:
        """Seconds of silence allowed; PTB adds getUpdates' own timeout to it."""
        return self._limits.read

    async def initialize(self) -> None:
        """Open the pool, unless it is open: PTB asks once for each use of the object."""
        if self._pool is None:
            self._pool = self._open_pool()

    def _open_pool(self) -> _Pool:
        session = aiohttp.ClientSession(
            # The slots are the limit: they tell a full pool from a slow connection.
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30, ttl_dns_cache=300),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self.USER_AGENT},
            proxy=self._proxy,
            trust_env=False,
        )
        return _Pool(session, asyncio.Semaphore(self._in_flight))

    async def shutdown(self) -> None:
        """Close every connection; calls under way end as `Unsure`. May be called twice."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.session.close()
        if self._retiring is not None:
            self._retiring.cancel()
            self._retiring = None
        if self._retired is not None:
            await self._retired.close()
            self._retired = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call; see BaseRequest. Its answer is a success or a refusal of Telegram's.

        Raises NotSent, Unsure or RetryAfter, and BadRequest for a body that is too large.
        """
        named = url.rpartition("/")[2]
        parameters = request_data.parameters if request_data else {}
        read = _chosen(read_timeout, self._limits.read)
        while True:
            if self._pace is not None and method == "POST":
                await self._pace(named, parameters)
            answer = await self._call(
                method,
                url,
                *_body(parameters, request_data),
                pool_limit=_chosen(pool_timeout, self._limits.pool),
                whole_limit=self._limits.whole + max(0, (read or 0) - self._limits.read),
                timeout=aiohttp.ClientTimeout(
                    total=None,
                    connect=_chosen(connect_timeout, self._limits.connect),
                    sock_read=read,
                ),
            )
            verdict = judged(answer, method) if isinstance(answer, Answer) else answer
            if (
                isinstance(verdict, RetryAfter)
                and self._told_to_wait is not None
                and await self._told_to_wait(named, parameters, seconds_of(verdict))
            ):
                continue
            # Raised here, outside every except block, so that it drags no aiohttp error along.
            if isinstance(verdict, TelegramError):
                raise verdict
            return verdict

    async def _call(
        self,
        method: str,
        url: str,
        body: bytes | aiohttp.FormData | None,
        headers: Mapping[str, str] | None,
        *,
        pool_limit: float | None,
        whole_limit: float,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - aiohttp's own, by phase
    ) -> Answer | NotSent | Unsure:
        deadline = asyncio.get_running_loop().time() + whole_limit
        pool = self._pool
        if pool is None:
            return NotSent("closed")
        if not await _took_slot(pool, pool_limit, deadline):
            self._count_pool_timeout(pool)
            return NotSentInTime("pool")
        try:
            if pool.session.closed:
                return NotSent("closed")
            async with (
                asyncio.timeout_at(deadline),
                pool.session.request(
                    method,
                    URL(url, encoded=True),
                    data=body,
                    headers=headers,
                    timeout=timeout,
                    allow_redirects=False,
                ) as response,
            ):
                return await self._read(response)
        except (aiohttp.ClientError, OSError) as error:
            return failure(error)
        finally:
            pool.slots.release()

    async def _read(self, response: aiohttp.ClientResponse) -> Answer:
        self._pool_timeouts = 0
        self._remember_time(response.headers.get("Date"))
        body = await response.read()
        return Answer(response.status, body, response.headers.get("Retry-After"))

    def _remember_time(self, date: str | None) -> None:
        if date is None:
            return
        arrived = boottime()
        if date == self._last_date and self.server_time is not None:
            self.server_time = (self.server_time[0], arrived)
            return
        try:
            told = parsedate_to_datetime(date)
        except ValueError:
            return
        self._last_date = date
        self.server_time = (told.replace(tzinfo=told.tzinfo or UTC).astimezone(UTC), arrived)

    def _count_pool_timeout(self, pool: _Pool) -> None:
        """Replace a pool that has given nothing and taken nothing for three limits in a row."""
        if pool is not self._pool:
            return
        self._pool_timeouts += 1
        if self._pool_timeouts >= _POOL_TIMEOUTS_UNTIL_REBUILT:
            self.renew()

    def renew(self) -> None:
        """Replace the pool by a new one, unless an older one is still being given up.

        Calls in the old one may still finish. Only one is left to finish at a time, so that a
        silent server is never asked for more than twice the connections.
        """
        pool = self._pool
        if pool is None or self._retired is not None:
            return
        _log.warning("The connection pool is stuck; opening a new one.")
        self._pool_timeouts = 0
        self._pool = self._open_pool()
        self._retired = pool.session
        self._retiring = asyncio.create_task(self._retire(pool.session))

    async def _retire(self, session: aiohttp.ClientSession) -> None:
        await asyncio.sleep(self._limits.whole)
        await session.close()
        self._retired = None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer; raise `Unsure` where it is none.

        PTB's own would log and quote a body it cannot read, and error pages quote addresses.
        """
        answer = json_object(payload)
        if "result" not in answer and answer.get("ok") is not False:
            raise Unsure("broken")
        return answer


def _chosen(asked: ODVInput[float], default: float) -> float | None:
    """The limit a caller of the Bot asked for, None for none; a DefaultValue stands for ours."""
    return asked if asked is None or isinstance(asked, int | float) else default


def _body(
    parameters: Mapping[str, Any], data: RequestData | None
) -> tuple[bytes | aiohttp.FormData | None, Mapping[str, str] | None]:
    if data is None or not (parameters or data.contains_files):
        return None, None
    if not data.contains_files:
        return json.dumps(parameters).encode(), _JSON
    # Telegram reads names of files as they stand; quoting would show as %D0%BF.
    form = aiohttp.FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form, None


async def _took_slot(pool: _Pool, limit: float | None, deadline: float) -> bool:
    if not pool.slots.locked():
        return await pool.slots.acquire()
    latest = deadline
    if limit is not None:
        latest = min(latest, asyncio.get_running_loop().time() + limit)
    try:
        async with asyncio.timeout_at(latest):
            return await pool.slots.acquire()
    except TimeoutError:
        return False
