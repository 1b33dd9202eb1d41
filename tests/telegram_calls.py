"""Telegram for tests: a transport that answers plausibly, without a network.

Put it under the real Bot and Application; nothing else needs to be faked. Every call is kept
and judged (see telegram_schema); a wrong one is refused as Telegram would, and the test fails
when the transport is shut down.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from telegram._utils.types import ODVInput
from telegram.error import TelegramError
from telegram.request import BaseRequest, RequestData

from tests.telegram_schema import Json, WrongCallError, check_call, shown

__all__ = ["BOT", "Call", "OfflineTransport", "Refusal", "WrongCallError", "check_call"]

BOT: Json = {
    "id": 1000,
    "is_bot": True,
    "first_name": "Let Loose",
    "username": "let_loose_test_bot",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call: parameters as Telegram would read them, files' bytes by the name of their part.

    accepted: whether Telegram did what it asked for, whatever the bot was told.
    """

    method: str
    parameters: Json
    files: dict[str, bytes]
    accepted: bool = True

    @property
    def text(self) -> str:
        """The text or caption, empty where there is none."""
        return str(self.parameters.get("text", self.parameters.get("caption", "")))

    @property
    def buttons(self) -> list[Json]:
        """The buttons of its inline keyboard, row by row."""
        rows = (self.parameters.get("reply_markup") or {}).get("inline_keyboard", [])
        return [button for row in rows for button in row]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer of Telegram's that is no success, such as 403 "Forbidden: bot was blocked ..."."""

    code: int
    description: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> Json:
        told = {"ok": False, "error_code": self.code, "description": self.description}
        return {**told, "parameters": dict(self.parameters)} if self.parameters else told


@dataclass(slots=True)
class _Script:
    outcome: Refusal | TelegramError
    method: str | None
    chat_id: int | None
    times: int
    accepted: bool

    def fits(self, method: str, parameters: Json) -> bool:
        # getUpdates goes on all the time, so it fails only where it is named.
        return (
            self.times > 0
            and (self.method == method or (self.method is None and method != "getUpdates"))
            and self.chat_id in {None, parameters.get("chat_id")}
        )


class OfflineTransport(BaseRequest):
    """Answers the Bot's calls and remembers them.

    calls: every call, in order, but the getUpdates that succeed.
    messages: what stands in the chats, by (chat id, message id), as sent and since edited.
    faults: what was wrong with calls; shutdown() and verify() raise it.
    now: the date (aware, UTC) put on messages.
    """

    def __init__(self, now: datetime = datetime(2026, 1, 3, 12, tzinfo=UTC)) -> None:
        self.now = now
        self.calls: list[Call] = []
        self.messages: dict[tuple[int | str, int], Json] = {}
        self.stored_files: dict[str, bytes] = {}
        self.faults: list[str] = []
        self._scripts: list[_Script] = []
        self._updates: list[Json] = []
        self._came = asyncio.Event()
        self._last_message_id = 0
        self._last_update_id = 100

    def fail(
        self,
        outcome: Refusal | TelegramError,
        *,
        method: str | None = None,
        chat_id: int | None = None,
        times: int = 1,
        accepted: bool = False,
    ) -> None:
        """Answer the next calls that fit with a refusal, or let them end in an error.

        accepted: Telegram carries the call out all the same, as when its answer is lost.
        """
        self._scripts.append(_Script(outcome, method, chat_id, times, accepted))

    def push(self, update: Mapping[str, Any]) -> int:
        """Give the bot an update with its next getUpdates; return its id."""
        self._last_update_id += 1
        self._updates.append({"update_id": self._last_update_id, **update})
        self._came.set()
        return self._last_update_id

    def called(self, method: str, chat_id: int | None = None) -> list[Call]:
        """The calls of a method, in one chat if that is named."""
        return [
            call
            for call in self.calls
            if call.method == method and chat_id in {None, call.parameters.get("chat_id")}
        ]

    def verify(self) -> None:
        """Fail if a call was wrong; tells each fault once."""
        faults, self.faults = self.faults, []
        if faults:
            raise WrongCallError("\n".join(faults))

    @property
    def read_timeout(self) -> float | None:
        return 1

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Fail if a call was wrong."""
        self.verify()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        name = url.rpartition("/")[2]
        if method == "GET":
            return 200, self.stored_files[name]
        parameters, files = _decoded(request_data)
        try:
            check_call(name, parameters)
        except WrongCallError as fault:
            self.faults.append(str(fault))
            return _answer(Refusal(400, f"Bad Request: {fault}"))
        script = next((one for one in self._scripts if one.fits(name, parameters)), None)
        if name == "getUpdates" and script is None:
            return _answer(await self._give_updates(parameters))
        return _answer(self._carry_out(Call(name, parameters, files), script))

    def _carry_out(self, call: Call, script: _Script | None) -> Any:
        done = self._result(call) if script is None or script.accepted else None
        self.calls.append(replace(call, accepted=not isinstance(done, Refusal | None)))
        if script is None:
            return done
        script.times -= 1
        if isinstance(script.outcome, Refusal):
            return script.outcome
        raise script.outcome

    async def _give_updates(self, parameters: Json) -> Any:
        """Wait like a long poll, and forget what the offset confirms."""
        confirmed = parameters.get("offset", 0)
        self._updates = [one for one in self._updates if one["update_id"] >= confirmed]
        if not self._updates:
            self._came.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._came.wait(), parameters.get("timeout", 0))
        return self._updates[: parameters.get("limit", 100)]

    def _result(self, call: Call) -> Any:
        if call.method in _FIXED:
            return _FIXED[call.method]
        if call.method in _SENT:
            return self._send(call.parameters, _SENT[call.method](call.parameters))
        if call.method in _EDITED:
            return self._edit(call.parameters)
        if call.method == "deleteMessage":
            return self._delete(call.parameters)
        if call.method in _MADE:
            return _MADE[call.method](call.parameters)
        if call.method.startswith(_TRUE):
            return True
        self.faults.append(f"OfflineTransport has not learnt to answer {call.method}")
        return Refusal(400, "Bad Request: not answered offline")

    def _send(self, parameters: Json, content: Json) -> Json:
        self._last_message_id += 1
        message = {
            "message_id": self._last_message_id,
            "date": int(self.now.timestamp()),
            "chat": _chat(parameters["chat_id"]),
            "from": BOT,
            **content,
            **_inline_keyboard(parameters),
        }
        self.messages[parameters["chat_id"], self._last_message_id] = message
        return message

    def _edit(self, parameters: Json) -> Any:
        if "inline_message_id" in parameters:
            return True
        key = (parameters["chat_id"], parameters["message_id"])
        old = self.messages.get(key)
        if old is None:
            return Refusal(400, "Bad Request: message to edit not found")
        kept = {name: part for name, part in old.items() if name != "reply_markup"}
        new = {**kept, **_edited(parameters), **_inline_keyboard(parameters)}
        if new == old:
            return Refusal(400, _NOT_MODIFIED)
        self.messages[key] = new
        return {**new, "edit_date": int(self.now.timestamp())}

    def _delete(self, parameters: Json) -> Any:
        gone = self.messages.pop((parameters["chat_id"], parameters["message_id"]), None)
        return gone is not None or Refusal(400, "Bad Request: message to delete not found")


def _decoded(data: RequestData | None) -> tuple[Json, dict[str, bytes]]:
    """The parameters as Telegram reads them; a file's own parameter names its part."""
    if data is None:
        return {}, {}
    parameters = json.loads(json.dumps(data.parameters))
    files = {name: _content(part[1]) for name, part in data.multipart_data.items()}
    for name in files:
        if f'"attach://{name}"' not in json.dumps(parameters):
            parameters[name] = f"attach://{name}"
    return parameters, files


