"""JSON from outside: read within limits."""

import json
from typing import Any

from bot.files.unreadable import Unreadable, Why

DEEPEST = 10


def parsed(content: bytes) -> Any:
    """What the JSON holds, or why it cannot be read (Unreadable)."""
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except RecursionError:
        return Unreadable(Why.TOO_DEEP)
    except ValueError:  # no JSON, no UTF-8, or a number of ten thousand digits
        return Unreadable(Why.UNKNOWN)
    return Unreadable(Why.TOO_DEEP) if _is_deep(found) else found


def _is_deep(value: Any) -> bool:
    """Whether it holds lists and objects more than ten levels deep."""
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
    return bool(level)


def _inside(value: Any) -> Any:
    """What is held by a list or an object; an empty one is no deeper than a word."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
