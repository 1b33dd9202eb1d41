"""The mark that every line in the log about one message bears, from its row to its end."""

import logging
from contextvars import ContextVar

following: ContextVar[str | None] = ContextVar("following", default=None)
"""The mark of the message that is being delivered here; whatever is logged meanwhile bears it."""

_log = logging.getLogger("habits.deliveries")


def mark_of(occasion_id: int | None, kind: str, number: int, row_id: int | None) -> str:
    """A reminder's is known before its row is there; a notice's is that of its row."""
    if occasion_id is not None:
        return f"{occasion_id}-{kind}-{number}"
    return kind if row_id is None else f"{kind}-{row_id}"


def tell(mark: str, what: str, *, ends: bool = False) -> None:
    """Log a step of a message's way: its end at INFO, all before it at DEBUG."""
    _log.log(logging.INFO if ends else logging.DEBUG, what, extra={"delivery": mark})
