"""Telegram's HTML, read as TDLib reads it (`parse_html` in MessageEntity.cpp).

Offsets in errors count bytes of UTF-8, offsets of entities count UTF-16 units; both are Telegram's.
tests/playground/test_markup.py holds this reader against TDLib itself.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from playground.errors import bad
from playground.links import checked_link, mentioned_user
from playground.parameters import whole_number

ENTITY_OF = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
LANGUAGE = "language-"
CLASS_OF = {"span": "tg-", "code": LANGUAGE}
SPACES = b" \t\r\n\0\x0b"
HALVES = (
    "Text contains invalid Unicode characters after decoding HTML entities,"
    " check for unmatched surrogate code units"
)
PLAIN = re.compile(b"[^<&]*")
NAMED = {b"lt": "<", b"gt": ">", b"amp": "&", b"quot": '"'}
PRIORITY = {"text_link": 49, "text_mention": 49, "code": 20, "pre": 11, "blockquote": 0}
PRIORITY |= {"expandable_blockquote": 0, "date_time": 48}
PRIORITY |= {"bold": 90, "italic": 91, "underline": 92, "strikethrough": 93, "spoiler": 94}
PRIORITY |= {"custom_emoji": 99}


@dataclass(slots=True)
class _Open:
    tag: str
    values: dict[str, str]
    offset: int
    text_begins: int


@dataclass(slots=True)
class _Reader:
    """One pass over the bytes; NUL past the end saves every bounds check, as it does in C."""

    source: bytes
    at: int = 0
    text: bytearray = field(default_factory=bytearray)
    offset: int = 0
    open: list[_Open] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)

    def here(self) -> int:
        return self.source[self.at] if self.at < len(self.source) else 0

    def skip_spaces(self) -> None:
        while self.at < len(self.source) and self.here() in SPACES:
            self.at += 1

    def until(self, stops: bytes) -> bytes:
        begin = self.at
        while self.at < len(self.source) and self.here() not in stops:
            self.at += 1
        return self.source[begin : self.at]


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Give the plain text and Telegram's entities; raises RefusedError with TDLib's words."""
    reader = _Reader(source.encode("utf-8", "surrogatepass"))
    while reader.at < len(reader.source):
        if reader.here() == ord("<"):
            _read_tag(reader)
        else:
            _read_text(reader)
    if reader.open:
        raise _refusal(f'Can\'t find end tag corresponding to start tag "{reader.open[-1].tag}"')
    for entity in reader.entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    reader.entities.sort(key=lambda e: (e["offset"], -e["length"], PRIORITY.get(e["type"], 50)))
    try:
        return reader.text.decode(), reader.entities
    except UnicodeDecodeError as error:
        raise _refusal(HALVES) from error


def utf16_length(text: str) -> int:
    """Count UTF-16 units, in which Telegram counts entities."""
    return len(text) + sum(character > "\uffff" for character in text)


def commands_in(text: str) -> list[dict[str, Any]]:
    """Give the bot_command entity of a text that begins with one."""
    head = text.split(maxsplit=1)[0] if text[:1] == "/" else ""
    name = head[1:].partition("@")[0]
    if not name.isascii() or not name.replace("_", "a").isalnum() or len(name) > 64:
        return []
    return [{"type": "bot_command", "offset": 0, "length": utf16_length(head)}]


def _read_text(reader: _Reader) -> None:
    character = _read_character_reference(reader) if reader.here() == ord("&") else None
    if character is not None:
        reader.text += character.encode("utf-8", "surrogatepass")
        reader.offset += utf16_length(character)
        return
    end = PLAIN.match(reader.source, reader.at + 1).end()  # type: ignore[union-attr]
    piece = reader.source[reader.at : end]
    reader.offset += utf16_length(piece.decode("utf-8", "surrogatepass"))
    reader.text += piece
    reader.at = end


def _read_character_reference(reader: _Reader) -> str | None:
    """Read `&lt;` or `&#60;`, semicolon or not; None, and no step forward, if it is none."""
    begin = reader.at
    reader.at += 1
    found = _numbered(reader) if reader.here() == ord("#") else _named(reader)
    if found is None:
        reader.at = begin
    elif reader.here() == ord(";"):
        reader.at += 1
    return found


def _numbered(reader: _Reader) -> str | None:
    reader.at += 1
    base, digits = 10, b"0123456789"
    if reader.here() in b"xX":
        base, digits = 16, b"0123456789abcdefABCDEF"
        reader.at += 1
    begin = reader.at
    while reader.here() and reader.here() in digits:
        reader.at += 1
    number = int(reader.source[begin : reader.at] or b"0", base)
    if number == 0 or number >= 0x10FFFF or reader.at - begin > 10:
        return None
    return chr(number)


def _named(reader: _Reader) -> str | None:
    begin = reader.at
    while chr(reader.here()).isalpha() and reader.here() < 128:
        reader.at += 1
    return NAMED.get(reader.source[begin : reader.at])


def _read_tag(reader: _Reader) -> None:
    begin = reader.at
    reader.at += 1
    if reader.here() == ord("/"):
        _read_end_tag(reader, begin)
    else:
        _read_start_tag(reader, begin)


