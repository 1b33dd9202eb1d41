"""Our own file, `habits-export.json`, as docs/export.md tells it."""

import json
from typing import Any

from habits.belongings import Belongings

NAME = "habits-export.json"


def written(belongings: Belongings) -> bytes:
    """The file; the same for the same belongings, byte for byte."""
    return as_json(belongings.model_dump(mode="json"))


def as_json(value: Any) -> bytes:
    """JSON for people to read as well: indented, in their own script, with a last line end."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
