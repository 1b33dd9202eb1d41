"""Our own file, `habits-export.json`, as docs/export.md tells it."""

import json
from typing import Any

from pydantic import ValidationError

from bot.files.unreadable import Unreadable, Why
from bot.typed import clean
from habits.belongings import VERSION, Belongings

NAME = "habits-export.json"


def written(belongings: Belongings) -> bytes:
    """The file; the same for the same belongings, byte for byte."""
    return as_json(belongings.model_dump(mode="json"))


def as_json(value: Any) -> bytes:
    """JSON for people to read as well: indented, in their own script, with a last line end."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def read(found: dict[str, Any]) -> Belongings | Unreadable:
    """What the parsed file means, or the first thing that is wrong with it."""
    version = found.get("version")
    if isinstance(version, int) and version > VERSION:
        return Unreadable(Why.NEWER)
    return checked(found)


def checked(found: dict[str, Any]) -> Belongings | Unreadable:
    """Hold what was read, from whatever file, to the shape and the limits of typed input."""
    try:
        return Belongings.model_validate_json(json.dumps(found), context={"clean": _cleaned})
    except (ValidationError, OverflowError) as error:
        return first_wrong(error)


def _cleaned(text: str, limit: int, *, lines: bool) -> str | None:
    kept = clean(text, limit, lines=lines)
    return kept if isinstance(kept, str) else None


def first_wrong(error: ValidationError | OverflowError) -> Unreadable:
    """The first thing that is wrong with a file: where, and what it should be."""
    if isinstance(error, OverflowError):
        return Unreadable(Why.WRONG)
    wrong = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in wrong["loc"])
    return Unreadable(Why.WRONG, where[:100], wrong["msg"].removeprefix("Value error, ")[:100])
