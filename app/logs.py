"""Logging: one line an event, as text or JSON, with no token in any of them."""

import logging
import re
import sys
from typing import Any

import structlog

TOKEN = re.compile(r"\b\d{3,}:[A-Za-z0-9_-]{20,}")
NOISY = ("alembic", "httpx", "httpcore", "telegram", "apscheduler", "uvicorn", "websockets", "aiohttp")


def set_up(level: str, form: str) -> None:
    """Send everything that is logged, ours and the libraries', through one formatter."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
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
    logging.raiseExceptions = False  # a full disk under the log stops no loop
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _redacted(_: Any, __: str, event: dict[str, Any]) -> dict[str, Any]:
    """Blank out whatever looks like a bot's token; people paste them, libraries log them."""
    return {
        key: TOKEN.sub("[token]", value) if isinstance(value, str) else value
        for key, value in event.items()
    }
