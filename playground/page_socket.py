"""The socket between the server and the chat page: what the page may ask, and what it is told."""

import asyncio
import base64
import binascii
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketDisconnected

from playground import acts
from playground.gate import has_key
from playground.methods.about import commands_for
from playground.parameters import decoded
from playground.playground import Playground
from playground.shapes import page_message

logger = logging.getLogger(__name__)

JUMPS = ("next", "PT1H", "P1D", "P1W")


class _Viewer:
    """One open page: which chat it shows, and what it is still to be told."""

    def __init__(self, playground: Playground) -> None:
        self.playground = playground
        self.queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.viewing: int | None = None

    def look_at(self, person: int | None) -> None:
        viewed = self.playground.viewed
        for number, change in ((self.viewing, -1), (person, 1)):
            if number is not None:
                viewed[number] = viewed.get(number, 0) + change
        self.viewing = person


async def serve(socket: WebSocket) -> None:
    """Talk with one page until it goes."""
    playground: Playground = socket.app.state.playground
    if not has_key(playground, socket.query_params):
        await socket.send_denial_response(PlainTextResponse("The key is wrong.", 403))
        return
    await socket.accept()
    viewer = _Viewer(playground)
    viewer.queue.put_nowait(await _hello(playground))
    playground.sockets.add(viewer.queue)
    telling = asyncio.create_task(_tell(socket, viewer))
    try:
        await _listen(socket, viewer)
    except (WebSocketDisconnect, WebSocketDisconnected):
        pass
    finally:
        playground.sockets.discard(viewer.queue)
        viewer.look_at(None)
        telling.cancel()


async def _hello(playground: Playground) -> dict[str, Any]:
    people = list(playground.chats.people.values())
    clock = await playground.clock_event()
    return {
        "type": "hello",
        "bot": {"name": playground.bot()["first_name"], "username": playground.username},
        "people": [person.for_page() for person in people],
        "last": {str(person.id): _last(playground, person.id) for person in people},
        "commands": {str(person.id): commands_for(playground, person) for person in people},
        "now": clock["now"],
        "next": clock["next"],
        "jumps": playground.jump is not None,
        "jumping": clock["jumping"],
    }


def _last(playground: Playground, person: int) -> dict[str, Any] | None:
    """The newest message of a chat, for the list of people."""
    messages = list(playground.chats.messages(person))
    return page_message(messages[-1], playground.bot_id) if messages else None


async def _tell(socket: WebSocket, viewer: _Viewer) -> None:
    while True:
        await socket.send_json(await viewer.queue.get())


async def _listen(socket: WebSocket, viewer: _Viewer) -> None:
    while True:
        try:
            wish = decoded(await socket.receive_text())
            await WISHES[wish["type"]](viewer, wish)
        except (acts.UnknownPersonError, KeyError, TypeError, ValueError) as error:
            logger.debug("the page asked for something odd", exc_info=error)
            viewer.queue.put_nowait({"type": "problem", "text": f"That did not work: {error}"})


async def _open(viewer: _Viewer, wish: dict[str, Any]) -> None:
    person = int(wish["person"])
    messages = acts.read(viewer.playground, person)
    viewer.look_at(person)
    shown = [page_message(message, viewer.playground.bot_id) for message in messages]
    viewer.queue.put_nowait({"type": "history", "person": person, "messages": shown})


async def _send(viewer: _Viewer, wish: dict[str, Any]) -> None:
    acts.say(viewer.playground, wish["person"], wish["text"], wish.get("reply_to"))


async def _press(viewer: _Viewer, wish: dict[str, Any]) -> None:
    message, data = wish["message_id"], wish["data"]
    acts.press(viewer.playground, wish["person"], message, data, wish.get("press"))


async def _location(viewer: _Viewer, wish: dict[str, Any]) -> None:
    acts.share_location(viewer.playground, wish["person"], wish["latitude"], wish["longitude"])


async def _document(viewer: _Viewer, wish: dict[str, Any]) -> None:
    try:
        content = base64.b64decode(wish["content"], validate=True)
    except binascii.Error as error:
        raise ValueError("the file did not arrive whole") from error
    acts.send_document(viewer.playground, wish["person"], wish["name"], wish["mime"], content)


async def _add_person(viewer: _Viewer, wish: dict[str, Any]) -> None:
    acts.add_person(viewer.playground, str(wish["name"]), str(wish.get("language") or "en"))


async def _block(viewer: _Viewer, wish: dict[str, Any]) -> None:
    acts.block(viewer.playground, wish["person"], blocked=bool(wish["blocked"]))


async def _jump(viewer: _Viewer, wish: dict[str, Any]) -> None:
    playground = viewer.playground
    if playground.jump is None or wish["to"] not in JUMPS:
        raise ValueError("this clock does not jump like that")
    playground.jumps_under_way += 1
    try:
        await playground.clock_moved()
        await playground.jump(wish["to"])
    finally:
        playground.jumps_under_way -= 1
        await playground.clock_moved()


WISHES: dict[str, Callable[[_Viewer, dict[str, Any]], Awaitable[None]]] = {
    "open": _open,
    "send": _send,
    "press": _press,
    "location": _location,
    "document": _document,
    "add_person": _add_person,
    "block": _block,
    "jump": _jump,
}
