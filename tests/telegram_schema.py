"""The judge of every call the bot makes in a test.

It holds a call against the Bot API's schema where a `botapi.json` is at hand, else against
aiogram's models of the methods. Telegram itself ignores unknown parameters silently and
coerces types, so neither would show in a test that asks only for the answer.
"""

import functools
import html
import importlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pydantic import BaseModel, ValidationError

REPOSITORY = Path(__file__).resolve().parent.parent
SCHEMA_NAME = "botapi.json"
SCHEMA_FOLDER = "BOT_API_SCHEMA_FOLDER"
"""The environment variable that names the folder with the schema."""

Json = dict[str, Any]


class WrongCallError(AssertionError):
    """A call that Telegram would refuse or silently understand in another way."""


def check_call(method: str, parameters: Mapping[str, Any]) -> None:
    """Raise WrongCallError with everything that is wrong with a call, decoded from its JSON."""
    schema = bot_api_schema()
    judged = (
        faults_by_aiogram(method, parameters)
        if schema is None
        else faults_by_schema(schema, method, parameters)
    )
    faults = [*judged, *faults_of_size(parameters)]
    if faults:
        raise WrongCallError(f"{method}: " + "; ".join(faults))


@functools.cache
def bot_api_schema() -> Json | None:
    """The schema from the folder the environment names, or from the one kept beside us."""
    folder = Path(os.environ.get(SCHEMA_FOLDER) or REPOSITORY.parent / "shared")
    path = folder / SCHEMA_NAME
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


# By the schema


def faults_by_schema(schema: Json, method: str, parameters: Mapping[str, Any]) -> list[str]:
    """What the schema has against a call."""
    known = schema["methods"].get(method)
    if known is None:
        return ["there is no such method"]
    return list(_faults_of_fields(schema, known.get("fields", []), parameters, ""))


def _faults_of_fields(
    schema: Json, fields: list[Json], given: Mapping[str, Any], where: str
) -> Iterator[str]:
    known = {one["name"]: one for one in fields}
    for name in given.keys() - known.keys():
        yield f"{where}{name} is unknown"
    for name, one in known.items():
        if name in given:
            yield from _faults_of_value(schema, one, given[name], where + name)
        elif one["required"]:
            yield f"{where}{name} is missing"


def _faults_of_value(schema: Json, one: Json, value: Any, where: str) -> Iterator[str]:
    tried = [list(_faults_of_type(schema, kind, value, where)) for kind in one["types"]]
    if all(tried):
        yield from min(tried, key=len)
    elif isinstance(value, str):
        yield from _faults_of_length(one["description"], value, where)


def _faults_of_type(schema: Json, kind: str, value: Any, where: str) -> Iterator[str]:
    if kind in _PLAIN:
        if not _PLAIN[kind](value):
            yield f"{where} should be {kind}, is {value!r}"
    elif inner := re.match(r"Array of (.*)", kind):
        yield from _faults_of_array(schema, inner[1], value, where)
    elif not isinstance(value, dict):
        yield f"{where} should be {kind}, is {value!r}"
    elif subtypes := schema["types"][kind].get("subtypes"):
        tried = [list(_faults_of_type(schema, one, value, where)) for one in subtypes]
        if all(tried):
            yield from min(tried, key=len)
    else:
        fields = schema["types"][kind].get("fields", [])
        yield from _faults_of_fields(schema, fields, value, where + ".")


