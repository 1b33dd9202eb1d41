"""The Bot API over HTTP: one call in, one answer out, every call recorded."""

import asyncio
import hmac
import inspect
import json
import re
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from playground.errors import RefusedError, too_many_requests
from playground.faults import Fault, boottime
from playground.lines import cut
from playground.methods import METHODS
from playground.methods.receiving import Described
from playground.parameters import Parameters, read_parameters, whole_number
from playground.playground import Playground

LONGEST_TOKEN = 80
SLOW = ("getupdates",)
SAYS = ("send", "edit")
"""After these the next reminder may be another one, and open pages show when it is."""
HTML = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


@dataclass(slots=True)
class Answer:
    """What goes out: a status and a body; status 0 means that nothing does."""

    status: int
    body: Any
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def result(value: Any) -> Answer:
    """Wrap a method's result as Telegram does."""
    if isinstance(value, Described):
        body = {"ok": True, "result": value.result, "description": value.description}
        return Answer(200, body)
    return Answer(200, {"ok": True, "result": value})


def refusal(error: RefusedError) -> Answer:
    """Wrap a refusal; `retry_after` stands in a header as well."""
    after = error.parameters.get("retry_after")
    headers = {} if after is None else {"retry-after": str(after)}
    return Answer(error.code, error.body(), headers=headers)


async def call(request: Request) -> Response:
    """Answer one call of the bot."""
    playground: Playground = request.app.state.playground
    name = request.path_params["method"]
    try:
        check_token(playground, request.path_params["token"])
        parameters = await read_parameters(request)
    except RefusedError as error:
        return _response(playground, refusal(error))
    came = boottime()
    fault = playground.faults.match(name, _chat_of(parameters))
    in_ban = playground.bans.left(_chat_of(parameters)) > 0
    answering = _answer(playground, name, parameters, fault)
    if fault is None and name.lower() not in SLOW:
        answer = await answering
    else:
        answer = await _unless_gone(request, answering)
    _record(playground, name, parameters, answer, fault, came=came, in_ban=in_ban)
    if answer.status == 0:
        await cut(request)
    if playground.sockets and name.lower().startswith(SAYS):
        await playground.clock_moved()
    return _response(playground, answer, fault)


def _record(
    playground: Playground,
    name: str,
    parameters: Parameters,
    answer: Answer,
    fault: Fault | None,
    *,
    came: float,
    in_ban: bool,
) -> None:
    uploads = {field: upload.name for field, upload in parameters.files.items()}
    playground.calls.record(
        came=came,
        boottime=boottime(),
        at=playground.now(),
        method=name,
        parameters=parameters.texts | uploads,
        chat=_chat_of(parameters),
        status=answer.status,
        answer=answer.body,
        in_ban=in_ban,
        fault=None if fault is None else fault.what,
    )


async def download(request: Request) -> Response:
    """Give a file's content under the path that getFile named."""
    playground: Playground = request.app.state.playground
    try:
        check_token(playground, request.path_params["token"])
    except RefusedError as error:
        return _response(playground, refusal(error))
    path = request.path_params["path"]
    for file in playground.chats.files.values():
        if file.path == path:
            return Response(file.content, media_type="application/octet-stream")
    return _response(playground, refusal(RefusedError(404, "Not Found")))


def check_token(playground: Playground, token: str) -> None:
    """Let only the bot's own token pass; raises RefusedError(401)."""
    well_formed = re.fullmatch(r"[1-9][0-9]*:.*", token) and len(token) <= LONGEST_TOKEN
    if not well_formed:
        raise RefusedError(401, "Unauthorized: invalid token specified")
    if not hmac.compare_digest(token.encode(), playground.token.encode()):
        raise RefusedError(401, "Unauthorized")


async def execute(playground: Playground, name: str, parameters: Parameters) -> Answer:
    """Carry out a method, however it was asked for."""
    method = METHODS.get(name.lower())
    if method is None:
        return refusal(RefusedError(404, "Not Found: method not found"))
    seconds = playground.bans.admit(name.lower(), _chat_of(parameters))
    if seconds is not None:
        return refusal(too_many_requests(seconds))
    try:
        found = method(playground, parameters)
        return result(await found if inspect.isawaitable(found) else found)
    except RefusedError as error:
        return refusal(error)


async def _unless_gone(request: Request, answering: Coroutine[Any, Any, Answer]) -> Answer:
    """Stop waiting when the other side has gone, so that no poll outlives its poller."""
    answer = asyncio.ensure_future(answering)
    gone = asyncio.ensure_future(request.receive())
    try:
        await asyncio.wait([answer, gone], return_when=asyncio.FIRST_COMPLETED)
        return answer.result() if answer.done() else Answer(0, None)
    finally:
        for task in (answer, gone):
            task.cancel()


async def _answer(
    playground: Playground, name: str, parameters: Parameters, fault: Fault | None
) -> Answer:
    if fault is None:
        return await execute(playground, name, parameters)
    match fault.what:
        case "answer":
            return _scripted(playground, fault, _chat_of(parameters))
        case "html":
            page = HTML.format(f"{fault.code} {fault.description}")
            return Answer(fault.code, page, media_type="text/html")
        case "drop":
            return Answer(0, None)
        case "delay":
            await _linger(playground, fault.seconds)
            return await execute(playground, name, parameters)
    answer = await execute(playground, name, parameters)
    return await _spoiled(playground, fault, answer)


async def _spoiled(playground: Playground, fault: Fault, answer: Answer) -> Answer:
    """Spoil the answer to a call that was carried out."""
    match fault.what:
        case "hang":
            await _linger(playground, fault.seconds)
            return Answer(0, answer.body)
        case "lose":
            return Answer(0, answer.body)
        case "broken":
            whole = json.dumps(answer.body)
            return Answer(200, whole[: len(whole) // 2], media_type="text/plain")
        case "slow":
            await _linger(playground, fault.seconds)
            return answer
        case _:
            return answer


def _scripted(playground: Playground, fault: Fault, chat: int | None) -> Answer:
    error = RefusedError(fault.code, fault.description, **fault.parameters)
    if "retry_after" in fault.parameters:
        banned = chat if fault.chat is not None else None
        playground.bans.start(banned, float(fault.parameters["retry_after"]))
    return refusal(error)


async def _linger(playground: Playground, seconds: float) -> None:
    try:
        await asyncio.wait_for(playground.closing.wait(), seconds)
    except TimeoutError:
        return


def _chat_of(parameters: Parameters) -> int | None:
    return whole_number(parameters.text("chat_id")) or None


def _response(playground: Playground, answer: Answer, fault: Fault | None = None) -> Response:
    body = answer.body if isinstance(answer.body, str) else json.dumps(answer.body)
    response = Response(body, answer.status or 500, answer.headers, answer.media_type)
    if fault is not None and fault.what == "date":
        shown = playground.now() + timedelta(seconds=fault.seconds)
        response.headers["date"] = format_datetime(shown, usegmt=True)
    return response


def not_found() -> Response:
    """Answer a path that is none of Telegram's."""
    return Response(
        json.dumps(RefusedError(404, "Not Found").body()), 404, media_type="application/json"
    )
