"""/feed/<word>.ics: the coming reminders of whoever made that address, for calendars to fetch."""

import asyncio
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from habits import feeds
from habits.clock import Clock
from habits.storage.database import Busy, Database

HEADERS = {
    "Cache-Control": "private, max-age=900",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}
LONGEST = 64
"""Characters of a word; longer ones are nobody's, and not looked for."""


def route(database: Database, clock: Clock) -> Route:
    """The feed's route; an address that never was and one that is gone are told alike."""

    async def feed(request: Request) -> Response:
        word = request.path_params["word"]
        if len(word) > LONGEST:
            return _nobodys()
        try:
            coming = await database.read(feeds.coming, word, clock.now())
        except Busy:
            return PlainTextResponse("Try again later.", HTTPStatus.SERVICE_UNAVAILABLE)
        if coming is None:
            return _nobodys()
        from bot.files.calendar_file import calendar  # noqa: PLC0415 - long in loading

        content = await asyncio.to_thread(calendar, coming, clock.now())
        return Response(content, media_type="text/calendar", headers=HEADERS)

    return Route("/feed/{word}.ics", feed)


def _nobodys() -> Response:
    return PlainTextResponse("Not Found", HTTPStatus.NOT_FOUND)
