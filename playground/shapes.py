"""One message in its two shapes: Telegram's for the bot, the protocol's for the page."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from playground.chats import Message
from playground.keyboards import inline_keyboard

if TYPE_CHECKING:
    from playground.playground import Playground


def telegram_message(playground: "Playground", message: Message, *, deep: bool = True) -> Any:
    """Give Telegram's Message; a reply shows what it replies to, one level deep."""
    shown = {
        "message_id": message.message_id,
        "from": playground.user(message.sender),
        "chat": _chat(playground, message.chat),
        "date": message.date,
        **message.content,
    }
    if message.edited is not None:
        shown["edit_date"] = message.edited
    if inline_keyboard(message.markup) is not None:
        shown["reply_markup"] = message.markup
    replied = _replied(playground, message) if deep else None
    if replied is not None:
        shown["reply_to_message"] = telegram_message(playground, replied, deep=False)
    return shown


def inaccessible(playground: "Playground", chat: int, message_id: int) -> dict[str, Any]:
    """Give Telegram's InaccessibleMessage, which stands for a deleted one."""
    return {"chat": _chat(playground, chat), "message_id": message_id, "date": 0}


def page_message(message: Message, bot_id: int) -> dict[str, Any]:
    """Give MESSAGE of the page's protocol."""
    content, markup = message.content, message.markup or {}
    return {
        "message_id": message.message_id,
        "from": "bot" if message.sender == bot_id else "person",
        "date": _moment(message.date),
        "edited": _moment(message.edited),
        "text": content.get("text"),
        "entities": content.get("entities", []),
        "caption": content.get("caption"),
        "caption_entities": content.get("caption_entities", []),
        "photo": _photo(content),
        "document": _document(content),
        "location": content.get("location"),
        "reply_to": message.reply_to,
        "inline_keyboard": markup.get("inline_keyboard"),
        "reply_keyboard": _reply_keyboard(markup),
        "remove_keyboard": bool(markup.get("remove_keyboard")),
        "silent": message.silent,
    }


def _chat(playground: "Playground", number: int) -> dict[str, Any]:
    chat = playground.chat(number)
    return {"id": number, "type": "private"} if chat is None else chat.chat()


def _replied(playground: "Playground", message: Message) -> Message | None:
    if message.reply_to is None:
        return None
    return playground.chats.message(message.chat, message.reply_to)


def _moment(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()


def _photo(content: dict[str, Any]) -> dict[str, Any] | None:
    sizes = content.get("photo")
    if not sizes:
        return None
    return {name: sizes[-1][name] for name in ("file_id", "width", "height")}


def _document(content: dict[str, Any]) -> dict[str, Any] | None:
    document = content.get("document")
    if not document:
        return None
    return {
        "file_id": document["file_id"],
        "name": document["file_name"],
        "mime": document["mime_type"],
        "size": document["file_size"],
    }


def _reply_keyboard(markup: dict[str, Any]) -> dict[str, Any] | None:
    if "keyboard" not in markup:
        return None
    return {
        "keyboard": markup["keyboard"],
        "one_time": bool(markup.get("one_time_keyboard")),
        "resize": bool(markup.get("resize_keyboard")),
    }
