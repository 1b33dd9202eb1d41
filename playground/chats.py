"""Who is here and what was said: people, groups, messages and files.

In a private chat the chat's id is the person's id, as with Telegram. Messages are numbered once for
the whole bot, as Telegram numbers private chats and basic groups.
"""

import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from playground.archive import Archive

FIRST_PERSON = 1001


@dataclass(slots=True)
class Person:
    """Somebody who may write to the bot.

    The bot may write only after they did (`started`); `seen` means the bot met them in a group.
    """

    id: int
    name: str
    language: str = "en"
    blocked: bool = False
    started: bool = False
    seen: bool = False
    deactivated: bool = False
    is_bot: bool = False
    unread: int = 0

    def user(self) -> dict[str, Any]:
        """Give Telegram's User."""
        return {
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.name,
            "language_code": self.language,
        }

    def chat(self) -> dict[str, Any]:
        """Give Telegram's Chat of the private chat with them."""
        return {"id": self.id, "first_name": self.name, "type": "private"}

    def for_page(self) -> dict[str, Any]:
        """Give what the page shows in its list of people."""
        return {
            "id": self.id,
            "name": self.name,
            "language": self.language,
            "blocked": self.blocked,
            "unread": self.unread,
        }


@dataclass(slots=True)
class Group:
    """A group, supergroup or channel; `standing` is the bot's: member, left or kicked."""

    id: int
    kind: str
    title: str
    standing: str = "member"
    migrated_to: int | None = None

    def chat(self) -> dict[str, Any]:
        """Give Telegram's Chat."""
        return {"id": self.id, "title": self.title, "type": self.kind}


@dataclass(slots=True)
class Message:
    """A message as both sides see it; `content` holds Telegram's own fields (text, photo ...).

    `date` and `edited` are seconds since 1970 on the playground's clock; `markup` is the reply
    markup as sent, of any kind.
    """

    chat: int
    message_id: int
    sender: int
    date: int
    content: dict[str, Any]
    edited: int | None = None
    reply_to: int | None = None
    markup: dict[str, Any] | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A file's content and names; `path` is what getFile gives."""

    file_id: str
    unique_id: str
    path: str
    name: str
    mime: str
    content: bytes


class Chats:
    """Everything that was said, by chat, written through to the archive."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.people = {int(key): Person(**value) for key, value in archive.all("person")}
        self.groups = {int(key): Group(**value) for key, value in archive.all("group")}
        self.files: dict[str, File] = {}
        self._messages: dict[int, dict[int, Message]] = {}
        for _, value in archive.all("message"):
            self._place(Message(**value))
        self._load_files()
        self._last_message = max(
            (number for said in self._messages.values() for number in said), default=0
        )
        self._last_message = max([self._last_message, *(v for _, v in archive.all("numbering"))])
        if not self.people:
            self.add_person("Anna")

    def add_person(self, name: str, language: str = "en", *, started: bool = False) -> Person:
        """Let another person in; ids count upwards from 1001."""
        number = max(
            (known for known in self.people if known < FIRST_PERSON + 10**6),
            default=FIRST_PERSON - 1,
        )
        return self.keep_person(Person(number + 1, name, language, started=started))

    def keep_person(self, person: Person) -> Person:
        """Remember a new person, or what changed about one."""
        self.people[person.id] = person
        self._archive.keep("person", person.id, asdict(person))
        return person

    def keep_group(self, group: Group) -> Group:
        """Remember a new group, or what changed about one."""
        self.groups[group.id] = group
        self._archive.keep("group", group.id, asdict(group))
        return group

    def next_message_id(self) -> int:
        """Give the next message's number."""
        self._last_message += 1
        return self._last_message

    def keep(self, message: Message) -> Message:
        """Remember a new message, or what changed about one."""
        self._place(message)
        if self._archive.keeps:
            self._archive.keep("message", message.message_id, asdict(message))
            self._archive.keep("numbering", "last", self._last_message)
        return message

    def message(self, chat: int, message_id: int) -> Message | None:
        """Give a message, or None if it never was or was deleted."""
        return self._messages.get(chat, {}).get(message_id)

    def messages(self, chat: int) -> Iterator[Message]:
        """Give all messages of a chat, oldest first."""
        yield from self._messages.get(chat, {}).values()

    def delete(self, message: Message) -> None:
        """Forget a message on both sides."""
        del self._messages[message.chat][message.message_id]
        self._archive.forget("message", message.message_id)

    def add_file(self, folder: str, name: str, mime: str, content: bytes) -> File:
        """Remember a file and give it the ids under which the bot knows it."""
        number = len(self.files)
        file = File(
            file_id=f"{folder[:1].upper()}Q{secrets.token_urlsafe(30)}",
            unique_id=secrets.token_urlsafe(9),
            path=f"{folder}/file_{number}{_suffix(name)}",
            name=name,
            mime=mime,
            content=content,
        )
        self.files[file.file_id] = file
        description = [file.file_id, file.unique_id, file.path, file.name, file.mime]
        self._archive.keep("file", file.file_id, description)
        self._archive.keep("content", file.file_id, content)
        return file

    def _place(self, message: Message) -> None:
        self._messages.setdefault(message.chat, {})[message.message_id] = message

    def _load_files(self) -> None:
        contents = dict(self._archive.all("content"))
        for file_id, (_, unique_id, path, name, mime) in self._archive.all("file"):
            self.files[file_id] = File(file_id, unique_id, path, name, mime, contents[file_id])


def _suffix(name: str) -> str:
    _, dot, suffix = name.rpartition(".")
    return f".{suffix}" if dot and suffix.isalnum() else ""
