"""Wrong calls, each with Telegram's own words for it (tdlib/telegram-bot-api and tdlib/td)."""

import json
import struct
import zlib
from typing import Any

ANNA = 1001
BLOCKED, DEACTIVATED, MET_IN_A_GROUP, STRANGER, BOT = 2001, 2002, 2003, 2004, 2005
GROUP, KICKED, LEFT, MOVED = -100, -101, -102, -103
FILE_ID = "A" * 40


def png(width: int, height: int) -> bytes:
    """Give the beginning of a picture, which is all that is read of it."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n\0\0\0\r" + head + struct.pack(">I", zlib.crc32(head))


def inline(*buttons: dict[str, Any], times: int = 1) -> str:
    return json.dumps({"inline_keyboard": [list(buttons)] * times})


DATA = {"text": "Done", "callback_data": "d:1"}
COMMAND = {"command": "done", "description": "Say that it is done"}
KEYBOARD = json.dumps({"keyboard": [["Yes", "No"]]})
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are"
    " exactly the same as a current content and reply markup of the message"
)
BUTTON = "Bad Request: can't parse inline keyboard button: "
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"

# `{text}`, `{photo}`, `{keyboard}` and `{annas}` stand for messages that are there, `{query}` for a
# press that waits.
CALLS: list[tuple[str, dict[str, Any], str]] = [
    ("nonsense", {}, "Not Found: method not found"),
    # chats
    ("sendMessage", {"text": "x"}, "Bad Request: chat_id is empty"),
    ("sendMessage", {"chat_id": 77, "text": "x"}, "Bad Request: chat not found"),
    ("sendMessage", {"chat_id": "@anna", "text": "x"}, "Bad Request: chat not found"),
    ("sendMessage", {"chat_id": STRANGER, "text": "x"}, "Bad Request: chat not found"),
    ("getChat", {"chat_id": "x"}, "Bad Request: chat not found"),
    (
        "sendMessage",
        {"chat_id": BLOCKED, "text": "x"},
        "Forbidden: bot was blocked by the user",
    ),
    (
        "sendMessage",
        {"chat_id": DEACTIVATED, "text": "x"},
        "Forbidden: user is deactivated",
    ),
    (
        "sendMessage",
        {"chat_id": MET_IN_A_GROUP, "text": "x"},
        "Forbidden: bot can't initiate conversation with a user",
    ),
    (
        "sendMessage",
        {"chat_id": BOT, "text": "x"},
        "Forbidden: the bot can't send messages to the bot",
    ),
    (
        "sendMessage",
        {"chat_id": KICKED, "text": "x"},
        "Forbidden: bot was kicked from the supergroup chat",
    ),
    (
        "sendChatAction",
        {"chat_id": LEFT, "action": "typing"},
        "Forbidden: bot is not a member of the supergroup chat",
    ),
    (
        "sendMessage",
        {"chat_id": MOVED, "text": "x"},
        "Bad Request: group chat was upgraded to a supergroup chat",
    ),
    (
        "leaveChat",
        {"chat_id": ANNA},
        "Bad Request: chat member status can't be changed in private chats",
    ),
    # texts
    ("sendMessage", {"chat_id": ANNA}, "Bad Request: message text is empty"),
    ("sendMessage", {"chat_id": ANNA, "text": " \n"}, "Bad Request: text must be non-empty"),
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "<b> </b>", "parse_mode": "HTML"},
        "Bad Request: text must be non-empty",
    ),
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "🙂" * 4097},
        "Bad Request: message is too long",
    ),
    ("sendMessage", {"chat_id": ANNA, "text": "x" * 32769}, "Bad Request: text is too long"),
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "x", "parse_mode": "Maths"},
        "Bad Request: unsupported parse_mode",
    ),
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "a<br>b", "parse_mode": "html"},
        'Bad Request: can\'t parse entities: Unsupported start tag "br" at byte offset 1',
    ),
    # keyboards
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "x", "reply_markup": inline(DATA | {"callback_data": "é" * 33})},
        "Bad Request: BUTTON_DATA_INVALID",
    ),
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "x", "reply_markup": inline(DATA | {"callback_data": ""})},
        "Bad Request: BUTTON_DATA_INVALID",
    ),
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "x", "reply_markup": inline(DATA, times=101)},
        "Bad Request: reply markup is too long",
    ),
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "x", "reply_markup": inline({"text": "Done"})},
        BUTTON + "Text buttons are unallowed in the inline keyboard",
    ),
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "x", "reply_markup": inline({"callback_data": "x"})},
        "Bad Request: can't parse inline keyboard button: Can't find field \"text\"",
    ),
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "x", "reply_markup": inline({"text": "x", "url": "localhost"})},
        "Bad Request: inline keyboard button URL 'localhost' is invalid: Wrong HTTP URL",
    ),
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "x", "reply_markup": "{"},
        "Bad Request: can't parse reply keyboard markup JSON object",
    ),
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "x", "reply_markup": "[]"},
        "Bad Request: object expected as reply markup",
    ),
    (
        "sendMessage",
        {
            "chat_id": GROUP,
            "text": "x",
            "reply_markup": '{"keyboard": [[{"text": "x", "request_location": true}]]}',
        },
        "Bad Request: location can be requested in private chats only",
    ),
    (
        "sendMessage",
        {"chat_id": ANNA, "text": "x", "reply_parameters": '{"message_id": 999}'},
        "Bad Request: message to be replied not found",
    ),
    # edits
    (
        "editMessageText",
        {"chat_id": ANNA, "message_id": 999, "text": "x"},
        "Bad Request: message to edit not found",
    ),
    (
        "editMessageText",
        {"chat_id": ANNA, "text": "x"},
        "Bad Request: message identifier is not specified",
    ),
    (
        "editMessageText",
        {"chat_id": ANNA, "message_id": "{annas}", "text": "x"},
        "Bad Request: message can't be edited",
    ),
    (
        "editMessageText",
        {"chat_id": ANNA, "message_id": "{keyboard}", "text": "x"},
        "Bad Request: message can't be edited",
    ),
    (
        "editMessageText",
        {"chat_id": ANNA, "message_id": "{text}", "text": "tea", "reply_markup": inline(DATA)},
        NOT_MODIFIED,
    ),
    (
        "editMessageReplyMarkup",
        {"chat_id": ANNA, "message_id": "{text}", "reply_markup": inline(DATA)},
        NOT_MODIFIED,
    ),
    (
        "editMessageText",
        {"chat_id": ANNA, "message_id": "{photo}", "text": "x"},
        "Bad Request: there is no text in the message to edit",
    ),
    (
        "editMessageCaption",
        {"chat_id": ANNA, "message_id": "{text}", "caption": "x"},
        "Bad Request: there is no caption in the message to edit",
    ),
    (
        "deleteMessage",
        {"chat_id": ANNA, "message_id": 999},
        "Bad Request: message to delete not found",
    ),
    # presses
    ("answerCallbackQuery", {"callback_query_id": "1"}, TOO_OLD),
    (
        "answerCallbackQuery",
        {"callback_query_id": "{query}", "text": "x" * 201},
        "Bad Request: MESSAGE_TOO_LONG",
    ),
    # commands and names
    (
        "setMyCommands",
        {"commands": json.dumps([COMMAND] * 101)},
        "Bad Request: BOT_COMMANDS_TOO_MUCH",
    ),
    (
        "setMyCommands",
        {"commands": json.dumps([COMMAND | {"command": "Done"}])},
        "Bad Request: BOT_COMMAND_INVALID",
    ),
    (
        "setMyCommands",
        {"commands": json.dumps([COMMAND | {"description": " "}])},
        "Bad Request: command description must be non-empty",
    ),
    (
        "setMyCommands",
        {"commands": json.dumps([COMMAND | {"command": "d" * 33}])},
        "Bad Request: command length must not exceed 32",
    ),
    # files
    ("sendPhoto", {"chat_id": ANNA}, "Bad Request: there is no photo in the request"),
    (
        "sendPhoto",
        {"chat_id": ANNA, "photo": b"no picture"},
        "Bad Request: IMAGE_PROCESS_FAILED",
    ),
    (
        "sendPhoto",
        {"chat_id": ANNA, "photo": png(10, 201)},
        "Bad Request: PHOTO_INVALID_DIMENSIONS",
    ),
    (
        "sendPhoto",
        {"chat_id": ANNA, "photo": png(9000, 1001)},
        "Bad Request: PHOTO_INVALID_DIMENSIONS",
    ),
    (
        "sendPhoto",
        {"chat_id": ANNA, "photo": png(9, 9), "caption": "x" * 1025},
        "Bad Request: message caption is too long",
    ),
    (
        "sendDocument",
        {"chat_id": ANNA, "document": b""},
        "Bad Request: file must be non-empty",
    ),
    (
        "sendDocument",
        {"chat_id": ANNA, "document": "short"},
        "Bad Request: wrong remote file identifier specified: Wrong string length",
    ),
    (
        "getFile",
        {"file_id": FILE_ID},
        "Bad Request: wrong file_id or the file is temporarily unavailable",
    ),
    (
        "sendMediaGroup",
        {"chat_id": ANNA, "media": "[]"},
        "Bad Request: there are no messages to send",
    ),
    (
        "sendMediaGroup",
        {"chat_id": ANNA, "media": json.dumps([{"type": "photo", "media": FILE_ID}] * 11)},
        "Bad Request: too many messages to send as an album",
    ),
    (
        "sendChatAction",
        {"chat_id": ANNA, "action": "dancing"},
        "Bad Request: wrong parameter action in request",
    ),
    # receiving
    (
        "setWebhook",
        {"url": "http://127.0.0.1:9/", "secret_token": "x" * 257},
        "Bad Request: secret token is too long",
    ),
    (
        "setWebhook",
        {"url": "http://127.0.0.1:9/", "secret_token": "a b"},
        "Bad Request: secret token contains unallowed characters",
    ),
]