def _faults_of_array(schema: Json, inner: str, value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{where} should be an array of {inner}, is {value!r}"
        return
    for index, one in enumerate(value):
        yield from _faults_of_type(schema, inner, one, f"{where}[{index}]")


def _is_number(value: Any, *kinds: type) -> bool:
    return isinstance(value, kinds) and not isinstance(value, bool)


_PLAIN: dict[str, Callable[[Any], bool]] = {
    "Integer": lambda value: _is_number(value, int),
    "Float": lambda value: _is_number(value, int, float),
    "Boolean": lambda value: isinstance(value, bool),
    "String": lambda value: isinstance(value, str),
    "InputFile": lambda value: isinstance(value, str) and value.startswith("attach://"),
}


def _faults_of_length(description: str, value: str, where: str) -> Iterator[str]:
    """The descriptions say "1-64 bytes"; where tags are parsed away, `faults_of_size` counts."""
    limit = re.search(r"\b(\d+)-(\d+) (characters|bytes)(?! after)", description)
    if limit is None:
        return
    size = len(value.encode() if limit[3] == "bytes" else value)
    if not int(limit[1]) <= size <= int(limit[2]):
        yield f"{where} should have {limit[0]}, has {size}"


# By aiogram's models


def faults_by_aiogram(method: str, parameters: Mapping[str, Any]) -> list[str]:
    """What aiogram's model of the method has against a call."""
    models, types = _aiogram_models()
    model = models.get(method)
    if model is None:
        return ["there is no such method"]
    model.model_rebuild(_types_namespace=types)  # nothing where that was done before
    try:
        call = model.model_validate_json(json.dumps(parameters), strict=True)
    except ValidationError as error:
        return [_in_words(one) for one in error.errors()]
    return list(_unknown_fields(call, ""))


@functools.cache
def _aiogram_models() -> tuple[dict[str, type[BaseModel]], Json]:
    """The model of each method, and the types to complete it with.

    aiogram completes every type there is when it is imported, which takes as long as hundreds of
    tests; most are in no call of ours.
    """
    types: Json = {}

    def later(_: type[BaseModel], *, _types_namespace: Json) -> None:
        types.update(_types_namespace)

    with patch.object(BaseModel, "model_rebuild", classmethod(later)):
        methods = importlib.import_module("aiogram.methods")
    models = [getattr(methods, name) for name in methods.__all__]
    return {
        one.__api_method__: one
        for one in models
        if isinstance(getattr(one, "__api_method__", None), str)
    }, types


def _in_words(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    return f"{where} is missing" if error["type"] == "missing" else f"{where}: {error['msg']}"


def _unknown_fields(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        for name in value.model_extra or {}:
            yield f"{where}{name} is unknown"
        for name in type(value).model_fields:
            yield from _unknown_fields(getattr(value, name), f"{where}{name}.")
    elif isinstance(value, list):
        for one in value:
            yield from _unknown_fields(one, where)


# Sizes, which neither of them holds in full


def faults_of_size(parameters: Mapping[str, Any]) -> list[str]:
    """What Telegram has against the length of texts and the size of keyboards."""
    return [
        *_faults_of_text(parameters),
        *_faults_of_inline_keyboard(parameters.get("reply_markup")),
    ]


def _faults_of_text(parameters: Mapping[str, Any]) -> Iterator[str]:
    parsed = "parse_mode" in parameters
    is_message = "callback_query_id" not in parameters
    if isinstance(text := parameters.get("text"), str):
        visible = shown(text, parsed=parsed)
        limit = 4096 if is_message else 200
        if len(visible) > limit:
            yield f"text is too long: {len(visible)} of {limit}"
        if is_message and not visible.strip():
            yield "text is empty"
    if isinstance(caption := parameters.get("caption"), str):
        size = len(shown(caption, parsed=parsed))
        if size > 1024:
            yield f"caption is too long: {size} of 1024"


def shown(text: str, *, parsed: bool) -> str:
    """What a person reads of a text; parsed: it is written in HTML."""
    return html.unescape(re.sub(r"<[^>]*>", "", text)) if parsed else text


def _faults_of_inline_keyboard(markup: Any) -> Iterator[str]:
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return
    buttons = [button for row in rows for button in row if isinstance(button, dict)]
    if len(buttons) > 100:
        yield f"reply_markup has {len(buttons)} buttons of 100"
    if any(len(row) > 8 for row in rows):
        yield "reply_markup has more than 8 buttons in a row"
    if len(json.dumps(markup, ensure_ascii=False).encode()) > 10_000:
        yield "reply_markup is larger than 10,000 bytes"
    for button in buttons:
        yield from _faults_of_button(button)


def _faults_of_button(button: Json) -> Iterator[str]:
    does = button.keys() - {"text", "icon_custom_emoji_id", "style"}
    if len(does) != 1:
        yield f"button {button.get('text')!r} should do one thing, does {sorted(does)}"
    if not str(button.get("text", "")).strip():
        yield "a button has no text"
    data = button.get("callback_data", "x")
    if isinstance(data, str) and not 1 <= len(data.encode()) <= 64:
        yield f"callback_data should have 1-64 bytes, has {len(data.encode())}"