def _content(given: Any) -> bytes:
    return given if isinstance(given, bytes) else bytes(given.read())


def _answer(result: Any) -> tuple[int, bytes]:
    if isinstance(result, Refusal):
        return result.code, json.dumps(result.body()).encode()
    return 200, json.dumps({"ok": True, "result": result}).encode()


def _chat(chat_id: int | str) -> Json:
    if isinstance(chat_id, str):
        return {"id": -1001, "type": "supergroup", "title": chat_id, "username": chat_id[1:]}
    if chat_id < 0:
        return {"id": chat_id, "type": "supergroup", "title": "A group"}
    return {"id": chat_id, "type": "private", "first_name": f"Person {chat_id}"}


def _inline_keyboard(parameters: Json) -> Json:
    """Messages show inline keyboards only; the others live below the chat."""
    markup = parameters.get("reply_markup") or {}
    return {"reply_markup": markup} if markup.get("inline_keyboard") else {}


def _text(parameters: Json, name: str) -> Json:
    if name not in parameters:
        return {}
    return {name: shown(parameters[name], parsed="parse_mode" in parameters).strip()}


def _photo(parameters: Json) -> Json:
    size = {"file_id": "photo", "file_unique_id": "photo", "width": 800, "height": 600}
    return {"photo": [size], **_text(parameters, "caption")}


def _document(parameters: Json) -> Json:
    kept = {"file_id": "document", "file_unique_id": "document"}
    return {"document": kept, **_text(parameters, "caption")}


def _edited(parameters: Json) -> Json:
    media = parameters.get("media")
    if media is not None:
        return _photo(media)
    return {**_text(parameters, "text"), **_text(parameters, "caption")}


_NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are "
    "exactly the same as a current content and reply markup of the message"
)
_TRUE = ("answer", "close", "delete", "leave", "logOut", "pin", "sendChatAction", "set", "unpin")
"""How the methods begin that answer True."""
_FIXED: Json = {
    "getMe": BOT,
    "getWebhookInfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0},
    "getMyCommands": [],
    "getMyName": {"name": BOT["first_name"]},
    "getMyDescription": {"description": ""},
    "getMyShortDescription": {"short_description": ""},
    "getChatMenuButton": {"type": "default"},
    "getChatMemberCount": 2,
}
_SENT: dict[str, Callable[[Json], Json]] = {
    "sendMessage": lambda parameters: _text(parameters, "text"),
    "sendPhoto": _photo,
    "sendDocument": _document,
}
_EDITED = {"editMessageCaption", "editMessageMedia", "editMessageReplyMarkup", "editMessageText"}
_GIFTS = [f"{kind}_gifts" for kind in ("unlimited", "limited", "unique")]
_GIFTS += ["premium_subscription", "gifts_from_channels"]
_MADE: dict[str, Callable[[Json], Json]] = {
    "getChat": lambda parameters: {
        **_chat(parameters["chat_id"]),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(_GIFTS, False),
    },
    "getChatMember": lambda parameters: {
        "status": "member",
        "user": {"id": parameters["user_id"], "is_bot": False, "first_name": "Person"},
    },
    "getFile": lambda parameters: {
        "file_id": parameters["file_id"],
        "file_unique_id": parameters["file_id"],
        "file_path": parameters["file_id"],
    },
}
