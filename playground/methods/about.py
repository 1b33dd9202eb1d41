"""What the bot says about itself: commands, name, descriptions."""

import re
from collections.abc import Callable
from typing import Any

from playground.chats import Person
from playground.errors import bad
from playground.methods.sending import known_chat
from playground.parameters import Parameters
from playground.playground import Playground

MOST_COMMANDS = 100
SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")


def get_me(playground: Playground, parameters: Parameters) -> dict[str, Any]:  # noqa: ARG001
    """Give the bot's own User with what only it may know."""
    abilities = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
    more = ("can_connect_to_business", "has_main_web_app", "has_topics_enabled")
    rights = dict.fromkeys(abilities + more, False) | {"allows_users_to_create_topics": False}
    return playground.bot() | rights | {"can_join_groups": True}


def set_my_commands(playground: Playground, parameters: Parameters) -> bool:
    """Set the list of commands for a scope and a language."""
    place = _place(playground, parameters)
    listed = parameters.structure("commands", "can't parse commands JSON object")
    if not isinstance(listed, list):
        raise bad("expected an Array of BotCommand")
    if len(listed) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    playground.keep_setting(place, [_command(command) for command in listed])
    tell_commands(playground)
    return True


def get_my_commands(playground: Playground, parameters: Parameters) -> list[dict[str, str]]:
    """Give exactly what was set for a scope and a language."""
    found: list[dict[str, str]] = playground.setting(_place(playground, parameters), [])
    return found


def delete_my_commands(playground: Playground, parameters: Parameters) -> bool:
    """Take back the list of a scope and a language."""
    playground.keep_setting(_place(playground, parameters), [])
    tell_commands(playground)
    return True


def commands_for(playground: Playground, person: Person) -> list[dict[str, str]]:
    """Give the commands a person sees: the narrowest scope that has any, their language first."""
    for scope in (f"chat {person.id}", "all_private_chats", "default"):
        for language in (person.language, ""):
            found: list[dict[str, str]] = playground.setting(f"commands {scope}/{language}", [])
            if found:
                return found
    return []


def tell_commands(playground: Playground) -> None:
    """Show every open page the commands as they are now."""
    for person in playground.chats.people.values():
        shown = commands_for(playground, person)
        playground.tell({"type": "commands", "person": person.id, "commands": shown})


def _place(playground: Playground, parameters: Parameters) -> str:
    scope = parameters.structure("scope", "can't parse BotCommandScope JSON object")
    scope = {"type": "default"} if scope is None else scope
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind in CHAT_SCOPES:
        chat = known_chat(playground, Parameters({"chat_id": str(scope.get("chat_id", ""))}))
        kind = f"{kind} {chat.id}"
    elif kind not in SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    return f"commands {kind}/{_language(parameters)}"


def _language(parameters: Parameters) -> str:
    language = parameters.text("language_code")
    if not re.fullmatch("([a-z]{2})?", language):
        raise bad("invalid language code specified")
    return language


def _command(command: Any) -> dict[str, str]:
    if not isinstance(command, dict):
        raise bad("expected an Object")
    name = str(command.get("command", "")).strip().removeprefix("/")
    description = str(command.get("description", "")).strip()
    if not name:
        raise bad("command must be non-empty")
    if len(name) > 32:
        raise bad("command length must not exceed 32")
    if not description:
        raise bad("command description must be non-empty")
    if len(description) > 256:
        raise bad("command description length must not exceed 256")
    if not re.fullmatch("[a-z0-9_]+", name):
        raise bad("BOT_COMMAND_INVALID")
    return {"command": name, "description": description}


def _setter(name: str, field: str, longest: int) -> Callable[[Playground, Parameters], bool]:
    def set_it(playground: Playground, parameters: Parameters) -> bool:
        text = parameters.text(field)
        if len(text) > longest:
            raise bad(f"BOT_{name.upper().replace(' ', '_')}_INVALID")
        language = _language(parameters)
        playground.keep_setting(f"{name}/{language}" if language else name, text)
        return True

    return set_it


def _getter(name: str, field: str) -> Callable[[Playground, Parameters], dict[str, str]]:
    def get_it(playground: Playground, parameters: Parameters) -> dict[str, str]:
        fallback = playground.name if name == "name" else ""
        everywhere = playground.setting(name, "") or fallback
        return {field: playground.setting(f"{name}/{_language(parameters)}", "") or everywhere}

    return get_it


METHODS = {
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": _setter("name", "name", 64),
    "getMyName": _getter("name", "name"),
    "setMyDescription": _setter("description", "description", 512),
    "getMyDescription": _getter("description", "description"),
    "setMyShortDescription": _setter("short description", "short_description", 120),
    "getMyShortDescription": _getter("short description", "short_description"),
}
