"""One small ASGI app: health (webhook, metrics and feed come here as well)."""

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.health import Health


def create(health: Health) -> Starlette:
    """The app for LETLOOSE_LISTEN."""

    async def healthz(_: Request) -> Response:
        problems = await health.problems()
        return JSONResponse({"ok": not problems, "problems": problems}, 503 if problems else 200)

    return Starlette(routes=[Route("/healthz", healthz)])


class _Server(uvicorn.Server):
    """uvicorn that leaves the process's signals to us."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


class PortInUse(Exception):
    """Somebody else listens there."""


@asynccontextmanager
async def serving(listen: str, health: Health) -> AsyncIterator[None]:
    """Answer on host:port while the block lasts."""
    host, _, port = listen.rpartition(":")
    config = uvicorn.Config(
        create(health), host=host, port=int(port), log_config=None, access_log=False, lifespan="off"
    )
    server = _Server(config)
    serving_ = asyncio.create_task(_serve(server))
    while not server.started and not serving_.done():
        await asyncio.sleep(0.01)
    if serving_.done():
        raise PortInUse(f"{listen} is taken: name another LETLOOSE_LISTEN.")
    try:
        yield
    finally:
        server.should_exit = True
        await serving_


async def _serve(server: uvicorn.Server) -> None:
    try:
        await server.serve()
    except SystemExit:  # uvicorn's way of saying that it could not listen
        return
