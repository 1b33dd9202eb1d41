"""Texts and captions of a call: parsed, cleaned and measured as Telegram does."""

import re
from typing import Any

from playground.errors import bad
from playground.markup import parse_html, utf16_length
from playground.parameters import Parameters

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
"""Code points after parsing."""
LONGEST_SOURCE = 32_768
"""Bytes before parsing."""
MOST_ENTITIES = 100
CONTROL = re.compile("[\x00-\x08\x0b-\x1f]")
BLANK = " \t\n\u200b\u2060\u00a0\u2800"


def read_text(parameters: Parameters) -> dict[str, Any]:
    """Give `text` and `entities` of a call; raises RefusedError with Telegram's reason."""
    source = parameters.text("text")
    if not source:
        raise bad("message text is empty")
    text, entities = _formatted(parameters, source, "entities")
    if not text:
        raise bad("text must be non-empty")
    if len(text) > LONGEST_TEXT:
        raise bad("message is too long")
    return {"text": text} | ({"entities": entities} if entities else {})


def read_caption(parameters: Parameters) -> dict[str, Any]:
    """Give `caption` and `caption_entities` of a call, nothing if there is no caption."""
    text, entities = _formatted(parameters, parameters.text("caption"), "caption_entities")
    if len(text) > LONGEST_CAPTION:
        raise bad("message caption is too long")
    if not text:
        return {}
    return {"caption": text} | ({"caption_entities": entities} if entities else {})


def _formatted(parameters: Parameters, source: str, given: str) -> tuple[str, list[dict[str, Any]]]:
    if len(source.encode("utf-8", "surrogatepass")) > LONGEST_SOURCE:
        raise bad("text is too long")
    mode = parameters.text("parse_mode").lower()
    if source and mode == "html":
        text, entities = parse_html(source)
    elif source and mode not in {"", "none"}:
        raise bad("unsupported parse_mode")
    else:
        text, entities = source, _given(parameters, given)
    return cleaned(text, entities)


def _given(parameters: Parameters, name: str) -> list[dict[str, Any]]:
    listed = parameters.structure(name, "can't parse entities JSON object")
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(entity, dict) for entity in listed):
        raise bad("can't parse entities: expected an Array of MessageEntity")
    for entity in listed:
        for field, kind in (("type", str), ("offset", int), ("length", int)):
            if not isinstance(entity.get(field), kind):
                raise bad(f'can\'t parse MessageEntity: Field "{field}" must be of another type')
    return [entity for entity in listed if entity["offset"] >= 0 and entity["length"] > 0]


def cleaned(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Trim a text and move its entities along; nothing stays formatted inside code."""
    text = CONTROL.sub(" ", text.replace("\r", "")) if CONTROL.search(text) else text
    begin = utf16_length(text) - utf16_length(text.lstrip(BLANK))
    text = text.strip(BLANK)
    end = utf16_length(text)
    moved = []
    for entity in entities:
        first = max(0, entity.get("offset", 0) - begin)
        last = min(end, entity.get("offset", 0) + entity.get("length", 0) - begin)
        if last > first:
            moved.append(entity | {"offset": first, "length": last - first})
    return text, _unnested(moved)[:MOST_ENTITIES]


def _unnested(entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    flat = [_span(entity) for entity in entities if entity.get("type") in {"code", "pre"}]
    return [
        entity
        for entity in entities
        if entity.get("type") in {"code", "pre"}
        or not any(begin <= _span(entity)[0] and _span(entity)[1] <= end for begin, end in flat)
    ]


def _span(entity: dict[str, Any]) -> tuple[int, int]:
    return entity["offset"], entity["offset"] + entity["length"]
