"""Changing and deleting what was said."""

from datetime import timedelta
from typing import Any

from playground.chats import Message
from playground.errors import bad
from playground.keyboards import inline_keyboard, read_markup
from playground.methods.media import read_media
from playground.methods.sending import addressed_for_edit, message_number, own_message
from playground.parameters import Parameters, whole_number
from playground.playground import Playground
from playground.shapes import telegram_message
from playground.texts import read_caption, read_text

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)
DELETABLE = timedelta(hours=48)
MOST_DELETIONS = 100
WITH_CAPTION = ("photo", "document")


def edit_message_text(playground: Playground, parameters: Parameters) -> dict[str, Any]:
    """Replace a text and its keyboard."""
    content = read_text(parameters)
    message = own_message(playground, parameters, "edit")
    if "text" not in message.content:
        raise bad("there is no text in the message to edit")
    return _change(playground, parameters, message, content)


def edit_message_caption(playground: Playground, parameters: Parameters) -> dict[str, Any]:
    """Replace the words under a picture or file."""
    caption = read_caption(parameters)
    message = own_message(playground, parameters, "edit")
    kept = {name: value for name, value in message.content.items() if name in WITH_CAPTION}
    if not kept:
        raise bad("there is no caption in the message to edit")
    return _change(playground, parameters, message, kept | caption)


def edit_message_media(playground: Playground, parameters: Parameters) -> dict[str, Any]:
    """Replace a picture or file."""
    media = parameters.structure("media", "can't parse input media JSON object")
    if not isinstance(media, dict):
        raise bad("input media is not specified" if media is None else "expected an Object")
    content = read_media(playground, parameters, media)
    message = own_message(playground, parameters, "edit")
    return _change(playground, parameters, message, content)


def edit_message_reply_markup(playground: Playground, parameters: Parameters) -> dict[str, Any]:
    """Replace or take away the keyboard."""
    message = own_message(playground, parameters, "edit")
    return _change(playground, parameters, message, message.content)


def delete_message(playground: Playground, parameters: Parameters) -> bool:
    """Delete a message on both sides, up to 48 hours after it was sent."""
    chat = addressed_for_edit(playground, parameters)
    message = playground.chats.message(chat.id, message_number(parameters))
    if message is None:
        raise bad("message to delete not found")
    _check_deletable(playground, message)
    _delete(playground, message)
    return True


def delete_messages(playground: Playground, parameters: Parameters) -> bool:
    """Delete several messages; what cannot be found is skipped."""
    chat = addressed_for_edit(playground, parameters)
    numbers = parameters.structure("message_ids", "can't parse message identifiers JSON object")
    if not isinstance(numbers, list) or not numbers:
        raise bad("message identifiers are not specified")
    if len(numbers) > MOST_DELETIONS:
        raise bad("too many message identifiers specified")
    found = [playground.chats.message(chat.id, whole_number(str(number))) for number in numbers]
    for message in [message for message in found if message is not None]:
        _check_deletable(playground, message)
        _delete(playground, message)
    return True


def _change(
    playground: Playground, parameters: Parameters, message: Message, content: dict[str, Any]
) -> dict[str, Any]:
    markup = inline_keyboard(read_markup(parameters, private=message.chat > 0))
    if content == message.content and markup == message.markup:
        raise bad(NOT_MODIFIED)
    if content != message.content:
        message.edited = int(playground.now().timestamp())
    message.content, message.markup = content, markup
    playground.chats.keep(message)
    playground.tell_message("edited", message)
    return telegram_message(playground, message)  # type: ignore[no-any-return]


def _check_deletable(playground: Playground, message: Message) -> None:
    if playground.now().timestamp() - message.date > DELETABLE.total_seconds():
        reason = "message can't be deleted"
        raise bad(f"{reason} for everyone" if message.chat > 0 else reason)


def _delete(playground: Playground, message: Message) -> None:
    playground.chats.delete(message)
    event = {"type": "deleted", "person": message.chat, "message_id": message.message_id}
    playground.tell(event)


METHODS = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
}
