"""Sending: texts, and what every kind of message shares."""

from typing import Any

from playground.chats import Group, Message, Person
from playground.errors import bad, forbidden
from playground.keyboards import inline_keyboard, read_markup
from playground.parameters import Parameters, whole_number
from playground.playground import Playground
from playground.shapes import telegram_message
from playground.texts import read_text

ACTIONS = set(
    """typing upload_photo record_video upload_video record_audio upload_audio record_voice
    upload_voice upload_document choose_sticker pick_up_location find_location record_video_note
    upload_video_note cancel""".split()  # noqa: SIM905 - sixteen quoted words read worse
)


def send_message(playground: Playground, parameters: Parameters) -> dict[str, Any]:
    """Send a text."""
    content = read_text(parameters)
    return post(playground, parameters, content)


def send_location(playground: Playground, parameters: Parameters) -> dict[str, Any]:
    """Send a place."""
    try:
        place = {name: float(parameters.text(name)) for name in ("latitude", "longitude")}
    except ValueError as error:
        raise bad("location is empty") from error
    if not all(
        abs(degrees) <= limit for degrees, limit in zip(place.values(), (90, 180), strict=True)
    ):
        raise bad("location is empty")
    return post(playground, parameters, {"location": place})


def send_chat_action(playground: Playground, parameters: Parameters) -> bool:
    """Show that the bot is at work; the page shows it for five seconds."""
    action = parameters.text("action").lower()
    if action not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat = addressed(playground, parameters)
    playground.tell({"type": "typing", "person": chat.id, "action": action})
    return True


def post(playground: Playground, parameters: Parameters, content: dict[str, Any]) -> dict[str, Any]:
    """Put a message of the bot's into a chat and give it as Telegram does."""
    number = whole_number(parameters.text("chat_id"))
    markup = read_markup(parameters, private=number > 0)
    chat = addressed(playground, parameters)
    message = Message(
        chat=chat.id,
        message_id=0,
        sender=playground.bot_id,
        date=int(playground.now().timestamp()),
        content=content,
        reply_to=_replied(playground, parameters, chat.id),
        markup=markup,
        silent=parameters.flag("disable_notification"),
    )
    message.message_id = playground.chats.next_message_id()
    playground.chats.keep(message)
    _announce(playground, message)
    return telegram_message(playground, message)  # type: ignore[no-any-return]


def addressed(playground: Playground, parameters: Parameters) -> Person | Group:
    """Give the chat the bot may write to; raises RefusedError with Telegram's reason if not."""
    chat = known_chat(playground, parameters)
    if isinstance(chat, Person):
        _check_person(chat)
    else:
        _check_group(chat)
    return chat


def known_chat(playground: Playground, parameters: Parameters) -> Person | Group:
    """Give the chat that `chat_id` names, whether or not the bot may write there."""
    name = parameters.text("chat_id").strip()
    if not name:
        raise bad("chat_id is empty")
    chat = playground.chat(whole_number(name)) if name.lstrip("-").isdigit() else None
    if chat is None or not (isinstance(chat, Group) or chat.started or chat.seen):
        raise bad("chat not found")
    return chat


def _check_person(person: Person) -> None:
    if person.is_bot:
        raise forbidden("the bot can't send messages to the bot")
    if person.deactivated:
        raise forbidden("user is deactivated")
    if not person.started:
        raise forbidden("bot can't initiate conversation with a user")
    if person.blocked:
        raise forbidden("bot was blocked by the user")


def _check_group(group: Group) -> None:
    if group.migrated_to is not None:
        raise bad(
            "group chat was upgraded to a supergroup chat", migrate_to_chat_id=group.migrated_to
        )
    if group.standing == "kicked":
        raise forbidden(f"bot was kicked from the {group.kind} chat")
    if group.standing != "member":
        raise forbidden(f"bot is not a member of the {group.kind} chat")


def _replied(playground: Playground, parameters: Parameters, chat: int) -> int | None:
    asked = parameters.structure("reply_parameters", "can't parse reply parameters JSON object")
    asked = asked if isinstance(asked, dict) else {}
    number = whole_number(str(asked.get("message_id", parameters.text("reply_to_message_id"))))
    if number == 0:
        return None
    if playground.chats.message(chat, number) is not None:
        return number
    if asked.get("allow_sending_without_reply") or parameters.flag("allow_sending_without_reply"):
        return None
    raise bad("message to be replied not found")


def _announce(playground: Playground, message: Message) -> None:
    playground.tell_message("message", message)
    person = playground.chats.people.get(message.chat)
    if person is not None and not playground.viewed.get(person.id):
        person.unread += 1
        if playground.archive.keeps:
            playground.chats.keep_person(person)


def own_message(playground: Playground, parameters: Parameters, purpose: str) -> Message:
    """Give the bot's own message that is to be edited."""
    chat = addressed_for_edit(playground, parameters)
    number = message_number(parameters)
    message = playground.chats.message(chat.id, number)
    if message is None:
        raise bad(f"message to {purpose} not found")
    is_editable = message.markup is None or inline_keyboard(message.markup) is not None
    if message.sender != playground.bot_id or not is_editable:
        raise bad("message can't be edited")
    return message


def addressed_for_edit(playground: Playground, parameters: Parameters) -> Person | Group:
    """Give the chat of an edit or deletion, which a block does not stop."""
    if parameters.text("inline_message_id"):
        raise bad("inline message identifier is invalid")
    return known_chat(playground, parameters)


def message_number(parameters: Parameters) -> int:
    """Give `message_id`; raises RefusedError if it is missing or no number."""
    number = parameters.integer("message_id")
    if number <= 0:
        raise bad("message identifier is not specified")
    return number


METHODS = {
    "sendMessage": send_message,
    "sendLocation": send_location,
    "sendChatAction": send_chat_action,
}
