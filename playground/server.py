"""The playground over HTTP: the Bot API, the chat page and the control door under one address."""

import asyncio
import socket
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from mimetypes import guess_type
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute

from playground import bot_api, control, page_socket
from playground.gate import Gate, has_key
from playground.lines import Line, lines
from playground.playground import Playground
from playground.webhook import deliver

LONGEST_END = 2.0
"""Seconds that calls still under way get when the server ends."""
PAGE = Path(__file__).parent / "page"
BEGINNING = PAGE / "index.html"


def create(playground: Playground, protocol: type[Line] | None = None) -> Starlette:
    """Build the ASGI app; `protocol` is uvicorn's HTTP protocol under it, for hanging up."""
    both = ["GET", "POST"]
    app = Starlette(
        routes=[
            Route("/bot{token}/{method}", bot_api.call, methods=both),
            Route("/file/bot{token}/{path:path}", bot_api.download),
            Route("/", _page),
            Route("/file/{file_id}", _file),
            Route("/control/{what}", control.serve, methods=both),
            WebSocketRoute("/socket", page_socket.serve),
            Route("/{path:path}", _static, methods=both),
        ],
        middleware=[Middleware(Gate, playground=playground)],
    )
    app.state.playground = playground
    app.state.lines = protocol or lines()
    return app


class _Server(uvicorn.Server):
    """uvicorn that leaves signals to the program it runs in and ends at once.

    uvicorn itself looks every tenth of a second whether it is to end, which hundreds of tests feel.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ended = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def main_loop(self) -> None:
        await self._ended.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        working = set(self.server_state.tasks)
        if working:
            _, late = await asyncio.wait(working, timeout=LONGEST_END)
            for task in late:
                task.cancel()
        await asyncio.sleep(0)  # lets the connections go that had nothing to do

    def end(self) -> None:
        self.should_exit = True
        self._ended.set()


@asynccontextmanager
async def running(
    playground: Playground, port: int = 0, host: str = "127.0.0.1"
) -> AsyncIterator[str]:
    """Serve in the current loop; give the address, such as `http://127.0.0.1:43211`.

    Port 0 takes any that is free. Leaving ends waiting calls and writes what is unwritten.
    """
    server = _Server(_config(playground, host, port))
    serving = asyncio.create_task(server.serve())
    delivering = asyncio.create_task(deliver(playground, partial(bot_api.execute, playground)))
    try:
        while not server.started:
            if serving.done():
                serving.result()
                raise OSError(f"cannot listen on {host}:{port}")
            await asyncio.sleep(0.005)
        yield f"http://{host}:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        delivering.cancel()
        with suppress(asyncio.CancelledError):
            await delivering
        playground.close()
        server.end()
        await serving


def _config(playground: Playground, host: str, port: int) -> uvicorn.Config:
    protocol = lines()
    return uvicorn.Config(
        create(playground, protocol),
        host=host,
        port=port,
        http=protocol,
        ws="websockets-sansio",
        lifespan="off",
        log_level="warning",
        log_config=None,
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_keep_alive=75,
    )


async def _page(request: Request) -> Response:
    if not has_key(request.app.state.playground, request.query_params):
        return PlainTextResponse("The key is missing or wrong: open the whole address.", 403)
    if not BEGINNING.is_file():
        return PlainTextResponse("There is no page here.", 404)
    return Response(BEGINNING.read_bytes(), media_type="text/html")


async def _file(request: Request) -> Response:
    playground: Playground = request.app.state.playground
    if not has_key(playground, request.query_params):
        return PlainTextResponse("The key is wrong.", 403)
    file = playground.chats.files.get(request.path_params["file_id"])
    if file is None:
        return PlainTextResponse("There is no such file.", 404)
    picture = file.path.startswith("photos/")
    return Response(
        file.content,
        media_type=file.mime if picture else "application/octet-stream",
        headers={"content-disposition": "inline" if picture else "attachment"},
    )


async def _static(request: Request) -> Response:
    name = request.path_params["path"]
    known = {path.name for path in PAGE.iterdir()} if PAGE.is_dir() else set()
    if name not in known or name == BEGINNING.name:
        return bot_api.not_found()
    media_type = guess_type(name)[0] or "application/octet-stream"
    return Response((PAGE / name).read_bytes(), media_type=media_type)
