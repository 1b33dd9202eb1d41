"""One small web server: health, and the routes of calendar feeds, the webhook and the metrics."""

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.health import Health
from app.wiring import CannotStart

LAST_ANSWERS = 1
"""Seconds that requests under way are given when we stop: whoever is cut off tries again."""


def health_routes(health: Health) -> list[Route]:
    """Where it is told how we are, and whether what is sent here can be kept."""

    async def healthz(_: Request) -> Response:
        problems = await health.problems()
        return JSONResponse({"ok": not problems, "problems": problems}, 503 if problems else 200)

    async def readyz(_: Request) -> Response:
        ready = await health.ready()
        return JSONResponse({"ready": ready}, 200 if ready else 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


class _Server(uvicorn.Server):
    """uvicorn that leaves the process's signals to us."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@asynccontextmanager
async def serving(variable: str, listen: str, routes: Sequence[Route]) -> AsyncIterator[None]:
    """Answer on host:port while the block lasts; the setting of this name said where."""
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False  # another path is another path, and told so
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=LAST_ANSWERS,
    )
    server = _Server(config)
    with _bound(variable, listen) as door:
        serving_ = asyncio.create_task(server.serve(sockets=[door]))
        try:
            yield
        finally:
            server.should_exit = True
            await serving_


def _bound(variable: str, listen: str) -> socket.socket:
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, int(port)), family=family)
    except OSError as error:
        code = error.errno or 0
        reason = os.strerror(code) if code in errno.errorcode else "no such host"
        raise CannotStart(
            f"{variable}={listen} cannot be listened on ({reason}): name another host:port."
        ) from error
