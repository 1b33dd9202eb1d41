"""Reply markup: read and refused as Telegram does."""

import json
from typing import Any

from playground.errors import bad
from playground.links import checked_link
from playground.parameters import Parameters

MOST_BUTTONS = 100
LONGEST_MARKUP = 10_240
"""Bytes of JSON; observed, not documented."""
MOST_REPLY_BUTTONS = 300
LONGEST_DATA = 64
"""Bytes of callback_data."""
UNREADABLE = "can't parse inline keyboard button: "
KINDS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")


def read_markup(parameters: Parameters, *, private: bool) -> dict[str, Any] | None:
    """Give the reply markup of a call, None if there is none; raises RefusedError."""
    markup = parameters.structure("reply_markup", "can't parse reply keyboard markup JSON object")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in markup:
        return _inline(markup["inline_keyboard"])
    if "keyboard" in markup:
        return markup | {"keyboard": _reply_rows(markup["keyboard"], private=private)}
    return markup if any(markup.get(kind) for kind in KINDS) else None


def inline_keyboard(markup: dict[str, Any] | None) -> dict[str, Any] | None:
    """Give the markup if it is an inline keyboard, the only kind a Message shows."""
    return markup if markup is not None and "inline_keyboard" in markup else None


def _inline(rows: Any) -> dict[str, Any] | None:
    keyboard = [
        [_inline_button(button) for button in row]
        for row in _rows(rows, 'Field "inline_keyboard" must be of type Array')
        if row
    ]
    if not keyboard:
        return None
    markup = {"inline_keyboard": keyboard}
    too_long = len(json.dumps(markup)) > LONGEST_MARKUP
    if too_long or sum(len(row) for row in keyboard) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    return markup


def _rows(rows: Any, refusal: str) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad(refusal[0].lower() + refusal[1:])
    return rows


def _inline_button(button: Any) -> dict[str, Any]:
    if not isinstance(button, dict):
        raise bad(f"{UNREADABLE}expected an Object")
    if not isinstance(button.get("text"), str):
        raise bad(f'{UNREADABLE}Can\'t find field "text"')
    if not button["text"].strip():
        raise bad("inline keyboard button text must be non-empty")
    _check_action(button)
    return button


def _check_action(button: dict[str, Any]) -> None:
    actions = set(button) - {"text", "icon_custom_emoji_id", "style"}
    if not actions:
        raise bad(f"{UNREADABLE}Text buttons are unallowed in the inline keyboard")
    if "url" in button and checked_link(str(button["url"])) is None:
        raise bad(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    data = button.get("callback_data", "x")
    if not isinstance(data, str):
        raise bad(f'{UNREADABLE}Field "callback_data" must be of type String')
    if not 1 <= len(data.encode("utf-8", "surrogatepass")) <= LONGEST_DATA:
        raise bad("BUTTON_DATA_INVALID")


def _reply_rows(rows: Any, *, private: bool) -> list[list[dict[str, Any]]]:
    found = [
        [_reply_button(button, private=private) for button in row]
        for row in _rows(rows, 'Field "keyboard" must be of type Array')
        if row
    ]
    if sum(len(row) for row in found) > MOST_REPLY_BUTTONS:
        raise bad("reply markup is too long")
    return found


def _reply_button(button: Any, *, private: bool) -> dict[str, Any]:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad("can't parse keyboard button: Can't find field \"text\"")
    if not button["text"].strip():
        raise bad("keyboard button text must be non-empty")
    if not private and button.get("request_location"):
        raise bad("location can be requested in private chats only")
    if not private and button.get("request_contact"):
        raise bad("phone number can be requested in private chats only")
    return button
