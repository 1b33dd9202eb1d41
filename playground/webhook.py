"""Delivery to the bot's webhook, with Telegram's order and its retries.

Source: WebhookActor.cpp of tdlib/telegram-bot-api. Updates of one chat wait for each other, presses
of one person likewise, and these queues run side by side: a message may overtake a press.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from playground.parameters import Parameters, decoded
from playground.playground import Playground, WebhookState
from playground.updates import Waiting

SILENCE = aiohttp.ClientTimeout(total=60)
LONGEST_PAUSE = (60.0, 120.0)
LONGEST_RETRY_AFTER = 3600
GONE_FOR = timedelta(hours=23)
NOT_BY_ANSWER = ("deletewebhook", "setwebhook", "close", "logout")

Execute = Callable[[str, Parameters], Awaitable[Any]]
QueueName = tuple[str, Any]


@dataclass(slots=True)
class _Delivery:
    playground: Playground
    execute: Execute
    session: aiohttp.ClientSession
    free: asyncio.Semaphore
    state: WebhookState
    queues: dict[QueueName, asyncio.Task[None]] = field(default_factory=dict)
    gone_since: datetime | None = None


async def deliver(playground: Playground, execute: Execute) -> None:
    """Deliver whenever a webhook is set; runs until cancelled."""
    while True:
        playground.webhook_changed.clear()
        if playground.webhook.url:
            await _until_changed(playground, execute)
        else:
            await playground.webhook_changed.wait()


async def _until_changed(playground: Playground, execute: Execute) -> None:
    """Deliver to one webhook until another is set, or none."""
    state = playground.webhook
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=SILENCE))
        free = asyncio.Semaphore(state.max_connections)
        delivery = _Delivery(playground, execute, session, free, state)
        stack.push_async_callback(_stop, delivery)
        while playground.webhook is state and not playground.webhook_changed.is_set():
            playground.updates.arrived.clear()
            _start_queues(delivery)
            await _any_of(playground.updates.arrived, playground.webhook_changed)


async def _stop(delivery: _Delivery) -> None:
    tasks = list(delivery.queues.values())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _any_of(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()


def _start_queues(delivery: _Delivery) -> None:
    for waiting in delivery.playground.updates.pending():
        name = _queue_of(waiting)
        if name not in delivery.queues:
            delivery.queues[name] = asyncio.create_task(_work(delivery, name))


async def _work(delivery: _Delivery, name: QueueName) -> None:
    """Deliver one queue, its head before the rest."""
    updates = delivery.playground.updates
    while head := next((w for w in updates.pending() if _queue_of(w) == name), None):
        await _push(delivery, head)
        updates.confirm(head.update_id)
    del delivery.queues[name]


async def _push(delivery: _Delivery, waiting: Waiting) -> None:
    """Try until it is delivered or too old: at once, then after 2, 4, 8 ... seconds."""
    pause = 0.0
    while True:
        async with delivery.free:
            retry_after = await _post(delivery, waiting)
        if retry_after is None:
            return
        wait = retry_after or pause
        if delivery.playground.now() + timedelta(seconds=wait) >= waiting.expires_at:
            return
        await asyncio.sleep(wait)
        first = delivery.playground.webhook_pause
        pause = min(pause * 2 or first, random.uniform(*LONGEST_PAUSE))


async def _post(delivery: _Delivery, waiting: Waiting) -> float | None:
    """Post once; None is delivered, else the seconds the webhook asked to be left alone, or 0."""
    state = delivery.state
    headers = {"X-Telegram-Bot-Api-Secret-Token": state.secret} if state.secret else {}
    try:
        async with delivery.session.post(
            state.url, json=waiting.content, headers=headers, allow_redirects=False
        ) as response:
            body = await response.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        _note(delivery, _reason(error))
        return 0.0
    if 200 <= response.status < 300:
        delivery.gone_since = None
        await _obey(delivery, body)
        return None
    _note(delivery, f"Wrong response from the webhook: {response.status} {response.reason}")
    _give_up_if_gone(delivery, response.status)
    asked = response.headers.get("retry-after", "")
    return float(min(int(asked), LONGEST_RETRY_AFTER)) if asked.isdigit() else 0.0


def _queue_of(waiting: Waiting) -> QueueName:
    inner = waiting.content.get(waiting.kind)
    inner = inner if isinstance(inner, dict) else {}
    by_person = waiting.kind.endswith("_query")
    owner = inner.get("from" if by_person else "chat")
    return waiting.kind if by_person else "chat", (owner or {}).get("id")


def _note(delivery: _Delivery, reason: str) -> None:
    delivery.state.last_error = reason
    delivery.state.last_error_at = int(delivery.playground.now().timestamp())


def _reason(error: Exception) -> str:
    match error:
        case aiohttp.ClientConnectorError():
            return "Connection refused"
        case TimeoutError():
            return "Read timeout expired"
        case _:
            return "Webhook connection closed"


def _give_up_if_gone(delivery: _Delivery, status: int) -> None:
    now = delivery.playground.now()
    if status != 410:
        delivery.gone_since = None
        return
    delivery.gone_since = delivery.gone_since or now
    if now - delivery.gone_since > GONE_FOR and delivery.playground.webhook is delivery.state:
        delivery.playground.webhook = WebhookState()
        delivery.playground.webhook_changed.set()


async def _obey(delivery: _Delivery, body: bytes) -> None:
    """Carry out the method that the answer names; nobody hears how it went."""
    with suppress(ValueError):
        wish = decoded(body) if body else None
        if not isinstance(wish, dict) or not isinstance(wish.get("method"), str):
            return
        method = wish.pop("method")
        if method.lower() in NOT_BY_ANSWER or method.lower().startswith("get"):
            return
        texts = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in wish.items()
        }
        await delivery.execute(method, Parameters(texts))
