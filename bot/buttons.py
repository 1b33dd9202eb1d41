"""Every button: a label, and as callback data `1:verb:argument:argument`, at most 64 bytes.

A button sets a state and never flips it, and carries what it is about, so that it means the
same however often, late and out of order it is pressed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardMarkup

VERSION = "1"
_GRAMMAR = re.compile(r"1:(?P<verb>[a-z_]{1,16})(?P<arguments>(?::[A-Za-z0-9_.+-]{0,40}){0,4})")
_OLDER = re.compile(r"(v\d+|0):")


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press that the grammar allows; what it names may still not be there."""

    verb: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Older:
    """A button of an earlier version."""


Button = dict[str, str]
"""Telegram's InlineKeyboardButton; plain, for the reason that bot/calls.py gives."""
Keyboard = dict[str, list[list[Button]]]
"""Telegram's InlineKeyboardMarkup, as plain."""
Row = Sequence[Button]


def button(label: str, verb: str, *arguments: int | str) -> Button:
    """A button that says what it does and what it is about."""
    data = ":".join([VERSION, verb, *(str(argument) for argument in arguments)])
    assert _GRAMMAR.fullmatch(data), data
    assert len(data) <= 64, data
    return {"text": label, "callback_data": data}


def keyboard(*rows: Row) -> Keyboard | None:
    """The buttons under a message; None where there are none."""
    filled = [list(row) for row in rows if row]
    return {"inline_keyboard": filled} if filled else None


def of_ptb(shown: Keyboard | None) -> InlineKeyboardMarkup | None:
    """The same for PTB's own methods, which send files and pictures."""
    return InlineKeyboardMarkup.de_json(shown, None) if shown else None


def in_rows(buttons: Iterable[Button], width: int) -> list[Row]:
    """Buttons in rows of at most `width`."""
    every = list(buttons)
    return [every[start : start + width] for start in range(0, len(every), width)]


def read(data: object) -> Pressed | Older | None:
    """What was pressed, or None where it is no button of ours."""
    if not isinstance(data, str):
        return None
    if found := _GRAMMAR.fullmatch(data):
        return Pressed(found["verb"], tuple(found["arguments"].split(":")[1:]))
    return Older() if _OLDER.match(data) else None
