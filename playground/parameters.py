"""What a call carries: query, urlencoded body, JSON or multipart, all read into texts and files.

Telegram reads every JSON value that is not a string as its JSON text, so `1`, `"1"` and a form's
`1` are one and the same; everything here follows from that.
"""

import json
import re
from dataclasses import dataclass, field
from email.message import Message
from email.parser import HeaderParser
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from playground.errors import RefusedError, bad

LARGEST_BODY = 52 * 1024 * 1024
"""Bytes: a file of 50 MB and its fields."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent along in multipart."""

    name: str
    mime: str
    content: bytes


@dataclass(slots=True)
class Parameters:
    """The named texts and files of one call."""

    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """Give the text as sent, or the default where it is absent."""
        return self.texts.get(name, default)

    def integer(
        self, name: str, default: int = 0, low: int = -(2**63), high: int = 2**63 - 1
    ) -> int:
        """Give a whole number clamped to its bounds; what is no number counts as 0."""
        text = self.texts.get(name)
        return default if text is None else min(max(whole_number(text), low), high)

    def flag(self, name: str) -> bool:
        """Say whether a yes was sent, in any of the three spellings Telegram takes."""
        return self.texts.get(name, "").strip().lower() in {"true", "yes", "1"}

    def structure(self, name: str, refusal: str) -> Any:
        """Give the decoded JSON of a parameter, None if absent; refuse in these words if broken."""
        text = self.texts.get(name, "")
        if not text:
            return None
        try:
            return decoded(text)
        except ValueError as error:
            raise bad(refusal) from error


def decoded(source: str | bytes) -> Any:
    """Decode JSON; raises ValueError for everything that is none, however deep it goes."""
    try:
        return json.loads(source)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def whole_number(text: str) -> int:
    """Read the number a text begins with, as Telegram does: `12x` is 12 and `x` is 0."""
    found = re.match(r"\s*(-?[0-9]{1,20})", text)
    return int(found[1]) if found else 0


async def read_parameters(request: Request) -> Parameters:
    """Read query and body of a call; raises RefusedError for what Telegram cannot read."""
    parameters = Parameters(dict(request.query_params))
    body = await read_body(request)
    if body:
        _read_content(parameters, request.headers.get("content-type", ""), body)
    return parameters


async def read_body(request: Request) -> bytes:
    """Read a whole body; raises RefusedError(413) as soon as it is too large."""
    if int(request.headers.get("content-length", "0") or 0) > LARGEST_BODY:
        raise RefusedError(413, "Request Entity Too Large")
    pieces: list[bytes] = []
    size = 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > LARGEST_BODY:
                raise RefusedError(413, "Request Entity Too Large")
            pieces.append(piece)
    except ClientDisconnect as error:
        raise bad("the connection was closed before the request ended") from error
    return b"".join(pieces)


def _read_content(parameters: Parameters, content_type: str, body: bytes) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        parameters.texts.update(_read_json(body))
    elif kind == "multipart/form-data":
        _read_multipart(parameters, content_type, body)
    elif kind == "application/x-www-form-urlencoded":
        parameters.texts.update(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _read_json(body: bytes) -> dict[str, str]:
    try:
        content = decoded(body)
    except ValueError as error:
        raise bad("can't parse parameter value: invalid JSON") from error
    if not isinstance(content, dict):
        raise bad("JSON object expected")
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in content.items()
        if value is not None
    }


def _read_multipart(parameters: Parameters, content_type: str, body: bytes) -> None:
    outer = Message()
    outer["content-type"] = content_type
    boundary = outer.get_param("boundary")
    if not isinstance(boundary, str) or not boundary:
        raise bad("boundary not found")
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary.encode())[1:-1]:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        written = head.decode("utf-8", "replace") + "\r\n\r\n"
        _read_part(parameters, HeaderParser().parsestr(written), content)


def _read_part(parameters: Parameters, head: Message, content: bytes) -> None:
    name = head.get_param("name", header="content-disposition")
    file_name = head.get_filename()
    if not isinstance(name, str):
        raise bad("field name not found")
    if file_name is None:
        parameters.texts[name] = content.decode("utf-8", "replace")
    else:
        parameters.files[name] = Upload(file_name, head.get_content_type(), content)
