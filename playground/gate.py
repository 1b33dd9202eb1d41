"""Who may come in: Host, Origin and key, and the headers that keep the page to itself.

The playground listens on the loopback only, but any page open in the same browser can reach that
too. Host stops a name that was pointed at 127.0.0.1, Origin stops sockets and forms from elsewhere,
the key stops everything that merely guesses the port.
"""

import hmac
import re
from collections.abc import Mapping
from email.utils import format_datetime
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from playground.playground import Playground

CONTENT_SECURITY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": CONTENT_SECURITY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
FOR_BOTS = re.compile("/(file/)?bot[^/]*/")


class Gate:
    """Turns away foreign hosts and origins; puts Date and the page's headers on every answer."""

    def __init__(self, app: ASGIApp, playground: Playground) -> None:
        self._app = app
        self._playground = playground

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what may come in."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        app = self._app if _welcome(scope) else PlainTextResponse("This is not your page.", 403)

        async def send_marked(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                self._mark(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await app(scope, receive, send_marked)

    def _mark(self, headers: MutableHeaders, path: str) -> None:
        headers.setdefault("date", format_datetime(self._playground.now(), usegmt=True))
        if not FOR_BOTS.match(path):
            headers.update(HEADERS)


def has_key(playground: Playground, query: Mapping[str, Any]) -> bool:
    """Say whether the query's key is right."""
    return hmac.compare_digest(str(query.get("key", "")).encode(), playground.key.encode())


def _welcome(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if FOR_BOTS.match(scope["path"]):
        return _is_loopback(host)
    port = scope["server"][1]
    if host not in {f"127.0.0.1:{port}", f"localhost:{port}"}:
        return False
    origin = headers.get("origin")
    if origin is None:
        return bool(scope["type"] == "http")
    return origin == f"http://{host}"


def _is_loopback(host: str) -> bool:
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in {"localhost", "[::1]"} or name.startswith("127.")
