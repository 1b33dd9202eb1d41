"""The connection under a request, for ending it without an answer.

ASGI has no word for hanging up, so the protocol of uvicorn notes its transports by the other
side's address, by which a request finds its own.
"""

import asyncio
from typing import Any

from starlette.requests import Request
from uvicorn.protocols.http.h11_impl import H11Protocol


class Line(H11Protocol):
    """uvicorn's HTTP protocol that can be found by its peer."""

    open_lines: dict[tuple[str, int], "Line"]

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Note the connection."""
        super().connection_made(transport)
        if self.client is not None:
            self.open_lines[self.client] = self

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self.client is not None:
            self.open_lines.pop(self.client, None)
        super().connection_lost(exc)


def lines() -> type[Line]:
    """Make a protocol class with a list of its own, so that servers do not share one."""
    return type("Line", (Line,), {"open_lines": {}})


async def cut(request: Request) -> None:
    """End the request's connection at once; returns when it is gone."""
    protocol: type[Line] = request.app.state.lines
    client: Any = request.scope["client"]
    line = protocol.open_lines.get(tuple(client))
    if line is not None:
        line.transport.abort()
    await request.receive()  # comes only when the other side is gone: the body was read before
