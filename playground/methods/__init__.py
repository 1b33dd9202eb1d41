"""The Bot API's methods, one function each: playground and parameters in, Telegram's result out."""

from collections.abc import Awaitable, Callable
from typing import Any

from playground.methods import about, answering, chat, editing, media, receiving, sending
from playground.parameters import Parameters
from playground.playground import Playground

Method = Callable[[Playground, Parameters], Any | Awaitable[Any]]

METHODS: dict[str, Method] = {
    name.lower(): method
    for module in (about, answering, chat, editing, media, receiving, sending)
    for name, method in module.METHODS.items()
}
