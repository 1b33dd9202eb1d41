"""Logging: one line an event, as text or JSON, with no token and no words of people in any.

The words of an exception may quote what somebody wrote, so that only those are shown which are
known not to; of the others where it happened and what kind it is.
"""

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import structlog

from habits.marks import following

TOKEN = re.compile(r"(?<!\d)\d{3,}:[A-Za-z0-9_-]{20,}")  # also right after the "bot" of an address
NOISY = (
    "alembic",
    "httpx",
    "httpcore",
    "telegram",
    "apscheduler",
    "uvicorn",
    "websockets",
    "aiohttp",
)

DELIVERY = "delivery"
"""The field of a line that bears a message's mark."""

_secrets: set[str] = set()


def keep_secret(secret: str) -> None:
    """Blank this out, whatever it looks like, in all that is logged or told from now on."""
    _secrets.add(secret)


def hidden(text: str) -> str:
    """The text without tokens: people paste them anywhere, and libraries log them."""
    for secret in _secrets:
        text = text.replace(secret, "[token]")
    return TOKEN.sub("[token]", text)


def set_up(level: str, form: str) -> None:
    """Send everything that is logged, ours and the libraries', through one formatter."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder([DELIVERY]),
        _followed,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_told),
        _first_line_of_asyncio,
        _redacted,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    sys.excepthook = _log_and_end  # so that what should not happen is redacted as well
    logging.raiseExceptions = False  # a full disk under the log stops no loop
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # not shown
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _followed(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Which message it is about, also where whoever logs does not know that."""
    mark = following.get()
    return event if mark is None else {DELIVERY: mark} | event


def _told(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """An exception and those before it: where each happened, its kind, and its words or none."""
    chain = list(_chain(exc_info[1]))[::-1]
    return "".join(
        f"Traceback (most recent call last):\n{''.join(traceback.format_tb(each.__traceback__))}"
        f"{_named(each)}\n"
        for each in chain
    ).rstrip()


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        before = None if error.__suppress_context__ else error.__context__
        error = error.__cause__ or before


def _named(error: BaseException) -> str:
    from sqlalchemy.exc import DBAPIError  # noqa: PLC0415 - there is seldom an exception to tell

    from bot.transport_errors import NotSent, Unsure  # noqa: PLC0415 - likewise
    from habits.storage.database import Busy  # noqa: PLC0415 - likewise

    quotes_nobody = isinstance(error, Busy | DBAPIError | NotSent | Unsure | OSError)
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return f"{kind}: {error}" if quotes_nobody else kind


def _first_line_of_asyncio(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Behind it asyncio shows a task with its exception, whose words may be anybody's."""
    if event.get("logger") != "asyncio":
        return event
    return event | {"event": str(event["event"]).partition("\n")[0]}


def _redacted(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    return {key: hidden(value) if isinstance(value, str) else value for key, value in event.items()}


def _log_and_end(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    logging.getLogger("letloose").critical("this should not happen", exc_info=(kind, error, trace))