def _read_start_tag(reader: _Reader, begin: int) -> None:
    tag = _lower(reader.until(SPACES + b">"))
    if reader.here() == 0:
        raise _refusal(f"Unclosed start tag at byte offset {begin}")
    if tag not in ENTITY_OF:
        raise _refusal(f'Unsupported start tag "{tag}" at byte offset {begin}')
    values: dict[str, str] = {}
    while reader.here() != ord(">"):
        reader.skip_spaces()
        if reader.here() == ord(">"):
            break
        _read_attribute(reader, tag, begin, values)
    if tag == "span" and values.get("class") != "tg-spoiler":
        raise _refusal(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
    reader.at += 1
    reader.open.append(_Open(tag, values, reader.offset, len(reader.text)))


def _read_attribute(reader: _Reader, tag: str, begin: int, values: dict[str, str]) -> None:
    name = _lower(reader.until(SPACES + b"=>/\"'"))
    if not name:
        raise _refusal(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
    reader.skip_spaces()
    value = ""
    if reader.here() == ord("="):
        reader.at += 1
        reader.skip_spaces()
        value = _attribute_value(reader, tag, begin)
    if reader.here() == 0:
        raise _refusal(f'Unclosed start tag "{tag}" at byte offset {begin}')
    if name != "class" or value.startswith(CLASS_OF.get(tag, "")):
        values[name] = value


def _attribute_value(reader: _Reader, tag: str, begin: int) -> str:
    if reader.here() == 0:
        raise _refusal(f'Unclosed start tag "{tag}" at byte offset {begin}')
    value = _quoted(reader) if reader.here() in b"'\"" else _name_token(reader)
    if reader.here() == 0:
        raise _refusal(f"Unclosed start tag at byte offset {begin}")
    return value


def _name_token(reader: _Reader) -> str:
    begin = reader.at
    while reader.here() < 128 and (chr(reader.here()).isalnum() or reader.here() in b".-"):
        reader.at += 1
    if reader.here() and reader.here() not in SPACES + b">":
        raise _refusal(f"Unexpected end of name token at byte offset {begin}")
    return _lower(reader.source[begin : reader.at])


def _quoted(reader: _Reader) -> str:
    quote = reader.here()
    reader.at += 1
    value = bytearray()
    while reader.here() not in (quote, 0):
        character = _read_character_reference(reader) if reader.here() == ord("&") else None
        if character is not None:
            value += character.encode("utf-8", "surrogatepass")
        else:
            value.append(reader.here())
            reader.at += 1
    if reader.here() == quote:
        reader.at += 1
    return value.decode("utf-8", "replace")


def _read_end_tag(reader: _Reader, begin: int) -> None:
    if not reader.open:
        raise _refusal(f"Unexpected end tag at byte offset {begin}")
    reader.at += 1
    found = _lower(reader.until(SPACES + b">"))
    reader.skip_spaces()
    if reader.here() != ord(">"):
        raise _refusal(f"Unclosed end tag at byte offset {begin}")
    opened = reader.open.pop()
    if found not in ("", opened.tag):
        raise _refusal(
            f'Unmatched end tag at byte offset {begin}, expected "</{opened.tag}>",'
            f' found "</{found}>"'
        )
    reader.at += 1
    if reader.offset > opened.offset:
        _close(reader, opened)


def _close(reader: _Reader, opened: _Open) -> None:
    kind = ENTITY_OF[opened.tag]
    entity: dict[str, Any] = {
        "type": kind,
        "offset": opened.offset,
        "length": reader.offset - opened.offset,
    }
    match kind:
        case "text_link":
            inside = reader.text[opened.text_begins :].decode("utf-8", "replace")
            entity |= _link(opened.values.get("href") or inside)
        case "code" | "pre":
            _join_code_and_pre(reader, entity, opened.values.get("class", ""))
        case "blockquote" if "expandable" in opened.values:
            entity["type"] = "expandable_blockquote"
        case "custom_emoji":
            entity["custom_emoji_id"] = _emoji(opened.values.get("emoji-id", ""))
        case "date_time":
            entity |= _moment(opened.values)
    if entity["type"]:
        reader.entities.append(entity)


def _link(target: str) -> dict[str, Any]:
    user = mentioned_user(target)
    if user is not None:
        return {"type": "text_mention", "user": {"id": user, "is_bot": False, "first_name": ""}}
    link = checked_link(target)
    return {"type": "text_link", "url": link} if link else {"type": ""}


def _emoji(number: str) -> str:
    if not re.fullmatch("-?[0-9]{1,19}", number) or int(number) == 0:
        raise _refusal("Invalid custom emoji identifier specified")
    return number


def _moment(values: dict[str, str]) -> dict[str, Any]:
    wanted = values.get("format", "")
    if not re.fullmatch("[rR]|[wWdDtT]*", wanted):
        raise _refusal("Invalid date format used")
    seconds = whole_number(values.get("unix", ""))
    if seconds <= 0:
        return {"type": ""}
    return {"unix_time": seconds} | ({"date_time_format": wanted} if wanted else {})


def _join_code_and_pre(reader: _Reader, entity: dict[str, Any], css_class: str) -> None:
    """Make one entity of `pre` and the `code` that fills it, whichever is outside."""
    if entity["type"] == "code" and css_class.startswith(LANGUAGE):
        entity["language"] = css_class.removeprefix(LANGUAGE)
    last = reader.entities[-1] if reader.entities else {}
    if {last.get("type"), entity["type"]} != {"code", "pre"} or _place(last) != _place(entity):
        return
    code = entity if entity["type"] == "code" else last
    if code.get("language"):
        reader.entities.pop()
        entity.update(type="pre", language=code["language"])


def _place(entity: dict[str, Any]) -> tuple[int, int]:
    return entity["offset"], entity["length"]


def _lower(name: bytes) -> str:
    return name.lower().decode("utf-8", "replace")


def _refusal(reason: str) -> Exception:
    return bad(f"can't parse entities: {reason}")
