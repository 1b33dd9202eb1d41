"""What a person does: write, press, share, block. Each act becomes an update for the bot."""

import secrets
from datetime import timedelta
from typing import Any

from playground.chats import Group, Message, Person
from playground.markup import commands_in
from playground.methods.about import tell_commands
from playground.playground import Playground, Press
from playground.shapes import inaccessible, telegram_message
from playground.updates import DAY, LIVES

LONGEST_TEXT = 4096


class UnknownPersonError(ValueError):
    """Nobody has this id."""


def say(
    playground: Playground, person_id: int, text: str, reply_to: int | None = None
) -> list[Message]:
    """Write to the bot; a long text arrives as several messages, as Telegram's apps cut it."""
    person = _person(playground, person_id)
    pieces = [text[at : at + LONGEST_TEXT] for at in range(0, len(text), LONGEST_TEXT)]
    said = []
    for piece in pieces:
        content: dict[str, Any] = {"text": piece}
        entities = commands_in(piece)
        if entities:
            content["entities"] = entities
        said.append(_send(playground, person, content, reply_to))
    return said


def share_location(
    playground: Playground, person_id: int, latitude: float, longitude: float
) -> Message:
    """Send a place, in degrees."""
    content = {"location": {"latitude": float(latitude), "longitude": float(longitude)}}
    return _send(playground, _person(playground, person_id), content, None)


def send_document(
    playground: Playground, person_id: int, name: str, mime: str, content: bytes
) -> Message:
    """Send a file."""
    person = _person(playground, person_id)
    file = playground.chats.add_file("documents", name, mime, content)
    document = {
        "file_id": file.file_id,
        "file_unique_id": file.unique_id,
        "file_name": name,
        "mime_type": mime,
        "file_size": len(content),
    }
    return _send(playground, person, {"document": document}, None)


def press(
    playground: Playground, person_id: int, message_id: int, data: str, number: int | None = None
) -> str:
    """Press an inline button; give the query's id. A deleted message can still be pressed."""
    person = _person(playground, person_id)
    query_id = str(secrets.randbelow(2**63))
    message = playground.chats.message(person_id, message_id)
    shown = (
        inaccessible(playground, person_id, message_id)
        if message is None
        else telegram_message(playground, message)
    )
    playground.presses[query_id] = Press(person_id, playground.now(), number)
    query = {
        "id": query_id,
        "from": person.user(),
        "message": shown,
        "chat_instance": str(person_id * 7919),
        "data": data,
    }
    playground.updates.add("callback_query", query)
    return query_id


def add_person(
    playground: Playground, name: str, language: str = "en", *, started: bool = False
) -> Person:
    """Let another person in; `started` lets the bot write to them first."""
    person = playground.chats.add_person(name, language, started=started)
    playground.tell_people()
    tell_commands(playground)
    return person


def block(playground: Playground, person_id: int, *, blocked: bool) -> None:
    """Block the bot or let it write again; Telegram tells the bot with my_chat_member."""
    person = _person(playground, person_id)
    if person.blocked == blocked:
        return
    person.blocked = blocked
    playground.chats.keep_person(person)
    playground.updates.add("my_chat_member", _membership(playground, person))
    playground.tell_people()


def inject(playground: Playground, update: dict[str, Any]) -> int:
    """Queue any object as an update, however odd; give its id.

    Chats and people named in it become known, so that the bot can answer; `update_id` is the
    queue's. What the bot did not ask for by `allowed_updates` comes all the same.
    """
    kind = next((name for name in update if name != "update_id"), "message")
    inner = update.get(kind)
    if isinstance(inner, dict):
        message = inner.get("message")
        outer = message if isinstance(message, dict) else inner
        _meet(playground, outer.get("chat"), inner.get("from"))
        if kind == "callback_query" and "from" in inner:
            press_of = Press(inner["from"].get("id", 0), playground.now())
            playground.presses[str(inner.get("id"))] = press_of
    lives = timedelta(seconds=LIVES.get(kind, DAY))
    return playground.updates.add_raw(kind, update, playground.now() + lives)


def read(playground: Playground, person_id: int) -> list[Message]:
    """Open the chat: nothing in it is unread any more."""
    person = _person(playground, person_id)
    if person.unread:
        person.unread = 0
        playground.chats.keep_person(person)
    return list(playground.chats.messages(person_id))


def _person(playground: Playground, person_id: int) -> Person:
    person = playground.chats.people.get(person_id)
    if person is None:
        raise UnknownPersonError(f"nobody has the id {person_id}")
    return person


def _send(
    playground: Playground, person: Person, content: dict[str, Any], reply_to: int | None
) -> Message:
    _begin(playground, person)
    message = Message(
        chat=person.id,
        message_id=playground.chats.next_message_id(),
        sender=person.id,
        date=int(playground.now().timestamp()),
        content=content,
        reply_to=reply_to,
    )
    playground.chats.keep(message)
    playground.updates.add("message", telegram_message(playground, message))
    playground.tell_message("message", message)
    return message


def _begin(playground: Playground, person: Person) -> None:
    """Writing to the bot starts it and takes back a block, as in Telegram's apps."""
    if person.blocked:
        block(playground, person.id, blocked=False)
    if not person.started:
        person.started = True
        playground.chats.keep_person(person)


def _meet(playground: Playground, chat: Any, user: Any) -> None:
    chats = playground.chats
    if (
        isinstance(user, dict)
        and isinstance(user.get("id"), int)
        and user["id"] not in chats.people
    ):
        name, is_bot = str(user.get("first_name", "")), bool(user.get("is_bot"))
        chats.keep_person(Person(user["id"], name, seen=True, is_bot=is_bot))
    if not isinstance(chat, dict) or not isinstance(chat.get("id"), int):
        return
    number, kind = chat["id"], str(chat.get("type", "private"))
    if kind == "private":
        known = chats.people.get(number) or Person(number, str(chat.get("first_name", "")))
        known.started = True
        chats.keep_person(known)
    elif number not in chats.groups:
        chats.keep_group(Group(number, kind, str(chat.get("title", ""))))


def _membership(playground: Playground, person: Person) -> dict[str, Any]:
    kicked = {"user": playground.bot(), "status": "kicked", "until_date": 0}
    member = {"user": playground.bot(), "status": "member"}
    old, new = (member, kicked) if person.blocked else (kicked, member)
    return {
        "chat": person.chat(),
        "from": person.user(),
        "date": int(playground.now().timestamp()),
        "old_chat_member": old,
        "new_chat_member": new,
    }
