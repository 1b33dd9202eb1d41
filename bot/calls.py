"""Calls to the Bot API with plain values in the place of PTB's objects.

For a message sent, to make the objects of what is given and answered costs as much as the
sending; and of a hundred updates one that PTB cannot make an object of would stop the others.
"""

from typing import Any

from telegram import Bot
from telegram.error import EndPointNotFound, InvalidToken
from telegram.request import BaseRequest


async def call(
    bot: Bot, method: str, *, read_timeout: Any = BaseRequest.DEFAULT_NONE, **parameters: Any
) -> Any:
    """Call a method by Telegram's name for it; gives the `result` of the answer as it came.

    A parameter that is None is left out. read_timeout: seconds of silence allowed, where other
    than the transport's own. Raises what PTB's own methods raise.
    """
    try:
        return await bot.do_api_request(method, parameters, read_timeout=read_timeout)
    except EndPointNotFound:  # what PTB makes of 401 and 404: but the methods are there
        raise InvalidToken("Unauthorized") from None
