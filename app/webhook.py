"""The webhook's door: whoever knows the secret may leave an update, and is told once it is kept.

Telegram takes any 2xx for "delivered" and tries again after everything else, so that 200 is said
only after the commit. Source: telegram.org/bots/api#setwebhook.
"""

import asyncio
import hmac
import json
import logging
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.receiver import Receiver

HEADER = "X-Telegram-Bot-Api-Secret-Token"
LONGEST_BODY = 2**20
BODY_WITHIN = 10.0
"""Seconds for a body to arrive in."""
KEPT_WITHIN = 10.0
"""Seconds for an update to be on disk; Telegram brings it again after that."""

_log = logging.getLogger(__name__)


class TooLong(Exception):
    """A body of more than LONGEST_BODY bytes."""


def route(url: str, secret: str, receiver: Receiver, answers: Counter[int]) -> Route:
    """The route at the path of the address that Telegram was given; answers are counted."""

    async def webhook(request: Request) -> Response:
        answer = await answer_to(request)
        answers[answer.status_code] += 1
        return answer

    async def answer_to(request: Request) -> Response:
        if not hmac.compare_digest(request.headers.get(HEADER, "").encode(), secret.encode()):
            return _say(HTTPStatus.FORBIDDEN)
        if request.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
            return _say(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        try:
            async with asyncio.timeout(BODY_WITHIN):
                body = await _body(request)
        except TooLong:
            return _say(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        except (TimeoutError, ClientDisconnect):
            return _say(HTTPStatus.REQUEST_TIMEOUT)
        update = _update(body)
        return _say(HTTPStatus.BAD_REQUEST if update is None else await _keep(receiver, update))

    return Route(urlsplit(url).path or "/", webhook, methods=["POST"])


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise TooLong
    return bytes(body)


def _update(body: bytes) -> Mapping[str, Any] | None:
    """The update, or None where nobody could say which one it is."""
    try:
        update = json.loads(body)
    except (ValueError, RecursionError):
        return None
    number = update.get("update_id") if isinstance(update, dict) else None
    is_one = isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**63
    return update if is_one else None


async def _keep(receiver: Receiver, update: Mapping[str, Any]) -> HTTPStatus:
    try:
        async with asyncio.timeout(KEPT_WITHIN):
            await receiver.take([update])
    except Exception as error:
        _log.warning("update %d could not be kept: %s", update["update_id"], type(error).__name__)
        return HTTPStatus.INTERNAL_SERVER_ERROR
    return HTTPStatus.OK


def _say(status: HTTPStatus) -> Response:
    return PlainTextResponse(status.phrase, status)
