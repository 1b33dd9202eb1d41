"""What an answer of Telegram's means, or the lack of one.

Whatever a call runs into becomes one of

- `NotSent`: Telegram never got it; send again, nothing can be doubled;
- `Unsure`: Telegram may have acted on it; a second copy is possible;
- PTB's own error for what Telegram itself refused (BadRequest, Forbidden, RetryAfter, ...).

All are TelegramErrors, the first two NetworkErrors, and TimedOut where a limit ran out.
"""

import json
import os
import re
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut

# RetryAfter.retry_after is a timedelta throughout; unset, PTB warns at every 429.
os.environ["PTB_TIMEDELTA"] = "1"

_OK = b'{"ok":true'
_PAUSE_WHEN_UNNAMED = 5
_LONGEST_PAUSE = 86_400
_MAPPED_BY_PTB = (400, 401, 403, 404, 409)


class _Unanswered(NetworkError):
    """A call that brought no answer of Telegram's.

    reason: one word for logs and counters.
    """

    said = ""

    def __init__(self, reason: str) -> None:
        super().__init__(f"{self.said} ({reason})")
        self.reason = reason

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return self.__class__, (self.reason,)


class NotSent(_Unanswered):
    """Telegram never got the call.

    reason: refused, dns, tls, proxy, address, closed, foreign (something on the way answered in
    Telegram's place); for `NotSentInTime` connect or pool.
    """

    said = "Telegram was not reached"


class NotSentInTime(NotSent, TimedOut):
    """No connection, or no free one in the pool, within its limit."""


class Unsure(_Unanswered):
    """Telegram may have accepted the call.

    reason: dropped, server (5xx), broken (a 200 whose body makes no sense); for `UnsureInTime`
    read or whole.
    """

    said = "No usable answer from Telegram"


class UnsureInTime(Unsure, TimedOut):
    """The call went out, and no answer came within its limit."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, whoever gave it; retry_after is the header of that name."""

    code: int
    body: bytes
    retry_after: str | None


def failure(error: Exception) -> NotSent | Unsure:
    """What an error of aiohttp's says; one that is not listed may have come after sending."""
    for kinds, meaning, reason in _FAILURES:
        if isinstance(error, kinds):
            return meaning(reason)
    return Unsure("dropped")


_FAILURES: tuple[
    tuple[type[Exception] | tuple[type[Exception], ...], type[NotSent | Unsure], str], ...
] = (
    (aiohttp.ConnectionTimeoutError, NotSentInTime, "connect"),
    (aiohttp.ServerTimeoutError, UnsureInTime, "read"),
    (TimeoutError, UnsureInTime, "whole"),
    (aiohttp.ClientConnectorDNSError, NotSent, "dns"),
    ((aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError), NotSent, "tls"),
    ((aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError), NotSent, "proxy"),
    (aiohttp.ClientConnectorError, NotSent, "refused"),
    ((aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError), NotSent, "address"),
)


def judged(answer: Answer, method: str) -> tuple[int, bytes] | TelegramError:
    """The answer as PTB may read it, or what it really is.

    PTB maps 400, 401, 403, 404 and 409 well, but by the status alone: a proxy's 403 page would
    mean that the person blocked the bot. So its mapping sees only what Telegram itself said.
    """
    code, body = answer.code, answer.body
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unsure("server")
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        return RetryAfter(_pause(answer))
    if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return BadRequest("Request Entity Too Large")
    if HTTPStatus.OK <= code < HTTPStatus.MULTIPLE_CHOICES:
        return (code, body) if method == "GET" or _says_ok(body) else Unsure("broken")
    if json_object(body).get("ok") is not False:
        return NotSent("foreign")
    return (code if code in _MAPPED_BY_PTB else HTTPStatus.BAD_REQUEST), body


def seconds_of(error: RetryAfter) -> float:
    """For how long Telegram asks us to wait."""
    wait = error.retry_after
    return wait if isinstance(wait, int | float) else wait.total_seconds()


def _says_ok(body: bytes) -> bool:
    """Telegram's answers begin with their verdict; only others' need reading twice."""
    return body.startswith(_OK) or json_object(body).get("ok") is True


def _pause(answer: Answer) -> timedelta:
    parameters = json_object(answer.body).get("parameters")
    named = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if not isinstance(named, int) or named <= 0:
        header = answer.retry_after or ""
        named = int(header) if header.isdecimal() else _PAUSE_WHEN_UNNAMED
    return timedelta(seconds=min(named, _LONGEST_PAUSE))


def refusal(error: TelegramError) -> str:
    """What Telegram says of a call that it refused, without what it quotes of it."""
    return _QUOTED.split(error.message)[0][:100]


_QUOTED = re.compile(r"""[:"“«]| '""")


def json_object(body: bytes) -> dict[str, Any]:
    """The object in the body, empty where there is none."""
    try:
        answer = json.loads(body.decode("utf-8", "replace"))
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}
