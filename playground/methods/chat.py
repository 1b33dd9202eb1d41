"""Asking about a chat and leaving it."""

from typing import Any

from playground.chats import Group, Person
from playground.errors import bad, forbidden
from playground.methods.sending import known_chat
from playground.parameters import Parameters
from playground.playground import Playground

MENU_BUTTONS = ("default", "commands", "web_app")


def get_chat(playground: Playground, parameters: Parameters) -> dict[str, Any]:
    """Give what the bot may know about a chat."""
    chat = known_chat(playground, parameters)
    return chat.chat() | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": True,
            "limited_gifts": True,
            "unique_gifts": True,
            "premium_subscription": True,
            "gifts_from_channels": True,
        },
    }


def leave_chat(playground: Playground, parameters: Parameters) -> bool:
    """Leave a group or channel; a private chat cannot be left."""
    chat = known_chat(playground, parameters)
    if isinstance(chat, Person):
        raise bad("chat member status can't be changed in private chats")
    if chat.standing != "member":
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    chat.standing = "left"
    playground.chats.keep_group(chat)
    return True


def set_chat_menu_button(playground: Playground, parameters: Parameters) -> bool:
    """Choose what the button beside the text field opens."""
    button = parameters.structure("menu_button", "can't parse menu button JSON object")
    button = {"type": "default"} if button is None else button
    if not isinstance(button, dict) or button.get("type") not in MENU_BUTTONS:
        raise bad("can't parse menu button: MenuButton has unsupported type")
    playground.keep_setting(_menu_of(playground, parameters), button)
    return True


def get_chat_menu_button(playground: Playground, parameters: Parameters) -> dict[str, Any]:
    """Give the button beside the text field."""
    everywhere = playground.setting("menu button", {"type": "commands"})
    button: dict[str, Any] = playground.setting(_menu_of(playground, parameters), everywhere)
    return everywhere if button["type"] == "default" else button


def _menu_of(playground: Playground, parameters: Parameters) -> str:
    if not parameters.text("chat_id"):
        return "menu button"
    chat = known_chat(playground, parameters)
    if isinstance(chat, Group):
        raise bad("chat not found")
    return f"menu button {chat.id}"


METHODS = {
    "getChat": get_chat,
    "leaveChat": leave_chat,
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
}
