"""The playground's own door for another process: faults, calls, the clock, and what people do.

Every request is POST or GET under `/control/` with the key in the query, and answers JSON.
"""

import base64
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from playground import acts
from playground.chats import Group, Person
from playground.faults import Fault
from playground.gate import has_key
from playground.parameters import decoded
from playground.playground import Playground
from playground.shapes import page_message

Wish = dict[str, Any]


async def serve(request: Request) -> Response:
    """Do what another process asks for."""
    playground: Playground = request.app.state.playground
    if not has_key(playground, request.query_params):
        return JSONResponse({"error": "The key is wrong."}, 403)
    what = WISHES.get(request.path_params["what"])
    if what is None:
        return JSONResponse({"error": f"known: {', '.join(WISHES)}"}, 404)
    try:
        wish = dict(request.query_params) | decoded(await request.body() or b"{}")
        answer = what(playground, wish)
    except (KeyError, TypeError, ValueError) as error:
        return JSONResponse({"error": f"{type(error).__name__}: {error}"}, 400)
    await playground.clock_moved()
    return JSONResponse(answer)


def _faults(playground: Playground, wish: Wish) -> Any:
    if wish.get("clear"):
        playground.faults.clear()
    if "what" in wish:
        names = Fault.__slots__
        playground.faults.add(Fault(**{name: wish[name] for name in names if name in wish}))
    return [asdict(fault) for fault in playground.faults]


def _calls(playground: Playground, wish: Wish) -> Any:
    found = playground.calls.since(int(wish.get("since", 0)))
    if wish.get("clear"):
        playground.calls.clear()
    wanted = str(wish.get("method", "")).lower()
    return [call.as_json() for call in found if wanted in ("", call.method.lower())]


def _clock(playground: Playground, wish: Wish) -> Any:
    if "forward" in wish:
        if playground.control_clock is None:
            raise ValueError("this clock belongs to the program that started the playground")
        playground.control_clock(timedelta(seconds=float(wish["forward"])))
    return {"now": playground.now().isoformat()}


def _say(playground: Playground, wish: Wish) -> Any:
    reply_to = wish.get("reply_to")
    said = acts.say(playground, int(wish["person"]), str(wish["text"]), reply_to)
    return [message.message_id for message in said]


def _press(playground: Playground, wish: Wish) -> Any:
    message, data = int(wish["message_id"]), str(wish["data"])
    return acts.press(playground, int(wish["person"]), message, data, wish.get("press"))


def _location(playground: Playground, wish: Wish) -> Any:
    latitude, longitude = float(wish["latitude"]), float(wish["longitude"])
    return acts.share_location(playground, int(wish["person"]), latitude, longitude).message_id


def _document(playground: Playground, wish: Wish) -> Any:
    content = base64.b64decode(wish["content"])
    message = acts.send_document(
        playground, int(wish["person"]), str(wish["name"]), str(wish["mime"]), content
    )
    return message.message_id


def _people(playground: Playground, wish: Wish) -> Any:
    if "name" in wish:
        language, started = str(wish.get("language", "en")), bool(wish.get("started"))
        return asdict(acts.add_person(playground, wish["name"], language, started=started))
    return [asdict(person) for person in playground.chats.people.values()]


def _person(playground: Playground, wish: Wish) -> Any:
    """Change what is true of a person, or make one with an id of your own."""
    number = int(wish["id"])
    known = playground.chats.people.get(number)
    facts: dict[str, Any] = asdict(known or Person(number, f"Person {number}"))
    given = {name: wish[name] for name in Person.__slots__ if name in wish}
    return asdict(playground.chats.keep_person(Person(**(facts | given | {"id": number}))))


def _group(playground: Playground, wish: Wish) -> Any:
    given = {name: wish[name] for name in Group.__slots__ if name in wish}
    return asdict(playground.chats.keep_group(Group(**given)))


def _block(playground: Playground, wish: Wish) -> Any:
    acts.block(playground, int(wish["person"]), blocked=bool(wish["blocked"]))
    return True


def _update(playground: Playground, wish: Wish) -> Any:
    return acts.inject(playground, wish["update"])


def _messages(playground: Playground, wish: Wish) -> Any:
    found = playground.chats.messages(int(wish["chat"]))
    return [page_message(message, playground.bot_id) for message in found]


def _expiring(playground: Playground, wish: Wish) -> Any:  # noqa: ARG001
    return [
        {"update": waiting.content, "expires_at": waiting.expires_at.isoformat()}
        for waiting in playground.updates.pending()
    ]


WISHES: dict[str, Callable[[Playground, Wish], Any]] = {
    "faults": _faults,
    "calls": _calls,
    "clock": _clock,
    "say": _say,
    "press": _press,
    "location": _location,
    "document": _document,
    "people": _people,
    "person": _person,
    "group": _group,
    "block": _block,
    "update": _update,
    "messages": _messages,
    "updates": _expiring,
}
